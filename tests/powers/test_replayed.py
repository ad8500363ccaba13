"""A run that failed is run again as it was: the same seeds, the same record to the last byte (RE-06)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub import chance, clock
from tests.powers.search import wander
from tests.powers.world import World


@pytest.fixture
def untouched() -> Iterator[None]:
    """The machine's chance and time come back afterwards."""
    yield
    chance.set_source(None)
    clock.set_source(None)


def record(moves: int, drawn: int) -> list[bytes]:
    """The entries of a random history. moves: its seed; drawn: that of what the house draws."""
    chance.set_source(None)
    world = World()
    chance.set_source(chance.seeded(drawn))
    wander(moves, world)
    return [bytes(raw) for (raw,) in world.raw.execute('SELECT bytes FROM entries ORDER BY "index"')]


def test_a_run_is_run_again_as_it_was(untouched: None) -> None:
    first, again, others = record(3, 1), record(3, 1), record(3, 2)

    assert first == again
    assert len(first) > 50
    # What the house draws shows: rolls are salted and shuffled by it, pools of draws too.
    assert first != others
