"""The verbs of an office's holder while the hub is well: registering its key, and taking the receipt home."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.constitution import queries as constitution
from hub.errors import Conflict, NotFound
from hub.ledger import reading
from hub.ledger.beginnings import Unverified
from hub.ledger.models import openings
from hub.ledger.reading import Key
from hub.mirror.receipts import OfficeReceipt
from hub.permits import Actor, Grant, claims
from hub.permits import queries as permits
from hub.permits.entries import RoleKeyRegistered
from hub.permits.models import holders
from hub.tlog.note import parse_vkey
from hub.tlog.receipt import Receipt

NOT_SEALED = "This was recorded a moment ago and is not sealed yet. Try again in a minute."


def mine(tx: Connection, actor: Actor, grant: str) -> Grant:
    """Returns one of the actor's own offices. Raises NotFound for any other: all look alike.

    Also one that witnesses have not signed yet: its key is made as it is accepted, and gives nobody a power.
    """
    held = permits.standing_grants(tx, holder=actor.holder, at=clock.now()) if actor.holder else ()
    found = next((one for one in held if one.id == grant), None)
    hub = claims.fork_in_force(tx)
    if found is None or (hub is not None and claims.waits(tx, hub, by=found.entry, holder=found.holder)):
        raise NotFound
    return found


def register(tx: Connection, *, grant: str, public_key: str, actor: Actor) -> None:
    """Puts the public half of the key of one's office into the record; the one before counts no more."""
    found = mine(tx, actor, grant)
    ledger.append(tx, RoleKeyRegistered(found.id, "".join(public_key.split())), by=found.entry)


def prove(tx: Connection, folder: Path, index: int) -> Receipt:
    """Returns the proof of an entry under the newest checkpoint. Raises Conflict where it is not sealed yet."""
    key = Key(parse_vkey(constitution.hub(tx).log_key), "own")
    try:
        return reading.prove(folder, index, key)
    except Unverified as problem:
        raise Conflict("claims.not_sealed", NOT_SEALED) from problem


def receipt_of(tx: Connection, *, grant: str, hub: str, folder: Path, actor: Actor) -> OfficeReceipt:
    """Returns the receipt of one's own office, without its key, which never was here. hub: this hub's address.

    Raises Conflict where the office, or its key, is not sealed yet.
    """
    found, key = mine(tx, actor, grant), claims.key_of(tx, grant)
    proofs = [prove(tx, folder, found.entry), *([prove(tx, folder, key.entry)] if key else [])]
    named = sa.select(holders.c.told_entry).where(holders.c.id == found.holder)
    said = sa.select(openings.c.disclosure).where(openings.c.index == named.scalar_subquery())
    return OfficeReceipt(found.id, hub, tuple(proofs), tuple(tx.scalars(said)))
