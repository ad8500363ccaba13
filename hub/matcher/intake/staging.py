"""A file's rows beside the store, in a temporary table that nobody else sees and that goes with the connection.

Staging takes no lock on the store, so handshakes are answered while a million rows are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.matcher.intake.rows import HELD, Staged
from hub.matcher.intake.settle import settle

COLUMNS = (
    sa.Column("line", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("id_digest", sa.LargeBinary(32)),
    sa.Column("pair_digest", sa.LargeBinary(32)),
    sa.Column("contact_digest", sa.LargeBinary(32)),
    sa.Column("contact", sa.LargeBinary),
    sa.Column("area", sa.Text),
    sa.Column("effect", sa.Text),
    sa.Column("renewal", sa.Text),
    sa.Column("updated", sa.Text),
    sa.Column("bits", sa.Integer),
    sa.Column("ref", sa.Text),
    sa.Column("former_digest", sa.LargeBinary(32)),
)
staged = sa.Table("staged", sa.MetaData(), *COLUMNS, prefixes=["TEMPORARY"])
NAMES = ", ".join(column.name for column in COLUMNS)
CACHE_KIB = {"main": 128 * 1024, "temp": 16 * 1024}
T = TypeVar("T")


@dataclass
class Tallies:
    """Counts of rows by what became of them. used, mended: by their bits (of rows used; of copies and older rows)."""

    collapsed: int = 0
    superseded: int = 0
    conflicts: list[int] = field(default_factory=list)
    used: Counter[int] = field(default_factory=Counter)
    mended: Counter[int] = field(default_factory=Counter)


def prepare(tx: Connection) -> None:
    """Makes the empty table, in place of one that an earlier import on this connection left."""
    if tx.dialect.name == "sqlite":
        # The index of a million digests is walked at random: as much of it as is allowed stays in memory.
        for schema, size in CACHE_KIB.items():
            tx.exec_driver_sql(f"PRAGMA {schema}.cache_size = -{size}")
    tx.exec_driver_sql("DROP TABLE IF EXISTS staged")
    staged.create(tx)


def put(tx: Connection, rows: list[Staged]) -> None:
    """Adds rows."""
    if not rows:
        return
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(f"INSERT INTO staged VALUES ({', '.join('?' * len(COLUMNS))})", rows)  # noqa: S608  # marks
        return
    # psycopg's own bulk load; there is none in SQLAlchemy. Source: psycopg 3 documentation, "Using COPY".
    cursor = tx.connection.cursor()
    with cursor.copy(f"COPY staged ({NAMES}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def settle_all(tx: Connection, *, of_memberships: bool) -> Tallies:
    """Leaves one row for each number, and says what became of the others."""
    tx.exec_driver_sql("CREATE INDEX ix_staged_id_digest ON staged (id_digest)")
    if tx.dialect.name != "sqlite":
        tx.exec_driver_sql("ANALYZE staged")
    tallies, gone, changed = Tallies(), list[int](), list[Staged]()
    for rows in _several(tx):
        done = settle(rows, of_memberships=of_memberships)
        tallies.collapsed += len(done.collapsed)
        tallies.superseded += len(done.superseded)
        tallies.conflicts.extend(row.line for row in done.refused)
        tallies.mended.update(row.bits for row in (*done.collapsed, *done.superseded))
        # The kept row is counted with the table below, the other used ones here.
        tallies.used.update(row.bits for row in done.used if row.line != done.kept.line)
        gone.extend(row.line for row in rows if row.line != done.kept.line)
        changed.append(done.kept)
    _write(tx, gone, changed)
    for bits, many in tx.execute(
        sa.select(staged.c.bits, sa.func.count()).where(staged.c.effect != HELD).group_by(staged.c.bits)
    ):
        tallies.used[bits] += many
    return tallies


def _several(tx: Connection) -> Iterator[list[Staged]]:
    """Yields the rows of each number that has more than one, in the order of the file."""
    twice = sa.select(staged.c.id_digest).group_by(staged.c.id_digest).having(sa.func.count() > 1)
    asked = sa.select(staged).where(staged.c.id_digest.in_(twice)).order_by(staged.c.id_digest, staged.c.line)
    found = tx.execute(asked.execution_options(yield_per=1000))
    try:
        for _, rows in groupby((_plain(row) for row in found), key=lambda row: row.id_digest):
            yield list(rows)
    finally:
        found.close()


def _plain(row: Iterable[object]) -> Staged:
    made = Staged(*row)  # type: ignore[arg-type]  # as they were put
    return made._replace(id_digest=bytes(made.id_digest))


def _write(tx: Connection, gone: list[int], changed: list[Staged]) -> None:
    by_line = staged.c.line == sa.bindparam("at")
    for some in _chunks(gone):
        tx.execute(sa.delete(staged).where(staged.c.line.in_(some)))
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in ("effect", "renewal", "updated")}
    for rows in _chunks(changed):
        made = [
            {"at": row.line, "new_effect": row.effect, "new_renewal": row.renewal, "new_updated": row.updated}
            for row in rows
        ]
        tx.execute(sa.update(staged).where(by_line).values(values), made)


def _chunks(values: Sequence[T], many: int = 500) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), many):
        yield values[start : start + many]
