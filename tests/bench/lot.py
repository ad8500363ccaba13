"""What a draw costs: python -m tests.bench.lot [PEOPLE]. Prints figures of CPU time; asserts nothing.

draw     one panel of 25 with quotas on two keys: hashes, order, walk
bare     a loop that hashes so many texts with SHA-256 and does nothing else
odds     the same panel by 1,000 dummy seeds, published beside the draw
check    what ``hub lot check`` does with the published file, odds included
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable

from hub import ids
from hub.lot.chains import REHEARSAL, rehearsed
from hub.lot.check import check
from hub.lot.draw import make_draw
from hub.lot.files import format_draw, parse_draw
from hub.lot.pool import Ticket, make_pool, make_ticket
from hub.lot.sources import first_source
from hub.lot.walk import DUMMIES, Quota, draw_panel

SIZE = 25
ROUNDS = 7
QUOTAS = (
    *(Quota("branch", f"b{n}", 1, 4) for n in range(10)),
    Quota("age", "18-29", 5, 9),
    Quota("age", "60-plus", 5, 9),
)
FROZEN = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)


def main(people: int) -> None:
    """Draws from a pool of ``people`` and prints medians and ratios."""
    pool = make_pool(tickets(people))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{people:,} people, {SIZE} seats, {len(QUOTAS)} quotas; {machine}; CPU time, median of {ROUNDS} rounds")
    bare = told("bare loop of sha256", lambda: hashes(people))
    seeds = iter(f"{number:064x}" for number in range(ROUNDS))
    full = told("draw", lambda: draw_panel(pool, SIZE, QUOTAS, next(seeds)))
    print(f"a draw costs {full / bare:.2f} times the bare loop")
    source = first_source(REHEARSAL, FROZEN + dt.timedelta(days=3))
    begun = time.process_time()
    REHEARSAL.is_signed(source.round, rehearsed(source.round))
    print(f"{'signing and verifying one round':<42} {time.process_time() - begun:8.2f} s")
    begun = time.process_time()
    draw = make_draw(ids.new("act"), FROZEN, SIZE, QUOTAS, pool, source, rehearsed(source.round))
    whole = time.process_time() - begun
    print(f"{'draw with trial, and odds by 1,000 seeds':<42} {whole:8.2f} s")
    print(f"that is {whole / DUMMIES / bare:.2f} times {DUMMIES:,} bare loops")
    raw = format_draw(draw)
    begun = time.process_time()
    findings = check(parse_draw(raw), rehearsal=True)
    print(f"{f'check of the file of {len(raw) / 1e6:.1f} MB':<42} {time.process_time() - begun:8.2f} s")
    print(f"agrees: {all(finding.agrees for finding in findings)}; odds {min(draw.odds)} to {max(draw.odds)} of 1,000")


def tickets(people: int) -> list[Ticket]:
    """So many tickets in ten branches and three ages."""
    draw = random.Random(20)
    return [
        make_ticket(
            ids.new("tkt"),
            {"branch": f"b{draw.randrange(10)}", "age": draw.choice(["18-29", "30-59", "30-59", "60-plus"])},
        )
        for _ in range(people)
    ]


def hashes(count: int) -> None:
    """The least that anybody has to do: one hash for each ticket."""
    for number in range(count):
        hashlib.sha256(f"{number:064x}|0|tkt_00000000000000000000000000".encode()).digest()


def told(what: str, act: Callable[[], object]) -> float:
    """Runs something some rounds and prints the median; returns it in seconds."""
    seconds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        act()
        seconds.append(time.process_time() - begun)
    print(
        f"{what:<42} {statistics.median(seconds) * 1000:8.1f} ms ({min(seconds) * 1e3:.1f} to {max(seconds) * 1e3:.1f})"
    )
    return statistics.median(seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
