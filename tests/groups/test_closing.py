"""Closing a group: two of its organisers ask, every member is told, and its members vote. Nobody else can."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub import ids, ledger
from hub.acts import queries as act_queries
from hub.ballots import casting, elections
from hub.ballots import queries as ballots
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation
from hub.groups import closing, founding, links, membership, queries, resting
from hub.groups.entries import ClosureProposed, GroupClosed
from hub.groups.models import memberships
from hub.outbox.models import letters
from hub.permits import queries as permits
from tests import copies
from tests.people_for_tests import again, entry_count, found_branch, found_group, found_hub, member, ready, seat_council
from tests.replaying import assert_replays

WHY = "We have done what we met for."
WIKI = {"kind": "wiki", "url": "https://wiki.example.org/", "title": "Wiki", "audience": "public"}


class Tenants:
    """A group of two organisers and six members, forty days old, and its branch's five organisers."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock = db, clock_at
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            self.council = seat_council(tx, "cleo", "cyra")
            self.branch, self.officers = found_branch(tx, self.council)
            founders = [ready(tx, "fay"), ready(tx, "flo")]
            self.group, self.organisers = found_group(tx, self.branch, founders, self.officers)
            self.members = [member(tx, f"mem_{number}") for number in range(6)]
            for one in self.members:
                membership.join(tx, group=self.group, actor=one)
            links.add_link(tx, group=self.group, actor=again(tx, self.organisers[0]), **WIKI)
        self.later(days=40)

    def later(self, **by: float) -> None:
        """Moves the clock on, and lets it do what is due."""
        self.clock.advance(**by)
        with self.db.write() as tx:
            resting.let_empty_rest(tx)
            elections.tick(tx)

    def ask(self, many: int = 2) -> str:
        """So many organisers ask whether it closes; the act."""
        with self.db.write() as tx:
            act = closing.propose(tx, group=self.group, reason=WHY, actor=again(tx, self.organisers[0]))
        if many == 2:
            with self.db.write() as tx:
                closing.confirm(tx, act=act, actor=again(tx, self.organisers[1]))
        return act

    def vote(self, act: str, yes: int, no: int = 0) -> None:
        """So many members vote, and the ballot closes."""
        with self.db.write() as tx:
            ballot = ballots.of_act(tx, act)[-1].id
            for place, person in enumerate(self.members[: yes + no]):
                casting.cast(
                    tx, ballot=ballot, choice="yes" if place < yes else "no", nonce=casting.new_nonce(),
                    phrase="my own words", actor=again(tx, person),
                )  # fmt: skip
        self.later(days=10)

    def stands(self) -> tuple[bool, int, int]:
        """Whether it is closed, how many hold office in it, and how many belong to it."""
        inside = sa.select(sa.func.count()).where(
            memberships.c.group == self.group.id, memberships.c.until_at.is_(None)
        )
        with self.db.read() as tx:
            held = permits.standing_grants(tx, scope=self.group.scope)
            return queries.get(tx, self.group.id).is_closed, len(held), tx.scalar(inside) or 0

    def told(self, template: str) -> int:
        """How many letters of a kind there are."""
        with self.db.read() as tx:
            mine = sa.select(sa.func.count()).where(letters.c.template == template)
            return tx.scalar(mine) or 0


@pytest.fixture
def tenants(db, clock_at) -> Tenants:
    return copies.of(db, Tenants, at=clock_at)


def test_members_close_their_group_after_two_weeks_and_a_vote(tenants, another_db):
    act = tenants.ask()
    with tenants.db.read() as tx:
        before = act_queries.get(tx, act).current.do
    tenants.later(days=14)
    tenants.vote(act, yes=5, no=1)

    assert before == "notice"
    assert tenants.stands() == (True, 0, 0)
    assert (tenants.told("closure_waits"), tenants.told("group_closing"), tenants.told("group_closed")) == (1, 8, 8)
    with tenants.db.draft() as tx:
        ended = {grant.ended_why for grant in permits.all_grants(tx, tenants.group.scope)}
        found = queries.by_slug(tx, tenants.group.slug)
        assert (ended, found.is_closed, found.name) == ({"closed"}, True, "York Tenants")
        assert queries.takes_acts(tx, found).code == "groups.closed"
        assert [link.url for link in queries.links_for(tx, found, viewer=again(tx, tenants.members[0]))] == []
        assert [card.slug for card in queries.listing(tx)] == []
    assert_replays(tenants.db, another_db)


@pytest.mark.parametrize(("yes", "no"), [(0, 0), (1, 0), (3, 3), (2, 4)])
def test_without_a_yes_or_its_floor_it_goes_on(tenants, another_db, yes, no):
    act = tenants.ask()
    tenants.later(days=14)
    tenants.vote(act, yes=yes, no=no)

    assert tenants.stands() == (False, 2, 8)
    with tenants.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "failed"
    assert_replays(tenants.db, another_db)


def test_one_signature_is_not_enough_and_nobody_is_asked(tenants):
    act = tenants.ask(many=1)
    tenants.later(days=14)

    assert tenants.stands() == (False, 2, 8)
    assert tenants.told("group_closing") == 0
    with tenants.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "lapsed"


@pytest.mark.parametrize("who", ["council", "officers", "members"])
def test_nobody_outside_and_no_plain_member_proposes_or_signs_it(tenants, who):
    act = tenants.ask(many=1)
    with tenants.db.draft() as tx:
        actor, before = again(tx, getattr(tenants, who)[1]), entry_count(tx)

    for verb in (
        lambda tx: closing.propose(tx, group=tenants.group, reason=WHY, actor=actor),
        lambda tx: closing.confirm(tx, act=act, actor=actor),
        lambda tx: closing.object_to(tx, act=act, reason=WHY, actor=actor),
    ):
        with pytest.raises(Forbidden), tenants.db.write() as tx:
            verb(tx)
    with tenants.db.read() as tx:
        assert entry_count(tx) == before


def test_fold_takes_no_closing_from_an_office_elsewhere_and_none_that_no_vote_decided(tenants):
    record = ClosureProposed(ids.new("act"), tenants.group.id)
    with tenants.db.draft() as tx:
        elsewhere = [again(tx, by).grants[0].entry for by in (tenants.council[0], tenants.officers[0])]

    for by in elsewhere:
        with pytest.raises(RuleViolation) as refused, tenants.db.write() as tx:
            ledger.append(tx, record, by=by, words={"reason": WHY})
        assert refused.value.code == "permits.no_warrant"
    act = tenants.ask()
    with pytest.raises(RuleViolation), tenants.db.write() as tx:
        ledger.append(tx, GroupClosed(tenants.group.id, act, 3, "2026-12-31T20:00Z"), by=None)

    assert tenants.stands() == (False, 2, 8)


def test_it_is_asked_once_at_a_time_and_with_a_reason(tenants):
    with pytest.raises(Invalid), tenants.db.write() as tx:
        closing.propose(tx, group=tenants.group, reason=" ", actor=again(tx, tenants.organisers[0]))
    tenants.ask(many=1)
    with pytest.raises(RuleViolation) as twice, tenants.db.write() as tx:
        closing.propose(tx, group=tenants.group, reason=WHY, actor=again(tx, tenants.organisers[1]))
    with pytest.raises(NotFound), tenants.db.write() as tx:
        closing.confirm(tx, act=tenants.group.act, actor=again(tx, tenants.organisers[1]))

    assert twice.value.code == "groups.closing_runs"


def test_closed_is_for_good_and_its_name_stays_taken(tenants, another_db):
    act = tenants.ask()
    tenants.later(days=14)
    tenants.vote(act, yes=6)
    with tenants.db.write() as tx:
        nina = ready(tx, "nina")

    with pytest.raises(RuleViolation) as refused, tenants.db.write() as tx:
        membership.join(tx, group=queries.get(tx, tenants.group.id), actor=again(tx, tenants.members[0]))
    plan = founding.Plan("York Tenants", "Renters of York helping one another.", "branch")
    with pytest.raises(Exception, match="Another group has this name"), tenants.db.write() as tx:
        founding.propose(tx, branch=tenants.branch, plan=plan, shown="Nina", actor=nina)
    tenants.later(days=200)

    assert refused.value.code == "groups.closed"
    assert tenants.stands() == (True, 0, 0)
    assert_replays(tenants.db, another_db)


def test_election_that_waits_for_a_vote_ends_when_its_group_closes(tenants, another_db):
    tenants.later(days=113)
    act = tenants.ask()
    tenants.later(days=14)
    tenants.vote(act, yes=5)

    assert tenants.stands() == (True, 0, 0)
    with tenants.db.read() as tx:
        (one,) = ballots.elections_in(tx, tenants.group.scope, "admin")
        assert one.ended_why == "empty"
        assert act_queries.closed_at(tx, one.act) == act_queries.closed_at(tx, act)
    assert_replays(tenants.db, another_db)
