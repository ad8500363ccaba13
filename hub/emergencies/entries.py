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
    """A second council member, or a member of the panel, signs a measure, or its extension."""

    act: ActId


@record("measure.objected", openings=("reason",))
@dataclass(frozen=True)
class MeasureObjected:
    """A council member, or a member of the panel, objects to a measure, or to its extension, with a reason."""

    act: ActId


@record("measure.begun")
@dataclass(frozen=True)
class MeasureBegun:
    """It is in force, for so long and no longer; undone before, unless a panel drawn by lot confirms it."""

    act: ActId
    step: Count
    due: Minute
    until: Minute


@record("election.called")
@dataclass(frozen=True)
class ElectionCalled:
    """The clock opens the election of all seats that a measure asks for. act: the measure's; election: its own."""

    act: ActId
    step: Count
    due: Minute
    election: ActId
    seats: Count


@record("extension.proposed", openings=("reason",))
@dataclass(frozen=True)
class ExtensionProposed:
    """One of the panel that confirmed a measure proposes, and signs, that it lasts longer, with a reason."""

    act: ActId
    measure: ActId


@record("measure.extended")
@dataclass(frozen=True)
class MeasureExtended:
    """A measure lasts longer than it would have, once. act: the extension's; until: when it ends now."""

    act: ActId
    step: Count
    due: Minute
    measure: ActId
    until: Minute
