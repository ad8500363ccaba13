"""Looks that a panel delays: the one filter by which their person reads them later. By dates alone; no job shows them.

Cases, a room above, say which orders hold. Whatever they say, nothing stays unread longer than 30 days, or under
another purpose, or while the clock is known to be wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, inventory
from hub.ledger.models import entries
from hub.looks.matrix import Purpose
from hub.looks.models import looks

MOST = dt.timedelta(days=30)
DELAYED: tuple[Purpose, ...] = ("complaint", "case")
InForce = Callable[[Connection, dt.datetime], Collection[str]]
Ends = Callable[[Connection, Collection[str]], Mapping[str, dt.datetime]]
_ORDERS: list[tuple[InForce, Ends]] = []
_c = looks.c


def answer_orders(in_force: InForce, ends: Ends) -> None:
    """Lets the cases say which orders hold at a moment, and until when each does or did: registered once."""
    _ORDERS[:] = [(in_force, ends)]


@inventory.tells("looks")
def told(tx: Connection) -> sa.ColumnElement[bool]:
    """Returns which looks their person reads now: all but those under an order that holds."""
    now = clock.now()
    held = [order for in_force, _ends in _ORDERS for order in in_force(tx, now)]
    if not held or is_clock_behind(tx, now):
        return sa.true()
    is_past = sa.or_(_c.at > now, _c.at <= now - MOST)  # later than now: the clock went back
    return sa.or_(_c.delay.is_(None), _c.delay.not_in(held), _c.purpose.not_in(DELAYED), is_past)


def is_clock_behind(tx: Connection, at: dt.datetime) -> bool:
    """Tells whether a moment lies before the record's last entry: then nobody knows how late it is."""
    last = tx.scalar(sa.select(entries.c.at).order_by(entries.c.index.desc()).limit(1))
    return last is not None and clock.minute(at) < last


def ends(tx: Connection, orders: Collection[str]) -> Mapping[str, dt.datetime]:
    """Returns until when some orders held."""
    return {order: at for _in_force, of in _ORDERS for order, at in of(tx, orders).items()} if orders else {}
