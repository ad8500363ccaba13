"""The house's own fixtures: an empty database each time, on both engines; a clock that stands still."""

from __future__ import annotations

import sqlalchemy as sa

from hub import clock
from hub.ledger import models


def row(index):
    return {"index": index, "type": "hub.founded", "at": clock.parse_minute("2026-11-21T20:00Z"), "bytes": b"{}"}


def test_db_is_empty_and_apart_from_another(db, another_db):
    with db.write() as tx:
        tx.execute(sa.insert(models.entries), [row(0)])

    with db.read() as tx, another_db.read() as other:
        found = (
            tx.scalars(sa.select(models.entries.c.index)).all(),
            other.scalars(sa.select(models.entries.c.index)).all(),
        )

    assert found == ([0], [])


def test_db_is_empty_again_after_a_test_that_wrote(db):
    with db.read() as tx:
        assert tx.scalars(sa.select(models.entries.c.index)).all() == []


def test_clock_stands_still_until_moved(clock_at):
    clock_at("2026-11-21T20:00Z")

    clock_at.advance(days=1, minutes=1)

    assert clock.format_minute(clock.now()) == "2026-11-22T20:01Z"
