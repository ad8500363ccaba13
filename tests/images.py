"""A store's every row, taken from one store and put into another of the same engine: take(db), put(db, image)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub import db as house
from hub.db import Database


@dataclass(frozen=True)
class Image:
    """SQLite's file, or the rows of PostgreSQL's tables that have any, and how far its sequences had counted."""

    file: bytes = b""
    rows: Mapping[str, bytes] | None = None
    counted: Mapping[str, int] | None = None


def take(db: Database) -> Image:
    """Returns the image of a store of the hub's tables."""
    with db.engine.connect() as tx:
        raw: Any = tx.connection.driver_connection
        if db.is_sqlite:
            return Image(file=raw.serialize())
        with raw.transaction():
            return Image(rows=_rows(raw), counted=dict(raw.execute(COUNTED).fetchall()))


def put(db: Database, image: Image, *, is_empty: bool = False) -> None:
    """Puts an image in the place of all that a store has. is_empty: whether that is nothing."""
    if db.is_sqlite:
        _put_file(db, image.file)
        return
    with db.engine.connect() as tx:
        raw: Any = tx.connection.driver_connection
        with raw.transaction():
            raw.execute("SET LOCAL session_replication_role = replica")  # as its owner: foreign keys in any order
            if not is_empty:
                raw.execute(";".join(f'DELETE FROM "{name}"' for name in _names()), prepare=False)
            _put_rows(raw, image)


COUNTED = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


def _names() -> list[str]:
    return sorted(table.name for table in house.metadata.tables.values())


def _put_file(db: Database, file: bytes) -> None:
    db.close()
    path = Path(str(db.url.database))
    for beside in path.parent.glob(f"{path.name}-*"):  # the write-ahead log of what was there
        beside.unlink()
    path.write_bytes(file)


def _rows(raw: Any) -> dict[str, bytes]:
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in _names())
    found = {}
    for (name,) in raw.execute(asked).fetchall():
        with raw.cursor() as cursor, cursor.copy(f'COPY "{name}" TO STDOUT (FORMAT BINARY)') as told:
            found[name] = b"".join(bytes(part) for part in told)
    return found


def _put_rows(raw: Any, image: Image) -> None:
    assert image.rows is not None
    assert image.counted is not None
    for name, rows in image.rows.items():
        with raw.cursor() as cursor, cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT BINARY)') as told:
            told.write(rows)
    if image.counted:
        raw.execute("SELECT " + ", ".join(f"setval('\"{name}\"', {last})" for name, last in image.counted.items()))
