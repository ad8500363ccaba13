"""The fold's result as one file, /state.json: every public table at a size of the log.

A convenience for people's scripts: recompute, do not trust.

    {"origin":...,"root":...,"size":N,"tables":{
    "groups":{"columns":["id",...],"rows":[
    ["grp_...",...],
    ...]},...}}

Rows are JSON, one a line, sorted as texts, so that both databases write the same bytes. Moments stand as
``2026-11-21T20:00:00Z``, bytes in base64. The two inputs of the fold, entries and openings, are files of their own.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import db
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.hashes import format_base64

INPUTS = ("entries", "openings")

State = Mapping[str, list[str]]
"""Table name to its rows: each a JSON list, sorted."""


def public_tables() -> list[sa.Table]:
    """Returns the tables that replay gives again, by name."""
    return sorted((t for t in db.metadata.tables.values() if t.info["kind"] == "public"), key=lambda t: t.name)


def state_of(tx: Connection, *, inputs: bool = False) -> State:
    """Reads every public table. inputs: the entries and openings too."""
    tables = [table for table in public_tables() if inputs or table.name not in INPUTS]
    return {table.name: rows_of(tx, table) for table in tables}


def rows_of(tx: Connection, table: sa.Table) -> list[str]:
    """Reads one table's rows as JSON texts, sorted."""
    return sorted(_ROW.encode([_plain(value) for value in row]) for row in tx.execute(sa.select(table)))


def differences(one: State, other: State) -> list[tuple[str, str, str]]:
    """Compares two states row for row: (table, "only in the first" or "only in the second", row), in order."""
    found = []
    for name in sorted(one.keys() | other.keys()):
        here, there = set(one.get(name, ())), set(other.get(name, ()))
        found += [(name, "only in the first", row) for row in sorted(here - there)]
        found += [(name, "only in the second", row) for row in sorted(there - here)]
    return found


def format_state(head: Checkpoint, state: State) -> bytes:
    """Writes /state.json. parse_state(format_state(h, s)) == (h, s)."""
    columns = {table.name: [column.name for column in table.columns] for table in public_tables()}
    tables = []
    for name, rows in sorted(state.items()):
        lines = ",\n".join(rows)
        tables.append(f'{json.dumps(name)}:{{"columns":{_ROW.encode(columns[name])},"rows":[\n{lines}]}}')
    start = f'{{"origin":{json.dumps(head.origin)},"root":"{format_base64(head.root)}","size":{head.size},"tables":{{\n'
    return (start + ",\n".join(tables) + "}}\n").encode()


def parse_state(raw: bytes) -> tuple[Checkpoint, State]:
    """Reads /state.json. Raises ValueError for any other shape."""
    try:
        body = json.loads(raw)
        head = Checkpoint(body["origin"], body["size"], base64.b64decode(body["root"], validate=True))
        tables = {name: sorted(map(_ROW.encode, table["rows"])) for name, table in body["tables"].items()}
    except (RecursionError, KeyError, TypeError, AttributeError) as problem:
        raise ValueError("not a state") from problem
    return head, tables


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode("ascii")
    return value


_ROW = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
