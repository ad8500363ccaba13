"""Chance: from the machine, fair, and from a seed where a test says so: then the same again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from hub import chance, ids


@pytest.fixture
def seed() -> Iterator[None]:
    """Lets the house draw from a seed."""
    chance.set_source(chance.seeded(7))
    yield
    chance.set_source(None)


def draws() -> list[object]:
    """One of each."""
    items = list(range(20))
    chance.shuffle(items)
    return [chance.octets(5), chance.token(), chance.below(1000), chance.one_of("abcdef"), items, ids.new("act")]


def test_machine_never_says_the_same_twice() -> None:
    assert all(one != other for one, other in zip([draws()[0], draws()[1]], [draws()[0], draws()[1]], strict=True))


def test_same_seed_gives_the_same_draws(seed: None) -> None:
    first = draws()
    chance.set_source(chance.seeded(7))
    again = draws()
    chance.set_source(chance.seeded(8))

    assert first == again
    assert [one for one, other in zip(first, draws(), strict=True) if one == other] == []


def test_source_is_the_machines_again() -> None:
    chance.set_source(chance.seeded(7))
    first = chance.octets(16)
    chance.set_source(None)

    assert (len(first), chance.octets(16) != chance.seeded(7)(16)) == (16, True)


def test_token_is_text_for_an_address() -> None:
    assert [len(chance.token(size)) for size in (16, 32)] == [22, 43]


def test_whatever_is_drawn_is_as_likely_as_the_rest(seed: None) -> None:
    """Within five standard deviations of 10,000 draws, whose seed stands fast."""
    places = Counter(chance.below(6) for _ in range(10_000))
    letters = Counter(chance.one_of("abcde") for _ in range(10_000))
    orders = Counter(tuple(shuffled("abc")) for _ in range(10_000))

    for found, kinds in ((places, 6), (letters, 5), (orders, 6)):
        expected, spread = 10_000 / kinds, (10_000 / kinds * (1 - 1 / kinds)) ** 0.5
        assert len(found) == kinds
        assert all(abs(many - expected) < 5 * spread for many in found.values())


def shuffled(text: str) -> list[str]:
    """A text's letters in a random order."""
    items = list(text)
    chance.shuffle(items)
    return items


def test_nothing_is_drawn_from_nothing() -> None:
    with pytest.raises(IndexError):
        chance.one_of([])
    with pytest.raises(ValueError, match="empty range"):
        chance.below(0)
