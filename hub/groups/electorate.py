"""Who belongs to a scope, as people who may sign and vote: a list for the machine, a number for everybody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

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


def persons_at(scope: Scope, at: dt.datetime) -> sa.Select[tuple[str]]:
    """Returns the select of who belonged to a scope at a moment, however late it is asked: spells have dates.

    Of somebody who moved since, and once, the area they lived in then. Who moved twice between a roll's moment and its
    late call counts for the area between.
    """
    running = sa.and_(
        sa.or_(standings.c.begun_at.is_(None), standings.c.begun_at <= at),
        sa.or_(standings.c.until_at.is_(None), standings.c.until_at > at),
    )
    standing = sa.select(standings.c.person).where(running)
    if scope.kind == "branch":
        area = sa.select(branches.c.area).where(branches.c.id == scope.id).scalar_subquery()
        return standing.where(area_at(at) == area)
    if scope.kind == "group":
        return standing.where(standings.c.person.in_(_inside_at(scope, at)))
    return standing


def persons_since(scope: Scope, at: dt.datetime) -> sa.Select[tuple[str]]:
    """Returns the select of who belongs to a scope, and did by the end of a moment's minute already."""
    then = at.replace(second=59, microsecond=0)
    return persons_in(scope).where(standings.c.person.in_(persons_at(scope, then)))


def area_at(at: dt.datetime) -> sa.ColumnElement[str | None]:
    """Returns the area of a standing at a moment: the one before, where it changed since."""
    return sa.case((standings.c.area_since > at, standings.c.area_before), else_=standings.c.area)


def size(tx: Connection, scope: Scope) -> int:
    """Returns how many people belong to a scope."""
    return tx.scalar(sa.select(sa.func.count()).select_from(persons_in(scope).subquery())) or 0


def belongs(tx: Connection, scope: Scope, person: str | None, since: dt.datetime | None = None) -> bool:
    """Tells whether somebody belongs to a scope. since: and did by then already."""
    here = persons_in(scope) if since is None else persons_since(scope, since)
    return person is not None and tx.scalar(here.where(standings.c.person == person)) is not None


def roll_in(
    tx: Connection, scope: Scope, at: dt.datetime, numbers: Mapping[str, int]
) -> sa.Select[tuple[str, str | None]]:
    """Returns the select of the persons who stand on a roll of a scope that is drawn up at a moment, with their areas.

    numbers: of the rules that the roll's act was opened with. Members of the days it takes (of a group: in the group,
    or there when it began), and not those of a spurt of growth in the week before: whom this hub met in these days, or
    who moved here. The same whenever it is asked. Source: governance.md sections 2.3 and 9.2.

    In a group of a new heir the roster must say that they were members for all these days: whoever likes joins there.
    """
    days, then = days_it_takes(tx, scope, at, numbers), persons_at(scope, at)
    old = then.add_columns(area_at(at).label("area"))
    known = numbers["eligible_after_days"] if scope.kind == "group" else days
    old = old.where(standings.c.since <= (at - dt.timedelta(days=known)).date())
    if scope.kind == "group":
        old = old.where(standings.c.person.in_(_inside_at(scope, at).where(_is_settled(at, days))))
        if days == known:
            return old
    new = sa.func.coalesce(_came_between(scope, at - SPURT, at), sa.false())
    there = tx.scalar(sa.select(sa.func.count()).select_from(then.subquery())) or 0
    arrived = tx.scalar(sa.select(sa.func.count()).select_from(then.where(new).subquery())) or 0
    return old.where(~new) if is_spurt(arrived, there - arrived, numbers["growth_percent"]) else old


def days_it_takes(tx: Connection, scope: Scope, at: dt.datetime, numbers: Mapping[str, int]) -> int:
    """Returns for how many days somebody must have belonged to a scope, to stand on a roll drawn up at a moment.

    On an heir whoever came back in its first so many days has: everybody is new to it, and else nobody could vote. A
    spurt of growth counts for nothing there, either. Source: GO-32.
    """
    days, hub = numbers["eligible_after_days"], constitution.hub(tx)
    if hub.continues_origin is None:
        return days
    began: dt.datetime = hub.since
    return max(0, min(days, (at - began).days - days))


def is_spurt(arrived: int, before: int, percent: int) -> bool:
    """Tells whether so many newcomers in a week to so many are sudden growth; one or two never are."""
    return arrived > max(FEW, before * percent // 100)


def _came_between(scope: Scope, since: dt.datetime, at: dt.datetime) -> sa.ColumnElement[bool]:
    if scope.kind == "group":
        joined = sa.and_(memberships.c.since > since, memberships.c.by != "founding")
        return standings.c.person.in_(_inside_at(scope, at).where(joined))
    # What was there before these moments were kept has been there for long.
    began = sa.and_(standings.c.begun_at > since, standings.c.begun_at <= at)
    moved = sa.and_(standings.c.area_since > since, standings.c.area_since <= at)
    return sa.or_(began, moved) if scope.kind == "branch" else began


def _inside_at(scope: Scope, at: dt.datetime) -> sa.Select[tuple[str]]:
    still = sa.or_(memberships.c.until_at.is_(None), memberships.c.until_at > at)
    return sa.select(memberships.c.person).where(memberships.c.group == scope.id, memberships.c.since <= at, still)


def _is_settled(at: dt.datetime, days: int) -> sa.ColumnElement[bool]:
    return sa.or_(memberships.c.since <= at - dt.timedelta(days=days), memberships.c.by == "founding")
