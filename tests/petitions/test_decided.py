"""What a petition's ballot brings about: a recall, a held change that goes on or not, other rules."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.acts import queries as act_queries
from hub.ballots import casting, elections
from hub.ballots import queries as ballots
from hub.ballots.questions import asked_by
from hub.constitution import queries as constitution
from hub.constitution.actions import default_text
from hub.groups import membership, settings
from hub.groups import queries as groups
from hub.groups.founding import Plan
from hub.permits import queries as permits
from hub.petitions import actions
from tests.people_for_tests import again, found_branch, found_group, found_hub, member, ready, seat_council, types
from tests.petitions.test_petitions import WHY
from tests.replaying import assert_replays

LATE = Plan("Late Tenants", "Another group.", "branch")
CHANGED = default_text().replace("[terms.founding]\ndays = 180", "[terms.founding]\ndays = 90", 1)


class York:
    """A branch of five founders, the council who live there and twelve more; a group of two and six members."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock = db, clock_at
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            self.council = seat_council(tx, "cleo", "cyra")
            self.branch, self.founders = found_branch(tx, self.council)
            self.members = [member(tx, f"mem_{number}") for number in range(12)]
            first, second = ready(tx, "fay"), ready(tx, "flo")
            self.group, self.organisers = found_group(tx, self.branch, [first, second], self.founders)
            for one in self.members[:6]:
                membership.join(tx, group=self.group, actor=one)
        self.later(days=40)

    def later(self, **by: float) -> None:
        """Moves the clock on, and lets it do what is due."""
        self.clock.advance(**by)
        with self.db.write() as tx:
            while elections.tick(tx):
                pass

    def vote(self, act: str, yes: int, no: int, people=None) -> str:
        """So many members vote in an act's ballot; returns it. The ballot then closes."""
        people = people or self.members
        with self.db.write() as tx:
            ballot = ballots.of_act(tx, act)[-1].id
            for place, person in enumerate(people[: yes + no]):
                casting.cast(
                    tx, ballot=ballot, choice="yes" if place < yes else "no", nonce=casting.new_nonce(),
                    phrase="my own words", actor=again(tx, person),
                )  # fmt: skip
        return ballot

    def recall(self) -> str:
        """A recall of the first founder that has its signatures, and whose time to answer is over."""
        with self.db.write() as tx:
            grant = permits.live_grants(tx, holder=self.founders[0].holder)[0]
            act = actions.open_recall(tx, grant=grant.id, reasons=WHY, actor=again(tx, self.members[0]))
            for one in self.members[1:5]:
                actions.sign(tx, act=act, actor=again(tx, one))
        self.later(days=7)
        return act

    def mandates(self) -> dict[str, str | None]:
        """The first founder's mandates in the branch: their ends and why."""
        with self.db.read() as tx:
            held = permits.all_grants(tx, self.branch.scope)
            return {grant.role: grant.ended_why for grant in held if grant.holder == self.founders[0].holder}


@pytest.fixture
def york(db, clock_at) -> York:
    return York(db, clock_at)


def test_yes_ends_every_mandate_and_the_clock_opens_an_election(york, another_db):
    act = york.recall()
    york.vote(act, yes=6, no=2)
    york.later(days=7)

    assert york.mandates() == {"admin": "recalled"}
    with york.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "done"
        opened = ballots.elections_in(tx, york.branch.scope, "admin")
        assert [(one.kind, one.seats) for one in opened] == [("by", 3)]
        assert len(permits.live_grants(tx, scope=york.branch.scope)) == 4
    assert_replays(york.db, another_db)


@pytest.mark.parametrize(("yes", "no"), [(2, 0), (4, 4), (3, 5)])
def test_without_a_yes_or_its_floor_nothing_changes(york, yes, no):
    act = york.recall()
    york.vote(act, yes=yes, no=no)
    york.later(days=7)

    assert york.mandates() == {"admin": None}
    with york.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "failed"
        assert ballots.elections_in(tx, york.branch.scope, "admin") == []


def test_paper_shows_reasons_and_answer(york):
    with york.db.write() as tx:
        grant = permits.live_grants(tx, holder=york.founders[0].holder)[0]
        act = actions.open_recall(tx, grant=grant.id, reasons=WHY, actor=again(tx, york.members[0]))
        for one in york.members[1:5]:
            actions.sign(tx, act=act, actor=again(tx, one))
        actions.answer(tx, act=act, reply="I was ill.", actor=again(tx, york.founders[0]))

        asked = asked_by(tx, act_queries.get(tx, act))

    assert asked.words == "Shall A be recalled as Organiser of York branch?"
    assert asked.beside == (("The reasons of those who ask for it", WHY), ("The answer of A", "I was ill."))


def held(york: York) -> tuple[str, str]:
    """A change of the group's settings, decided and held: (change, hold)."""
    with york.db.write() as tx:
        first, second = (again(tx, one) for one in york.organisers)
        change = settings.propose(tx, group=york.group, joining="accept", seats=None, seats_most=99, actor=first)
        settings.confirm(tx, act=change, actor=second)
        hold = actions.open_hold(tx, target=change, reasons=WHY, actor=again(tx, york.members[0]))
        for one in york.members[1:5]:
            actions.sign(tx, act=hold, actor=again(tx, one))
    return change, hold


@pytest.mark.parametrize(("yes", "no", "joining"), [(4, 1, "accept"), (1, 4, "branch"), (0, 0, "branch")])
def test_held_change_goes_on_only_with_a_yes(york, another_db, yes, no, joining):
    change, hold = held(york)
    york.vote(hold, yes, no, york.members[:6])
    york.later(days=7)

    with york.db.read() as tx:
        assert groups.get(tx, york.group.id).joining == joining
        assert act_queries.get(tx, change).outcome == ("done" if joining == "accept" else "refused")
    assert_replays(york.db, another_db)


def amendment(york: York) -> str:
    """An amendment that has its signatures, was read for a fortnight, and is being voted on."""
    with york.db.write() as tx:
        act = actions.propose_amendment(tx, text=CHANGED, reasons=WHY, actor=again(tx, york.members[0]))
        for one in york.members[1:]:
            if act_queries.get(tx, act).current.do == "support":
                actions.sign(tx, act=act, actor=again(tx, one))
    york.later(days=14)
    return act


def test_amendment_comes_into_force_a_fortnight_after_its_vote(york, another_db):
    act = amendment(york)
    york.vote(act, yes=10, no=2)
    york.later(days=14)
    with york.db.read() as tx:
        assert constitution.in_force(tx)[0].terms["founding"] == 180

    york.later(days=13)
    with york.db.read() as tx:
        assert constitution.newest(tx).version == 1
    york.later(days=1)

    with york.db.read() as tx:
        newest = constitution.newest(tx)
        assert (newest.version, constitution.in_force(tx)[0].terms["founding"]) == (2, 90)
        assert types(tx)[-2:] == ["constitution.adopted", "act.advanced"]
    assert_replays(york.db, another_db)


@pytest.mark.parametrize(("yes", "no"), [(7, 4), (2, 0), (6, 6)])
def test_amendment_without_two_thirds_or_its_floor_changes_nothing(york, yes, no):
    act = amendment(york)
    york.vote(act, yes, no)
    york.later(days=30)

    with york.db.read() as tx:
        assert constitution.newest(tx).version == 1
        assert act_queries.get(tx, act).outcome == "failed"


def test_act_that_runs_goes_by_the_rules_it_was_opened_with(york, another_db):
    act = amendment(york)
    york.vote(act, yes=12, no=0)
    york.later(days=15)
    with york.db.write() as tx:
        founders = [ready(tx, name) for name in ("ann", "ben")]
        group, _ = found_group(tx, york.branch, founders, [], LATE)
    york.later(days=13)
    with york.db.read() as tx:
        assert constitution.newest(tx).version == 2
        assert not groups.get(tx, group.id).is_registered
    york.later(days=14)

    with york.db.read() as tx:
        terms = {grant.until - grant.starts for grant in permits.all_grants(tx, groups.get(tx, group.id).scope)}
    assert {term.days for term in terms} == {180}
    assert_replays(york.db, another_db)


def test_private_tables_can_be_emptied_and_the_record_still_folds(york, another_db):
    act = york.recall()
    york.vote(act, yes=6, no=2)
    york.later(days=7)
    with york.db.write() as tx:
        for name in ("signatures", "sessions", "standings", "memberships"):
            tx.execute(sa.text(f"DELETE FROM {name}"))

    assert_replays(york.db, another_db)
