"""Units of work: a look is one snapshot and keeps nothing; a writing one is alone from its first moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import InternalError, OperationalError

from hub.db import Database, Moment, among, put, will_write

THINGS = sa.Table("things", sa.MetaData(), sa.Column("name", sa.Text))
COUNT = sa.select(sa.func.count()).select_from(THINGS)


@pytest.fixture
def store(tmp_path: Path) -> Database:
    """A file of SQLite's with one table; nobody waits for a lock."""
    made = Database(f"sqlite:///{tmp_path / 'store.db'}")
    made.create_all(THINGS.metadata)
    sa.event.listen(made.engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=0"))
    made.engine.dispose()
    yield made
    made.close()


def add(tx: sa.Connection, name: str) -> None:
    tx.execute(sa.insert(THINGS), {"name": name})


def test_look_sees_one_moment_throughout_and_keeps_nothing(store: Database) -> None:
    with store.read() as look:
        before = look.scalar(COUNT)
        with store.write() as tx:
            add(tx, "meanwhile")
        during = look.scalar(COUNT)
    with store.read() as look:
        add(look, "by a look")
    with store.read() as look:
        after = look.scalar(COUNT)

    assert (before, during, after) == (0, 0, 1)


def test_second_writer_is_refused_before_it_read_anything(store: Database) -> None:
    with store.write() as tx:
        add(tx, "first")
        with pytest.raises(OperationalError, match="locked"), store.write():
            raise AssertionError("two writers at once")
    with store.read() as look:
        assert look.scalar(COUNT) == 1


def test_writing_unit_that_fails_keeps_nothing_and_leaves_lookers_alone(store: Database) -> None:
    def fails() -> None:
        with store.write() as tx:
            add(tx, "never")
            raise ValueError("a fault")

    with pytest.raises(ValueError, match="a fault"):
        fails()

    # The same connection comes back from the pool: it looks, and holds no lock.
    with store.read() as look, store.write() as tx:
        assert look.scalar(COUNT) == 0
        add(tx, "beside a look")
    with store.read() as look:
        assert look.scalar(COUNT) == 1


def test_connection_that_is_kept_can_look_and_then_write(store: Database) -> None:
    with store.engine.connect() as tx:
        with tx.begin():
            tx.scalar(COUNT)
            with store.write() as other:
                add(other, "by another")
        will_write(tx)
        with tx.begin(), pytest.raises(OperationalError, match="locked"), store.write():
            raise AssertionError("two writers at once")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_server_refuses_what_a_look_would_write(fresh: Callable[..., Database]) -> None:
    store = fresh(THINGS.metadata)
    with pytest.raises(InternalError, match="read-only"), store.read() as look:
        add(look, "by a look")
    with store.write() as tx:
        assert tx.scalar(COUNT) == 0
        add(tx, "by a writer")
    with store.read() as look:
        assert look.scalar(COUNT) == 1


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_what_the_server_planned_is_kept_from_look_to_look(fresh: Callable[..., Database]) -> None:
    store = fresh(THINGS.metadata)
    planned = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%things%%'"
    for _ in range(7):
        with store.read() as look:
            look.scalar(COUNT)

    with store.read() as look:
        assert look.exec_driver_sql(planned).scalar_one() == 1


_rows = sa.Table(
    "kept",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", Moment),
    sa.Column("raw", sa.LargeBinary),
    sa.Column("many", sa.BigInteger),
)
_ADD = sa.insert(_rows)
_CHANGE = (
    sa.update(_rows)
    .where(_rows.c.id == sa.bindparam("key"))
    .values(at=sa.bindparam("since", type_=Moment), many=sa.bindparam("number"))
)
ADDED = [
    {"id": f'it\'s {place} "%s"', "at": place or None, "raw": bytes([place, 255]), "many": 10**12 + place}
    for place in range(5)
]
CHANGED = [{"key": row["id"], "since": 60, "number": None} for row in ADDED[1:4]]


@pytest.mark.parametrize("many", [1, 2, 5])
def test_rows_that_are_put_together_are_those_that_are_put_one_by_one(
    fresh: Callable[..., Database], many: int
) -> None:
    store = fresh(_rows.metadata)
    with store.write() as tx:
        for place in range(0, len(ADDED), many):
            put(tx, _ADD, ADDED[place : place + many])
        for place in range(0, len(CHANGED), many):
            put(tx, _CHANGE, CHANGED[place : place + many])
    asked = among(sa.select(_rows).order_by(_rows.c.id), _rows.c.id)
    with store.read() as tx:
        found = [tuple(row) for row in tx.execute(asked[tx.dialect.name], {"wanted": [row["id"] for row in ADDED[:4]]})]

    minute = dt.datetime(1970, 1, 1, 0, 1, tzinfo=dt.UTC)
    assert found == [
        (ADDED[0]["id"], None, b"\x00\xff", 10**12),
        *((row["id"], minute, row["raw"], None) for row in ADDED[1:4]),
    ]
