"""What the record says of measures. The reason is an opening."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, BranchId, Count, Minute, ScopeId, Word


@record("measure.declared", openings=("reason",))
@dataclass(frozen=True)
class MeasureDeclared:
    """A council member declares, and signs, a measure in a branch or group, with a reason."""

    act: ActId
    kind: Word
    scope: ScopeId
    branch: BranchId
    role: Word | None = None
    target_kind: Word | None = None
    target: Word | None = None


@record("measure.confirmed")
@dataclass(frozen=True)
class MeasureConfirmed:
    """A second council member, or a member of the panel, signs it."""

    act: ActId


@record("measure.objected", openings=("reason",))
@dataclass(frozen=True)
class MeasureObjected:
    """A council member, or a member of the panel, objects, with a reason."""

    act: ActId


@record("measure.begun")
@dataclass(frozen=True)
class MeasureBegun:
    """It is in force, for so long and no longer; undone before, unless a panel drawn by lot confirms it."""

    act: ActId
    step: Count
    due: Minute
    until: Minute
