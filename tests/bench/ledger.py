"""What the ledger costs: python -m tests.bench.ledger [ENTRIES]. Prints figures; asserts nothing.

verify and fold    read, hash, check and fold so many entries with words, from files (aim: 100 000 under 30 s)
append             one entry and its commit, against a bare Core insert and commit (aim: at most three times)
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from hub import ids, ledger
from hub.constitution.actions import default_text, found_hub
from hub.db import Database
from hub.ledger import catalogue, keys, models
from hub.ledger.reading import lines_of, own_key, read_log
from hub.ledger.sequencer import Sequencer
from hub.ledger.verify import fold
from hub.permits.entries import HolderNamed

ORIGIN = "bench.example/log"
COMMITS = 300


def main(count: int) -> None:
    """Builds a log of ``count`` entries and measures."""
    catalogue.load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db = Database(f"sqlite:///{folder}/hub.db")
        db.create_all()
        build(db, folder, count)
        told("sequencer: tiles, openings, checkpoint", count, lambda: turn(db, folder))
        told("verify and fold", count, lambda: check(folder))
        bare = told("bare Core insert and commit", COMMITS, lambda: commits(folder, insert))
        full = told("append and commit", COMMITS, lambda: commits(folder, append))
        print(f"append costs {full / bare:.2f} times a bare commit")
        db.close()


def told(what: str, count: int, act: Callable[[], None]) -> float:
    """Runs something once and prints how long it took; returns the seconds."""
    begun = time.perf_counter()
    act()
    seconds = time.perf_counter() - begun
    print(f"{what:<40} {seconds:8.2f} s  {seconds / count * 1e6:8.0f} us each of {count}")
    return seconds


def build(db: Database, folder: Path, count: int) -> None:
    """Founds a hub and names holders, each with a word."""
    vkey = keys.make_keys(folder / "keys", ORIGIN)
    with db.write() as tx:
        found_hub(tx, name="Bench", origin=ORIGIN, log_key=vkey, text=default_text())
        for number in range(count - 2):
            ledger.append(tx, HolderNamed(ids.new("hld")), by=1, words={"shown": f"Holder {number}"})


def turn(db: Database, folder: Path) -> None:
    """One turn of the sequencer."""
    Sequencer(db, folder, ORIGIN, dt.timedelta(days=1)).run_once()


def check(folder: Path) -> None:
    """Everything ``hub log verify`` does before it compares."""
    log = read_log(folder, own_key(folder, None))
    scratch = Database("sqlite://")
    scratch.create_all()
    with scratch.write() as tx:
        assert fold(tx, lines_of(folder, log.entries)) == []
    scratch.close()


def commits(folder: Path, act: Callable[[sa.Connection, int], None]) -> None:
    """Does something in a unit of work of its own, again and again, on a fresh store with synchronous FULL."""
    db = Database(f"sqlite:///{folder}/{act.__name__}.db")
    db.create_all()
    with db.write() as tx:
        found_hub(tx, name="Bench", origin=ORIGIN, log_key=(folder / "keys/log.vkey").read_text().strip(), text=TEXT)
    for number in range(COMMITS):
        with db.write() as tx:
            act(tx, number)
    db.close()


TEXT = default_text()
INSERT = sa.insert(models.entries)


def insert(tx: sa.Connection, number: int) -> None:
    """A bare row of the size of an entry."""
    now = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    tx.execute(INSERT, {"index": number + 2, "type": "bench", "at": now, "by": 1, "bytes": b"x" * 220})


def append(tx: sa.Connection, number: int) -> None:
    """An entry with a word, linted, warranted and applied."""
    ledger.append(tx, HolderNamed(ids.new("hld")), by=1, words={"shown": f"Holder {number}"})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
