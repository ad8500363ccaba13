"""Whom a final decision keeps from office, from taking part or from publishing, and until when: by its date, no job."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts.models import acts as act_rows
from hub.cases import deciding, returning
from hub.cases.rules import OUTCOMES
from hub.constitution.actions import asked_before_office
from hub.errors import YES, Verdict, no
from hub.permits.keeping import Kept, keeps

CARRIED_OUT = "done"  # a case that lapsed, or was quashed, keeps nobody from anything


@asked_before_office
def may_take_office(tx: Connection, person: str) -> Verdict:
    """Says whether somebody may take an office now, or is barred by a case."""
    until = barred_until(tx, person)
    if until is None or clock.now() >= until:
        return YES
    return no("cases.barred", f"By the decision of a case you take no office until {until:%-d %B %Y}.")


@keeps
def kept_from(tx: Connection, person: str) -> Kept:
    """Returns until when a person is suspended, and until when they publish nothing, as nobody suspended does."""
    suspended = _until(tx, person, "suspension")
    limited = _until(tx, person, "suspension", "posting_limit")
    return Kept(suspended, limited)


def suspended(tx: Connection) -> set[str]:
    """Returns everybody who is suspended now."""
    lately = act_rows.c.closed_at > clock.now() - dt.timedelta(days=OUTCOMES["suspension"])
    over = sa.select(act_rows.c.id).where(act_rows.c.outcome == CARRIED_OUT, lately)
    until = {one: _until(tx, one, "suspension") for one in tx.scalars(returning.accused_of(over)).all()}
    return {one for one, last in until.items() if last is not None and clock.now() < last}


def barred_until(tx: Connection, person: str) -> dt.datetime | None:
    """Returns until when a person takes no office, by the decisions that are final; None where none says so."""
    return _until(tx, person, "barred")


def _until(tx: Connection, person: str, *outcomes: str) -> dt.datetime | None:
    """The last day of such outcomes. It counts from the minute when the decision became final, however late the hub."""
    mine = sa.select(act_rows.c.id, act_rows.c.closed_at).where(act_rows.c.id.in_(returning.accused_in(person)))
    ends = []
    for row in tx.execute(mine.where(act_rows.c.outcome == CARRIED_OUT)).all():
        paper = deciding.decision_of(tx, row.id)
        if paper is not None and paper.body["outcome"] in outcomes:
            ends.append(row.closed_at + dt.timedelta(days=paper.body["days"]))
    return max(ends, default=None)
