"""Engine, table helper, column types and units of work. Every table says whether it is public, private or derived.

public   written by a room's fold alone; replaying the ledger into an empty database gives it again, row for row
private  about people or the house's own work; never mirrored
derived  computed from the other two, can be thrown away and made again

``write()`` begins immediate on SQLite (one writer, no deadlock by upgrade) and READ COMMITTED on PostgreSQL, where
whoever counts before writing takes the row lock first. Actions never commit: the unit of work does, at the edge.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection, Dialect

from hub.quick import Quick

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
        return None if value is None else seconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else dt.datetime.fromtimestamp(value, dt.UTC)


def table(name: str, *parts: Any, kind: Kind, of: sa.MetaData = metadata, **options: Any) -> sa.Table:
    """Declares a table with its kind. parts, options: columns, constraints and more, as sqlalchemy.Table takes them."""
    return sa.Table(name, of, *parts, info={"kind": kind}, **options)


class Sqlite(SQLiteDialect_pysqlite):
    """SQLAlchemy's own, saying BEGIN itself: immediate for a unit that writes.

    A listener of the engine's "begin" would do the same, and make each connection join all its events: 20 microseconds.
    """

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begins; a failure is SQLAlchemy's to wrap."""
        writes = dbapi_connection.info.pop(WRITES, False)
        dbapi_connection.cursor().execute("BEGIN IMMEDIATE" if writes else "BEGIN")


STATEMENTS = 2000  # compiled and kept: the hub has more than the 500 that SQLAlchemy would keep
PREPARED = 500  # that one connection to PostgreSQL keeps planned; its driver would keep 100, and plan the others anew
DRIVER, WRITES = "sqlite+folkmoot", "folkmoot writes"
sa.dialects.registry.register("sqlite.folkmoot", __name__, Sqlite.__name__)


class Database:
    """One store: the hub's or the matcher's. url: sqlalchemy form; plain ``sqlite:///path`` or ``postgresql+psycopg://``."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # What a statement carried never comes into the diagnostics: it may be about a person, or be a vote.
        options: dict[str, Any] = {"hide_parameters": True, "query_cache_size": STATEMENTS}
        if not self.is_sqlite:
            options |= {"pool_size": pool_size, "max_overflow": 10, "pool_pre_ping": True}
        elif self.url.database in (None, "", ":memory:"):
            options |= {"poolclass": sa.pool.StaticPool, "connect_args": {"check_same_thread": False}}
        address = self.url.set(drivername=DRIVER) if self.is_sqlite else self.url
        self.engine = sa.create_engine(address, **options)
        sa.event.listen(self.engine, "connect", _prepare_sqlite if self.is_sqlite else _prepare_postgres)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Opens a unit of work that only looks: one snapshot on SQLite; PostgreSQL refuses whatever would write.

        It is rolled back as it closes, on PostgreSQL committed: after a rollback the driver forgets every statement
        that it had the server prepare, and each would be planned anew.
        """
        options = {} if self.is_sqlite else {"postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as tx:
            yield tx
            if not self.is_sqlite:
                tx.commit()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Opens a unit of work that only looks and sees one moment throughout, on PostgreSQL too."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as tx:
            yield tx
            tx.rollback()

    @contextmanager
    def write(self, pen: object = None) -> Iterator[Connection]:
        """Opens a unit of work that is kept whole or not at all: commits at the end, rolls back on any exception.

        pen: what signs the entries that are appended in it (ledger/pens.py).
        """
        with self.engine.connect() as tx:
            if pen is not None:
                tx.execution_options(folkmoot_pen=pen)
            will_write(tx)
            with tx.begin():
                yield tx

    @contextmanager
    def fold(self) -> Iterator[Connection]:
        """Opens a unit of work that writes, for folding many entries into a store that nobody else has (quick.py)."""
        with Quick(self.engine) as tx:
            will_write(tx)
            with tx.begin():
                yield tx

    @contextmanager
    def draft(self, pen: object = None) -> Iterator[Connection]:
        """Opens a unit of work that writes and is never kept: to see what would be appended."""
        with self.engine.connect() as tx:
            tx.execution_options(folkmoot_pen=pen)
            will_write(tx)
            tx.begin()
            try:
                yield tx
            finally:
                tx.rollback()

    def create_all(self, of: sa.MetaData = metadata) -> None:
        """Makes every declared table: for empty databases in memory and tests; real stores are migrated."""
        of.create_all(self.engine)

    def scour(self, *tables: str) -> None:
        """Takes what was deleted out of SQLite's journal, or of tables of PostgreSQL's. Readers may delay it."""
        tidy = ["PRAGMA wal_checkpoint(TRUNCATE)"] if self.is_sqlite else [f'VACUUM "{name}"' for name in tables]
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
            for statement in tidy:
                tx.exec_driver_sql(statement)

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()


@contextmanager
def scratch() -> Iterator[Connection]:
    """Opens a unit of work for folding in a store of its own, in memory, which is empty before and gone afterwards.

    An engine keeps what it has compiled, so one that is free serves again: a follower opens many.
    """
    try:
        store = _FREE.pop()
    except IndexError:
        store = Database("sqlite://")
    try:
        with store.engine.connect() as tx:
            tx.connection.driver_connection.executescript(_declared(len(metadata.tables)))  # type: ignore[union-attr]
        with store.fold() as tx:
            yield tx
    finally:
        store.close()
        _FREE.append(store)


_FREE: list[Database] = []


@functools.lru_cache(maxsize=1)
def _declared(_tables: int) -> str:
    """Returns what makes every declared table in SQLite, compiled once. _tables: how many are declared by now."""
    made: list[str] = []
    dialect = _dialect("sqlite")
    engine = sa.create_mock_engine(f"{DRIVER}://", lambda one, *_, **__: made.append(str(one.compile(dialect=dialect))))
    metadata.create_all(engine, checkfirst=False)
    return ";".join(made)


def will_write(tx: Connection) -> None:
    """Lets a connection's next unit of work begin as one that writes."""
    tx.connection.info[WRITES] = True


def among(statement: sa.Select[Any], column: sa.ColumnElement[str]) -> dict[str, sa.Select[Any]]:
    """Returns a statement for the rows whose column is one of many texts (parameter ``wanted``), by engine.

    SQLite is asked for each of them by a mark of its own; PostgreSQL for a list, so that its driver reads a short text.
    """
    each: sa.BindParameter[str] = sa.bindparam("wanted", expanding=True)
    together: sa.BindParameter[Sequence[str]] = sa.bindparam("wanted", type_=sa.ARRAY(sa.Text))
    return {
        "sqlite": statement.where(column.in_(each)),
        "postgresql": statement.where(column == sa.any_(together)),
    }


def put(tx: Connection, statement: sa.Insert | sa.Update, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows by text compiled once: a third of the usual cost for one, a fifth for each of many.

    statement: one of a module's own, with every value a parameter; rows: at least one, values as the driver takes them:
    a moment as whole seconds. PostgreSQL takes many in one statement, as one text of JSON: its driver would bind and
    send each row by itself, and writes each value of a list by itself.
    """
    if len(rows) > 1 and tx.dialect.name == "postgresql":
        tx.exec_driver_sql(_together(statement), {"rows": json.dumps(rows, default=_in_hex)})
        return
    text, taken = _compiled(statement, tx.dialect.name)
    values = [taken(row) for row in rows]
    if isinstance(tx, Quick):
        tx.write(statement.table, text, values)
        return
    tx.exec_driver_sql(text, values if len(values) > 1 else values[0])


def _dialect(name: str) -> Dialect:
    """Returns a dialect that is no store's own: in a cache it would outlive its store, and a follower opens many."""
    return Sqlite() if name == Sqlite.name else PGDialect_psycopg()  # type: ignore[no-untyped-call]


@functools.lru_cache(maxsize=256)
def _compiled(statement: sa.Insert | sa.Update, name: str) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
    """Returns a statement's text, and what takes its values out of a row: in their order, or by name.

    name: of the dialect.
    """
    dialect = _dialect(name)
    compiled = statement.compile(dialect=dialect)
    order = tuple(getattr(compiled, "positiontup", None) or ())
    if len(order) > 1:
        return str(compiled), itemgetter(*order)
    return str(compiled), lambda row: tuple(row[name] for name in order) if order else dict(row)


@functools.lru_cache(maxsize=32)
def _together(statement: sa.Insert | sa.Update) -> str:
    """Returns a statement's text for many rows on PostgreSQL, which it finds in one parameter: a JSON list, rows."""
    dialect = _dialect("postgresql")
    compiled = statement.compile(dialect=dialect)
    kinds = ", ".join(f'"{name}" {bind.type.compile(dialect)}' for name, bind in compiled.binds.items())
    many = f"json_to_recordset(%(rows)s::json) AS many({kinds})"
    text = _BOUND.sub(r'many."\1"', str(compiled))
    if statement.is_insert:
        head, values = text.split(" VALUES ")
        return f"{head} SELECT {values.removeprefix('(').removesuffix(')')} FROM {many}"  # noqa: S608  # of our own statement
    return text.replace(" WHERE ", f" FROM {many} WHERE ")


def _in_hex(value: bytes) -> str:
    """Writes bytes as PostgreSQL reads them in a text."""
    return "\\x" + value.hex()


_BOUND = re.compile(r"%\((\w+)\)s(?:::\w+)?")


def seconds(moment: dt.datetime) -> int:
    """Returns a moment as its columns keep it."""
    return int(moment.timestamp())


def _prepare_postgres(connection: Any, _record: Any) -> None:
    connection.prepared_max = PREPARED


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is switched off: we say BEGIN ourselves, and say which kind.
    connection.isolation_level = None
    # secure_delete: words that were withdrawn leave the file, not only the table.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "secure_delete=ON",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
