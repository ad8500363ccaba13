"""Engine, table helper, column types and units of work. Every table says whether it is public, private or derived.

public   written by a room's fold alone; replaying the ledger into an empty database gives it again, row for row
private  about people or the house's own work; never mirrored
derived  computed from the other two, can be thrown away and made again

``write()`` begins immediate on SQLite (one writer, no deadlock by upgrade) and READ COMMITTED on PostgreSQL, where
whoever counts before writing takes the row lock first. Actions never commit: the unit of work does, at the edge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

Kind = Literal["public", "private", "derived"]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = sa.MetaData(naming_convention=NAMING)


class Moment(sa.types.TypeDecorator[dt.datetime]):
    """An aware UTC datetime stored as whole seconds since 1970: the same bytes on both databases, and sortable."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else dt.datetime.fromtimestamp(value, dt.UTC)


def table(name: str, *parts: Any, kind: Kind, of: sa.MetaData = metadata, **options: Any) -> sa.Table:
    """Declares a table with its kind. parts, options: columns, constraints and more, as sqlalchemy.Table takes them."""
    return sa.Table(name, of, *parts, info={"kind": kind}, **options)


class Database:
    """One store: the hub's or the matcher's. url: sqlalchemy form; plain ``sqlite:///path`` or ``postgresql+psycopg://``."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # What a statement carried never comes into the diagnostics: it may be about a person, or be a vote.
        options: dict[str, Any] = {"hide_parameters": True}
        if not self.is_sqlite:
            options |= {"pool_size": pool_size, "max_overflow": 10, "pool_pre_ping": True}
        elif self.url.database in (None, "", ":memory:"):
            options |= {"poolclass": sa.pool.StaticPool, "connect_args": {"check_same_thread": False}}
        self.engine = sa.create_engine(self.url, **options)
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Opens a unit of work that only looks: one snapshot on SQLite."""
        with self.engine.connect() as tx:
            yield tx
            tx.rollback()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Opens a unit of work that only looks and sees one moment throughout, on PostgreSQL too."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as tx:
            yield tx
            tx.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Opens a unit of work that is kept whole or not at all: commits at the end, rolls back on any exception."""
        with self.engine.connect().execution_options(folkmoot_writes=True) as tx, tx.begin():
            yield tx

    def create_all(self, of: sa.MetaData = metadata) -> None:
        """Makes every declared table: for empty databases in memory and tests; real stores are migrated."""
        of.create_all(self.engine)

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is switched off: we say BEGIN ourselves, and say which kind.
    connection.isolation_level = None
    # secure_delete: words that were withdrawn leave the file, not only the table.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(tx: Connection) -> None:
    immediate = tx.get_execution_options().get("folkmoot_writes")
    tx.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
