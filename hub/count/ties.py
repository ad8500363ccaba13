"""Ties: an earlier stage decides, and where all were equal at all of them, a lot that anybody can draw again.

The most recent earlier stage at which the tied differ keeps those with the extreme number of votes there; if several
are left, the stages before it are asked about them; if stage 1 has been asked in vain, the lowest
sha256(seed | reference) is drawn.
*Re-open nominations* is in no lot: where it is equal with persons at every stage it stays in, and its surplus goes
first, so that nobody gains a seat by lot against nobody. The rule is ours.
Nor is a lot drawn among persons without a vote at any stage while it stands: whichever order they go in, all of them go
before anything else happens, no paper moves meanwhile, and so nothing depends on it (tests/count/test_voteless.py).
Source: SSI 2007/42 schedule 1 rules 49(2), 49(3) and 51(2). Where the statute is silent, on three or more tied of whom
an earlier stage parts only some, the rule is ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.count.contest import OnlyLot, is_ron, shown

SURPLUS = "surplus"
EXCLUSION = "exclusion"


@dataclass(frozen=True)
class Tie:
    """A tie and what decided it.

    purpose: whose surplus goes first, or who is excluded. tied: sorted names. narrowed: each earlier stage that parted
    them, with those it left. kept: re-open nominations, where it was equal with persons to the end: no lot decides
    against it. lots: for those drawn among, name to digest in hex; empty where no lot was needed. voteless: those left
    in the end, where none of them had a vote at any stage and nothing depends on who of them is first.
    """

    purpose: str
    tied: tuple[str, ...]
    narrowed: tuple[tuple[int, tuple[str, ...]], ...]
    lots: Mapping[str, str]
    chosen: str
    kept: tuple[str, ...] = ()
    voteless: tuple[str, ...] = ()


def lot(seed: str, ref: str) -> str:
    """Returns the digest that ranks a reference in a lot: sha256 of seed, a bar and the reference, in hex."""
    return hashlib.sha256(f"{seed}|{ref}".encode()).hexdigest()


def break_tie(
    purpose: str,
    tied: Sequence[str],
    stages: Sequence[Mapping[str, int]],
    seed: str | None,
    *,
    reopens: bool = False,
) -> Tie:
    """Returns who among the tied is taken, and why.

    tied: at least two names. stages: votes at the end of each stage, the first one first; who was not there yet had
    none. reopens: whether re-open nominations stands, so that nobody is elected for want of rivals. The surplus of
    whoever had most goes first, whoever had fewest is excluded.
    Raises OnlyLot when only a lot can decide and there is no seed.
    """
    extreme = max if purpose == SURPLUS else min
    left = tuple(sorted(tied))
    narrowed = []
    for number in range(len(stages), 0, -1):
        had = {name: stages[number - 1].get(name, 0) for name in left}
        kept = tuple(name for name in left if had[name] == extreme(had.values()))
        if kept != left:
            left = kept
            narrowed.append((number, left))
        if len(left) == 1:
            return Tie(purpose, tuple(sorted(tied)), tuple(narrowed), {}, left[0])
    kept, left = _kept(purpose, left)
    if len(left) == 1:
        return Tie(purpose, tuple(sorted(tied)), tuple(narrowed), {}, left[0], kept)
    if reopens and not any(stage.get(name, 0) for stage in stages for name in left):
        return Tie(purpose, tuple(sorted(tied)), tuple(narrowed), {}, first_to_go(left), kept, left)
    if seed is None:
        equals = " and ".join(map(shown, left))
        raise OnlyLot(f"{equals} were equal at every stage: only a lot can decide. Give a seed for it.")
    lots = {name: lot(seed, name) for name in left}
    return Tie(purpose, tuple(sorted(tied)), tuple(narrowed), lots, min(left, key=lambda name: lots[name]), kept)


def first_to_go(voteless: tuple[str, ...]) -> str:
    """Returns who of some without a vote goes first: by reference. Any other of them would do."""
    return voteless[0]


def _kept(purpose: str, left: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Takes re-open nominations out of a lot among persons; returns what was kept, and who is still to be parted."""
    ron = tuple(name for name in left if is_ron(name))
    people = tuple(name for name in left if not is_ron(name))
    if not ron or not people:
        return (), left
    return ron, (ron if purpose == SURPLUS else people)
