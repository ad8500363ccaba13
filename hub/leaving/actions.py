"""The verbs: ask to close an account, keep it after all, and what the clock does when the days are over."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import audit, clock, inventory, ledger, outbox, sealing
from hub.cases import returning
from hub.db import Database, metadata
from hub.errors import Conflict, NotFound
from hub.leaving import queries, words
from hub.leaving.models import closings
from hub.people import actions as people
from hub.people import queries as people_queries
from hub.permits import Actor
from hub.permits import queries as permits
from hub.permits.actions import lapse_grants
from hub.standing import actions as standing

NOTICE, UNTOLD = dt.timedelta(days=7), dt.timedelta(days=1)
AT_ONCE, TOGETHER = 500, 100  # people in one round of the clock, and in one unit of work
_c = closings.c


def ask(tx: Connection, *, actor: Actor) -> dt.datetime:
    """Asks for one's account to be closed; returns when it will be. Raises Conflict where it was asked before."""
    assert actor.person is not None
    if queries.closes_at(tx, actor.person) is not None:
        raise Conflict("leaving.asked", "You asked for this already.")
    now = clock.now()
    row = {"person": actor.person, "asked_at": now, "due_at": now + NOTICE}
    tx.execute(sa.insert(closings), row)
    audit.note(tx, person=actor.person, what="account.closing", by="self", why="asked for")
    outbox.put(tx, person=actor.person, template="account_closing")
    return now + NOTICE


def keep(tx: Connection, *, actor: Actor) -> None:
    """Keeps one's account after all, until it is closed. Raises NotFound where nothing is being closed."""
    mine = sa.delete(closings).where(_c.person == actor.person, _c.closed_at.is_(None))
    if not tx.execute(mine).rowcount:
        raise NotFound("leaving.not_asked", "Your account is not being closed.")
    assert actor.person is not None
    standing.stay(tx, actor.person)
    audit.note(tx, person=actor.person, what="account.kept", by="self", why="asked for")


def close_due(db: Database) -> int:
    """Ends what is due to be closed; returns how many are closed by now.

    Standing, groups and offices end in the feed's own round, or wait under its hold; closed is who has none of it left.
    """
    with db.write() as tx:
        ledger.hold(tx)
        due = sa.select(_c.person).where(_c.closed_at.is_(None), _c.due_at <= clock.now())
        over = [person for person in tx.scalars(due.order_by(_c.due_at)) if _is_over(tx, person)]
        for person in over:
            lapse_grants(tx, person=person)
            people.end_all_sessions(tx, person=person)
            tx.execute(sa.update(closings).where(_c.person == person).values(closed_at=clock.now()))
    return len(over)


def _is_over(tx: Connection, person: str) -> bool:
    """Tells whether somebody is no member here any more; otherwise says, once, that they leave."""
    if people_queries.standing_of(tx, person) is None:
        return True
    standing.follow(tx, person, {"change": "ended", "why": "closed"})
    return False


def erase_due(db: Database) -> int:
    """Erases whoever's account has been over for a day; returns how many. Whoever came back since stays."""
    with db.write() as tx:
        over = sa.select(_c.person).where(_c.closed_at <= clock.now() - UNTOLD)
        people_over = list(tx.scalars(over.order_by(_c.closed_at)))
        back = people_queries.members_among(tx, people_over)
        tx.execute(sa.delete(closings).where(_c.person.in_(back)))
    return _erase(db, [person for person in people_over if person not in back])


def erase_gone(db: Database) -> int:
    """Erases whoever has been no member for two years; returns how many."""
    with db.read() as tx:
        people_gone = queries.gone(tx, AT_ONCE)
    return _erase(db, people_gone)


def close_again(db: Database) -> int:
    """Closes the accounts of whoever was erased, and is back by a database restored from before; returns how many.

    Nothing of theirs can be read any more; what a living account is part of ends as it did the first time.
    """
    before, now = sealing.vault_of(db.engine).erased(), clock.now()
    with db.write() as tx:
        closing = set(tx.scalars(sa.select(_c.person)))
        back = [person for person in people_queries.there_among(tx, before) if person not in closing]
        if back:
            tx.execute(sa.insert(closings), [{"person": person, "asked_at": now, "due_at": now} for person in back])
    return len(back)


def _erase(db: Database, people_over: list[str]) -> int:
    """Erases people and then ends their keys; returns how many.

    Not whom an act names that still runs, nor who is a member again.
    """
    gone = 0
    for place in range(0, len(people_over), TOGETHER):
        with db.write() as tx:
            some = people_queries.hold_people(tx, people_over[place : place + TOGETHER])
            back = people_queries.members_among(tx, some)
            known = {person: permits.holder_of_person(tx, person) for person in some if person not in back}
            holders = [holder for holder in known.values() if holder is not None]
            awaited = queries.runs_with(tx, holders)
            free = [person for person, holder in known.items() if holder not in awaited]
            words.withdraw_of(tx, set(holders) - awaited)
            known_by = returning.marks_of(tx, free)
            inventory.erase(tx, metadata, free)
            returning.keep(tx, known_by)
        # Only now that the rows are gone for good: what a copy of the database still has of them, nobody opens.
        sealing.destroy(db, free)
        gone += len(free)
    return gone
