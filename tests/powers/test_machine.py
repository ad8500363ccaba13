"""No sequence of acts, by anybody, breaks an invariant of governance.md section 9.1 (RE-07)."""

from __future__ import annotations

import random
from collections import Counter

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, seed
from hypothesis.stateful import get_state_machine_test

from tests.powers.machine import Powers
from tests.powers.search import run
from tests.powers.watch import INVARIANTS

EACH_MERGE, PARTS = 48, 4  # some 100 s of CPU on one core: measured, 0.5 s for a machine of fifty steps
LONG, LONG_PARTS = 500, 40


def search(number: int, machines: int) -> None:
    """Runs machines of fifty steps, always the same for one number."""
    settings = hypothesis.settings(
        max_examples=machines, stateful_step_count=50, database=None, deadline=None, print_blob=False,
        phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    seed(number)(get_state_machine_test(Powers, settings=settings))()


@pytest.mark.parametrize("number", range(PARTS))
def test_invariants_hold_in_machines_of_fifty_steps(number):
    search(number, EACH_MERGE)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("number", range(PARTS, PARTS + LONG_PARTS))
def test_invariants_hold_in_many_more_machines(number):
    search(number, LONG)


def test_machine_gets_somewhere():
    """A search that refuses everything proves nothing: what it reaches in a few seeds is asked of the record."""
    reached: Counter[str] = Counter()
    for number in range(12):
        script, broken = run(number)
        assert broken is None
        reached.update({name for name, _ in script})
    assert INVARIANTS
    assert {"accept", "confirm_office", "confirm_change", "several_sign", "open_hold", "confirm_hiding"} <= set(reached)
    assert random.Random(1).random() == pytest.approx(0.13436424411240122)  # the seeds mean the same everywhere
