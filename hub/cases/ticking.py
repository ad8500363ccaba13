"""The clock's verbs: open complaints that waited, forget what is old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, files, ledger, outbox, sealing
from hub.acts.models import acts as act_rows
from hub.cases import deciding, filing, returning
from hub.cases.actions import open_case
from hub.cases.models import case_facts, case_items, case_papers, case_queue, case_sides, filed
from hub.db import Database
from hub.errors import RuleViolation
from hub.ledger.models import entries
from hub.people import queries as people

# How long is kept what was said; and of whom a case was, so that its facts are not decided twice.
WAITS = dt.timedelta(days=90)
BARRED = dt.timedelta(days=3653)
NOT_PROVED, PROVED = dt.timedelta(days=183), dt.timedelta(days=366)


def tick(tx: Connection) -> int:
    """What the clock owes of cases by now; returns how many things it came to."""
    ledger.hold(tx)
    last = tx.scalar(sa.select(sa.func.max(entries.c.at)))
    if last is not None and clock.minute(clock.now()) < last:
        return 0  # a clock that went back appends nothing: they wait until it is right
    return expire(tx) + open_waiting(tx)


def expire(tx: Connection) -> int:
    """Drops complaints for which there was no room in all their days; returns how many."""
    late = sa.select(case_queue).where(case_queue.c.why.is_(None), case_queue.c.at < clock.now() - WAITS)
    rows = tx.execute(late.order_by(case_queue.c.at, case_queue.c.id)).all()
    for row in rows:
        _drop(tx, row.id, row.complainant, "expired")
    return len(rows)


def _drop(tx: Connection, name: str, complainant: str, why: str) -> None:
    """A complaint that waited comes to nothing: whoever complained is told, and reads why on their page."""
    filing.drop(tx, name, why)
    if people.has_account(tx, complainant):
        outbox.put(tx, person=complainant, template="complaint_ended", place="/me")


def open_waiting(tx: Connection) -> int:
    """Opens the complaints that waited and for which there is room, the oldest first; returns how many."""
    opened = 0
    while (found := filing.oldest_with_room(tx)) is not None:
        name, one = found
        try:
            filing.insist_on_other_facts(tx, one.respondent, one.happened_on, one.again)
        except RuleViolation as refused:  # meanwhile somebody else complained of it, or it was decided
            _drop(tx, name, one.complainant, refused.code)
            continue
        filing.take_out(tx, name)
        open_case(tx, one)
        opened += 1
    return opened


def forget(db: Database) -> int:
    """Forgets what was said: half a year after a case that proved nothing, a year after what was proved has ended.

    Its key, and those of its files, end with it, so that no copy of the database opens it either. Whom it was about
    stays known for ten years: so long nobody is judged twice for the same. Returns how many rows. Source: 4.5.
    """
    with db.write() as tx:
        expire(tx)
        old, gone = _forget(tx)
        sent = [file for act in old for file in files.erase(tx, act)]
    sealing.destroy(db, [*old, *sent])  # the sealed bytes go with the sweep of files
    return gone


def there_among(tx: Connection, acts: Sequence[str]) -> Collection[str]:
    """Returns of which of some acts something is kept under their key: the others' keys can go."""
    kept = [sa.select(table.c.act).where(table.c.act.in_(acts)) for table in (case_papers, case_items)]
    return tx.scalars(sa.union(*kept)).all()


def _forget(tx: Connection) -> tuple[list[str], int]:
    over = sa.select(filed.c.act, act_rows.c.closed_at).join(act_rows, act_rows.c.id == filed.c.act)
    rows = tx.execute(over.where(act_rows.c.closed_at < clock.now() - NOT_PROVED)).all()
    past = [row.act for row in rows if row.closed_at + _kept(tx, row.act) < clock.now()]
    old = list(there_among(tx, past))
    dropped = sa.and_(case_queue.c.why.is_not(None), case_queue.c.at < clock.now() - WAITS)
    gone = tx.execute(sa.delete(case_queue).where(dropped)).rowcount
    gone += returning.forget(tx)
    for table in (case_papers, case_items):
        gone += tx.execute(sa.delete(table).where(table.c.act.in_(old))).rowcount
    older = [row.act for row in rows if row.closed_at + BARRED < clock.now()]
    for table in (case_sides, case_facts):
        gone += tx.execute(sa.delete(table).where(table.c.act.in_(older))).rowcount
    return old, gone


def _kept(tx: Connection, case: str) -> dt.timedelta:
    paper = deciding.decision_of(tx, case)
    if paper is None or not paper.body["proved"]:
        return NOT_PROVED
    return PROVED + dt.timedelta(days=paper.body["days"])
