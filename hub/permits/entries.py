"""What the record says of holders, their keys and grants."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import (
    ActId,
    Binding,
    BranchId,
    Count,
    GrantId,
    HolderId,
    KeyId,
    Minute,
    PublicKey,
    RoleKey,
    ScopeId,
    Word,
)


@record("holder.named", openings=("shown",))
@dataclass(frozen=True)
class HolderNamed:
    """A member takes a name in the record, for every office from now on. shown: how pages name them."""

    holder: HolderId


@record("key.registered")
@dataclass(frozen=True)
class KeyRegistered:
    """A passkey signs for a holder from now on. public_key: COSE, base64url; algorithm: es256, eddsa or rs256.

    token: signed for this passkey by the key of an office of the holder's; office: that one's grant.
    """

    holder: HolderId
    key: KeyId
    public_key: PublicKey
    algorithm: Word
    office: GrantId | None = None
    token: Binding | None = None


@record("key.withdrawn")
@dataclass(frozen=True)
class KeyWithdrawn:
    """A passkey does not sign for its holder any more."""

    key: KeyId


@record("role_key.registered")
@dataclass(frozen=True)
class RoleKeyRegistered:
    """By this key, made on its holder's own device, a grant is claimed on a fork. A later one takes its place.

    public_key: Ed25519, base64url.
    """

    grant: GrantId
    public_key: RoleKey


@record("office.claimed")
@dataclass(frozen=True)
class OfficeClaimed:
    """Whoever has the key of a grant is its holder on this fork. token: signed by that key, for this fork alone."""

    grant: GrantId
    holder: HolderId
    token: Binding


@record("grant.made")
@dataclass(frozen=True)
class GrantMade:
    """A role for a holder in a scope, as the effect of an act. due: the moment its term counts from.

    lender: of a stand-in's grant, the one that it was lent from, with which it falls.
    """

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
    lender: GrantId | None = None


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
    """A grant ends before its term. why: resigned, withdrawn, recalled, superseded; returned: who had lent it took
    it back; lapsed or moved as the roster says; emptied where nobody belongs to its place any more, closed where its
    members closed it.

    ends: the moment it holds from, where that is later than due: what is handed over has days.
    held: the hold that a lapse has waited under, where too many would have lapsed at once.
    """

    grant: GrantId
    why: Word
    act: ActId | None = None
    step: Count | None = None
    due: Minute | None = None
    ends: Minute | None = None
    held: Count | None = None
