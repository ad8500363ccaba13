"""Who looks at the count of a recall: drawn by lot while members vote, heard for three days, and in nobody's way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from hub import ledger
from hub.acts import queries as act_queries
from hub.acts.entries import ActAdvanced
from hub.ballots import elections, objecting, objections_fold, queries, roll
from hub.ballots.entries import BallotSigned, CountJudged, CountObjected
from hub.draws import actions as draws
from hub.draws import queries as draw_queries
from hub.errors import Forbidden, Invalid, RuleViolation
from hub.looks.models import looks as look_rows
from hub.permits import VISITOR
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.petitions import actions as petitions
from hub.petitions import fold as petition_fold
from tests.ballots.conftest import make_town, town  # fixtures
from tests.draws.conftest import said
from tests.people_for_tests import again, types
from tests.petitions.test_petitions import whole_state
from tests.replaying import assert_replays
from tests.towns import Town, now

__all__ = ["make_town", "town"]

WHY = "I found no vote under my code."


@dataclass
class Recall:
    """A recall of the first founder, whose ballot is open."""

    town: Town
    act: str

    def later(self, **by: float) -> None:
        """Moves the clock on, and lets it do what is due."""
        self.town.clock.advance(**by)
        self.town.tick()

    def draw(self) -> list:
        """Has the scrutineers of the newest ballot drawn; those who accepted."""
        self.town.clock.advance(hours=98)
        step = self.town.ballot().step
        with self.town.db.write() as tx:
            draws.reveal(tx, act=self.act, text=said(tx, self.act), actor=again(tx, self.town.founders[1]))
        with self.town.db.write() as tx:
            rows = [row for row in draw_queries.order(tx, self.act, step) if row.state == "offered"]
            for row in rows:
                draws.accept(tx, act=self.act, shown="Scrutineer", actor=self.owner(tx, row.ticket))
            return [self.owner(tx, row.ticket) for row in rows]

    def owner(self, tx, ticket: str):
        """Whose a ticket is, signed in anew: what only the test may ask."""
        return again(tx, replace(VISITOR, person=draw_queries.person_of(tx, ticket)))

    def vote(self, yes: int = 10, no: int = 2) -> None:
        """So many vote, the ballot closes and is counted."""
        for place, person in enumerate(self.town.everybody[: yes + no]):
            self.town.cast(person, "yes" if place < yes else "no", phrase=f"words of {place}")
        self.town.clock(self.town.ballot().closes.strftime("%Y-%m-%dT%H:%MZ"))
        self.town.tick()

    def state(self):
        """The act."""
        with self.town.db.read() as tx:
            return act_queries.get(tx, self.act)

    def ended(self) -> str | None:
        """Why the mandate that it is about ended."""
        with self.town.db.read() as tx:
            held = permits.all_grants(tx, self.town.branch.scope)
            return next(one.ended_why for one in held if one.holder == self.town.founders[0].holder)

    def judge(self, judges, objection: int, upheld: bool) -> None:
        """These scrutineers find so."""
        for one in judges:
            with self.town.db.write() as tx:
                objecting.judge(tx, act=self.act, objection=objection, upheld=upheld, actor=again(tx, one))

    def object(self, person) -> int:
        """A member objects; the objection's entry."""
        with self.town.db.write() as tx:
            objecting.object_to(tx, ballot=self.town.ballot().id, reason=WHY, actor=again(tx, person))
            return objections_fold.objections(tx, self.town.ballot().id)[-1].entry


@pytest.fixture
def recall(town: Town) -> Recall:
    return begin(town)


def begin(town: Town) -> Recall:
    """Begins the recall of a town's first founder, and goes on to its open ballot."""
    town.clock.advance(days=40)
    with town.db.write() as tx:
        founders = [again(tx, one) for one in town.founders]
        grant = permits.live_grants(tx, holder=founders[0].holder)[0]
        act = petitions.open_recall(
            tx, grant=grant.id, reasons="Meetings were called off.", actor=again(tx, town.voters[0])
        )
        for one in town.voters[1:5]:
            petitions.sign(tx, act=act, actor=again(tx, one))
    found = Recall(town, act)
    found.later(days=7)
    return found


def judging(recall: Recall, **votes: int) -> list:
    """The scrutineers of a recall whose ballot was counted."""
    drawn = recall.draw()
    recall.vote(**votes)
    return drawn


def refused(db, said, **words) -> str:
    """Appends an entry that changes nothing; the refusal."""
    before = whole_state(db)
    with pytest.raises(RuleViolation) as found, db.write() as tx:
        ledger.append(tx, said(tx), **words)
    assert whole_state(db) == before
    return found.value.code


def test_scrutineers_are_drawn_while_members_vote_from_who_has_no_part(recall, another_db):
    opened = recall.state()
    with recall.town.db.read() as tx:
        pool = set(tx.scalars(sa.text("SELECT person FROM draw_tickets WHERE act = :act"), {"act": recall.act}))
    drawn = recall.draw()

    assert (opened.current.do, opened.step) == ("ballot", 2)
    assert pool & {one.person for one in recall.town.founders} == set()
    assert {one.person for one in recall.town.voters} <= pool
    assert [one.grants[-1].act for one in drawn] == [recall.act] * 3
    assert_replays(recall.town.db, another_db)


def test_two_sign_and_the_mandate_ends_after_the_days_of_objection(recall, another_db):
    drawn = judging(recall)
    for one in drawn[:2]:
        with recall.town.db.write() as tx:
            elections.sign(tx, act=recall.act, actor=again(tx, one))
    recall.later(days=2, hours=23)
    before = (recall.ended(), recall.state().current.do)
    recall.later(hours=1)

    assert before == (None, "decide")
    assert (recall.ended(), recall.state().outcome) == ("recalled", "done")
    assert_replays(recall.town.db, another_db)


def test_silence_puts_nothing_off(recall, another_db):
    recall.vote()
    counted = recall.state().since
    recall.later(days=3)

    assert (recall.ended(), recall.state().outcome) == ("recalled", "done")
    assert (recall.town.clock.moment - counted).days == 3
    assert_replays(recall.town.db, another_db)


def test_no_of_the_members_is_one_once_the_days_are_over(recall, another_db):
    recall.vote(yes=2, no=10)
    before = recall.state()
    recall.later(days=3)

    assert (before.outcome, before.current.do) == (None, "decide")
    assert (recall.ended(), recall.state().outcome) == (None, "failed")
    with recall.town.db.read() as tx:
        said = petition_fold.recall_verdict(
            tx, recall.town.founders[0].holder, "admin", recall.town.branch.scope, recall.town.clock.moment
        )
    assert said.code == "petitions.failed_lately"
    assert_replays(recall.town.db, another_db)


def voided(recall: Recall, judges) -> None:
    """Two scrutineers void the count that is judged."""
    for one in judges[:2]:
        with recall.town.db.write() as tx:
            elections.object_to(tx, act=recall.act, reason="Two names were on it twice.", actor=again(tx, one))


def test_voided_ballot_is_held_once_more_with_other_scrutineers(recall, another_db):
    first = judging(recall, yes=2, no=10)
    voided(recall, first)
    state, again_open = recall.state(), recall.town.ballot()
    with recall.town.db.read() as tx:
        asked = sa.text("SELECT person FROM draw_tickets WHERE act = :act AND step = 4")
        pool = set(tx.scalars(asked, {"act": recall.act}))
    others = judging(recall, yes=10, no=2)
    holders = {one.holder for one in first}
    with pytest.raises(RuleViolation) as early, recall.town.db.write() as tx:
        elections.sign(tx, act=recall.act, actor=again(tx, first[0]))
    recall.later(days=3)

    assert (state.step, state.current.do, again_open.step) == (4, "ballot", 4)
    assert early.value.code == "acts.judged_before"
    assert pool & {one.person for one in first} == set() != pool
    assert holders & {one.holder for one in others} == set()
    assert len(others) == 3
    assert (recall.ended(), recall.state().outcome) == ("recalled", "done")
    with recall.town.db.read() as tx:
        assert [one.outcome for one in queries.of_act(tx, recall.act)] == ["failed", "passed"]
    assert_replays(recall.town.db, another_db)


def test_ballot_voided_twice_is_over_and_says_nothing_of_what_members_want(recall, another_db):
    voided(recall, judging(recall, yes=2, no=10))
    voided(recall, judging(recall, yes=2, no=10))

    assert (recall.ended(), recall.state().outcome, recall.state().is_open) == (None, "refused", False)
    with recall.town.db.read() as tx:
        said = petition_fold.recall_verdict(
            tx, recall.town.founders[0].holder, "admin", recall.town.branch.scope, recall.town.clock.moment
        )
    assert said.ok
    assert_replays(recall.town.db, another_db)


def test_objection_that_two_find_right_voids_the_count(recall, another_db):
    drawn = judging(recall)
    with recall.town.db.write() as tx:
        elections.sign(tx, act=recall.act, actor=again(tx, drawn[0]))
    outsider = next(one for one in recall.town.voters if one.person not in {each.person for each in drawn})
    entry = recall.object(outsider)
    recall.judge(drawn[:1], entry, upheld=True)
    before = recall.state().current.do
    recall.judge(drawn[1:2], entry, upheld=True)

    assert (before, recall.state().current.do, recall.state().step) == ("decide", "ballot", 4)
    with recall.town.db.read() as tx:
        told = [bytes(row) for row in tx.scalars(sa.text("SELECT bytes FROM entries"))]
        found = objections_fold.objections(tx, queries.of_act(tx, recall.act)[0].id)
        kinds = types(tx)
    assert not any(outsider.person.encode() in raw for raw in told)
    assert [(one.reason, one.found) for one in found] == [(WHY, True)]
    assert [kinds.count(kind) for kind in ("count.objected", "count.judged")] == [1, 2]
    assert_replays(recall.town.db, another_db)


@pytest.mark.parametrize("found", ["wrong", "nothing", "one and one"])
def test_objection_that_nobody_finds_right_stays_in_view_and_puts_nothing_off(recall, another_db, found):
    drawn = judging(recall)
    outsider = next(one for one in recall.town.voters if one.person not in {each.person for each in drawn})
    entry = recall.object(outsider)
    if found != "nothing":
        recall.judge(drawn[:1], entry, upheld=found != "wrong")
        recall.judge(drawn[1:2], entry, upheld=False)
    recall.later(days=3)

    assert (recall.ended(), recall.state().outcome) == ("recalled", "done")
    with recall.town.db.read() as tx:
        told = objections_fold.objections(tx, recall.town.ballot().id)
    assert [(one.reason, one.found) for one in told] == [(WHY, False if found == "wrong" else None)]
    assert_replays(recall.town.db, another_db)


def test_who_is_not_on_the_roll_comes_late_or_again_or_looks_at_it_by_office_does_not_object(recall):
    drawn = judging(recall)
    town, ballot = recall.town, recall.town.ballot().id
    drawn_persons = {one.person for one in drawn}
    outsider = next(one for one in town.voters if one.person not in drawn_persons)
    recall.object(outsider)
    before = whole_state(town.db)

    def said(person, reason=WHY):
        with town.db.write() as tx:
            objecting.object_to(tx, ballot=ballot, reason=reason, actor=again(tx, person))

    with pytest.raises(RuleViolation) as twice:
        said(outsider)
    with pytest.raises(RuleViolation) as officer:
        said(drawn[0])
    with pytest.raises(Invalid):
        said(next(one for one in town.voters if one.person not in drawn_persons | {outsider.person}), reason=" ")
    with town.db.write() as tx:
        stranger = next(one for one in town.voters if one.person not in drawn_persons | {outsider.person})
        tx.execute(sa.text("DELETE FROM ballot_roll WHERE person = :who"), {"who": stranger.person})
    with pytest.raises(Forbidden) as absent:
        said(stranger)
    town.clock.advance(days=3)
    with pytest.raises(RuleViolation) as late:
        said(town.founders[1])

    codes = [one.value.code for one in (twice, officer, absent, late)]
    assert codes == [
        "ballots.objected_before", "ballots.scrutineer_objects", "ballots.not_on_roll", "ballots.objections_over",
    ]  # fmt: skip
    after = {name: many for name, many in whole_state(town.db) if name not in ("ballot_roll",)}
    assert after == {name: many for name, many in before if name not in ("ballot_roll",)}


def test_only_scrutineers_of_this_count_judge_once_and_in_time(recall):
    drawn = judging(recall)
    town, db = recall.town, recall.town.db
    outsider = next(one for one in town.voters if one.person not in {each.person for each in drawn})
    entry = recall.object(outsider)
    recall.judge(drawn[:1], entry, upheld=False)

    def by(person) -> int:
        with db.draft() as tx:
            return again(tx, person).grants[-1].entry  # the newest office: of some, beside a seat on the council

    judged = CountJudged(recall.act, entry, True)
    codes = [
        refused(db, lambda tx: judged, by=by(drawn[0])),
        refused(db, lambda tx: judged, by=by(town.founders[1])),
        refused(db, lambda tx: CountJudged(recall.act, entry + 1, True), by=by(drawn[1])),
    ]
    with pytest.raises(Forbidden), db.write() as tx:
        objecting.judge(tx, act=recall.act, objection=entry, upheld=True, actor=again(tx, outsider))
    other = CountObjected(recall.act, "bal_" + "0" * 26)
    with db.read() as tx:
        right = right_of_members(tx)
    codes.append(refused(db, lambda tx: other, by=right, words={"reason": WHY}))
    town.clock.advance(days=3)
    codes.append(refused(db, lambda tx: judged, by=by(drawn[1])))
    mine = CountObjected(recall.act, town.ballot().id)
    codes.append(refused(db, lambda tx: mine, by=right, words={"reason": WHY}))
    codes.append(refused(db, lambda tx: BallotSigned(recall.act), by=by(drawn[1])))

    assert codes == [
        "ballots.judged_before", "permits.no_warrant", "acts.not_due", "ballots.objections_over",
        "ballots.objections_over", "ballots.objections_over", "acts.not_deciding",
    ]  # fmt: skip


def test_clock_does_not_void_what_nobody_voided_nor_end_it_early(recall):
    judging(recall)
    step, due = recall.state().step, now()

    for outcome in ("voided", "done", "failed", "refused"):
        move = ActAdvanced(recall.act, step, due, outcome)
        assert refused(recall.town.db, lambda tx, move=move: move, by=None) == "acts.not_due"


def test_scrutineers_see_the_roll_and_everybody_on_it_that_they_did(recall):
    drawn = judging(recall)
    outsider = next(one for one in recall.town.voters if one.person not in {each.person for each in drawn})

    with recall.town.db.write() as tx:
        lines = elections.look_at_roll(tx, act=recall.act, actor=again(tx, drawn[0]))
        on_roll = roll.persons_of(tx, recall.town.ballot().id)
        told = set(tx.scalars(sa.select(look_rows.c.person).where(look_rows.c.about == recall.town.ballot().id)))
    with pytest.raises(Forbidden), recall.town.db.write() as tx:
        elections.look_at_roll(tx, act=recall.act, actor=again(tx, outsider))

    assert sum(bool(line.voted) for line in lines) == 12
    assert (len(lines), told) == (16, set(on_roll) - {drawn[0].person})


def test_who_objected_is_forgotten_once_it_is_over(recall):
    drawn = judging(recall)
    recall.object(next(one for one in recall.town.voters if one.person not in {each.person for each in drawn}))
    with recall.town.db.write() as tx:
        early = objecting.forget(tx)
    recall.later(days=3)

    with recall.town.db.write() as tx:
        assert (early, objecting.forget(tx), objecting.forget(tx)) == (0, 1, 0)
        assert len(roll.persons_of(tx, recall.town.ballot().id)) == 16
