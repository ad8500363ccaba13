"""The jobs of one round of the worker: what each calls, and in which order. They decide nothing.

Each job has its own unit of work. What waits for other people's machines stands apart: work.py gives it threads.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from hub import clock, leaving, looks
from hub.acts import rounds
from hub.ballots import elections, letters, pointless, reading, sweeping, watching
from hub.ballots import published as ballot_files
from hub.cases import ticking as cases
from hub.charter.gathering import Cosigners
from hub.cli import forgetting
from hub.cli.area import leave_for_matcher
from hub.db import Database
from hub.draws import beacons
from hub.draws import files as draw_files
from hub.draws import ticking as draws
from hub.federation import beginning, proofs
from hub.fetch import Fetcher, Refused
from hub.groups import membership, resting
from hub.hiding import actions as hidings
from hub.ledger.files import Held
from hub.mirror import nightly, publish, reminding
from hub.oidc import ending
from hub.oidc import keys as provider_keys
from hub.oidc.keys import ProviderKeys
from hub.people import recovering
from hub.receipts import actions as receipts
from hub.roster.actions import deliver_letters
from hub.roster.line import Line
from hub.settings import Settings
from hub.standing import actions as standing
from hub.web import signing

log = logging.getLogger("folkmoot.worker")
Job = tuple[str, Callable[[], object]]
OK = 200


class Stuck(RuntimeError):
    """Acts that the clock could not move, or requests that could not be answered."""


@dataclass(frozen=True)
class Jobs:
    """One hub's jobs, with what they work on."""

    settings: Settings
    db: Database
    line: Line
    keys: ProviderKeys
    fetcher: Fetcher
    cosigners: Cosigners
    forgot: set[dt.date] = field(default_factory=set, init=False)

    def jobs(self) -> list[Job]:
        """The jobs of one round, in order: what moves state first, what publishes it last."""
        return [
            ("close accounts that are due", lambda: leaving.close_due(self.db)),
            ("take the matcher's statements", self.take_statements),
            ("tell whose membership ends soon", self.remind),
            ("let empty places rest", self.let_empty_rest),
            ("let the clock move acts", self.tick),
            ("let the clock draw", self.draw),
            ("find what came back", self.come_back),
            ("publish draws", self.publish_draws),
            ("remind voters", self.remind_voters),
            ("remind of keys", self.remind_of_keys),
            ("publish papers", self.publish_papers),
            ("accept silent requests", self.accept_silent_requests),
            ("publish counts", self.publish_counts),
            ("count receipts", self.count_receipts),
            ("forget what is old", self.forget),
            ("tell whose record was looked at", lambda: looks.tell(self.db)),
            ("count looks", self.count_looks),
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
            ("read what the beacon said", self.read_beacon),
        ]

    def watch(self, *, notes: bool = True) -> Job:
        """The job of each minute, whether members reach their ballots. notes: whether a silence may be an outage."""
        return ("see whether ballots answer", partial(self.look_at_ballots, notes=notes))

    def night(self) -> Job:
        """The job of each day, whether the record and the rows still agree. Not in a demo: its clock leaps."""
        return ("look at the record", self.look_at_record)

    def look_at_record(self) -> None:
        """Verifies the hub's own log and rows in a process apart, publishes the result, tells stewards what differs."""
        if not self.settings.demo:
            nightly.look(self.settings, self.db)

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

    def take_statements(self) -> None:
        """Follows the roster and records the matcher's counts."""
        folder = self.settings.matcher / "statements"
        standing.take(
            self.db, folder, also_end=membership.end_memberships, also_move=membership.close_requests_elsewhere
        )

    def remind(self) -> None:
        """Tells members once more that the roster ends their membership in a week."""
        with self.db.write() as tx:
            standing.remind(tx)

    def let_empty_rest(self) -> None:
        """Makes branches and groups dormant to which nobody belongs, and ends offices in those that stayed so."""
        with self.db.write() as tx:
            resting.let_empty_rest(tx)

    def tick(self) -> None:
        """Moves every act whose deadline has passed, and opens the elections that are due, until nothing is left to do.

        Raises Stuck where an act could not be moved: no other waits for it.
        """
        broken: set[str] = set()
        while self._settle_elections(broken) or rounds.move_due(self.db, broken):
            pass
        if broken:
            raise Stuck(", ".join(sorted(broken)))

    def _settle_elections(self, broken: set[str]) -> int:
        """Opens elections that are owed, and ends those that nobody needs any more, before any comes to its vote."""
        with self.db.read() as tx:
            waiting = pointless.waiting(tx)
        moved = rounds.move_due(self.db, broken, waiting)
        with self.db.write() as tx:
            moved += elections.open_owed(tx)
        with self.db.read() as tx:
            found = pointless.candidates(tx)
        return moved + rounds.each(self.db, found, broken, elections.end_pointless)

    def remind_voters(self) -> None:
        """Tells those who have not voted that a ballot closes within two days."""
        with self.db.write() as tx:
            letters.remind(tx)

    def remind_of_keys(self) -> None:
        """Tells those whose office has no key, once, that nothing gives it back on a fork."""
        with self.db.write() as tx:
            reminding.remind(tx)

    def publish_papers(self) -> None:
        """Puts the papers and sheets of counted ballots where everybody reads them: before the log names them."""
        ballot_files.publish(self.db, self.settings.files)

    def sweep(self) -> None:
        """Wipes what the store keeps of papers and marks beside its rows, once they are counted."""
        sweeping.sweep(self.db)

    def draw(self) -> None:
        """Opens draws that are owed, replaces who did not answer, lets caretakers begin; opens complaints that waited.

        In a demo it draws, and decides ties, too.
        """
        beacons.rehearse_due(self.db)
        reading.rehearse_due(self.db)
        with self.db.write() as tx:
            draws.tick(tx)
        with self.db.write() as tx:
            cases.tick(tx)

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
        """Accepts whom organisers left waiting too long, one by one.

        Raises Stuck where a request could not be answered: no other waits for it.
        """
        broken: set[str] = set()
        membership.answer_silent_requests(self.db, broken)
        if broken:
            raise Stuck(", ".join(sorted(broken)))

    def publish_counts(self) -> None:
        """Counts members once a day, rounded down to ten."""
        with self.db.write() as tx:
            membership.publish_counts(tx)

    def count_receipts(self) -> None:
        """Counts the membership receipts of the days that are over, and publishes the root over them."""
        federation = ProviderKeys(self.settings.keys, "federation.json")
        receipts.count(self.db, self.settings.files, federation)

    def forget(self) -> None:
        """Deletes what is over; and once a day, what has had its days."""
        forgetting.forget(self.db, self.settings)
        if clock.today() not in self.forgot:
            forgetting.forget_by_terms(self.db)
            forgetting.sweep_files(self.db, self.settings)
            self.forgot.clear()
            self.forgot.add(clock.today())

    def count_looks(self) -> None:
        """Counts the looks of the months that are over, in tens."""
        with self.db.read() as tx:
            is_none = not looks.are_months_owed(tx)
        if not is_none:
            with self.db.write() as tx:
                looks.count_months(tx)

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

    def read_beacon(self) -> None:
        """Reads the rounds that draws and tied counts wait for. Not in a demo: its rounds are not the network's."""
        if not self.settings.demo:
            beacons.read_due(self.db, self.fetcher)
            reading.read_due(self.db, self.fetcher)

    def write_areas(self) -> None:
        """Leaves the public list of areas where the matcher's import reads it, when it changed."""
        leave_for_matcher(self.settings, self.db)

    def publish(self, *, anew: bool = False) -> None:
        """Publishes what was appended; a second worker leaves it to the first. anew: the state, too, if nothing was."""
        try:
            publish.publish(self.settings, self.db, anew=anew, gather=self.cosigners)
        except Held:
            log.debug("another worker publishes")

    def write_git(self) -> None:
        """Writes what was published as a history for git; a second worker leaves it to the first."""
        try:
            publish.write_git(self.settings, self.db)
        except Held:
            log.debug("another worker writes the git view")
