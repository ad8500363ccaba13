"""Letters of draws, to the persons behind tickets: they see it before anybody else does."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from hub import outbox
from hub.draws import queries
from hub.permits import queries as permits


def tell_drawn(tx: Connection, act: str, tickets: Iterable[str]) -> None:
    """Asks those drawn whether they accept."""
    for ticket in tickets:
        person = queries.person_of(tx, ticket)
        if person is not None:
            outbox.put(tx, person=person, template="draw_seat", place=f"/draws/{act}/seat")


def tell_judges(tx: Connection, act: str, holders: Iterable[str]) -> None:
    """Tells those who judge it that somebody objected to a pool."""
    for holder in sorted(holders):
        person = permits.person_of_holder(tx, holder)
        if person is not None:
            outbox.put(tx, person=person, template="draw_objection", place=f"/draws/{act}")


def tell_caretaker(tx: Connection, ticket: str, place: str) -> None:
    """Tells somebody who stood by that they take care from now on."""
    person = queries.person_of(tx, ticket)
    if person is not None:
        outbox.put(tx, person=person, template="caretaker_begins", place=place)
