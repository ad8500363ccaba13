"""Charters of before keep what they say when they are keyed by their entry, and a step back loses none."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from hub import migrate
from hub.charter.models import charters

ROW = {
    "entry": 3, "version": 1, "since": dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC), "hash": b"h" * 32,
    "signed": "note", "has_quorum": True,
}  # fmt: skip


@pytest.fixture
def store(backend):
    """An empty store, given back as it came."""
    database = backend.fresh(sa.MetaData())
    yield database
    with database.write() as tx:
        if not database.is_sqlite:
            tx.exec_driver_sql("DROP SCHEMA public CASCADE")
            tx.exec_driver_sql("CREATE SCHEMA public")
    backend.release(database)


def step_back(database):
    """Goes to the revision before the newest one that ran."""
    config = migrate._config("hub")
    with database.write() as tx:
        config.attributes["connection"] = tx
        command.downgrade(config, "-1")


def rows(database):
    with database.read() as tx:
        return [row._asdict() for row in tx.execute(sa.select(charters).order_by(charters.c.entry))]


def key(database):
    with database.read() as tx:
        return sa.inspect(tx).get_pk_constraint("charters")


def test_two_chains_fit_afterwards_and_one_goes_back(store):
    before = ScriptDirectory.from_config(migrate._config("hub")).get_revision("0036").down_revision
    migrate.bring_up(store, "hub", before)
    with store.write() as tx:
        tx.execute(sa.insert(charters), ROW)
    assert key(store)["constrained_columns"] == ["version"]

    migrate.bring_up(store, "hub", "0036")

    assert (key(store)["constrained_columns"], key(store)["name"]) == (["entry"], "pk_charters")
    assert rows(store) == [ROW]
    step_back(store)
    assert (key(store)["constrained_columns"], rows(store)) == (["version"], [ROW])
    migrate.bring_up(store, "hub", "0036")
    with store.write() as tx:
        tx.execute(sa.insert(charters), {**ROW, "entry": 9})
    assert [row["entry"] for row in rows(store)] == [3, 9]


def test_a_step_back_that_would_lose_a_chain_is_refused(store):
    migrate.bring_up(store, "hub", "0036")
    with store.write() as tx:
        tx.execute(sa.insert(charters), [ROW, {**ROW, "entry": 9}])

    with pytest.raises(sa.exc.IntegrityError):
        step_back(store)

    assert [row["entry"] for row in rows(store)] == [3, 9]
