"""The worker's loop, and what runs beside it: sites that hang delay neither ticks nor another site's logout."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from hub import clock
from hub.ballots.models import ballot_watch
from hub.charter.gathering import Cosigners
from hub.cli.work import REMEDY, Worker
from hub.errors import YES
from hub.federation import proofs
from hub.fetch import Fetched, Refused
from hub.groups import queries as groups
from hub.ledger.timekeeping import AHEAD, Keeper
from hub.oidc import clients, ending, registering
from hub.oidc.keys import ProviderKeys
from hub.people import actions as people
from hub.roster.line import Line
from tests.oidc.conftest import Provided, Site
from tests.oidc.conftest import bare as bare
from tests.people_for_tests import again


@dataclass
class Outside:
    """Sites as the worker meets them: those whose name says so hang until they are let go."""

    let_go: threading.Event = field(default_factory=threading.Event)
    called: list[str] = field(default_factory=list)
    second: None = None

    def get(self, url: str, **_more: Any) -> Fetched:
        """A proof."""
        return self._answer(url)

    def post(self, url: str, _form: bytes) -> Fetched:
        """A logout."""
        return self._answer(url)

    def _answer(self, url: str) -> Fetched:
        self.called.append(url.split("/")[2])
        if "hangs" in url:
            self.let_go.wait(120)
            raise Refused("it hangs")
        return Fetched(200, {}, b"")


def until(condition: Callable[[], bool]) -> bool:
    """Waits for what other threads bring about; false if it never comes."""
    moment = threading.Event()
    return any(condition() or moment.wait(0.05) for _look in range(600)) and condition()


def has_begun(provided: Provided, client: str) -> bool:
    """Whether the clock moved a registration to its end."""
    with provided.db.read() as tx:
        found = clients.find(tx, client)
    return found is not None and found.registered_entry is not None


def test_sites_that_hang_delay_neither_ticks_nor_anothers_logout(bare: Provided) -> None:
    hangs = Site(bare, *bare.register("nextcloud", url="https://hangs.test"), "https://hangs.test/apps/user_oidc/code")
    healthy = Site(bare, *bare.register("nextcloud", url="https://fine.test"), "https://fine.test/apps/user_oidc/code")
    with bare.db.write() as tx:
        ending.follow(tx)
        ben = again(tx, bare.ben)
        link = next(one for one in groups.links_for(tx, bare.group, viewer=ben) if one.url == "https://hangs.test")
        proof = proofs.begin(tx, group=bare.group, link=link.id, method="file", actor=ben)
        proofs.note(tx, proof, proofs.Look(True))
    bare.clock.advance(days=7)  # then it is looked at again
    outside, settings = Outside(), bare.house.settings
    worker = Worker(settings, bare.db, Line(settings), ProviderKeys(settings.keys), outside, Cosigners(bare.db))
    over = threading.Event()
    running = threading.Thread(target=worker.run, args=(over,))
    running.start()
    try:
        looks_hang = until(lambda: outside.called.count("hangs.test") == 1)
        for site in (hangs, healthy):
            site.login(bare.browser(bare.anna))
        bare.clock.advance(seconds=1)
        with bare.db.write() as tx:
            people.end_all_sessions(tx, person=bare.anna.person or "")
        both_hang = until(lambda: outside.called.count("hangs.test") == 2)
        told = until(lambda: "fine.test" in outside.called)
        with bare.db.write() as tx:
            made = registering.propose(
                tx, group=bare.group, link=clients.find(tx, healthy.client).link, tool="any", tells="group",
                actor=again(tx, bare.ben),
            )  # fmt: skip
            registering.confirm(tx, act=made.act, actor=again(tx, bare.cara))
        bare.clock.advance(days=3, minutes=1)
        ticked = until(lambda: has_begun(bare, made.id))
        still_hang = not outside.let_go.is_set()
    finally:
        over.set()
        outside.let_go.set()
        running.join(60)

    assert (looks_hang, both_hang, told, ticked, still_hang) == (True, True, True, True, True)
    assert not running.is_alive()
    assert [thread.name for thread in threading.enumerate() if thread.name in dict(worker.beside())] == []


@dataclass
class OwnPages(Outside):
    """The hub's own pages as the worker meets them. status: of the answer; 0 where there is none."""

    status: int = 200

    def _answer(self, url: str) -> Fetched:
        self.called.append(url)
        if not self.status:
            raise Refused("no answer")
        return Fetched(self.status, {}, b"")


def test_worker_takes_down_whether_the_ballots_page_answers_by_the_public_address(bare: Provided) -> None:
    settings, pages = bare.house.settings, OwnPages()
    worker = Worker(settings, bare.db, Line(settings), ProviderKeys(settings.keys), pages, Cosigners(bare.db))
    seen = []
    for pages.status in (500, 200, 0, 503, 200):
        bare.clock.advance(minutes=1)
        worker.look_at_ballots()
        with bare.db.read() as tx:
            row = tx.execute(sa.select(ballot_watch)).first()
        at = clock.minute(clock.now())
        seen.append(row and (row.seen_at == at, row.failing_since))
    failed_at = clock.minute(clock.now()) - 2 * clock.MINUTE
    Worker(replace(settings, demo=True), bare.db, worker.line, worker.keys, pages, worker.cosigners).look_at_ballots()

    assert seen == [None, (True, None), (False, failed_at), (False, failed_at), (True, None)]
    assert pages.called == [f"{settings.url}/ballots"] * 5


class Never(Keeper):
    """A keeper that does not believe the clock until it is told to."""

    believes = False

    def look(self, db):
        return YES if self.believes else AHEAD


def test_worker_that_does_not_believe_the_clock_does_nothing_until_it_does(bare: Provided, caplog) -> None:
    settings, keeper, done = bare.house.settings, Never(), []
    worker = Worker(
        settings, bare.db, Line(settings), ProviderKeys(settings.keys), Outside(), Cosigners(bare.db), keeper
    )
    over = threading.Event()
    running = threading.Thread(target=worker._over_and_over, args=([("count", lambda: done.append(1))], over))
    running.start()
    try:
        time.sleep(1.5)
        before = list(done)
        keeper.believes = True
        goes_on = until(lambda: bool(done))
    finally:
        over.set()
        running.join(60)

    assert (before, goes_on) == ([], True)
    assert [record.message for record in caplog.records] == [f"{AHEAD.sentence} {REMEDY}"]
