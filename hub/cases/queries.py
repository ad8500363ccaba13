"""Reads: a case as the record has it, for anybody; and its file, for the sides and those drawn for it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.acts import queries as act_queries
from hub.acts import rules as act_rules
from hub.acts.models import acts as act_rows
from hub.acts.state import ActState
from hub.branches import queries as branches
from hub.cases import rules, sealed
from hub.cases.models import (
    case_appeals,
    case_delays,
    case_disclosures,
    case_interims,
    case_signatures,
    case_strikes,
    complaints,
    filed,
)
from hub.draws.models import draw_seats, draw_tickets
from hub.errors import NotFound, Verdict, no
from hub.people import queries as people
from hub.permits import queries as permits

DUTY, PANEL, APPEAL_PANEL = "duty", "panel", "appeal_panel"
HIDDEN = "(not told to you, by order of the duty panel)"


def days(number: int) -> dt.timedelta:
    """Returns so many days."""
    return dt.timedelta(days=number)


def complaint(tx: Connection, act: str) -> Row[Any] | None:
    """Returns a case's public row, or None."""
    return tx.execute(sa.select(complaints).where(complaints.c.act == act)).first()


def appeal(tx: Connection, act: str) -> Row[Any] | None:
    """Returns an appeal by its own act, or None."""
    return tx.execute(sa.select(case_appeals).where(case_appeals.c.act == act)).first()


def appeal_of(tx: Connection, case: str) -> Row[Any] | None:
    """Returns the appeal of a case, or None."""
    return tx.execute(sa.select(case_appeals).where(case_appeals.c.case_act == case)).first()


def interim(tx: Connection, act: str) -> Row[Any] | None:
    """Returns an interim measure by its own act, or None."""
    return tx.execute(sa.select(case_interims).where(case_interims.c.act == act)).first()


def interims(tx: Connection, case: str) -> list[Row[Any]]:
    """Returns the measures asked for in a case, in the order of the record."""
    here = sa.select(case_interims).where(case_interims.c.case_act == case)
    return list(tx.execute(here.order_by(case_interims.c.told_entry)))


def delay(tx: Connection, order: str) -> Row[Any] | None:
    """Returns an order to delay looks, or None."""
    return tx.execute(sa.select(case_delays).where(case_delays.c.order == order)).first()


def delays(tx: Connection, case: str) -> list[Row[Any]]:
    """Returns the orders to delay looks that were asked for in a case, in the order of the record."""
    here = sa.select(case_delays).where(case_delays.c.case_act == case)
    return list(tx.execute(here.order_by(case_delays.c.asked_entry)))


def delay_ends(tx: Connection, row: Row[Any], at: dt.datetime) -> dt.datetime:
    """Returns when an order ends, or ended: with its case, where that is over by a moment, also if no worker ran."""
    over = over_by(tx, row.case_act, at)
    until: dt.datetime = row.until_at
    return until if over is None else min(until, over)


def over_by(tx: Connection, case: str, at: dt.datetime) -> dt.datetime | None:
    """Returns when what runs of a case is over by its deadlines, up to a moment, also where no worker ran; or None."""
    state = running(tx, case)
    while state.is_open and (move := act_rules.next_move(state, at)) is not None:
        state = act_rules.after(state, move)
        if not state.is_open:
            return move.due
    return None


def running(tx: Connection, case: str) -> ActState:
    """Returns what runs of a case: its appeal while that is open, else the case itself."""
    review = appeal_of(tx, case)
    appealed = None if review is None else act_queries.get(tx, review.act)
    return appealed if appealed is not None and appealed.is_open else act_queries.get(tx, case)


def case_of(tx: Connection, state: ActState) -> str:
    """Returns the case that an act is, or is the appeal of."""
    return state.subject if state.procedure == "appeal_case" else state.id


def disclosed(tx: Connection, case: str) -> set[str]:
    """Returns the items that were laid before both sides of a case."""
    return set(tx.scalars(sa.select(case_disclosures.c.item).where(case_disclosures.c.case_act == case)))


def are_new(tx: Connection, case: str, items: list[str]) -> bool:
    """Tells whether each of these items is laid before the sides for the first time, and once."""
    return len(set(items)) == len(items) and not set(items) & disclosed(tx, case)


def signatures(tx: Connection, state: ActState) -> list[Row[Any]]:
    """Returns the newest signature of each who decides at an act's present step, in the order of the record."""
    here = sa.select(case_signatures).where(case_signatures.c.act == state.id, case_signatures.c.step == state.step)
    return list(tx.execute(here.order_by(case_signatures.c.entry)))


def strikes(tx: Connection, state: ActState, side: str) -> list[Row[Any]]:
    """Returns whom a side struck of the panel that decides now."""
    here = sa.select(case_strikes).where(case_strikes.c.act == state.id, case_strikes.c.step == state.step)
    return list(tx.execute(here.where(case_strikes.c.side == side).order_by(case_strikes.c.entry)))


def concluded(tx: Connection, act: str) -> list[str]:
    """Returns the offices that a case ended."""
    found = complaint(tx, act)
    return list(found.concluded or ()) if found is not None else []


def parties(tx: Connection, case: str) -> Row[Any] | None:
    """Returns who complained of whom, and of what: for this room, and for views that it makes. None on a copy."""
    return tx.execute(sa.select(filed).where(filed.c.act == case)).first()


def side_of(tx: Connection, case: str, person: str | None) -> str | None:
    """Returns which side somebody is in a case, or None."""
    found = parties(tx, case)
    if found is None or person is None or person not in (found.complainant, found.respondent):
        return None
    return rules.COMPLAINANT if person == found.complainant else rules.RESPONDENT


def sits_as(tx: Connection, case: str, person: str | None) -> str | None:
    """Returns as what somebody drawn for a case, or its appeal, sits there now; None for anybody else."""
    holder = None if person is None else permits.holder_of_person(tx, person)
    if holder is None:
        return None
    mine = permits.standing_grants(tx, holder=holder)
    review = appeal_of(tx, case)
    found = {(grant.act, grant.role) for grant in mine}
    if review is not None and (review.act, "juror") in found:
        return APPEAL_PANEL
    if (case, "juror") in found:
        return PANEL
    return DUTY if (case, "duty") in found else None


def state_of(tx: Connection, case: str) -> str:
    """Returns in which state a case is: of those in the room's own words."""
    state = act_queries.get(tx, case)
    if state.outcome == "done":
        return "final"
    if state.outcome == "refused":
        return "quashed" if state.step > 1 else "not_admitted"
    if not state.is_open:
        return "lapsed"
    step = state.current
    if step.do == "notice":
        return "appealed" if state.is_held else "appealable"
    words = {"duty": "drawing_duty", "cases.screen": "filed", "complainant": "admitted", "respondent": "charged"}
    return (words | {"jurors": "drawing_panel", "cases.decide": "deciding"}).get(step.by, "final")


@dataclass(frozen=True)
class Case:
    """A case as one person may see it. you: their side, or as what they sit; complainant: None where it is hidden.

    file: its papers and items, as far as they may be read; seats: of the newest draw: ticket, holder, state; none
    while another is to be made; review: the act of its appeal.
    """

    act: str
    state: str
    due: dt.datetime | None
    you: str
    complainant: str | None
    respondent: str
    rule: int
    version: int
    happened_on: dt.date
    file: sealed.File
    seats: tuple[Row[Any], ...]
    review: str | None


def is_case(tx: Connection, act: str) -> bool:
    """Tells whether a complaint became a case: the accused is told of none that may not become one, or did not."""
    return act_queries.get(tx, act).step >= 2


def view(tx: Connection, case: str, person: str | None) -> Case:
    """Returns a case to a side, or to one who was drawn for it. Raises NotFound for anybody else."""
    found = parties(tx, case)
    you = side_of(tx, case, person) or sits_as(tx, case, person)
    if found is None or you is None:
        raise NotFound
    state, file = act_queries.get(tx, case), sealed.read(tx, case)
    if you == rules.RESPONDENT and not is_case(tx, case):
        raise NotFound
    review = appeal_of(tx, case)
    if review is not None and you not in (PANEL, DUTY):
        more = sealed.read(tx, review.act)
        file = sealed.File((*file.papers, *more.papers), (*file.items, *more.items))
    hides = bool(found.hidden) and you == rules.RESPONDENT
    act = None if review is None else review.act
    return Case(
        case, state_of(tx, case), state.due if state.is_open else None, you, None if hides else found.complainant,
        found.respondent, found.rule, found.version, found.happened_on, _readable(tx, file, you, found, act),
        _sitting(tx, act or case), act,
    )  # fmt: skip


def seats(tx: Connection, act: str) -> list[Row[Any]]:
    """Returns who sits, or is asked to, by the newest draw of an act: ticket, holder, state, accepted_at, step."""
    newest = sa.select(sa.func.max(draw_seats.c.step)).where(draw_seats.c.act == act).scalar_subquery()
    here = sa.select(draw_seats).where(draw_seats.c.act == act, draw_seats.c.step == newest)
    return list(tx.execute(here.where(draw_seats.c.state.in_(("offered", "accepted"))).order_by(draw_seats.c.seat)))


def _sitting(tx: Connection, act: str) -> tuple[Row[Any], ...]:
    """Who sits, or is asked to; while a panel is to be drawn, nobody of an earlier one: they do not decide it."""
    state = act_queries.get(tx, act)
    waits = state.is_open and state.current.do == "draw"
    return tuple(row for row in seats(tx, act) if not waits or row.step == state.step)


# Which papers whoever sees a case reads, beside decisions; the duty panel sees no more than it decides on.
_OF_SIDES = ("complaint", "screening", "charge", "answer", "appeal", "interim", "delay")
_OF_DUTY = ("complaint", "screening", "interim", "delay")


def may_send_back(tx: Connection, state: ActState, at: dt.datetime) -> Verdict:
    """Says whether those drawn for an act may have a case heard again at a moment: five on appeal, once, in time."""
    held = act_queries.find(tx, state.subject)
    if state.procedure != "appeal_case" or held is None:
        return no("cases.no_appeal", "Only an appeal's panel has a case heard again.")
    return rules.may_send_back(held.since, at, is_again=state.was_sent_back)


def decided(tx: Connection, act: str) -> str | None:
    """Returns the decision that enough of those drawn for a case, or for an appeal, signed; None before that."""
    return _signed(tx, act, "passed")


def sent_back(tx: Connection, act: str) -> str | None:
    """Returns the paper by which an appeal's panel had a case heard again, or None."""
    return _signed(tx, act, "sent_back")


def _signed(tx: Connection, act: str, fact: str) -> str | None:
    state = act_queries.get(tx, act)
    step = next((one.step for one in state.facts if one.fact == fact), None)
    here = sa.select(case_signatures.c.decision).where(case_signatures.c.act == act, case_signatures.c.step == step)
    signed = Counter(tx.scalars(here))
    return signed.most_common(1)[0][0] if signed else None


def _readable(tx: Connection, file: sealed.File, you: str, found: Row[Any], review: str | None) -> sealed.File:
    """Leaves out what is not for somebody: what a side has not shown yet, and drafts of those who decide."""
    known = {paper for act in (found.act, review) if act for paper in (decided(tx, act), sent_back(tx, act))}
    mine = {PANEL: found.act, APPEAL_PANEL: review}.get(you)
    step = act_queries.get(tx, mine).step if mine is not None else None
    papers = [
        one
        for one in file.papers
        if _is_open(tx, one, you)
        if one.kind in (_OF_DUTY if you == DUTY else _OF_SIDES)
        or (one.kind == "ruling" and (one.id in known or (one.act == mine and one.body["step"] == step)))
    ]
    items = [one for one in file.items if one.shown or one.side == you]
    if found.hidden and you == rules.RESPONDENT:
        papers = [one for one in papers if one.kind != "complaint"]
        papers = [replace(one, person=HIDDEN) if one.person == found.complainant else one for one in papers]
        items = [one if one.side == you else _without_names(one) for one in items]
    return sealed.File(tuple(papers), tuple(items))


def _is_open(tx: Connection, paper: sealed.Paper, you: str) -> bool:
    """The reasons of a delay are its panels' alone while it holds: the sides read them afterwards."""
    if paper.kind != "delay" or you not in rules.SIDES:
        return True
    found = delay(tx, paper.id)
    return found is None or clock.now() >= delay_ends(tx, found, clock.now())


def _without_names(item: sealed.Evidence) -> sealed.Evidence:
    """An item without who took it down, and without who agreed where that is whoever it was written to."""
    consent = {"consent": HIDDEN} if item.body["got_from"] == "own_message" else {}
    return replace(item, person=HIDDEN, body={**item.body, "collector": HIDDEN, **consent})


def branch_of(tx: Connection, person: str) -> str | None:
    """Returns the id of the branch in which somebody lives, or None."""
    area = people.area_of(tx, person)
    branch = branches.of_area(tx, area) if area else None
    return None if branch is None else branch.id


def mine(tx: Connection, person: str) -> list[str]:
    """Returns the cases in which somebody is a side, the newest first; of the accused, those that were admitted."""
    is_mine = sa.or_(filed.c.complainant == person, filed.c.respondent == person)
    found = sa.select(filed.c.act, filed.c.respondent).where(is_mine)
    rows = tx.execute(found.order_by(filed.c.filed_at.desc(), filed.c.act)).all()
    told = {row.act for row in rows if row.respondent != person or act_queries.get(tx, row.act).step >= 2}
    return [row.act for row in rows if row.act in told]


def to_decide(tx: Connection, holder: str | None) -> list[str]:
    """Returns the cases and appeals for which somebody was drawn and that still run."""
    if holder is None:
        return []
    drawn = [g.act for g in permits.standing_grants(tx, holder=holder) if g.role in ("duty", "juror") and g.act]
    running = sa.select(act_rows.c.id).where(act_rows.c.id.in_(drawn), act_rows.c.outcome.is_(None))
    return list(tx.scalars(running.order_by(act_rows.c.due_at)))


def persons_drawn(tx: Connection, acts: list[str]) -> set[str]:
    """Returns whoever had a seat in some acts, or was asked to: as persons, from the hub's own table."""
    here = sa.select(draw_tickets.c.person).join(draw_seats, draw_seats.c.ticket == draw_tickets.c.ticket)
    return set(tx.scalars(here.where(draw_seats.c.act.in_(acts), draw_seats.c.state.in_(("offered", "accepted")))))
