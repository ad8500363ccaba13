"""What was decided is not decided twice; what is too much at once waits; the docket tells of nobody. GO-33."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.cases import actions, docket, filing, own, rules, ticking
from hub.errors import RuleViolation
from tests.cases.conftest import ITEM, Court
from tests.people_for_tests import again
from tests.vaults import letters_of

NEW = ITEM.__class__("He came to her door.", "her street, 21 November", "Eve", "seen", "witness")


def test_facts_that_lapsed_take_new_evidence_and_a_panels_leave(court: Court):
    day = court.today()
    act = court.admitted()
    court.charge(act)
    court.answer(act)
    court.turn(days=5)
    court.turn(days=5)
    assert court.state(act) == "lapsed"
    other = court.town.members[2]

    for who in (court.ada, other):
        with pytest.raises(RuleViolation, match="new evidence"):
            court.complain(happened_on=day, rule=1, who=who)
    taken_up = court.complain(happened_on=day, again=act, who=other)
    court.ada = other
    court.seat_drawn(taken_up)
    court.screen(taken_up)
    with pytest.raises(RuleViolation, match="Nothing of this is new"):
        court.charge(taken_up)
    court.charge(taken_up, NEW)
    assert court.state(taken_up) == "charged"


def test_item_of_an_earlier_case_is_laid_before_nobody_on_another_day(court: Court):
    act = court.admitted()
    court.charge(act)
    court.turn(days=14)
    court.turn(days=5)
    court.turn(days=5)
    assert court.state(act) == "lapsed"
    later = court.admitted()

    with court.db.write() as tx, pytest.raises(RuleViolation, match="new evidence"):
        actions.attach(tx, act=later, item=ITEM, actor=again(tx, court.ada))

    assert court.items(later) == ()


def test_item_of_an_earlier_case_is_taken_up_on_another_day_with_what_is_new(court: Court):
    act = court.admitted()
    court.charge(act)
    court.turn(days=14)
    court.turn(days=5)
    court.turn(days=5)
    later = court.admitted(again=act)

    court.charge(later, ITEM, NEW)

    assert (court.state(act), court.state(later)) == ("lapsed", "charged")


def test_case_of_somebody_else_is_not_taken_up(court: Court):
    act = court.complain(respondent=court.town.founders[0].person)
    court.turn(days=3)
    said = court.entries()

    for again_ in (act, "act_" + "0" * 26):
        with pytest.raises(RuleViolation, match="about somebody else"):
            court.complain(again=again_)

    assert court.entries() == said


def test_while_a_case_runs_no_other_is_about_the_same(court: Court):
    court.complain()

    with pytest.raises(RuleViolation, match="runs already"):
        court.complain(who=court.town.members[2])


def test_fourth_complaint_of_one_person_waits_until_there_is_room(court: Court):
    others = [court.town.founders[0], court.town.founders[1], court.town.founders[3]]
    court.complain()
    for one in others[:2]:
        court.complain(respondent=one.person)
    assert court.complain(respondent=others[2].person, or_waits=True) is None
    with court.db.read() as tx:
        assert (court.waiting(tx), docket.queued(tx)) == (1, 0)

    court.turn(days=3)

    with court.db.read() as tx:
        assert court.waiting(tx) == 0
        assert tx.scalar(sa.text("SELECT count(*) FROM complaints")) == 4


def test_tenth_complaint_of_a_week_is_the_last_against_one_branch():
    assert [rules.waits_in_queue(many, week) for many, week in ((0, 0), (2, 9), (3, 0), (0, 10))] == [
        False, False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("many", "told"), [(0, {}), (1, {}), (9, {}), (10, {"advice": 10}), (19, {"advice": 10}), (20, {"advice": 20})]
)
def test_docket_tells_no_count_below_ten(many, told):
    assert docket.told(["advice"] * many + ["barred"] * 9) == told


def test_docket_of_few_cases_is_the_same_whatever_they_were(court: Court):
    act = court.admitted()
    court.turn(days=7)
    assert court.state(act) == "lapsed"

    with court.db.read() as tx:
        assert docket.counts(tx) == {"rule": {}, "body": {}, "outcome": {}, "time": {}}
        assert docket.outcome_of(tx, act) == "lapsed"


def test_planted_count_below_ten_is_found(monkeypatch, court: Court):
    monkeypatch.setattr(docket, "LEAST", 1)
    act = court.complain()
    court.turn(days=3)
    assert court.state(act) == "lapsed"

    with court.db.read() as tx:
        assert docket.counts(tx)["outcome"] == {"lapsed": 1}


def queued(court: Court) -> None:
    """A complaint of Ada's that waits."""
    with court.db.write() as tx:
        one = filing.Complaint(
            court.ada.person or "", court.ben.person or "", None, 2, filing.version_at(tx, 2, court.today()),
            court.today(), court.today(), "He threatened me.", None,
        )  # fmt: skip
        filing.queue(tx, one)


def told(court: Court) -> list[tuple[str, str]]:
    """Why complaints of Ada's came to nothing, and who got a letter of it."""
    with court.db.read() as tx:
        letters = [("letter", one.person) for one in letters_of(tx, "complaint_ended")]
        return [(row.id[:3], row.why) for row in own.waiting(tx, court.ada.person or "")] + letters


def test_waiting_complaint_about_what_runs_meanwhile_becomes_no_case_and_its_sender_is_told(court: Court):
    queued(court)
    assert told(court) == [("ask", None)]
    court.complain(who=court.town.members[2])

    court.tick()

    with court.db.read() as tx:
        assert (court.waiting(tx), tx.scalar(sa.text("SELECT count(*) FROM complaints"))) == (0, 1)
    assert told(court) == [("ask", "runs"), ("letter", court.ada.person)]
    court.tick()
    assert told(court) == [("ask", "runs"), ("letter", court.ada.person)]


def test_waiting_complaint_about_what_lapsed_meanwhile_says_so(court: Court):
    court.complain(who=court.town.members[2])
    court.turn(days=4)
    queued(court)
    with court.db.write() as tx:
        tx.execute(sa.text("UPDATE case_facts SET happened_on = :day"), {"day": court.today()})

    court.tick()

    assert told(court) == [("ask", "same_facts"), ("letter", court.ada.person)]


def test_complaint_for_which_there_is_no_room_in_its_days_is_told_so_and_forgotten(court: Court, monkeypatch):
    monkeypatch.setattr(filing, "has_room", lambda *_: False)
    queued(court)
    court.turn(days=89)
    assert told(court) == [("ask", None)]

    court.turn(days=2)

    assert told(court) == [("ask", "expired"), ("letter", court.ada.person)]
    court.turn(days=89)
    assert ticking.forget(court.db) == 0
    court.turn(days=2)
    assert (ticking.forget(court.db), told(court)[:-1]) == (1, [])
