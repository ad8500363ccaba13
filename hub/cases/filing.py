"""Whether a complaint may be made: which rules were in force, whether the facts were decided before, who waits.

Source: governance.md 4.4; GO-19, GO-33.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids
from hub.acts import queries as act_queries
from hub.acts.models import acts as act_rows
from hub.cases import queries, rules, sealed
from hub.cases.models import case_queue, filed
from hub.constitution import queries as constitution
from hub.constitution.models import constitutions
from hub.errors import Invalid, RuleViolation

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Complaint:
    """A complaint before it is a case. version: the entry of the rules that were in force when it happened."""

    complainant: str
    respondent: str
    branch: str | None
    rule: int
    version: int
    happened_on: dt.date
    learned_on: dt.date
    words: str
    again: str | None

    @property
    def body(self) -> dict[str, Any]:
        """What its hash is made of."""
        return {**asdict(self), "happened_on": self.happened_on.isoformat(), "learned_on": self.learned_on.isoformat()}

    @property
    def row(self) -> dict[str, Any]:
        """What is kept beside its words."""
        return {name: value for name, value in asdict(self).items() if name not in _APART}


_APART = ("words", "complainant", "respondent")


def version_at(tx: Connection, rule: int, day: dt.date) -> int:
    """Returns the entry of the rules of a day. Raises Invalid where they had no such rule, or there were none."""
    ends = dt.datetime.combine(day, dt.time(23, 59), dt.UTC)
    known = sa.select(constitutions.c.entry).where(constitutions.c.in_force_from <= ends)
    entry = tx.scalar(known.order_by(constitutions.c.entry.desc()).limit(1))
    if entry is None or rule not in constitution.of_entry(tx, entry).conduct:
        raise Invalid({"rule": "No such rule was in force on that day. Nobody is held to a rule of later."})
    return int(entry)


def insist_on_other_facts(tx: Connection, respondent: str, happened: dt.date, again: str | None) -> None:
    """Raises RuleViolation where a case was about the same, by whomever, unless the complaint says so itself."""
    here = sa.select(filed.c.act, filed.c.happened_on).where(filed.c.respondent == respondent)
    known = {row.act: row.happened_on for row in tx.execute(here)}
    same = [act for act, day in known.items() if day == happened]
    if any(act_queries.get(tx, act).is_open for act in same):
        raise RuleViolation("cases.runs", "A case about this runs already.")
    if again is None and same:
        raise RuleViolation("cases.same_facts", SAME)
    if again is not None and (again not in known or act_queries.get(tx, again).is_open):
        raise RuleViolation("cases.other_case", "That case is about somebody else, or is not over.")


SAME = "This was decided, or lapsed. It takes new evidence, and the leave of a panel, to take it up again."


def insist_on_new_evidence(tx: Connection, act: str, side: str, body: dict[str, Any]) -> None:
    """Raises RuleViolation for an item of an earlier case against the same person, unless this one takes that up."""
    found = queries.parties(tx, act)
    assert found is not None
    if side != rules.COMPLAINANT or found.again is not None:
        return
    others = sa.select(filed.c.act).where(filed.c.respondent == found.respondent)
    content = body["file"] or hashlib.sha256(body["text"].encode()).hexdigest()
    for other in tx.scalars(others.where(filed.c.act != act)).all():
        if content in _charged(tx, other):
            raise RuleViolation("cases.same_facts", SAME)


def insist_on_something_new(tx: Connection, act: str) -> None:
    """Raises RuleViolation where a case takes up an earlier one and has nothing that was not laid there."""
    found = queries.parties(tx, act)
    if found is None or found.again is None:
        return
    now = {one.sha256 for one in sealed.read(tx, act).items if one.side == rules.COMPLAINANT}
    if not now - _charged(tx, found.again):
        raise RuleViolation("cases.nothing_new", "Nothing of this is new. What was decided is not decided twice.")


def _charged(tx: Connection, act: str) -> set[str]:
    return {one.sha256 for one in sealed.read(tx, act).items if one.side == rules.COMPLAINANT and one.shown}


def may_lay(tx: Connection, act: str, side: str) -> bool:
    """Tells whether a side can still lay something before the other: with its charge, answer or appeal."""
    state = act_queries.get(tx, act)
    if not state.is_open or clock.now() >= state.due:
        return False
    if state.current.do == "notice":
        return not state.is_held
    places = [place for place, step in enumerate(state.steps) if step.by == side]
    return bool(places) and state.step <= places[0]


def has_room(tx: Connection, one: Complaint) -> bool:
    """Tells whether a complaint becomes a case at once, or waits."""
    running = sa.select(filed.c.act).join(act_rows, act_rows.c.id == filed.c.act)
    mine = running.where(filed.c.complainant == one.complainant, act_rows.c.outcome.is_(None))
    here = sa.select(filed.c.act).where(filed.c.filed_at > clock.now() - WEEK)
    here = here.where(filed.c.branch == one.branch) if one.branch else here.where(sa.false())
    return not rules.waits_in_queue(len(tx.scalars(mine).all()), len(tx.scalars(here).all()))


def queue(tx: Connection, one: Complaint) -> None:
    """Keeps a complaint until there is room."""
    row = {"id": ids.new("ask"), "complainant": one.complainant, "branch": one.branch, "at": clock.now()}
    tx.execute(sa.insert(case_queue), {**row, "body": sealed.shut(tx, one.complainant, case_queue, one.body)})


def oldest_with_room(tx: Connection) -> tuple[str, Complaint] | None:
    """Returns the oldest complaint that waits and for which there is room, with its row's id; or None."""
    waits = sa.select(case_queue).where(case_queue.c.why.is_(None))
    for row in tx.execute(waits.order_by(case_queue.c.at, case_queue.c.id)).all():
        body = sealed.opened(tx, row.complainant, case_queue, row.body)
        if body is None:
            continue
        days = {name: dt.date.fromisoformat(body[name]) for name in ("happened_on", "learned_on")}
        one = Complaint(**{**body, **days})
        if has_room(tx, one):
            return row.id, one
    return None


def take_out(tx: Connection, name: str) -> None:
    """Takes a complaint out of the queue: it becomes a case."""
    tx.execute(sa.delete(case_queue).where(case_queue.c.id == name))


def drop(tx: Connection, name: str, why: str) -> None:
    """Notes that a complaint came to nothing while it waited. why: expired, or what kept it from being a case."""
    this = sa.update(case_queue).where(case_queue.c.id == name)
    tx.execute(this.values(why=why.removeprefix("cases."), at=clock.now()))
