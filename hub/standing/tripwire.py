"""The tripwire: what is too much at once waits, all of it, and its numbers are published by themselves.

Of mandates, what waits its days is judged together before the first of it ends: for every span of hold_window_days
above the limit none of it ends without a hold; hold_days are never fewer than these. A leaving or a death is known only
when it is said: it counts with what ended before it, and that has ended. The feed pauses nothing.

Source: governance.md section 1.7 and invariants 15 and 16; before a ballot, issue POWERS, item 6.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import audit, clock, ledger, outbox
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.permits import Scope
from hub.permits import queries as permits
from hub.standing import fold, queries, rules
from hub.standing.entries import StandingHeld
from hub.standing.models import feed_changes, feed_holds
from hub.standing.queries import Bucket, Change


@dataclass(frozen=True)
class Tally:
    """How many changes there are in a bucket within the days that count, of how many. late: due, not waiting yet.

    whose: of mandates, of whom (StandingHeld).
    """

    bucket: Bucket
    late: tuple[Change, ...]
    within: int
    of: int
    ballot: bool
    whose: str | None = None


def pull(tx: Connection, due: list[Change], now: dt.datetime) -> list[Change]:
    """Holds all that is too much at once, and returns what is to be carried out now. now: a whole minute."""
    if not due:
        return []
    numbers = constitution.in_force(tx)[0].numbers
    ahead, coming = queries.scopes_with_ballots(tx), _coming(tx, numbers, now)
    tallies = [
        tally
        for bucket, late in sorted(_by_bucket(due).items())
        for tally in _tallies(tx, bucket, late, coming.get(bucket, ()), ahead, numbers, now)
    ]
    over = [
        tally for tally in tallies
        if tally.within > rules.limit(tally.bucket[1], tally.of, numbers, ballot=tally.ballot)
    ]  # fmt: skip
    held = _hold(tx, over, numbers, now)
    return [change for change in due if change.id not in held and not _waits_for_ballot(tx, change, ahead)]


def _by_bucket(due: Iterable[Change]) -> Mapping[Bucket, tuple[Change, ...]]:
    """What counts where: a change that has waited there already counts no more."""
    found: dict[Bucket, tuple[Change, ...]] = defaultdict(tuple)
    for change in due:
        for bucket in sorted(change.buckets - change.holds.keys()):
            found[bucket] += (change,)
    return found


def _coming(tx: Connection, numbers: Mapping[str, int], now: dt.datetime) -> Mapping[Bucket, tuple[Change, ...]]:
    """What will be due within the days that count: it is known already, and judged with what is due."""
    soon = queries.waiting(tx, now, dt.timedelta(days=numbers["hold_window_days"]))
    return _by_bucket(change for change in soon if change.due_at > now)


def _tallies(
    tx: Connection,
    bucket: Bucket,
    late: tuple[Change, ...],
    coming: tuple[Change, ...],
    ahead: Mapping[Scope, list[ActState]],
    numbers: Mapping[str, int],
    now: dt.datetime,
) -> list[Tally]:
    since = now - dt.timedelta(days=numbers["hold_window_days"])
    people = {change.person for change in late}
    waiting = queries.held_lately(tx, bucket, since)
    if bucket[1] == "mandates":
        unsaid = _holders(tx, queries.left_before(tx, bucket, since))
        past = _holders(tx, waiting) | unsaid | fold.lapses_lately(tx, bucket[0], now)
        here = _holders(tx, {change.person: now for change in late})
        ahead_of = _holders(tx, {change.person: change.due_at for change in reversed(coming)})
        days, found = numbers["hold_window_days"], []
        for whose, everybody in zip(fold.WHOSE, fold.holders_apart(tx, bucket[0], now), strict=True):
            most = rules.most_within(here.keys() & everybody, _of(past, everybody), _of(ahead_of, everybody), now, days)
            theirs = tuple(change for change in late if permits.holder_of_person(tx, change.person) in everybody)
            found += [Tally(bucket, theirs, len(most), len(everybody), False, whose)] if theirs else []
        return found
    ballots = queries.ballots_at(tx, bucket[0], ahead)
    since = min([since, *(state.opened_at for state in ballots if state.opened_at)])
    gone = queries.left_lately(tx, bucket, since)
    of = queries.on_roll(tx, bucket[0]) + len(gone - people - waiting.keys())
    return [Tally(bucket, late, len(people | waiting.keys() | gone), of, bool(ballots))]


def _of(moments: Mapping[str, dt.datetime], everybody: set[str]) -> dict[str, dt.datetime]:
    return {who: at for who, at in moments.items() if who in everybody}


def _holders(tx: Connection, people: Mapping[str, dt.datetime]) -> dict[str, dt.datetime]:
    """Returns the same moments by people's names in the record, of those who have one."""
    return {found: at for person, at in people.items() if (found := permits.holder_of_person(tx, person))}


def _hold(tx: Connection, over: list[Tally], numbers: Mapping[str, int], now: dt.datetime) -> set[int]:
    """Publishes the numbers, lets everything wait, and tells whom it is about."""
    until = now + dt.timedelta(days=numbers["hold_days"])
    held: dict[int, Change] = {}
    waits: set[tuple[int, Bucket]] = set()
    for tally in over:
        # Whoever is in office and was elected again waits once.
        late = [change for change in tally.late if (change.id, tally.bucket) not in waits]
        if not late:
            continue
        waits |= {(change.id, tally.bucket) for change in late}
        many = len({change.person for change in late})
        moment = clock.format_minute(until)
        scope, kind = tally.bucket
        record = StandingHeld(scope, kind, many, tally.within, tally.of, int(tally.ballot), moment, tally.whose)
        entry = ledger.append(tx, record, by=None, at=now)
        rows = [
            {"change": change.id, "scope": tally.bucket[0], "kind": tally.bucket[1], "entry": entry.index}
            for change in late
        ]
        tx.execute(sa.insert(feed_holds), rows)
        held |= {change.id: change for change in late}
    for change in held.values():
        mine = sa.update(feed_changes).where(feed_changes.c.id == change.id)
        tx.execute(mine.values(due_at=until, held_at=now, told=1))
        if change.is_of_one_place:
            continue  # their membership is over, and they were told so
        audit.note(tx, person=change.person, what="standing.held", by="hub", why="too many at once: all of it waits")
        outbox.put(tx, person=change.person, template="membership_held")
    return set(held)


def _waits_for_ballot(tx: Connection, change: Change, ahead: Mapping[Scope, list[ActState]]) -> bool:
    """Tells whether a hold goes on because a ballot that was ahead when it began has not ended."""
    if change.held_at is None:
        return False
    before = (
        state.opened_at is not None and state.opened_at <= change.held_at
        for scope, kind in change.holds
        if kind == "roll"
        for state in queries.ballots_at(tx, scope, ahead)
    )
    return any(before)
