"""The clock's own entry."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, Count, Minute, Word


@record("act.advanced")
@dataclass(frozen=True)
class ActAdvanced:
    """A step is over. outcome: done, silence, refused, lapsed or failed; due: since when, however late it is noted."""

    act: ActId
    step: Count
    due: Minute
    outcome: Word
