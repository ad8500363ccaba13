"""What is killed: several processes that act on one hub at once, and two that publish. Prepared once, forked often.

    python -m tests.ledger.killed DATABASE FOLDER

    go       forks five: three that act without end, two that publish without end; answers "pids N N N N N"
    reap     answers "reaped" once all of them are gone; what they acknowledged stands before it
    early, halves   as go, with writers that tell before they commit, or act in two units: what the test must find
    one      forks one that waits for SIGUSR1, acts once, publishes once, and ends; answers "pids N"
    hand     as one, but hands waiting letters to the matcher, and tells how many it took

An act here is two entries with a word each, two public rows, and a letter: kept whole, or not at all. It is told, as
``act INDEX HOLDER HOLDER``, only after it is committed; a head, as ``head SIZE``, only after it is published.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hub import ids, outbox, settings
from hub.db import Database, will_write
from hub.ledger import append, catalogue, files
from hub.ledger.sequencer import Sequencer
from hub.permits.entries import HolderNamed
from hub.roster.actions import deliver_letters
from hub.roster.line import Line
from tests import vaults

ORIGIN, DAILY, WRITERS = "hub.example/log", dt.timedelta(days=1), 3
Deed = Callable[[Database, Path], None]


def tell(*words: object) -> None:
    """Tells in one write, so that a line is whole or not there."""
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def act(db: Database) -> None:
    """Two members take a name together, and one of them gets a letter."""
    pair = ids.new("hld"), ids.new("hld")
    with db.write() as tx:
        first, _ = (append(tx, HolderNamed(one), by=1, words={"shown": one}) for one in pair)
        outbox.put(tx, person=pair[0], template="welcome")
    tell("act", first.index, *pair)


def publish(db: Database, folder: Path) -> None:
    """One turn of the sequencer."""
    tell("head", Sequencer(db, folder, ORIGIN, DAILY).run_once().head.size)


def act_early(db: Database) -> None:
    """Tells of an act before it is kept."""
    pair = ids.new("hld"), ids.new("hld")
    with db.write() as tx:
        first, _ = (append(tx, HolderNamed(one), by=1, words={"shown": one}) for one in pair)
        outbox.put(tx, person=pair[0], template="welcome")
        tell("act", first.index, *pair)


def act_in_halves(db: Database) -> None:
    """Keeps the record of an act, and then its letter."""
    pair = ids.new("hld"), ids.new("hld")
    with db.write() as tx:
        for one in pair:
            append(tx, HolderNamed(one), by=1, words={"shown": one})
    with db.write() as tx:
        outbox.put(tx, person=pair[0], template="welcome")


def for_ever(deed: Callable[[Database], None]) -> Deed:
    def act_on(db: Database, _folder: Path) -> None:
        while True:
            deed(db)

    return act_on


def publish_for_ever(db: Database, folder: Path) -> None:
    """As a worker does beside another on the same folder, which nobody meant to start (LG-05)."""
    while True:
        try:
            publish(db, folder)
        except files.Held:
            time.sleep(0.001)


def hand_over(db: Database, folder: Path) -> None:
    """What the worker does with letters, as in one of its rounds."""
    tell("handed", deliver_letters(db, Line(settings.build(folder, {}))))


def once(**deeds: Deed) -> Deed:
    """Does each of some deeds once, when it is told to; says what stopped it."""

    def do_once(db: Database, folder: Path) -> None:
        signal.sigwait({signal.SIGUSR1})
        for name, deed in deeds.items():
            try:
                deed(db, folder)
            except Exception as problem:  # the disk's, or what the house makes of it
                tell("failed", name, type(problem).__name__)

    return do_once


def killed_while(deed: Deed) -> list[Deed]:
    return [deed] * WRITERS + [publish_for_ever] * 2


DEEDS = {
    "go": killed_while(for_ever(act)),
    "early": killed_while(for_ever(act_early)),
    "halves": killed_while(for_ever(act_in_halves)),
    "one": [once(act=lambda db, _: act(db), publish=publish)],
    "one early": [once(act=lambda db, _: act_early(db), publish=publish)],
    "hand": [once(hand=hand_over)],
}


def fork(deed: Deed, db: Database, folder: Path) -> int:
    """Runs a deed in a process of its own, with connections of its own."""
    child = os.fork()
    if child:
        return child
    try:
        deed(db, folder)
    finally:
        os._exit(0)


def warm(db: Database, folder: Path) -> None:
    """Does everything once, and keeps nothing of it: statements are compiled here, and not in every child."""
    with db.engine.connect() as tx:
        will_write(tx)
        tx.begin()
        append(tx, HolderNamed(ids.new("hld")), by=1, words={"shown": "nobody"})
        outbox.put(tx, person=ids.new("per"), template="welcome")
        tx.rollback()
    Sequencer(db, folder, ORIGIN, DAILY).run_once()
    db.close()  # no connection goes along


def main(url: str, folder: Path) -> None:
    """Takes commands until there are none."""
    catalogue.load()
    db = Database(url)
    vaults.beside(db, folder)
    warm(db, folder)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    running: list[int] = []
    tell("ready")
    while command := _line():
        if command == "reap":
            for child in running:
                os.waitpid(child, 0)
            running = []
            tell("reaped")
        else:
            running = [fork(deed, db, folder) for deed in DEEDS[command]]
            tell("pids", *running)


def _line() -> str:
    return sys.stdin.readline().strip()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
