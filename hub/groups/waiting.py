"""Who asked to join, for the eyes of whoever accepts members: a few at a time, and each of them reads that they did."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub import looks
from hub.groups import queries
from hub.groups.queries import Group
from hub.permits import Actor, P, require

AT_ONCE = 10  # requests on one page, the oldest: whoever would see more answers these first


@dataclass(frozen=True)
class Waiting:
    """A request as an officer sees it. nickname: None where its member chose to be shown as a member only."""

    id: str
    nickname: str | None
    asked_at: dt.datetime


def look_at_requests(tx: Connection, *, group: Group, actor: Actor) -> tuple[list[Waiting], int]:
    """Returns the oldest requests, and how many there are; writes for each that the officer looked.

    Raises Forbidden, and TooMany beyond the day's budget (PR-06).
    """
    grant = require(actor, P.MEMBERSHIPS_ACCEPT, group.scope)
    rows = queries.open_requests(tx, group.id)
    oldest = rows[:AT_ONCE]
    people = [row.person for row in oldest]
    seen = looks.open_fields(tx, actor=actor, grant=grant, purpose="request", about=group.id, people=people)
    return [Waiting(row.id, _shown(seen[row.person]), row.asked_at) for row in oldest], len(rows)


def _shown(fields: dict[str, str | None]) -> str | None:
    return fields["nickname"] if fields["shown"] == "nickname" else None
