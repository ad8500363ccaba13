"""One round of the clock over all acts, in units of work of some hundred: a crash loses one, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence

from sqlalchemy.engine import Connection

from hub.acts import queries
from hub.acts.actions import MANY, run_all
from hub.clock import now
from hub.db import Database

log = logging.getLogger("folkmoot.acts")


Work = Callable[[Connection, Sequence[str]], int]


def move_due(db: Database, broken: set[str], but: Collection[str] = ()) -> int:
    """Moves every act whose deadline has passed, the oldest first, whatever else fails; returns how many moves.

    broken: acts that could not be moved; they are left alone here, and whoever turns out to be one is added. but: acts
    whose turn comes later.
    """
    with db.read() as tx:
        due = [act for act in queries.due_by(tx, now()) if act not in but]
    return each(db, due, broken, run_all)


def each(db: Database, acts: Sequence[str], broken: set[str], work: Work) -> int:
    """Does something with acts, whichever of them fail; returns how much. broken: as of move_due."""
    found = [act for act in acts if act not in broken]
    return sum(_do(db, found[place : place + MANY], broken, work) for place in range(0, len(found), MANY))


def _do(db: Database, acts: list[str], broken: set[str], work: Work) -> int:
    try:
        with db.write() as tx:
            return work(tx, acts)
    except Exception:
        if len(acts) > 1:  # the unit was undone: once more in halves, until the one act that fails stands alone
            half = len(acts) // 2
            return _do(db, acts[:half], broken, work) + _do(db, acts[half:], broken, work)
        log.exception("could not move %s", acts[0])
        broken.add(acts[0])
        return 0
