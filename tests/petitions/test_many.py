"""Petitions beside one another: none is in another's way, nobody shields a mandate, and who signed is forgotten."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from hub.acts import queries as act_queries
from hub.ballots import queries as ballots
from hub.ballots.models import ballot_roll
from hub.constitution import queries as constitution
from hub.constitution.actions import default_text
from hub.errors import RuleViolation
from hub.ledger import append, get
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.petitions import actions, fold, queries, rules
from hub.petitions.entries import AmendmentOvertaken, PetitionReached, RecallOpened
from hub.petitions.models import petition_openers, signatures
from tests import copies
from tests.people_for_tests import again, types
from tests.petitions.test_decided import CHANGED, York
from tests.petitions.test_petitions import WHY, whole_state
from tests.replaying import assert_replays

OTHERS = [
    default_text().replace("[terms.founding]\ndays = 180", f"[terms.founding]\ndays = {n}", 1) for n in range(91, 99)
]


@pytest.fixture
def york(db, clock_at) -> York:
    return copies.of(db, York, at=clock_at)


def recall(york: York, by, founder: int = 0) -> str:
    """Somebody begins a recall of a founder."""
    with york.db.write() as tx:
        grant = permits.grants_of(tx, york.founders[founder].holder)[0]
        return actions.open_recall(tx, grant=grant.id, reasons=WHY, actor=again(tx, by))


def propose(york: York, by, text: str) -> str:
    """Somebody proposes other rules."""
    with york.db.write() as tx:
        return actions.propose_amendment(tx, text=text, reasons=WHY, actor=again(tx, by))


def reach(york: York, act: str) -> None:
    """As many sign as it takes."""
    for one in york.members:
        with york.db.write() as tx:
            if act_queries.get(tx, act).current.do != "support":
                return
            actions.sign(tx, act=act, actor=again(tx, one))


def refuse(york: York, code: str, work) -> None:
    """Something is refused with a code, and nothing is written."""
    before = whole_state(york.db)
    with pytest.raises(RuleViolation) as refused:
        work()
    assert refused.value.code == code
    assert whole_state(york.db) == before


def kept(york: York, table: sa.Table) -> list[tuple[str, str]]:
    """Whose rows a private table has: act and person."""
    with york.db.read() as tx:
        return sorted((row.act, row.person) for row in tx.execute(sa.select(table)))


# --- Recall: an ally is no shield, a pest no nuisance ----------------------------------------------------------------


def test_recall_that_finds_too_few_signatures_protects_nobody(york, another_db):
    failed = recall(york, york.founders[1])
    york.later(days=42)
    with york.db.read() as tx:
        assert act_queries.get(tx, failed).outcome == "failed"

    act = recall(york, york.members[0])

    with york.db.read() as tx:
        assert act_queries.get(tx, act).is_open
    assert_replays(york.db, another_db)


def standing_of(york: York, act: str) -> tuple[str, str | None]:
    """What a petition waits for, and how it ended."""
    with york.db.read() as tx:
        state = act_queries.get(tx, act)
        return state.current.do, state.outcome


def test_recall_by_an_ally_holds_up_nobody(york, another_db):
    ally = recall(york, york.founders[1])
    earnest = recall(york, york.members[0])
    decoy = recall(york, york.members[1], founder=2)
    with york.db.write() as tx:
        actions.sign(tx, act=ally, actor=again(tx, york.members[2]))

    reach(york, earnest)

    assert [standing_of(york, act) for act in (ally, earnest, decoy)] == [
        ("support", "refused"), ("submit", None), ("support", None),
    ]  # fmt: skip
    assert {act for act, _person in kept(york, signatures)} == {decoy}
    with york.db.read() as tx:
        assert queries.first_reached(tx, queries.get(tx, ally)) == earnest
        assert queries.first_reached(tx, queries.get(tx, earnest)) is None
    york.later(days=7)
    york.vote(earnest, yes=6, no=2)
    york.later(days=10)
    assert york.mandates() == {"admin": "recalled"}
    assert_replays(york.db, another_db)


def test_one_recall_of_a_mandate_is_voted_on_at_a_time(york):
    reach(york, recall(york, york.members[0]))

    refuse(york, "petitions.recall_runs", lambda: recall(york, york.founders[1]))
    york.later(days=7)
    refuse(york, "petitions.recall_runs", lambda: recall(york, york.founders[1]))


def test_one_member_begins_one_recall_of_a_holder_and_no_second_beside_it(york):
    recall(york, york.founders[1])
    recall(york, york.members[0])

    refuse(york, "petitions.began_lately", lambda: recall(york, york.members[0]))


def test_recall_that_another_ended_reaches_nothing(york):
    ended = recall(york, york.founders[1])
    reach(york, recall(york, york.members[0]))
    with york.db.read() as tx:
        needed = queries.get(tx, ended).needed

    def append_it() -> None:
        with york.db.write() as tx:
            append(tx, PetitionReached(ended, 0, needed), by=None)

    refuse(york, "acts.not_due", append_it)


def test_planted_fault_two_recalls_that_are_voted_on_are_found(york, another_db, monkeypatch):
    monkeypatch.setattr(fold, "other_recalls", lambda tx, found: [])

    with pytest.raises(AssertionError):
        test_recall_by_an_ally_holds_up_nobody(york, another_db)


def test_whoever_began_it_begins_no_other_against_the_same_holder(york):
    recall(york, york.founders[1])
    york.later(days=42)

    refuse(york, "petitions.began_lately", lambda: recall(york, york.founders[1]))
    recall(york, york.founders[1], founder=2)


def test_recall_that_was_voted_down_protects_the_mandate(york):
    act = york.recall()
    york.vote(act, yes=3, no=5)
    york.later(days=10)

    refuse(york, "petitions.failed_lately", lambda: recall(york, york.members[1]))


def disturb(york: York, act: str) -> None:
    """Somebody with the store in hand strikes a member who has not voted from the roll of an open ballot."""
    with york.db.write() as tx:
        (ballot,) = ballots.of_act(tx, act)
        silent = sa.select(ballot_roll.c.person).where(ballot_roll.c.ballot == ballot.id, ballot_roll.c.voted == 0)
        one = tx.scalar(silent.limit(1))
        tx.execute(sa.delete(ballot_roll).where(ballot_roll.c.ballot == ballot.id, ballot_roll.c.person == one))


def test_recall_whose_roll_was_disturbed_protects_nobody(york, another_db):
    act = york.recall()
    york.vote(act, yes=3, no=0)
    disturb(york, act)
    york.later(days=10)
    with york.db.read() as tx:
        (ballot,) = ballots.of_act(tx, act)
        told = get(tx, ballot.counted_entry).data
    again_by_another = recall(york, york.members[1])

    assert (told["outcome"], told["flaw"]) == ("failed", "roll_changed")
    with york.db.read() as tx:
        assert (act_queries.get(tx, act).outcome, act_queries.get(tx, again_by_another).outcome) == ("failed", None)
    assert_replays(york.db, another_db)


def test_planted_fault_flaw_that_shields_is_found(york, another_db, monkeypatch):
    def any_ballot(tx, act):
        return any(one.outcome == "failed" for one in ballots.of_act(tx, act))

    monkeypatch.setattr(queries, "_said_no", any_ballot)

    with pytest.raises(RuleViolation):
        test_recall_whose_roll_was_disturbed_protects_nobody(york, another_db)


def test_fold_goes_by_what_was_voted_down_and_not_by_what_failed(york):
    act = york.recall()
    york.vote(act, yes=3, no=5)
    york.later(days=10)
    branch, holder = york.branch.id, york.founders[0].holder
    record = RecallOpened("act_" + "0" * 26, holder, "admin", branch, branch, roll=20, needed=5)

    def append_it() -> None:
        with york.db.write() as tx:
            append(tx, record, by=right_of_members(tx), words={"reasons": WHY})

    refuse(york, "petitions.failed_lately", append_it)


def test_one_member_begins_few_at_a_time_and_another_goes_on(york):
    first, _second = (recall(york, york.members[0], founder) for founder in (0, 1))

    refuse(york, "petitions.too_many", lambda: recall(york, york.members[0], 2))
    recall(york, york.members[1], 2)

    reach(york, first)
    recall(york, york.members[0], 3)


def test_many_hands_at_once_begin_no_more_than_one_hand_after_another(york):
    with york.db.write() as tx:
        actor = again(tx, york.members[0])

    def begin(text: str) -> str:
        try:
            with york.db.write() as tx:
                actions.propose_amendment(tx, text=text, reasons=WHY, actor=actor)
        except RuleViolation as refused:
            return refused.code
        return "begun"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(begin, OTHERS))

    assert Counter(said) == {"begun": 2, "petitions.too_many": len(OTHERS) - 2}


def test_few_at_a_time_is_a_number_of_the_rules():
    assert rules.may_begin(1, {"petitions_at_once": 2}).ok
    assert rules.may_begin(2, {"petitions_at_once": 2}).code == "petitions.too_many"


# --- Amendments: each is pinned to the rules it changes --------------------------------------------------------------


def test_one_member_stops_no_amendment(york, another_db):
    acts = [propose(york, york.members[0], text) for text in OTHERS[:2]]
    refuse(york, "petitions.too_many", lambda: propose(york, york.members[0], OTHERS[2]))

    mine = propose(york, york.members[1], CHANGED)
    reach(york, mine)

    with york.db.read() as tx:
        assert act_queries.get(tx, mine).current.do == "notice"
        assert [act_queries.get(tx, act).current.do for act in acts] == ["support", "support"]
    assert_replays(york.db, another_db)


class Rivals:
    """Three amendments when the first of them has just come into force: one collects, one votes, one waits."""

    def __init__(self, york: York, *, daily: bool) -> None:
        self.york = york
        self.first = propose(york, york.members[0], CHANGED)
        reach(york, self.first)
        self.turn(18, daily)
        self.second = propose(york, york.members[1], OTHERS[0])
        reach(york, self.second)
        york.vote(self.first, yes=12, no=0)
        self.turn(7, daily)
        self.third = propose(york, york.members[2], OTHERS[1])
        self.turn(15, daily)
        self.fourth = propose(york, york.members[3], OTHERS[2])
        reach(york, self.fourth)
        self.turn(5, daily)

    def turn(self, days: int, daily: bool) -> None:
        """Days go by, with a clock that runs daily or once."""
        for _ in range(days if daily else 1):
            self.york.later(days=1 if daily else days)

    def stand(self) -> list[tuple[str, str | None, int]]:
        """Where the others are: at what, with which outcome, and how many days since the founding they ended."""
        with self.york.db.read() as tx:
            found = [act_queries.get(tx, act) for act in (self.second, self.third, self.fourth)]
            return [(one.current.do, one.outcome, _day(self.york, tx, one)) for one in found]


def _day(york: York, tx, state) -> int:
    ended = act_queries.closed_at(tx, state.id)
    with york.db.read() as read:
        began = constitution.versions(read)[-1].in_force_from
    return -1 if ended is None else (ended - began).days


@pytest.mark.parametrize("daily", [True, False])
def test_whichever_comes_into_force_first_ends_the_others(york, another_db, daily):
    rivals = Rivals(york, daily=daily)

    with york.db.read() as tx:
        assert constitution.newest(tx).version == 2
        assert types(tx).count("amendment.overtaken") == 2
    assert rivals.stand() == [("ballot", None, -1), ("support", "refused", 85), ("notice", "refused", 85)]
    assert kept(york, signatures) == []
    refuse(york, "petitions.over", lambda: _sign(york, rivals.third))

    york.vote(rivals.second, yes=12, no=0)
    york.later(days=14)
    with york.db.read() as tx:
        assert constitution.newest(tx).version == 2
    assert rivals.stand()[0] == ("notice", "refused", 89)
    assert_replays(york.db, another_db)


def _sign(york: York, act: str) -> None:
    with york.db.write() as tx:
        actions.sign(tx, act=act, actor=again(tx, york.members[5]))


def test_overtaken_is_said_by_the_hub_alone_and_only_when_it_is_so(york):
    act = propose(york, york.members[0], CHANGED)
    reach(york, act)

    def say() -> None:
        with york.db.write() as tx:
            append(tx, AmendmentOvertaken(act, 1, "2027-01-01T20:00Z"), by=None)

    refuse(york, "acts.not_due", say)


# --- Signatures are forgotten ----------------------------------------------------------------------------------------


def test_signatures_are_gone_once_there_are_enough(york):
    act = recall(york, york.members[0])
    assert kept(york, signatures) == [(act, york.members[0].person)]

    reach(york, act)

    assert kept(york, signatures) == []
    with york.db.read() as tx:
        found = queries.get(tx, act)
        assert (found.needed, found.reached_at) == (5, york.clock.moment)
        assert not queries.has_signed(tx, act, york.members[0])


def test_signatures_are_gone_once_too_few_were_found(york):
    recall(york, york.members[0])
    propose(york, york.members[0], CHANGED)
    assert len(kept(york, signatures)) == 2

    york.later(days=42)

    assert kept(york, signatures) == []


def test_who_began_it_is_forgotten_when_that_counts_no_more(york):
    act, amendment = recall(york, york.members[0]), propose(york, york.members[0], CHANGED)
    mine = [(one, york.members[0].person) for one in (act, amendment)]
    with york.db.write() as tx:
        tx.execute(sa.insert(signatures), {"act": "act_of_an_older_release", "person": "somebody"})
        assert actions.forget(tx) == 1
    assert kept(york, petition_openers) == sorted(mine)

    york.later(days=42)
    with york.db.write() as tx:
        assert actions.forget(tx) == 1
    assert kept(york, petition_openers) == mine[:1]

    york.clock.advance(days=138)
    with york.db.write() as tx:
        assert actions.forget(tx) == 1
        assert actions.forget(tx) == 0
    assert kept(york, petition_openers) == []


PLANTED = {
    "whoever signed is kept": ("forget_signatures", test_signatures_are_gone_once_there_are_enough),
    "a recall is begun again and again": (
        "_insist_on_few",
        test_whoever_began_it_begins_no_other_against_the_same_holder,
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_fault_is_found(york, name, monkeypatch):
    verb, test = PLANTED[name]
    monkeypatch.setattr(actions, verb, lambda *_: None)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test(york)


def test_shield_is_found_when_planted(york, another_db, monkeypatch):
    def any_end(tx, states):
        return [ended for one in states if (ended := act_queries.closed_at(tx, one.id)) is not None]

    monkeypatch.setattr(queries, "voted_down", any_end)

    with pytest.raises(RuleViolation):
        test_recall_that_finds_too_few_signatures_protects_nobody(york, another_db)
