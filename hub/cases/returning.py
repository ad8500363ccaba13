"""Whoever is erased and comes back is the same to a case: nobody ends a suspension by closing an account.

Kept are marks alone (people.marks), of whom a case that runs is about, or one that still keeps them from something; and
until that is over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts.models import acts as act_rows
from hub.cases import deciding
from hub.cases.models import case_marks, case_sides
from hub.cases.rules import RESPONDENT
from hub.envelope import Proof
from hub.people import marks
from hub.roster.actions import when_proved

_m = case_marks.c


@when_proved
def know_again(tx: Connection, person: str, proof: Proof) -> None:
    """Notes that whoever proves a row is the one whom a case was about, if they were erased since."""
    mine = sa.update(case_marks).where(_m.mark.in_(marks.of_row(proof.entry_ref, proof.seed)))
    tx.execute(mine.where(_m.person.is_distinct_from(person)).values(person=person))


def marks_of(tx: Connection, people: Iterable[str]) -> list[dict[str, str]]:
    """Returns what is kept of people who are about to be erased: a mark for each case that is not over for them."""
    return [
        {"mark": mark, "act": act}
        for person in people
        for act in sorted(set(tx.scalars(accused_in(person))))
        if not is_over(tx, act)
        for mark in marks.of_person(tx, person)
    ]


def keep(tx: Connection, known_by: list[dict[str, str]]) -> None:
    """Keeps marks of people who are erased by now, of nobody in particular."""
    for row in known_by:
        tx.execute(sa.delete(case_marks).where(_m.mark == row["mark"], _m.act == row["act"]))
        tx.execute(sa.insert(case_marks), {**row, "person": None})


def accused_in(person: str) -> sa.CompoundSelect[Any]:
    """Selects the cases that are about somebody, also those of before they were erased and came back."""
    as_side = sa.select(case_sides.c.act).where(case_sides.c.person == person, case_sides.c.side == RESPONDENT)
    return sa.union(as_side, sa.select(_m.act).where(_m.person == person))


def accused_of(cases: sa.Select[tuple[str]]) -> sa.CompoundSelect[Any]:
    """Selects whom cases are about, and who was erased since and came back."""
    sides = sa.select(case_sides.c.person).where(case_sides.c.act.in_(cases), case_sides.c.side == RESPONDENT)
    return sa.union(sides, sa.select(_m.person).where(_m.act.in_(cases), _m.person.is_not(None)))


def is_over(tx: Connection, case: str) -> bool:
    """Tells whether a case came to nothing, or what it decided has ended: nobody is kept from anything by it."""
    row = tx.execute(sa.select(act_rows.c.outcome, act_rows.c.closed_at).where(act_rows.c.id == case)).first()
    if row is None or row.outcome is None:
        return row is None
    paper = deciding.decision_of(tx, case) if row.outcome == "done" else None
    return paper is None or clock.now() >= row.closed_at + dt.timedelta(days=paper.body["days"])


def forget(tx: Connection) -> int:
    """Deletes the marks of cases that are over; returns how many."""
    over = [act for act in tx.scalars(sa.select(_m.act).distinct()).all() if is_over(tx, act)]
    return tx.execute(sa.delete(case_marks).where(_m.act.in_(over))).rowcount
