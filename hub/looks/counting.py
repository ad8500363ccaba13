"""How often offices look, by month, office and purpose, for everybody: in tens; fewer than ten are not told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.looks.models import look_counts, look_months, looks
from hub.permits.scope import ScopeKind

FLOOR = 10  # PR-13
_c = looks.c


@dataclass(frozen=True)
class Count:
    """How often one office looked for one purpose in a month. many: rounded down to ten, never less."""

    month: str
    role: str
    scope_kind: ScopeKind
    scope_id: str
    purpose: str
    many: int


def count_months(tx: Connection) -> int:
    """Counts each month that is over and was not counted, once for good; returns how many months.

    Whoever is erased later takes their looks along, and no count of before.
    """
    months = list(_owed(tx))
    for month in months:
        begins, ends = _moments(month)
        tx.execute(sa.insert(look_months), {"month": _name(month), "counted_at": clock.now()})
        office = (_c.role, _c.scope_kind, _c.scope_id, _c.purpose)
        asked = sa.select(*office, sa.func.count().label("many")).where(_c.at >= begins, _c.at < ends).group_by(*office)
        rows = [{**row, "month": _name(month)} for row in tx.execute(asked).mappings() if row["many"] >= FLOOR]
        if rows:
            tx.execute(sa.insert(look_counts), [{**row, "many": row["many"] // FLOOR * FLOOR} for row in rows])
    return len(months)


def counts(tx: Connection) -> list[Count]:
    """Returns what is told of the months that were counted, the newest first."""
    told = sa.select(look_counts).order_by(look_counts.c.month.desc(), look_counts.c.many.desc(), *look_counts.c)
    return [Count(**row) for row in tx.execute(told).mappings()]


def are_months_owed(tx: Connection) -> bool:
    """Tells whether a month is over that was not counted."""
    return next(_owed(tx), None) is not None


def newest_month(tx: Connection) -> str | None:
    """Returns the last month that was counted, such as 2026-11; None before there is one."""
    newest: str | None = tx.scalar(sa.select(sa.func.max(look_months.c.month)))
    return newest


def _owed(tx: Connection) -> Iterator[dt.date]:
    newest = newest_month(tx)
    if newest is not None:
        month = _after(dt.date.fromisoformat(f"{newest}-01"))
    else:
        first: dt.datetime | None = tx.scalar(sa.select(_c.at).order_by(_c.id).limit(1))
        if first is None:
            return
        month = first.date().replace(day=1)
    while _after(month) <= clock.today():
        yield month
        month = _after(month)


def _after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _moments(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    begins, ends = (dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) for day in (month, _after(month)))
    return begins, ends


def _name(month: dt.date) -> str:
    return f"{month:%Y-%m}"
