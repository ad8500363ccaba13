"""What is an alarm: two heads, or a head and the time, in; a sentence out.

Source: security-reliability LG-10 (split view), LG-11 (rollback), LG-13 (monitor); tlog-checkpoint's 24 hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.tlog.checkpoint import Checkpoint

DAY = dt.timedelta(hours=24)
SECOND, ROLLBACK, FALSE, STALE, WITHHELD, PROBLEM = (
    "second history",
    "rollback",
    "does not hold",
    "stale",
    "withheld",
    "problem",
)
WAITS = "waits"


@dataclass(frozen=True)
class Alarm:
    """Something that no honest hub shows, in words. is_final: following on makes no sense."""

    kind: str
    sentence: str

    @property
    def is_final(self) -> bool:
        """Tells whether the log contradicted itself: what was kept is the proof."""
        return self.kind in (SECOND, ROLLBACK)

    @property
    def contradicts(self) -> bool:
        """Tells whether the copy could not go along with what is served: it is not of that size, or of that history."""
        return self.is_final or self.kind == FALSE


def compare(ours: Checkpoint, theirs: Checkpoint, root_of: Callable[[int], bytes], where: str) -> Alarm | None:
    """Compares our head with one of the same log that is no larger. root_of: our tree's root at a size."""
    if theirs.size <= ours.size and root_of(theirs.size) == theirs.root:
        return None
    return second(ours, theirs, where)


def second(ours: Checkpoint, theirs: Checkpoint, where: str) -> Alarm:
    """Two histories under one key."""
    return Alarm(
        SECOND,
        f"{ours.origin} has signed two histories: one of {ours.size} entries here, and one of {theirs.size} that "
        f"{where} and does not agree with it. Keep both checkpoints, and show them to everybody.",
    )


def rolled_back(ours: Checkpoint, theirs: Checkpoint) -> Alarm | None:
    """A hub may not show fewer entries than it showed before."""
    if theirs.size >= ours.size:
        return None
    return Alarm(
        ROLLBACK,
        f"{ours.origin} shows {theirs.size} entries, where it showed {ours.size} before: its record went back.",
    )


def stale(head: Checkpoint, at: dt.datetime | None, now: dt.datetime) -> Alarm | None:
    """A checkpoint is signed again at least every 24 hours, even when nothing happens. at: None where it is unknown."""
    if at is None or now - at <= DAY:
        return None
    return Alarm(
        STALE,
        f"The newest checkpoint of {head.origin} ({head.size} entries) is of {at:%Y-%m-%d %H:%M} UTC, more than 24 "
        "hours ago: its record stands still, or what happened since is kept from you.",
    )


def withheld(ours: Checkpoint, theirs: Checkpoint, since: dt.datetime, now: dt.datetime) -> Alarm | None:
    """What another reader was shown must reach us within a checkpoint's interval."""
    if now - since <= DAY:
        return None
    return Alarm(
        WITHHELD,
        f"Somebody was shown {theirs.size} entries of {ours.origin} before {since:%Y-%m-%d %H:%M} UTC, and only "
        f"{ours.size} are shown here: the rest is kept from you.",
    )


def waits(ours: Checkpoint, what: Sequence[str], since: dt.datetime, now: dt.datetime) -> Alarm | None:
    """What a hub shows must be of its record's size within a checkpoint's interval. what: clauses, what is not."""
    if now - since <= DAY:
        return None
    return Alarm(
        WAITS,
        f"What {ours.origin} shows has not been held against its {ours.size} entries since {since:%Y-%m-%d %H:%M} UTC: "
        f"{'; '.join(what)}.",
    )
