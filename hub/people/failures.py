"""Failed tries at proving who one is, counted by address and hour: a limit for whoever guesses, never for an account.

Nobody is locked out by somebody else's tries: the count hangs on where they came from, and ends with the hour (AU-19).
key: a hash of route, address and hour under the web's own key, so that the table names no address.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.errors import TooMany
from hub.people.models import failures

HOUR = dt.timedelta(hours=1)
_COUNT = sa.text(
    "INSERT INTO failures (key, tries, until_at) VALUES (:key, 1, :until) "
    "ON CONFLICT (key) DO UPDATE SET tries = failures.tries + 1"
)


def insist(tx: Connection, key: str, most: int) -> None:
    """Raises TooMany where so many tries failed within the hour."""
    row = tx.execute(sa.select(failures).where(failures.c.key == key)).first()
    if row is not None and row.tries >= most:
        wait = max(1, int((row.until_at - clock.now()).total_seconds()))
        raise TooMany("people.too_many_tries", "Too many tries from here. Wait an hour, or use another way in.", wait)


def count(tx: Connection, key: str, until: dt.datetime) -> None:
    """Counts one failed try. until: the end of its hour."""
    tx.execute(_COUNT, {"key": key, "until": int(until.timestamp())})


def forget(tx: Connection) -> None:
    """Deletes the counts of hours that are over."""
    tx.execute(sa.delete(failures).where(failures.c.until_at <= clock.now()))
