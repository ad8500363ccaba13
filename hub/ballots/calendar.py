"""When an election is owed: mandates and earlier elections in, one opening out. Pure; late finds what daily would have.

general  all seats: so early that it ends with the first mandate, and at once where nobody holds one, or where everybody
         had left and somebody came back
by       seats whose holder was recalled, or that re-open nominations won; and all free seats, where fewer are taken
         than the role must have
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mandate:
    """One mandate in the role and scope. until: when it ends, or ended; recalled: whether by those who gave it."""

    starts: dt.datetime
    term: dt.datetime
    ended: dt.datetime | None = None
    recalled: bool = False

    @property
    def until(self) -> dt.datetime:
        """Its end."""
        return self.term if self.ended is None else min(self.ended, self.term)

    def stands(self, at: dt.datetime) -> bool:
        """Tells whether its seat is taken at a moment, also while a measure rests it."""
        return self.starts <= at < self.until


@dataclass(frozen=True)
class Held:
    """One election. closed: None while it runs; came_true: whether it took effect; vacant: seats to be elected anew."""

    kind: str
    opened: dt.datetime
    closed: dt.datetime | None
    came_true: bool = False
    vacant: int = 0


@dataclass(frozen=True)
class Owed:
    """An election that must be opened. due: since when."""

    kind: str
    seats: int
    due: dt.datetime


def owed(
    mandates: Sequence[Mandate],
    held: Sequence[Held],
    *,
    seats: int,
    begins: dt.datetime,
    lead: dt.timedelta,
    now: dt.datetime,
    least: int = 0,
    revived: dt.datetime | None = None,
) -> Owed | None:
    """Returns the election that is owed by now and not opened, or None; of two the earlier.

    seats: of the role, and least: how many of them must be taken; begins: when the scope was registered; lead: how long
    an election takes; revived: when somebody last came back after everybody had left, and it began anew.
    """
    begins = begins if revived is None else max(begins, revived)
    found = [
        _general(mandates, held, seats, begins, lead, is_anew=begins == revived),
        _by(mandates, held, seats, least, lead),
    ]
    due = [one for one in found if one is not None and begins <= one.due <= now]
    return min(due, key=lambda one: (one.due, one.kind != "general"), default=None)


def _general(
    mandates: Sequence[Mandate],
    held: Sequence[Held],
    seats: int,
    begins: dt.datetime,
    lead: dt.timedelta,
    *,
    is_anew: bool,
) -> Owed | None:
    generals = [election for election in held if election.kind == "general"]
    if any(election.closed is None for election in generals):
        return None
    start = max([begins, *(election.closed for election in generals if election.closed)])
    if is_anew and not any(election.opened >= begins or _has_ended_since(election, begins) for election in generals):
        return Owed("general", seats, start)
    # Only at these moments can it begin to be owed: the first of them at which it is.
    moments = {start, *(time for one in mandates for time in (one.starts, one.term - lead, one.until))}
    due = next((at for at in sorted(moments) if at >= start and _is_short(mandates, at, lead)), None)
    return None if due is None else Owed("general", seats, due)


def _is_short(mandates: Sequence[Mandate], at: dt.datetime, lead: dt.timedelta) -> bool:
    """Tells whether nobody holds a mandate at a moment, or the first ends before an election could."""
    live = [one for one in mandates if one.stands(at)]
    return not live or at >= min(one.term for one in live) - lead


def _by(mandates: Sequence[Mandate], held: Sequence[Held], seats: int, least: int, lead: dt.timedelta) -> Owed | None:
    if any(election.closed is None for election in held):
        return None
    fell = [one.until for one in mandates if one.recalled]
    fell += [one.closed for one in held if one.came_true and one.vacant and one.closed]
    open_since = sorted(at for at in fell if not any(_fills(election, at) for election in held))
    ended = [election.closed for election in held if election.closed]
    found = [_of_free_seats(mandates, seats, max([at, *ended])) for at in open_since[:1]]
    found += [_of_free_seats(mandates, seats, at) for at in _too_few_since(mandates, ended, least, lead)]
    return min((one for one in found if one is not None), key=lambda one: one.due, default=None)


def _of_free_seats(mandates: Sequence[Mandate], seats: int, due: dt.datetime) -> Owed | None:
    taken = sum(one.stands(due) for one in mandates)
    # Where nobody is left, all seats are elected: a general election is owed.
    return Owed("by", seats - taken, due) if 0 < taken < seats else None


def _too_few_since(
    mandates: Sequence[Mandate], ended: Sequence[dt.datetime], least: int, lead: dt.timedelta
) -> list[dt.datetime]:
    """Returns since when fewer seats are taken than must be, after the last election; nothing where enough are.

    Nor where a general election opens before such an election could end: it elects them all. Source: GO-06.
    """
    start = max(ended, default=min((one.starts for one in mandates), default=None))
    if start is None:
        return []
    for at in sorted({start, *(one.until for one in mandates if one.until > start)}):
        taken = [one for one in mandates if one.stands(at)]
        if 0 < len(taken) < least and at + lead <= min(one.term for one in taken) - lead:
            return [at]
    return []


def _fills(election: Held, fell: dt.datetime) -> bool:
    """Tells whether an election answers a vacancy: opened since, or of all seats and ended since."""
    return election.opened >= fell or (election.kind == "general" and _has_ended_since(election, fell))


def _has_ended_since(election: Held, at: dt.datetime) -> bool:
    """Tells whether an election took effect after a moment."""
    return election.came_true and election.closed is not None and election.closed > at
