"""What whoever reads a store could find out: looks at every column, hidden ones too, and at the files beneath.

joins(db, cast) says in words what leads from a voter to a paper. cast: (person, tracker) in the order of the votes,
which the tests know and no store may.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub import db as house
from hub.ballots.models import ballot_papers, ballot_roll
from hub.db import Database

Cast = Sequence[tuple[str, str]]


def joins(db: Database, cast: Cast) -> list[str]:
    """Everything found that joins a voter and a paper, or tells the order of the votes."""
    papers, roll = rows_of(db, ballot_papers), rows_of(db, ballot_roll)
    return [
        *_shared(papers, roll, cast),
        *_ordered(papers, [tracker for _person, tracker in cast], "tracker", "papers"),
        *_written_together(papers, roll),
        *_in_one_row(db, cast),
    ]


def rows_of(db: Database, table: sa.Table) -> list[dict[str, Any]]:
    """Every row with every column, in the order of the store, and the columns that a database keeps beside."""
    hidden = "" if db.is_sqlite else ", ctid::text AS ctid, xmin::text AS xmin, xmax::text AS xmax, cmin::text AS cmin"
    with db.read() as tx:
        if db.is_sqlite:
            columns = [row[1] for row in tx.exec_driver_sql(f"PRAGMA table_xinfo({table.name})")]
            try:
                tx.exec_driver_sql(f"SELECT rowid FROM {table.name}").all()
                hidden = ", rowid AS rowid"
            except sa.exc.OperationalError:
                pass
        else:
            listed = "SELECT column_name FROM information_schema.columns WHERE table_name = %(name)s"
            columns = list(tx.exec_driver_sql(listed, {"name": table.name}).scalars())
        named = ", ".join(f'"{column}"' for column in columns)
        rows = tx.exec_driver_sql(f"SELECT {named}{hidden} FROM {table.name}")
        return [dict(row) for row in rows.mappings()]


def _shared(papers: list[dict[str, Any]], roll: list[dict[str, Any]], cast: Cast) -> list[str]:
    """A value of a voter's line that stands on their paper and on no other."""
    found = []
    by_person, by_tracker = {row["person"]: row for row in roll}, {row["tracker"]: row for row in papers}
    plain = {"ballot", "sealed", "voted", "branch", "xmin", "xmax", "cmin"}
    for person, tracker in cast:
        line, paper = by_person.get(person), by_tracker.get(tracker)
        if line is None or paper is None:
            continue
        both = {str(v) for k, v in line.items() if k not in plain} & {
            str(v) for k, v in paper.items() if k not in plain
        }
        found += [f"roll and paper share {value}" for value in both if not value.startswith("(")]
    return found


def _ordered(rows: list[dict[str, Any]], known: Sequence[str], key: str, name: str) -> list[str]:
    """A column, or the order of the rows, by which rows stand in the order of the votes. Needs eight votes or more."""
    place = {value: number for number, value in enumerate(known)}
    here = [row for row in rows if row[key] in place]
    if len(here) < 8:
        return []
    found = []
    if follows([place[row[key]] for row in here]):
        found.append(f"{name} lie in the order of the votes")
    for column in here[0]:
        if column == key or len({row[column] for row in here}) < len(here) // 2:
            continue
        ranked = sorted(here, key=lambda row: _comparable(row[column]))
        if follows([place[row[key]] for row in ranked]):
            found.append(f"{name}.{column} follows the order of the votes")
    return found


def follows(places: Sequence[int]) -> bool:
    """Tells whether an order is that of the votes, or its reverse, closer than chance: a rank correlation over 0.9."""
    many = len(places)
    square = sum((rank - place) ** 2 for rank, place in enumerate(_ranks(places)))
    return abs(1 - 6 * square / (many * (many * many - 1))) > 0.9


def _ranks(places: Sequence[int]) -> list[int]:
    order = {place: rank for rank, place in enumerate(sorted(places))}
    return [order[place] for place in places]


def _comparable(value: Any) -> Any:
    text = str(value)
    if text.startswith("(") and "," in text:
        return tuple(int(part) for part in text.strip("()").split(","))
    return (int(text),) if text.isdecimal() else (text,)


def _written_together(papers: list[dict[str, Any]], roll: list[dict[str, Any]]) -> list[str]:
    """A unit of work that wrote one voter's mark and one paper alone, once there are papers it could hide among."""
    if not papers or "xmin" not in papers[0] or len(papers) < 2:
        return []
    found = []
    for line in roll:
        mates = [row for row in roll if row["xmin"] == line["xmin"] and row["voted"]]
        written = [row for row in papers if row["xmin"] == line["xmin"]]
        if line["voted"] and len(mates) == 1 and len(written) == 1:
            found.append("one mark and one paper were written by one unit of work")
    return found


def _in_one_row(db: Database, cast: Cast) -> list[str]:
    """A row of any table that names a voter and a paper, by code or by key."""
    persons, codes = {person for person, _tracker in cast}, {tracker for _person, tracker in cast}
    keys = {row["id"] for row in rows_of(db, ballot_papers)}
    found = []
    with db.read() as tx:
        for table in house.metadata.sorted_tables:
            for row in tx.execute(sa.select(table)):
                text = repr(tuple(row))
                if any(one in text for one in persons) and any(one in text for one in codes | keys):
                    found.append(f"a row of {table.name} names a voter and a paper")
    return found


def raw_bytes(db: Database) -> bytes:
    """The bytes on the disk: the file of SQLite and what lies beside it; of PostgreSQL, the files of both tables."""
    if db.is_sqlite:
        path = Path(str(db.url.database))
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    found = b""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
        tx.exec_driver_sql("CHECKPOINT")
        named = (
            "SELECT pg_relation_filepath(c.oid) FROM pg_class c WHERE c.relname LIKE '%%ballot_papers%%' "
            "OR c.relname LIKE '%%ballot_roll%%' OR c.oid IN "
            "(SELECT reltoastrelid FROM pg_class WHERE relname IN ('ballot_papers', 'ballot_roll'))"
        )
        for path in tx.exec_driver_sql(named).scalars().all():
            if path:
                found += bytes(
                    tx.exec_driver_sql("SELECT pg_read_binary_file(%(path)s)", {"path": path}).scalar() or b""
                )
    return found
