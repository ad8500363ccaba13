"""Reads: the keys of grants, and what was claimed on the fork in force. On a hub that is no fork nothing is claimed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.errors import NotFound, Verdict
from hub.ledger import writer
from hub.permits import binding, keys
from hub.permits.models import grants, holders, office_claims, role_keys

_NEWEST = (
    sa.select(role_keys).where(role_keys.c.grant == sa.bindparam("grant")).order_by(role_keys.c.entry.desc()).limit(1)
)
_KEY = sa.select(role_keys).where(role_keys.c.public_key == sa.bindparam("public_key"))
_CLAIMED = sa.select(office_claims.c.grant, office_claims.c.entry).where(
    office_claims.c.holder == sa.bindparam("holder"), office_claims.c.hub == sa.bindparam("hub")
)
_MADE = sa.select(grants.c.id, grants.c.holder, grants.c.entry).where(grants.c.entry == sa.bindparam("entry"))
_NAMED = sa.select(holders.c.told_entry).where(holders.c.id == sa.bindparam("holder"))


def key_of(tx: Connection, grant: str) -> Row[Any] | None:
    """Returns the key by which a grant is claimed, the newest that was registered: entry, grant, public_key."""
    return tx.execute(_NEWEST, {"grant": grant}).first()


def is_known(tx: Connection, public_key: str) -> bool:
    """Tells whether a key was ever registered, for whatever grant."""
    return tx.execute(_KEY, {"public_key": public_key}).first() is not None


def fork_in_force(tx: Connection) -> int | None:
    """Returns the entry by which this hub forked from another, or None where it did not, or has not begun."""
    try:
        return keys.site(tx).entry or None
    except NotFound:
        return None


def forked_bytes(tx: Connection, hub: int) -> bytes:
    """Returns the bytes of the entry by which a hub forked, or was founded."""
    found = writer.bytes_of(tx, hub)
    assert found is not None
    return found


def mark_of(tx: Connection, hub: int) -> bytes:
    """Returns which hub a number is for. hub: the entry by which it was founded or forked."""
    return binding.fork_of(forked_bytes(tx, hub))


def token_verdict(tx: Connection, token: str, key: Row[Any], hub: int, *, minute: int, place: str = "") -> Verdict:
    """Says whether a token holds here. key: of the grant, as key_of returns it; hub: the fork's entry; minute: now.

    place: the page it was signed for, where that is not a claim.
    """
    registered = writer.bytes_of(tx, key.entry)
    assert registered is not None
    origins = [f"{origin}{place}" for origin in keys.site(tx).origins]
    return binding.token_verdict(
        token, public_key=key.public_key, entry=registered, origins=origins,
        forked=forked_bytes(tx, hub), minute=minute,
    )  # fmt: skip


def claimed_by(tx: Connection, holder: str, hub: int, below: int | None = None) -> set[str]:
    """Returns the grants that a holder claimed on a fork. hub: the fork's entry; below: by entries below it, or all."""
    rows = tx.execute(_CLAIMED, {"holder": holder, "hub": hub})
    return {str(row.grant) for row in rows if below is None or row.entry < below}


def is_of_before(tx: Connection, holder: str) -> bool:
    """Tells whether a holder was named before this hub forked: whoever runs it has no word in whose keys they are."""
    hub = fork_in_force(tx)
    named = None if hub is None else tx.scalar(_NAMED, {"holder": holder})
    return hub is not None and named is not None and named < hub


def waits(tx: Connection, hub: int, *, by: int, holder: str) -> bool:
    """Tells whether an act of a holder waits for a claim: it rests on what was theirs before this hub forked.

    hub: the fork's entry; by: the act's warrant, a grant's entry, which must be claimed; or another, where any claim of
    the holder will do.
    """
    grant = tx.execute(_MADE, {"entry": by}).first()
    if grant is not None:
        return bool(grant.entry < hub) and grant.id not in claimed_by(tx, grant.holder, hub)
    named = tx.scalar(_NAMED, {"holder": holder})
    return named is not None and named < hub and not claimed_by(tx, holder, hub)
