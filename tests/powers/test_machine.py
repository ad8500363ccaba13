"""No sequence of acts, by anybody, breaks an invariant of governance.md section 9.1 (RE-07)."""

from __future__ import annotations

import random
from contextlib import closing

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, seed
from hypothesis.stateful import get_state_machine_test

from tests.longer import TIMES
from tests.powers.agreeing import disagreements
from tests.powers.machine import Powers
from tests.powers.onpostgres import Raw
from tests.powers.search import replay, run, shorten, wander
from tests.powers.watch import INVARIANTS
from tests.powers.world import World
from tests.verifier import verifier

EACH_MERGE, PARTS = 50, 10  # 500 machines, each of fifty steps that were made and not only drawn
VERIFIED = 200  # of which the stand-alone verifier reads the record, too
ON_POSTGRES, POSTGRES_PARTS = 5, 4  # each statement goes to a server and back: ten times slower
LONG, LONG_PARTS = 50, 10 * TIMES  # as many again, which Hypothesis draws
WANDERING, WANDERING_PARTS = 50, 10 * TIMES  # histories that the verifier alone is asked about
SOMEWHERE = {
    "accept",
    "confirm_office",
    "confirm_change",
    "several_sign",
    "open_hold",
    "confirm_hiding",
    "several_vote",
}


def assert_holds(number: int, world: World | None = None) -> set[str]:
    """Runs one machine by its number; returns which moves it made.

    A failure shows the shortest moves that still break an invariant.
    """
    place = world or World()
    script, broken = run(number, place)
    if broken is not None and world is None and replay(script) is not None:
        script = shorten([(name, list(indices)) for name, indices in script])
    assert broken is None, f"machine {number}: {broken}\n{script}"
    assert len(script) >= 50
    if world is None and number < VERIFIED:
        assert disagreements(place) == [], f"machine {number}"
    return {name for name, _ in script}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_invariants_hold_in_machines_of_fifty_steps(part):
    reached = set().union(*(assert_holds(number) for number in range(part * EACH_MERGE, (part + 1) * EACH_MERGE)))

    # A search that refuses everything proves nothing.
    assert reached >= SOMEWHERE


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(POSTGRES_PARTS))
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_invariants_hold_on_the_other_engine(fresh, part):
    db = fresh()
    raw = Raw(db)
    with closing(raw.connection):
        for number in range(part * ON_POSTGRES, (part + 1) * ON_POSTGRES):
            assert_holds(number, World(store=(db, raw)))


def draw(number: int, machines: int) -> None:
    """Runs machines that Hypothesis draws, of up to fifty steps, always the same for one number."""
    settings = hypothesis.settings(
        max_examples=machines, stateful_step_count=50, database=None, deadline=None, print_blob=False,
        phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    seed(number)(get_state_machine_test(Powers, settings=settings))()


def test_invariants_hold_in_what_hypothesis_draws():
    draw(0, 20)


def test_disagreement_of_the_verifier_is_seen(monkeypatch):
    """The planted fault: a fold that forgets that a deadline was moved on."""
    monkeypatch.setitem(verifier.TAKES, "act.extended", lambda *_: None)

    assert any(run_and_ask(number) for number in range(9))


def run_and_ask(number: int) -> list[str]:
    """Runs a machine without asking for its invariants; returns what the verifier makes of it otherwise."""
    world = World()
    wander(number, world)
    return disagreements(world)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(WANDERING_PARTS))
def test_verifier_agrees_on_many_more_histories(part):
    first = PARTS * EACH_MERGE + part * WANDERING
    for number in range(first, first + WANDERING):
        assert run_and_ask(number) == [], f"history {number}"


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("number", range(PARTS, PARTS + LONG_PARTS))
def test_invariants_hold_in_many_more_machines(number):
    draw(number, LONG)


def test_seeds_mean_the_same_everywhere():
    assert INVARIANTS
    assert random.Random(1).random() == pytest.approx(0.13436424411240122)
