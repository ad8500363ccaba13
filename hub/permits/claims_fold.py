"""The only writer of role keys and of what was claimed by them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.permits import claims, keys, queries, warrants
from hub.permits.binding import is_key
from hub.permits.entries import OfficeClaimed, RoleKeyRegistered
from hub.permits.live import stands
from hub.permits.models import office_claims, role_keys

_ADD_KEY, _ADD_CLAIM = sa.insert(role_keys), sa.insert(office_claims)

NO_FORK = no("claims.no_fork", "This hub carries on from no other, so there is nothing to claim here.")
NO_KEY = no("claims.no_key", "This office has no key in the record that this hub continues, so nobody can claim it.")
OVER = no("claims.over", "This office has ended, by the record that this hub continues.")
NEWER = no("claims.newer", "This office began on this hub. It is claimed on a fork of it, and not here.")
CLAIMED = no("claims.claimed", "This office was claimed here before. Sign in with the passkey you added then.")


def may_register(tx: Connection, entry: Entry, record: RoleKeyRegistered) -> Verdict:
    """For a grant whose term runs, resting or not, resting on that grant itself; a key that was never used before."""
    grant = warrants.standing_grant(tx, entry)
    if grant is None or grant.id != record.grant:
        return no("claims.not_yours", "Only its holder makes the key of an office, and only while it runs.")
    if not is_key(record.public_key) or claims.is_known(tx, record.public_key):
        return no("claims.key_there", "This is no key, or stands in the record already. Make a new one.")
    return YES


@applies(RoleKeyRegistered, warrant=may_register)
def register(tx: Connection, entry: Entry, record: RoleKeyRegistered, said: Said) -> None:
    """Adds a key: from now on it is the one that claims its grant."""
    tx.execute(_ADD_KEY, {"entry": entry.index, "grant": record.grant, "public_key": record.public_key})


def may_claim(tx: Connection, entry: Entry, record: OfficeClaimed) -> Verdict:
    """On a fork, of a grant of before it whose term runs, once, by its newest key in the record that is continued."""
    hub, grant = claims.fork_in_force(tx), queries.grant_by_id(tx, record.grant)
    if hub is None:
        return NO_FORK
    if grant is None or grant.holder != record.holder or entry.by != grant.entry:
        return no("claims.no_grant", "There is no such office in the record that this hub continues.")
    if grant.entry >= hub:
        return NEWER
    if not stands(grant, entry.at):
        return OVER
    if grant.id in claims.claimed_by(tx, grant.holder, hub):
        return CLAIMED
    key = claims.key_of(tx, grant.id)
    if key is None:
        return NO_KEY
    return claims.token_verdict(tx, record.token, key, hub, minute=int(entry.at.timestamp()) // 60)


@applies(OfficeClaimed, warrant=may_claim)
def claim(tx: Connection, entry: Entry, record: OfficeClaimed, said: Said) -> None:
    """Notes the claim: from the next entry on acts that rest on this grant count here."""
    row = {"entry": entry.index, "grant": record.grant, "holder": record.holder, "hub": keys.site(tx).entry}
    tx.execute(_ADD_CLAIM, row)
