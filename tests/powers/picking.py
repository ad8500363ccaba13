"""How a move chooses among what is there now: an index drawn by Hypothesis, by a seed, or read from a stored example.

An index is kept as it was drawn; a replay takes it modulo the number of choices, so that a stored example goes on
where a later room added a choice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Nothing(Exception):
    """There was nothing to choose from: the move does nothing."""


class Pick:
    """Chooses, and remembers each index. draw: returns an index below its argument."""

    def __init__(self, draw: Callable[[int], int]) -> None:
        self.draw, self.drawn = draw, []  # type: tuple[Callable[[int], int], list[int]]

    def __call__(self, options: Sequence[T]) -> T:
        """Returns one of the options. Raises Nothing where there are none."""
        if not options:
            raise Nothing
        index = self.draw(len(options)) if len(options) > 1 else 0
        self.drawn.append(index)
        return options[index]

    def first(self, options: Sequence[T]) -> list[T]:
        """Returns a beginning of the options, at least one of them."""
        return list(options[: self(range(1, len(options) + 1))])


def seeded(chance: random.Random) -> Pick:
    """Chooses by a generator of chance."""
    return Pick(chance.randrange)


def replayed(indices: Sequence[int]) -> Pick:
    """Chooses what was chosen before; 0 once the indices are used up."""
    left = iter(indices)
    # Of one choice no index is asked, yet one is remembered: the reading keeps step with the writing.
    pick = Pick(lambda _many: 0)

    class Reading(Pick):
        def __call__(self, options: Sequence[T]) -> T:
            if not options:
                raise Nothing
            index = next(left, 0) % len(options)
            self.drawn.append(index)
            return options[index]

    return Reading(pick.draw)
