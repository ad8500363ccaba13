"""The time. Nobody else asks the machine for it, so tests and the demo can set it for the whole house.

All moments are aware datetimes in UTC. The record knows minutes only: exact times of acts would say more about a
person's day than an act of office needs to.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import time
from collections.abc import Callable
from pathlib import Path

UTC = dt.UTC
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
MOMENTS = 1024  # written and read lately, and kept: an entry's is written, checked and read again at once

_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z")


def _machine() -> dt.datetime:
    return dt.datetime.now(UTC)


_source: Callable[[], dt.datetime] = _machine


def now() -> dt.datetime:
    """Returns the present moment, to the microsecond, in UTC."""
    return _source()


def elapsed() -> float:
    """Returns seconds since the machine started, asleep or not: what no setting of its clock moves."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def today() -> dt.date:
    """Returns the present day in UTC."""
    return now().date()


def minute(moment: dt.datetime) -> dt.datetime:
    """Returns the moment cut down to its minute, as the record keeps it."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


@functools.lru_cache(maxsize=MOMENTS)
def format_minute(moment: dt.datetime) -> str:
    """Writes a moment as the record does: ``2026-11-21T20:00Z``. parse_minute(format_minute(m)) == minute(m)."""
    return minute(moment).isoformat(timespec="minutes").removesuffix("+00:00") + "Z"


@functools.lru_cache(maxsize=MOMENTS)
def parse_minute(text: str) -> dt.datetime:
    """Reads ``2026-11-21T20:00Z``. Raises ValueError for any other shape."""
    if not _MINUTE.fullmatch(text):
        raise ValueError(f"not a minute: {text[:20]!r}")
    return dt.datetime.fromisoformat(text)


def set_source(source: Callable[[], dt.datetime] | None) -> None:
    """Puts another clock in the machine's place; None puts the machine's back."""
    global _source
    _source = source or _machine


def follow(path: Path) -> None:
    """Runs ahead of the machine by the whole seconds written in a file: the demo's clock, shared by its processes.

    Whoever can write the file can move the demo's time; a real hub never calls this.
    """

    def ahead() -> dt.datetime:
        try:
            seconds = int(path.read_text())
        except (OSError, ValueError):
            seconds = 0
        return _machine() + dt.timedelta(seconds=seconds)

    set_source(ahead)
