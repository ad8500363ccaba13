"""Fewer organisers than must be: an election opens by itself; and one that comes too late seats nobody twice."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from hub import clock
from hub.acts import queries as act_queries
from hub.ballots import calendar, casting, elections, owing, pointless, queries
from hub.ballots.entries import ElectionEnded
from hub.count.contest import RON
from hub.errors import Refusal, RuleViolation
from hub.ledger import append
from hub.outbox.models import letters as outbox_letters
from hub.permits import actions as permit_actions
from hub.permits import queries as permits
from tests import copies
from tests.people_for_tests import again, entry_count, equip, types
from tests.petitions.test_decided import York
from tests.replaying import assert_replays


@pytest.fixture
def york(db, clock_at) -> York:
    return copies.of(db, York, at=clock_at)


def resign(york: York, who) -> None:
    """Somebody lays down what they hold first."""
    with york.db.write() as tx:
        resign_now(tx, who)


def resign_now(tx, who) -> None:
    """The same, in a unit of work that goes on."""
    actor = again(tx, who)
    permit_actions.resign(tx, grant=permits.standing_grants(tx, holder=actor.holder)[0].id, actor=actor)


def held(york: York, scope) -> list[tuple[str, int, str | None]]:
    """The elections of a place: kind, seats, and how each ended."""
    with york.db.read() as tx:
        found = queries.elections_in(tx, scope, "admin")
        return [(one.kind, one.seats, act_queries.get(tx, one.act).outcome) for one in found]


def newest(york: York, scope) -> str:
    """The act of the newest election of a place."""
    with york.db.read() as tx:
        return queries.elections_in(tx, scope, "admin")[-1].act


def stand(york: York, act: str, *people) -> list[str]:
    """These people stand."""
    with york.db.write() as tx:
        for one in people:
            equip(tx, one)
        return [
            elections.stand(
                tx, act=act, statement="I am.", interests="", shown=str(one.nickname), actor=again(tx, one)
            )
            for one in people
        ]  # fmt: skip


def rank(york: York, act: str, choice: list[str], people) -> None:
    """Everybody votes alike."""
    with york.db.write() as tx:
        ballot = queries.of_act(tx, act)[-1].id
        for one in people:
            casting.cast(
                tx, ballot=ballot, choice=choice, nonce=casting.new_nonce(), phrase="my own words", actor=again(tx, one)
            )  # fmt: skip


def organisers(york: York, scope) -> list[str]:
    """Who organises a place."""
    with york.db.read() as tx:
        return sorted(one.holder for one in permits.standing_grants(tx, scope=scope) if one.role == "admin")


def test_one_organiser_left_and_an_election_opens_by_itself(york, another_db):
    scope = york.group.scope
    york.later(hours=1)
    assert held(york, scope) == []

    resign(york, york.organisers[0])
    york.later(minutes=1)

    assert held(york, scope) == [("by", 6, None)]
    act = newest(york, scope)
    chosen = stand(york, act, york.members[0])
    york.later(days=14)
    rank(york, act, chosen, york.members[:6])
    york.later(days=14)
    assert held(york, scope) == [("by", 6, "done")]
    assert organisers(york, scope) == sorted([york.organisers[1].holder, *chosen])
    york.later(days=5)
    assert held(york, scope) == [("by", 6, "done")]
    assert_replays(york.db, another_db)


def test_election_that_leaves_too_few_opens_another(york):
    scope = york.group.scope
    resign(york, york.organisers[0])
    york.later(minutes=1)
    act = newest(york, scope)
    stand(york, act, york.members[0])
    york.later(days=14)
    rank(york, act, [RON], york.members[:6])
    york.later(days=15)

    assert [kind for kind, *_ in held(york, scope)] == ["by", "by"]


def test_enough_are_left_and_nothing_opens(york):
    resign(york, york.founders[0])
    york.later(days=10)

    assert held(york, york.branch.scope) == []


def all_resign(york: York) -> str:
    """The last two organisers of the group go, one after the other; returns the by-election that opened between."""
    resign(york, york.organisers[0])
    york.later(minutes=1)
    by = newest(york, york.group.scope)
    stand(york, by, york.members[0])
    resign(york, york.organisers[1])
    york.later(minutes=1)
    return by


def test_by_election_ends_where_all_seats_are_elected_before_its_vote(york, another_db):
    by, scope = all_resign(york), york.group.scope

    assert held(york, scope) == [("by", 6, "lapsed"), ("general", 7, None)]
    with york.db.read() as tx:
        one, general = queries.elections_in(tx, scope, "admin")
        assert (one.ended_why, general.ended_why) == ("overtaken", None)
        assert act_queries.closed_at(tx, by) == general.due
        assert owing.running_in(tx, scope) == [general]
        told = sa.select(outbox_letters.c.person).where(outbox_letters.c.template == "election_ended")
        assert tx.scalars(told).all() == [york.members[0].person]
    york.later(days=30)
    assert [kind for kind, *_ in held(york, scope)] == ["by", "general"]
    assert_replays(york.db, another_db)


def test_by_election_whose_vote_has_begun_is_let_finish(york, another_db):
    scope = york.group.scope
    resign(york, york.organisers[0])
    york.later(minutes=1)
    by = newest(york, scope)
    chosen = stand(york, by, york.members[0])
    york.later(days=14)
    resign(york, york.organisers[1])
    york.later(minutes=1)
    rank(york, by, chosen, york.members[:6])
    assert held(york, scope) == [("by", 6, None), ("general", 7, None)]
    york.later(days=14)

    assert held(york, scope) == [("by", 6, "done"), ("general", 7, None)]
    assert organisers(york, scope) == chosen
    assert_replays(york.db, another_db)


def test_no_election_ends_otherwise(york):
    """Neither by another's hand nor from another moment, and no election of all seats, nor one that is alone."""
    scope = york.group.scope
    resign(york, york.organisers[0])
    york.later(minutes=1)
    alone = newest(york, scope)
    york.later(days=14)
    with york.db.write() as tx:
        due = clock.format_minute(clock.now())
        own = permits.standing_grants(tx, scope=scope)[0].entry
        before = entry_count(tx)
        with pytest.raises(RuleViolation) as lonely:
            append(tx, ElectionEnded(alone, 0, due, "overtaken"), by=None)
        resign_now(tx, york.organisers[1])
        before = entry_count(tx)
        elections.open_owed(tx)
        general = queries.elections_in(tx, scope, "admin")[-1]
        then = entry_count(tx)
        codes = set()
        for act, step, since, why, by in (
            (general.act, 0, due, "overtaken", None),
            (alone, 0, clock.format_minute(clock.now() + dt.timedelta(minutes=1)), "overtaken", None),
            (alone, 0, due, "empty", None),
            (alone, 1, due, "overtaken", None),
            (alone, 0, due, "overtaken", own),
        ):
            with pytest.raises(RuleViolation) as refused:
                append(tx, ElectionEnded(act, step, since, why), by=by)
            codes.add(refused.value.code)
        assert entry_count(tx) == then
        append(tx, ElectionEnded(alone, 0, due, "overtaken"), by=None)

    assert (lonely.value.code, codes, before) == ("acts.not_due", {"acts.not_due"}, then - 1)


def test_late_clock_ends_what_a_daily_one_ends(fresh, clock_at):
    """The first mandate's end opens an election of all seats 28 days before, while nobody stands in the by-election."""

    def told(daily: bool) -> list[object]:
        york = York(fresh(), clock_at)
        york.later(days=80)
        resign(york, york.organisers[0])
        york.later(minutes=1)
        for _ in range(40 if daily else 1):
            york.later(days=1 if daily else 40)
        with york.db.read() as tx:
            found = queries.elections_in(tx, york.group.scope, "admin")
            return [(one.kind, one.due, act_queries.moves(tx, one.act), one.ended_why) for one in found]

    late = told(daily=False)
    assert [(kind, why) for kind, _due, _moves, why in late] == [("by", "overtaken"), ("general", None)]
    assert late == told(daily=True)


def test_by_election_that_a_general_one_overtook_seats_nobody(york, another_db, monkeypatch):
    """Nobody stood for weeks; meanwhile a general election of all seats opened, and ended before it.

    The hub should have ended the by-election: one that does not seats nobody by it either.
    """
    monkeypatch.setattr(pointless, "candidates", lambda _tx: [])
    scope = york.group.scope
    york.later(days=80)
    resign(york, york.organisers[0])
    york.later(minutes=1)
    by = newest(york, scope)
    york.later(days=32)
    general = newest(york, scope)
    assert [kind for kind, *_ in held(york, scope)] == ["by", "general"]
    seven = york.members[:6]
    first = stand(york, general, *seven[:5])
    york.later(days=4)
    late = stand(york, by, seven[5])
    york.later(days=10)
    rank(york, general, first, seven)
    york.later(days=4)
    rank(york, by, late, seven)
    york.later(days=20)

    assert held(york, scope) == [("by", 6, "done"), ("general", 7, "done")]
    with york.db.read() as tx:
        assert owing.winners(tx, act_queries.get(tx, by)) == tuple(late)
        assert owing.is_overtaken(tx, act_queries.get(tx, by))
        assert not owing.is_overtaken(tx, act_queries.get(tx, general))
    assert organisers(york, scope) == sorted(first)
    assert_replays(york.db, another_db)


def test_planted_fault_two_elections_side_by_side_are_found(york, another_db, monkeypatch):
    monkeypatch.setattr(pointless, "candidates", lambda _tx: [])

    with pytest.raises(AssertionError):
        test_by_election_ends_where_all_seats_are_elected_before_its_vote(york, another_db)


def test_planted_fault_is_found(york, another_db, monkeypatch):
    monkeypatch.setattr(calendar, "_too_few_since", lambda *_: [])

    with pytest.raises(AssertionError):
        test_one_organiser_left_and_an_election_opens_by_itself(york, another_db)


def test_overtaken_election_is_found_when_it_seats_them(york, another_db, monkeypatch):
    monkeypatch.setattr(owing, "is_overtaken", lambda *_: False)

    with pytest.raises((AssertionError, Refusal)):
        test_by_election_that_a_general_one_overtook_seats_nobody(york, another_db, monkeypatch)


def test_late_clock_opens_what_a_daily_one_opens(fresh, clock_at):
    def told(daily: bool) -> list[tuple[str, int, str]]:
        york = York(fresh(), clock_at)
        resign(york, york.organisers[0])
        for _ in range(20 if daily else 1):
            york.later(days=1 if daily else 20)
        with york.db.read() as tx:
            assert types(tx).count("election.opened") == 1
            found = queries.elections_in(tx, york.group.scope, "admin")
            return [(one.kind, one.seats, str(one.due)) for one in found]

    assert told(daily=True) == told(daily=False)
