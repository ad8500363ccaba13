"""What members say of themselves for draws: closed lists, and counts from which nobody's own answer follows. Pure.

A draw that anybody can make again shows of each ticket whatever it goes by, and who accepts is known by name with their
ticket. So no draw goes by what a member said: the pool's file holds none of it, and the record holds counts alone.
docs/draws.md says what was weighed. Source: reference for governance, 3.2 ("never shown").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from hub.constitution.limits import STRATA
from hub.constitution.model import Constitution

NOT_SAID = "not-said"
TEN = 10  # counts are rounded down to ten, as counts of members are


def asked_by(text: Constitution) -> tuple[str, ...]:
    """Returns what any draw of a constitution asks for, sorted: nobody is asked anything else."""
    return tuple(sorted({word for one in text.procedures.values() for step in one.steps for word in step.asks}))


def counted(answers: Sequence[Mapping[str, str]], asked: Iterable[str]) -> list[str]:
    """Returns how many in a pool said what, as the record has it; who did not say is counted as such.

    answers: of each ticket, word to answer. Fewer than ten are not told, and nothing is told of a word to which ten
    others did not answer otherwise: else everybody's answer would follow from it.
    """
    lines = []
    for word in sorted(asked):
        many = Counter(answer.get(word, NOT_SAID) for answer in answers)
        told = [f"{word}={value} {count - count % TEN}" for value, count in sorted(many.items()) if count >= TEN]
        lines += told if len(told) > 1 else []
    return lines


def may_be_told(lines: Sequence[str], asked: Iterable[str], tickets: int) -> bool:
    """Tells whether counts are such as counted gives: of what is asked, in tens, two or more of a word, in order."""
    read = [_read(line) for line in lines]
    by_word = [list(group) for _word, group in groupby(read, key=lambda one: one[0])]
    return (
        {word for word, _value, _many in read} <= set(asked)
        and all(value in (*STRATA.get(word, ()), NOT_SAID) for word, value, _many in read)
        and all(many >= TEN and many % TEN == 0 for _word, _value, many in read)
        and [(word, value) for word, value, _many in read] == sorted({(word, value) for word, value, _many in read})
        and all(len(group) > 1 and sum(many for _w, _v, many in group) <= tickets for group in by_word)
    )


def rows_of(lines: Iterable[str]) -> list[dict[str, str | int]]:
    """Reads counts from the record, as the table has them."""
    return [dict(zip(("word", "answer", "many"), _read(line), strict=True)) for line in lines]


def _read(line: str) -> tuple[str, str, int]:
    stratum, _space, many = line.partition(" ")
    word, _is, value = stratum.partition("=")
    return word, value, int(many)
