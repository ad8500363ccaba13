"""After every story: the ledger is replayed into an empty database, and all public tables are compared row for row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from hub import db as house
from hub.db import Database
from hub.ledger import models, writer
from hub.permits import shown
from tests import verifier


def public_tables() -> list[sa.Table]:
    """Every public table, by name."""
    return [table for table in house.metadata.sorted_tables if table.info["kind"] == "public"]


def rows_of(db: Database, table: sa.Table) -> list[dict[str, Any]]:
    """A table's rows, in an order of their own."""
    with db.read() as tx:
        rows = [dict(row) for row in tx.execute(sa.select(table)).mappings()]
    return sorted(rows, key=lambda row: repr(sorted(row.items(), key=lambda item: item[0])))


def lines_of(db: Database) -> Iterator[tuple[bytes, list[str]]]:
    """Entries with their disclosures, in order: the fold's two inputs."""
    with db.read() as tx:
        rows = tx.execute(sa.select(models.entries).order_by(models.entries.c.index)).all()
        said: dict[int, list[str]] = {}
        for opening in tx.execute(sa.select(models.openings)):
            said.setdefault(opening.index, []).append(opening.disclosure)
    for row in rows:
        yield bytes(row.bytes), said.get(row.index, [])


def assert_replays(db: Database, another_db: Database) -> None:
    """Fails unless replaying db's entries into the empty another_db gives the same public tables.

    The stand-alone verifier, which knows nothing of hub/, has to come to the same rows.
    """
    lines = list(lines_of(db))
    with another_db.write() as tx:
        ignored = list(writer.replay(tx, lines))
    assert ignored == []
    for table in public_tables():
        assert rows_of(another_db, table) == rows_of(db, table), table.name
    folded = verifier.fold(lines)
    assert folded.void == []
    assert verifier.differences(folded, db) == []
    with db.read() as tx:
        said = shown.shown(tx)
    assert verifier.standing(folded, said) == {one["grant"]: one for one in said.offices}


def passed_over(lines: Iterable[tuple[bytes, list[str]]], another_db: Database) -> tuple[list[int], list[int]]:
    """Which entries change nothing by the hub's fold, and which by the stand-alone verifier's."""
    lines = list(lines)
    with another_db.write() as tx:
        ours = [one.index for one in writer.replay(tx, lines)]
    return ours, [one.index for one in verifier.fold(lines).void]
