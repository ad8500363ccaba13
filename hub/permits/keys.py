"""Reads: the keys of holders in the record. A key is its holder's until it is withdrawn, and for one hub's address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.permits.assertions import Site
from hub.permits.models import grants, signed_entries, signing_keys

_KEY = sa.select(signing_keys).where(signing_keys.c.id == sa.bindparam("id"))
_OF = sa.select(signing_keys).where(signing_keys.c.holder == sa.bindparam("holder")).order_by(signing_keys.c.entry)
_EVER = sa.select(signing_keys.c.id).where(signing_keys.c.holder == sa.bindparam("holder")).limit(1)
_SIGNED_BY = sa.select(signing_keys).where(
    signing_keys.c.holder == sa.bindparam("holder"),
    signing_keys.c.hub == sa.bindparam("hub"),
    sa.exists().where(signed_entries.c.key == signing_keys.c.id),
)
_ACT = sa.select(signed_entries.c.entry).where(signed_entries.c.act == sa.bindparam("act"))
_BY_ENTRY = sa.select(signed_entries.c.key).where(signed_entries.c.entry == sa.bindparam("entry"))
_HOLDER = sa.select(grants.c.holder).where(grants.c.entry == sa.bindparam("entry"))
# One look for what every entry of an office is asked on replay.
_HOLDER_KEYED = sa.select(
    grants.c.holder, sa.exists().where(signing_keys.c.holder == grants.c.holder).label("keyed")
).where(grants.c.entry == sa.bindparam("entry"))

_site: list[Callable[[Connection], Site]] = []


def answer_site(find: Callable[[Connection], Site]) -> Callable[[Connection], Site]:
    """Lets the room above that knows the hub's facts say which hub is in force: registered once, when it is loaded."""
    _site[:] = [find]
    return find


def site(tx: Connection) -> Site:
    """Returns whom authenticators sign for, by the newest founding or fork in the record."""
    return _site[0](tx)


def key(tx: Connection, name: str) -> Row[Any] | None:
    """Returns a key by its name: id, holder, public_key, algorithm, hub, entry, from_at, withdrawn_entry."""
    return tx.execute(_KEY, {"id": name}).first()


def keys_of(tx: Connection, holder: str) -> list[Row[Any]]:
    """Returns every key a holder ever had, the oldest first."""
    return list(tx.execute(_OF, {"holder": holder}))


def here(tx: Connection, holder: str) -> list[Row[Any]]:
    """Returns a holder's keys for the hub in force that are not withdrawn, also those that do not count yet."""
    hub = site(tx).entry
    return [row for row in keys_of(tx, holder) if row.hub == hub and row.withdrawn_entry is None]


def is_live(row: Row[Any], hub: int, at: dt.datetime) -> bool:
    """Tells whether a key signs for its holder at a moment. hub: the entry of the hub in force."""
    return bool(row.hub == hub and row.withdrawn_entry is None and row.from_at <= at)


def live_keys(tx: Connection, holder: str, at: dt.datetime) -> list[Row[Any]]:
    """Returns the keys that sign for a holder at a moment."""
    return [row for row in here(tx, holder) if row.from_at <= at]


def ever_keyed(tx: Connection, holder: str) -> bool:
    """Tells whether a holder ever had a key: from then on nothing of theirs counts unsigned."""
    return tx.scalar(_EVER, {"holder": holder}) is not None


def signed_by(tx: Connection, holder: str) -> list[Row[Any]]:
    """Returns the keys by which a holder signed anything yet, for the hub in force."""
    return list(tx.execute(_SIGNED_BY, {"holder": holder, "hub": site(tx).entry}))


def entry_of_act(tx: Connection, act: str) -> int | None:
    """Returns the entry that an act's digest was signed for, or None."""
    found: int | None = tx.scalar(_ACT, {"act": act})
    return found


def key_of_entry(tx: Connection, index: int) -> Row[Any] | None:
    """Returns the key by which an entry was signed, or None."""
    name = tx.scalar(_BY_ENTRY, {"entry": index})
    return None if name is None else key(tx, name)


def keyed_holder_of_grant(tx: Connection, index: int) -> tuple[str, bool] | None:
    """Returns the holder of the grant that an entry made, and whether they ever had a key; None where it made none."""
    row = tx.execute(_HOLDER_KEYED, {"entry": index}).first()
    return None if row is None else (str(row.holder), bool(row.keyed))


def holder_of_grant(tx: Connection, index: int) -> str | None:
    """Returns the holder of the grant that an entry made, or None where it made none."""
    found: str | None = tx.scalar(_HOLDER, {"entry": index})
    return found
