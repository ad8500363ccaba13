"""kill -9 under concurrent writers: no act lost, none half applied, one history (RE-01, LG-03, LG-05, LG-06)."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.constitution.actions import default_text, found_hub
from hub.db import Database
from hub.ledger import files, keys, models
from hub.ledger.reading import own_key
from hub.ledger.sequencer import Sequencer
from hub.ledger.verify import verify
from hub.outbox.models import letters
from hub.permits.models import holders
from hub.tlog.checkpoint import Checkpoint, open_checkpoint
from hub.tlog.hashes import EMPTY, Tree, leaf_hash
from tests import databases, replaying, vaults
from tests.ledger.cluster import Cluster
from tests.ledger.killed import DAILY, ORIGIN

FOUNDING = 2  # entries before the first act


class Prepared:
    """The process that forks those who are killed. told: what they acknowledged, a line each."""

    def __init__(self, url: str, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ledger.killed", url, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONWARNINGS": "error"},
        )
        assert self._read() == ["ready"]

    def ask(self, command: str) -> list[int]:
        """Forks; returns their process ids."""
        self._say(command)
        words = self._read()
        # Children may be quicker than the one who tells of them.
        self.early: list[list[str]] = []
        while words[0] != "pids":
            self.early.append(words)
            words = self._read()
        return [int(word) for word in words[1:]]

    def hear_an_act(self) -> None:
        """Waits until one act was acknowledged."""
        while not self.early or self.early[-1][0] != "act":
            self.early.append(self._read())

    def reap(self) -> list[list[str]]:
        """Waits until they are gone; returns what they had told."""
        self._say("reap")
        told, words = self.early, self._read()
        while words != ["reaped"]:
            told.append(words)
            words = self._read()
        return told

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def _say(self, command: str) -> None:
        self.process.stdin.write(f"{command}\n".encode())
        self.process.stdin.flush()

    def _read(self) -> list[str]:
        line = self.process.stdout.readline()
        assert line.endswith(b"\n"), line
        return line.decode().split()


@dataclass
class Hub:
    """A hub that survives. tree: of what was found so far; acts: how many were acknowledged."""

    db: Database
    folder: Path
    tree: Tree = field(default_factory=Tree)
    raws: list[bytes] = field(default_factory=list)
    acts: int = 0

    @classmethod
    def found(cls, url: str, folder: Path) -> Hub:
        db = Database(url)
        vaults.beside(db, folder)
        db.create_all()
        vkey = keys.make_keys(folder / "keys", ORIGIN)
        with db.write() as tx:
            found_hub(tx, name="Town", origin=ORIGIN, log_key=vkey, text=default_text())
        return cls(db, folder)

    def look(self, told: list[list[str]]) -> None:
        """All that was told is there; what is there is whole; every head that was signed is of this one history."""
        known = len(self.raws)
        with self.db.read() as tx:
            rows = tx.execute(
                sa.select(models.entries.c.index, models.entries.c.bytes)
                .where(models.entries.c.index >= known)
                .order_by(models.entries.c.index)
            ).all()
            counts = [tx.scalar(sa.select(sa.func.count()).select_from(one)) for one in (holders, letters)]
            words = tx.scalar(sa.select(sa.func.count()).where(models.openings.c.index >= FOUNDING))
        self.raws += [bytes(row.bytes) for row in rows]
        self.tree.extend(leaf_hash(bytes(row.bytes)) for row in rows)
        assert [row.index for row in rows] == list(range(known, len(self.raws)))
        named = len(self.raws) - FOUNDING
        assert (*counts, words) == (named, named // 2, named)
        assert named % 2 == 0
        for line in told:
            if line[0] == "act":
                self.acts += 1
                assert [self.holder(int(line[1]) + place) for place in (0, 1)] == line[2:]
        heads = self.heads()
        sizes = [int(line[1]) for line in told if line[0] == "head"]
        assert max(sizes, default=0) <= heads[-1].size <= heads[0].size <= len(self.raws)
        assert [head.root for head in heads] == [self.tree.root(head.size) for head in heads]

    def holder(self, index: int) -> str:
        """Who takes a name in an entry."""
        return str(json.loads(self.raws[index])["data"]["holder"])

    def heads(self) -> list[Checkpoint]:
        """The last head that was signed, and the one that stands published."""
        known = [keys.read_verifier(self.folder / "keys")]
        signed = open_checkpoint((self.folder / "keys/log.head").read_bytes(), known)
        raw = files.read(self.folder / "log/checkpoint")
        return [signed, open_checkpoint(raw, known) if raw else Checkpoint(ORIGIN, 0, EMPTY)]

    def ends_well(self, empty: Database) -> None:
        """The next turn completes the log, which verifies from its files and replays to the same rows."""
        head = Sequencer(self.db, self.folder, ORIGIN, DAILY).run_once().head
        assert (head.size, head.root) == (self.tree.size, self.tree.root())
        report = verify(self.folder, own_key(self.folder, None), self.db)
        assert (report.problems, report.ignored, report.unpublished) == ([], [], 0)
        replaying.assert_replays(self.db, empty)


def rounds(
    hub: Hub, prepared: Prepared, many: int, longest: float, kill: Callable[[list[int]], None], how: str = "go"
) -> None:
    """So many times: processes act at once, and are killed at a random moment. longest: seconds that they have.

    Three times of four that is after the first act; each other time one of them dies first, and the others go on for a
    moment.
    """
    draw = random.Random(20261121)
    for number in range(many):
        pids = prepared.ask(how)
        if number % 4 and how == "go":
            prepared.hear_an_act()
        time.sleep(draw.uniform(0.0, longest))
        if number % 2:
            os.kill(draw.choice(pids), signal.SIGKILL)
            time.sleep(0.005)
        kill(pids)
        hub.look(prepared.reap())


def kill_all(pids: list[int]) -> None:
    """Kills them; whoever died before waits to be reaped, and takes another signal."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def test_two_hundred_kills_lose_no_act_and_leave_one_history_on_sqlite(tmp_path: Path, empty: Database) -> None:
    url = f"sqlite:///{tmp_path}/hub.db"
    hub = Hub.found(url, tmp_path)
    prepared = Prepared(url, tmp_path)

    rounds(hub, prepared, 200, 0.05, kill_all)

    prepared.close()
    hub.ends_well(empty)
    assert hub.acts >= 150
    hub.db.close()


@pytest.mark.parametrize("how", ["early", "halves"])
def test_acts_told_too_early_or_kept_in_halves_are_found(tmp_path: Path, how: str) -> None:
    """The planted faults."""
    url = f"sqlite:///{tmp_path}/hub.db"
    hub = Hub.found(url, tmp_path)
    prepared = Prepared(url, tmp_path)

    with pytest.raises((AssertionError, IndexError)):
        rounds(hub, prepared, 100, 0.12, kill_all, how)

    prepared.close()
    hub.db.close()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    if databases.server_folder() is None or not databases.postgres_is_there():
        if os.environ.get("FOLKMOOT_REQUIRE_POSTGRES") == "1":
            pytest.fail("PostgreSQL is required here and none can be started")
        pytest.skip("PostgreSQL is not installed")
    made = Cluster()
    yield made
    made.remove()


def test_twenty_five_kills_of_hub_and_server_lose_no_act_on_postgresql(
    tmp_path: Path, cluster: Cluster, empty: Database
) -> None:
    url = cluster.url.render_as_string(hide_password=False)
    hub = Hub.found(url, tmp_path)
    prepared = Prepared(url, tmp_path)

    def kill(pids: list[int]) -> None:
        hub.db.close()
        cluster.kill()
        kill_all(pids)
        cluster.start()

    rounds(hub, prepared, 25, 0.2, kill)

    prepared.close()
    hub.ends_well(empty)
    assert hub.acts >= 18
    hub.db.close()
