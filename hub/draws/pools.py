"""Who may be drawn, from private tables: those who belong, have not said no, and are not in conflict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts.state import ActState
from hub.branches.models import branches
from hub.draws import rules
from hub.draws.conflicts import conflicted
from hub.draws.models import draw_wishes
from hub.groups import electorate
from hub.people.models import accounts, standings
from hub.permits import HUB
from hub.permits.models import holdings

Barred = Callable[[Connection, ActState], frozenset[str]]
_BARRED: dict[str, Barred] = {}


def keeps_out(*words: str) -> Callable[[Barred], Barred]:
    """Registers who is drawn for none of these words in an act, by what only its room knows: persons, not holders.

    It is the hub's word, as a pool is: the record does not say whom a case is about.
    """

    def register(barred: Barred) -> Barred:
        _BARRED.update(dict.fromkeys(words, barred))
        return barred

    return register


@dataclass(frozen=True)
class Drawable:
    """Somebody who may be drawn. branch: the slug of their branch, or None where there is none."""

    person: str
    branch: str | None


def drawable(tx: Connection, state: ActState, by: str, at: dt.datetime) -> list[Drawable]:
    """Returns who may be drawn in an act for what a word stands for, in no order that means anything."""
    out, barred = conflicted(tx, state, by, at), _barred(tx, state, by)
    rows = tx.execute(_wishing(state, by))
    return [Drawable(row.person, row.slug) for row in rows if row.holder not in out and row.person not in barred]


def obstacle(tx: Connection, state: ActState, by: str, at: dt.datetime, person: str) -> str | None:
    """Returns why somebody with a ticket can no longer sit (a reason of lot.replacing), or None."""
    holder = tx.scalar(sa.select(holdings.c.holder).where(holdings.c.person == person))
    if holder is not None and holder in conflicted(tx, state, by, at):
        return "conflict"
    if person in _barred(tx, state, by):
        return "conflict"
    scope = HUB if rules.OFFICES[by].everywhere else state.scope
    return None if electorate.belongs(tx, scope, person) else "left"


def _barred(tx: Connection, state: ActState, by: str) -> frozenset[str]:
    return _BARRED[by](tx, state) if by in _BARRED else frozenset()


def _wishing(state: ActState, by: str) -> sa.Select[tuple[str, str, str]]:
    """Selects everybody with an account who belongs and wishes to be drawn: person, their holder, their branch."""
    office = rules.OFFICES[by]
    inside = electorate.persons_in(HUB if office.everywhere else state.scope)
    wish = draw_wishes.c.volunteers if office.volunteers else sa.func.coalesce(draw_wishes.c.at_home, 1)
    there = sa.and_(branches.c.area == standings.c.area, branches.c.registered_entry.is_not(None))
    found = sa.select(standings.c.person, holdings.c.holder, branches.c.slug).select_from(
        standings.join(accounts, accounts.c.person == standings.c.person)
        .join(draw_wishes, draw_wishes.c.person == standings.c.person, isouter=True)
        .join(holdings, holdings.c.person == standings.c.person, isouter=True)
        .join(branches, sa.and_(there, branches.c.ended_entry.is_(None)), isouter=True)
    )
    return found.where(standings.c.until_at.is_(None), standings.c.person.in_(inside), wish == 1)
