"""The clock's verbs: open draws, replace the silent and the gone, let caretakers begin, forget what is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.models import acts as act_rows
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.draws import drawing, files, letters, owing, pools, queries, rules, vacancies
from hub.draws.entries import CaretakerBegun, DrawOpened, DrawReplaced
from hub.draws.models import (
    draw_files,
    draw_objectors,
    draw_seats,
    draw_tickets,
    draw_voids,
    draws,
)
from hub.lot import draw as lot
from hub.lot.files import format_draw, parse_draw
from hub.permits import HUB, Scope
from hub.permits.models import grants

# As long as any seat drawn by lot may last: until then somebody may have to follow.
KEPT = dt.timedelta(days=400)


def tick(tx: Connection) -> int:
    """What the clock owes of draws by now, one thing after another; returns how many entries it came to."""
    ledger.hold(tx)
    return open_owed(tx) + prepare_owed(tx) + replace_owed(tx) + begin_owed(tx)


def open_owed(tx: Connection) -> int:
    """Opens the draws that are needed and for which there is somebody to draw; returns how many."""
    now, opened = clock.now(), 0
    wanting = [("draw_caretaker", scope) for scope in vacancies.uncared(tx, now)]
    for procedure, scope in [("draw_council", HUB), *wanting]:
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
    return sum(take_care(tx, scope) for scope in vacancies.vacant(tx, clock.now()))


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


def forget(tx: Connection) -> int:
    """Forgets whose tickets there were, and the files kept for replacements, of draws whose last seat has ended.

    The published files stay; they name nobody. Returns how many draws were forgotten.
    """
    over = sa.select(act_rows.c.id).where(act_rows.c.closed_at < clock.now() - KEPT)
    tables = [(table, table.c.act) for table in (draw_tickets, draw_files, draw_objectors)]
    old = set(tx.scalars(sa.select(draw_files.c.act).where(draw_files.c.act.in_(over), draw_files.c.published == 1)))
    for table, act in tables:
        tx.execute(sa.delete(table).where(act.in_(old)))
    return len(old)


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
