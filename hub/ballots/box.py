"""The papers of a ballot, kept so that nothing leads from a voter to a choice while a paper lies among others.

A pool of papers lies open. Whoever casts marks the roll, and in the same unit of work the whole pool is taken out and
put back in random order under new random keys, the new paper among it: whatever a database notes of a row (its place,
the unit of work that wrote it, the order within it) is the same for all of them, or random. When the pool reaches twice
its size, half of it, at random, is put away for good: so a paper always lies among at least POOL others once there are
so many, and a cast costs the same however many have voted. No paper has a time.
What is left: the first to vote lies alone until the second does, and whoever watches the machine while voting is open
sees one paper more after each mark. The page says so. At the close all papers go (counting.py), and sweeping.py wipes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import chance, ids
from hub.ballots.models import ballot_boxes, ballot_papers

POOL = 128
_BOX = sa.select(ballot_boxes).where(ballot_boxes.c.ballot == sa.bindparam("ballot"))
_LOCKED = _BOX.with_for_update()
_OPEN = sa.select(ballot_papers).where(ballot_papers.c.ballot == sa.bindparam("ballot"), ballot_papers.c.sealed == 0)
_HERE = sa.select(ballot_papers).where(
    ballot_papers.c.ballot == sa.bindparam("ballot"), ballot_papers.c.tracker == sa.bindparam("tracker")
)


def make(tx: Connection, ballot: str) -> None:
    """Makes an empty box."""
    tx.execute(sa.insert(ballot_boxes), {"ballot": ballot, "reminded": 0, "counted": 0, "swept": 0})


def lock(tx: Connection, ballot: str) -> bool:
    """Holds a box until the unit of work ends: one hand at a time. Tells whether it is still to be counted."""
    row = tx.execute(_LOCKED, {"ballot": ballot}).first()
    return row is not None and not row.counted


def has(tx: Connection, ballot: str, tracker: str) -> bool:
    """Tells whether a paper with this code lies in the box: asked by whoever has the receipt, and at a cast."""
    return tx.execute(_HERE, {"ballot": ballot, "tracker": tracker}).first() is not None


def put(tx: Connection, *, ballot: str, tracker: str, choice: str, branch: str | None) -> None:
    """Adds a paper, or puts it in the place of the one with the same code. The caller holds the lock."""
    before = tx.execute(_HERE, {"ballot": ballot, "tracker": tracker}).first()
    new = {"ballot": ballot, "tracker": tracker, "choice": choice, "branch": before.branch if before else branch}
    pool = [dict(row) for row in tx.execute(_OPEN, {"ballot": ballot}).mappings() if row["tracker"] != tracker]
    _shuffle(tx, ballot, tracker, [*pool, new])


def papers(tx: Connection, ballot: str) -> list[sa.Row[Any]]:
    """Returns every paper: read by the count alone."""
    return list(tx.execute(sa.select(ballot_papers).where(ballot_papers.c.ballot == ballot)))


def empty(tx: Connection, ballot: str) -> None:
    """Takes every paper out for good, once they are counted."""
    tx.execute(sa.delete(ballot_papers).where(ballot_papers.c.ballot == ballot))
    tx.execute(sa.update(ballot_boxes).where(ballot_boxes.c.ballot == ballot).values(counted=1))


def _shuffle(tx: Connection, ballot: str, tracker: str, pool: Sequence[dict[str, Any]]) -> None:
    rows = list(pool)
    chance.shuffle(rows)
    away = POOL if len(rows) >= 2 * POOL else 0
    anew = [{**row, "id": ids.new("ppr"), "sealed": int(place < away)} for place, row in enumerate(rows)]
    chance.shuffle(anew)
    mine = sa.or_(ballot_papers.c.sealed == 0, ballot_papers.c.tracker == tracker)
    tx.execute(sa.delete(ballot_papers).where(ballot_papers.c.ballot == ballot, mine))
    tx.execute(sa.insert(ballot_papers), anew)
