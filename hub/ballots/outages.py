"""When an outage moves the close of a ballot on: times in, a later close out. Pure.

    |---------------- window ----------------|
    opens            [ outage ]           closes
                                       |12 h |

It moves where the hub could not be reached for more than a twentieth of the window since the last move, or at all in
the last twelve hours: 24 hours on from the close, or from the end of an outage that went beyond it. Never to an earlier
moment, and no oftener than the rules of the ballot's act say. Source: reference for governance, section 2.3.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

GAP = dt.timedelta(minutes=5)  # a shorter silence is none: a restart takes less
PART = 20  # the part of a window, one in so many, that may be missing
LAST = dt.timedelta(hours=12)
LATER = dt.timedelta(hours=24)
NOTHING = dt.timedelta(0)


@dataclass(frozen=True)
class Outage:
    """A time in which the ballots' pages were not seen to answer. entry: where the record says so."""

    begins: dt.datetime
    ends: dt.datetime
    entry: int = 0

    def within(self, begins: dt.datetime, ends: dt.datetime) -> dt.timedelta:
        """Returns how long of it fell into a time."""
        return max(NOTHING, min(self.ends, ends) - max(self.begins, begins))


def later_close(
    opens: dt.datetime, closes: dt.datetime, newest: Outage, before: Iterable[Outage], moves: int, most: int
) -> dt.datetime | None:
    """Returns the close to which the newest outage moves a ballot, or None where it does not.

    before: the outages noted since the ballot's last move; moves: how often it was moved; most: how often it may be.
    """
    if moves >= most or not newest.within(opens, closes):
        return None
    missing = sum((one.within(opens, closes) for one in before), newest.within(opens, closes))
    if newest.within(closes - LAST, closes) or PART * missing > closes - opens:
        return max(closes, newest.ends) + LATER
    return None
