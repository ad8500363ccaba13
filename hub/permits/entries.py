"""What the record says of holders and grants."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, BranchId, Count, GrantId, HolderId, Minute, ScopeId, Word


@record("holder.named", openings=("shown",))
@dataclass(frozen=True)
class HolderNamed:
    """A member takes a name in the record, for every office from now on. shown: how pages name them."""

    holder: HolderId


@record("grant.made")
@dataclass(frozen=True)
class GrantMade:
    """A role for a holder in a scope, as the effect of an act. due: the moment its term counts from."""

    grant: GrantId
    holder: HolderId
    role: Word
    scope: ScopeId
    branch: BranchId | None
    source: Word
    act: ActId
    step: Count
    due: Minute
    until: Minute


@record("grant.paused")
@dataclass(frozen=True)
class GrantPaused:
    """A measure rests a grant for some days. Its term runs on, its seat stays taken."""

    grant: GrantId
    act: ActId
    step: Count
    due: Minute
    until: Minute


@record("grant.ended")
@dataclass(frozen=True)
class GrantEnded:
    """A grant ends before its term. why: resigned, withdrawn, recalled; lapsed or moved as the roster says.

    held: the hold that a lapse has waited under, where too many would have lapsed at once.
    """

    grant: GrantId
    why: Word
    act: ActId | None = None
    step: Count | None = None
    due: Minute | None = None
    held: Count | None = None
