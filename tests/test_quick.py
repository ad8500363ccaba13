"""The connection for folding: the same rows as the usual one, at each of a history's entries, and nothing stale."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from hub import clock, quick
from hub import db as house
from hub.ledger import writer
from hub.quick import Quick
from tests.powers.search import wander
from tests.powers.watch import lines_of
from tests.powers.world import World
from tests.replaying import public_tables, rows_of

ours = sa.MetaData()
things = house.table(
    "things", sa.Column("name", sa.Text, primary_key=True), sa.Column("at", house.Moment), kind="public", of=ours
)
others = house.table("others", sa.Column("name", sa.Text, primary_key=True), kind="public", of=ours)

NAMES = sa.select(things.c.name).order_by(things.c.name)
HOW_MANY = sa.select(sa.func.count()).select_from(things)
SOME = sa.select(things).where(things.c.name.in_(sa.bindparam("wanted", expanding=True))).order_by(things.c.name)
ELSEWHERE = sa.select(others.c.name).where(sa.exists().where(things.c.name == others.c.name))
EITHER = sa.union_all(sa.select(things.c.name), sa.select(others.c.name)).order_by("name")
ADD, CHANGE = sa.insert(things), sa.update(things).where(things.c.name == sa.bindparam("old"))
TAKE = sa.delete(things).where(things.c.name == sa.bindparam("old"))
ADD_OTHER = sa.insert(others)
AT = clock.parse_minute("2026-11-21T20:00Z")


@pytest.fixture
def tx(fresh):
    database = fresh(ours)
    with database.fold() as unit:
        assert isinstance(unit, Quick)
        for _ in range(2):  # from the second time on a statement is known
            unit.execute(NAMES).all()
            unit.scalar(HOW_MANY)
            unit.execute(SOME, {"wanted": ["a"]}).all()
            unit.scalars(ELSEWHERE).all()
            unit.scalars(EITHER).all()
            unit.execute(TAKE, {"old": "nobody"})
            unit.execute(CHANGE, {"old": "nobody", "at": AT})
        yield unit


def seen(tx):
    """What every reading says."""
    return (
        list(tx.scalars(NAMES)),
        tx.scalar(HOW_MANY),
        [tuple(row) for row in tx.execute(SOME, {"wanted": ["a", "c"]})],
        list(tx.scalars(ELSEWHERE)),
        list(tx.scalars(EITHER)),
    )


def put(tx):
    """As the hub's rooms write rows that come often."""
    house.put(tx, ADD, [{"name": "a", "at": house.seconds(AT)}])


WAYS = {
    "known": lambda tx: [tx.execute(ADD, {"name": name, "at": AT}) for name in "a"],
    "many": lambda tx: tx.execute(ADD, [{"name": name, "at": AT} for name in "a"]),
    "once": lambda tx: tx.execute(sa.insert(things), {"name": "a", "at": AT}),
    "put": put,
    "text": lambda tx: tx.execute(sa.text("INSERT INTO things (name, at) VALUES ('a', 1795291200)")),
    "driver": lambda tx: tx.exec_driver_sql("INSERT INTO things (name, at) VALUES ('a', 1795291200)"),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_read_is_let_go_as_its_table_is_written(tx, way):
    tx.execute(ADD_OTHER, {"name": "a"})
    assert seen(tx) == seen(tx) == ([], 0, [], [], ["a"])

    WAYS[way](tx)

    assert seen(tx) == seen(tx) == (["a"], 1, [("a", AT)], ["a"], ["a", "a"])


def test_changes_and_deletions_are_seen(tx):
    tx.execute(ADD, [{"name": "a", "at": AT}, {"name": "b", "at": None}])
    seen(tx)

    assert tx.execute(CHANGE, {"old": "b", "name": "c"}).rowcount == 1
    assert seen(tx) == (["a", "c"], 2, [("a", AT), ("c", None)], [], ["a", "c"])
    assert tx.execute(TAKE, {"old": "a"}).rowcount == 1

    assert seen(tx) == (["c"], 1, [("c", None)], [], ["c"])


def test_nothing_is_asked_twice(tx):
    """The planted fault: rows that come past the unit stay unseen, as nobody else writes there."""
    before = seen(tx)
    cursor = tx.connection.cursor()
    cursor.execute("INSERT INTO things (name) VALUES ('b')")

    assert seen(tx) == before


def test_refusal_of_the_database_is_named_as_ever(fresh):
    database = fresh(ours)

    def twice():
        with database.fold() as tx:
            for _ in range(3):
                tx.execute(ADD, {"name": "a", "at": AT})

    with pytest.raises(sa.exc.IntegrityError):
        twice()

    with database.read() as tx:
        assert tx.scalar(HOW_MANY) == 0


def histories(*numbers):
    """Records of worlds in which people did this and that."""
    for number in numbers:
        world = World()
        wander(number, world)
        yield lines_of(world.raw, 0)


def rows_by(database, unit, lines):
    """Every public row after a fold, and what was ignored."""
    with unit() as tx:
        ignored = [(one.index, one.verdict.code) for one in writer.replay(tx, lines)]
    return ignored, {table.name: rows_of(database, table) for table in public_tables()}


def spoilt(lines):
    """The same with every ninth entry twice: what was done is refused the second time."""
    return [line for place, line in enumerate(lines) for _ in range(2 if place % 9 == 8 else 1)]


def test_fold_gives_the_same_rows_and_refusals(db, another_db):
    (lines,) = histories(3)
    usual = rows_by(db, db.write, spoilt(lines))

    assert rows_by(another_db, another_db.fold, spoilt(lines)) == usual
    assert len(usual[0]) > 9


def test_planted_connection_that_lets_nothing_go_is_caught(db, another_db, monkeypatch):
    (lines,) = histories(3)
    usual = rows_by(db, db.write, spoilt(lines))
    monkeypatch.setattr(Quick, "_wrote", lambda _self, _table: None)

    try:
        found = rows_by(another_db, another_db.fold, spoilt(lines))
    except (sa.exc.SQLAlchemyError, AssertionError, LookupError, ValueError):
        return
    assert found != usual


def test_no_table_that_a_statement_names_is_left_out(db):
    (lines,) = histories(3)
    rows_by(db, db.fold, lines)
    plans = [plan for known in quick.known() for plan in known if plan is not None and plan.writes is None]

    tables = {table.name: table for table in house.metadata.sorted_tables}
    missing = [
        (plan.text, name)
        for plan in plans
        for name in tables
        if re.search(rf'(FROM|JOIN|,) "?{name}\b', plan.text) and tables[name] not in plan.reads
    ]
    assert len(plans) > 40  # what these histories alone need: the check has something to look at
    assert missing == []
