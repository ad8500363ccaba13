"""Too much at once waits, all of it, and only its numbers are published; no fifth of a roll vanishes before a vote."""

from __future__ import annotations

import pytest

from hub import ledger, outbox
from hub.groups import electorate, membership
from hub.people import queries as people
from hub.petitions import actions as petitions
from hub.standing import actions as standing
from hub.standing import queries, rules
from hub.standing.models import feed_changes, feed_holds
from tests.people_for_tests import again, member
from tests.replaying import assert_replays

WHY = "They have met nobody in half a year."


def holds(hub):
    """What the record says of holds: (scope, kind, changes, within, of), oldest first."""
    with hub.db.read() as tx:
        found = [ledger.get(tx, index) for index in range(ledger.size(tx))]
    keys = ("scope", "kind", "changes", "within", "of")
    return [tuple(entry.data[key] for key in keys) for entry in found if entry.type == "standing.held"]


def members(hub, many, prefix="crowd"):
    """So many more members of the branch's area."""
    with hub.db.write() as tx:
        return [member(tx, f"{prefix}{number}") for number in range(many)]


def with_standing(hub, actors):
    """How many of these have standing."""
    with hub.db.read() as tx:
        return sum(people.standing_of(tx, actor.person) is not None for actor in actors)


def test_feed_never_leaves_a_group_of_two_without_anybody_in_one_week(hub, another_db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    first, second = hub.founders

    hub.say((first, "ended", "left"))
    clock.advance(days=3)
    hub.say((second, "ended", "left"))

    assert hub.holders(hub.group.scope) == {second.holder}
    assert holds(hub) == [(hub.group.scope.id, "mandates", 1, 2, 2)]
    assert_replays(hub.db, another_db)


@pytest.mark.parametrize("why", ["left", "died"])
def test_three_of_five_mandates_at_once_all_wait_and_the_numbers_are_public(hub, another_db, clock_at, why):
    clock = clock_at("2026-11-21T20:00Z")
    gone, stay = hub.organisers[:3], hub.organisers[3:]

    hub.say(*((who, "ended", why) for who in gone))

    branch = hub.branch.scope
    assert hub.holders(branch) == {who.holder for who in hub.organisers}
    assert with_standing(hub, gone) == 3
    assert holds(hub) == [(branch.id, "mandates", 3, 3, 5)]
    with hub.db.read() as tx:
        told = [[letter.template for letter in outbox.notices(tx, who.person)] for who in hub.organisers]
        assert [letters.count("membership_held") for letters in told] == [1, 1, 1, 0, 0]
    clock.advance(days=27, hours=23, minutes=59)
    hub.carry_out()
    assert hub.holders(branch) == {who.holder for who in hub.organisers}
    clock.advance(minutes=1)
    hub.carry_out()
    assert hub.holders(branch) == {who.holder for who in stay}
    assert with_standing(hub, hub.organisers) == 2
    assert_replays(hub.db, another_db)


def test_two_of_five_mandates_are_no_purge_and_the_third_within_a_week_waits(hub, another_db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    first, second, third, fourth, _ = hub.organisers

    hub.say((first, "ended", "left"), (second, "ended", "died"))
    assert holds(hub) == []
    clock.advance(days=6, hours=23, minutes=59)
    hub.say((third, "ended", "left"))
    assert holds(hub) == [(hub.branch.scope.id, "mandates", 1, 3, 5)]
    clock.advance(minutes=1)
    hub.say((fourth, "ended", "left"))

    assert third.holder in hub.holders(hub.branch.scope)
    assert fourth.holder not in hub.holders(hub.branch.scope)
    assert_replays(hub.db, another_db)


def test_minute_that_passes_meanwhile_keeps_no_hold_out_of_the_record(hub, another_db, clock_at):
    clock_at("2026-11-21T20:00Z").hurry()

    hub.say(*((who, "ended", "left") for who in hub.organisers[:3]))

    assert holds(hub) == [(hub.branch.scope.id, "mandates", 3, 3, 5)]
    assert_replays(hub.db, another_db)


def test_purge_in_many_small_statements_is_one(hub, tmp_path):
    folder = tmp_path / "s"
    folder.mkdir()
    for number, letter in enumerate("abc"):
        line = f'{{"entry_ref": "ent_york_{letter}", "change": "ended", "why": "left"}}'
        (folder / f"{number}.json").write_text(f'{{"kind": "feed", "lines": [{line}]}}')

    standing.take(hub.db, folder, also_end=membership.end_memberships)

    assert len(hub.holders(hub.branch.scope)) == 5
    assert holds(hub) == [(hub.branch.scope.id, "mandates", 3, 3, 5)]


def test_lapses_that_come_due_together_wait_again(hub, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    hub.say(*((who, "ended", "unpaid") for who in hub.organisers[:3]))
    assert holds(hub) == []

    clock.advance(days=28)
    hub.carry_out()
    assert holds(hub) == [(hub.branch.scope.id, "mandates", 3, 3, 5)]
    clock.advance(days=28)
    hub.carry_out()

    assert len(hub.holders(hub.branch.scope)) == 2


def test_whoever_is_taken_back_keeps_everything(hub, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    hub.say(*((who, "ended", "left") for who in hub.organisers))
    clock.advance(days=20)
    hub.say(*((who, "restored", None) for who in hub.organisers[:4]))
    clock.advance(days=20)
    hub.carry_out()

    assert hub.holders(hub.branch.scope) == {who.holder for who in hub.organisers[:4]}


def test_more_than_a_twentieth_of_a_roll_waits_and_ten_do_not(hub, another_db):
    crowd = members(hub, 20)

    hub.say(*((who, "ended", "left") for who in crowd[:10]))
    assert (with_standing(hub, crowd), holds(hub)) == (10, [])
    hub.say((crowd[10], "ended", "left"))

    # Two councillors, five organisers, two founders of a group, and the crowd.
    assert (with_standing(hub, crowd), holds(hub)) == (10, [(hub.branch.scope.id, "roll", 1, 11, 29)])
    assert_replays(hub.db, another_db)


def test_moving_a_branch_elsewhere_is_a_purge_too(hub):
    crowd = members(hub, 20)

    hub.say(*((who, "moved", None) for who in crowd[:11]), area="ynys-mon")

    with hub.db.read() as tx:
        assert {people.area_of(tx, who.person) for who in crowd} == {"york"}
    assert holds(hub) == [(hub.branch.scope.id, "roll", 11, 11, 29)]


def test_mass_of_the_roll_and_the_mandates_wait_under_two_entries(hub, another_db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    crowd = members(hub, 20)

    hub.say(*((who, "ended", "left") for who in [*crowd, *hub.organisers[:3]]))

    branch = hub.branch.scope.id
    assert holds(hub) == [(branch, "mandates", 3, 3, 5), (branch, "roll", 23, 23, 29)]
    clock.advance(days=28)
    hub.carry_out()
    assert (with_standing(hub, crowd), len(hub.holders(hub.branch.scope))) == (0, 2)
    assert_replays(hub.db, another_db)


def test_whoever_waits_and_lives_elsewhere_by_now_is_counted_on_no_roll_they_left(hub, another_db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    crowd = members(hub, 22)
    branch = hub.branch.scope.id
    hub.say(*((who, "moved", None) for who in crowd[:11]), area="ynys-mon")
    clock.advance(days=25)
    hub.say(*((who, "ended", "left") for who in crowd[:11]))
    clock.advance(days=4)
    hub.carry_out()

    hub.say(*((who, "ended", "left") for who in crowd[11:]))

    assert holds(hub) == [(branch, "roll", 11, 11, 31), (branch, "roll", 11, 11, 31), (branch, "roll", 11, 11, 20)]
    assert_replays(hub.db, another_db)


def ballot_ahead(hub, clock):
    """A recall in the branch that has its signatures, so that a ballot comes."""
    clock.advance(days=31)
    with hub.db.write() as tx:
        mine = again(tx, hub.organisers[0]).grants[0]
        act = petitions.open_recall(tx, grant=mine.id, reasons=WHY, actor=again(tx, hub.organisers[1]))
    with hub.db.write() as tx:
        for who in [*hub.organisers[2:], hub.founders[0]]:
            petitions.sign(tx, act=act, actor=again(tx, who))
    return act


def test_fifth_of_a_roll_cannot_vanish_before_a_ballot(hub, another_db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    crowd = members(hub, 11)  # twenty on the roll
    ballot_ahead(hub, clock)

    hub.say(*((who, "ended", "left") for who in crowd[:3]))
    assert (with_standing(hub, crowd), holds(hub)) == (8, [])
    clock.advance(days=1)
    hub.say((crowd[3], "ended", "left"))

    assert with_standing(hub, crowd) == 8
    assert holds(hub) == [(hub.branch.scope.id, "roll", 1, 4, 20)]
    with hub.db.read() as tx:
        assert electorate.size(tx, hub.branch.scope) == 17
    assert_replays(hub.db, another_db)


def test_same_loss_without_a_ballot_is_none(hub):
    crowd = members(hub, 11)

    hub.say(*((who, "ended", "left") for who in crowd[:4]))

    assert (with_standing(hub, crowd), holds(hub)) == (7, [])


def test_petition_that_still_collects_is_no_ballot_ahead(hub, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    crowd = members(hub, 11)
    clock.advance(days=31)
    with hub.db.write() as tx:
        mine = again(tx, hub.organisers[0]).grants[0]
        petitions.open_recall(tx, grant=mine.id, reasons=WHY, actor=again(tx, hub.organisers[1]))

    hub.say(*((who, "ended", "left") for who in crowd[:4]))

    assert holds(hub) == []


def test_hold_before_a_ballot_lasts_until_it_has_ended(hub, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    crowd = members(hub, 11)
    act = ballot_ahead(hub, clock)
    hub.say(*((who, "ended", "left") for who in crowd[:4]))

    clock.advance(days=40)
    hub.carry_out()

    with hub.db.read() as tx:
        ahead = queries.ballots_at(tx, hub.branch.scope.id, queries.scopes_with_ballots(tx))
    assert ([state.id for state in ahead], with_standing(hub, crowd)) == ([act], 11)


def test_forgotten_changes_are_those_that_nothing_counts(hub, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    hub.say(*((who, "ended", "left") for who in hub.organisers[:3]), (hub.founders[0], "ended", "left"))
    clock.advance(days=30)
    hub.carry_out()
    hub.say((hub.founders[1], "ending", "unpaid"))
    clock.advance(days=180, minutes=1)

    with hub.db.write() as tx:
        standing.forget(tx)
        left = [row.why for row in tx.execute(feed_changes.select())], tx.execute(feed_holds.select()).all()

    assert left == (["unpaid"], [])


LIMITS = {
    "hold_mandates_least": 2, "hold_mandates_percent": 20, "hold_roll_least": 10, "hold_roll_percent": 5,
}  # fmt: skip


@pytest.mark.parametrize(("of", "limit"), [(1, 1), (2, 1), (3, 2), (5, 2), (14, 2), (15, 3), (100, 20)])
def test_limit_of_mandates(of, limit):
    assert rules.mandates_limit(of, LIMITS) == limit


@pytest.mark.parametrize(
    ("of", "limit", "with_ballot"),
    [(5, 10, 2), (16, 10, 3), (20, 10, 3), (21, 10, 4), (50, 10, 9), (51, 10, 10), (200, 10, 10), (1000, 50, 50)],
)
def test_limit_of_a_roll(of, limit, with_ballot):
    assert rules.roll_limit(of, LIMITS, ballot=False) == limit
    assert rules.roll_limit(of, LIMITS, ballot=True) == with_ballot
    assert with_ballot * 5 < of or with_ballot == 2
