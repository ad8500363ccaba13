"""Opening, signing, reaching: nobody sees who, whom it is about has no part, and the next step opens by itself."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from hub import db as house
from hub import ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.constitution.actions import default_text
from hub.errors import Forbidden, Invalid, RuleViolation
from hub.groups import membership
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.petitions import actions, queries, rules
from hub.petitions.entries import RecallOpened
from hub.petitions.models import signatures
from hub.standing import actions as standing
from tests import copies
from tests.people_for_tests import again, found_branch, found_hub, member, seat_council, types
from tests.replaying import assert_replays

DAY = dt.timedelta(days=1)
WHY = "Meetings were called off three times."


class Branch:
    """A branch of five founders and more members, forty days old."""

    def __init__(self, db, clock_at, more: int = 3) -> None:
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            self.branch, self.founders = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            self.members = [member(tx, f"mem_{number}") for number in range(more)]
            self.stranger = member(tx, "far_away", "ynys-mon")
        clock_at.advance(days=40)
        with db.write() as tx:
            self.founders = [again(tx, founder) for founder in self.founders]
            self.members = [again(tx, one) for one in self.members]
            self.stranger = again(tx, self.stranger)
            self.grant = permits.live_grants(tx, holder=self.founders[0].holder)[0]


@pytest.fixture
def york(db, clock_at) -> Branch:
    return copies.of(db, Branch, at=clock_at)


def whole_state(db) -> list[tuple[str, int]]:
    """How many rows each table has: a refusal leaves them all."""
    with db.read() as tx:
        tables = house.metadata.sorted_tables
        return [(t.name, tx.scalar(sa.select(sa.func.count()).select_from(t)) or 0) for t in tables]


def opened(db, york: Branch) -> str:
    """A recall of the first founder, begun by a member."""
    with db.write() as tx:
        return actions.open_recall(tx, grant=york.grant.id, reasons=WHY, actor=york.members[0])


def test_recall_names_nobody_but_the_holder(db, york):
    act = opened(db, york)

    with db.read() as tx:
        found, state = queries.get(tx, act), act_queries.get(tx, act)
        said = [bytes(row) for row in tx.scalars(sa.text("SELECT bytes FROM entries"))]
    assert (found.kind, found.holder, found.roll, found.needed) == ("recall", york.founders[0].holder, 10, 5)
    assert (found.reasons, state.current.do, state.hands) == (WHY, "support", ())
    assert not any(york.members[0].person.encode() in raw for raw in said)


def test_threshold_opens_the_next_step_by_itself(db, york):
    act = opened(db, york)
    with db.write() as tx:
        for actor in (*york.members[1:], *york.founders[1:2], york.members[0]):
            actions.sign(tx, act=act, actor=actor)
        assert act_queries.get(tx, act).current.do == "support"

        actions.sign(tx, act=act, actor=york.founders[2])

        state = act_queries.get(tx, act)
    assert (state.current.do, state.current.by) == ("submit", "subject")
    with db.read() as tx:
        assert types(tx)[-2:] == ["petition.reached", "act.advanced"]


def test_person_concerned_and_outsiders_have_no_part(db, york):
    act = opened(db, york)
    before = whole_state(db)

    for actor, code in ((york.founders[0], "acts.own_case"), (york.stranger, "permits.other_area")):
        with pytest.raises(Forbidden) as refused, db.write() as tx:
            actions.sign(tx, act=act, actor=actor)
        assert refused.value.code == code

    with pytest.raises(Forbidden) as refused, db.write() as tx:
        actions.open_recall(tx, grant=york.grant.id, reasons=WHY, actor=york.founders[0])
    assert refused.value.code == "petitions.own_recall"
    assert whole_state(db) == before


def test_who_came_after_it_began_neither_signs_nor_counts(db, clock_at, york):
    act = opened(db, york)
    clock_at.advance(minutes=1)
    with db.write() as tx:
        newcomer, moved = member(tx, "sent_for"), york.stranger
        standing.follow(tx, moved.person, {"change": "moved", "area": "york"})
    standing.carry_out(db, also_end=membership.end_memberships)
    before = whole_state(db)

    for actor in (newcomer, moved):
        with pytest.raises(Forbidden) as refused, db.write() as tx:
            actions.sign(tx, act=act, actor=again(tx, actor))
        assert refused.value.code == "petitions.came_later"
    assert whole_state(db) == before

    # Where a signature is there all the same, it is not counted.
    with db.write() as tx:
        tx.execute(sa.insert(signatures), [{"act": act, "person": one.person} for one in (newcomer, moved)])
        for actor in (*york.members[1:], york.founders[1]):
            actions.sign(tx, act=act, actor=actor)
        assert act_queries.get(tx, act).current.do == "support"


def test_only_the_person_concerned_answers(db, york):
    act = opened(db, york)
    with db.write() as tx:
        for actor in (*york.members[1:], *york.founders[1:3]):
            actions.sign(tx, act=act, actor=actor)

    with pytest.raises(Forbidden), db.write() as tx:
        actions.answer(tx, act=act, reply="I did it.", actor=york.founders[1])
    with db.write() as tx:
        actions.answer(tx, act=act, reply="I was ill.", actor=york.founders[0])
        assert queries.get(tx, act).reply == "I was ill."
        assert act_queries.get(tx, act).current.do == "ballot"


def test_signature_taken_back_does_not_count(db, york):
    act = opened(db, york)
    with db.write() as tx:
        for actor in (*york.members[1:], york.founders[1]):
            actions.sign(tx, act=act, actor=actor)
        actions.take_back(tx, act=act, actor=york.members[1])
        actions.sign(tx, act=act, actor=york.founders[2])

        assert act_queries.get(tx, act).current.do == "support"
        assert not queries.has_signed(tx, act, york.members[1])
        assert queries.has_signed(tx, act, york.members[2])


def test_signature_of_who_left_does_not_count(db, york):
    act = opened(db, york)
    with db.write() as tx:
        for actor in (*york.members[1:], york.founders[1]):
            actions.sign(tx, act=act, actor=actor)
        tx.execute(sa.text("UPDATE standings SET until_at = 1 WHERE person = :p"), {"p": york.members[1].person})

        actions.sign(tx, act=act, actor=york.founders[2])

        assert act_queries.get(tx, act).current.do == "support"


def test_too_few_signatures_fail(db, clock_at, york):
    act = opened(db, york)
    clock_at.advance(days=43)
    with db.write() as tx:
        acts.tick_all(tx)
        assert act_queries.get(tx, act).outcome == "failed"


def test_second_recall_of_the_same_mandate_waits_for_the_ballot_of_the_first(db, york):
    act = opened(db, york)
    with db.write() as tx:
        for actor in (*york.members[2:], *york.founders[1:4]):
            if act_queries.get(tx, act).current.do == "support":
                actions.sign(tx, act=act, actor=actor)
    before = whole_state(db)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        actions.open_recall(tx, grant=york.grant.id, reasons=WHY, actor=york.members[1])

    assert refused.value.code == "petitions.recall_runs"
    assert whole_state(db) == before


@pytest.mark.parametrize("reasons", ["", "   ", "word " * 301])
def test_recall_without_reasons_is_refused(db, york, reasons):
    before = whole_state(db)

    with pytest.raises(Invalid), db.write() as tx:
        actions.open_recall(tx, grant=york.grant.id, reasons=reasons, actor=york.members[0])

    assert whole_state(db) == before


def test_many_hands_at_once_reach_the_threshold_once(db, clock_at):
    york = Branch(db, clock_at, more=30)
    act = opened(db, york)

    def sign(actor) -> str:
        try:
            with db.write() as tx:
                actions.sign(tx, act=act, actor=actor)
        except RuleViolation as refused:
            return refused.code
        return "signed"

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(sign, [*york.members, *york.members]))

    with db.read() as tx:
        assert types(tx).count("petition.reached") == 1
        assert act_queries.get(tx, act).current.by == "subject"
    assert set(said) <= {"signed", "petitions.over"}


def test_amendment_is_read_whole_or_not_at_all(db, york):
    text = default_text()
    before = whole_state(db)

    with pytest.raises(Invalid) as refused, db.write() as tx:
        actions.propose_amendment(
            tx, text=text.replace("days = 180", "days = 999", 1), reasons=WHY, actor=york.members[0]
        )
    assert refused.value.fields["text"].startswith("Line ")
    with pytest.raises(RuleViolation) as same, db.write() as tx:
        actions.propose_amendment(tx, text=text, reasons=WHY, actor=york.members[0])
    assert same.value.code == "petitions.no_change"
    assert whole_state(db) == before

    with db.write() as tx:
        act = actions.propose_amendment(
            tx, text=text.replace("days = 180", "days = 90", 1), reasons=WHY, actor=york.members[0]
        )
        assert queries.amendment(tx, act).text == text.replace("days = 180", "days = 90", 1)


def test_replay_gives_the_same_petitions(db, another_db, york):
    act = opened(db, york)
    with db.write() as tx:
        for actor in (*york.members[1:], *york.founders[1:3]):
            actions.sign(tx, act=act, actor=actor)
        actions.answer(tx, act=act, reply="I was ill.", actor=york.founders[0])
        actions.propose_amendment(
            tx, text=default_text().replace("days = 180", "days = 90", 1), reasons=WHY, actor=york.members[0]
        )

    assert_replays(db, another_db)


NUMBERS = {"recall_after_days": 30, "recall_before_end_days": 45, "recall_again_days": 180}


@pytest.mark.parametrize(
    ("days", "failed", "code"),
    [
        (29, (), "petitions.too_new"),
        (30, (), ""),
        (134, (), ""),
        (135, (), "petitions.ends_soon"),
        (100, (10,), "petitions.failed_lately"),
    ],
)
def test_recall_has_its_times(db, york, days, failed, code):
    start = york.grant.starts
    ended = [start + day * DAY for day in failed]

    assert rules.may_recall([york.grant], ended, NUMBERS, start + days * DAY).code == code


def test_recall_with_another_threshold_changes_nothing(db, york):
    holder, branch = york.grant.holder, york.branch.id
    record = RecallOpened("act_" + "0" * 26, holder, "admin", branch, branch, roll=10, needed=1)
    before = whole_state(db)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        ledger.append(tx, record, by=right_of_members(tx), words={"reasons": WHY})

    assert refused.value.code == "petitions.other_threshold"
    assert whole_state(db) == before
