"""Walks by seeds, and the shortening of what they found.

python -m tests.cases.walks.search            searches every planted fault anew, and stores the shortest example found
python -m tests.cases.walks.search NAME...    only these
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy.exc

from hub.draws import chain
from hub.errors import Refusal
from tests.cases.walks import properties
from tests.cases.walks.moves import BEGINNINGS, MOVES
from tests.cases.walks.planted import PLANTED, Fault
from tests.cases.walks.watch import Watch
from tests.cases.walks.world import Bench, prepared, rules_by_our_word
from tests.powers.laziness import Broken
from tests.powers.picking import Nothing, Pick, replayed, seeded

Script = list[tuple[str, list[int]]]
STEPS, WALKS = 30, 40  # of one walk; at most, for one fault
FOUND = Path(__file__).parent / "found"
# What is no refusal to a person but a fault: the clock is refused nothing.
FAULTS = (sqlalchemy.exc.DBAPIError, Refusal, RuntimeError, LookupError, AssertionError, TypeError)
assert properties


def drive(watch: Watch, name: str, pick: Pick) -> None:
    """Makes one move and asks every property. Raises Broken."""
    bench, before = watch.bench, watch.bench.changes
    bench.ticks = 0
    bench.script.append((name, pick.drawn))
    try:
        MOVES[name].do(bench, pick)
    except Nothing:
        pass
    except Broken:
        raise
    except FAULTS as problem:
        raise Broken(0, f"{name}: not refused but failed: {type(problem).__name__}: {problem}") from problem
    if bench.changes != before or not bench.was_refused_cleanly:
        watch.check(ticked=bench.ticks > 0)


def run(seed: int, *, steps: int = STEPS) -> tuple[Script, Broken | None, Bench]:
    """Walks by a seed; returns what it did, what broke, and where it came to."""
    chance, bench = random.Random(seed), Bench()
    watch = Watch(bench)
    try:
        with rules_by_our_word():
            for name, indices in chance.choice(BEGINNINGS):
                drive(watch, name, replayed(indices))
            for _ in range(steps):
                able = [move for move in MOVES.values() if move.ready(bench)]
                (move,) = chance.choices(able, [one.weight for one in able])
                drive(watch, move.name, seeded(chance))
            watch.finish()
    except Broken as broken:
        return bench.script, broken, bench
    return bench.script, None, bench


def replay(script: Script) -> Broken | None:
    """Walks by a stored script; returns what broke, or None."""
    watch = Watch(Bench())
    try:
        with rules_by_our_word():
            for name, indices in script:
                drive(watch, name, replayed(indices))
            watch.finish()
    except Broken as broken:
        return broken
    return None


def shorten(script: Script) -> Script:
    """Leaves out every step that it still breaks without."""
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
    return script


def seek(fault: Fault, walks: int = WALKS, start: int = 0) -> tuple[Script, Broken] | None:
    """Looks for a walk that shows a planted fault; returns the shortest form found."""
    prepared()  # the hub that all begin with is made without the fault
    with pytest.MonkeyPatch.context() as patch:
        fault.plant(patch)
        for seed in range(start, start + walks):
            script, broken, _bench = run(seed)
            if broken is not None and replay(script) is not None:
                short = shorten([(name, list(indices)) for name, indices in script])
                return short, replay(short) or broken
    return None


def store(name: str, broken: Broken, script: Script) -> None:
    """Keeps an example: the moves by name, the indices each drew, and what they break."""
    head = json.dumps({"invariant": broken.number, "check": broken.check})
    lines = ",\n".join(f"  {json.dumps(step)}" for step in script)
    (FOUND / f"{name}.json").write_text(f'{head[:-1]}, "steps": [\n{lines}\n]}}\n', "utf-8")


def stored(name: str) -> tuple[int, str, Script]:
    """Reads a stored example: the invariant, the property that saw it, the moves."""
    read = json.loads((FOUND / f"{name}.json").read_text("utf-8"))
    return read["invariant"], read["check"], [(step[0], step[1]) for step in read["steps"]]


def main(names: Sequence[str]) -> int:
    """Searches faults anew; returns how many were not found."""
    chain.rehearse()
    missed = 0
    for name in names or PLANTED:
        found = seek(PLANTED[name])
        if found is None:
            missed += 1
            print(f"{name}: not found in {WALKS} walks", flush=True)
            continue
        script, broken = found
        store(name, broken, script)
        print(f"{name}: {len(script)} steps, {broken.check}, {broken}", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
