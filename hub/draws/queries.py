"""Reads: a draw with its objections and seats, as everybody sees it; and what is one's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.acts.models import acts
from hub.acts.state import ActState
from hub.draws import chain, rules
from hub.draws.models import (
    draw_counts,
    draw_judgements,
    draw_objections,
    draw_seats,
    draw_tickets,
    draw_voids,
    draw_wishes,
    draws,
)
from hub.errors import NotFound
from hub.lot.pool import Unreadable
from hub.lot.replacing import Seats
from hub.lot.sources import Source, parse_source
from hub.permits import HUB, Scope
from hub.permits.models import grants
from hub.permits.scope import branch_scope, group_scope, stored_scope


@dataclass(frozen=True)
class Draw:
    """A draw. made_entry and what follows are None until it is made; quotas and source as the record has them."""

    act: str
    step: int
    tickets: int
    size: int
    pool: str
    quotas: tuple[str, ...]
    source: str
    frozen_at: dt.datetime
    known_at: dt.datetime
    objections_until: dt.datetime | None
    prepared_entry: int
    said: str | None
    seed: str | None
    round: int | None
    file: str | None
    made_at: dt.datetime | None
    made_entry: int | None

    @property
    def is_made(self) -> bool:
        """Tells whether somebody was drawn."""
        return self.made_entry is not None

    @property
    def named(self) -> Source:
        """Its source of randomness."""
        return source_of(self.source)

    @property
    def stands_from(self) -> dt.datetime:
        """From when on nothing voids its pool: when its source becomes known."""
        return self.known_at

    @property
    def counts(self) -> dict[str, int]:
        """How many tickets each stratum has."""
        return rules.counts_in(self.quotas)


@dataclass(frozen=True)
class Objection:
    """What a member said against a pool. pool_entry: the entry that prepared it; reason: None where withdrawn.

    judgements: (holder, or None for a member; upheld; when), in the order of the record.
    """

    entry: int
    act: str
    step: int
    pool_entry: int
    reason: str | None
    at: dt.datetime
    judgements: tuple[tuple[str | None, bool, dt.datetime], ...]

    @property
    def settled(self) -> bool | None:
        """Whether two upheld it, or two did not; None while it waits."""
        return rules.settled(upheld for _holder, upheld, _at in self.judgements)

    @property
    def settled_at(self) -> dt.datetime:
        """When it was settled: nobody judges it after that."""
        return self.judgements[-1][2]


def source_of(name: str) -> Source:
    """Reads a source that the store names. Raises NotFound for one that this process does not draw by.

    A store that was filled as a demo can hold such; nothing of it counts where draws are in earnest.
    """
    try:
        return parse_source(name, chain.in_force())
    except Unreadable as problem:
        raise NotFound("draws.other_beacon", "This draw rests on another beacon than this hub's.") from problem


_DRAW = sa.select(draws).where(draws.c.act == sa.bindparam("act"), draws.c.step == sa.bindparam("step"))
_VOIDS = (
    sa.select(draw_voids)
    .where(draw_voids.c.act == sa.bindparam("act"), draw_voids.c.step == sa.bindparam("step"))
    .order_by(draw_voids.c.prepared_entry)
)
_STANDING_BY = (
    sa.select(draw_seats)
    .join_from(draw_seats, acts, acts.c.id == draw_seats.c.act)
    .where(acts.c.procedure == "draw_caretaker", acts.c.scope_id == sa.bindparam("scope"))
    .where(draw_seats.c.state == "accepted", draw_seats.c.grant.is_(None))
    .order_by(acts.c.opened_entry.desc(), draw_seats.c.seat)
)
_ACTS_IN = (
    sa.select(acts)
    .where(acts.c.procedure == sa.bindparam("procedure"), acts.c.scope_id == sa.bindparam("scope"))
    .order_by(acts.c.opened_entry.desc())
)


def find(tx: Connection, act: str, step: int) -> Draw | None:
    """Returns the draw of an act's step, or None before its pool is frozen."""
    row = tx.execute(_DRAW, {"act": act, "step": step}).first()
    return None if row is None else _draw(row)


def of_act(tx: Connection, act: str) -> list[Draw]:
    """Returns the draws of an act, in the order of its steps."""
    return [_draw(row) for row in tx.execute(sa.select(draws).where(draws.c.act == act).order_by(draws.c.step))]


def objections(tx: Connection, act: str, step: int) -> list[Objection]:
    """Returns the objections to the pools of an act's step, those that were voided included, in their order."""
    here = sa.select(draw_objections).where(draw_objections.c.act == act, draw_objections.c.step == step)
    rows = list(tx.execute(here.order_by(draw_objections.c.entry)))
    given = sa.select(draw_judgements).where(draw_judgements.c.objection.in_([row.entry for row in rows]))
    found: dict[int, list[tuple[str | None, bool, dt.datetime]]] = {row.entry: [] for row in rows}
    for one in tx.execute(given.order_by(draw_judgements.c.entry)) if rows else ():
        found[one.objection].append((one.holder, bool(one.upheld), one.at))
    return [Objection(**{**row._mapping, "judgements": tuple(found[row.entry])}) for row in rows]


def objection(tx: Connection, act: str, step: int, entry: int) -> Objection | None:
    """Returns one of them by its entry, or None."""
    return next((one for one in objections(tx, act, step) if one.entry == entry), None)


def upheld(tx: Connection, found: Draw) -> Objection | None:
    """Returns the first objection to a pool that two found right before its source was known, or None."""
    listed = objections(tx, found.act, found.step)
    mine = [one for one in listed if one.pool_entry == found.prepared_entry and one.settled]
    return next(iter(mine), None)


def voids(tx: Connection, act: str, step: int) -> list[Row[Any]]:
    """Returns the pools of an act's step that were voided, in their order."""
    return list(tx.execute(_VOIDS, {"act": act, "step": step}))


def counts(tx: Connection, prepared_entry: int) -> dict[str, list[tuple[str, int]]]:
    """Returns how many in a pool said what of themselves: word to (answer, how many, in tens)."""
    here = sa.select(draw_counts).where(draw_counts.c.prepared_entry == prepared_entry)
    found: dict[str, list[tuple[str, int]]] = {}
    for row in tx.execute(here.order_by(draw_counts.c.word, draw_counts.c.answer)):
        found.setdefault(row.word, []).append((row.answer, row.many))
    return found


def order(tx: Connection, act: str, step: int) -> list[Row[Any]]:
    """Returns the published order of a draw: seats and reserves, whatever became of them."""
    here = sa.select(draw_seats).where(draw_seats.c.act == act, draw_seats.c.step == step)
    return list(tx.execute(here.order_by(draw_seats.c.rank)))


def seat(tx: Connection, ticket: str) -> Row[Any] | None:
    """Returns what became of a ticket in a made draw, or None."""
    return tx.execute(sa.select(draw_seats).where(draw_seats.c.ticket == ticket)).first()


def any_seat(tx: Connection, tickets: list[str]) -> bool:
    """Tells whether any of these tickets stands in a made draw."""
    there = sa.select(draw_seats.c.ticket).where(draw_seats.c.ticket.in_(tickets))
    return tx.scalar(there.limit(1)) is not None


def seats_of(rows: list[Row[Any]]) -> Seats:
    """Returns a draw's seats and reserves as they now are, as hub.lot replaces in them."""
    taken = sorted((row for row in rows if row.state in ("offered", "accepted")), key=lambda row: row.seat)
    left = [row for row in rows if row.state == "reserve"]
    keys = frozenset(row.stratum.partition("=")[0] for row in rows if row.stratum)
    seats, reserves = ([rules.ticket_of(row.ticket, row.stratum) for row in part] for part in (taken, left))
    return Seats(tuple(seats), tuple(reserves), keys)


def seated_before(tx: Connection, act: str, step: int, at: dt.datetime) -> int:
    """Returns how many sit in an act by an earlier draw of it: for a count that was voided, not for the one after."""
    mine = sa.select(sa.func.count()).join_from(draw_seats, grants, grants.c.id == draw_seats.c.grant)
    stand = sa.and_(grants.c.until_at > at, sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > at))
    return tx.scalar(mine.where(draw_seats.c.act == act, draw_seats.c.step < step, stand)) or 0


def unanswered(tx: Connection, now: dt.datetime) -> list[Row[Any]]:
    """Returns the seats whose 48 hours are over."""
    late = sa.select(draw_seats).where(draw_seats.c.state == "offered", draw_seats.c.offered_at <= now - rules.ANSWER)
    return list(tx.execute(late.order_by(draw_seats.c.offered_at, draw_seats.c.act, draw_seats.c.rank)))


def standing_by(tx: Connection, scope: Scope) -> list[Row[Any]]:
    """Returns who stands by to take care of a scope: the newest draw first, then in its order."""
    return list(tx.execute(_STANDING_BY, {"scope": scope.id}))


def my_tickets(tx: Connection, person: str) -> list[Row[Any]]:
    """Returns a person's own tickets, the newest draw first: ticket, act, step, stratum, and what became of each."""
    mine = sa.select(draw_tickets, draw_seats.c.state, draw_seats.c.offered_at, draw_seats.c.rank, draws.c.frozen_at)
    mine = mine.join_from(draw_tickets, draw_seats, draw_seats.c.ticket == draw_tickets.c.ticket, isouter=True)
    mine = mine.join(draws, sa.and_(draws.c.act == draw_tickets.c.act, draws.c.step == draw_tickets.c.step))
    mine = mine.where(draw_tickets.c.person == person)
    return list(tx.execute(mine.order_by(draws.c.prepared_entry.desc())))


def person_of(tx: Connection, ticket: str) -> str | None:
    """Returns whose a ticket is, or None on a copy of the hub. For this room and nobody's page."""
    found: str | None = tx.scalar(sa.select(draw_tickets.c.person).where(draw_tickets.c.ticket == ticket))
    return found


def wishes(tx: Connection, person: str) -> tuple[bool, bool]:
    """Returns whether a person may be drawn at home, and whether they offer themselves for councils and panels."""
    row = tx.execute(sa.select(draw_wishes).where(draw_wishes.c.person == person)).first()
    return (True, False) if row is None else (bool(row.at_home), bool(row.volunteers))


def scope_of(scope: str, branch: str | None) -> Scope | None:
    """Returns the scope that an entry names, or None."""
    if scope == "hub":
        return HUB
    if scope.startswith("brn_"):
        return branch_scope(scope) if branch == scope else None
    return None if branch is None else group_scope(scope, branch)


def acts_in(tx: Connection, procedure: str, scope: Scope) -> list[Row[Any]]:
    """Returns the acts of a procedure in a scope, the newest first: id, opened_at, outcome, closed_at, opened_entry."""
    return list(tx.execute(_ACTS_IN, {"procedure": procedure, "scope": scope.id}))


def word_of(state: ActState, step: int) -> str:
    """Returns for what an act draws at a step: council, panel and so on."""
    return state.steps[step].by


def stored(row: Row[Any]) -> Scope:
    """Returns the scope of an act's row."""
    return stored_scope(row.scope_kind, row.scope_id, row.branch_id)


def _draw(row: Row[Any]) -> Draw:
    values = dict(row._mapping)
    values["quotas"] = tuple(row.quotas)
    return Draw(**values)
