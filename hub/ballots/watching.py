"""Whether members could reach their ballots: what the worker sees each minute, and what a silence makes the clock say.

The worker asks for the ballots' page as a member would (cli/jobs.py). Each answer is taken down as one private moment;
where the last one is longer ago than outages.GAP and a ballot was open meanwhile, ``outage.noted`` enters the record,
and by it ballots close later. Nobody has a verb for it. A count waits until an answer after the close shows that there
was no outage at the end; it waits for an answer in vain no longer than PATIENCE, so that a hub which cannot reach its
own address still counts. A hub that was never seen to answer (a copy, a demo) is not watched: nothing waits or moves.

What an operator who alters the row gains: a false outage, which the record shows and the rules bound, or none.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock, ledger
from hub.ballots import letters, outage_fold, outages, queries
from hub.ballots.entries import OutageNoted
from hub.ballots.models import ballot_watch
from hub.ballots.outages import Outage

PATIENCE = dt.timedelta(hours=48)
_ROW = sa.select(ballot_watch)


def beat(tx: Connection, *, answered: bool, notes: bool = True) -> bool:
    """Takes down whether the ballots' pages answered just now; tells whether an outage was noted.

    notes: whether a silence before this may be one; not where the worker itself did not run meanwhile by its own plan.
    """
    now, row = clock.minute(clock.now()), _row(tx)
    if not answered:
        if row is not None and row.failing_since is None:
            tx.execute(sa.update(ballot_watch).values(failing_since=now))
        return False
    noted = row is not None and notes and note(tx, row.seen_at, now)
    if row is None:
        tx.execute(sa.insert(ballot_watch), {"id": 1, "seen_at": now, "failing_since": None})
    elif now >= row.seen_at:
        tx.execute(sa.update(ballot_watch).values(seen_at=now, failing_since=None))
    return noted


def note(tx: Connection, begins: dt.datetime, ends: dt.datetime) -> bool:
    """States an outage that hit an open ballot, and tells the rolls of those it moved; else does nothing."""
    if ends - begins < outages.GAP:
        return False
    ledger.hold(tx)
    begins = max([begins, *(one.ends for one in queries.outages_since(tx, 0))])
    outage = Outage(begins, ends)
    if ends - begins < outages.GAP or not outage_fold.hits(tx, outage):
        return False
    moved = outage_fold.moves(tx, outage)
    told = OutageNoted(clock.format_minute(begins), clock.format_minute(ends), len(moved))
    ledger.append(tx, told, by=None)
    for ballot in moved:
        letters.tell_roll(tx, ballot.id, "ballot_moved")
    return True


def is_unsure(tx: Connection, closes: dt.datetime, now: dt.datetime) -> bool:
    """Tells whether it is not known yet that a ballot could be reached until its close."""
    row = _row(tx)
    if row is None or row.seen_at >= closes:
        return False
    return row.failing_since is None or now - row.failing_since < PATIENCE


def _row(tx: Connection) -> Row[Any] | None:
    return tx.execute(_ROW).first()
