"""What is told of elections and ballots. Who is told what by the clock, nobody sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, outbox
from hub.ballots import roll
from hub.ballots.models import ballot_boxes, ballots
from hub.groups import electorate
from hub.permits import Scope
from hub.permits import queries as permits

REMIND = dt.timedelta(hours=48)


def place_of(ballot: str) -> str:
    """Returns the path of a ballot's page."""
    return f"/ballots/{ballot}"


def tell_roll(tx: Connection, ballot: str, template: str) -> None:
    """Writes to everybody on a roll."""
    for person in roll.still_known(tx, roll.persons_of(tx, ballot)):
        outbox.put(tx, person=person, template=template, place=place_of(ballot))


def tell_members(tx: Connection, scope: Scope, act: str, at: dt.datetime, template: str = "election_opens") -> None:
    """Writes to every member of a scope of an election that opens or ends, however short they have been members."""
    for person in sorted(map(str, tx.scalars(electorate.persons_at(scope, at)))):
        outbox.put(tx, person=person, template=template, place=f"/elections/{act}")


def tell_scrutineers(tx: Connection, holders: Iterable[str], ballot: str) -> None:
    """Tells those who judge a count that a member objects to it."""
    for holder in sorted(holders):
        person = permits.person_of_holder(tx, holder)
        if person is not None:
            outbox.put(tx, person=person, template="count_objection", place=place_of(ballot))


def remind(tx: Connection) -> int:
    """Writes, 48 hours before a close and once, to those who have not voted; returns to how many ballots' rolls."""
    now = clock.now()
    closing = (
        sa.select(ballots.c.id)
        .join(ballot_boxes, ballot_boxes.c.ballot == ballots.c.id)
        .where(ballots.c.counted_entry.is_(None), ballots.c.closes_at > now, ballots.c.closes_at <= now + REMIND)
        .where(ballot_boxes.c.reminded == 0)
    )
    found = list(tx.scalars(closing.order_by(ballots.c.called_entry)))
    for ballot in found:
        tx.execute(sa.update(ballot_boxes).where(ballot_boxes.c.ballot == ballot).values(reminded=1))
        for person in roll.still_known(tx, roll.unmarked(tx, ballot)):
            outbox.put(tx, person=person, template="ballot_closes", place=place_of(ballot))
    return len(found)
