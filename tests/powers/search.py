"""A search by seeds, without Hypothesis: quick, for planted bugs; and the shortening of what it found.

python -m tests.powers.search            searches every planted bug anew, and stores the shortest example found
python -m tests.powers.search NAME...    only these
python -m tests.powers.search CHECK=NAME...    with one check of the watch alone: where others see the fault first
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.draws import chain
from tests.powers import machine, moves, watch
from tests.powers.laziness import Broken
from tests.powers.machine import drive
from tests.powers.moves import MOVES
from tests.powers.picking import Nothing, replayed, seeded
from tests.powers.planted import PLANTED, Bug
from tests.powers.watch import Watch
from tests.powers.world import World

Script = list[tuple[str, list[int]]]
STEPS = 50
MACHINES = 500  # at most, for one bug
FOUND = Path(__file__).parent / "found"
ALONE = FOUND / "alone"


def run(
    seed: int,
    world: World | None = None,
    *,
    steps: int = STEPS,
    feed: bool = True,
    rooms: Sequence[str] = (),
    path: Sequence[tuple[str, list[int]]] = (),
) -> tuple[Script, Broken | None]:
    """Drives a world by a seed; returns what it did, and the invariant that broke. feed: the roster's moves too;

    rooms: those it keeps to, else some; path: how it begins.
    """
    chance, world = random.Random(seed), world or World()
    watch = Watch(world)
    known = moves.rooms()
    kept = list(rooms) or chance.sample(known, k=chance.choice([1, 2, 3, len(known)]))
    able = moves.chosen(kept)
    able = [move for move in able if feed or not move.name.startswith("feed_")]
    try:
        if "draws" not in kept:
            drive(watch, MOVES["draws_rest"], seeded(chance))
        if chance.random() < 0.3 and not path:
            drive(watch, MOVES["season_passes"], seeded(chance))
        for name, indices in path:
            drive(watch, MOVES[name], replayed(indices))
        for _ in range(steps):
            ready = [move for move in able if move.ready(world.view)]
            if ready:
                (move,) = chance.choices(ready, [move.weight for move in ready])
                drive(watch, move, seeded(chance))
        machine.finish(watch)
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
        machine.finish(watch)
    except Broken as broken:
        return broken
    return None


def shorten(script: Script, alone: str = "") -> Script:
    """Leaves out every step that it still breaks without, then draws the first choice wherever that will do."""

    def shows(less: Script) -> bool:
        return _seen(replay(less), alone)

    size = max(1, len(script) // 2)
    while size:
        start = 0
        while start < len(script):
            less = script[:start] + script[start + size :]
            if less and shows(less):
                script = less
            else:
                start += size
        size //= 2
    for _name, indices in script:
        for at, index in enumerate(indices):
            indices[at] = 0
            if index and not shows(script):
                indices[at] = index
    return script


def _seen(broken: Broken | None, alone: str) -> bool:
    return broken is not None and alone in ("", broken.check)


def seek(bug: Bug, machines: int, start: int = 0, alone: str = "") -> tuple[Script, Broken] | None:
    """Looks for a run that shows a planted bug; returns the shortest form found. alone: the one check that looks."""
    Watch(World())  # the hub that all begin with is made without the fault
    with pytest.MonkeyPatch.context() as patch:
        bug.plant(patch)
        if alone:
            ask_alone(patch, alone)
        for seed in range(start, start + machines):
            script, broken = run(seed, rooms=bug.rooms, path=bug.path)
            if _seen(broken, alone) and (again := replay(script)) is not None:
                short = shorten([(name, list(indices)) for name, indices in script], alone)
                return short, replay(short) or again
    return None


def ask_alone(patch: pytest.MonkeyPatch, check: str) -> None:
    """Lets one check look, and no other."""
    patch.setattr(watch, "INVARIANTS", [one for one in watch.INVARIANTS if one.__name__ == check])
    patch.setattr(machine, "finish", lambda _watch: None)
    patch.setattr(Watch, "fold", lambda _watch: None)


@dataclass(frozen=True)
class Example:
    """What shows a fault. number, check: which invariant breaks, and what saw it (empty: no check of the watch)."""

    number: int
    check: str
    fault: str
    script: Script


def store(path: Path, found: Example) -> None:
    """Keeps an example: the moves by name, the indices each drew, which fault they show, and what they break."""
    head = json.dumps({"invariant": found.number, "check": found.check, "fault": found.fault})
    lines = ",\n".join(f"  {json.dumps(step)}" for step in found.script)
    path.write_text(f'{head[:-1]}, "steps": [\n{lines}\n]}}\n', "utf-8")


def stored(path: Path) -> Example:
    """Reads a stored example."""
    read = json.loads(path.read_text("utf-8"))
    steps = [(step[0], step[1]) for step in read["steps"]]
    return Example(read["invariant"], read["check"], read["fault"], steps)


def main(names: Sequence[str]) -> int:
    """Searches bugs anew; returns how many were not found."""
    chain.rehearse()
    missed = 0
    for name in names or PLANTED:
        alone, _, fault = name.rpartition("=")
        found = seek(PLANTED[fault], MACHINES, alone=alone)
        if found is None:
            missed += 1
            print(f"{name}: not found in {MACHINES} machines", flush=True)
            continue
        script, broken = found
        store(
            ALONE / f"{alone}.json" if alone else FOUND / f"{fault}.json",
            Example(broken.number, broken.check, fault, script),
        )
        print(f"{name}: {len(script)} steps, {broken.check}, {broken}", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
