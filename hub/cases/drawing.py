"""Who is never drawn for a case, by what the record does not say: the sides, their branches, whoever sits beside them;
and whoever is suspended, and could not accept. Only here: these pools have no strata, and their size says nothing, as
two branches that nobody knows are missing from each.

Source: GO-12, GO-14; governance.md 4.2, panels from other branches.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts.state import ActState
from hub.cases import barring, queries
from hub.clock import now
from hub.draws.conflicts import appointers
from hub.draws.pools import keeps_out
from hub.groups.models import memberships
from hub.people.models import standings
from hub.permits import queries as permits
from hub.permits.models import holdings


@keeps_out("duty", "jurors")
def barred(tx: Connection, state: ActState) -> frozenset[str]:
    """Returns the persons who are drawn for nothing in a case or its appeal."""
    case = queries.case_of(tx, state)
    found = queries.parties(tx, case)
    if found is None:
        return frozenset()
    sides = {found.complainant, found.respondent}
    earlier = queries.persons_drawn(tx, [case]) if state.id != case else set()
    return frozenset(sides | _neighbours(tx, sides) | _colleagues(tx, sides) | earlier | barring.suspended(tx))


def _neighbours(tx: Connection, sides: set[str]) -> set[str]:
    """Everybody of the branches of the sides, and of the groups that both belong to the same way."""
    areas = sa.select(standings.c.area).where(standings.c.person.in_(sides), standings.c.area.is_not(None))
    same = set(tx.scalars(sa.select(standings.c.person).where(standings.c.area.in_(areas))))
    groups = sa.select(memberships.c.group).where(memberships.c.person.in_(sides), memberships.c.until_at.is_(None))
    inside = sa.select(memberships.c.person).where(memberships.c.group.in_(groups), memberships.c.until_at.is_(None))
    return same | set(tx.scalars(inside))


def _colleagues(tx: Connection, sides: set[str]) -> set[str]:
    """Everybody with an office where a side has one, and whoever appointed a side."""
    held = [holder for one in sides if (holder := permits.holder_of_person(tx, one)) is not None]
    theirs = [one.scope for holder in held for one in permits.standing_grants(tx, holder=holder)]
    beside = {one.holder for scope in theirs for one in permits.standing_grants(tx, scope=scope, at=now())}
    who = beside | appointers(tx, held)
    return set(tx.scalars(sa.select(holdings.c.person).where(holdings.c.holder.in_(who))))
