"""By what somebody is known again whom nobody here names any more: hashes of what the matcher says of their row.

What is hashed is a random name and a keyed digest, of which neither can be guessed: a mark leads to nobody, and only
whoever proves the same row, or the same number, makes it again.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.people import sealed
from hub.people.models import persons


def of_row(entry_ref: str, seed: bytes) -> list[str]:
    """Returns the marks of a row of the list: of its name here, and of what stays the same under a new one."""
    said = (b"row|" + entry_ref.encode(), b"seed|" + seed)
    return [hashlib.sha256(b"folkmoot mark v1|" + one).hexdigest() for one in said]


def of_person(tx: Connection, person: str) -> list[str]:
    """Returns the marks of somebody who is still here; none of whom no row is known."""
    shut = tx.scalar(sa.select(persons.c.seed).where(persons.c.id == person))
    row, seed = sealed.row_of(tx, person), sealed.seed(tx, person, shut)
    return [] if row is None or seed is None else of_row(row, seed)
