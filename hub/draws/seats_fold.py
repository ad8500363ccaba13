"""The only writer of what becomes of seats: accepted, replaced, begun; gives the grants of those drawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.acts import queries as act_queries
from hub.acts import seats
from hub.acts.state import ActState
from hub.acts.warrants import NOT_DUE
from hub.constitution import queries as constitution
from hub.draws import owing, queries, rules
from hub.draws.conflicts import conflicted
from hub.draws.entries import CaretakerBegun, DrawAccepted, DrawReplaced
from hub.draws.models import draw_seats, draws
from hub.errors import YES, Refusal, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.lot import replacing
from hub.lot.replacing import Replacement
from hub.permits import queries as permits
from hub.permits import warrants
from hub.permits.actor import FOR_ONE_ACT
from hub.permits.fold import add_grant
from hub.permits.live import stands


def may_accept(tx: Connection, entry: Entry, record: DrawAccepted) -> Verdict:
    """Within 48 hours of the offer, by somebody not in conflict and once, for exactly the seat's days."""
    seat, state = queries.seat(tx, record.ticket), act_queries.find(tx, record.act)
    is_this = seat is not None and state is not None and (seat.act, seat.step) == (record.act, record.step)
    if not is_this or seat is None or state is None or seat.state != "offered":
        return no("draws.not_offered", "No seat is offered to this ticket.")
    if entry.at >= seat.offered_at + rules.ANSWER:
        return no("draws.too_late", "The 48 hours are over. The next in the order follows.")
    by = state.steps[record.step].by
    if rules.OFFICES[by].role in FOR_ONE_ACT and not state.is_open:
        return no("draws.over", "What this was drawn for is over.")
    if permits.dormant_since(tx, state.scope.id) is not None:
        return no("draws.asleep", "Nobody belongs there any more, so nobody takes a seat there.")
    if record.holder in conflicted(tx, state, by, entry.at):
        return no("draws.conflict", "Nobody sits in what concerns themselves, or those they hold an office with.")
    if any(row.holder == record.holder for row in queries.order(tx, record.act, record.step)):
        return no("draws.seated_before", "Whoever accepted has one seat.")
    if by != "caretakers":
        text = constitution.of_entry(tx, state.constitution)
        before = -queries.seated_before(tx, state.id, record.step, entry.at)
        role = rules.OFFICES[by].role
        room = seats.has_room(tx, text, role, state.scope, entry.at, act=state.id, promised=before)
        if not room:
            return room
        if record.grant is not None and not (named := permits.may_give(tx, record.grant, record.holder)):
            return named
    until = None if by == "caretakers" else clock.format_minute(until_of(tx, state, seat, entry.at))
    if record.until != until or (record.grant is None) != (until is None):
        return no("draws.other_term", "A seat drawn by lot lasts exactly its term.")
    return warrants.right(tx, entry, record)


def until_of(tx: Connection, state: ActState, seat: Row[Any], starts: dt.datetime) -> dt.datetime:
    """Returns when a seat that is taken from a moment on ends."""
    found, step = queries.find(tx, state.id, seat.step), state.steps[seat.step]
    assert found is not None
    terms = constitution.of_entry(tx, state.constitution).terms
    return starts + dt.timedelta(days=rules.days_of(step.by, seat.seat, found.size, step.persons, terms))


@applies(DrawAccepted, warrant=may_accept)
def accept(tx: Connection, entry: Entry, record: DrawAccepted, said: Said) -> None:
    """Seats a holder; of a caretaker notes that they stand by."""
    values = {"state": "accepted", "holder": record.holder, "grant": record.grant, "accepted_at": entry.at}
    tx.execute(sa.update(draw_seats).where(draw_seats.c.ticket == record.ticket).values(**values))
    if record.grant is None or record.until is None:
        return
    state = act_queries.get(tx, record.act)
    add_grant(
        tx, entry, grant=record.grant, holder=record.holder, role=rules.OFFICES[state.steps[record.step].by].role,
        scope=state.scope, source="lot", act=record.act, starts=entry.at, until=clock.parse_minute(record.until),
    )  # fmt: skip


def may_replace(tx: Connection, entry: Entry, record: DrawReplaced) -> Verdict:
    """By the hub alone, in the published order and no other; silence only when it was silence."""
    seat = queries.seat(tx, record.out)
    if seat is None or entry.by is not None or (seat.act, seat.step) != (record.act, record.step):
        return NOT_DUE
    if record.reason == "silent" and (seat.state != "offered" or entry.at < seat.offered_at + rules.ANSWER):
        return no("draws.not_silent", "The 48 hours of this ticket are not over, or it was answered.")
    if record.reason == "declined" and seat.state != "offered":
        return no("draws.not_offered", "No seat is offered to this ticket.")
    if seat.grant is not None and _stands(tx, seat.grant, entry.at):
        return no("draws.seated", "Whoever sits by lot is replaced when their office has ended, and not before.")
    if len(record.passed) != len(record.reasons):
        return NOT_DUE
    claimed = Replacement(
        record.out, record.reason, tuple(zip(record.passed, record.reasons, strict=True)), record.successor
    )
    try:
        replacing.apply(queries.seats_of(queries.order(tx, record.act, record.step)), claimed)
    except Refusal as problem:
        return no(problem.code, problem.sentence)
    return YES


def _stands(tx: Connection, grant: str, at: dt.datetime) -> bool:
    found = permits.grant_by_id(tx, grant)
    return found is not None and stands(found, at)


@applies(DrawReplaced, warrant=may_replace)
def replace(tx: Connection, entry: Entry, record: DrawReplaced, said: Said) -> None:
    """The next of the same stratum follows, with 48 hours of their own."""
    seat = queries.seat(tx, record.out)
    assert seat is not None
    for ticket, reason in [(record.out, record.reason), *zip(record.passed, record.reasons, strict=True)]:
        mine = sa.update(draw_seats).where(draw_seats.c.ticket == ticket)
        tx.execute(mine.values(state="out", reason=reason, offered_at=None))
    if record.successor is not None:
        heir = sa.update(draw_seats).where(draw_seats.c.ticket == record.successor)
        tx.execute(heir.values(state="offered", seat=seat.seat, offered_at=entry.at))
    here = sa.update(draws).where(draws.c.act == record.act, draws.c.step == record.step)
    tx.execute(here.values(file=record.file))


def may_begin(tx: Connection, entry: Entry, record: CaretakerBegun) -> Verdict:
    """By the clock: the first who stands by, from the minute in which nobody held a mandate any more."""
    scope = queries.scope_of(record.scope, record.branch)
    found = None if scope is None or entry.by is not None else owing.next_caretaker(tx, scope, entry.at)
    if found is None:
        return NOT_DUE
    seat, due = found
    days = constitution.of_entry(tx, act_queries.get(tx, seat.act).constitution).terms["caretaker"]
    owed = (seat.act, seat.step, seat.ticket, seat.holder, due, due + dt.timedelta(days=days))
    claimed = (record.act, record.step, record.ticket, record.holder)
    is_owed = owed == (*claimed, *map(clock.parse_minute, (record.due, record.until)))
    return permits.may_give(tx, record.grant, record.holder) if is_owed else NOT_DUE


@applies(CaretakerBegun, warrant=may_begin)
def begin(tx: Connection, entry: Entry, record: CaretakerBegun, said: Said) -> None:
    """Gives the caretaker's grant, from the minute in which it was due."""
    scope = queries.scope_of(record.scope, record.branch)
    assert scope is not None
    mine = sa.update(draw_seats).where(draw_seats.c.ticket == record.ticket)
    tx.execute(mine.values(grant=record.grant))
    add_grant(
        tx, entry, grant=record.grant, holder=record.holder, role=owing.CARETAKER, scope=scope, source="caretaker",
        act=record.act, starts=clock.parse_minute(record.due), until=clock.parse_minute(record.until),
    )  # fmt: skip
