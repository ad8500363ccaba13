"""Each planted fault is caught: by its stored example at every merge, by a new search with --long."""

from __future__ import annotations

import pytest

from tests.longer import TIMES
from tests.powers import watch
from tests.powers.planted import PLANTED
from tests.powers.search import ALONE, FOUND, MACHINES, ask_alone, replay, seek, stored

# One example for each fault; and where other checks see a fault first, one for the check that looks alone.
EXAMPLES = {path.stem: stored(path) for path in sorted(FOUND.glob("*.json"))}
BY_ONE = {path.stem: stored(path) for path in sorted(ALONE.glob("*.json"))}


def test_there_are_enough_faults_each_with_an_example():
    assert len(PLANTED) >= 25
    assert sorted(PLANTED) == sorted(EXAMPLES)


def test_every_check_is_broken_by_a_fault():
    """A check that no fault ever broke could be one that cannot break."""
    broken = {found.check for found in EXAMPLES.values()} | set(BY_ONE)

    assert {check.__name__ for check in watch.INVARIANTS} - broken == set()


@pytest.mark.parametrize("name", PLANTED)
def test_stored_example_shows_the_fault_and_only_the_fault(name):
    found = EXAMPLES[name]

    assert replay(found.script) is None
    with pytest.MonkeyPatch.context() as patch:
        PLANTED[name].plant(patch)
        broken = replay(found.script)

    assert broken is not None, f"no invariant broke. Search anew: python -m tests.powers.search {name}"
    assert (broken.number, broken.check, name) == (found.number, found.check, found.fault)


@pytest.mark.parametrize("check", BY_ONE)
def test_check_breaks_where_it_looks_alone(check, monkeypatch):
    found = BY_ONE[check]
    ask_alone(monkeypatch, check)

    assert replay(found.script) is None
    PLANTED[found.fault].plant(monkeypatch)
    broken = replay(found.script)

    again = f"Search anew: python -m tests.powers.search {check}={found.fault}"
    assert broken is not None, f"it did not break. {again}"
    assert (broken.number, broken.check) == (found.number, check), again


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PLANTED)
def test_new_search_finds_the_fault(name):
    assert seek(PLANTED[name], TIMES * MACHINES, start=1_000_000) is not None
