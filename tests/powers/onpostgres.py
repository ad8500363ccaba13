"""The same machine over PostgreSQL: what a world asks of SQLite's own connection, answered by a server.

A store's image is every row of every table; it reads SQLite's images too, so that both begin with the same hub.
"""

from __future__ import annotations

import ast
import sqlite3
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from psycopg.types.string import TextLoader

from hub import db as house
from hub.db import Database


class Raw:
    """The driver's own connection, spoken to as SQLite's is: execute, serialize, deserialize."""

    def __init__(self, db: Database) -> None:
        lent = db.engine.raw_connection()
        self.connection: Any = lent.driver_connection
        lent.detach()  # it is ours now: the house never meets it
        self.connection.autocommit = True
        for kind in ("json", "date"):  # as they are written, which is how SQLite gives them
            self.connection.adapters.register_loader(kind, TextLoader)
        self.tables = [table.name for table in house.metadata.sorted_tables]
        told = self.ask("SELECT table_name, column_name FROM information_schema.columns WHERE is_generated = 'ALWAYS'")
        self.derived = set(told.fetchall())
        self.counted = [(t.name, t.autoincrement_column.name) for t in house.metadata.sorted_tables if _counts(t)]

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Runs one statement, its places written as question marks."""
        return self.connection.execute(statement.replace("?", "%s"), values) if values else self.ask(statement)

    def ask(self, statement: str) -> Any:
        """Runs statements without values."""
        return self.connection.execute(statement)

    def serialize(self) -> bytes:
        """Returns every row of every table, in an order of its own."""
        found = self.ask(";".join(f'SELECT * FROM "{name}"' for name in self.tables))
        rows = {}
        for name in self.tables:
            rows[name] = ([column.name for column in found.description], sorted(found.fetchall(), key=repr))
            found.nextset()
        return repr(rows).encode()

    def deserialize(self, image: bytes) -> None:
        """Puts rows in the place of all there are: an image of ours, or one of SQLite."""
        rows = _of_sqlite(image) if image.startswith(b"SQLite format 3") else ast.literal_eval(image.decode())
        self.ask("SET session_replication_role = replica")  # foreign keys in any order
        with self.connection.transaction():
            self.ask(";".join(f'DELETE FROM "{name}"' for name in self.tables))
            with self.connection.cursor() as cursor:
                for name in self.tables:
                    columns, told = self._given(name, *rows[name])
                    named = ", ".join(f'"{column}"' for column in columns)
                    places = ", ".join(["%s"] * len(columns))
                    cursor.executemany(f'INSERT INTO "{name}" ({named}) VALUES ({places})', told)
            for name, column in self.counted:
                last = f'(SELECT coalesce(max("{column}"), 0) + 1 FROM "{name}")'
                self.ask(f"SELECT setval(pg_get_serial_sequence('{name}', '{column}'), {last}, false)")
        self.ask("SET session_replication_role = DEFAULT")

    def _given(self, table: str, columns: list[str], rows: list[Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Leaves out the columns that the server works out by itself."""
        kept = [place for place, column in enumerate(columns) if (table, column) not in self.derived]
        return [columns[place] for place in kept], [tuple(row[place] for place in kept) for row in rows]


def _of_sqlite(image: bytes) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    other = sqlite3.connect(":memory:")
    other.deserialize(image)
    found = {}
    for table in house.metadata.sorted_tables:
        kinds = [bool if isinstance(column.type, sa.Boolean) else _as_it_is for column in table.columns]
        names = [column.name for column in table.columns]
        rows = other.execute(f'SELECT {", ".join(f"{chr(34)}{name}{chr(34)}" for name in names)} FROM "{table.name}"')
        found[table.name] = (names, [tuple(k(v) for k, v in zip(kinds, row, strict=True)) for row in rows])
    return found


def _as_it_is(value: Any) -> Any:
    return value


def _counts(table: sa.Table) -> bool:
    """Whether the server numbers a table's rows."""
    return table.autoincrement_column is not None and table.autoincrement_column.autoincrement is not False
