"""The private tables can be emptied, and public state is the fold of the record all the same (invariant 21)."""

from __future__ import annotations

import sqlalchemy as sa

from hub import db as house
from hub.db import Database
from hub.ledger import writer
from tests.powers.search import run
from tests.powers.watch import Replica
from tests.powers.world import World, prepared
from tests.replaying import lines_of, public_tables, rows_of


def private_tables() -> list[sa.Table]:
    """Every table that nobody else is told."""
    return [table for table in house.metadata.sorted_tables if table.info["kind"] == "private"]


def test_public_state_folds_without_anything_private():
    world = World()
    script, broken = run(7, world)
    assert broken is None
    assert len(script) > 30
    before = {table.name: rows_of(world.db, table) for table in public_tables()}

    world.raw.execute("PRAGMA foreign_keys=OFF")
    for table in private_tables():
        world.raw.execute(f'DELETE FROM "{table.name}"')
    world.raw.execute("PRAGMA foreign_keys=ON")
    assert [table.name for table in private_tables() if rows_of(world.db, table)] == []
    heir = Database("sqlite://")
    heir.create_all()
    with heir.write() as tx:
        ignored = list(writer.replay(tx, lines_of(world.db)))

    assert ignored == []
    assert {table.name: rows_of(heir, table) for table in public_tables()} == before
    assert {table.name: rows_of(world.db, table) for table in public_tables()} == before
    heir.close()


def test_replica_holds_nothing_private():
    world, replica = World(), Replica(prepared().image)
    replica.follow(world.raw, len(world.view.rows("entries")))

    assert [table.name for table in private_tables() if rows_of(replica.db, table)] == []
    assert replica.raw.execute("SELECT count(*) FROM grants").fetchone() == (len(world.view.grants),)
