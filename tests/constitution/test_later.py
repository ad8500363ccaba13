"""Rules of before a release that added to what rules must say: they hold for ever, and lack what came later, whole."""

from __future__ import annotations

import re

import pytest

from hub import clock
from hub.acts import queries as acts
from hub.cases import actions as cases
from hub.constitution import later
from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.errors import Forbidden, RuleViolation
from hub.groups import offices
from hub.permits import HUB, P, can
from tests.people_for_tests import again, begin_hub, entry_count, found_branch, member, seat_council
from tests.replaying import assert_replays
from tests.verifier import verifier

PRESS, (POWER,) = later.PARTS[0]


def test_rules_of_before_the_press_load_and_have_none_of_it():
    rules = load(of_before())

    assert not {f"roles.{key}" for key in rules.roles} & set(PRESS)
    assert not {f"procedures.{key}" for key in rules.procedures} & set(PRESS)
    assert load(default_text()).roles.keys() - rules.roles.keys() == {"press"}
    verifier.check_limits(of_before())


@pytest.mark.parametrize("path", PRESS)
def test_no_part_of_what_came_together_is_left_out_alone(path):
    text = without(path)

    with pytest.raises(Broken, match=f"{re.escape(path)} is missing"):
        load(text)
    with pytest.raises(verifier.Wrong):
        verifier.check_limits(text)


def test_nobody_has_a_power_of_what_the_rules_lack():
    text = default_text()
    for path in PRESS:
        text = without(path, text)

    with pytest.raises(Broken, match=r"roles\.press is missing"):
        load(text)
    with pytest.raises(verifier.Wrong):
        verifier.check_limits(text)


def test_a_hub_of_before_goes_on_and_names_no_press(db, another_db, clock_at):
    clock_at("2026-11-21T20:00Z")
    begin_hub(db, of_before())
    with db.write() as tx:
        council = seat_council(tx, "cleo", "cyra", "cato")
        found_branch(tx, council)
        member(tx, "ada")
        before = entry_count(tx)
    with db.write() as tx, pytest.raises(Forbidden):
        offices.offer(tx, place=None, role="press", actor=again(tx, council[0]))

    with db.draft() as tx:
        assert (entry_count(tx), can(again(tx, council[0]), P.NAME_PRESS, HUB).ok, acts.running(tx, HUB)) == (
            before, False, (),
        )  # fmt: skip
    assert_replays(db, another_db)


def without(path: str, text: str | None = None) -> str:
    """Rules, the default ones if none are given, without one of their tables."""
    rules = text or default_text()
    found = re.sub(rf"(?ms)^\[{re.escape(path)}\]\n.*?(?=^\[)", "", rules)
    assert found != rules
    return found


def of_before() -> str:
    """The default rules as they were before there was a press."""
    text = default_text().replace(f', "{POWER}"]', "]")
    for path in PRESS:
        text = without(path, text)
    return text


CASES, POWERS = later.PARTS[-1]


def before_cases() -> str:
    """The default rules as they were before there were cases."""
    text = default_text()
    for path in CASES:
        text = without(path, text)
    return text


def test_rules_of_before_cases_load_and_have_none_of_them():
    rules = load(before_cases())

    assert load(default_text()).roles.keys() - rules.roles.keys() == {"duty", "juror"}
    assert load(default_text()).procedures.keys() - rules.procedures.keys() == {"case", "appeal_case", "interim"}
    assert not {power for role in rules.roles.values() for power in role.can} & set(POWERS)
    verifier.check_limits(before_cases())


@pytest.mark.parametrize("path", CASES)
def test_no_part_of_cases_is_left_out_alone(path):
    text = without(path)

    with pytest.raises(Broken, match=f"{re.escape(path)} is missing"):
        load(text)
    with pytest.raises(verifier.Wrong):
        verifier.check_limits(text)


def test_a_hub_of_before_goes_on_and_hears_no_complaint(db, another_db, clock_at):
    clock_at("2026-11-21T20:00Z")
    begin_hub(db, before_cases())
    with db.write() as tx:
        found_branch(tx, seat_council(tx, "cleo", "cyra", "cato"))
        ada, ben = member(tx, "ada"), member(tx, "ben")
        before = entry_count(tx)
    with db.write() as tx, pytest.raises(RuleViolation, match="no such procedure"):
        cases.complain(
            tx, respondent=ben.person or "", rule=2, happened_on=clock.today(), learned_on=clock.today(),
            words="He threatened me.", actor=again(tx, ada),
        )  # fmt: skip

    with db.read() as tx:
        assert (entry_count(tx), acts.running(tx, HUB)) == (before, ())
    assert_replays(db, another_db)
