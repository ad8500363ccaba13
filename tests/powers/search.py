"""A search by seeds, without Hypothesis: quick, for planted bugs; and the shortening of what it found.

python -m tests.powers.search            searches every planted bug anew, and stores the shortest example found
python -m tests.powers.search NAME...    only these
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from hub.draws import chain
from tests.powers import moves
from tests.powers.laziness import Broken
from tests.powers.machine import drive, finish
from tests.powers.moves import MOVES
from tests.powers.picking import Nothing, replayed, seeded
from tests.powers.planted import PLANTED, Bug
from tests.powers.watch import Watch
from tests.powers.world import World

Script = list[tuple[str, list[int]]]
STEPS = 50
MACHINES = 500  # at most, for one bug
FOUND = Path(__file__).parent / "found"


def run(
    seed: int, world: World | None = None, *, steps: int = STEPS, feed: bool = True, rooms: Sequence[str] = ()
) -> tuple[Script, Broken | None]:
    """Drives a world by a seed; returns what it did, and the invariant that broke. feed: the roster's moves too;

    rooms: those it keeps to, else some."""
    chance, world = random.Random(seed), world or World()
    watch = Watch(world)
    known = moves.rooms()
    kept = list(rooms) or chance.sample(known, k=chance.choice([1, 2, 3, len(known)]))
    able = moves.chosen(kept)
    able = [move for move in able if feed or not move.name.startswith("feed_")]
    try:
        if "draws" not in kept:
            drive(watch, MOVES["draws_rest"], seeded(chance))
        if chance.random() < 0.3:
            drive(watch, MOVES["season_passes"], seeded(chance))
        for _ in range(steps):
            ready = [move for move in able if move.ready(world.view)]
            if ready:
                (move,) = chance.choices(ready, [move.weight for move in ready])
                drive(watch, move, seeded(chance))
        finish(watch)
    except Broken as broken:
        return world.script, broken
    return world.script, None


def wander(seed: int, world: World, steps: int = STEPS) -> None:
    """Drives a world by a seed, and asks no invariant: a history, for whoever reads the record alone."""
    chance, known = random.Random(seed), moves.rooms()
    kept = chance.sample(known, k=chance.choice([1, 2, 3, len(known)]))
    able = moves.chosen(kept)
    begins = [] if "draws" in kept else ["draws_rest"]
    for name in [*begins, *(["season_passes"] if chance.random() < 0.3 else [])]:
        MOVES[name].do(world, seeded(chance))
    for _ in range(steps):
        ready = [move for move in able if move.ready(world.view)]
        if ready:
            (move,) = chance.choices(ready, [one.weight for one in ready])
            with contextlib.suppress(Nothing):
                move.do(world, seeded(chance))


def replay(script: Script) -> Broken | None:
    """Drives a world by a stored script; returns the invariant that broke, or None."""
    world = World()
    watch = Watch(world)
    try:
        for name, indices in script:
            drive(watch, MOVES[name], replayed(indices))
        finish(watch)
    except Broken as broken:
        return broken
    return None


def shorten(script: Script) -> Script:
    """Leaves out every step that it still breaks without, then draws the first choice wherever that will do."""
    size = max(1, len(script) // 2)
    while size:
        start = 0
        while start < len(script):
            less = script[:start] + script[start + size :]
            if less and replay(less) is not None:
                script = less
            else:
                start += size
        size //= 2
    for simpler in _simpler(script):
        if replay(simpler) is not None:
            script = simpler
    return script


def _simpler(script: Script) -> Iterator[Script]:
    for place, (_name, indices) in enumerate(script):
        for at, index in enumerate(indices):
            if index:
                script[place][1][at] = 0
                yield [(n, list(i)) for n, i in script]
                if replay(script) is None:
                    script[place][1][at] = index


def seek(bug: Bug, machines: int, start: int = 0) -> tuple[Script, Broken] | None:
    """Looks for a run that shows a planted bug; returns the shortest form found."""
    Watch(World())  # the hub that all begin with is made without the fault
    with pytest.MonkeyPatch.context() as patch:
        bug.plant(patch)
        for seed in range(start, start + machines):
            script, broken = run(seed, rooms=bug.rooms)
            if broken is not None and (again := replay(script)) is not None:
                short = shorten([(name, list(indices)) for name, indices in script])
                return short, replay(short) or again
    return None


def store(name: str, script: Script, broken: Broken) -> None:
    """Keeps an example: the moves by name, the indices each drew, and which invariant it breaks."""
    lines = ",\n".join(f"  {json.dumps(step)}" for step in script)
    (FOUND / f"{name}.json").write_text(f'{{"invariant": {broken.number}, "steps": [\n{lines}\n]}}\n', "utf-8")


def stored(name: str) -> tuple[int, Script]:
    """Reads a stored example: the invariant it breaks, and the script."""
    read = json.loads((FOUND / f"{name}.json").read_text("utf-8"))
    return read["invariant"], [(step[0], step[1]) for step in read["steps"]]


def main(names: Sequence[str]) -> int:
    """Searches bugs anew; returns how many were not found."""
    chain.rehearse()
    missed = 0
    for name in names or PLANTED:
        found = seek(PLANTED[name], MACHINES)
        if found is None:
            missed += 1
            print(f"{name}: not found in {MACHINES} machines", flush=True)
            continue
        store(name, *found)
        print(f"{name}: {len(found[0])} steps, {found[1]}", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
