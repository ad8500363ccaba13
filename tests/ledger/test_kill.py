"""kill -9 at random moments: nothing acknowledged is lost, and no two heads contradict each other (RE-01, LG-06)."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.db import Database
from hub.ledger import keys, models
from hub.ledger.sequencer import Sequencer
from hub.tlog.checkpoint import open_checkpoint
from hub.tlog.hashes import Tree, leaf_hash

ORIGIN = "hub.example/log"
# What the killed process does: appends, tells each number once it is committed, publishes, and begins again.
CHILD = """
import datetime as dt, sys
from dataclasses import dataclass
from pathlib import Path
from hub.db import Database
from hub.ledger import append, applies, catalogue, record, unwarranted
from hub.ledger.kinds import Count
from hub.ledger.sequencer import Sequencer

@record("drop.counted", openings=("name",))
@dataclass(frozen=True)
class Counted:
    number: Count

applies(Counted, warrant=unwarranted)(lambda *_: None)
catalogue.load()  # who must sign what, the room of grants says
folder, number = Path(sys.argv[1]), int(sys.argv[2])
db = Database(f"sqlite:///{folder}/hub.db")
while True:
    for _ in range(7):
        with db.write() as tx:
            append(tx, Counted(number), by=None, words={"name": str(number)})
        print("kept", number, flush=True)
        number += 1
    head = Sequencer(db, folder, "hub.example/log", dt.timedelta(days=1)).run_once().head
    print("head", head.size, flush=True)
"""


def run_and_kill(folder: Path, start: int, seconds: float) -> list[tuple[str, int]]:
    """Runs the child for a while, kills it, and returns what it had acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(start)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONWARNINGS": "error"},
    ) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read()
    # The last line may be torn; a torn number is a smaller one, and claims less.
    told = [line.split() for line in (first + rest).decode().splitlines()]
    return [(line[0], int(line[1])) for line in told if len(line) == 2]


def survive(folder: Path, rounds: int) -> None:
    draw = random.Random(20261121)
    keys.make_keys(folder / "keys", ORIGIN)
    db = Database(f"sqlite:///{folder}/hub.db")
    db.create_all()
    verifier = keys.read_verifier(folder / "keys")
    heads = set()
    for _ in range(rounds):
        with db.read() as tx:
            before = tx.scalar(sa.select(sa.func.count()).select_from(models.entries))
        told = run_and_kill(folder, before, draw.uniform(0, 0.15))

        with db.read() as tx:
            raws = tx.scalars(sa.select(models.entries.c.bytes).order_by("index")).all()
        numbers = [int(raw.split(b'"number":')[1].split(b"}")[0]) for raw in raws]
        assert numbers == list(range(len(raws)))
        assert max((number for what, number in told if what == "kept"), default=-1) < len(raws)
        head = open_checkpoint((folder / "keys/log.head").read_bytes(), [verifier])
        assert max((size for what, size in told if what == "head"), default=0) <= head.size <= len(raws)
        heads.add(head)
        if (folder / "log/checkpoint").exists():
            heads.add(open_checkpoint((folder / "log/checkpoint").read_bytes(), [verifier]))
        tree = Tree(leaf_hash(bytes(raw)) for raw in raws)
        for one in heads:
            assert one.root == tree.root(one.size)

    final = Sequencer(db, folder, ORIGIN, dt.timedelta(days=1)).run_once().head
    assert (final.size, final.root) == (tree.size, tree.root())
    db.close()


def test_killed_processes_leave_one_history(tmp_path):
    survive(tmp_path, 6)


@pytest.mark.long
def test_processes_killed_two_hundred_times_leave_one_history(tmp_path):
    survive(tmp_path, 200)
