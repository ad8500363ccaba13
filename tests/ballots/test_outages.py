"""An outage moves a close on by a day, by rule and in the record; nobody moves one silently, earlier or without end."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from hub import clock, ledger
from hub.acts import queries as act_queries
from hub.ballots import outage_fold, outages, queries, watching
from hub.ballots.entries import OutageNoted
from hub.ballots.models import ballot_watch
from hub.ballots.models import outages as rows
from hub.ballots.outages import LATER, Outage, later_close
from hub.constitution.actions import default_text
from hub.errors import RuleViolation
from hub.outbox.models import letters as outbox_letters
from hub.permits.actions import right_of_members
from tests.ballots.test_elections import of_type
from tests.people_for_tests import entry_count
from tests.replaying import assert_replays

OPENS = dt.datetime(2027, 5, 6, 20, 0, tzinfo=dt.UTC)
CLOSES = OPENS + dt.timedelta(days=7)
HOUR = dt.timedelta(hours=1)


def at(hours: float) -> dt.datetime:
    """A moment, in hours after the opening; of 168."""
    return OPENS + hours * HOUR


def moved(begins, ends, before=(), moves=0, most=1):
    """Where an outage moves the close, in hours after the old one; None where it does not."""
    newest = Outage(at(begins), at(ends))
    found = later_close(OPENS, CLOSES, newest, [Outage(at(one), at(other)) for one, other in before], moves, most)
    return None if found is None else (found - CLOSES) / HOUR


@pytest.mark.parametrize(
    ("outage", "later"),
    [
        ((10, 18.4), None),  # a twentieth of 168 hours is 8.4
        ((10, 18.5), 24),
        ((-30, 8.4), None),
        ((-30, 8.5), 24),
        ((155, 156), None),
        ((155, 156.1), 24),
        ((167.9, 168), 24),
        ((167, 180), 36),  # a day after it could be reached again
        ((168, 190), None),
        ((-9, 0), None),
        ((-5, 400), 256),
    ],
)
def test_more_than_a_twentieth_or_any_time_at_the_end_moves_the_close_by_a_day(outage, later):
    assert moved(*outage) == later


def test_shorter_outages_add_up_until_they_have_moved_it():
    assert moved(20, 24, before=[(2, 6)]) is None
    assert moved(20, 24.5, before=[(2, 6)]) == 24
    assert moved(20, 24.5, before=[(2, 6)], moves=1) is None
    assert moved(20, 24.5, before=[(2, 6)], moves=1, most=2) == 24


SPAN = st.tuples(st.integers(-400, 400), st.integers(1, 400))


@given(SPAN, st.lists(SPAN, max_size=4), st.integers(0, 4), st.integers(1, 3))
def test_close_never_moves_to_an_earlier_moment_nor_oftener_than_the_rules_say(newest, before, moves, most):
    later = moved(newest[0], sum(newest), [(begins, begins + hours) for begins, hours in before], moves, most)

    assert later is None or later >= 24
    assert later is None or moves < most


class Watched:
    """A town whose worker sees the ballots answer, but when it does not."""

    def __init__(self, db, town) -> None:
        self.db, self.town = db, town
        self.holders = town.to_ballot(*town.voters[:2])
        self.beat()

    def beat(self, *, answered=True, notes=True):
        """One look at the ballots' page."""
        with self.db.write() as tx:
            return watching.beat(tx, answered=answered, notes=notes)

    def goes_on(self, minutes, every=4):
        """Time passes, and the pages answer."""
        for _beat in range(minutes // every):
            self.town.clock.advance(minutes=every)
            self.beat()

    def leap(self, hours):
        """The watch sees the hub answer until the given hour of the ballot: a shortcut, as many beats would."""
        with self.db.write() as tx:
            tx.execute(sa.update(ballot_watch).values(seen_at=at(hours), failing_since=None))
        self.town.clock(clock.format_minute(at(hours)))

    def silent_until(self, hours):
        """Nothing runs until then."""
        self.town.clock(clock.format_minute(at(hours)))


@pytest.fixture
def watched(db, town):
    return Watched(db, town)


def test_outage_at_the_close_moves_it_and_voting_goes_on(db, another_db, watched):
    town = watched.town
    town.cast(town.voters[0], watched.holders)
    watched.leap(160)
    watched.silent_until(170)
    town.tick()
    still = town.ballot()
    noted = watched.beat()
    town.tick()
    later = town.ballot()
    town.cast(town.voters[1], watched.holders)
    with db.read() as tx:
        due = act_queries.get(tx, later.act).due
        told = tx.scalars(sa.select(outbox_letters.c.person).where(outbox_letters.c.template == "ballot_moved")).all()
    watched.leap(194)
    watched.beat()
    town.tick()
    ended = town.ballot()

    assert (still.is_counted, still.closes) == (False, CLOSES)
    assert noted
    assert (later.closes, later.moves, later.is_counted) == (at(194), 1, False)
    assert due == later.closes
    assert len(set(told)) == later.roll == 16
    assert of_type(db, "outage.noted") == [{"begins": "2027-05-13T12:00Z", "ends": "2027-05-13T22:00Z", "moved": 1}]
    assert ended.is_counted
    assert of_type(db, "ballot.counted")[0]["due"] == "2027-05-14T22:00Z"
    assert_replays(db, another_db)


def test_outage_over_the_whole_window_leaves_a_day_to_vote(db, another_db, town):
    town.clock.advance(days=152)
    town.tick()
    town.stand(*town.voters[:2])
    with db.write() as tx:
        watching.beat(tx, answered=True)
    town.clock.advance(days=30)
    town.tick()
    with db.write() as tx:
        assert watching.beat(tx, answered=True)
    town.tick()

    assert not town.ballot().is_counted
    assert town.ballot().closes == clock.now() + clock.DAY
    assert_replays(db, another_db)


def test_second_outage_moves_the_same_ballot_only_as_often_as_its_rules_say(db, another_db, make_town):
    """The clock's own rule: once by default, at most thrice; after that the record still says what happened."""
    text = default_text().replace("[numbers.outage_moves]\nvalue = 1", "[numbers.outage_moves]\nvalue = 2")
    watched = Watched(db, make_town(db, text=text))
    seen = []
    for hours in (160, 184, 208, 232):
        watched.leap(hours)
        watched.silent_until(hours + 2)
        watched.beat()
        watched.town.tick()
        seen.append((watched.town.ballot().moves, watched.town.ballot().closes))

    assert seen[:3] == [(1, at(192)), (2, at(216)), (2, at(216))]
    assert watched.town.ballot().is_counted
    assert [one["moved"] for one in of_type(db, "outage.noted")] == [1, 1, 0]
    assert_replays(db, another_db)


def test_silence_with_no_ballot_open_is_not_noted(db, town):
    with db.write() as tx:
        watching.beat(tx, answered=True)
    town.clock.advance(days=30)
    with db.write() as tx:
        assert not watching.beat(tx, answered=True)

    assert of_type(db, "outage.noted") == []


def test_short_silence_is_no_outage(db, watched):
    watched.goes_on(60)
    watched.leap(167)
    watched.goes_on(60)
    watched.town.tick()

    assert of_type(db, "outage.noted") == []
    assert watched.town.ballot().is_counted


def test_worker_that_runs_now_and_then_notes_no_outage_of_its_own_making(db, watched):
    watched.silent_until(160)
    watched.beat(notes=False)
    watched.silent_until(169)
    watched.beat(notes=False)
    watched.town.tick()

    assert of_type(db, "outage.noted") == []
    assert watched.town.ballot().is_counted


def test_pages_that_do_not_answer_are_an_outage_though_the_worker_runs(db, watched):
    watched.leap(167)
    for hours in (167.5, 168, 168.5):
        watched.silent_until(hours)
        watched.beat(answered=False)
        watched.town.tick()
    watched.silent_until(169)
    watched.beat()

    assert [one["ends"] for one in of_type(db, "outage.noted")] == ["2027-05-13T21:00Z"]
    assert watched.town.ballot().closes == at(193)


def test_count_waits_two_days_for_an_answer_and_no_longer(db, watched):
    watched.leap(167)
    watched.silent_until(167.5)
    watched.beat(answered=False)
    counted = []
    for hours in (168, 200, 215.4, 215.5):
        watched.silent_until(hours)
        watched.beat(answered=False)
        watched.town.tick()
        counted.append(watched.town.ballot().is_counted)

    assert counted == [False, False, False, True]


def test_hub_that_is_not_watched_counts_at_the_close(db, town):
    town.to_ballot(*town.voters[:2])
    town.clock.advance(days=7)
    town.tick()

    assert town.ballot().is_counted
    assert of_type(db, "outage.noted") == []


@pytest.mark.parametrize(
    "changed",
    [
        {"moved": 0},
        {"moved": 2},
        {"ends": 171},  # ahead of the clock
        {"begins": 169.95},  # a silence too short
        {"begins": 169, "ends": 170, "moved": 0},  # no ballot was open then
        {"by": "a member"},
    ],
)
def test_outage_that_is_none_or_moves_otherwise_is_refused(db, watched, changed):
    watched.leap(160)
    watched.silent_until(170)
    asked = {"begins": 160, "ends": 170, "moved": 1, **changed}
    with db.read() as tx:
        before = entry_count(tx)

    told = OutageNoted(*(clock.format_minute(at(asked[key])) for key in ("begins", "ends")), asked["moved"])
    with pytest.raises(RuleViolation), db.write() as tx:
        ledger.append(tx, told, by=right_of_members(tx) if changed.get("by") else None)

    with db.read() as tx:
        assert entry_count(tx) == before
    assert watched.town.ballot().closes == CLOSES


def test_one_time_is_not_noted_twice(db, watched):
    watched.leap(20)
    watched.silent_until(24)
    assert watched.beat()

    told = OutageNoted(clock.format_minute(at(23)), clock.format_minute(at(24)), 0)
    with pytest.raises(RuleViolation), db.write() as tx:
        ledger.append(tx, told, by=None)
    with db.write() as tx:
        assert not watching.note(tx, at(20), at(24))

    with db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(rows)) == 1
        assert queries.outage_of(tx, watched.town.ballot()) is None


# What careless code would do, and what must be seen of it.
@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (outages, "LATER", dt.timedelta(hours=-24)),  # earlier
        (outage_fold, "MOVES", "request_days"),  # seven times
    ],
)
def test_planted_close_that_moves_earlier_or_too_often_is_found(db, make_town, monkeypatch, module, name, value):
    monkeypatch.setattr(module, name, value)
    watched = Watched(db, make_town(db))
    for hours in (160, 184, 208):
        watched.leap(hours)
        watched.silent_until(hours + 2)
        watched.beat()
    ballot = watched.town.ballot()

    assert ballot.closes < CLOSES + LATER or ballot.moves > 1


def test_planted_count_that_does_not_wait_for_an_answer_is_found(db, watched, monkeypatch):
    monkeypatch.setattr(watching, "is_unsure", lambda *_: False)
    watched.leap(160)
    watched.silent_until(170)
    watched.town.tick()
    watched.beat()

    assert watched.town.ballot().is_counted, "it was counted though nobody could vote at the end"
