"""The clock's work of a draw: freeze the pool when the act comes to it, draw when two have read the same.

No officer has a hand in who is drawn: they name no ticket, choose no source and no moment.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts.effects import effect, work
from hub.acts.rules import ActState
from hub.draws import files, fold, letters, owing, pools, queries, rules, saying
from hub.draws.entries import DrawMade, DrawPrepared, DrawVoided
from hub.draws.models import draw_tickets
from hub.draws.strata import counted
from hub.lot import rules as lot
from hub.lot.draw import make_draw
from hub.lot.files import format_draw
from hub.lot.pool import format_pool, make_pool


@work("draw")
def hold(tx: Connection, state: ActState, now: dt.datetime) -> bool:
    """Freezes the pool of the step an act stands at, or draws from it; tells whether there was something to do."""
    found = queries.find(tx, state.id, state.step)
    if found is None:
        return prepare(tx, state, now)
    return not found.is_made and (void(tx, state, found) or make(tx, state, found))


def prepare(tx: Connection, state: ActState, now: dt.datetime) -> bool:
    """Gives everybody who may be drawn a ticket, and publishes the pool. Not where nobody can be drawn, or in time."""
    by, frozen = state.current.by, clock.minute(now)
    sources, until = owing.sources(tx, state, frozen), owing.objections_until(tx, state, frozen)
    known = max((source.known for source in sources), default=frozen)
    if not lot.sources_fit(sources, until or frozen):
        return False
    if known >= state.due and state.current.short != "extend":
        return False
    found, free = pools.drawable(tx, state, by, frozen), owing.free_seats(tx, state, frozen)
    size = min(free, len(found))
    if size < 1 or len(found) < owing.least_tickets(tx, by, free, frozen):
        return False
    strata = rules.strata_of(one.branch for one in found) if rules.OFFICES[by].everywhere else [""] * len(found)
    tickets = [
        {"ticket": ids.new("tkt"), "act": state.id, "step": state.step, "person": one.person, "stratum": stratum}
        for one, stratum in zip(found, strata, strict=True)
    ]
    # Of a pool that was voided, nobody's ticket is worth anything any more.
    earlier = sa.delete(draw_tickets).where(draw_tickets.c.act == state.id, draw_tickets.c.step == state.step)
    tx.execute(earlier)
    # Rows stand in no order that tells who came when.
    random.SystemRandom().shuffle(tickets)
    tx.execute(sa.insert(draw_tickets), tickets)
    raw = format_pool(make_pool(rules.ticket_of(row["ticket"], row["stratum"]) for row in tickets))  # type: ignore[arg-type]  # both are text
    name = files.keep(tx, state.id, state.step, raw)
    quotas = rules.quotas_of(strata, size)
    said = counted(saying.of_pool(tx, [one.person for one in found], state.current.asks), state.current.asks)
    prepared = DrawPrepared(
        state.id, state.step, len(tickets), size, name, quotas, [source.name for source in sources],
        clock.format_minute(known), None if until is None else clock.format_minute(until),
        said,
    )  # fmt: skip
    ledger.append(tx, prepared, by=None, at=frozen)
    return True


def void(tx: Connection, state: ActState, found: queries.Draw) -> bool:
    """Voids a pool that two found wrong; tells whether it was. Another follows at once, its sources later."""
    objection = queries.upheld(tx, found)
    if objection is None:
        return False
    due = clock.format_minute(objection.settled_at)
    ledger.append(tx, DrawVoided(state.id, state.step, objection.entry, due), by=None)
    return True


def make(tx: Connection, state: ActState, found: queries.Draw) -> bool:
    """Draws, once two have read the same; tells those drawn, before anybody knows them. False on a copy of the hub."""
    reading = rules.agreed(queries.readings(tx, state.id, state.step))
    tickets = _tickets(tx, state) if reading is not None else []
    if reading is None or not tickets:
        return False
    drawn = make_draw(
        state.id, found.frozen_at, found.size, rules.parse_quotas(found.quotas),
        [rules.ticket_of(row.ticket, row.stratum) for row in tickets], found.named,
        [rules.parse_reading(text) for text in reading.said], files.odds(tx, found.pool),
    )  # fmt: skip
    name = files.keep(tx, state.id, state.step, format_draw(drawn))
    strata = {row.ticket: row.stratum for row in tickets}
    reserves = list(drawn.reserves[: rules.RESERVES])
    listed = [*drawn.accepted, *reserves]
    made = DrawMade(
        state.id, state.step, clock.format_minute(reading.at), drawn.seed, drawn.round, name, list(drawn.accepted),
        reserves, [strata[ticket] for ticket in listed],
    )  # fmt: skip
    ledger.append(tx, made, by=None)
    letters.tell_drawn(tx, state.id, drawn.accepted)
    return True


@effect("office.seat", owes=fold.owes_nothing)
def seat(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Nothing more: those drawn take their seats by accepting."""


@effect("office.caretake", owes=fold.owes_nothing)
def caretake(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Nothing more: those who accept stand by, and begin by themselves when nobody holds a mandate."""


def _tickets(tx: Connection, state: ActState) -> list[Any]:
    here = sa.select(draw_tickets).where(draw_tickets.c.act == state.id, draw_tickets.c.step == state.step)
    return list(tx.execute(here))
