"""The verbs of people: wish, object, judge, read, accept, decline. The clock's stand in ticking."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.constitution.actions import accept_office
from hub.draws import drawing, letters, objections_fold, owing, queries, rules, seats_fold, ticking
from hub.draws.conflicts import concerned
from hub.draws.entries import (
    DrawAccepted,
    DrawJudged,
    DrawObjected,
)
from hub.draws.models import (
    draw_objectors,
    draw_seats,
    draw_tickets,
    draw_wishes,
)
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation, no
from hub.groups import electorate
from hub.lot.pool import Unreadable
from hub.lot.sources import parse_value
from hub.permits import HUB, Actor, R, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.actor import FOR_ONE_ACT
from hub.permits.predicates import code_is_fresh

_TAKE_PART = sa.text(
    "INSERT INTO draw_objectors (about, person, act) VALUES (:about, :who, :key) ON CONFLICT DO NOTHING"
)


def wish(tx: Connection, *, at_home: bool, volunteers: bool, actor: Actor) -> None:
    """Keeps whether the actor may be drawn. Raises Forbidden without standing.

    It counts for pools that are frozen from now on.
    """
    require_right(actor, R.ACCEPT_OFFICE, HUB)
    tx.execute(sa.delete(draw_wishes).where(draw_wishes.c.person == actor.person))
    row = {"person": actor.person, "at_home": int(at_home), "volunteers": int(volunteers)}
    tx.execute(sa.insert(draw_wishes), row)


def reveal(tx: Connection, *, act: str, text: str, actor: Actor) -> None:
    """Types in what the source said: the draw is made in that minute. By any member; the hub reads it by itself, too.

    Nobody has to believe whoever types: what the chain did not sign is refused, and nothing is written.
    Raises NotFound, Forbidden for who is no member, Invalid with a sentence, RuleViolation draws.*.
    """
    _state, found = _waiting(tx, act)
    require_right(actor, R.SIGN, HUB)
    if clock.now() < found.known_at:
        raise RuleViolation("draws.not_known", f"The source becomes known {clock.format_minute(found.known_at)}.")
    try:
        said = parse_value(found.named, text)
    except Unreadable as problem:
        raise Invalid({"source": str(problem)}) from problem
    if not drawing.draw_from(tx, act, said):
        raise RuleViolation("draws.copy", "This copy of the hub does not know whose the tickets are: it draws nobody.")


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Says, with a reason, that the pool of a draw is wrong. By a member of where it draws from, or in it.

    Who said it is not in the record. Raises NotFound, Invalid without a reason, Forbidden, RuleViolation draws.*.
    """
    state, found = _waiting(tx, act)
    require_right(actor, R.COMPLAIN, HUB)
    if not may_object(tx, state, found, actor):
        raise Forbidden(no("draws.not_here", "This is for members of where somebody is to be drawn."))
    if not reason.strip():
        raise Invalid({"reason": "Enter what is wrong with the pool. Everybody reads it."})
    record = DrawObjected(act, state.step, found.prepared_entry)
    ledger.append(tx, record, by=right_of_members(tx), words={"reason": reason.strip()})
    if not _once(tx, act, found.prepared_entry, actor):
        raise RuleViolation(objections_fold.OBJECTED_BEFORE.code, objections_fold.OBJECTED_BEFORE.sentence)
    letters.tell_judges(tx, act, objections_fold.judges(tx, state, clock.now()) - {actor.holder})


def may_object(tx: Connection, state: ActState, found: queries.Draw, actor: Actor) -> bool:
    """Tells whether a pool may concern the actor: it draws from where they are a member, or has a ticket of theirs."""
    if actor.person is None:
        return False
    everywhere = rules.OFFICES[queries.word_of(state, found.step)].everywhere
    mine = sa.select(draw_tickets.c.ticket).where(draw_tickets.c.act == found.act, draw_tickets.c.step == found.step)
    has_ticket = tx.scalar(mine.where(draw_tickets.c.person == actor.person)) is not None
    return has_ticket or electorate.belongs(tx, HUB if everywhere else state.scope, actor.person)


def judge(tx: Connection, *, act: str, objection: int, upheld: bool, actor: Actor) -> None:
    """Finds that an objection is right, or that it is not. Two who uphold it void the pool, and another is prepared.

    By an office there; once the objections are over, or where fewer than two hold one, by any member, whom the record
    does not name. Raises NotFound, Forbidden, RuleViolation draws.*.
    """
    state, found = _waiting(tx, act)
    if queries.objection(tx, act, state.step, objection) is None:
        raise NotFound
    if has_part(tx, found.prepared_entry, actor):
        raise RuleViolation(objections_fold.OWN_OBJECTION.code, objections_fold.OWN_OBJECTION.sentence)
    now = clock.now()
    grant = next((g for g in permits.live_grants(tx, scope=state.scope) if g.holder == actor.holder), None)
    if grant is not None and grant.holder in objections_fold.judges(tx, state, now):
        fresh = code_is_fresh(actor, R.ACCEPT_OFFICE, state.scope, now)
        if not fresh:
            raise Forbidden(fresh)
        ledger.append(tx, DrawJudged(act, state.step, objection, grant.holder, upheld), by=grant.entry)
    else:
        if actor.holder in concerned(tx, state, now) | objections_fold.operators(tx, now):
            raise Forbidden(no("acts.own_case", "Nobody has a hand in what is about themselves."))
        _insist_on_belonging(tx, state, actor)
        ledger.append(tx, DrawJudged(act, state.step, objection, None, upheld), by=right_of_members(tx))
    if not _once(tx, act, objection, actor):
        raise RuleViolation(objections_fold.JUDGED_BEFORE.code, objections_fold.JUDGED_BEFORE.sentence)
    acts.run(tx, act)


def has_part(tx: Connection, about: int, actor: Actor) -> bool:
    """Tells the actor whether they objected to a pool, or judged an objection. about: its entry."""
    mine = sa.select(draw_objectors.c.person).where(draw_objectors.c.about == about)
    return tx.scalar(mine.where(draw_objectors.c.person == actor.person)) is not None


def my_seat(tx: Connection, act: str, person: str | None) -> Row[Any] | None:
    """Returns the seat of an act that is offered to a person, or that they hold; the offered first. Nobody else's."""
    mine = sa.select(draw_seats).join(draw_tickets, draw_tickets.c.ticket == draw_seats.c.ticket)
    mine = mine.where(draw_seats.c.act == act, draw_tickets.c.person == person)
    found = mine.where(draw_seats.c.state.in_(("offered", "accepted"))).order_by(draw_seats.c.state.desc())
    return tx.execute(found.limit(1)).first()


def accept(tx: Connection, *, act: str, shown: str, actor: Actor) -> str | None:
    """Takes the seat for which the actor was drawn. By this they take a name in the record, if they had none.

    Returns the grant of an office that begins now and is not for one act alone, or None.

    Raises NotFound where no seat is offered to them, Forbidden, RuleViolation draws.* and for missing passkeys.
    """
    seat, state = _offered(tx, act, actor)
    office = rules.OFFICES[state.steps[seat.step].by]
    text = constitution.of_entry(tx, state.constitution)
    holder = accept_office(tx, role=office.role, rules=text, shown=shown, actor=actor)
    grant = until = None
    ledger.hold(tx)
    now = clock.minute(clock.now())
    if office.role != owing.CARETAKER:
        grant, until = ids.new("grt"), clock.format_minute(seats_fold.until_of(tx, state, seat, now))
    record = DrawAccepted(act, seat.step, seat.ticket, holder, grant, until)
    ledger.append(tx, record, by=right_of_members(tx), at=now)
    if grant is None:
        ticking.take_care(tx, state.scope)
    return None if office.role in FOR_ONE_ACT else grant


def decline(tx: Connection, *, act: str, actor: Actor) -> None:
    """Leaves the seat to the next in the order. Nobody learns who it was. Raises NotFound where none is offered."""
    seat, _state = _offered(tx, act, actor)
    ticking.replace(tx, seat, "declined")


def _waiting(tx: Connection, act: str) -> tuple[ActState, queries.Draw]:
    ledger.hold(tx)
    state = act_queries.get(tx, act)
    found = queries.find(tx, act, state.step)
    if found is None or found.is_made or not state.is_open:
        raise NotFound
    return state, found


def _once(tx: Connection, act: str, about: int, actor: Actor) -> bool:
    """Notes that the actor took part, and tells whether it was for the first time."""
    return bool(tx.execute(_TAKE_PART, {"about": about, "who": actor.person, "key": act}).rowcount)


def _insist_on_belonging(tx: Connection, state: ActState, actor: Actor) -> None:
    require_right(actor, R.SIGN, HUB)
    if not electorate.belongs(tx, state.scope, actor.person):
        raise Forbidden(no("draws.not_here", "This is for members of the branch or group that the draw is for."))


def _offered(tx: Connection, act: str, actor: Actor) -> tuple[Row[Any], ActState]:
    # Two at once: the second sees whose turn it is once the first has left.
    ledger.hold(tx)
    seat = my_seat(tx, act, actor.person)
    if seat is None or seat.state != "offered":
        raise NotFound
    return seat, act_queries.get(tx, act)
