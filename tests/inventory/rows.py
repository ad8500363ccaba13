"""Rows made up for any table: a word of its own in every column that takes one."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, sealing
from hub.db import Moment, metadata
from hub.inventory import Line, private

# Where a constraint asks for one of a few words.
ONE_OF = {
    "accounts.shown": "nickname",
    "tokens.kind": "access",
    "feed_changes.change": "ended",
    "feed_changes.outcome": "done",
}


def parents_first() -> list[Line]:
    """The lines about a person, so that a row comes after the row that it takes its person from."""
    order = {table.name: place for place, table in enumerate(metadata.sorted_tables)}
    own = [line for line in private("hub").values() if line.of is not None]
    return sorted(own, key=lambda line: (line.through is not None, order[line.table]))


_counted = iter(range(10**6, 10**9))


def make_up(
    tx: Connection, line: Line, *, marker: str, at: dt.datetime | None = None, **known: object
) -> dict[str, Any]:
    """Inserts one row of a table; returns it. marker: in every column of words and bytes; at: of its term's moment."""
    table = metadata.tables[line.table]
    row = {column.name: _value(column, marker) for column in table.columns}
    if line.after is not None and at is not None:
        row[line.after] = at
    row |= known
    for column, form in line.sealed.items():
        said = row[column] if isinstance(row[column], dict) else {"said": row[column]}
        words = json.dumps(said) if form == "json" else str(row[column])
        row[column] = sealing.write(tx, str(row[str(line.sealed_for)]), f"{line.table}.{column}", words)
    tx.execute(sa.insert(table), row)
    return row


def _value(column: sa.Column[Any], marker: str) -> object:
    name = f"{column.table.name}.{column.name}"
    if name in ONE_OF:
        return ONE_OF[name]
    kind = column.type
    if isinstance(kind, Moment):
        return clock.now()
    if isinstance(kind, sa.Date):
        return clock.today()
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sealing.Sealed):
        return f"{marker}{column.name}"
    if isinstance(kind, sa.LargeBinary):
        return f"{marker}{column.name}".encode()
    if isinstance(kind, sa.JSON):
        return {"said": f"{marker}{column.name}"}
    if isinstance(kind, sa.Integer | sa.BigInteger):
        return next(_counted) if column.primary_key else 1
    return f"{marker}{column.name}"
