"""Random histories, folded by both programs: python -m tests.verify.histories FIRST MANY. Prints where they differ.

A history begins as some hub's true one did (tests/powers), is cut anywhere, and goes on at random: with its own next
entries, some of them left out, doubled, out of their place, or changed into a lie (disagreeing.py). Nothing is taken
out again: what comes later stands on what both made of it. Hub and stand-alone verifier have to pass over the same
entries, and to come to the same rows. One number is one history, on every machine; so processes share them by numbers.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub import canonical
from hub.db import Database
from hub.ledger import writer
from tests.powers.search import wander
from tests.powers.watch import lines_of
from tests.powers.world import World
from tests.verifier import differences, new_fold, read_next
from tests.verify.disagreeing import Known, lie

HUBS, EACH = 200, 50  # true histories to begin with; and how many are drawn from one in a row
TAIL = 14  # entries after the cut, at most


@dataclass(frozen=True)
class Begun:
    """A true history. image, folded: what the hub's and the verifier's fold make of all before a cut."""

    lines: tuple[tuple[bytes, Sequence[str]], ...]
    known: Known
    cut: int
    image: bytes
    folded: Any


@functools.lru_cache(maxsize=2)
def true_history(number: int) -> tuple[tuple[bytes, Sequence[str]], ...]:
    """What some hub recorded while people did this and that."""
    world = World()
    wander(number, world)
    return tuple(lines_of(world.raw, 0))


@functools.lru_cache(maxsize=2)
def begun(hub: int, part: int) -> Begun:
    """A true history, folded by both up to some place in its last two thirds."""
    lines = true_history(hub)
    cut = random.Random(f"{hub} {part}").randrange(len(lines) // 3, len(lines) - 1)
    folded = new_fold()
    for raw, disclosures in lines[:cut]:
        read_next(folded, raw, disclosures)
    db, raw_db = store()
    with db.fold() as tx:
        assert list(writer.replay(tx, lines[:cut])) == []
    image = bytes(raw_db.serialize())
    return Begun(lines, Known(json.loads(raw) for raw, _ in lines), cut, image, folded)


@functools.cache
def _empty() -> tuple[Database, Any, bytes]:
    db = Database("sqlite://")
    db.create_all()
    with db.engine.connect() as tx:
        raw: Any = tx.connection.driver_connection
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "secure_delete=OFF"):
        raw.execute(f"PRAGMA {pragma}")
    return db, raw, bytes(raw.serialize())


def store(image: bytes | None = None) -> tuple[Database, Any]:
    """One database of this process, as it was: empty, or as an image has it."""
    db, raw, empty = _empty()
    raw.deserialize(empty if image is None else image)
    return db, raw


def tail(draw: random.Random, of: Begun) -> Iterator[tuple[bytes, Sequence[str]]]:
    """What comes after the cut."""
    last = json.loads(of.lines[of.cut - 1][0])["at"]
    for raw, disclosures in of.lines[of.cut : of.cut + draw.randrange(2, TAIL)]:
        chance, body = draw.random(), json.loads(raw)
        body["at"] = max(last, body["at"])
        told = lie(draw, body, of.known, last) if 0.08 < chance < 0.3 else body
        if chance > 0.08:
            yield canonical.dumps(told), disclosures if "_sd" in told else ()
        # Once in a while the time that a lie told goes on; else all after it would be refused for its time alone.
        last = max(last, body["at"] if draw.random() < 0.9 else told["at"])
        if 0.25 < chance < 0.35:
            yield canonical.dumps(body), disclosures
        if chance > 0.94:
            other = dict(draw.choice(of.known.bodies), at=last)
            other.pop("_sd", None)
            yield canonical.dumps(other), ()


def disagreement(number: int) -> list[str]:
    """How the two differ about one history; nothing where they agree."""
    block = number // EACH
    of, draw = begun(block % HUBS, block // HUBS), random.Random(number)
    lines = list(tail(draw, of))
    db, _raw = store(of.image)
    with db.fold() as tx:
        ours = {one.index: one.verdict.code for one in writer.replay(tx, lines, of.cut)}
    folded = copy.deepcopy(of.folded)
    for raw, disclosures in lines:
        read_next(folded, raw, disclosures)
    theirs = {one.index: str(one.why) for one in folded.void}
    found = [f"entry {at}: {ours.get(at, 'yes')}, {theirs.get(at, 'yes')}" for at in ours.keys() ^ theirs.keys()]
    TALLY["entries"] += len(lines)
    TALLY["passed over"] += len(ours)
    return found or differences(folded, db)


TALLY = {"entries": 0, "passed over": 0}


def main(first: int, many: int) -> int:
    """Asks about so many histories from a number on; returns how many they differ about."""
    began, differ = time.process_time(), 0
    for number in range(first, first + many):
        found = disagreement(number)
        differ += bool(found)
        for text in found[:3]:
            print(f"history {number}: {text}", flush=True)
        if (number + 1 - first) % 500 == 0:
            print(f"{number + 1 - first} histories, {differ} differ, {time.process_time() - began:.0f} s", flush=True)
    print(f"{many} histories, {differ} differ; {TALLY}; {time.process_time() - began:.1f} s of CPU")
    return differ


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(int(sys.argv[1]), int(sys.argv[2])) > 0)
