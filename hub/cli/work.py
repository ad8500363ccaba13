"""hub work: the worker. It decides nothing: it carries out what rules and clocks say, one job after another.

Each job has its own unit of work; one that fails is told to the operator and stops no other. What waits for other
people's machines has a thread of its own beside the loop: a site that hangs delays no letter, no tick and no entry.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from hub import audit, clock
from hub import settings as house
from hub.acts import rounds
from hub.ballots import elections, letters, sweeping, watching
from hub.ballots import published as ballot_files
from hub.charter.gathering import Cosigners
from hub.cli import stores
from hub.cli.area import leave_for_matcher
from hub.cli.outcome import outcomes
from hub.db import Database
from hub.draws import actions as draws
from hub.draws import files as draw_files
from hub.errors import YES, Unsafe, Verdict
from hub.federation import beginning, proofs
from hub.fetch import Fetcher, Refused, open_fetcher
from hub.groups import membership
from hub.hiding import actions as hidings
from hub.ledger import timekeeping
from hub.ledger.files import Held
from hub.ledger.timekeeping import Keeper
from hub.mirror import publish
from hub.oidc import ending
from hub.oidc import keys as provider_keys
from hub.oidc import store as sites
from hub.oidc.keys import ProviderKeys
from hub.people import actions as people
from hub.people import failures, passkeys, recovering, vouching
from hub.petitions import actions as petitions
from hub.roster.actions import deliver_letters
from hub.roster.line import Line
from hub.settings import Settings
from hub.standing import actions as standing
from hub.web import signing

log = logging.getLogger("folkmoot.worker")
Job = tuple[str, Callable[[], object]]
EVERY_MINUTE = 60.0  # seconds between two looks at the hub's own pages
OK = 200
REMEDY = "Look at the machine's clock; then run: hub work --once --clock-is-right"
PATIENCE = 12.0  # seconds in which a fetch that was begun ends by itself; then the process ends, and its unit is undone


class Stuck(RuntimeError):
    """Acts that the clock could not move."""


@dataclass(frozen=True)
class Worker:
    """One hub's worker."""

    settings: Settings
    db: Database
    line: Line
    keys: ProviderKeys
    fetcher: Fetcher
    cosigners: Cosigners
    keeper: Keeper | None = None  # none where time is moved on purpose: in the demo

    def jobs(self) -> list[Job]:
        """The jobs of one round, in order: what moves state first, what publishes it last."""
        return [
            ("take the matcher's statements", self.take_statements),
            ("tell whose membership ends soon", self.remind),
            ("let empty groups rest", self.let_empty_rest),
            ("let the clock move acts", self.tick),
            ("let the clock draw", self.draw),
            ("find what came back", self.come_back),
            ("publish draws", self.publish_draws),
            ("remind voters", self.remind_voters),
            ("publish papers", self.publish_papers),
            ("accept silent requests", self.accept_silent_requests),
            ("publish counts", self.publish_counts),
            ("forget what is old", self.forget),
            ("write the matcher's areas", self.write_areas),
            ("tell of recoveries", self.tell_recoveries),
            ("let sites follow what ended", self.follow_endings),
            ("hand letters to the matcher", lambda: deliver_letters(self.db, self.line)),
            ("publish the log", self.publish),
            ("write the git view", self.write_git),
            ("wipe after counts", self.sweep),
            ("renew signing keys", self.renew_keys),
        ]

    def beside(self) -> list[Job]:
        """The jobs that wait for other people's machines."""
        return [
            ("tell sites who left", self.send_logouts),
            ("look at the proofs of links", self.look_at_links),
            ("let addresses begin", self.begin_addresses),
        ]

    def run(self, ending: threading.Event) -> None:
        """Runs until told to end: the jobs of a round here, each that waits for others in a thread of its own."""
        beside = [(job, 1.0) for job in self.beside()] + [(self.watch(), EVERY_MINUTE)]
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
        return _do([*self.jobs(), *self.beside(), self.watch(notes=False)])

    def watch(self, *, notes: bool = True) -> Job:
        """The job of each minute, whether members reach their ballots. notes: whether a silence may be an outage."""
        return ("see whether ballots answer", partial(self.look_at_ballots, notes=notes))

    def look_at_ballots(self, *, notes: bool = True) -> None:
        """Asks for the ballots' page by the hub's public address, as a member would. Not in a demo: its clock leaps."""
        if self.settings.demo:
            return
        try:
            answered = self.fetcher.get(f"{self.settings.url}/ballots").status == OK
        except Refused as why:
            log.debug("the ballots' page did not answer: %s", why)
            answered = False
        with self.db.write() as tx:
            watching.beat(tx, answered=answered, notes=notes)

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

    def take_statements(self) -> None:
        """Follows the roster and records the matcher's counts."""
        folder = self.settings.matcher / "statements"
        standing.take(self.db, folder, also_end=membership.end_memberships)

    def remind(self) -> None:
        """Tells members once more that the roster ends their membership in a week."""
        with self.db.write() as tx:
            standing.remind(tx)

    def let_empty_rest(self) -> None:
        """Makes groups dormant to which nobody belongs, and ends offices in those that stayed so."""
        with self.db.write() as tx:
            membership.let_empty_rest(tx)

    def tick(self) -> None:
        """Moves every act whose deadline has passed, and opens the elections that are due, until nothing is left to do.

        Raises Stuck where an act could not be moved: no other waits for it.
        """
        broken: set[str] = set()
        while rounds.move_due(self.db, broken) + self.open_elections():
            pass
        if broken:
            raise Stuck(", ".join(sorted(broken)))

    def open_elections(self) -> int:
        """Opens the elections that the record shows to be owed; returns how many."""
        with self.db.write() as tx:
            return elections.open_owed(tx)

    def remind_voters(self) -> None:
        """Tells those who have not voted that a ballot closes within two days."""
        with self.db.write() as tx:
            letters.remind(tx)

    def publish_papers(self) -> None:
        """Puts the papers and sheets of counted ballots where everybody reads them: before the log names them."""
        ballot_files.publish(self.db, self.settings.files)

    def sweep(self) -> None:
        """Wipes what the store keeps of papers and marks beside its rows, once they are counted."""
        sweeping.sweep(self.db)

    def draw(self) -> None:
        """Opens draws that are owed, replaces who did not answer, and lets caretakers begin."""
        with self.db.write() as tx:
            draws.tick(tx)

    def come_back(self) -> None:
        """Lets searches find what a measure hid, once its time is over."""
        with self.db.read() as tx:
            is_none = not hidings.came_back(tx)
        if not is_none:
            with self.db.write() as tx:
                hidings.come_back(tx)

    def publish_draws(self) -> None:
        """Puts pools and draws where everybody reads them, before the log names them; computes odds meanwhile."""
        draw_files.publish(self.db, self.settings.files)
        draw_files.compute_odds(self.db)

    def accept_silent_requests(self) -> None:
        """Accepts whom organisers left waiting too long."""
        with self.db.write() as tx:
            membership.accept_silent_requests(tx)

    def publish_counts(self) -> None:
        """Counts members once a day, rounded down to ten."""
        with self.db.write() as tx:
            membership.publish_counts(tx)

    def forget(self) -> None:
        """Deletes old sessions, old lines of the private trail, spent challenges, and who began what is over."""
        with self.db.write() as tx:
            people.forget_old_sessions(tx, days=self.settings.session_days)
            audit.forget_old(tx)
            draws.forget(tx)
            passkeys.forget_challenges(tx)
            sites.forget(tx)
            vouching.forget(tx)
            standing.forget(tx)
            petitions.forget(tx)
            failures.forget(tx)

    def tell_recoveries(self) -> None:
        """Tells members once more that somebody recovers their account."""
        signer = signing.load(self.settings.keys / "web.key")
        with self.db.write() as tx:
            recovering.tell_waiting(tx, sign_lock=partial(signer.sign, "lock"))

    def follow_endings(self) -> None:
        """Ends sign-ins at sites whose member, office or session ended."""
        with self.db.write() as tx:
            ending.follow(tx)

    def send_logouts(self) -> None:
        """Tells sites who left; again and again where they do not answer."""
        ending.send_logouts(self.db, self.keys, self.settings.url, self.fetcher.post)

    def renew_keys(self) -> None:
        """Renews what tokens and marks are signed with, every 90 days; the new keys are published a day ahead."""
        provider_keys.rotate_when_old(self.settings.keys)

    def look_at_links(self) -> None:
        """Looks once a week whether the proof of an official link still stands."""
        proofs.look_at_due(self.db, proofs.Eyes.of(self.settings, self.fetcher))

    def begin_addresses(self) -> None:
        """Lets addresses begin that a tool named three days ago, if its site is still proved."""
        beginning.begin_due(self.db, proofs.Eyes.of(self.settings, self.fetcher))

    def write_areas(self) -> None:
        """Leaves the public list of areas where the matcher's import reads it, when it changed."""
        leave_for_matcher(self.settings, self.db)

    def publish(self) -> None:
        """Publishes what was appended; a second worker leaves it to the first."""
        try:
            publish.publish(self.settings, self.db, gather=self.cosigners)
        except Held:
            log.debug("another worker publishes")

    def write_git(self) -> None:
        """Writes what was published as a history for git; a second worker leaves it to the first."""
        try:
            publish.write_git(self.settings, self.db)
        except Held:
            log.debug("another worker writes the git view")


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
    if once:
        raise SystemExit(1 if worker.run_once() else 0)
    worker.run(is_over)
