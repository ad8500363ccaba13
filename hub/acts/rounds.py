"""One round of the clock over all acts, in units of work of some hundred: a crash loses one, and nothing else."""

from __future__ import annotations

import logging

from hub.acts import queries
from hub.acts.actions import MANY, run_all
from hub.clock import now
from hub.db import Database

log = logging.getLogger("folkmoot.acts")


def move_due(db: Database, broken: set[str]) -> int:
    """Moves every act whose deadline has passed, the oldest first, whatever else fails; returns how many moves.

    broken: acts that could not be moved; they are left alone here, and whoever turns out to be one is added.
    """
    with db.read() as tx:
        due = [act for act in queries.due_by(tx, now()) if act not in broken]
    return sum(_move(db, due[place : place + MANY], broken) for place in range(0, len(due), MANY))


def _move(db: Database, acts: list[str], broken: set[str]) -> int:
    try:
        with db.write() as tx:
            return run_all(tx, acts)
    except Exception:
        if len(acts) > 1:  # the unit was undone: once more in halves, until the one act that fails stands alone
            half = len(acts) // 2
            return _move(db, acts[:half], broken) + _move(db, acts[half:], broken)
        log.exception("could not move %s", acts[0])
        broken.add(acts[0])
        return 0
