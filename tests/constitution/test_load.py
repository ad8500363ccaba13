"""A constitution loads whole or not at all, and says which line breaks which limit."""

from __future__ import annotations

import pytest

from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.errors import RuleViolation
from tests.people_for_tests import entry_count, found_hub

TEXT = default_text()


def line_of(fragment: str) -> int:
    """The line of the default text on which a fragment stands."""
    return next(number for number, line in enumerate(TEXT.splitlines(), 1) if fragment in line)


def test_default_constitution_answers_every_question():
    rules = load(TEXT)

    assert {answer.question for answer in rules.answers} == set(rules.questions)
    assert "2 verified members of a branch found a group." in [answer.sentence for answer in rules.answers]
    assert rules.roles["steward"].can == ("hub.operate",)


# What is changed -> what the fault must name.
BREACHES = {
    "[terms.founding]\ndays = 180|[terms.founding]\ndays = 366": "terms.founding.days must lie between 1 and 365",
    "[terms.appointment]\ndays = 180|[terms.appointment]\ndays = 0": "terms.appointment.days must lie between",
    "[numbers.group_founders]\nvalue = 2|[numbers.group_founders]\nvalue = 1": "no group hangs on one person",
    'can = ["hub.operate"]|can = ["hub.operate", "memberships.accept"]': "may not be 'memberships.accept'",
    'can = ["areas.declare", "branches|can = ["groups.confirm", "branches': "may not be 'groups.confirm'",
    'by = ["founding", "election"]|by = ["appointment"]': "may not be 'appointment'",
    'can = ["memberships.accept", "content.hide"]\nreach|can = ["everything"]\nreach': "may not be 'everything'",
    'by = "branches.confirm", persons = 2|by = "branches.confirm", persons = 1': "no power moves by one person's hand",
    'days = 14, short = "next"|days = 400, short = "next"': "a step has a deadline",
    'days = 28, short = "lapse"|days = 28, short = "next"': "too few submissions cannot count as enough",
    '{ do = "effect", what = "group.register" }|{ do = "effect", what = "group.seize" }': "may not be 'group.seize'",
    "[procedures.register_group]|[procedures.take_over]": "procedures.register_group is missing",
    'says = "{value} verified members of an area found its branch."|says = ""': "has no sentence beside it",
    "{value} verified members of an area|{number} verified members of an area": "which is no number here",
    'answers = "removed"\nsays = "Every office|answers = "nothing"\nsays = "Every office': "answers no question",
    'title = "The rules of this hub"|title = ""': "the title is missing",
    "[numbers.office_passkeys]\nvalue = 2|[numbers.office_passkeys]\nvalue = 6": "must lie between 0 and 5",
    "[numbers.office_passkeys]\nvalue = 2|[numbers.office_passkeys]\nvalue = -1": "must lie between 0 and 5",
    "[rights]|[wrongs]": "nothing here is called wrongs",
    # A ballot that the law gives to an independent scrutineer is no kind of ballot here (GO-26).
    'kind = "stv", days = 7|kind = "statutory", days = 7': "kind is statutory: the law gives such",
    'kind = "stv", days = 7|kind = "yesno", formula = "yes_floor", days = 7': "step 3 (ballot): kind must be 'stv'",
    'opens = "clock"|opens = "member"': "procedures.elect.opens must be 'clock': nobody in office opens an election",
    'by = "ballots.scrutinise", persons|by = "appointments.make", persons': "(decide): by must be",
    "[terms.election]\ndays = 365|[terms.election]\ndays = 801": "terms.election.days must lie between 1 and 800",
    "[numbers.eligible_after_days]\nvalue = 28|[numbers.eligible_after_days]\nvalue = 91": "must lie between 0 and 90",
    'do = "ballot", kind = "stv", days = 7|do = "notice", days = 7': "procedures.elect must have the steps",
    'can = ["ballots.scrutinise"]|can = ["groups.confirm"]': "may not be 'groups.confirm'",
    "[numbers.objection_days]\nvalue = 3|[numbers.objection_days]\nvalue = 0": "numbers.objection_days.value must lie",
    "[numbers.objection_days]\nvalue = 3|[numbers.objection_days]\nvalue = 8": "numbers.objection_days.value must lie",
    "[numbers.measure_most_days]\nvalue = 14|[numbers.measure_most_days]\nvalue = 15": "must lie between 1 and 14",
    "[numbers.measure_after_days]\nvalue = 90|[numbers.measure_after_days]\nvalue = 29": "must lie between 30 and 365",
    "[sentences.chance]|[sources.drand]": "nothing here is called sources",
    "[sentences.chance]|[sentences.luck]": "sentences.chance is missing",
}


@pytest.mark.parametrize("change", BREACHES)
def test_breach_is_refused_with_its_reason(change):
    old, new = change.split("|")
    assert old in TEXT

    with pytest.raises(Broken) as refused:
        load(TEXT.replace(old, new, 1))

    assert any(BREACHES[change] in fault for fault in refused.value.faults), refused.value.faults


COUNCIL = 'by = "council", size = 20,'


def test_council_may_do_without_each_power_that_its_founders_would_have():
    """docs/permissions.md says so: who trusts them less leaves these out."""
    can = ["areas.declare", "branches.confirm", "emergencies.declare", "clients.stop", "stewards.name", "press.name"]
    whole, least = (f"can = {str(words).replace(chr(39), chr(34))}" for words in (can, can[:2]))
    assert whole in default_text()

    assert load(default_text().replace(whole, least)).roles["council"].can == tuple(can[:2])


def test_draw_may_count_what_those_who_offered_themselves_say():
    rules = load(TEXT.replace(COUNCIL, COUNCIL + ' asks = ["gender", "ethnicity"],'))

    assert rules.procedures["draw_council"].steps[0].asks == ("gender", "ethnicity")
    assert {step.asks for one in load(TEXT).procedures.values() for step in one.steps} == {()}


@pytest.mark.parametrize(
    ("step", "asks", "fault"),
    [
        (COUNCIL, '["religion"]', "asks may not be 'religion'"),
        (COUNCIL, '["gender", "gender"]', "asks must be a list of words, each once"),
        (COUNCIL, '"gender"', "asks must be a list of words, each once"),
        ('by = "caretakers", size = 3,', '["gender"]', "who did not offer themselves is asked nothing"),
    ],
)
def test_draw_asks_nothing_else_and_nobody_else(step, asks, fault):
    with pytest.raises(Broken) as refused:
        load(TEXT.replace(step, f"{step} asks = {asks},"))

    assert any(fault in one for one in refused.value.faults), refused.value.faults


def test_fault_names_its_line():
    with pytest.raises(Broken) as refused:
        load(TEXT.replace("[terms.founding]\ndays = 180", "[terms.founding]\ndays = 999"))

    assert refused.value.faults[0].startswith(f"Line {line_of('[terms.founding]') + 1}: terms.founding.days")


@pytest.mark.parametrize("text", ["", "x" * 60_001, "[" * 5000, "a = ", "\x00", "title = 1979-05-27", "roles = 3"])
def test_hostile_text_is_refused_in_words(text):
    with pytest.raises(Broken):
        load(text)


def test_broken_constitution_founds_no_hub(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        found_hub(tx, TEXT.replace("days = 180", "days = 999", 1))

    with db.read() as tx:
        assert (refused.value.code, entry_count(tx)) == ("constitution.broken", 0)
