"""Which orders that delay looks hold at a moment: by their dates, and those of their case, whatever was carried out.

A worker that stands still makes none longer: where the deadlines of a case say that it is over, its orders are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.cases import queries
from hub.cases.models import case_delays
from hub.looks import MOST, answer_orders, is_clock_behind
from hub.permits import Grant

_c = case_delays.c
_SIGNED = sa.select(case_delays).where(_c.signed_entry.is_not(None)).order_by(_c.signed_entry)


def in_force(tx: Connection, at: dt.datetime) -> list[str]:
    """Returns the orders that hold at a moment; none while the clock is behind the record, and so is known wrong."""
    if is_clock_behind(tx, at):
        return []
    near = _SIGNED.where(_c.begun_at <= at, _c.until_at > at, _c.until_at <= at + MOST)
    return [row.order for row in tx.execute(near).all() if at < queries.delay_ends(tx, row, at)]


def order_of(tx: Connection, grant: Grant, case: str, at: dt.datetime) -> str | None:
    """Returns the order by which looks of a grant's panel of a case are delayed at a moment, or None."""
    held = set(in_force(tx, at))
    mine = [row.order for row in queries.delays(tx, case) if (row.act, row.role) == (grant.act, grant.role)]
    return next((order for order in mine if order in held), None)


def ends(tx: Connection, orders: Collection[str]) -> Mapping[str, dt.datetime]:
    """Returns until when each of some orders held, or holds."""
    now = clock.now()
    rows = tx.execute(_SIGNED.where(_c.order.in_(orders))).all()
    return {row.order: queries.delay_ends(tx, row, now) for row in rows}


def counts(tx: Connection) -> tuple[int, int]:
    """Returns how many orders there ever were, and how many hold at present: as everybody can count in the record."""
    signed = sa.select(sa.func.count()).select_from(case_delays).where(_c.signed_entry.is_not(None))
    return tx.scalar(signed) or 0, len(in_force(tx, clock.now()))


answer_orders(in_force, ends)
