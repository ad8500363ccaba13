"""Walks: nobody does anything for 400 days (GO-30), whether the clock runs or sleeps (GO-06, invariant 18).

And the rules change while acts run (GO-19).
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest

from hub import ledger
from hub.constitution.entries import ConstitutionAdopted
from hub.errors import YES
from tests.powers.laziness import Broken, wait_daily_and_lazily
from tests.powers.planted import PLANTED, warrant
from tests.powers.rules_petitions import texts
from tests.powers.search import run
from tests.powers.view import Row, View
from tests.powers.world import World, of_three

WEEK = 7 * 24
STARTS = (None, 3, 21)  # the hub as it was made, and as two runs left it


def begun(seed: int | None, steps: int = 25) -> World:
    """A hub after some steps."""
    world = World()
    if seed is not None:
        _script, broken = run(seed, world, steps=steps)
        assert broken is None
    world.resting.clear()
    return world


def rest(world: World, weeks: int) -> None:
    """Nobody does anything; the clock runs once a week."""
    for _ in range(weeks):
        world.wait(WEEK)


def assert_all_is_over(view: View) -> None:
    """Every office has ended, but for caretakers; and everywhere an election runs."""
    assert {grant.role for grant in view.live} <= {"caretaker"}
    assert all(grant.until_at - grant.from_at <= 28 * 86400 for grant in view.live)
    there = {row.id for row in [*view.registered, *view.branches] if row.ended_entry is None and row.registered_entry}
    assert there - {act.scope_id for act in view.open_of("elect")} == set()


@pytest.mark.parametrize("start", STARTS)
def test_nobody_acts_and_every_office_ends(start):
    world = begun(start)

    rest(world, 58)

    assert_all_is_over(world.view)


def test_planted_clock_that_opens_no_election_is_caught(monkeypatch):
    world = begun(None)
    PLANTED["elections_forgotten"].plant(monkeypatch)

    rest(world, 58)

    with pytest.raises(AssertionError):
        assert_all_is_over(world.view)


def test_clock_that_slept_for_400_days_decides_what_a_daily_one_did():
    world = begun(3)

    wait_daily_and_lazily(world, 400 * 24)

    assert_all_is_over(world.view)


def test_planted_late_clock_that_counts_from_when_it_runs_is_caught(monkeypatch):
    world = begun(3)
    PLANTED["late_clock_counts"].plant(monkeypatch)

    with pytest.raises(Broken):
        wait_daily_and_lazily(world, 100 * 24)


def other_rules() -> list[str]:
    """Rules that differ in what acts go by: longer steps, more persons, other terms and thresholds."""
    text = of_three()
    # Steps whose days are at the ceiling of the code already stay as they are.
    longer = re.sub(
        r"(do = \"(?:notice|decide|submit)\"(?![^\n]*(?:emergencies|powers\.freeze|cases\.|complainant|respondent|went "
        r"against))[^\n]* days = )(?!28\b)(\d+)",
        _one_more,
        text,
    )
    steeper = re.sub(r"(share_percent = )10", r"\g<1>20", text)
    return [*(other for other, loads in texts() if loads), longer, steeper]


def _one_more(found: re.Match[str]) -> str:
    return f"{found[1]}{int(found[2]) + 1}"


def adopt(world: World, text: str) -> None:
    """Puts other rules in force at once, by no act: what no constitution allows, for the difference that it makes."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    with pytest.MonkeyPatch.context() as patch, world.unit() as tx:
        warrant(patch, "constitution.adopted", lambda *_: YES)
        version = len(world.view.constitutions) + 1
        ledger.append(tx, ConstitutionAdopted(version, text, sha256), by=None)
    world.look()


def course(view: View, running: list[str]) -> dict[str, Any]:
    """How some acts went: their moves, their ends, and the offices that came of them."""
    return {
        act.id: (
            act.outcome,
            act.due_at,
            [(move.step, move.due_at, move.outcome) for move in view.moves if move.act == act.id],
            sorted(grant_of(grant) for grant in view.grants if grant.act == act.id),
        )
        for act in view.acts
        if act.id in running
    }


def grant_of(grant: Row) -> tuple[Any, ...]:
    """What an office is, but for its random id."""
    return (grant.holder, grant.role, grant.scope_id, grant.source, grant.from_at, grant.until_at)


def differential(seed: int, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """How the acts that run after some steps go on, under the rules that were there and where others come.

    But for new rules that are proposed themselves: others that came into force first overtake them, and they say so.
    """
    world = begun(seed, steps=40)
    open_acts = [act for act in world.view.open_acts if act.procedure != "amend"]
    running = [act.id for act in open_acts if not act.procedure.startswith("draw_")]
    begin, at, units = world.image(), world.now, world.units
    seen = []
    for changed in (None, text):
        world.restore(begin, at)
        world.units = units
        if changed is not None:
            adopt(world, changed)
            world.units = units
        rest(world, 8)
        seen.append(course(world.view, running))
    assert running
    return seen[0], seen[1]


@pytest.mark.parametrize("number", range(5))
def test_rules_of_tomorrow_change_no_act_that_runs(number):
    before, after = differential(31 + number, other_rules()[number])

    assert after == before


def test_planted_rules_of_today_are_caught(monkeypatch):
    PLANTED["constitution_of_today"].plant(monkeypatch)

    before, after = differential(31, other_rules()[3])

    assert after != before
