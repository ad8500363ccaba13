"""Walks over the store: whatever people, the clock and a crash do about cases, the properties hold (RE-07).

Each planted fault is shown by its stored walk at every merge, and searched anew by ``./folkmoot check --long``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.walks.planted import PLANTED
from tests.cases.walks.search import FOUND, replay, run, seek, shorten, stored
from tests.longer import TIMES

PARTS, EACH, LONG = 2, 4, 100
STORED = sorted(path.stem for path in FOUND.glob("*.json"))


@pytest.fixture(autouse=True)
def _puts_the_clock_back() -> Iterator[None]:
    """Walks move the process's clock by years."""
    from hub import clock  # beside its one use

    yield
    clock.set_source(None)


def assert_holds(number: int) -> set[str]:
    """Walks by a number; returns what it came to: how cases and appeals ended, and what else happened in them."""
    script, broken, bench = run(number)
    if broken is not None and replay(script) is not None:
        script = shorten([(name, list(indices)) for name, indices in script])
    assert broken is None, f"walk {number}: {broken}\n{script}"
    ends = {f"{act.procedure} {act.outcome}" for act in bench.view.acts if act.procedure in ("case", "appeal_case")}
    ends |= {"measure" for row in bench.view.rows("case_interims") if row.begun_at is not None}
    return ends | {"office ended" for grant in bench.view.grants if grant.ended_why == "decided"}


@pytest.mark.parametrize("part", range(PARTS))
def test_properties_hold_in_walks_of_thirty_steps(part):
    reached = set().union(*(assert_holds(number) for number in range(part * EACH, (part + 1) * EACH)))

    # A search in which everything is refused proves nothing.
    assert reached >= {"case lapsed", "measure"}


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(4 * TIMES))
def test_properties_hold_in_many_more_walks(part):
    for number in range(1000 + part * LONG, 1000 + (part + 1) * LONG):
        assert_holds(number)


def test_each_planted_fault_has_a_walk():
    assert (len(STORED) >= 10, STORED) == (True, sorted(PLANTED))


@pytest.mark.parametrize("name", STORED)
def test_stored_walk_shows_the_fault_and_only_the_fault(name, monkeypatch):
    number, check, script = stored(name)

    assert replay(script) is None
    PLANTED[name].plant(monkeypatch)
    broken = replay(script)

    assert broken is not None, f"nothing broke. Search anew: python -m tests.cases.walks.search {name}"
    assert (broken.number, broken.check) == (number, check)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", STORED)
def test_new_search_finds_the_fault(name):
    assert seek(PLANTED[name], 200 * TIMES, start=1_000_000) is not None
