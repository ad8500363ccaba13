"""A branch chooses what the rules leave to it, within the range; acts that run go by what they began with."""

from __future__ import annotations

import pytest

from hub.acts import actions as acts
from hub.branches import own_rules
from hub.constitution import queries as constitution
from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.errors import Forbidden, Invalid, RuleViolation
from hub.groups import offices
from hub.permits import queries as permits
from tests import copies
from tests.people_for_tests import (
    again,
    begin_appointments,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    ready,
    seat_council,
)
from tests.replaying import assert_replays


class York:
    """A branch of five organisers with a group of two."""

    def __init__(self, db, clock_at) -> None:
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            self.branch, self.officers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            founders = [ready(tx, "fay"), ready(tx, "flo")]
            self.group, self.founders = found_group(tx, self.branch, founders, self.officers)

    def choose(self, db, clock_at, rule: str, value: int) -> None:
        """Two organisers choose a number, and its notice passes."""
        with db.write() as tx:
            first, second = (again(tx, officer) for officer in self.officers[:2])
            act = own_rules.propose(tx, branch=self.branch, rule=rule, value=value, actor=first)
            own_rules.confirm(tx, act=act, actor=second)
        clock_at.advance(days=3)
        with db.write() as tx:
            acts.tick_all(tx)


@pytest.fixture
def york(db, clock_at) -> York:
    return copies.of(db, York, at=clock_at)


def in_force(db, rule: str, branch: str | None) -> int:
    """A number as it holds in a branch."""
    with db.read() as tx:
        return constitution.chosen(tx, constitution.in_force(tx)[0], rule, branch)


def test_branch_goes_by_its_own_number_after_the_notice(db, another_db, clock_at, york):
    york.choose(db, clock_at, "numbers.request_days", 14)

    assert in_force(db, "numbers.request_days", york.branch.id) == 14
    assert in_force(db, "numbers.request_days", None) == 7
    assert_replays(db, another_db)


def test_act_goes_by_what_was_in_force_when_it_began(db, another_db, clock_at, york):
    with db.write() as tx:
        act, token = offices.offer(tx, place=york.group, actor=york.founders[0])
        chosen = ready(tx, "mona")
    york.choose(db, clock_at, "terms.appointment", 30)
    with db.write() as tx:
        offices.accept(tx, token=token, shown="Mo", actor=again(tx, chosen))
        for founder in york.founders:
            offices.confirm(tx, act=act, actor=again(tx, founder))
        begin_appointments(tx, clock_at)
        grant = permits.live_grants(tx, holder=again(tx, chosen).holder)[0]

        later, link = offices.offer(tx, place=york.group, actor=again(tx, york.founders[0]))
        other = ready(tx, "max")
        offices.accept(tx, token=link, shown="Max", actor=other)
        for founder in york.founders:
            offices.confirm(tx, act=later, actor=again(tx, founder))
        begin_appointments(tx, clock_at)
        shorter = permits.live_grants(tx, holder=again(tx, other).holder)[0]

    assert [(one.until - one.starts).days for one in (grant, shorter)] == [180, 30]
    assert_replays(db, another_db)


@pytest.mark.parametrize(
    ("rule", "value"), [("numbers.request_days", 2), ("numbers.request_days", 15), ("terms.founding", 90)]
)
def test_number_out_of_range_or_not_left_to_branches_is_refused(db, york, rule, value):
    with db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(Invalid), db.write() as tx:
        own_rules.propose(tx, branch=york.branch, rule=rule, value=value, actor=york.officers[0])

    with db.read() as tx:
        assert entry_count(tx) == before


def test_group_organiser_chooses_nothing_for_the_branch_and_two_changes_do_not_run_at_once(db, york):
    with pytest.raises(Forbidden), db.write() as tx:
        own_rules.propose(tx, branch=york.branch, rule="numbers.request_days", value=9, actor=york.founders[0])
    with db.write() as tx:
        own_rules.propose(tx, branch=york.branch, rule="numbers.request_days", value=9, actor=york.officers[0])

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        own_rules.propose(tx, branch=york.branch, rule="terms.appointment", value=90, actor=york.officers[1])
    assert refused.value.code == "branches.change_runs"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("branch_may = [3, 14]", "branch_may = [8, 14]", "must hold the number itself"),
        ("branch_may = [3, 14]", "branch_may = [0, 14]", "must lie between 1 and 28"),
        ("branch_may = [3, 14]", "branch_may = 3", "must be two numbers"),
        (
            "[terms.founding]\ndays = 180",
            "[terms.founding]\ndays = 180\nbranch_may = [1, 300]",
            "same for every branch",
        ),
    ],
)
def test_constitution_leaves_branches_only_what_it_may(old, new, says):
    text = default_text()
    assert old in text

    with pytest.raises(Broken) as refused:
        load(text.replace(old, new, 1))

    assert any(says in fault for fault in refused.value.faults), refused.value.faults
