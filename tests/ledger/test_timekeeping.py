"""Clocks that are wrong: nothing is recorded by them, no wait ends early, no office outlives its term (GO-17, T21)."""

from __future__ import annotations

import datetime as dt
import os
import time

import pytest
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub import clock, ledger
from hub.acts import queries as acts
from hub.acts import rounds
from hub.charter import queries as charter
from hub.errors import RuleViolation
from hub.groups import settings as group_settings
from hub.ledger import models, timekeeping, writer
from hub.ledger.timekeeping import MOST, Keeper, verdict
from hub.permits import queries as permits
from hub.standing.entries import StandingUnheeded
from tests.people_for_tests import again, entry_count, found_branch, found_group, found_hub, ready, seat_council
from tests.replaying import assert_replays

START = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


class Machine:
    """A machine whose clock somebody moves. true: the time it is; set: by how much its clock is wrong."""

    def __init__(self, monkeypatch, start: dt.datetime = START) -> None:
        self.true, self.wrong, self.start = start, dt.timedelta(0), start
        clock.set_source(lambda: self.true + self.wrong)
        monkeypatch.setattr(clock, "elapsed", lambda: (self.true - self.start).total_seconds())

    def run(self, by: dt.timedelta, jump: dt.timedelta = dt.timedelta(0), speed: int = 1) -> None:
        """Lets time pass; the clock moves so many times as fast, and by a jump."""
        self.true += by
        self.wrong += jump + by * (speed - 1)


@pytest.fixture
def machine(monkeypatch):
    yield Machine(monkeypatch)
    clock.set_source(None)


class Town:
    """A group with a change of settings whose notice of three days runs, and the worker's keeper of time."""

    def __init__(self, db, machine) -> None:
        self.db, self.machine = db, machine
        with db.write() as tx:
            found_hub(tx)
            branch, organisers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            self.group, self.founders = found_group(tx, branch, [ready(tx, "fay"), ready(tx, "flo")], organisers)
        self.keeper = Keeper()
        with db.write() as tx:
            self.act = group_settings.propose(
                tx, group=self.group, joining="accept", seats=20, seats_most=5000, actor=again(tx, self.founders[0])
            )
            group_settings.confirm(tx, act=self.act, actor=again(tx, self.founders[1]))

    def round(self) -> str:
        """One round of the worker: what keeps it from believing the clock, or nothing."""
        verdict = self.keeper.look(self.db)
        if verdict:
            rounds.move_due(self.db, set())
        return verdict.code

    def is_over(self) -> bool:
        with self.db.read() as tx:
            return not acts.get(tx, self.act).is_open

    def entries(self) -> int:
        with self.db.read() as tx:
            return entry_count(tx)


@pytest.fixture
def town(db, machine) -> Town:
    town = Town(db, machine)
    assert town.round() == ""
    return town


@pytest.mark.parametrize(
    ("jump", "code"), [(400, "ledger.clock_ahead"), (3, "ledger.clock_ahead"), (-400, "ledger.clock_behind")]
)
def test_clock_that_jumps_ends_no_wait_and_records_nothing(town, another_db, jump, code):
    before = town.entries()

    town.machine.run(HOUR, jump * DAY)
    found = town.round()
    rounds.move_due(town.db, set())  # whoever ticks without asking the keeper
    with pytest.raises(RuleViolation) as refused, town.db.write() as tx:
        ledger.append(tx, StandingUnheeded("2026-11-21", 5, None), by=None)

    assert (found, refused.value.code, town.is_over(), town.entries()) == (code, code, False, before)
    town.machine.run(HOUR, -jump * DAY)
    assert (town.round(), town.is_over()) == ("", False)
    town.machine.run(3 * DAY - 3 * HOUR)  # a worker that ran on
    assert_replays(town.db, another_db)


def test_clock_ten_times_as_fast_is_noticed_before_a_wait_of_three_days_is_half_over(town):
    codes = []
    for _ in range(40):
        town.machine.run(HOUR, speed=10)
        codes.append(town.round())

    assert codes == [""] * 5 + ["ledger.clock_ahead"] * 35
    assert not town.is_over()


def test_clock_that_is_right_ends_the_wait_on_its_hour(town):
    for _ in range(71):
        town.machine.run(HOUR)
        assert (town.round(), town.is_over()) == ("", False)

    town.machine.run(HOUR)

    assert (town.round(), town.is_over()) == ("", True)


def test_outage_of_three_days_waits_for_whoever_runs_the_hub(town):
    town.machine.run(4 * DAY)
    town.keeper = Keeper()  # the machine was off, and the worker begins anew
    stopped = town.round()
    with town.db.write() as tx:
        timekeeping.confirm(tx)

    assert (stopped, town.round(), town.is_over()) == ("ledger.clock_ahead", "", True)


def test_running_worker_goes_on_once_the_clock_is_said_to_be_right(town):
    town.machine.run(HOUR, 30 * DAY)
    stopped = town.round()
    town.machine.run(HOUR)
    with town.db.write() as tx:
        timekeeping.confirm(tx)

    assert (stopped, town.round(), town.is_over()) == ("ledger.clock_ahead", "", True)


def test_office_that_ended_does_not_come_back_with_the_clock(town):
    with town.db.read() as tx:
        (first, *_) = permits.live_grants(tx, scope=town.group.scope)
    town.machine.run(first.until - town.machine.true + DAY)
    with town.db.write() as tx:
        timekeeping.confirm(tx)
    town.round()  # the record goes beyond the term
    with town.db.read() as tx:
        over = permits.live_grants(tx, scope=town.group.scope)

    town.machine.run(HOUR, -2 * DAY)  # to before its end

    with town.db.read() as tx:
        assert over == permits.live_grants(tx, scope=town.group.scope) == ()


def test_planted_clock_alone_brings_an_office_back(town, monkeypatch):
    monkeypatch.setattr(charter, "effective", lambda tx: charter.Effective(writer.size(tx), clock.now()))
    with pytest.raises(AssertionError):
        test_office_that_ended_does_not_come_back_with_the_clock(town)


@pytest.mark.parametrize(
    ("begun", "over"),
    [
        ("2028-02-27T12:00Z", "2028-03-01T12:00Z"),
        ("2027-03-26T12:00Z", "2027-03-29T12:00Z"),
        ("2027-10-29T12:00Z", "2027-11-01T12:00Z"),
    ],
)
def test_three_days_are_three_days_over_leap_days_and_summer_time(db, monkeypatch, begun, over):
    monkeypatch.setitem(os.environ, "TZ", "Europe/London")
    time.tzset()
    try:
        town = Town(db, Machine(monkeypatch, clock.parse_minute(begun)))
        with db.read() as tx:
            assert acts.get(tx, town.act).due == clock.parse_minute(over)
    finally:
        clock.set_source(None)
        monkeypatch.undo()
        time.tzset()


# What a process follows, as values alone: the worst that any sequence of jumps can win.

JUMPS = st.one_of(st.just(0), st.integers(-400 * 24, 400 * 24), st.integers(-60, 60))
STEPS = st.lists(st.tuples(st.integers(1, 12), JUMPS, st.booleans()), max_size=60)


def won(steps, monkeypatch, look=None) -> dt.timedelta:
    """By how much a clock was believed ahead of the time it is, for each process that followed it."""
    machine, most, processes = Machine(monkeypatch), dt.timedelta(0), 1
    keeper, beat, newest = Keeper(), START, START
    for hours, jump, restarts in steps:
        machine.run(hours * HOUR, jump * HOUR)
        now = clock.now()
        if restarts:
            keeper, processes = Keeper(), processes + 1
        believed = verdict(now, newest, beat) and keeper.drift(now) <= MOST if look is None else look(now, newest)
        if believed:
            beat = newest = clock.minute(now)
            most = max(most, machine.wrong)
    clock.set_source(None)
    return most / processes


@settings(max_examples=300, deadline=None)
@given(STEPS)
@example([(1, 400 * 24, False)])
@example([(1, 47, False), (1, 47, False), (1, 47, False)])
@example([(1, 47, True), (1, 47, True), (1, 47, True)])
def test_no_sequence_of_jumps_wins_more_than_two_days_twice_for_each_start(steps):
    with pytest.MonkeyPatch.context() as patch:
        assert won(steps, patch) <= 2 * MOST


def test_planted_keeper_that_trusts_the_last_beat_alone_is_found():
    steps = [(1, 47, False)] * 10
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Keeper, "drift", lambda self, now: dt.timedelta(0))

        assert won(steps, patch) > 2 * MOST


def test_planted_guard_of_the_past_alone_is_found():
    with pytest.MonkeyPatch.context() as patch:
        assert won([(1, 400 * 24, False)], patch, lambda now, newest: now >= newest) > 2 * MOST


def test_demo_and_tests_without_a_beat_may_move_time(town):
    with town.db.write() as tx:
        tx.execute(sa.delete(models.beats))

    town.machine.run(HOUR, 30 * DAY)

    assert rounds.move_due(town.db, set()) > 0
