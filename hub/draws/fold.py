"""The only writer of draws, readings and seats; gives the grants of those drawn. Checks from public tables alone.

What no outsider can recompute rests on the hub's word: who is in a pool, whose a ticket is, that somebody can be drawn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import seats
from hub.acts import warrants as act_warrants
from hub.acts.rules import ActState
from hub.constitution import queries as constitution
from hub.draws import owing, queries, rules
from hub.draws.conflicts import concerned, conflicted
from hub.draws.entries import (
    CaretakerBegun,
    DrawAccepted,
    DrawJudged,
    DrawMade,
    DrawObjected,
    DrawOpened,
    DrawPrepared,
    DrawReplaced,
    DrawRevealed,
    DrawVoided,
)
from hub.draws.models import draw_judgements, draw_objections, draw_readings, draw_seats, draw_voids, draws
from hub.errors import YES, Refusal, Verdict, no
from hub.ledger import Entry, Said, applies, tells
from hub.lot import replacing
from hub.lot import rules as lot
from hub.lot.pool import Ticket, Unreadable, make_pool, pool_hash
from hub.lot.replacing import Replacement
from hub.lot.seed import make_seed
from hub.lot.sources import check_value
from hub.lot.walk import Quota, draw_panel, order_of, walk
from hub.permits import HUB, P, Scope, warrants
from hub.permits import queries as permits
from hub.permits.fold import add_grant
from hub.permits.live import stands

tells(draw_objections, "reason", "entry", entry_types=("draw.objected",))

NOT_DUE = act_warrants.NOT_DUE
NOT_WAITING = no("draws.not_waiting", "No draw waits for this.")
JUDGED_BEFORE = no("draws.judged_before", "You have judged this already. It takes a second person.")
OBJECTED_BEFORE = no("draws.objected_before", "You have objected to this pool already.")
OWN_OBJECTION = no("draws.own_objection", "Whoever objected to this pool judges no objection to it.")
OTHER_ORDER = no("draws.other_order", "This is not the order that the seed gives.")
READ_BEFORE = no("draws.read_before", "You have read the sources already. It takes a second person.")


def drawn_scope(_tx: Connection, record: DrawOpened) -> Scope | None:
    """The scope for which somebody is drawn."""
    return queries.scope_of(record.scope, record.branch)


def may_be_opened(tx: Connection, entry: Entry, record: DrawOpened) -> Verdict:
    """By the clock, where the record shows that somebody is needed."""
    scope = drawn_scope(tx, record)
    if scope is None or record.procedure not in rules.PROCEDURES:
        return NOT_DUE
    needed = owing.may_open(tx, record.procedure, scope, entry.at)
    return act_warrants.opening(record.procedure, drawn_scope, clock_owes=lambda *_: needed)(tx, entry, record)


@applies(DrawOpened, warrant=may_be_opened)
def open_draw(tx: Connection, entry: Entry, record: DrawOpened, said: Said) -> None:
    """Opens the act."""
    scope = drawn_scope(tx, record)
    assert scope is not None
    acts.open_act(tx, entry, act=record.act, procedure=record.procedure, scope=scope, subject=record.scope)


def may_prepare(tx: Connection, entry: Entry, record: DrawPrepared) -> Verdict:
    """Once for a step, with sources that nobody can know for a day, and the seats and quotas that the rules give."""
    verdict = act_warrants.working("draw")(tx, entry, record)
    if not verdict or queries.find(tx, record.act, record.step) is not None:
        return verdict if not verdict else NOT_DUE
    state = act_queries.get(tx, record.act)
    by, free = state.current.by, owing.free_seats(tx, state, entry.at)
    counts = rules.counts_in(record.quotas)
    size = min(free, record.tickets)
    fits = (
        record.tickets >= owing.least_tickets(tx, by, free, entry.at)
        and record.size == size >= 1
        and bool(counts) == rules.OFFICES[by].everywhere
        and (not counts or sum(counts.values()) == record.tickets)
        and record.quotas == rules.quotas_of((name for name, many in counts.items() for _ in range(many)), size)
    )
    if not fits:
        return no("draws.other_quotas", "The rules give other seats or quotas for such a pool.")
    until = owing.objections_until(tx, state, entry.at)
    if record.objections != (None if until is None else clock.format_minute(until)):
        return no("draws.other_days", "The rules give other days to object to a pool.")
    named = owing.sources(tx, state, entry.at)
    known = max((clock.format_minute(source.known) for source in named), default="")
    if (record.sources, record.known) != ([source.name for source in named], known):
        return no("draws.other_sources", "The rules, and the minute of the freeze, give other sources.")
    return lot.sources_fit(named, until or entry.at)


@applies(DrawPrepared, warrant=may_prepare)
def prepare(tx: Connection, entry: Entry, record: DrawPrepared, said: Said) -> None:
    """Freezes the pool."""
    row: dict[str, Any] = dict.fromkeys(("seed", "round", "file", "made_at", "made_entry"))
    row |= {"act": record.act, "step": record.step, "tickets": record.tickets, "size": record.size, "pool": record.pool}
    sources = [rules.format_source(source) for source in owing.sources(tx, act_queries.get(tx, record.act), entry.at)]
    row |= {"quotas": list(record.quotas), "sources": sources, "frozen_at": entry.at}
    until = None if record.objections is None else clock.parse_minute(record.objections)
    row |= {"known_at": clock.parse_minute(record.known), "objections_until": until, "prepared_entry": entry.index}
    tx.execute(sa.insert(draws), row)


def may_object(tx: Connection, entry: Entry, record: DrawObjected) -> Verdict:
    """By a member, against the pool that stands, as long as the rules give."""
    found = _waiting(tx, record)
    if found is None or found.prepared_entry != record.pool:
        return NOT_WAITING
    if found.objections_until is None or entry.at >= found.objections_until:
        return no("draws.objections_over", "The days in which this pool can be objected to are over.")
    return warrants.right(tx, entry, record)


@applies(DrawObjected, warrant=may_object)
def object_to(tx: Connection, entry: Entry, record: DrawObjected, said: Said) -> None:
    """Notes an objection."""
    row = {"entry": entry.index, "act": record.act, "step": record.step, "pool_entry": record.pool}
    tx.execute(sa.insert(draw_objections), {**row, "reason": said["reason"], "at": entry.at})


def may_judge(tx: Connection, entry: Entry, record: DrawJudged) -> Verdict:
    """Before any source is known, and once, by an office where the act is; by any member once the objections are over.

    Never by whoever operates the machine: the hub made the pool that is in question.
    """
    state, found = act_queries.find(tx, record.act), _waiting(tx, record)
    objection = queries.objection(tx, record.act, record.step, record.objection)
    if state is None or found is None or objection is None or objection.pool_entry != found.prepared_entry:
        return NOT_WAITING
    if entry.at >= found.first_known:
        return no("draws.known", "A source is known by now: this pool stands, whatever is found of it.")
    if objection.settled is not None:
        return no("draws.settled", "Two people have settled this objection already.")
    if record.holder is not None and record.holder in {holder for holder, _upheld, _at in objection.judgements}:
        return JUDGED_BEFORE
    grant = warrants.warranting_grant(tx, entry)
    if grant is not None:
        may = (grant.scope.kind, grant.scope.id) == (state.scope.kind, state.scope.id) and grant.holder == record.holder
        return YES if may and grant.holder in judges(tx, state, entry.at) else warrants.NO_WARRANT
    if record.holder is not None or not members_may_judge(tx, state, found, entry.at):
        return no("draws.officers_first", "As long as members can object, those who hold an office here judge it.")
    return warrants.right(tx, entry, record)


def judges(tx: Connection, state: ActState, at: dt.datetime) -> set[str]:
    """Returns who judges objections for their office: those who read sources, but who operates the machine."""
    return readers(tx, state, at) - operators(tx, at)


def operators(tx: Connection, at: dt.datetime) -> set[str]:
    """Returns who operates the machine."""
    return {grant.holder for grant in permits.recorded_grants(tx, scope=HUB, at=at) if P.OPERATE in grant.permissions}


def members_may_judge(tx: Connection, state: ActState, found: queries.Draw, at: dt.datetime) -> bool:
    """Tells whether any member of the scope may judge objections: so that no officers can pass over one."""
    return at >= (found.objections_until or found.first_known) or len(judges(tx, state, at)) < rules.TWO


@applies(DrawJudged, warrant=may_judge)
def judge(tx: Connection, entry: Entry, record: DrawJudged, said: Said) -> None:
    """Notes what somebody found."""
    row = {"entry": entry.index, "objection": record.objection, "holder": record.holder, "at": entry.at}
    tx.execute(sa.insert(draw_judgements), {**row, "upheld": int(record.upheld)})


def may_void(tx: Connection, entry: Entry, record: DrawVoided) -> Verdict:
    """Two found it wrong before any source was known, and nobody was drawn."""
    verdict = act_warrants.working("draw")(tx, entry, record)
    found = _waiting(tx, record)
    if not verdict or found is None:
        return verdict if not verdict else NOT_DUE
    first = upheld(tx, found)
    if first is None or (record.objection, record.due) != (first.entry, clock.format_minute(first.settled_at)):
        return no("draws.not_upheld", "Two people have to uphold an objection first.")
    return YES


def upheld(tx: Connection, found: queries.Draw) -> queries.Objection | None:
    """Returns the first objection to a pool that two found right before any source was known, or None."""
    listed = queries.objections(tx, found.act, found.step)
    mine = [one for one in listed if one.pool_entry == found.prepared_entry and one.settled]
    return next(iter(mine), None)


@applies(DrawVoided, warrant=may_void)
def void(tx: Connection, entry: Entry, record: DrawVoided, said: Said) -> None:
    """Puts the pool aside; the step waits for another."""
    found = queries.find(tx, record.act, record.step)
    assert found is not None
    row = {"prepared_entry": found.prepared_entry, "act": found.act, "step": found.step, "tickets": found.tickets}
    row |= {"pool": found.pool, "sources": list(found.sources), "frozen_at": found.frozen_at}
    row |= {"known_at": found.known_at, "objection": record.objection}
    row |= {"voided_at": clock.parse_minute(record.due), "voided_entry": entry.index}
    tx.execute(sa.insert(draw_voids), row)
    tx.execute(sa.delete(draws).where(draws.c.act == record.act, draws.c.step == record.step))


def _waiting(tx: Connection, record: DrawObjected | DrawJudged | DrawVoided) -> queries.Draw | None:
    """Returns the pool that stands at the present step of a running act, and from which nobody was drawn."""
    state, found = act_queries.find(tx, record.act), queries.find(tx, record.act, record.step)
    is_here = state is not None and state.is_open and state.step == record.step
    return found if is_here and found is not None and not found.is_made else None


def may_reveal(tx: Connection, entry: Entry, record: DrawRevealed) -> Verdict:
    """By an office where the act is; by any member where there is none, or a day after the sources became known."""
    state, found = act_queries.find(tx, record.act), queries.find(tx, record.act, record.step)
    if state is None or found is None or found.is_made or not state.is_open or state.step != record.step:
        return NOT_WAITING
    if entry.at < found.known_at:
        return no("draws.not_known", f"The sources become known {clock.format_minute(found.known_at)}, not before.")
    if upheld(tx, found):
        return no("draws.found_wrong", "Two people found this pool wrong in time: another follows, with other sources.")
    before = {reading.holder for reading in queries.readings(tx, record.act, record.step)}
    if record.holder is not None and record.holder in before:
        return READ_BEFORE
    try:
        for source, text in zip(found.named, record.said, strict=True):
            check_value(source, rules.parse_reading(text))
    except ValueError as problem:
        return no("draws.no_reading", str(problem))
    if record.holder is not None and record.holder in concerned(tx, state, entry.at):
        return no("acts.own_case", "Nobody has a hand in what is about themselves.")
    grant = warrants.warranting_grant(tx, entry)
    if grant is not None:
        is_here = (grant.scope.kind, grant.scope.id) == (state.scope.kind, state.scope.id)
        return YES if is_here and grant.holder == record.holder else warrants.NO_WARRANT
    if record.holder is not None or not members_may_read(tx, state, found, entry.at):
        return no("draws.officers_first", "For a day, those who hold an office here read the sources.")
    return warrants.right(tx, entry, record)


def members_may_read(tx: Connection, state: ActState, found: queries.Draw, at: dt.datetime) -> bool:
    """Tells whether any member of the scope may read the sources: so that no officers can hold a draw up."""
    return at >= found.known_at + rules.OFFICERS_FIRST or len(readers(tx, state, at)) < 2


def readers(tx: Connection, state: ActState, at: dt.datetime) -> set[str]:
    """Returns the holders of an office where the act is, but for whom it concerns: nobody draws who decides on them."""
    return {grant.holder for grant in permits.recorded_grants(tx, scope=state.scope, at=at)} - concerned(tx, state, at)


@applies(DrawRevealed, warrant=may_reveal)
def reveal(tx: Connection, entry: Entry, record: DrawRevealed, said: Said) -> None:
    """Notes a reading."""
    row = {"entry": entry.index, "act": record.act, "step": record.step, "holder": record.holder}
    tx.execute(sa.insert(draw_readings), {**row, "said": list(record.said), "at": entry.at})


def may_make(tx: Connection, entry: Entry, record: DrawMade) -> Verdict:
    """Two read the same, the seed is that of the frozen pool, and the order is the seed's."""
    verdict = act_warrants.working("draw")(tx, entry, record)
    found = queries.find(tx, record.act, record.step)
    if not verdict or found is None or found.is_made:
        return verdict if not verdict else NOT_DUE
    reading = rules.agreed(queries.readings(tx, record.act, record.step))
    if reading is None or record.due != clock.format_minute(reading.at):
        return no("draws.not_agreed", "Two people have to read the same first.")
    values = [rules.parse_reading(text) for text in reading.said]
    if record.seed != make_seed(record.act, found.pool, values):
        return no("draws.other_seed", "The pool and what was read give another seed.")
    return _order_verdict(record, found)


def _order_verdict(record: DrawMade, found: queries.Draw) -> Verdict:
    """Says whether the walk that the seed orders gives these seats and reserves, and nobody stands twice.

    Where every ticket is listed, they are those of the frozen pool, and the draw is made anew. Of a larger pool the
    record holds the first only: that none was left out before them, the draw's file shows (hub lot check).
    """
    names = [*record.seats, *record.reserves]
    is_listed = len(set(names)) == len(names) == len(record.strata) == min(found.tickets, found.size + rules.RESERVES)
    if not is_listed or len(record.seats) != found.size:
        return OTHER_ORDER
    tickets = [rules.ticket_of(*pair) for pair in zip(names, record.strata, strict=True)]
    quotas = rules.parse_quotas(found.quotas)
    if len(names) < found.tickets:
        return _walked(record, tickets, quotas)
    try:
        pool = make_pool(tickets)
        panel = draw_panel(pool, found.size, quotas, record.seed)
    except (Unreadable, Refusal):
        return OTHER_ORDER
    drawn = [[ticket.name for ticket in part] for part in (panel.accepted, panel.reserves)]
    is_frozen = pool_hash(pool) == found.pool
    return YES if is_frozen and (panel.round, drawn) == (record.round, [record.seats, record.reserves]) else OTHER_ORDER


def _walked(record: DrawMade, tickets: Sequence[Ticket], quotas: Sequence[Quota]) -> Verdict:
    order = order_of(tuple(tickets), record.seed, record.round)
    taken = [ticket.name for ticket in walk(order, len(record.seats), quotas) or ()]
    left = [ticket.name for ticket in order if ticket.name not in set(taken)]
    return YES if (taken, left) == (record.seats, record.reserves) else OTHER_ORDER


@applies(DrawMade, warrant=may_make)
def make(tx: Connection, entry: Entry, record: DrawMade, said: Said) -> None:
    """Notes the order, and offers the seats from now on. The step has what it waited for."""
    due = clock.parse_minute(record.due)
    here = sa.update(draws).where(draws.c.act == record.act, draws.c.step == record.step)
    values = {"seed": record.seed, "round": record.round, "file": record.file, "made_at": due}
    tx.execute(here.values(**values, made_entry=entry.index))
    empty: dict[str, Any] = dict.fromkeys(("holder", "accepted_at", "grant", "reason"))
    rows = []
    for rank, ticket in enumerate([*record.seats, *record.reserves]):
        is_seat = rank < len(record.seats)
        row = {"ticket": ticket, "act": record.act, "step": record.step, "rank": rank, "stratum": record.strata[rank]}
        row |= {"state": "offered" if is_seat else "reserve", "seat": rank if is_seat else None}
        rows.append({**empty, **row, "offered_at": entry.at if is_seat else None})
    tx.execute(sa.insert(draw_seats), rows)
    acts.state_fact(tx, entry, act=record.act, fact="drawn", at=due)


def may_accept(tx: Connection, entry: Entry, record: DrawAccepted) -> Verdict:
    """Within 48 hours of the offer, by somebody not in conflict and once, for exactly the seat's days."""
    seat, state = queries.seat(tx, record.ticket), act_queries.find(tx, record.act)
    is_this = seat is not None and state is not None and (seat.act, seat.step) == (record.act, record.step)
    if not is_this or seat is None or state is None or seat.state != "offered":
        return no("draws.not_offered", "No seat is offered to this ticket.")
    if entry.at >= seat.offered_at + rules.ANSWER:
        return no("draws.too_late", "The 48 hours are over. The next in the order follows.")
    by = state.steps[record.step].by
    if by in ("scrutineers", "panel") and not state.is_open:
        return no("draws.over", "What this was drawn for is over.")
    if record.holder in conflicted(tx, state, by, entry.at):
        return no("draws.conflict", "Nobody sits in what concerns themselves, or those they hold an office with.")
    if any(row.holder == record.holder for row in queries.order(tx, record.act, record.step)):
        return no("draws.seated_before", "Whoever accepted has one seat.")
    if by != "caretakers":
        text = constitution.of_entry(tx, state.constitution)
        room = seats.has_room(tx, text, rules.OFFICES[by].role, state.scope, entry.at, act=state.id)
        if not room:
            return room
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
    return YES if owed == (*claimed, *map(clock.parse_minute, (record.due, record.until))) else NOT_DUE


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


def owes_nothing(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """The seats of a draw are taken by those drawn, one by one: its effect appends nothing."""
    return NOT_DUE
