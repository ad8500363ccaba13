"""Who belongs to a group, or asks to: the viewer's own, and what a site may learn of a member. Counts, too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.groups.models import group_counts, group_seats, groups, memberships, requests
from hub.permits import Actor, Scope

_OPEN_MEMBERSHIP = (
    sa.select(memberships.c.since)
    .where(memberships.c.group == sa.bindparam("group"), memberships.c.person == sa.bindparam("person"))
    .where(memberships.c.until_at.is_(None))
)
_BRANCH_OF = sa.select(groups.c.branch).where(groups.c.id == sa.bindparam("group"))
_MINE = (
    sa.select(groups.c.slug, groups.c.registered_entry)
    .join_from(memberships, groups, groups.c.id == memberships.c.group)
    .where(memberships.c.person == sa.bindparam("person"), memberships.c.until_at.is_(None))
    .where(groups.c.registered_entry.is_not(None), groups.c.ended_entry.is_(None))
)
_MINE_ONE = _MINE.where(groups.c.id == sa.bindparam("group"))
_MINE_HERE = _MINE.where(groups.c.branch == sa.bindparam("branch"))
_LIVE_SLUG = sa.select(groups.c.slug).where(
    groups.c.id == sa.bindparam("group"), groups.c.registered_entry.is_not(None), groups.c.ended_entry.is_(None)
)


class Belonging(NamedTuple):
    """A group somebody belongs to. registered_entry: what its slug rests on."""

    slug: str
    registered_entry: int


@dataclass(frozen=True)
class Reach:
    """Of which groups a site learns: one, those of one branch, or all."""

    group: str | None = None
    branch: str | None = None


def member_since(tx: Connection, group: str, viewer: Actor) -> dt.datetime | None:
    """Returns since when the viewer belongs to a group, or None."""
    if viewer.person is None or viewer.standing is None:
        return None
    return tx.scalar(_OPEN_MEMBERSHIP, {"group": group, "person": viewer.person})


def reach_of(tx: Connection, group: str, tells: str) -> Reach:
    """Returns the reach of a site of a group. tells: group, branch or hub."""
    if tells == "hub":
        return Reach()
    return Reach(group=group) if tells == "group" else Reach(branch=tx.scalar(_BRANCH_OF, {"group": group}))


def slugs_of(tx: Connection, person: str, reach: Reach) -> list[Belonging]:
    """Returns the groups within a reach that a person belongs to."""
    asked = {"person": person, "group": reach.group, "branch": reach.branch}
    if reach.group is not None:
        return [Belonging(*row) for row in tx.execute(_MINE_ONE, asked)]
    return [Belonging(*row) for row in tx.execute(_MINE if reach.branch is None else _MINE_HERE, asked)]


def slug_in(tx: Connection, scope: Scope, reach: Reach) -> str | None:
    """Returns the slug of a group's scope if it lies within a reach and the group lives."""
    if scope.kind != "group" or (reach.group or scope.id) != scope.id or (reach.branch or scope.branch) != scope.branch:
        return None
    return tx.scalar(_LIVE_SLUG, {"group": scope.id})


def open_request(tx: Connection, group: str, viewer: Actor) -> dt.datetime | None:
    """Returns when the viewer asked to join, if nobody has answered yet."""
    if viewer.person is None:
        return None
    mine = sa.select(requests.c.asked_at).where(
        requests.c.group == group, requests.c.person == viewer.person, requests.c.answered_at.is_(None)
    )
    return tx.scalar(mine)


def open_requests(tx: Connection, group: str) -> list[Row[Any]]:
    """Returns who waits to be accepted: id, person, asked_at; the oldest first."""
    waiting = sa.select(requests).where(requests.c.group == group, requests.c.answered_at.is_(None))
    return list(tx.execute(waiting.order_by(requests.c.asked_at, requests.c.id)))


def published_count(tx: Connection, group: str) -> int | None:
    """Returns the published number of members, rounded down to ten; None before the first day is over."""
    return tx.scalar(sa.select(group_counts.c.members).where(group_counts.c.group == group))


def places_taken(tx: Connection, group: str) -> int:
    """Returns how many places of a group are taken."""
    return tx.scalar(sa.select(group_seats.c.taken).where(group_seats.c.group == group)) or 0
