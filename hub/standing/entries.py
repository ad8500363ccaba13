"""What the record says of changes by the feed: numbers, never a person. They rest on the hub's word."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import Count, Day, Minute, ScopeId, Word


@record("standing.held")
@dataclass(frozen=True)
class StandingHeld:
    """The roster would end too much at once: all of it waits. kind: mandates, or roll (of those who may vote).

    changes: how many wait from now on; within: how many the roster ended or would end in the days that count;
    of: how many there were; ballot: whether a ballot is ahead, so that fewer are too many.
    whose: of mandates, of whom these numbers are: office (who holds one), elected (whose mandates begin later).
    """

    scope: ScopeId
    kind: Word
    changes: Count
    within: Count
    of: Count
    ballot: Count
    until: Minute
    whose: Word | None = None


@record("standing.unheeded")
@dataclass(frozen=True)
class StandingUnheeded:
    """The roster calls people suspended or expelled whom no case decided on: nothing follows. Since it was said last.

    suspended, expelled: how many people, at least five; None for fewer than five, which may be nobody. Once a day, so
    that entries cannot be counted in place of people.
    """

    day: Day
    suspended: Count | None
    expelled: Count | None
