"""Who stands on a roll: members of the days it takes, and nobody whom a spurt of growth brought in before it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from hub import clock
from hub.constitution import queries as constitution
from hub.constitution.models import hub_facts
from hub.groups import electorate, membership
from hub.people import actions as people
from hub.people.models import standings
from hub.permits import HUB
from tests import copies
from tests.people_for_tests import found_branch, found_group, found_hub, member, ready, seat_council


@pytest.fixture
def town(db, clock_at):
    return copies.of(db, _found_town, at=clock_at)


def _found_town(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        branch, organisers = found_branch(tx, seat_council(tx, "anna", "ben"))
        group, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
    return branch, organisers, group, founders


def roll(db, scope, at=None):
    """Who stands on a roll of a moment, else of now."""
    with db.read() as tx:
        numbers = constitution.in_force(tx)[0].numbers
        return set(tx.scalars(electorate.roll_in(tx, scope, at or clock.now(), numbers)))


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


def test_on_an_heir_whoever_came_back_in_its_first_28_days_votes(db, town, clock_at):
    """But those of a spurt."""
    branch, clock = town[0], clock_at("2026-12-01T20:00Z")
    (early,) = crowd(db, 1, "early", since=clock.moment.date())
    before = roll(db, branch.scope)
    becomes_heir(db, clock.moment)
    clock.advance(days=14)
    late = crowd(db, 3, since=clock.moment.date())

    assert early not in before
    assert early in roll(db, branch.scope) & roll(db, HUB)
    assert not roll(db, branch.scope) & set(late)
    clock.advance(days=15)
    (after,) = crowd(db, 1, "after", since=clock.moment.date())
    assert {early, *late} <= roll(db, branch.scope)
    clock.advance(days=14)
    assert after not in roll(db, branch.scope)


def test_on_an_heir_whoever_the_roster_knows_for_28_days_votes_in_a_group_as_soon_as_they_came_back(db, town, clock_at):
    """Joining it takes nobody's leave there: so whoever is new to the roster waits, and a spurt counts for nothing."""
    group, clock = town[2], clock_at("2026-12-01T20:00Z")
    becomes_heir(db, clock.moment)
    back, unknown = joins(db, group, "erin"), joins(db, group, "finn", since=clock.moment.date())
    clock.advance(days=14)
    late = {joins(db, group, f"late_{number}") for number in range(3)}

    there = roll(db, group.scope)

    assert (back in there, unknown in there, late & there) == (True, False, set())
    clock.advance(days=7)
    assert late <= roll(db, group.scope)
    clock.advance(days=7)
    assert unknown in roll(db, group.scope)
    clock.advance(days=1)
    last = joins(db, group, "last")
    clock.advance(days=27)
    assert last not in roll(db, group.scope)
    clock.advance(days=1)
    assert last in roll(db, group.scope)


def becomes_heir(db, since):
    """From now on this hub carries on from another."""
    heir = {"entry": 999, "told_entry": 999, "since": since, "origin": "heir.example/log", "log_key": "-"}
    with db.write() as tx:
        tx.execute(sa.insert(hub_facts), {**heir, "continues_origin": "hub.example.org/log", "continues_size": 9})


def joins(db, group, name, since=dt.date(2020, 1, 1)):
    """Somebody joins a group; who. since: what the roster says of them."""
    with db.write() as tx:
        actor = member(tx, name)
        tx.execute(sa.update(standings).where(standings.c.person == actor.person).values(since=since))
        membership.join(tx, group=group, actor=actor)
        return actor.person


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
        member(tx, "stranger")
    assert roll(db, group.scope) == {who.person for who in founders}
    clock = clock_at("2026-11-21T20:00Z")
    clock.advance(days=28)

    assert roll(db, group.scope) == {who.person for who in (*founders, eve)}


def test_planted_fault_that_counts_newcomers_is_caught(db, town, clock_at, monkeypatch):
    clock_at("2026-12-28T20:00Z")
    new = crowd(db, 20)
    monkeypatch.setattr(electorate, "is_spurt", lambda arrived, before, percent: False)

    assert set(new) <= roll(db, town[0].scope)


def test_roll_of_a_moment_is_the_same_however_late_it_is_written(db, town, clock_at):
    branch, organisers, group, _ = town
    clock = clock_at("2026-12-28T20:00Z")
    inside = crowd(db, 2, "inside")
    leaver, mover, inside_group = (crowd(db, 1, name)[0] for name in ("leaver", "mover", "grouped"))
    clock.advance(days=40)
    moment = clock.moment
    before = {scope.id: roll(db, scope) for scope in (branch.scope, HUB, group.scope)}

    clock.advance(days=1)
    crowd(db, 9, "after")
    arrived = crowd(db, 1, "arrived", area="ynys-mon")[0]
    with db.write() as tx:
        people.end_standing(tx, person=leaver)
        people.move_standing(tx, person=mover, area="ynys-mon")
        people.move_standing(tx, person=arrived, area="york")
        membership.leave(tx, group=group, actor=organisers[0])
        membership.join(tx, group=group, actor=member(tx, "latecomer"))

    assert {leaver, mover, inside_group, *inside} <= before[branch.id]
    assert {scope.id: roll(db, scope, moment) for scope in (branch.scope, HUB, group.scope)} == before
    assert mover not in roll(db, branch.scope)
    with db.read() as tx:
        numbers = constitution.in_force(tx)[0].numbers
        areas = {row.person: row.area for row in tx.execute(electorate.roll_in(tx, HUB, moment, numbers))}
    assert (areas[mover], areas[inside[0]]) == ("york", "york")


def test_arrivals_after_a_rolls_moment_are_no_growth(db, town, clock_at):
    branch = town[0]
    clock = clock_at("2026-12-28T20:00Z")
    two = crowd(db, 2, "two")
    moment = clock.moment
    clock.advance(days=1)
    crowd(db, 20, "after")

    assert set(two) <= roll(db, branch.scope, moment)


def test_planted_fault_that_asks_of_today_is_caught(db, town, clock_at, monkeypatch):
    branch = town[0]
    clock = clock_at("2026-12-28T20:00Z")
    (one,) = crowd(db, 1)
    moment = clock.moment
    clock.advance(days=1)
    with db.write() as tx:
        people.end_standing(tx, person=one)
    assert one in roll(db, branch.scope, moment)
    monkeypatch.setattr(electorate, "persons_at", lambda scope, at: electorate.persons_in(scope))

    assert one not in roll(db, branch.scope, moment)
