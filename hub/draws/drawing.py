"""The clock's work of a draw: freeze the pool when the act comes to it; draw when the chain has signed its round.

No officer has a hand in who is drawn: they name no ticket, choose no source and no moment. Whoever brings what the
chain signed can bring nothing else.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import chance, clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect, work
from hub.acts.state import ActState
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
    """Freezes the pool of the step an act stands at, or voids it; tells whether there was something to do."""
    found = queries.find(tx, state.id, state.step)
    if found is None:
        return prepare(tx, state, now)
    return not found.is_made and void(tx, state, found)


def prepare(tx: Connection, state: ActState, now: dt.datetime) -> bool:
    """Gives everybody who may be drawn a ticket, and publishes the pool. Not where nobody can be drawn, or in time."""
    by, frozen = state.current.by, clock.minute(now)
    source, until = owing.source(tx, state, frozen), owing.objections_until(tx, state, frozen)
    if not lot.source_fits(source, until or frozen):
        return False
    if source.known >= state.due and state.current.short != "extend":
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
    chance.shuffle(tickets)
    tx.execute(sa.insert(draw_tickets), tickets)
    raw = format_pool(make_pool(rules.ticket_of(row["ticket"], row["stratum"]) for row in tickets))  # type: ignore[arg-type]  # both are text
    name = files.keep(tx, state.id, state.step, raw)
    quotas = rules.quotas_of(strata, size)
    said = counted(saying.of_pool(tx, [one.person for one in found], state.current.asks), state.current.asks)
    prepared = DrawPrepared(
        state.id, state.step, len(tickets), size, name, quotas, source.chain.hash, source.name,
        clock.format_minute(source.known), None if until is None else clock.format_minute(until),
        said,
    )  # fmt: skip
    ledger.append(tx, prepared, by=None, at=frozen)
    return True


def void(tx: Connection, state: ActState, found: queries.Draw) -> bool:
    """Voids a pool that two found wrong; tells whether it was. Another follows at once, its source later."""
    objection = queries.upheld(tx, found)
    if objection is None:
        return False
    due = clock.format_minute(objection.settled_at)
    ledger.append(tx, DrawVoided(state.id, state.step, objection.entry, due), by=None)
    return True


def draw_from(tx: Connection, act: str, said: str) -> bool:
    """Draws from the pool that an act waits with, and moves the act on. said: the signature of its round.

    Whoever may bring it, the caller has asked. Raises RuleViolation draws.* where it is too early, wrong or too late;
    False on a copy of the hub, which does not know whose the tickets are.
    """
    ledger.hold(tx)
    state = act_queries.get(tx, act)
    found = queries.find(tx, act, state.step)
    drawn = found is not None and not found.is_made and make(tx, state, found, said)
    acts.run(tx, act)
    return drawn


def make(tx: Connection, state: ActState, found: queries.Draw, said: str) -> bool:
    """Draws, and tells those drawn, before anybody knows them. False on a copy of the hub. Raises RuleViolation."""
    tickets = _tickets(tx, state)
    if not tickets:
        return False
    drawn = make_draw(
        state.id, found.frozen_at, found.size, rules.parse_quotas(found.quotas),
        [rules.ticket_of(row.ticket, row.stratum) for row in tickets], found.named, said, files.odds(tx, found.pool),
    )  # fmt: skip
    name = files.keep(tx, state.id, state.step, format_draw(drawn))
    strata = {row.ticket: row.stratum for row in tickets}
    reserves = list(drawn.reserves[: rules.RESERVES])
    listed = [*drawn.accepted, *reserves]
    made = DrawMade(
        state.id, state.step, said, drawn.seed, drawn.round, name, list(drawn.accepted), reserves,
        [strata[ticket] for ticket in listed],
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
