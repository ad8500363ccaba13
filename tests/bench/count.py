"""What a count costs: python -m tests.bench.count [PAPERS]. Prints figures; asserts nothing.

15 candidates, 5 seats; every paper ranks everybody in an order of its own, so that grouping saves next to nothing:
the worst case. Beside each count runs a bare loop that looks once at each preference of each paper; rounds alternate.

count      the count with every stage (aim: 100,000 papers under 10 s)
file       the same from the bytes of a .blt file to the bytes of the count sheet
ward       as many papers of 240 kinds, as people vote: what grouping saves
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable

from hub.count import Contest, count, group
from hub.count.blt import format_blt, parse_blt
from hub.count.sheet import draw_up, sheet_bytes

CANDIDATES = 15
SEATS = 5
KINDS = 240
ROUNDS = 5
SEED = "bench"


def main(papers: int) -> None:
    """Runs rounds of each and prints medians, and each as a multiple of the bare loop of its own run."""
    draw = random.Random(7)
    uneven = [ranking(draw) for _ in range(papers)]
    kinds = [ranking(draw) for _ in range(KINDS)]
    alike = [draw.choice(kinds) for _ in range(papers)]
    contest, ward = contest_of(uneven), contest_of(alike)
    raw = format_blt(contest)
    acts: dict[str, Callable[[], object]] = {
        "bare loop": lambda: bare(uneven),
        "count": lambda: count(contest_of(uneven), SEED),
        "file": lambda: recount(raw),
        "ward": lambda: count(contest_of(alike), SEED),
    }
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for what, act in acts.items():
            found.setdefault(what, []).append(seconds(act))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{papers:,} papers, {CANDIDATES} candidates, {SEATS} seats; {machine}; {ROUNDS} rounds")
    stages = len(count(contest, SEED).stages)
    print(f"{len(contest.votes):,} kinds of paper, {len(ward.votes):,} in the ward; {stages} stages")
    for what, times in found.items():
        ratio = statistics.median(took / loop for took, loop in zip(times, found["bare loop"], strict=True))
        print(
            f"{what:<10} {statistics.median(times):6.2f} s ({min(times):.2f} to {max(times):.2f})   {ratio:5.1f} times"
        )


def ranking(draw: random.Random) -> tuple[int, ...]:
    """Everybody, the earlier on the paper the likelier in front."""
    return tuple(sorted(range(CANDIDATES), key=lambda place: place / CANDIDATES + draw.random() * 2))


def contest_of(papers: list[tuple[int, ...]]) -> Contest:
    """Papers grouped into a contest: part of what is measured."""
    return Contest(SEATS, tuple(f"hld_{place:02}" for place in range(CANDIDATES)), group(papers))


def recount(raw: bytes) -> bytes:
    """What ``hub count --json`` does."""
    contest = parse_blt(raw)
    return sheet_bytes(draw_up(contest, count(contest, SEED), SEED))


def bare(papers: list[tuple[int, ...]]) -> int:
    """Looks once at each preference of each paper."""
    seen = 0
    for paper in papers:
        for place in paper:
            seen += place
    return seen


def seconds(act: Callable[[], object]) -> float:
    """Runs something once; seconds of CPU, so that whoever else is on the machine counts less."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
