"""Who works the roster: a name and a key that is shown once. A second operator is somebody with another key.

Trusted: whoever has the matcher's own user can write this table. That somebody was named is told to the hub, so that a
second operator made up for the occasion stands in the public record before the import that they approved.
"""

from __future__ import annotations

import hashlib
import hmac
import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import chance, clock
from hub.errors import Forbidden, Invalid, no
from hub.matcher.models import operators
from hub.matcher.tellings import tell


def name_operator(tx: Connection, name: str) -> str:
    """Adds an operator and returns their key, 128 random bits. Raises Invalid for a name that is taken or none."""
    if not re.fullmatch(r"[a-z][a-z0-9.-]{1,39}", name):
        raise Invalid({"name": "An operator's name has 2 to 40 small letters, digits, points or hyphens."})
    if tx.scalar(sa.select(operators.c.name).where(operators.c.name == name)) is not None:
        raise Invalid({"name": f"There is an operator called {name}. Remove them first, or take another name."})
    key = chance.octets(16).hex()
    tx.execute(sa.insert(operators), {"name": name, "key_hash": _hash(key), "since": clock.now()})
    _tell(tx)
    return key


def remove_operator(tx: Connection, name: str) -> None:
    """Takes an operator off the list. Raises Invalid for a name nobody has."""
    if not tx.execute(sa.delete(operators).where(operators.c.name == name)).rowcount:
        raise Invalid({"name": f"There is no operator called {name}."})
    _tell(tx)


def check_operator(tx: Connection, name: str, key: str) -> None:
    """Refuses whoever is not the operator they say. Raises Forbidden."""
    kept = tx.scalar(sa.select(operators.c.key_hash).where(operators.c.name == name))
    if not hmac.compare_digest(_hash(key.strip()), bytes(kept or b"")):
        raise Forbidden(no("roster.operator", f"That is not the key of an operator called {name}."))


def _tell(tx: Connection) -> None:
    many = tx.scalar(sa.select(sa.func.count()).select_from(operators))
    tell(tx, {"kind": "operators", "day": clock.today().isoformat(), "count": many})


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
