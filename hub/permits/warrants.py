"""Checks of an entry's warrant, from public tables alone, the same live and on replay.

by = the entry of a grant   office(permission, scope_of): live at ``at``, carries the permission, reaches the scope
by = a constitution's entry  right: the constitution in force; that a member did it rests on the hub's word
by = nothing                 due: the clock's own moves and effects, recomputable by anyone
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.errors import YES, Verdict, no
from hub.ledger import Entry
from hub.ledger.entries import Warrant
from hub.permits import freezes, queries
from hub.permits.actor import Grant
from hub.permits.live import is_live, stands
from hub.permits.models import role_powers
from hub.permits.predicates import DORMANT, reaches
from hub.permits.rules import FREEZABLE, IN_COMPANY, TENURED, frozen, has_tenure
from hub.permits.scope import Scope

ScopeOf = Callable[[Connection, Any], Scope | None]

NO_WARRANT = no("permits.no_warrant", "No live grant in the record gives the power to do this.")
_IN_FORCE = sa.select(role_powers.c.constitution).limit(1)


def office(permission: str, scope_of: ScopeOf, *, ends: bool = False) -> Warrant:
    """Returns the check that ``by`` is a live grant carrying a permission in the scope the record is about.

    ends: whether the entry only takes away: that nobody freezes.
    """

    def check(tx: Connection, entry: Entry, record: Any) -> Verdict:
        scope = scope_of(tx, record)
        grant = warranting_grant(tx, entry)
        if scope is None or grant is None or permission not in grant.permissions or not reaches(grant, scope):
            return NO_WARRANT
        return may_use(tx, grant, permission, scope, entry.at, ends=ends)

    return check


def may_use(
    tx: Connection, grant: Grant, permission: str, scope: Scope, at: dt.datetime, *, ends: bool = False
) -> Verdict:
    """Says whether a live grant's power can be used now: held long enough, not by one where it takes two, not frozen.

    Nor in a place to which nobody belongs, from wherever the grant reaches into it. ends: as of office.
    Source: GO-04, GO-06, GO-08; governance.md 9.1 number 5. The predicates say so beforehand; this one holds for
    whoever replays.
    """
    if queries.dormant_since(tx, scope.id) is not None:
        return DORMANT
    if permission in TENURED:
        verdict = has_tenure(grant, queries.held_since(tx, grant), at)
        if not verdict:
            return verdict
    if permission in IN_COMPANY and queries.how_many_carry(tx, permission, scope, at) < 2:
        return no("permits.one_left", "There is one organiser left here. Until others are chosen, this has to wait.")
    if permission in FREEZABLE and not ends:
        stops = [row for row in freezes.live(tx, scope=scope, at=at) if row.permission == permission]
        return frozen(stops[0].until_at) if stops else YES
    return YES


def warranting_grant(tx: Connection, entry: Entry) -> Grant | None:
    """Returns the grant an entry names as its warrant, if it is live at the entry's own moment."""
    grant = None if entry.by is None else queries.grant_by_entry(tx, entry.by)
    return grant if grant is not None and is_live(grant, entry.at) else None


def standing_grant(tx: Connection, entry: Entry) -> Grant | None:
    """Returns the grant an entry names as its warrant, if its term runs then: for what an office answers, not does.

    To answer for an office, or to lay it down, is nobody's power: a measure that rests the office does not take it.
    """
    grant = None if entry.by is None else queries.grant_by_entry(tx, entry.by)
    return grant if grant is not None and stands(grant, entry.at) else None


def right(tx: Connection, entry: Entry, _record: Any) -> Verdict:
    """Checks that ``by`` is the constitution in force, which gives every verified member the right."""
    if entry.by is not None and entry.by == tx.scalar(_IN_FORCE):
        return YES
    return no("permits.no_right", "A right rests on the constitution in force, and this entry names another.")


_due: list[Warrant] = []


def answer_due(check: Warrant) -> Warrant:
    """Lets the acts, a room above, say whether an effect is due: registered once, when that room is loaded."""
    _due[:] = [check]
    return check


_lapse: list[Warrant] = []


def answer_lapse(check: Warrant) -> Warrant:
    """Lets the standing, a room above, say whether a grant may lapse: registered once, when that room is loaded."""
    _lapse[:] = [check]
    return check


def lapse(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Checks that the roster ends a grant no faster than the rules allow."""
    return _lapse[0](tx, entry, record)


_emptied: list[Warrant] = []


def answer_emptied(check: Warrant) -> Warrant:
    """Lets the branches, a room above, say whether a grant of an empty place may end: registered when it is loaded."""
    _emptied[:] = [check]
    return check


def emptied(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Checks that a grant ends because nobody belongs to its place any more."""
    return _emptied[0](tx, entry, record)


def due(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Checks that an effect is what a running act owes at its present step."""
    return _due[0](tx, entry, record)
