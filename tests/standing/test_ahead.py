"""Ends that wait their days are judged together before the first of them: no purge in small steps is carried out."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.permits import queries as permits
from hub.standing import rules, tripwire
from hub.standing.models import standing_holds
from tests.replaying import assert_replays

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
START = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)


def live(hub) -> set[str]:
    """Whose mandates of the branch stand."""
    with hub.db.read() as tx:
        return {grant.holder for grant in permits.standing_grants(tx, scope=hub.branch.scope)}


def play(hub, clock, hours: list[int]) -> dict[str, dt.datetime]:
    """The feed calls each organiser unpaid after so many hours; returns when each would end, and waits."""
    due = {}
    for who, after in sorted(zip(hub.organisers, hours, strict=True), key=lambda one: one[1]):
        clock.advance(seconds=(START + after * HOUR - clock.moment).total_seconds())
        hub.say((who, "ended", "unpaid"))
        due[who.holder] = clock.moment + 28 * DAY
    for moment in sorted(due.values()):
        clock.advance(seconds=max(0.0, (moment - clock.moment).total_seconds()))
        hub.carry_out()
    return due


def purged(due: dict[str, dt.datetime]) -> set[str]:
    """Everybody in some seven days in which the feed would end more than two of five."""
    windows = [{who for who, at in due.items() if begin <= at < begin + 7 * DAY} for begin in due.values()]
    return set().union(*(window for window in windows if len(window) > 2))


def holds(hub) -> list[int]:
    """How many changes each hold of mandates let wait."""
    with hub.db.read() as tx:
        rows = tx.execute(standing_holds.select().where(standing_holds.c.kind == "mandates"))
        return [row.changes for row in rows]


def test_third_end_within_a_week_holds_the_first_two_before_they_are_carried_out(hub, another_db, clock_at):
    due = play(hub, clock_at("2026-11-21T20:00Z"), [0, 72, 144, 400, 600])

    assert len(purged(due)) == 3
    assert purged(due) <= live(hub)
    assert sum(holds(hub)) == 3
    assert_replays(hub.db, another_db)


def test_third_end_after_a_week_holds_nobody(hub, clock_at):
    play(hub, clock_at("2026-11-21T20:00Z"), [0, 72, 168, 400, 600])

    assert (live(hub), holds(hub)) == (set(), [])


@pytest.mark.parametrize("seed", range(6))
def test_no_feed_of_words_that_wait_ends_a_mandate_of_a_purge(hub, another_db, clock_at, seed):
    """Invariant 16, literally: of every seven days above the threshold all is held, and nobody's mandate ended."""
    chance = random.Random(seed)
    due = play(hub, clock_at("2026-11-21T20:00Z"), [chance.randrange(24 * 14) for _ in range(5)])

    held = live(hub)
    assert purged(due) <= held
    assert bool(holds(hub)) == bool(purged(due))
    assert_replays(hub.db, another_db)


def test_planted_tripwire_that_looks_back_alone_is_found(hub, clock_at, monkeypatch):
    monkeypatch.setattr(tripwire, "_coming", lambda *_: {})

    due = play(hub, clock_at("2026-11-21T20:00Z"), [0, 72, 144, 400, 600])

    assert not purged(due) <= live(hub)


def test_rules_that_judge_by_more_days_than_an_end_waits_do_not_load():
    text = default_text().replace("[numbers.hold_window_days]\nvalue = 7", "[numbers.hold_window_days]\nvalue = 28")
    assert load(text).numbers["hold_window_days"] == 28

    with pytest.raises(Broken, match="judged by"):
        load(text.replace("[numbers.hold_days]\nvalue = 28", "[numbers.hold_days]\nvalue = 27"))


@given(st.lists(st.integers(0, 24 * 30), min_size=1, max_size=12), st.integers(1, 5))
def test_every_window_above_the_limit_is_seen_at_its_first(hours, limit):
    """Of any times of ends, each is held that lies in a week with more than the limit, and no other."""
    due = {str(number): START + after * HOUR for number, after in enumerate(hours)}
    ended: dict[str, dt.datetime] = {}
    held: dict[str, dt.datetime] = {}
    for at in sorted(set(due.values())):
        here = {who for who, moment in due.items() if moment == at}
        ahead = {who: moment for who, moment in due.items() if moment > at}
        most = rules.most_within(here, ended | held, ahead, at, 7)
        (held if len(most) > limit else ended).update(dict.fromkeys(here, at))
    windows = [{who for who, at in due.items() if begin <= at < begin + 7 * DAY} for begin in due.values()]
    assert set(held) == set().union(*(window for window in windows if len(window) > limit))
