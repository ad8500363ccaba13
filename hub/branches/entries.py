"""What the record says of areas and branches. One hand, one entry."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, BranchId, Count, Districts, HolderId, Minute, PlaceNames, Slug, Word


@record("area.declared")
@dataclass(frozen=True)
class AreaDeclared:
    """An area is these postcode districts, under these names; a later declaration takes an earlier one's place.

    proposal: which proposal of the operator's a council seat confirmed, so that its word counts for that one alone.
    """

    area: Slug
    names: PlaceNames
    districts: Districts
    proposal: ActId | None = None


@record("area.agreed")
@dataclass(frozen=True)
class AreaAgreed:
    """An organiser of the area's branch agrees to exactly these districts, as the operator's proposal has them."""

    proposal: ActId
    branch: BranchId
    area: Slug
    districts: Districts


@record("branch.proposed", openings=("name",))
@dataclass(frozen=True)
class BranchProposed:
    """A member proposes a branch for the area, and is its first founder."""

    branch: BranchId
    act: ActId
    area: Slug
    slug: Slug
    holder: HolderId


@record("branch.cofounded")
@dataclass(frozen=True)
class BranchCofounded:
    """Another member of the area joins in as founder."""

    act: ActId
    holder: HolderId


@record("branch.confirmed")
@dataclass(frozen=True)
class BranchConfirmed:
    """A council member finds name and boundary in order."""

    act: ActId


@record("branch.objected", openings=("reason",))
@dataclass(frozen=True)
class BranchObjected:
    """A council member objects, with a reason."""

    act: ActId


@record("branch.registered")
@dataclass(frozen=True)
class BranchRegistered:
    """The branch begins: the effect of its founding act."""

    branch: BranchId
    act: ActId
    step: Count
    due: Minute


@record("appeal.opened")
@dataclass(frozen=True)
class AppealOpened:
    """The founding of a branch or group was refused: from then on its founders can have that judged."""

    act: ActId
    founding: ActId


@record("appeal.sent", openings=("reason",))
@dataclass(frozen=True)
class AppealSent:
    """One of the founders sends the refusal to a panel drawn by lot, and says why it should begin."""

    act: ActId
    holder: HolderId


@record("appeal.upheld")
@dataclass(frozen=True)
class AppealUpheld:
    """One of the panel finds that it should begin."""

    act: ActId


@record("appeal.dismissed", openings=("reason",))
@dataclass(frozen=True)
class AppealDismissed:
    """One of the panel finds, with a reason, that it was refused rightly."""

    act: ActId


@record("branch.dormant")
@dataclass(frozen=True)
class BranchDormant:
    """Nobody belongs to a branch any more: nobody has power in it. Rests on the hub's word, and tells no number."""

    branch: BranchId


@record("branch.revived")
@dataclass(frozen=True)
class BranchRevived:
    """Somebody belongs to the dormant branch again. Rests on the hub's word; who it is, no entry says."""

    branch: BranchId


@record("branch_rule.proposed")
@dataclass(frozen=True)
class BranchRuleProposed:
    """An organiser of a branch proposes, and signs, a number that the rules leave to branches."""

    act: ActId
    branch: BranchId
    rule: Word
    value: Count


@record("branch_rule.confirmed")
@dataclass(frozen=True)
class BranchRuleConfirmed:
    """Another organiser of the branch signs it."""

    act: ActId


@record("branch_rule.objected", openings=("reason",))
@dataclass(frozen=True)
class BranchRuleObjected:
    """An organiser of the branch objects, with a reason."""

    act: ActId


@record("branch_rule.changed")
@dataclass(frozen=True)
class BranchRuleChanged:
    """The branch goes by its own number from now on: the effect of an act that no ballot stopped."""

    act: ActId
    step: Count
    due: Minute
    branch: BranchId
    rule: Word
    value: Count
