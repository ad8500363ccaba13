"""The clock's own entries."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, Count, Minute, Word


@record("act.advanced")
@dataclass(frozen=True)
class ActAdvanced:
    """A step is over. due: since when, however late.

    outcome: done, silence, voided, redrawn, reheard, refused, lapsed, failed or undone.
    """

    act: ActId
    step: Count
    due: Minute
    outcome: Word


@record("act.extended")
@dataclass(frozen=True)
class ActExtended:
    """A step had too little at its deadline, and waits as long again. due: the deadline that was missed."""

    act: ActId
    step: Count
    due: Minute
