"""Who belongs to a scope, as people who may sign and vote: a list for the machine, a number for everybody else."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.branches.models import branches
from hub.groups.models import memberships
from hub.people.models import standings
from hub.permits import Scope


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
