"""Who belongs to a scope, as people who may sign and vote: a list for the machine, a number for everybody else."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.branches.models import branches
from hub.constitution import queries as constitution
from hub.groups.models import memberships
from hub.people.models import standings
from hub.permits import Scope

SPURT = dt.timedelta(days=7)  # how long before a roll sudden growth is looked for
FEW = 2  # newcomers who are no growth anywhere


def persons_in(scope: Scope) -> sa.Select[tuple[str]]:
    """Returns the select of the persons with running standing in a scope.

    Everybody at the hub; of a branch, those verified in its area; of a group, its members.
    """
    standing = sa.select(standings.c.person).where(standings.c.until_at.is_(None))
    if scope.kind == "branch":
        area = sa.select(branches.c.area).where(branches.c.id == scope.id).scalar_subquery()
        return standing.where(standings.c.area == area)
    if scope.kind == "group":
        inside = sa.select(memberships.c.person)
        inside = inside.where(memberships.c.group == scope.id, memberships.c.until_at.is_(None))
        return standing.where(standings.c.person.in_(inside))
    return standing


def size(tx: Connection, scope: Scope) -> int:
    """Returns how many people belong to a scope."""
    return tx.scalar(sa.select(sa.func.count()).select_from(persons_in(scope).subquery())) or 0


def belongs(tx: Connection, scope: Scope, person: str | None) -> bool:
    """Tells whether somebody belongs to a scope."""
    return person is not None and tx.scalar(persons_in(scope).where(standings.c.person == person)) is not None


def roll_in(tx: Connection, scope: Scope, at: dt.datetime) -> sa.Select[tuple[str]]:
    """Returns the select of the persons who stand on a roll of a scope that is drawn up at a moment.

    Members of the days it takes (of a group: in the group, or there when it began), and not those of a spurt of growth
    in the week before: whom this hub met in these days, or who moved here. Source: governance.md sections 2.3 and 9.2.
    """
    numbers = constitution.in_force(tx)[0].numbers
    old = persons_in(scope).where(standings.c.since <= (at - dt.timedelta(days=numbers["eligible_after_days"])).date())
    if scope.kind == "group":
        return old.where(standings.c.person.in_(_settled_in_group(scope, at, numbers["eligible_after_days"])))
    new = _came_since(scope, at - SPURT)
    arrived = tx.scalar(sa.select(sa.func.count()).select_from(persons_in(scope).where(new).subquery())) or 0
    before = size(tx, scope) - arrived
    return old.where(~new) if is_spurt(arrived, before, numbers["growth_percent"]) else old


def counts_for_roll(tx: Connection, scope: Scope, person: str | None, at: dt.datetime) -> bool:
    """Tells whether somebody stands on a roll of a scope that is drawn up at a moment."""
    mine = None if person is None else roll_in(tx, scope, at).where(standings.c.person == person)
    return mine is not None and tx.scalar(mine) is not None


def is_spurt(arrived: int, before: int, percent: int) -> bool:
    """Tells whether so many newcomers in a week to so many are sudden growth; one or two never are."""
    return arrived > max(FEW, before * percent // 100)


def _came_since(scope: Scope, since: dt.datetime) -> sa.ColumnElement[bool]:
    # What was there before these moments were kept has been there for long.
    began = sa.and_(standings.c.begun_at.is_not(None), standings.c.begun_at > since)
    moved = sa.and_(standings.c.area_since.is_not(None), standings.c.area_since > since)
    return sa.or_(began, moved) if scope.kind == "branch" else began


def _settled_in_group(scope: Scope, at: dt.datetime, days: int) -> sa.Select[tuple[str]]:
    settled = sa.or_(memberships.c.since <= at - dt.timedelta(days=days), memberships.c.by == "founding")
    mine = sa.select(memberships.c.person).where(memberships.c.group == scope.id, memberships.c.until_at.is_(None))
    return mine.where(settled)
