"""Draws: random outside, repeated inside ``drawn_from``, and one purpose does not shift another."""

from __future__ import annotations

import threading

from hub import ids
from hub.ledger.openings import seal_words

SEED, OTHER = b"s" * 32, b"o" * 32


def some(seed: bytes) -> list[object]:
    with ids.drawn_from(seed):
        return [ids.new("act"), ids.new("grt"), ids.new("act"), seal_words({"name": "York", "purpose": "x"})]


def test_same_seed_gives_the_same_draws_and_another_seed_others():
    assert some(SEED) == some(SEED)
    assert not set(map(str, some(SEED))) & set(map(str, some(OTHER)))


def test_draws_outside_are_fresh():
    some(SEED)

    assert ids.new("act") not in some(SEED)
    assert len({ids.new("act") for _ in range(100)}) == 100


def test_one_purpose_does_not_shift_another():
    with ids.drawn_from(SEED):
        plain = [ids.new("act"), ids.new("act")]
    with ids.drawn_from(SEED):
        mixed = [ids.new("act"), ids.new("ltr"), ids.new("ltr"), ids.new("act")]

    assert [mixed[0], mixed[3]] == plain
    assert len(set(mixed)) == 4


def test_another_thread_is_not_touched():
    found: list[str] = []
    with ids.drawn_from(SEED):
        first = ids.new("act")
        thread = threading.Thread(target=lambda: found.append(ids.new("act")))
        thread.start()
        thread.join()
    with ids.drawn_from(SEED):
        second = [ids.new("act"), ids.new("act")]

    assert second[0] == first
    assert found[0] not in second
