"""Reads: whether an account is being closed, and who has been gone for two years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts.models import acts
from hub.db import metadata
from hub.leaving.models import closings
from hub.people import queries as people
from hub.permits import queries as permits

AWAY = dt.timedelta(days=730)


def closes_at(tx: Connection, person: str) -> dt.datetime | None:
    """Returns when a person's account closes, as they asked; None where it does not."""
    return tx.scalar(sa.select(closings.c.due_at).where(closings.c.person == person))


def runs_with(tx: Connection, holders: Collection[str]) -> set[str]:
    """Returns which of some holders an act that still runs names: a candidate, whoever was drawn, offered or recalled.

    Until it is over they are not erased: whatever it gives them has to find that they left.
    """
    running = sa.select(acts.c.id).where(acts.c.outcome.is_(None))
    tables = [
        table
        for table in metadata.tables.values()
        if table.info["kind"] == "public" and {"act", "holder"} <= {*table.c.keys()}
    ]
    return {
        holder
        for table in tables
        for holder in tx.scalars(sa.select(table.c.holder).where(table.c.holder.in_(holders), table.c.act.in_(running)))
    }


def gone(tx: Connection, most: int) -> list[str]:
    """Returns people whose last membership ended two years ago, and claimants of as long ago without an office."""
    since = clock.now() - AWAY
    strangers = people.strangers_since(tx, since, most)
    known = {person: permits.holder_of_person(tx, person) for person in strangers}
    idle = [person for person, holder in known.items() if not (holder and permits.carried_by(tx, holder))]
    return (people.away_since(tx, since, most) + idle)[:most]
