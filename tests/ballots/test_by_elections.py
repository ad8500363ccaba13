"""Fewer organisers than must be: an election opens by itself; and one that comes too late seats nobody twice."""

from __future__ import annotations

import pytest

from hub.acts import queries as act_queries
from hub.ballots import calendar, casting, elections, owing, queries
from hub.count.contest import RON
from hub.errors import Refusal
from hub.permits import actions as permit_actions
from hub.permits import queries as permits
from tests.people_for_tests import again, equip, types
from tests.petitions.test_decided import York
from tests.replaying import assert_replays


@pytest.fixture
def york(db, clock_at) -> York:
    return York(db, clock_at)


def resign(york: York, who) -> None:
    """Somebody lays down what they hold first."""
    with york.db.write() as tx:
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


def test_by_election_that_a_general_one_overtook_seats_nobody(york, another_db):
    """Nobody stood for weeks; meanwhile a general election of all seats opened, and ended before it."""
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


def test_planted_fault_is_found(york, another_db, monkeypatch):
    monkeypatch.setattr(calendar, "_too_few_since", lambda *_: [])

    with pytest.raises(AssertionError):
        test_one_organiser_left_and_an_election_opens_by_itself(york, another_db)


def test_overtaken_election_is_found_when_it_seats_them(york, another_db, monkeypatch):
    monkeypatch.setattr(owing, "is_overtaken", lambda *_: False)

    with pytest.raises((AssertionError, Refusal)):
        test_by_election_that_a_general_one_overtook_seats_nobody(york, another_db)


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
