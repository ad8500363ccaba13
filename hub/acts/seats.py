"""How many may hold a role in one place at a time: asked of every source, where seats are offered and filled."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub.constitution.model import Constitution
from hub.errors import YES, Verdict, no
from hub.permits import queries as permits
from hub.permits.actor import FOR_ONE_ACT
from hub.permits.scope import Scope


def taken(tx: Connection, role: str, scope: Scope, at: dt.datetime, act: str | None = None) -> int:
    """Returns how many seats of a role are taken in a place at a moment, resting ones too.

    act: of a role that is drawn for one act, only the seats in that act count.
    """
    held = [grant for grant in permits.standing_grants(tx, scope=scope, at=at) if grant.role == role]
    return sum(role not in FOR_ONE_ACT or grant.act == act for grant in held)


def has_room(
    tx: Connection,
    text: Constitution,
    role: str,
    scope: Scope,
    at: dt.datetime,
    *,
    act: str | None = None,
    promised: int = 0,
) -> Verdict:
    """Says whether one more may hold a role in a place at a moment.

    text: the rules it goes by; act: as of taken; promised: seats that others may fill yet. Source: constitution, seats.
    """
    most = text.roles[role].seats_max if role in text.roles else 0
    if taken(tx, role, scope, at, act) + promised < most:
        return YES
    return no("acts.no_seat", f"There are {most} places for this office here, and all of them are taken or offered.")
