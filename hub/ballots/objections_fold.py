"""The only writer of members' objections to a count, and of what its scrutineers found of them. From public tables.

Source: reference for governance, 2.3 (objections to scrutineers: two of three decide, may void and have it held again).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.ballots import queries
from hub.ballots.entries import CountJudged, CountObjected
from hub.ballots.models import count_judgements, count_objections
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies, tells
from hub.permits import Grant, warrants
from hub.permits.predicates import reaches

tells(count_objections, "reason", "entry", entry_types=("count.objected",))

OVER = no("ballots.objections_over", "The days in which this count can be objected to are over, or have not begun.")
JUDGED_BEFORE = no("ballots.judged_before", "You have judged this objection already. It takes a second scrutineer.")
SETTLED = no("ballots.objection_settled", "Two scrutineers have settled this objection already.")


@dataclass(frozen=True)
class Objection:
    """What a member said against a count. reason: None where withdrawn; judgements: (holder, upheld), in order."""

    entry: int
    act: str
    ballot: str
    reason: str | None
    at: dt.datetime
    judgements: tuple[tuple[str, bool], ...] = ()

    @property
    def found(self) -> bool | None:
        """Whether two scrutineers found it right, or not right; None where neither did."""
        return found_by(upheld for _holder, upheld in self.judgements)


def found_by(judgements: Iterable[bool]) -> bool | None:
    """Returns what two scrutineers found of an objection, the first two who found the same; None while they wait."""
    seen = {True: 0, False: 0}
    for upheld in judgements:
        seen[upheld] += 1
        if seen[upheld] == 2:  # of three; each judges once
            return upheld
    return None


def objections(tx: Connection, ballot: str) -> list[Objection]:
    """Returns the objections to a ballot's count, in the order of the record."""
    here = sa.select(count_objections).where(count_objections.c.ballot == ballot)
    rows = list(tx.execute(here.order_by(count_objections.c.entry)))
    given = sa.select(count_judgements).where(count_judgements.c.objection.in_([row.entry for row in rows]))
    found: dict[int, list[tuple[str, bool]]] = {row.entry: [] for row in rows}
    for one in tx.execute(given.order_by(count_judgements.c.entry)) if rows else ():
        found[one.objection].append((one.holder, bool(one.upheld)))
    return [Objection(**{**row._mapping, "judgements": tuple(found[row.entry])}) for row in rows]


def objection(tx: Connection, act: str, entry: int) -> Objection | None:
    """Returns one of an act by its entry, or None."""
    ballot = tx.scalar(sa.select(count_objections.c.ballot).where(count_objections.c.entry == entry))
    found = objections(tx, ballot) if ballot else []
    return next((one for one in found if (one.entry, one.act) == (entry, act)), None)


def judged_ballot(tx: Connection, state: ActState, at: dt.datetime) -> queries.Ballot | None:
    """Returns the ballot whose count an act lets members object to at a moment, or None."""
    if not state.is_open or state.judged_ballot is None or not state.since <= at < state.due:
        return None
    return None if state.fact_at("upheld") else queries.of_step(tx, state.id, state.judged_ballot)


def may_object(tx: Connection, entry: Entry, record: CountObjected) -> Verdict:
    """By a member, while scrutineers judge that count. That they stand on its roll rests on the hub's word."""
    state = act_queries.find(tx, record.act)
    found = None if state is None else judged_ballot(tx, state, entry.at)
    if found is None or found.id != record.ballot:
        return OVER
    return warrants.right(tx, entry, record)


@applies(CountObjected, warrant=may_object)
def object_to(tx: Connection, entry: Entry, record: CountObjected, said: Said) -> None:
    """Notes an objection."""
    row = {"entry": entry.index, "act": record.act, "ballot": record.ballot, "reason": said["reason"], "at": entry.at}
    tx.execute(sa.insert(count_objections), row)


def may_judge(tx: Connection, entry: Entry, record: CountJudged) -> Verdict:
    """By a scrutineer who was drawn for that act and judged no count of it that was voided; each once, in time."""
    state, grant = act_queries.find(tx, record.act), warrants.warranting_grant(tx, entry)
    found = None if state is None else judged_ballot(tx, state, entry.at)
    if state is None or found is None:
        return OVER
    said = objection(tx, record.act, record.objection)
    if grant is None or state.current.by not in grant.permissions or not reaches(grant, state.scope):
        return warrants.NO_WARRANT
    if said is None or said.ballot != found.id:
        return act_warrants.NOT_DUE
    if grant.holder in {holder for holder, _upheld in said.judgements}:
        return JUDGED_BEFORE
    if said.found is not None:
        return SETTLED
    return may_scrutinise(state, grant)


def may_scrutinise(state: ActState, grant: Grant) -> Verdict:
    """Says whether a scrutineer's grant is of this act's newest count, and its holder no party to the act."""
    if not grant.holds_in(state.drawn_for):
        return act_warrants.OTHER_ACT
    if grant.holder in state.parties | state.earlier_judges:
        return no("acts.own_case", "Nobody decides in what is about themselves, or judges twice.")
    return YES


@applies(CountJudged, warrant=may_judge)
def judge(tx: Connection, entry: Entry, record: CountJudged, said: Said) -> None:
    """Notes what a scrutineer found; with the second who finds it right, the count is void."""
    grant = warrants.warranting_grant(tx, entry)
    assert grant is not None
    row = {"entry": entry.index, "objection": record.objection, "holder": grant.holder, "at": entry.at}
    tx.execute(sa.insert(count_judgements), {**row, "upheld": int(record.upheld)})
    found = objection(tx, record.act, record.objection)
    if found is not None and found.found:
        acts.state_fact(tx, entry, act=record.act, fact="upheld")
