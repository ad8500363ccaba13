"""The only writer of draws: their pools, and the order drawn. Checks from public tables alone.

What no outsider can recompute rests on the hub's word: who is in a pool, whose a ticket is, that somebody can be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.draws import owing, queries, rules, strata
from hub.draws.entries import (
    DrawMade,
    DrawOpened,
    DrawPrepared,
)
from hub.draws.models import draw_counts, draw_seats, draws
from hub.errors import YES, NotFound, Refusal, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.lot import rules as lot
from hub.lot.pool import Ticket, Unreadable, make_pool, pool_hash
from hub.lot.seed import make_seed
from hub.lot.sources import check_value
from hub.lot.walk import Quota, draw_panel, order_of, walk
from hub.permits import Scope

NOT_DUE = act_warrants.NOT_DUE
OTHER_ORDER = no("draws.other_order", "This is not the order that the seed gives.")


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
    """Once for a step, with a source that nobody can know for a day, and the seats and quotas that the rules give."""
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
    if not strata.may_be_told(record.said, state.current.asks, record.tickets):
        return no("draws.other_counts", "Counts of what members said are told in tens, and of what the rules ask for.")
    until = owing.objections_until(tx, state, entry.at)
    if record.objections != (None if until is None else clock.format_minute(until)):
        return no("draws.other_days", "The rules give other days to object to a pool.")
    named = owing.source(tx, state, entry.at)
    owed = (named.chain.hash, named.name, clock.format_minute(named.known))
    if (record.chain, record.source, record.known) != owed:
        return no("draws.other_source", "The minute of the freeze gives another source.")
    return lot.source_fits(named, until or entry.at)


@applies(DrawPrepared, warrant=may_prepare)
def prepare(tx: Connection, entry: Entry, record: DrawPrepared, said: Said) -> None:
    """Freezes the pool."""
    row: dict[str, Any] = dict.fromkeys(("said", "seed", "round", "file", "made_at", "made_entry"))
    row |= {"act": record.act, "step": record.step, "tickets": record.tickets, "size": record.size, "pool": record.pool}
    row |= {"quotas": list(record.quotas), "source": record.source, "frozen_at": entry.at}
    until = None if record.objections is None else clock.parse_minute(record.objections)
    row |= {"known_at": clock.parse_minute(record.known), "objections_until": until, "prepared_entry": entry.index}
    tx.execute(sa.insert(draws), row)
    if record.said:
        counts = [{"prepared_entry": entry.index, **count} for count in strata.rows_of(record.said)]
        tx.execute(sa.insert(draw_counts), counts)


def may_make(tx: Connection, entry: Entry, record: DrawMade) -> Verdict:
    """The chain signed its round, the seed is that of the frozen pool, and the order is the seed's.

    Nobody's word counts for what the chain said: its signature stands in the entry, and is checked here.
    """
    verdict = act_warrants.working("draw")(tx, entry, record)
    found = queries.find(tx, record.act, record.step)
    if not verdict or found is None or found.is_made:
        return verdict if not verdict else NOT_DUE
    if queries.any_seat(tx, [*record.seats, *record.reserves]):
        return OTHER_ORDER
    if entry.at < found.known_at:
        return no("draws.not_known", f"The source becomes known {clock.format_minute(found.known_at)}, not before.")
    if _is_too_late(tx, entry, record):
        return no("draws.too_late", "Its days are over: what follows from that has come to pass.")
    if queries.upheld(tx, found):
        return no("draws.found_wrong", "Two people found this pool wrong in time: another follows, with another round.")
    try:
        check_value(found.named, record.said)
    except (Unreadable, NotFound) as problem:
        return no("draws.not_signed", str(problem))
    if record.seed != make_seed(record.act, found.pool, record.said):
        return no("draws.other_seed", "The pool and what was read give another seed.")
    return _order_verdict(record, found)


def _is_too_late(tx: Connection, entry: Entry, record: DrawMade) -> bool:
    """Tells whether the days are over in which a panel of a case is drawn: no case sits, not even where no clock ran.

    Other draws may be made late: what they are for is served better late than never (docs/draws.md).
    """
    state = act_queries.get(tx, record.act)
    return state.current.by in rules.CASES and entry.at >= state.due


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
    here = sa.update(draws).where(draws.c.act == record.act, draws.c.step == record.step)
    values = {"said": record.said, "seed": record.seed, "round": record.round, "file": record.file}
    tx.execute(here.values(**values, made_at=entry.at, made_entry=entry.index))
    empty: dict[str, Any] = dict.fromkeys(("holder", "accepted_at", "grant", "reason"))
    rows = []
    for rank, ticket in enumerate([*record.seats, *record.reserves]):
        is_seat = rank < len(record.seats)
        row = {"ticket": ticket, "act": record.act, "step": record.step, "rank": rank, "stratum": record.strata[rank]}
        row |= {"state": "offered" if is_seat else "reserve", "seat": rank if is_seat else None}
        rows.append({**empty, **row, "offered_at": entry.at if is_seat else None})
    tx.execute(sa.insert(draw_seats), rows)
    acts.state_fact(tx, entry, act=record.act, fact="drawn", at=entry.at)


def owes_nothing(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """The seats of a draw are taken by those drawn, one by one: its effect appends nothing."""
    return NOT_DUE
