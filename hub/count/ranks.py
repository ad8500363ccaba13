"""Ranks typed as numbers beside names, made into a paper; each mistake said beside its own field."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hub.count.contest import Paper

_MANY = {2: "two", 3: "three", 4: "four", 5: "five"}
# 1, and as people write it: 1. 1) 1st 2nd 3rd 4th
_RANK = re.compile(r"([0-9]{1,6})(?:st|nd|rd|th)?[.)]?", re.IGNORECASE)


@dataclass(frozen=True)
class Ranks:
    """What was typed. order: references, first preference first, empty while anything is wrong; mistakes: by field."""

    order: tuple[str, ...]
    mistakes: Mapping[str, str]

    @property
    def is_blank(self) -> bool:
        """Tells whether nothing was typed at all: a blank paper, which a page should ask about."""
        return not self.order and not self.mistakes


def read_ranks(typed: Mapping[str, str]) -> Ranks:
    """Reads a rank for each candidate. typed: reference to what stands in its field; an empty field is no preference.

    Any writing of a whole number from 1 is taken, digits of any script and "2nd" included. Ranks must be 1, 2, 3 and so
    on, without a gap or a number twice; they may end anywhere.
    """
    ranks: dict[str, int] = {}
    mistakes: dict[str, str] = {}
    for ref, text in typed.items():
        plain = _plain(text)
        found = _RANK.fullmatch(plain)
        if found and int(found[1]):
            ranks[ref] = int(found[1])
        elif found:
            mistakes[ref] = "Numbers begin at 1, your first choice."
        elif plain:
            mistakes[ref] = "Type a whole number such as 1, or leave it empty."
    mistakes |= _misplaced(ranks)
    order = () if mistakes else tuple(sorted(ranks, key=ranks.__getitem__))
    return Ranks(order, {ref: mistakes[ref] for ref in typed if ref in mistakes})


def paper_of(order: tuple[str, ...], candidates: tuple[str, ...]) -> Paper:
    """Returns the canonical paper of an order of references: their places among the candidates."""
    return tuple(candidates.index(ref) for ref in order)


def _misplaced(ranks: Mapping[str, int]) -> dict[str, str]:
    often = Counter(ranks.values())
    gap = next(number for number in range(1, len(often) + 2) if number not in often)
    found = {}
    for ref, rank in ranks.items():
        if often[rank] > 1:
            many = _MANY.get(often[rank], str(often[rank]))
            found[ref] = f"You gave {many} options the number {rank}. Give each a different number."
        elif rank > gap:
            found[ref] = f"There is a {rank} but no {gap}. Number your choices without a gap."
    return found


def _plain(text: str) -> str:
    """Writes digits of any script as 0 to 9, and drops the space around."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)
