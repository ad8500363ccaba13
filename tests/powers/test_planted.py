"""Each planted fault is caught: by its stored example at every merge, by a new search with --long."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.longer import TIMES
from tests.powers import watch
from tests.powers.clockwork import rules_wait_a_fortnight
from tests.powers.planted import PLANTED
from tests.powers.search import FOUND, MACHINES, replay, seek, stored


def test_there_are_enough_faults_each_with_an_example():
    assert len(PLANTED) >= 25
    assert sorted(PLANTED) == sorted(Path(path).stem for path in FOUND.glob("*.json"))


@pytest.mark.parametrize("name", PLANTED)
def test_stored_example_shows_the_fault_and_only_the_fault(name):
    number, script = stored(name)

    assert replay(script) is None
    with pytest.MonkeyPatch.context() as patch:
        PLANTED[name].plant(patch)
        broken = replay(script)

    assert broken is not None, f"no invariant broke. Search anew: python -m tests.powers.search {name}"
    assert broken.number == number


# Whose fault breaks another invariant first: the check that holds it, asked alone.
ALONE = {23: (rules_wait_a_fortnight, "rules_at_once")}


@pytest.mark.parametrize("number", ALONE)
def test_invariant_breaks_when_it_is_asked_alone(number, monkeypatch):
    check, fault = ALONE[number]
    script = stored(fault)[1]
    monkeypatch.setattr(watch, "INVARIANTS", [check])

    assert replay(script) is None
    PLANTED[fault].plant(monkeypatch)
    broken = replay(script)

    assert broken is not None
    assert broken.number == number


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PLANTED)
def test_new_search_finds_the_fault(name):
    assert seek(PLANTED[name], TIMES * MACHINES, start=1_000_000) is not None
