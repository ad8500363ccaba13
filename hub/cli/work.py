"""hub work: the worker. It decides nothing: it carries out what rules and clocks say, one job after another.

Each job has its own unit of work; one that fails is told to the operator and stops no other. What waits for other
people's machines has a thread of its own beside the loop: a site that hangs delays no letter, no tick and no entry.
"""

from __future__ import annotations

import gc
import logging
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import click

from hub import clock
from hub import settings as house
from hub.charter.gathering import Cosigners
from hub.cli import stores
from hub.cli.jobs import Job, Jobs
from hub.cli.outcome import outcomes
from hub.errors import YES, Unsafe, Verdict
from hub.fetch import open_fetcher
from hub.ledger import timekeeping
from hub.ledger.timekeeping import Keeper
from hub.mirror import publish
from hub.oidc.keys import ProviderKeys
from hub.roster.line import Line

log = logging.getLogger("folkmoot.worker")
EVERY_MINUTE = 60.0  # seconds between two looks at the hub's own pages
REMEDY = "Look at the machine's clock; then run: hub work --once --clock-is-right"
PATIENCE = 12.0  # seconds in which a fetch that was begun ends by itself; then the process ends, and its unit is undone


@dataclass(frozen=True)
class Worker(Jobs):
    """One hub's worker: the process that does its jobs."""

    keeper: Keeper | None = None  # none where time is moved on purpose: in the demo

    def run(self, ending: threading.Event) -> None:
        """Runs until told to end: the jobs of a round here, each that waits for others in a thread of its own."""
        beside = [(job, 1.0) for job in self.beside()]
        beside += [(self.watch(), EVERY_MINUTE), (self.night(), EVERY_MINUTE)]
        threads = [
            threading.Thread(target=self._over_and_over, args=([job], ending, pause), name=job[0], daemon=True)
            for job, pause in beside
        ]
        for thread in threads:
            thread.start()
        self._over_and_over(self.jobs(), ending)
        until = time.monotonic() + PATIENCE
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def run_once(self) -> list[str]:
        """Does every job once; returns the names of those that failed. Between two such rounds there is no outage."""
        return _do([*self.jobs(), *self.beside(), self.watch(notes=False), self.night()])

    def believes_clock(self) -> Verdict:
        """Says whether the clock can be believed. Every job goes by it: to move acts, and to forget what is old."""
        return YES if self.keeper is None else self.keeper.look(self.db)

    def wait_for_clock(self, ending: threading.Event) -> None:
        """Waits until the clock can be believed, or for the end; says why it waits."""
        verdict = self.believes_clock()
        if not verdict:
            log.error("%s %s", verdict.sentence, REMEDY)
        while not ending.is_set() and not self.believes_clock():
            ending.wait(1.0)

    def _over_and_over(self, jobs: list[Job], ending: threading.Event, pause: float = 1.0) -> None:
        while not ending.is_set():
            self.wait_for_clock(ending)
            if not ending.is_set():
                _do(jobs)
                ending.wait(pause)


def _do(jobs: list[Job]) -> list[str]:
    """Does each job once; returns the names of those that failed."""
    failed = []
    for name, job in jobs:
        try:
            job()
        except Exception:
            log.exception("could not %s", name)
            failed.append(name)
    return failed


def open_worker(data: Path) -> Worker:
    """Opens a folder's worker. Raises SettingsError."""
    settings = house.load(data)
    if settings.demo:
        clock.follow(settings.clock)
    fetcher = open_fetcher(settings.fetch_also, settings.second_look)
    db, keys = stores.open_hub(settings), ProviderKeys(settings.keys)
    keeper = None if settings.demo else Keeper()
    return Worker(settings, db, Line(settings), keys, fetcher, Cosigners(db), keeper)


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="The hub's folder.")
@click.option("--once", is_flag=True, help="Do every job once, and end.")
@click.option("--clock-is-right", is_flag=True, help="You have looked: the clock is right, however far it moved.")
def work(data: Path, once: bool, clock_is_right: bool) -> None:
    """Run the worker of the hub in DATA."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    is_over = threading.Event()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: is_over.set())
    with outcomes():
        worker = open_worker(data)
        if clock_is_right:
            with worker.db.write() as tx:
                timekeeping.confirm(tx)
        if once and not worker.believes_clock():
            raise Unsafe(worker.believes_clock().sentence)
        worker.wait_for_clock(is_over)
        if not is_over.is_set():
            publish.deploy(worker.settings, worker.db)
            # What stands in the rows now, whoever wrote it there since: everybody can hold it against the record.
            _do([("publish the state anew", lambda: worker.publish(anew=True))])
    if once:
        raise SystemExit(1 if worker.run_once() else 0)
    keep_what_is_loaded()
    worker.run(is_over)


def keep_what_is_loaded() -> None:
    """Takes what was loaded out of the collector's rounds: it stays, and looking it over was a tenth of a long tick."""
    gc.collect()
    gc.freeze()
