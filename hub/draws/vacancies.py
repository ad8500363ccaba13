"""Reads: where nobody takes care, or nobody will stand by to. Quick looks over all branches and groups."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.acts.models import acts as act_rows
from hub.branches.models import branches
from hub.draws import owing
from hub.draws.models import draw_seats
from hub.groups.models import groups, memberships
from hub.permits import Scope, branch_scope, group_scope
from hub.permits.models import grants


def uncared(tx: Connection, now: dt.datetime) -> list[Scope]:
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


def vacant(tx: Connection, now: dt.datetime) -> list[Scope]:
    """Returns the scopes where somebody stands by and nobody holds a mandate or takes care."""
    cared = set(tx.scalars(sa.select(grants.c.scope_id).where(_caring(now))))
    return [scope for scope in _registered(tx) if scope.id not in cared]


_BRANCHES, _GROUPS = (
    sa.select(table).where(table.c.registered_entry.is_not(None), table.c.ended_entry.is_(None))
    for table in (branches, groups)
)


def _registered(tx: Connection) -> list[Scope]:
    """Returns every branch and group that is registered and has not ended, in the order of the record."""
    found: list[tuple[int, Scope]] = []
    for there, make in ((_BRANCHES, _branch), (_GROUPS, _group)):
        found += [(row.registered_entry, make(row)) for row in tx.execute(there)]
    return [scope for _entry, scope in sorted(found, key=lambda one: one[0])]


def _branch(row: Row[Any]) -> Scope:
    return branch_scope(row.id)


def _group(row: Row[Any]) -> Scope:
    return group_scope(row.id, row.branch)


def _pairs(tx: Connection, query: sa.Select[tuple[str, Any]]) -> dict[str, Any]:
    return {row[0]: row[1] for row in tx.execute(query)}


def _caring(now: dt.datetime) -> sa.ColumnElement[bool]:
    """The clause of owing.cares, of grants whose term runs."""
    return sa.and_(
        grants.c.role.in_((owing.ORGANISER, owing.CARETAKER)),
        grants.c.source.in_(("founding", "election", "lot", "caretaker")),
        grants.c.from_at <= now,
        grants.c.until_at > now,
        sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > now),
    )
