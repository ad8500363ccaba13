"""What the decision of a case keeps somebody from, and until when: read anew with each sign of theirs, never stored.

A room above says it (cases); whoever asks what somebody may do, asks here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub import clock


@dataclass(frozen=True)
class Kept:
    """Until when somebody uses no office and enters no place; and publishes no words of their own. None: nothing."""

    suspended_until: dt.datetime | None = None
    limited_until: dt.datetime | None = None


Keeps = Callable[[Connection, str], Kept]
_KEEPS: list[Keeps] = []


def keeps(said: Keeps) -> Keeps:
    """Registers what says what a person is kept from."""
    _KEEPS.append(said)
    return said


def of(tx: Connection, person: str) -> Kept:
    """Returns what a person is kept from, now: the longest of all that is said of them."""
    found, now = [said(tx, person) for said in _KEEPS], clock.now()
    return Kept(
        max((until for one in found if (until := one.suspended_until) is not None and now < until), default=None),
        max((until for one in found if (until := one.limited_until) is not None and now < until), default=None),
    )
