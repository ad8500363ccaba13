"""The verbs: wish, object, judge, read, accept, decline; and the clock's: open draws, replace the silent, take care."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.models import acts as act_rows
from hub.acts.rules import ActState
from hub.branches.models import branches
from hub.constitution import queries as constitution
from hub.constitution.actions import accept_office
from hub.draws import drawing, files, letters, objections_fold, owing, pools, queries, readings_fold, rules, seats_fold
from hub.draws.conflicts import concerned
from hub.draws.entries import (
    CaretakerBegun,
    DrawAccepted,
    DrawJudged,
    DrawObjected,
    DrawOpened,
    DrawReplaced,
    DrawRevealed,
)
from hub.draws.models import (
    draw_files,
    draw_objectors,
    draw_readers,
    draw_seats,
    draw_tickets,
    draw_voids,
    draw_wishes,
    draws,
)
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation, no
from hub.groups import electorate
from hub.groups.models import groups, memberships
from hub.lot import draw as lot
from hub.lot.files import format_draw, parse_draw
from hub.lot.pool import Unreadable
from hub.permits import HUB, Actor, R, Scope, branch_scope, group_scope, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.models import grants
from hub.permits.predicates import code_is_fresh

# As long as any seat drawn by lot may last: until then somebody may have to follow.
KEPT = dt.timedelta(days=400)
_TAKE_PART = sa.text(
    "INSERT INTO draw_objectors (about, person, act) VALUES (:about, :who, :key) ON CONFLICT DO NOTHING"
)
_READ = sa.text("INSERT INTO draw_readers (act, step, person) VALUES (:key, :step, :who) ON CONFLICT DO NOTHING")


def wish(tx: Connection, *, at_home: bool, volunteers: bool, actor: Actor) -> None:
    """Keeps whether the actor may be drawn. Raises Forbidden without standing.

    It counts for pools that are frozen from now on.
    """
    require_right(actor, R.ACCEPT_OFFICE, HUB)
    tx.execute(sa.delete(draw_wishes).where(draw_wishes.c.person == actor.person))
    row = {"person": actor.person, "at_home": int(at_home), "volunteers": int(volunteers)}
    tx.execute(sa.insert(draw_wishes), row)


def reveal(tx: Connection, *, act: str, texts: Sequence[str], actor: Actor) -> None:
    """Types in what the sources said, in their order. Two equal readings make the draw, by themselves.

    By an office there, or by a member whom the record does not name for it. Raises NotFound, Invalid with a mistake for
    each source, Forbidden for who may not, RuleViolation draws.*.
    """
    ledger.hold(tx)
    state = act_queries.get(tx, act)
    found = queries.find(tx, act, state.step)
    if found is None or not state.is_open:
        raise NotFound
    said = _read(found, texts)
    grant = next((g for g in permits.live_grants(tx, scope=state.scope) if g.holder == actor.holder), None)
    if grant is not None:
        fresh = code_is_fresh(actor, R.ACCEPT_OFFICE, state.scope, clock.now())
        if not fresh:
            raise Forbidden(fresh)
        ledger.append(tx, DrawRevealed(act, state.step, grant.holder, said), by=grant.entry)
    else:
        if actor.holder in concerned(tx, state, clock.now()):
            raise Forbidden(no("acts.own_case", "Nobody has a hand in what is about themselves."))
        _insist_on_belonging(tx, state, actor)
        ledger.append(tx, DrawRevealed(act, state.step, None, said), by=right_of_members(tx))
    if not tx.execute(_READ, {"key": act, "step": state.step, "who": actor.person}).rowcount:
        raise RuleViolation(readings_fold.READ_BEFORE.code, readings_fold.READ_BEFORE.sentence)
    acts.run(tx, act)


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


def has_read(tx: Connection, act: str, step: int, actor: Actor) -> bool:
    """Tells the actor whether they have read a draw's sources."""
    mine = sa.select(draw_readers.c.person).where(draw_readers.c.act == act, draw_readers.c.step == step)
    return tx.scalar(mine.where(draw_readers.c.person == actor.person)) is not None


def my_seat(tx: Connection, act: str, person: str | None) -> Row[Any] | None:
    """Returns the seat of an act that is offered to a person, or that they hold; the offered first. Nobody else's."""
    mine = sa.select(draw_seats).join(draw_tickets, draw_tickets.c.ticket == draw_seats.c.ticket)
    mine = mine.where(draw_seats.c.act == act, draw_tickets.c.person == person)
    found = mine.where(draw_seats.c.state.in_(("offered", "accepted"))).order_by(draw_seats.c.state.desc())
    return tx.execute(found.limit(1)).first()


def accept(tx: Connection, *, act: str, shown: str, actor: Actor) -> None:
    """Takes the seat for which the actor was drawn. By this they take a name in the record, if they had none.

    Raises NotFound where no seat is offered to them, Forbidden, RuleViolation draws.* and for missing passkeys.
    """
    seat, state = _offered(tx, act, actor)
    office = rules.OFFICES[state.steps[seat.step].by]
    text = constitution.of_entry(tx, state.constitution)
    holder = accept_office(tx, role=office.role, rules=text, shown=shown, actor=actor)
    grant = until = None
    if office.role != owing.CARETAKER:
        now = clock.minute(clock.now())
        grant, until = ids.new("grt"), clock.format_minute(seats_fold.until_of(tx, state, seat, now))
    record = DrawAccepted(act, seat.step, seat.ticket, holder, grant, until)
    ledger.append(tx, record, by=right_of_members(tx))
    if grant is None:
        take_care(tx, state.scope)


def decline(tx: Connection, *, act: str, actor: Actor) -> None:
    """Leaves the seat to the next in the order. Nobody learns who it was. Raises NotFound where none is offered."""
    seat, _state = _offered(tx, act, actor)
    replace(tx, seat, "declined")


def replace(tx: Connection, seat: Row[Any], reason: str) -> bool:
    """Lets the next of the same stratum follow, in the published order; tells whether it could.

    Not on a copy of the hub, which does not know whose the tickets are; nor beyond the order that the record holds.
    """
    state, found = act_queries.get(tx, seat.act), queries.find(tx, seat.act, seat.step)
    assert found is not None
    raw = files.kept(tx, found.file or "")
    if raw is None:
        return False
    order = queries.order(tx, seat.act, seat.step)
    passing = _passing(tx, state, seat, order)
    known = {row.ticket for row in order}
    changed = lot.with_replacement(parse_draw(raw), seat.ticket, reason, passing)
    last = changed.replaced[-1]
    if last.successor is not None and last.successor not in known:
        return False
    name = files.keep(tx, seat.act, seat.step, format_draw(changed))
    record = DrawReplaced(
        seat.act, seat.step, seat.ticket, reason, [ticket for ticket, _why in last.passed],
        [why for _ticket, why in last.passed], last.successor, name,
    )  # fmt: skip
    ledger.append(tx, record, by=None)
    letters.tell_drawn(tx, seat.act, [last.successor] if last.successor else [])
    return True


def forget(tx: Connection) -> int:
    """Forgets whose tickets there were, and the files kept for replacements, of draws whose last seat has ended.

    The published files stay; they name nobody. Returns how many draws were forgotten.
    """
    over = sa.select(act_rows.c.id).where(act_rows.c.closed_at < clock.now() - KEPT)
    tables = [(table, table.c.act) for table in (draw_tickets, draw_files, draw_readers, draw_objectors)]
    old = set(tx.scalars(sa.select(draw_files.c.act).where(draw_files.c.act.in_(over), draw_files.c.published == 1)))
    for table, act in tables:
        tx.execute(sa.delete(table).where(act.in_(old)))
    return len(old)


def tick(tx: Connection) -> int:
    """What the clock owes of draws by now, one thing after another; returns how many entries it came to."""
    ledger.hold(tx)
    return open_owed(tx) + prepare_owed(tx) + replace_owed(tx) + begin_owed(tx)


def open_owed(tx: Connection) -> int:
    """Opens the draws that are needed and for which there is somebody to draw; returns how many."""
    now, opened = clock.now(), 0
    for procedure, scope in [("draw_council", HUB), *(("draw_caretaker", scope) for scope in _uncared(tx, now))]:
        if not owing.may_open(tx, procedure, scope, now) or not _can_draw(tx, procedure, scope, now):
            continue
        act = ids.new("act")
        ledger.append(tx, DrawOpened(act, procedure, scope.id, scope.branch), by=None)
        acts.run(tx, act)
        opened += 1
    return opened


def prepare_owed(tx: Connection) -> int:
    """Prepares another pool where one was voided and none could follow at once; returns for how many."""
    here = sa.and_(draws.c.act == draw_voids.c.act, draws.c.step == draw_voids.c.step)
    mine = sa.and_(act_rows.c.id == draw_voids.c.act, act_rows.c.step == draw_voids.c.step)
    waiting = sa.select(draw_voids.c.act).distinct().join(act_rows, mine).join(draws, here, isouter=True)
    found = tx.scalars(waiting.where(act_rows.c.outcome.is_(None), draws.c.act.is_(None)).order_by(draw_voids.c.act))
    return sum(drawing.hold(tx, act_queries.get(tx, act), clock.now()) for act in list(found))


def replace_owed(tx: Connection) -> int:
    """Replaces who did not answer in 48 hours, and who accepted and can no longer sit; returns how many."""
    now = clock.now()
    silent = [(seat, "silent") for seat in queries.unanswered(tx, now)]
    return sum(replace(tx, seat, reason) for seat, reason in [*silent, *_gone(tx, now)])


def begin_owed(tx: Connection) -> int:
    """Lets those who stand by take care wherever nobody holds a mandate; returns how many began."""
    return sum(take_care(tx, scope) for scope in _vacant(tx, clock.now()))


def take_care(tx: Connection, scope: Scope) -> int:
    """Lets the next who stands by take care of a scope, as long as nobody does; returns how many began."""
    begun = 0
    while found := owing.next_caretaker(tx, scope, clock.now()):
        seat, due = found
        state, person = act_queries.get(tx, seat.act), queries.person_of(tx, seat.ticket)
        why = None if person is None else pools.obstacle(tx, state, "caretakers", clock.now(), person)
        if why is not None:
            if not replace(tx, seat, why):
                break
            continue
        days = constitution.of_entry(tx, state.constitution).terms["caretaker"]
        until = clock.format_minute(due + dt.timedelta(days=days))
        record = CaretakerBegun(
            seat.act, seat.step, seat.ticket, seat.holder, ids.new("grt"), scope.id, scope.branch,
            clock.format_minute(due), until,
        )  # fmt: skip
        ledger.append(tx, record, by=None)
        letters.tell_caretaker(tx, seat.ticket, f"/draws/{seat.act}")
        begun += 1
    return begun


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


def _read(found: queries.Draw, texts: Sequence[str]) -> list[str]:
    said, mistakes = [], {}
    for place, source in enumerate(found.named):
        try:
            said.append(rules.read(source, texts[place] if place < len(texts) else ""))
        except Unreadable as problem:
            mistakes[f"source_{place}"] = str(problem)
    if mistakes:
        raise Invalid(mistakes)
    return said


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


def _passing(tx: Connection, state: ActState, seat: Row[Any], order: list[Row[Any]]) -> dict[str, str]:
    """Returns the reserves before the first who can sit, each with the reason."""
    passing, by, now = {}, state.steps[seat.step].by, clock.now()
    for row in order:
        if row.state != "reserve" or row.stratum != seat.stratum:
            continue
        person = queries.person_of(tx, row.ticket)
        why = "left" if person is None else pools.obstacle(tx, state, by, now, person)
        if why is None:
            break
        passing[row.ticket] = why
    return passing


def _gone(tx: Connection, now: dt.datetime) -> list[tuple[Row[Any], str]]:
    """Returns the seats of acts that still run whose holders' grants ended: resigned, or no member any more."""
    ended = sa.select(draw_seats).join(grants, grants.c.id == draw_seats.c.grant)
    ended = ended.where(draw_seats.c.state == "accepted", grants.c.source == "lot", grants.c.ended_at.is_not(None))
    rows = list(tx.execute(ended.order_by(draw_seats.c.act, draw_seats.c.rank)))
    return [(row, "left") for row in rows if act_queries.get(tx, row.act).is_open]


def _can_draw(tx: Connection, procedure: str, scope: Scope, now: dt.datetime) -> bool:
    """Tells whether a pool could be frozen now: the hub's word, which the opening states."""
    text, entry = constitution.in_force(tx)
    state = ActState("", procedure, scope, scope.id, text.procedures[procedure].steps, 0, now, constitution=entry)
    by = rules.PROCEDURES[procedure]
    free = owing.free_seats(tx, state, now)
    return free > 0 and len(pools.drawable(tx, state, by, now)) >= owing.least_tickets(tx, by, free, now)


def _registered(tx: Connection) -> list[Scope]:
    """Returns every branch and group that is registered and has not ended, in the order of the record."""
    found: list[tuple[int, Scope]] = []
    for table, make in ((branches, _branch), (groups, _group)):
        there = sa.select(table).where(table.c.registered_entry.is_not(None), table.c.ended_entry.is_(None))
        found += [(row.registered_entry, make(row)) for row in tx.execute(there)]
    return [scope for _entry, scope in sorted(found, key=lambda one: one[0])]


def _branch(row: Row[Any]) -> Scope:
    return branch_scope(row.id)


def _group(row: Row[Any]) -> Scope:
    return group_scope(row.id, row.branch)


def _uncared(tx: Connection, now: dt.datetime) -> list[Scope]:
    """Returns the scopes where a draw of caretakers may be needed: a quick look before the exact one.

    A group needs more members than organisers, or nobody is there to be drawn.
    """
    caring = sa.select(grants.c.scope_id, sa.func.count()).where(_caring(now)).group_by(grants.c.scope_id)
    organise = _pairs(tx, caring)
    mine = act_rows.c.procedure == "draw_caretaker"
    newest = sa.select(act_rows.c.scope_id, sa.func.max(act_rows.c.opened_at)).where(mine)
    elect = sa.select(act_rows.c.scope_id, sa.func.max(act_rows.c.closed_at)).where(act_rows.c.procedure == "elect")
    opened = _pairs(tx, newest.group_by(act_rows.c.scope_id))
    elected = _pairs(tx, elect.where(act_rows.c.outcome == "done").group_by(act_rows.c.scope_id))
    busy = set(tx.scalars(sa.select(act_rows.c.scope_id).where(mine, act_rows.c.outcome.is_(None))))
    waiting = sa.select(act_rows.c.scope_id).join_from(act_rows, draw_seats, draw_seats.c.act == act_rows.c.id)
    waiting = waiting.where(mine, draw_seats.c.state.in_(("offered", "accepted")), draw_seats.c.grant.is_(None))
    kept = set(tx.scalars(waiting))

    def is_settled(scope: str) -> bool:
        rests = scope in organise and scope in opened and now < opened[scope] + owing.REST
        return not (scope in elected and elected[scope] > opened.get(scope, now)) and (scope in kept or rests)

    found = [scope for scope in _registered(tx) if scope.id not in busy and not is_settled(scope.id)]
    inside = sa.select(memberships.c.group, sa.func.count()).where(memberships.c.until_at.is_(None))
    inside = inside.where(memberships.c.group.in_([scope.id for scope in found]))
    many = _pairs(tx, inside.group_by(memberships.c.group)) if found else {}
    return [scope for scope in found if scope.kind == "branch" or many.get(scope.id, 0) > organise.get(scope.id, 0)]


def _pairs(tx: Connection, query: sa.Select[tuple[str, Any]]) -> dict[str, Any]:
    return {row[0]: row[1] for row in tx.execute(query)}


def _vacant(tx: Connection, now: dt.datetime) -> list[Scope]:
    """Returns the scopes where somebody stands by and nobody holds a mandate or takes care."""
    cared = set(tx.scalars(sa.select(grants.c.scope_id).where(_caring(now))))
    return [scope for scope in _registered(tx) if scope.id not in cared]


def _caring(now: dt.datetime) -> sa.ColumnElement[bool]:
    """The clause of owing.cares, of grants whose term runs."""
    return sa.and_(
        grants.c.role.in_((owing.ORGANISER, owing.CARETAKER)),
        grants.c.source.in_(("founding", "election", "lot", "caretaker")),
        grants.c.from_at <= now,
        grants.c.until_at > now,
        sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > now),
    )
