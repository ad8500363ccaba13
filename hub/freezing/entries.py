"""What the record says of freezes. The reason is an opening."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, BranchId, Count, Minute, ScopeId, Word


@record("freeze.opened", openings=("reason",))
@dataclass(frozen=True)
class FreezeOpened:
    """An organiser freezes a power in their branch or group, with a reason."""

    act: ActId
    power: Word
    scope: ScopeId
    branch: BranchId


@record("power.frozen")
@dataclass(frozen=True)
class PowerFrozen:
    """The power is stopped from when it was due, until a moment at most."""

    act: ActId
    step: Count
    due: Minute
    until: Minute


@record("freeze.lifted")
@dataclass(frozen=True)
class FreezeLifted:
    """Another organiser says that the freeze ends. At the second it does."""

    act: ActId


@record("freeze.withdrawn")
@dataclass(frozen=True)
class FreezeWithdrawn:
    """Whoever froze a power takes it back."""

    act: ActId
