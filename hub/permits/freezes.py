"""Freezes: a power that one organiser stopped in one place. Live by its dates and its maker's office, by no job.

A freeze holds from <= at < until, and no longer than the office of whoever made it. Source: GO-08.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.permits.actor import Freeze
from hub.permits.models import grants, power_freezes
from hub.permits.rules import Span
from hub.permits.scope import Scope

_AT = sa.bindparam("at", type_=grants.c.from_at.type)
_LIVE = (
    sa.select(power_freezes)
    .join(grants, grants.c.id == power_freezes.c.grant)
    .where(
        power_freezes.c.frozen_entry.is_not(None),
        power_freezes.c.from_at <= _AT,
        power_freezes.c.until_at > _AT,
        grants.c.until_at > _AT,
        sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > _AT),
    )
    .order_by(power_freezes.c.until_at.desc(), power_freezes.c.told_entry)
)


def live(tx: Connection, *, scope: Scope | None = None, at: dt.datetime | None = None) -> list[Row[Any]]:
    """Returns the rows of the freezes that hold at a moment, everywhere or in one scope; the longest first."""
    asked = _LIVE
    if scope is not None:
        asked = asked.where(power_freezes.c.scope_kind == scope.kind, power_freezes.c.scope_id == scope.id)
    return list(tx.execute(asked, {"at": at or clock.now()}))


def all_live(tx: Connection) -> tuple[Freeze, ...]:
    """Returns every freeze that holds now: what an actor carries, so that nothing is asked for each power."""
    return tuple(Freeze(row.permission, row.scope_kind, row.scope_id, row.until_at) for row in live(tx))


def find(tx: Connection, act: str) -> Row[Any] | None:
    """Returns a freeze, whenever it held, or None."""
    return tx.execute(sa.select(power_freezes).where(power_freezes.c.act == act)).first()


def counted(tx: Connection, holder: str, permission: str, scope: Scope) -> list[Span]:
    """Returns what counts of a holder's freezes of a power in a scope."""
    mine = sa.select(power_freezes.c.from_at, power_freezes.c.counts_until).where(
        power_freezes.c.holder == holder,
        power_freezes.c.permission == permission,
        power_freezes.c.scope_kind == scope.kind,
        power_freezes.c.scope_id == scope.id,
    )
    return [(row.from_at, row.counts_until) for row in tx.execute(mine.order_by(power_freezes.c.told_entry))]
