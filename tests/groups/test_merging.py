"""Two groups become one: two organisers and the members of each say yes; offices end, and nobody gets one by it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub import clock
from hub.acts import queries as act_queries
from hub.ballots import casting, elections
from hub.ballots import queries as ballots
from hub.draws import conflicts
from hub.draws import queries as draws
from hub.draws.models import draw_tickets
from hub.errors import Forbidden, Invalid, RuleViolation
from hub.groups import links, membership, merging, merging_fold, queries, resting
from hub.groups.founding import Plan
from hub.groups.models import memberships
from hub.outbox.models import letters
from hub.permits import actions as permit_actions
from hub.permits import queries as permits
from tests import copies
from tests.people_for_tests import (
    PLAN,
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
from tests.replaying import assert_replays, lines_of
from tests.verifier import fold, verifier

WHY = "We meet in the same room anyway."
WIKI = {"kind": "wiki", "url": "https://wiki.example.org/", "title": "Wiki", "audience": "public"}


class Two:
    """Tenants and Lodgers of York, two organisers and six members each, one of whom is in both; a group elsewhere."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock = db, clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            self.council = seat_council(tx, "cleo", "cyra")
            branch, officers = found_branch(tx, self.council)
            mon, others = found_branch(tx, self.council, "ynys-mon", "mon")
            plan = Plan("York Lodgers", "Lodgers of York helping one another.", "branch", 9)
            self.tenants, self.first = found_group(tx, branch, [ready(tx, "fay"), ready(tx, "flo")], officers, PLAN)
            self.lodgers, self.second = found_group(tx, branch, [ready(tx, "kay"), ready(tx, "kim")], officers, plan)
            far = Plan("Mon Renters", "Renters of the island, together.", "branch")
            self.far, _ = found_group(
                tx, mon, [ready(tx, "moira", "ynys-mon"), ready(tx, "miles", "ynys-mon")], others, far
            )
            self.members = {
                self.tenants.id: [member(tx, f"ten_{number}") for number in range(5)],
                self.lodgers.id: [member(tx, f"lod_{number}") for number in range(5)],
            }
            both = member(tx, "both")
            for group in (self.tenants, self.lodgers):
                self.members[group.id].append(both)
                for one in self.members[group.id]:
                    membership.join(tx, group=group, actor=again(tx, one))
            links.add_link(tx, group=self.tenants, actor=again(tx, self.first[0]), **WIKI)
        self.later(days=40)

    def later(self, **by: float) -> None:
        self.clock.advance(**by)
        with self.db.write() as tx:
            resting.let_empty_rest(tx)
            elections.tick(tx)

    def ask(self, many: int = 2) -> str:
        """So many organisers of the Tenants ask to merge into the Lodgers."""
        with self.db.write() as tx:
            act = merging.propose(tx, group=self.tenants, into=self.lodgers, reason=WHY, actor=again(tx, self.first[0]))
        if many == 2:
            self.confirm(act, self.first[1])
        return act

    def answer(self, asked: str) -> str:
        """The Lodgers' organisers ask to take them in."""
        with self.db.write() as tx:
            actor = again(tx, self.second[0])
            act = merging.propose(tx, group=self.lodgers, into=self.lodgers, reason=WHY, actor=actor, answers=asked)
        self.confirm(act, self.second[1])
        return act

    def confirm(self, act: str, who) -> None:
        with self.db.write() as tx:
            merging.confirm(tx, act=act, actor=again(tx, who))

    def vote(self, act: str, group, yes: int, no: int = 0) -> None:
        """So many members of a group vote."""
        with self.db.write() as tx:
            ballot = ballots.of_act(tx, act)[-1].id
            for place, person in enumerate(self.members[group.id][: yes + no]):
                casting.cast(
                    tx, ballot=ballot, choice="yes" if place < yes else "no", nonce=casting.new_nonce(),
                    phrase="my own words", actor=again(tx, person),
                )  # fmt: skip

    def stands(self, group) -> tuple[bool, int, int]:
        """Whether a group is closed, how many hold office in it, and how many belong to it."""
        inside = sa.select(sa.func.count()).where(memberships.c.group == group.id, memberships.c.until_at.is_(None))
        with self.db.read() as tx:
            held = permits.standing_grants(tx, scope=group.scope)
            return queries.get(tx, group.id).is_closed, len(held), tx.scalar(inside) or 0

    def told(self, template: str) -> int:
        with self.db.read() as tx:
            return tx.scalar(sa.select(sa.func.count()).where(letters.c.template == template)) or 0

    def refuses(self, kind: type[Exception], work) -> None:
        """Something is refused, and nothing is written."""
        with self.db.read() as tx:
            before = entry_count(tx)
        with pytest.raises(kind):
            work()
        with self.db.read() as tx:
            assert entry_count(tx) == before


@pytest.fixture
def two(db, clock_at) -> Two:
    return copies.of(db, Two, at=clock_at)


def test_members_of_both_merge_their_groups_and_no_power_comes_by_it(two, another_db):
    asked = two.ask()
    answered = two.answer(asked)
    two.later(days=14)
    two.vote(asked, two.tenants, yes=5, no=1)
    two.vote(answered, two.lodgers, yes=4, no=1)
    with two.db.read() as tx:
        before = {grant.id for grant in permits.all_grants(tx, two.lodgers.scope)}
    two.later(days=10)

    assert (two.stands(two.tenants), two.stands(two.lodgers)) == ((True, 0, 0), (False, 2, 15))
    assert (two.told("group_merging"), two.told("group_merged")) == (16, 8)
    with two.db.draft() as tx:
        found = queries.by_slug(tx, two.tenants.slug)
        assert (found.merged_into, queries.takes_acts(tx, found).code) == (two.lodgers.id, "groups.closed")
        assert {grant.id for grant in permits.all_grants(tx, two.lodgers.scope)} == before
        assert {grant.ended_why for grant in permits.all_grants(tx, two.tenants.scope)} == {"closed"}
        assert queries.links_for(tx, found, viewer=again(tx, two.members[two.tenants.id][0])) == []
        assert types(tx).count("group.merged") == 1
        assert [card.slug for card in queries.listing(tx)] == [two.far.slug, two.lodgers.slug]
    assert_replays(two.db, another_db)


@pytest.mark.parametrize(("ours", "theirs"), [((5, 0), (0, 0)), ((1, 4), (5, 0)), ((5, 0), (1, 4))])
def test_where_one_of_the_two_says_no_both_go_on(two, another_db, ours, theirs):
    asked = two.ask()
    answered = two.answer(asked)
    two.later(days=14)
    two.vote(asked, two.tenants, *ours)
    two.vote(answered, two.lodgers, *theirs)
    two.later(days=10)

    assert (two.stands(two.tenants), two.stands(two.lodgers)) == ((False, 2, 8), (False, 2, 8))
    assert_replays(two.db, another_db)


def test_nothing_happens_where_the_other_group_is_silent(two, another_db):
    asked = two.ask()
    two.later(days=14)
    two.vote(asked, two.tenants, yes=6)
    two.later(days=10)

    with two.db.read() as tx:
        assert act_queries.get(tx, asked).outcome == "done"
    assert two.stands(two.tenants) == (False, 2, 8)
    two.refuses(RuleViolation, lambda: two.answer(asked))
    assert_replays(two.db, another_db)


def test_order_of_the_two_votes_does_not_matter(two, another_db):
    asked = two.ask()
    two.later(days=13)
    answered = two.answer(asked)
    two.later(days=1)
    two.vote(asked, two.tenants, yes=6)
    two.later(days=10)
    between = two.stands(two.tenants)
    two.later(days=6)
    two.vote(answered, two.lodgers, yes=5)
    two.later(days=10)

    assert (between, two.stands(two.tenants)) == ((False, 2, 8), (True, 0, 0))
    assert_replays(two.db, another_db)


def test_who_may_propose_and_into_what(two):
    def propose(group, into, who, **more):
        def work() -> None:
            with two.db.write() as tx:
                merging.propose(tx, group=group, into=into, reason=WHY, actor=again(tx, who), **more)

        return work

    two.refuses(RuleViolation, propose(two.tenants, two.far, two.first[0]))
    two.refuses(RuleViolation, propose(two.tenants, two.tenants, two.first[0]))
    two.refuses(Forbidden, propose(two.tenants, two.lodgers, two.second[0]))
    two.refuses(Forbidden, propose(two.tenants, two.lodgers, two.members[two.tenants.id][0]))
    two.refuses(Forbidden, propose(two.tenants, two.lodgers, two.council[0]))
    asked = two.ask(many=1)
    two.refuses(RuleViolation, propose(two.tenants, two.lodgers, two.first[1]))
    two.refuses(RuleViolation, lambda: two.confirm(asked, two.first[0]))
    two.refuses(RuleViolation, propose(two.lodgers, two.tenants, two.second[0], answers=asked))
    two.confirm(asked, two.first[1])
    two.answer(asked)
    two.refuses(RuleViolation, propose(two.lodgers, two.lodgers, two.second[1], answers=asked))

    def without_reason() -> None:
        with two.db.write() as tx:
            merging.propose(tx, group=two.lodgers, into=two.tenants, reason=" ", actor=again(tx, two.second[0]))

    two.refuses(Invalid, without_reason)


def pooled(two: Two, act: str) -> set[str]:
    """Who has a ticket for the scrutineers of a merger's ballot."""
    with two.db.read() as tx:
        draw = draws.of_act(tx, act)[-1]
        mine = sa.select(draw_tickets.c.person).where(draw_tickets.c.act == act, draw_tickets.c.step == draw.step)
        return set(tx.scalars(mine))


def belonging_to_both(two: Two) -> None:
    """The Lodgers' organisers belong to the Tenants as well, and one of the Tenants' to the Lodgers, for a month."""
    with two.db.write() as tx:
        for group, one in ((two.tenants, two.second[0]), (two.tenants, two.second[1]), (two.lodgers, two.first[1])):
            membership.join(tx, group=group, actor=again(tx, one))
    two.later(days=30)


def assert_both_keep_out(two: Two, another_db, act: str, *organisers) -> None:
    """Who may not be drawn is the same for the hub and for the stand-alone verifier: these among them."""
    assert_replays(two.db, another_db)
    with two.db.read() as tx:
        out = conflicts.conflicted(tx, act_queries.get(tx, act), "scrutineers", clock.now())
    folded = fold(lines_of(two.db))
    assert verifier.conflicted(folded, folded.acts[act], "scrutineers", clock.now()) == out
    assert {one.holder for one in organisers} <= out


def persons(two: Two, group) -> set[str]:
    return {one.person for one in two.members[group.id]}


def test_organisers_of_the_other_group_are_not_drawn_as_scrutineers(two, another_db):
    """Nobody answered yet: they have an interest, and no hand in it."""
    belonging_to_both(two)
    asked = two.ask()
    two.later(days=14)

    assert pooled(two, asked) == persons(two, two.tenants)
    assert_both_keep_out(two, another_db, asked, *two.first, *two.second)


def test_whoever_signed_in_either_group_looks_at_neither_count(two, another_db):
    """Kay of the Lodgers signs, and lays her office down before the ballots open: she decided all the same."""
    belonging_to_both(two)
    asked = two.ask()
    answered = two.answer(asked)
    two.later(days=1)
    with two.db.write() as tx:
        kay = again(tx, two.second[0])
        permit_actions.resign(tx, grant=kay.grants[0].id, actor=kay)
    two.later(days=14)

    assert pooled(two, asked) == persons(two, two.tenants)
    assert pooled(two, answered) == persons(two, two.lodgers)
    assert_both_keep_out(two, another_db, answered, *two.first, *two.second)


@pytest.mark.parametrize(
    ("part", "forgets", "shows"),
    [
        ("_about", lambda *_: set(), test_organisers_of_the_other_group_are_not_drawn_as_scrutineers),
        ("_other", lambda *_: None, test_whoever_signed_in_either_group_looks_at_neither_count),
    ],
)
def test_planted_fault_scrutineers_with_a_part_in_the_merger_are_found(
    two, another_db, monkeypatch, part, forgets, shows
):
    monkeypatch.setattr(conflicts, part, forgets)

    with pytest.raises(AssertionError):
        shows(two, another_db)


def test_planted_fault_one_yes_that_merges_is_found(two, another_db, monkeypatch):
    monkeypatch.setattr(merging_fold, "is_decided", lambda tx, state: True)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_nothing_happens_where_the_other_group_is_silent(two, another_db)
