"""Counting tries, silently. Counters are rows; any error refuses (HS-10). Their names are HMACs under keys that expire.

A counter that cannot be read or written is a counter that is full.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import chance, clock
from hub.matcher.keys import Keys
from hub.matcher.models import counter_keys, counters

_ADD = sa.text(
    "INSERT INTO counters (key, count, until_at) VALUES (:key, 1, :until) "
    "ON CONFLICT (key) DO UPDATE SET count = counters.count + 1 WHERE counters.count < :most RETURNING count"
)


@dataclass(frozen=True)
class Limit:
    """At most so many of a thing in a time that is so long. what: a word.

    periods: the names of the stretches that make it up; a try counts in the first, and all are added up.
    """

    what: str
    value: str
    periods: tuple[str, ...]
    length: dt.timedelta
    most: int


def hour(what: str, value: str, most: int) -> Limit:
    """A limit by the clock hour."""
    return Limit(what, value, (clock.now().strftime("h%Y%m%d%H"),), dt.timedelta(hours=1), most)


def day(what: str, value: str, most: int) -> Limit:
    """A limit by the day."""
    return Limit(what, value, (clock.today().strftime("d%Y%m%d"),), dt.timedelta(days=1), most)


def month(what: str, value: str, most: int) -> Limit:
    """A limit by 30 days, in stretches of six, so that it holds across midnight and across every change of key."""
    stretch = clock.today().toordinal() // 6
    return Limit(what, value, tuple(f"m{stretch - back}" for back in range(6)), dt.timedelta(days=30), most)


def take(tx: Connection, keys: Keys, limits: list[Limit]) -> bool:
    """Counts one try against every limit; whether all still had room. Raises nothing but what the store raises."""
    # Every counter moves, also after one was full: how long it takes says nothing.
    counted = [_count(tx, keys, limit) for limit in limits]
    return all(counted)


def has_room(tx: Connection, keys: Keys, limits: list[Limit]) -> bool:
    """Tells whether every limit has room, counting nothing."""
    read = [_read(tx, keys, limit) < limit.most for limit in limits]
    return all(read)


def forget(tx: Connection) -> None:
    """Deletes counters and keys whose period is over: afterwards nobody can say whom they counted."""
    for rows in (counters, counter_keys):
        tx.execute(sa.delete(rows).where(rows.c.until_at < clock.now()))


def _count(tx: Connection, keys: Keys, limit: Limit) -> bool:
    now, *before = limit.periods
    left = limit.most - sum(_read_one(tx, keys, limit, period) for period in before)
    until = clock.now() + 2 * limit.length
    row = {"key": _name(tx, keys, limit, now), "until": int(until.timestamp()), "most": left}
    return left > 0 and tx.execute(_ADD, row).scalar() is not None


def _read(tx: Connection, keys: Keys, limit: Limit) -> int:
    return sum(_read_one(tx, keys, limit, period) for period in limit.periods)


def _read_one(tx: Connection, keys: Keys, limit: Limit, period: str) -> int:
    return tx.scalar(sa.select(counters.c.count).where(counters.c.key == _name(tx, keys, limit, period))) or 0


def _name(tx: Connection, keys: Keys, limit: Limit, period: str) -> bytes:
    return keys.counter_name(_period_key(tx, limit, period), limit.what, limit.value)


def _period_key(tx: Connection, limit: Limit, period: str) -> bytes:
    asked = sa.select(counter_keys.c.key).where(counter_keys.c.period == period)
    found = tx.scalar(asked)
    if found is None:
        made = sa.text("INSERT INTO counter_keys (period, key, until_at) VALUES (:p, :k, :u) ON CONFLICT DO NOTHING")
        until = clock.now() + 2 * limit.length
        tx.execute(made, {"p": period, "k": chance.octets(32), "u": int(until.timestamp())})
        found = tx.scalar(asked)
    assert found is not None
    return bytes(found)
