"""What pages ask of cases: how the sides are called, which offices are whose, what waits, what was decided."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.cases import queries, sealed
from hub.cases.models import case_disclosures, case_queue
from hub.people import queries as people
from hub.permits import Grant
from hub.permits import queries as permits
from hub.permits.actor import FOR_ONE_ACT


def called(tx: Connection, person: str | None) -> str | None:
    """Returns the nickname of a side; None for whoever is not told to the reader, or has no account any more."""
    return None if person is None else people.nickname_of(tx, person)


def is_hidden(tx: Connection, case: str) -> bool:
    """Tells whether the duty panel ordered that the accused is not told who complained."""
    found = queries.parties(tx, case)
    return found is not None and bool(found.hidden)


def waiting(tx: Connection, person: str) -> list[Row[Any]]:
    """Returns one's own complaints that wait until there is room, or that came to nothing, the oldest first.

    at: since when it waits; why: it came to nothing then, and for what reason; None while it waits.
    """
    mine = sa.select(case_queue).where(case_queue.c.complainant == person)
    return list(tx.execute(mine.order_by(case_queue.c.at, case_queue.c.id)))


def offices_of(tx: Connection, person: str) -> list[Grant]:
    """Returns the offices of a side that a decision may end, or a measure may rest: none for which they were drawn."""
    holder = permits.holder_of_person(tx, person)
    held = permits.standing_grants(tx, holder=holder) if holder else ()
    return [one for one in held if one.role not in FOR_ONE_ACT]


def shown_in(tx: Connection, case: str) -> dict[str, int]:
    """Returns of each item that lies before both sides the entry that says so."""
    here = sa.select(case_disclosures.c.item, case_disclosures.c.entry).where(case_disclosures.c.case_act == case)
    return {row.item: row.entry for row in tx.execute(here)}


def rulings(tx: Connection, case: queries.Case) -> list[sealed.Paper]:
    """Returns what enough of those drawn signed, as the reader may read it: of the panel, then of the appeal's,
    which may have had it heard again before.
    """
    acts = [case.act] if case.review is None else [case.act, case.review]
    signed = [paper for act in acts for paper in (queries.sent_back(tx, act), queries.decided(tx, act))]
    return sorted(
        (one for one in case.file.of_kind("ruling") if one.id in signed), key=lambda one: signed.index(one.id)
    )
