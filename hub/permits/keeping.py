"""What the decision of a case keeps somebody from, and until when: read anew with each sign of theirs, never stored.

A room above says it (cases); whoever asks what somebody may do, asks here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.permits.actor import Grant
from hub.permits.models import holdings


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


def resting(tx: Connection, grants: Iterable[Grant]) -> frozenset[str]:
    """Returns which of these grants were lent by somebody who uses no office now: they give no power meanwhile.

    As a decision is, it is the hub's word: in the record they are live, which tells of no suspension.
    """
    found = set()
    for grant in grants:
        whose = None if grant.stands_for is None else _person_of(tx, grant.stands_for)
        if whose is not None and of(tx, whose).suspended_until is not None:
            found.add(grant.id)
    return frozenset(found)


def _person_of(tx: Connection, holder: str) -> str | None:
    return tx.scalar(sa.select(holdings.c.person).where(holdings.c.holder == holder))


def of(tx: Connection, person: str) -> Kept:
    """Returns what a person is kept from, now: the longest of all that is said of them."""
    found, now = [said(tx, person) for said in _KEEPS], clock.now()
    return Kept(
        max((until for one in found if (until := one.suspended_until) is not None and now < until), default=None),
        max((until for one in found if (until := one.limited_until) is not None and now < until), default=None),
    )
