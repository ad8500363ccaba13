"""What the member feed may do, how long it waits, and how many changes are too many at once. Pure.

Source: governance.md section 1.7, invariants 15 and 16; bulk changes before a ballot: issue POWERS, item 6.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

Numbers = Mapping[str, int]

AT_ONCE = frozenset({"left", "died", "closed"})  # closed: their own account here, as they asked
UNHEEDED = frozenset({"suspended", "expelled"})
LAST_WEEK = dt.timedelta(days=7)  # before the end, whoever it is about is told once more
FEW = 5  # people: no smaller number of them is published
KEPT = dt.timedelta(days=180)  # changes that are over: longer than any window or act looks back


def due(why: str, said: dt.datetime, numbers: Numbers) -> dt.datetime | None:
    """Returns when an ended membership ends here, or None where nothing follows from the feed's word.

    why: left, died and closed end at once; suspended and expelled end nothing, because a case decides that; whatever
    else the roster says, or does not say, waits its days from when the hub first heard of it, whoever else has waited
    before.
    """
    if why in UNHEEDED:
        return None
    return said if why in AT_ONCE else said + dt.timedelta(days=numbers["hold_days"])


def most_within(
    now: Iterable[str], past: Mapping[str, dt.datetime], ahead: Mapping[str, dt.datetime], at: dt.datetime, days: int
) -> set[str]:
    """Returns the most people whom the feed ends within so many days, of all such spans that hold this moment.

    now: whom it would end at this moment; past: whom it ended, or held, when; ahead: whom it will end, when. Everything
    but a death or a leaving is known that long before: so a purge in small steps is seen before its first. Source:
    governance.md section 1.7, invariant 16.
    """
    window, here = dt.timedelta(days=days), set(now)
    best = set[str]()
    for begin in {at, *(moment for moment in past.values() if at - window < moment <= at)}:
        found = here | {who for who, moment in past.items() if begin <= moment <= at}
        found |= {who for who, moment in ahead.items() if at < moment < begin + window}
        best = max(best, found, key=len)
    return best


def mandates_limit(of: int, numbers: Numbers) -> int:
    """Returns how many of so many mandate-holders of a scope the feed may end within the days that count.

    Never all of several: a group of two organisers would be without any in one night.
    """
    limit = max(numbers["hold_mandates_least"], of * numbers["hold_mandates_percent"] // 100)
    return max(1, min(limit, of - 1))


def roll_limit(of: int, numbers: Numbers, *, ballot: bool) -> int:
    """Returns how many of a roll the feed may end within the days that count.

    ballot: whether one is ahead or running: then never as much as a fifth, but for one or two people.
    """
    limit = max(numbers["hold_roll_least"], of * numbers["hold_roll_percent"] // 100)
    return min(limit, max(2, (of - 1) // 5)) if ballot else limit


def published(count: int) -> int | None:
    """Returns a number of people as everybody reads it: None for fewer than five, none at all among them.

    Source: governance.md section 8.2.
    """
    return None if count < FEW else count


def limit(kind: str, of: int, numbers: Numbers, *, ballot: bool) -> int:
    """Returns the limit of a kind of hold: mandates or roll."""
    return mandates_limit(of, numbers) if kind == "mandates" else roll_limit(of, numbers, ballot=ballot)
