"""What the hub forgets, remembered for the invariants: who had signed a petition when its signatures were deleted."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.db import Database
from hub.petitions.models import signatures

_FORGOTTEN: dict[str, set[str]] = {}


def listen(db: Database) -> None:
    """Remembers what is deleted in one store, and in no other: every statement asks each listener."""
    if not sa.event.contains(db.engine, "before_execute", _remember):
        sa.event.listen(db.engine, "before_execute", _remember)


def _remember(tx: Connection, statement: Any, *_: object) -> None:
    """Looks at what a deletion of signatures is about to delete."""
    if isinstance(statement, sa.Delete) and statement.table is signatures and statement.whereclause is not None:
        found: dict[str, set[str]] = {}
        for row in tx.execute(sa.select(signatures).where(statement.whereclause)).all():
            found.setdefault(row.act, set()).add(row.person)
        _FORGOTTEN.update(found)


def forgotten(act: str) -> set[str]:
    """Returns the persons whose signatures on a petition were deleted last."""
    return _FORGOTTEN.get(act, set())
