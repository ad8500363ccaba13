"""Wiping what a database keeps of papers and marks beside its rows, after a count. Outside of any unit of work.

SQLite: its log is written back and cut to nothing, the file is written anew, and so is free of pages that were used
before. PostgreSQL: both tables are written anew without the rows' former versions. Its own write-ahead log and any copy
of the machine made while voting was open are the operator's to let go: deploy/README.md says how.
"""

from __future__ import annotations

import sqlalchemy as sa

from hub.ballots.models import ballot_boxes, ballot_files, ballot_papers, ballot_roll
from hub.db import Database

# Not while a file of papers waits to be published: a member can finish a count between that job and this one, and the
# file's row, once it goes, would be left in pages that nobody wipes any more.
_UNSWEPT = sa.select(ballot_boxes.c.ballot).where(
    ballot_boxes.c.counted == 1, ballot_boxes.c.swept == 0, ~sa.exists(sa.select(ballot_files.c.sha256))
)
SQLITE = ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
POSTGRES = ("SET lock_timeout = '10s'", f"VACUUM FULL {ballot_papers.name}", f"VACUUM FULL {ballot_roll.name}")


class Unswept(Exception):
    """Somebody held the store: the sweep is tried again at the next round."""


def sweep(db: Database) -> int:
    """Wipes after every ballot counted since the last sweep; returns how many there were. Raises Unswept.

    While papers wait to be published there are none: they are wiped with the file that lists them.
    """
    with db.read() as tx:
        counted = list(tx.scalars(_UNSWEPT))
    if not counted:
        return 0
    wipe(db)
    with db.write() as tx:
        tx.execute(sa.update(ballot_boxes).where(ballot_boxes.c.ballot.in_(counted)).values(swept=1))
    return len(counted)


def wipe(db: Database) -> None:
    """Writes the store anew. Raises Unswept where somebody reads it all the while."""
    raw = db.engine.raw_connection()
    try:
        if db.is_sqlite:
            for statement in SQLITE:
                row = raw.cursor().execute(statement).fetchone()
                if row is not None and row[0]:
                    raise Unswept("the log could not be written back; another process reads the store")
            return
        raw.driver_connection.autocommit = True  # type: ignore[union-attr]  # psycopg's; VACUUM runs in no transaction
        for statement in POSTGRES:
            raw.cursor().execute(statement)
    finally:
        if not db.is_sqlite:
            # Never given back to the pool with another way of committing.
            raw.invalidate()
        raw.close()
