"""One person's rows: all of them for a copy (PR-08), and gone when they are erased (PR-10)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from hub.inventory.lines import Line, private

MASKED = ("other", "secret")
"""Classes that no copy shows: who else is in a row, and what would let whoever reads the copy in as its person."""
OTHERS = (*MASKED, "word")
"""Classes that a copy shows of nobody else's row but what its reader did there."""
Value = str | int | bool | dict[str, Any] | list[Any] | None
Opener = Callable[[Connection, str, str, bytes | None], bytes | None]
"""What returns the words that were sealed for a person and a place, or None where nobody can read them."""
_FORMS: dict[str, Callable[[bytes], Value]] = {"words": bytes.decode, "json": json.loads, "bytes": bytes.hex}

Tells = Callable[[Connection], sa.ColumnElement[bool]]
_TELLS: dict[str, Tells] = {}


def tells(table: str) -> Callable[[Tells], Tells]:
    """Registers which rows of a table a person reads now, where a room tells some of them later."""

    def register(told: Tells) -> Tells:
        _TELLS[table] = told
        return told

    return register


def held(
    tx: Connection, metadata: sa.MetaData, person: str, opened: Opener | None = None
) -> dict[str, list[dict[str, Value]]]:
    """Returns everything that the hub's store holds of a person: table to rows, column to value, as JSON has them.

    opened: what opens sealed values (sealing.read_bytes); without it, and where it cannot, they are None. Times are ISO
    8601 in UTC, bytes hexadecimal. None stands for who else is in a row (PR-08), and for secrets and their hashes: a
    short code is soon found by its own. Tables without a row are left out, and so is what the matcher holds: no web
    process reads it.
    """
    found = {line.table: _rows(tx, metadata, line, person, opened) for line in private("hub").values() if line.of}
    return {table: rows for table, rows in sorted(found.items()) if rows}


def done(tx: Connection, metadata: sa.MetaData, person: str) -> dict[str, list[dict[str, Value]]]:
    """Returns the rows about others, or about nobody, in which a person stands: what they did there; as held does.

    None stands for whom a row is about, for words in it, and for whatever no copy shows.
    """
    found = {}
    for line in private("hub").values():
        if line.also is not None:
            there = _also(metadata, line, line.also, person)
            found[line.table] = _shown(tx, metadata, line, there, hidden_in(line))
    return {table: rows for table, rows in sorted(found.items()) if rows}


def hidden_in(line: Line) -> set[str]:
    """Returns the columns of a row of somebody else's that are not shown to who stands in it."""
    masked = {name for name, field in line.fields.items() if field.is_a in OTHERS}
    return (masked | ({line.of} if line.of else set())) - {str(line.also)}


def erase(tx: Connection, metadata: sa.MetaData, people: Sequence[str]) -> dict[str, int]:
    """Deletes every row about these people that nothing else needs; returns how many, by table.

    What stays is under a name that from then on leads to nobody, for the days that its line says. The caller has ended
    what a living account is part of.
    """
    gone = {}
    for table in reversed(list(_in_order(metadata))):
        line = private("hub").get(table.name)
        if line is not None and line.of and not line.stays:
            gone[table.name] = tx.execute(sa.delete(table).where(_whose(metadata, line, people))).rowcount
    return {table: many for table, many in gone.items() if many}


def _in_order(metadata: sa.MetaData) -> Iterator[sa.Table]:
    """Yields tables so that a row comes after the row whose person it takes: erased in the opposite order."""
    lines = private("hub")
    late = {line.table for line in lines.values() if line.through}
    yield from (table for table in metadata.sorted_tables if table.name not in late)
    yield from (table for table in metadata.sorted_tables if table.name in late)


def _rows(
    tx: Connection, metadata: sa.MetaData, line: Line, person: str, opened: Opener | None
) -> list[dict[str, Value]]:
    hidden = {name for name, field in line.fields.items() if field.is_a in MASKED}
    mine = _whose(metadata, line, [person])
    told = _TELLS.get(line.table)
    return _shown(tx, metadata, line, mine if told is None else sa.and_(mine, told(tx)), hidden, opened)


def _shown(
    tx: Connection,
    metadata: sa.MetaData,
    line: Line,
    which: sa.ColumnElement[bool],
    hidden: set[str],
    opened: Opener | None = None,
) -> list[dict[str, Value]]:
    table = metadata.tables[line.table]
    asked = sa.select(table).where(which).order_by(*table.primary_key.columns)

    def plain(row: RowMapping, name: str) -> Value:
        if name not in line.sealed:
            return _plain(row[name])
        words = None if opened is None else opened(tx, row[str(line.sealed_for)], f"{line.table}.{name}", row[name])
        return None if words is None else _FORMS[line.sealed[name]](words)

    return [
        {name: None if name in hidden else plain(row, name) for name in row} for row in tx.execute(asked).mappings()
    ]


def _also(metadata: sa.MetaData, line: Line, name: str, person: str) -> sa.ColumnElement[bool]:
    column = metadata.tables[line.table].c[name]
    if line.fields[name].is_a != "holder":
        return column == person
    holdings = metadata.tables["holdings"]
    return column.in_(sa.select(holdings.c.holder).where(holdings.c.person == person))


def _whose(metadata: sa.MetaData, line: Line, people: Sequence[str]) -> sa.ColumnElement[bool]:
    column = metadata.tables[line.table].c[str(line.of)]
    if line.through is None:
        return column.in_(people)
    owner = private("hub")[line.through]
    other = metadata.tables[line.through]
    return column.in_(sa.select(next(iter(other.primary_key.columns))).where(other.c[str(owner.of)].in_(people)))


def _plain(value: Any) -> Value:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat().replace("+00:00", "Z")
    return value.hex() if isinstance(value, bytes) else value
