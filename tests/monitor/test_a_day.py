"""A day of following: nothing piles up, nobody cries wolf, and every lie is told within one checkpoint's interval.

A hub publishes every two hours, a monitor looks every quarter of an hour, by a clock that the test moves. The same with
looks every five minutes is measured by tests/bench/monitor.py. Source: LG-10, LG-13.
"""

from __future__ import annotations

import gc
import itertools
import os
import random
import tracemalloc

import pytest

from hub import db as house
from hub.ledger import keys
from hub.mirror.sources import Folder, Unreachable
from hub.monitor import rules
from hub.monitor.watch import Watch
from hub.tlog.checkpoint import Checkpoint, sign_checkpoint
from tests.mirror.conftest import town as town

EVERY = 15  # minutes between two looks
TURN, DAY = 2 * 60 // EVERY, 24 * 60 // EVERY  # looks


@pytest.fixture
def ana(town, tmp_path):
    return Watch(tmp_path / "ana", Folder(town.folder))


def publish(town, number):
    """Somebody takes a name, and the log is published."""
    town.name(f"Member {number}")
    town.turn()


def test_a_day_of_looks_is_quiet_and_nothing_grows(town, ana, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    alarms, kept = [], []
    tracemalloc.start()
    for number in range(DAY):
        if number % TURN == 0:
            publish(town, number)
            kept.append(in_use())
        alarms += ana.look().alarms
        clock.advance(minutes=EVERY)
    tracemalloc.stop()

    assert (alarms, ana.head().size) == ([], 3 + DAY // TURN)
    assert grows(kept[4:]) == []
    assert sorted(path.name for path in ana.home.iterdir()) == ["lock", "mirror", "problems", "shown"]


def grows(kept):
    """The steps by which memory grew, if there are two: what is loaded once stays, which is one step.

    A store that outlives its look keeps 400,000 bytes in each.
    """
    steps = [after - before for before, after in itertools.pairwise(kept) if after - before > 100_000]
    return steps if len(steps) > 1 else []


def in_use():
    """Bytes that Python's objects take now."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


class Hoard(list):
    """Stores that are kept, and serve nobody again."""

    def pop(self):
        raise IndexError


def test_a_store_that_outlives_its_look_is_seen(town, ana, monkeypatch):
    """The planted fault."""
    monkeypatch.setattr(house, "_FREE", Hoard())
    monkeypatch.setattr(house.Database, "close", lambda self: None)
    tracemalloc.start()
    found = []
    for number in range(6):
        publish(town, number)
        ana.look()
        found.append(in_use())
    tracemalloc.stop()

    assert len(grows(found[2:])) == len(found) - 3


def second(town, draw):
    """Another root under the log's own key."""
    signer = keys.read_signer(town.settings.keys, town.settings.log_origin)
    size = keys.read_head(town.settings.keys, signer.verifier)[0].size
    note = sign_checkpoint(Checkpoint(town.settings.log_origin, size, draw.randbytes(32)), signer)
    (town.settings.log / "checkpoint").write_bytes(note)


def shorter(town, draw):
    """A checkpoint of before."""
    signer = keys.read_signer(town.settings.keys, town.settings.log_origin)
    old = town.earlier
    publish(town, "later")
    assert keys.read_head(town.settings.keys, signer.verifier)[0].size > 3
    (town.settings.log / "checkpoint").write_bytes(old)


def spoilt(town, draw):
    """A byte of the newest bundle."""
    publish(town, "spoilt")
    bundle = max((town.settings.log / "tile/entries").rglob("*.p/*"), key=lambda path: int(path.name))
    raw = bytearray(bundle.read_bytes())
    raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
    bundle.write_bytes(bytes(raw))


def edited(town, draw):
    """A row of what the hub says of itself."""
    path = town.folder / "public/state.json"
    path.write_bytes(path.read_bytes().replace(b"Town hub", b"City hub"))


def silent(town, draw):
    """Nothing is published any more."""


LIES = {second: rules.SECOND, shorter: rules.ROLLBACK, spoilt: rules.FALSE, edited: rules.PROBLEM, silent: rules.STALE}


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_every_lie_is_told_within_one_interval(town, ana, clock_at, lie):
    """It begins at a moment of the day that a seed draws; whoever looks at least once in an interval hears of it."""
    clock, draw = clock_at("2026-11-21T20:00Z"), random.Random(lie.__name__)
    town.earlier = (town.settings.log / "checkpoint").read_bytes()
    for number in range(draw.randrange(TURN, 3 * TURN)):
        if number % TURN == 0:
            publish(town, number)
        assert ana.look().alarms == []
        clock.advance(minutes=EVERY)

    lie(town, draw)
    told = 0
    while not (found := ana.look().alarms):
        clock.advance(minutes=EVERY)
        told += 1

    assert [alarm.kind for alarm in found] == [LIES[lie]]
    assert told <= (DAY if lie is silent else 0)


def test_a_hub_that_is_gone_is_told_within_one_interval(town, ana, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    publish(town, 0)
    ana.look()
    head, came = ana.head(), clock.moment.timestamp()
    os.utime(ana.mirror / "log/checkpoint", (came, came))
    town.remove()
    hours = 0
    while True:
        try:
            found = ana.look()
        except Unreachable:
            clock.advance(hours=1)
            hours += 1
            continue
        break

    assert ([alarm.kind for alarm in found.alarms], found.head) == ([rules.STALE], head)
    assert hours <= 25
