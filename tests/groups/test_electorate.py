"""Who stands on a roll: members of the days it takes, and nobody whom a spurt of growth brought in before it."""

from __future__ import annotations

import datetime as dt

import pytest

from hub import clock
from hub.groups import electorate, membership
from hub.people import actions as people
from hub.permits import HUB
from tests.people_for_tests import found_branch, found_group, found_hub, member, ready, seat_council


@pytest.fixture
def town(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        branch, organisers = found_branch(tx, seat_council(tx, "anna", "ben"))
        group, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
    return branch, organisers, group, founders


def roll(db, scope):
    """Who stands on a roll that is drawn up now."""
    with db.read() as tx:
        return set(tx.scalars(electorate.roll_in(tx, scope, clock.now())))


def crowd(db, many, prefix="late", area="york", since=dt.date(2020, 1, 1)):
    """So many people whom the hub meets now. since: what the roster says."""
    found = []
    with db.write() as tx:
        for number in range(many):
            person = people.open_account(tx, entry_ref=f"ent_{prefix}{number}", seed=b"s")
            people.give_standing(tx, person=person, area=area, since=since, proved_by="code")
            found.append(person)
    return found


def test_member_of_28_days_stands_on_the_roll_and_one_of_27_does_not(db, town, clock_at):
    branch = town[0]
    (one,) = crowd(db, 1, since=dt.date(2026, 12, 1))
    clock = clock_at("2026-12-28T20:00Z")
    before = one in roll(db, branch.scope)
    clock.advance(days=1)

    assert (before, one in roll(db, branch.scope), one in roll(db, HUB)) == (False, True, True)


@pytest.mark.parametrize(("many", "counts"), [(1, 1), (2, 2), (3, 0), (20, 0)])
def test_spurt_of_growth_before_a_roll_is_not_on_it(db, town, clock_at, many, counts):
    branch = town[0]
    clock = clock_at("2026-12-28T20:00Z")
    new = crowd(db, many)

    assert len(roll(db, branch.scope) & set(new)) == counts
    assert len(roll(db, branch.scope) - set(new)) == 9
    clock.advance(days=7)
    assert len(roll(db, branch.scope) & set(new)) == many


def test_same_growth_spread_over_weeks_counts(db, town, clock_at):
    branch = town[0]
    clock = clock_at("2026-12-28T20:00Z")
    first = crowd(db, 2, "first")
    clock.advance(days=7)
    second = crowd(db, 2, "second")

    assert {*first, *second} <= roll(db, branch.scope)


def test_members_moved_into_a_branch_before_its_roll_are_a_spurt_there_alone(db, town, clock_at):
    branch = town[0]
    clock = clock_at("2026-11-25T20:00Z")
    others = crowd(db, 4, area="ynys-mon")
    clock.advance(days=40)
    with db.write() as tx:
        for person in others:
            people.move_standing(tx, person=person, area="york")

    assert roll(db, branch.scope) & set(others) == set()
    assert set(others) <= roll(db, HUB)


def test_proving_again_makes_nobody_new(db, town, clock_at):
    branch, organisers = town[:2]
    clock = clock_at("2026-12-28T20:00Z")
    clock.advance(days=1)
    with db.write() as tx:
        for who in organisers:
            people.give_standing(tx, person=who.person, area="york", since=dt.date(2020, 1, 1), proved_by="letter")

    assert {who.person for who in organisers} <= roll(db, branch.scope)


def test_group_counts_its_founders_from_the_beginning_and_others_after_28_days(db, town, clock_at):
    _, _, group, founders = town
    with db.write() as tx:
        eve = member(tx, "eve")
        membership.join(tx, group=group, actor=eve)
        stranger = member(tx, "stranger")
    assert roll(db, group.scope) == {who.person for who in founders}
    clock = clock_at("2026-11-21T20:00Z")
    clock.advance(days=28)

    assert roll(db, group.scope) == {who.person for who in (*founders, eve)}
    with db.read() as tx:
        counted = [electorate.counts_for_roll(tx, group.scope, who, clock.moment) for who in (eve.person, None)]
        assert [*counted, electorate.counts_for_roll(tx, group.scope, stranger.person, clock.moment)] == [
            True,
            False,
            False,
        ]


def test_planted_fault_that_counts_newcomers_is_caught(db, town, clock_at, monkeypatch):
    clock_at("2026-12-28T20:00Z")
    new = crowd(db, 20)
    monkeypatch.setattr(electorate, "is_spurt", lambda arrived, before, percent: False)

    assert set(new) <= roll(db, town[0].scope)
