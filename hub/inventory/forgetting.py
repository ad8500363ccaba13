"""Deleting what has had its days (PR-19): one rule for every table whose line says days and after."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.inventory.lines import Store, private


def sweep(tx: Connection, metadata: sa.MetaData) -> dict[str, int]:
    """Deletes rows about people who are no more, that came after they were erased; returns how many, by table."""
    there = sa.select(metadata.tables["persons"].c.id)
    gone = {}
    for line in private("hub").values():
        if line.of is not None and line.through is None and not line.stays and line.table != "persons":
            table = metadata.tables[line.table]
            gone[line.table] = tx.execute(sa.delete(table).where(table.c[line.of].not_in(there))).rowcount
    return {table: many for table, many in gone.items() if many}


def forget(tx: Connection, metadata: sa.MetaData, store: Store) -> dict[str, int]:
    """Deletes rows whose days are over; returns how many, by table. Rows without that moment are not over yet."""
    gone = {}
    for line in private(store).values():
        if line.days is not None and line.after is not None:
            table, over = metadata.tables[line.table], clock.now() - dt.timedelta(days=line.days)
            gone[line.table] = tx.execute(sa.delete(table).where(table.c[line.after] < over)).rowcount
    return {table: many for table, many in gone.items() if many}
