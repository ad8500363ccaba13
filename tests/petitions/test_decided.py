"""What a petition's ballot brings about: a recall, a held change that goes on or not, other rules."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import pytest
import sqlalchemy as sa

from hub import clock, ids, ledger
from hub.acts import queries as act_queries
from hub.ballots import casting, elections, roll
from hub.ballots import queries as ballots
from hub.ballots.questions import asked_by
from hub.constitution import entrenched
from hub.constitution import queries as constitution
from hub.constitution.actions import default_text
from hub.errors import RuleViolation
from hub.groups import electorate, membership, settings
from hub.groups import queries as groups
from hub.groups.founding import Plan
from hub.people import actions as people
from hub.permits import HUB
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.petitions import actions, queries
from hub.petitions.entries import AmendmentProposed
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
from tests.petitions.test_petitions import WHY
from tests.replaying import assert_replays

LATE = Plan("Late Tenants", "Another group.", "branch")
SLOWER = default_text().replace(
    '"support", formula = "petition", days = 42', '"support", formula = "petition", days = 50'
)  # of recalls and amendments: how the rules change is entrenched
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
    return copies.of(db, York, at=clock_at)


def test_yes_ends_every_mandate_and_the_clock_opens_an_election(york, another_db):
    act = york.recall()
    york.vote(act, yes=6, no=2)
    york.later(days=10)

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
    york.later(days=10)

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
        for one in york.members[1:4]:
            actions.sign(tx, act=hold, actor=again(tx, one))
    return change, hold


@pytest.mark.parametrize(("yes", "no", "joining"), [(4, 1, "accept"), (1, 4, "branch"), (0, 0, "branch")])
def test_held_change_goes_on_only_with_a_yes(york, another_db, yes, no, joining):
    change, hold = held(york)
    york.vote(hold, yes, no, york.members[:6])
    york.later(days=10)

    with york.db.read() as tx:
        assert groups.get(tx, york.group.id).joining == joining
        assert act_queries.get(tx, change).outcome == ("done" if joining == "accept" else "refused")
    assert_replays(york.db, another_db)


def amendment(york: York, text: str = CHANGED) -> str:
    """An amendment that has its signatures, was read for a fortnight, and is being voted on."""
    with york.db.write() as tx:
        act = actions.propose_amendment(tx, text=text, reasons=WHY, actor=again(tx, york.members[0]))
        for one in york.members[1:]:
            if act_queries.get(tx, act).current.do == "support":
                actions.sign(tx, act=act, actor=again(tx, one))
    york.later(days=14)
    return act


def test_amendment_comes_into_force_a_fortnight_after_its_vote(york, another_db):
    act = amendment(york)
    york.vote(act, yes=10, no=2)
    york.later(days=17)  # a fortnight's vote, and three days in which its count is judged
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
    york.later(days=18)
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
    york.later(days=10)
    with york.db.write() as tx:
        for name in ("signatures", "sessions", "standings", "memberships"):
            tx.execute(sa.text(f"DELETE FROM {name}"))

    assert_replays(york.db, another_db)


def test_amendment_leaves_the_roll_of_an_election_that_runs(york):
    stricter = default_text().replace(
        "[numbers.eligible_after_days]\nvalue = 28", "[numbers.eligible_after_days]\nvalue = 90", 1
    )
    york.later(days=76)
    with york.db.write() as tx:
        late = [people.open_account(tx, entry_ref=f"ent_late{place}", seed=b"s") for place in range(2)]
        for person in late:
            people.give_standing(tx, person=person, area="york", since=clock.today(), proved_by="code")
    york.later(days=2)
    act = amendment(york, stricter)
    york.vote(act, yes=12, no=0)
    york.later(days=14)
    york.later(days=10)
    with york.db.write() as tx:
        running = act_queries.running(tx, york.branch.scope, "elect")[0]
        mine = again(tx, york.founders[0])
        elections.stand(tx, act=running.id, statement="I stand.", interests="", shown="S", actor=mine)
    york.later(days=8)
    with york.db.read() as tx:
        newest = constitution.newest(tx)
        assert (newest.version, running.constitution < newest.entry) == (2, True)
    york.later(days=6)

    with york.db.read() as tx:
        ballot = ballots.of_act(tx, running.id)[0]
        on_roll = set(roll.persons_of(tx, ballot.id))
        today = set(tx.scalars(electorate.persons_in(york.branch.scope)))
    assert (set(late) <= on_roll, on_roll) == (True, today)


@pytest.mark.parametrize(("yes", "no", "outcome"), [(8, 4, "failed"), (8, 3, "failed"), (9, 3, "done")])
def test_amendment_of_something_entrenched_takes_three_quarters(york, another_db, yes, no, outcome):
    act = amendment(york, SLOWER)
    with york.db.read() as tx:
        asked = asked_by(tx, act_queries.get(tx, act))
        assert (queries.amendment(tx, act).entrenched, asked.ratio) == ("procedures.amend", Fraction(3, 4))
        assert asked.beside[1] == (
            "What a yes takes",
            "It would change something entrenched, so it takes 3 of 4 of the yes and no, the votes that a yes takes, "
            "and more yes than no in more than half of the branches with members on the roll.",
        )
    york.vote(act, yes, no)
    york.later(days=31)

    with york.db.read() as tx:
        assert act_queries.get(tx, act).outcome == outcome
        assert constitution.newest(tx).version == (2 if outcome == "done" else 1)
    assert_replays(york.db, another_db)


def test_ordinary_amendment_takes_two_thirds(york):
    act = amendment(york)
    york.vote(act, yes=8, no=4)
    york.later(days=31)

    with york.db.read() as tx:
        assert (queries.amendment(tx, act).entrenched, queries.ratio(tx, act)) == (None, Fraction(2, 3))
        assert constitution.newest(tx).version == 2


def test_running_amendment_keeps_its_ratio_whatever_a_release_entrenches(york, monkeypatch):
    act = amendment(york)
    monkeypatch.setattr(entrenched, "ENTRENCHED", ("terms.founding",))

    with york.db.read() as tx:
        assert entrenched.changed(default_text(), CHANGED) == ("terms.founding",)
        assert asked_by(tx, act_queries.get(tx, act)).ratio == Fraction(2, 3)


@pytest.mark.parametrize("claimed", [None, [], ["rights"], ["procedures.amend", "rights"]])
def test_entry_that_hides_what_it_touches_is_refused(york, claimed):
    with york.db.write() as tx:
        before = entry_count(tx)
        newest, act = constitution.newest(tx), ids.new("act")
        digest = hashlib.sha256(SLOWER.encode()).hexdigest()
        members = electorate.size(tx, HUB)
        needed = actions.needed(tx, "amend", members)
        record = AmendmentProposed(act, newest.entry, SLOWER, digest, members, needed, claimed)
        with pytest.raises(RuleViolation) as refused:
            ledger.append(tx, record, by=right_of_members(tx), words={"reasons": WHY})
        assert entry_count(tx) == before

    assert refused.value.code == "petitions.other_entrenched"


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        ("share_percent = 10", "share_percent = 5", ("formulas.petition",)),
        ("ratio = [2, 3]", "ratio = [4, 5]", ("procedures.amend",)),
        ('says = "Anybody may copy', 'says = "Nobody may copy', ("sentences.copy",)),
        ('says = "Every office has', 'says = "No office has', ("sentences.expiry",)),
        ("[terms.founding]\ndays = 180", "[terms.founding]\ndays = 90", ()),
        ("# The rules of this hub.", "# Other words that nobody runs by.", ()),
    ],
)
def test_what_is_entrenched_is_told_by_key(old, new, touched):
    assert old in default_text()

    assert entrenched.changed(default_text(), default_text().replace(old, new, 1)) == touched
