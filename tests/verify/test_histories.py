"""Hub and stand-alone verifier fold random histories to the same rows, and pass over the same entries (LG-09).

100,000 of them are `FOLKMOOT_LONG_TIMES=10 ./folkmoot check --long`, shared among its processes; by hand, on as many
machines as there are: `python -m tests.verify.histories FIRST MANY`.
"""

from __future__ import annotations

import pytest

from tests.longer import TIMES
from tests.verifier import verifier
from tests.verify import histories

EACH_MERGE, PARTS = 50, 4
LONG, LONG_PARTS = 1000, 10 * TIMES


@pytest.mark.parametrize("part", range(PARTS))
def test_random_histories_fold_to_the_same(part):
    before = dict(histories.TALLY)
    numbers = range(part * EACH_MERGE, (part + 1) * EACH_MERGE)

    assert [(number, found) for number in numbers if (found := histories.disagreement(number))] == []
    # Histories of which all, or nothing, is passed over would prove little.
    entries, passed = (histories.TALLY[name] - before[name] for name in ("entries", "passed over"))
    assert entries / 10 < passed < entries * 9 / 10


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_many_more_random_histories_fold_to_the_same(part):
    first = PARTS * EACH_MERGE + part * LONG

    for number in range(first, first + LONG):
        assert histories.disagreement(number) == [], f"history {number}"


def test_disagreement_is_seen(monkeypatch):
    """The planted fault: a fold that does not take down that somebody signed."""
    for name in ("act.advanced", "grant.ended"):
        monkeypatch.setitem(verifier.TAKES, name, lambda *_: None)

    assert any(histories.disagreement(number) for number in range(30))
