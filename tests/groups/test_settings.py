"""Changing who may join: two organisers, three days, and members who can put it to a ballot."""

from __future__ import annotations

import pytest

from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.constitution.actions import default_text
from hub.constitution.load import load
from hub.errors import Forbidden, Invalid, RuleViolation
from hub.groups import membership, queries, settings
from hub.petitions import actions as petitions
from hub.petitions.rules import signatures_needed
from tests import copies
from tests.people_for_tests import (
    again,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    member,
    ready,
    seat_council,
    types,
)
from tests.replaying import assert_replays


class Group:
    """A group of two founders and six members."""

    def __init__(self, db, clock_at) -> None:
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            branch, officers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            founders = [ready(tx, "fay"), ready(tx, "flo")]
            self.group, self.founders = found_group(tx, branch, founders, officers)
            self.members = [member(tx, f"mem_{number}") for number in range(6)]
            for one in self.members:
                membership.join(tx, group=self.group, actor=one)
            self.outsider = member(tx, "out_sider")

    def propose(self, db) -> str:
        """A change to accepting and 20 places, signed by the first founder."""
        with db.write() as tx:
            return settings.propose(
                tx, group=self.group, joining="accept", seats=20, seats_most=5000, actor=self.founders[0]
            )

    def decide(self, db) -> str:
        """The same, signed by both."""
        act = self.propose(db)
        with db.write() as tx:
            settings.confirm(tx, act=act, actor=self.founders[1])
        return act


@pytest.fixture
def tenants(db, clock_at) -> Group:
    return copies.of(db, Group, at=clock_at)


def test_settings_change_after_two_signatures_and_three_days(db, another_db, clock_at, tenants):
    act = tenants.decide(db)
    with db.read() as tx:
        assert queries.get(tx, tenants.group.id).joining == "branch"
        assert act_queries.get(tx, act).current.do == "notice"

    clock_at.advance(days=3)
    with db.write() as tx:
        acts.tick_all(tx)
        changed = queries.get(tx, tenants.group.id)

    assert (changed.joining, changed.seats) == ("accept", 20)
    assert_replays(db, another_db)


def test_one_signature_is_not_enough_and_lapses(db, clock_at, tenants):
    act = tenants.propose(db)
    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        settings.confirm(tx, act=act, actor=tenants.founders[0])
    assert refused.value.code == "acts.signed_before"

    clock_at.advance(days=15)
    with db.write() as tx:
        acts.tick_all(tx)
        assert act_queries.get(tx, act).outcome == "lapsed"
        assert queries.get(tx, tenants.group.id).seats is None


def test_members_and_outsiders_change_no_settings(db, tenants):
    with db.read() as tx:
        before = entry_count(tx)

    for actor in (tenants.members[0], tenants.outsider):
        with pytest.raises(Forbidden), db.write() as tx:
            settings.propose(tx, group=tenants.group, joining="accept", seats=None, seats_most=5000, actor=actor)

    with db.read() as tx:
        assert entry_count(tx) == before


@pytest.mark.parametrize(("joining", "seats"), [("nobody", None), ("branch", 1), ("branch", 7), ("branch", 5001)])
def test_unfit_settings_are_refused(db, tenants, joining, seats):
    with db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(Invalid), db.write() as tx:
        settings.propose(
            tx, group=tenants.group, joining=joining, seats=seats, seats_most=5000, actor=tenants.founders[0]
        )

    with db.read() as tx:
        assert entry_count(tx) == before


def test_half_of_eight_members_hold_a_change(db, clock_at, tenants):
    act = tenants.decide(db)
    with db.write() as tx:
        hold = petitions.open_hold(tx, target=act, reasons="It shuts people out.", actor=tenants.members[0])
        for one in tenants.members[1:3]:
            petitions.sign(tx, act=hold, actor=one)
        assert not act_queries.get(tx, act).is_held

        petitions.sign(tx, act=hold, actor=tenants.members[3])

        assert act_queries.get(tx, act).is_held
        assert types(tx)[-4:] == ["petition.reached", "act.advanced", "ballot.called", "draw.prepared"]
    clock_at.advance(days=5)
    with db.write() as tx:
        acts.tick_all(tx)
        assert queries.get(tx, tenants.group.id).joining == "branch"


@pytest.mark.parametrize(("members", "needed"), [(1, 2), (3, 2), (4, 2), (5, 3), (8, 4), (9, 5), (10, 5), (5000, 5)])
def test_hold_takes_five_or_half_of_few_and_never_one_alone(members, needed):
    (step, *_) = load(default_text()).procedures["hold"].steps
    assert signatures_needed(step, {}, members) == needed


def test_three_of_eight_members_hold_nothing(db, clock_at, tenants):
    act = tenants.decide(db)
    with db.write() as tx:
        hold = petitions.open_hold(tx, target=act, reasons="It shuts people out.", actor=tenants.members[0])
        for one in tenants.members[1:3]:
            petitions.sign(tx, act=hold, actor=one)

    clock_at.advance(days=4)
    with db.write() as tx:
        acts.tick_all(tx)
        assert act_queries.get(tx, hold).outcome == "failed"
        assert queries.get(tx, tenants.group.id).joining == "accept"


def test_outsider_holds_nothing_and_nothing_is_held_after_its_notice(db, clock_at, tenants):
    act = tenants.decide(db)
    with pytest.raises(Forbidden), db.write() as tx:
        petitions.open_hold(tx, target=act, reasons="No.", actor=tenants.outsider)

    clock_at.advance(days=3)
    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        petitions.open_hold(tx, target=act, reasons="No.", actor=again(tx, tenants.members[0]))
    assert refused.value.code == "acts.not_held"
