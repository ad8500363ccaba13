"""What the record says of areas and branches. One hand, one entry."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, BranchId, Count, Districts, HolderId, Minute, PlaceNames, Slug


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
