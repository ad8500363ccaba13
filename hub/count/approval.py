"""Approval: tick as many as you like, most ticks first. For dates, agendas and picking papers; never for power."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.count.contest import Uncountable
from hub.count.ties import lot


@dataclass(frozen=True)
class Tally:
    """What was ticked. order: options, most ticks first; drawn: for those whose order a lot decided, their digests."""

    papers: int
    ticks: Mapping[str, int]
    order: tuple[str, ...]
    drawn: Mapping[str, str]


def tally(options: Iterable[str], papers: Iterable[frozenset[str]], seed: str | None = None) -> Tally:
    """Orders options by how many papers tick them; equals by the lowest sha256(seed | option).

    Without a seed equals stand in the order of their names, and ``drawn`` is empty: whoever needs to pick between
    them gives one. Raises Uncountable for a paper that ticks what is no option.
    """
    ticks = dict.fromkeys(sorted(options), 0)
    many = 0
    for paper in papers:
        many += 1
        for option in paper:
            if option not in ticks:
                raise Uncountable(f"{option} is not among the options.")
            ticks[option] += 1
    often = list(ticks.values())
    drawn = {name: lot(seed, name) for name in ticks if seed is not None and often.count(ticks[name]) > 1}
    order = sorted(ticks, key=lambda name: (-ticks[name], drawn.get(name, ""), name))
    return Tally(many, ticks, tuple(order), drawn)
