"""What a day of following costs: python -m tests.bench.monitor [ENTRIES [MINUTES]]. Prints figures; asserts nothing.

A hub of so many entries, in a process of its own, publishes one more every hour; a monitor looks every so many minutes
of a simulated day (aim: 24 hours in 256 MB and one processor, and no growth).
"""

from __future__ import annotations

import datetime as dt
import gc
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from hub import clock
from hub.db import Database
from hub.ledger import catalogue
from hub.mirror.sources import Folder
from hub.monitor.watch import Watch
from tests import vaults
from tests.mirror.conftest import Town

BEGIN = clock.parse_minute("2026-11-21T20:00Z")
HOURS = 24


def main(entries: int, minutes: int) -> None:
    """Follows for a day, and tells."""
    catalogue.load()
    with tempfile.TemporaryDirectory() as name:
        here, there = multiprocessing.get_context("spawn").Pipe()
        hub = multiprocessing.get_context("spawn").Process(target=serve, args=(Path(name) / "town", entries, there))
        hub.start()
        here.recv()
        follow(Watch(Path(name) / "ana", Folder(Path(name) / "town")), minutes, here)
        here.send(None)
        hub.join()


def serve(folder: Path, entries: int, line: Connection) -> None:
    """The hub: publishes at the moments that it is told, one entry more each time."""
    catalogue.load()
    clock.set_source(lambda: BEGIN)
    folder.mkdir()
    db = Database(f"sqlite:///{folder}/hub.db")
    vaults.beside(db, Path(folder))
    db.create_all()
    town = Town(folder, db)
    town.name(*(f"Member {number}" for number in range(entries - 2)))
    town.deploy()
    town.turn()
    line.send("ready")
    while (moment := line.recv()) is not None:
        clock.set_source(lambda at=moment: at)
        town.name("One more")
        town.turn()
        line.send("published")
    db.close()


def follow(watch: Watch, minutes: int, line: Connection) -> None:
    """Looks all day; prints each sixth hour, and what a look took."""
    alarms, quiet, busy, begun = 0, [], [], time.process_time()
    for number in range(HOURS * 60 // minutes):
        moment = BEGIN + dt.timedelta(minutes=number * minutes)
        clock.set_source(lambda at=moment: at)
        publishes = number * minutes % 60 < minutes
        if publishes:
            line.send(moment)
            line.recv()
        if number * minutes % 360 < minutes:
            print(f"hour {number * minutes // 60:>2}: {resident()} MB resident", flush=True)
        cpu = time.process_time()
        alarms += len(watch.look().alarms)
        (busy if publishes else quiet).append(time.process_time() - cpu)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"hour {HOURS}: {resident()} MB resident, {most} MB at most; {alarms} alarms")
    for what, found in (("with an entry more", busy), ("with nothing new", quiet)):
        print(f"{len(found)} looks {what}: {sum(found) / len(found) * 1e3:.0f} ms of CPU each")
    print(f"the day took {time.process_time() - begun:.0f} s of CPU")


def resident() -> int:
    """This process's memory in megabytes, once what is garbage is gone."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 5,
    )
