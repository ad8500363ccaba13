"""A branch or group to which nobody belongs: what says so, what says that somebody does again, and what ends meanwhile.

The checks are the same for both; each room has its own two entries. Source: governance.md 9.1 number 5.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from hub import clock
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.ledger import Entry
from hub.ledger.entries import Warrant
from hub.permits import queries as permits
from hub.permits import warrants
from hub.permits.actor import Grant
from hub.permits.entries import GrantEnded


class Place(Protocol):
    """What is asked of a branch or a group."""

    @property
    def is_registered(self) -> bool:
        """Whether it began."""

    @property
    def ended_entry(self) -> int | None:
        """The entry by which its founding came to nothing."""

    @property
    def is_dormant(self) -> bool:
        """Whether nobody belongs to it now."""


Find = Callable[[Connection, Any], Place | None]


def may_rest(find: Find, kind: str) -> Warrant:
    """Returns the check that a place falls asleep: by the hub alone, of one that is awake.

    find: the place that a record names; kind: branch or group. That nobody belongs to it rests on the hub's word.
    """

    def check(tx: Connection, entry: Entry, record: Any) -> Verdict:
        place = find(tx, record)
        is_awake = place is not None and place.is_registered and place.ended_entry is None and not place.is_dormant
        return YES if is_awake and entry.by is None else no("places.not_awake", f"There is no such {kind} awake.")

    return check


def may_revive(find: Find, kind: str) -> Warrant:
    """Returns the check that a place wakes: by the hub alone, of a dormant one. find, kind: as of may_rest."""

    def check(tx: Connection, entry: Entry, record: Any) -> Verdict:
        place = find(tx, record)
        is_asleep = place is not None and place.is_dormant and entry.by is None
        return YES if is_asleep else no("places.not_dormant", f"There is no such {kind} that is dormant.")

    return check


def emptied_at(tx: Connection, grant: Grant) -> dt.datetime | None:
    """Returns when a grant of a dormant place ends for it; None where its place is not dormant.

    A derived one with the last member; a mandate after the days that the roster's feed waits, too, where it would end
    many at once: nobody who says that a place is empty, and lies, ends its mandates before anybody can see it.
    Source: governance.md 1.7, 8.3.
    """
    since = permits.dormant_since(tx, grant.scope.id)
    if since is None or not grant.is_mandate:
        return since
    return since + dt.timedelta(days=constitution.in_force(tx)[0].numbers["hold_days"])


@warrants.answer_emptied
def may_end_emptied(tx: Connection, entry: Entry, record: GrantEnded) -> Verdict:
    """Says whether a grant ends because nobody belongs to its place: then, and from no other moment."""
    grant = permits.grant_by_id(tx, record.grant)
    at = None if grant is None else emptied_at(tx, grant)
    is_due = grant is not None and at is not None and record.due == clock.format_minute(max(at, grant.starts))
    return YES if is_due else no("places.not_emptied", "This place is not empty, or not for long enough.")
