"""Lone keys: what a key may sign that nobody but itself vouched for. Whoever runs the hub can make one for anybody.

So it takes nothing from its holder. It signs a step into an office of its own, and what rests on the office that came
by that step; nothing of an office, or of an act, that they had begun without it. It gives no office back, takes out no
other key and vouches for none.

A key is no lone one where a key of the holder's vouched for it, or the key of an office that they made before
(vouching.py).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.errors import YES, Verdict, no
from hub.ledger import Entry, writer
from hub.ledger.entries import type_of
from hub.permits import keys
from hub.permits.entries import KeyRegistered, KeyWithdrawn
from hub.permits.models import grants, signed_entries, signing_keys

TAKES_BACK = ("candidacy.withdrawn",)  # what undoes a holder's own step, without an office

OLDER = no(
    "signing.lone_key",
    "Nobody vouched for this passkey but itself, so it signs nothing of an office that you had before it. The receipt "
    "of your office brings that back: under Account, Passkeys.",
)
OTHERS = no(
    "signing.lone_key_alone",
    "Nobody vouched for this passkey but itself, so it vouches for no other one, and withdraws no other one.",
)

_BY = sa.select(signed_entries.c.key).where(signed_entries.c.entry == sa.bindparam("entry"))
_GRANT = sa.select(grants.c.act, grants.c.entry, grants.c.holder).where(grants.c.entry == sa.bindparam("entry"))
_SIGNED = (
    sa.select(signed_entries.c.entry, signed_entries.c.key)
    .join(signing_keys, signing_keys.c.id == signed_entries.c.key)
    .where(signing_keys.c.holder == sa.bindparam("holder"))
    .order_by(signed_entries.c.entry)
)


def is_lone(tx: Connection, key: Row[Any]) -> bool:
    """Tells whether nobody but itself vouched for a key. key: as keys.key returns it."""
    if tx.scalar(_BY, {"entry": key.entry}) != key.id:
        return False
    registered = writer.get(tx, key.entry)
    return registered is None or registered.data.get("token") is None


def has_signed(tx: Connection, holder: str) -> bool:
    """Tells whether a holder signed anything yet, for the hub in force, by a key that is no lone one."""
    return any(not is_lone(tx, key) for key in keys.signed_by(tx, holder))


def may_sign(tx: Connection, key: Row[Any], *, by: int, record: Any) -> Verdict:
    """Says whether a key of a holder signs an act of theirs. by: the act's warrant; any but a lone one signs all."""
    if not is_lone(tx, key):
        return YES
    if isinstance(record, KeyRegistered) or (isinstance(record, KeyWithdrawn) and record.key != key.id):
        return OTHERS
    if isinstance(record, KeyWithdrawn):
        return YES
    grant = tx.execute(_GRANT, {"entry": by}).first()
    if grant is not None:
        began = _began(tx, grant.holder, grant.act) | set(tx.scalars(_BY, {"entry": grant.entry}))
        return YES if began == {key.id} else OLDER
    began = _began(tx, key.holder, getattr(record, "act", None))
    is_step = not began and type_of(type(record)).name not in TAKES_BACK
    return YES if is_step or began == {key.id} else OLDER


def _began(tx: Connection, holder: str, act: str | None) -> set[str]:
    """Returns the keys by which a holder signed their own steps in an act.

    A step rests on no office: it names who takes it.
    """
    signed = tx.execute(_SIGNED, {"holder": holder}).all() if act is not None else []
    steps = ((row.key, writer.get(tx, row.entry)) for row in signed)
    return {str(key) for key, entry in steps if entry is not None and _is_step(tx, entry, holder, act)}


def _is_step(tx: Connection, entry: Entry, holder: str, act: str | None) -> bool:
    named = (entry.data.get("act"), entry.data.get("holder")) == (act, holder)
    return named and entry.by is not None and keys.holder_of_grant(tx, entry.by) is None
