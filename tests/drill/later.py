"""The weeks after the drill, in one process: the heir's own worker does its jobs, and witnesses sign by the same clock.

No machine of a drill waits so long.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

from starlette.testclient import TestClient

from hub import clock
from hub.ballots import queries
from hub.ballots.queries import Ballot
from hub.branches import queries as branches
from hub.cli.jobs import Jobs
from hub.fetch import open_fetcher
from hub.ledger import timekeeping
from hub.oidc.keys import ProviderKeys
from hub.people import actions as people
from hub.permits import queries as permits
from hub.permits.actor import Grant
from hub.roster.line import Line
from hub.web.cookies import SESSION, name_of
from hub.witness import store as stores
from hub.witness.server import make_app
from tests.drill import offices
from tests.drill.browser import Browser
from tests.drill.rogue import Hub
from tests.drill.town import Town
from tests.web.test_ballots import vote

TO_BALLOT, TO_COUNT, TO_OFFICE = 14, 7, 7  # days, as the rules have them: stand and be heard; vote; judge and begin
ELSEWHERE = "hand letters to the matcher"  # a process of its own, which does not run any more when days pass


class Witnesses:
    """The branches' witnesses, by their folders."""

    def __init__(self, town: Town) -> None:
        clients = [TestClient(make_app(stores.Store(town.folder / f"w{n}"))) for n in range(len(town.ports))]
        self.at = dict(zip(town.ports, clients, strict=True))

    def post(self, address: str, body: bytes) -> tuple[int, bytes]:
        """What the worker's post does."""
        answer = self.at[urlsplit(address).port or 0].post("/add-checkpoint", content=body)
        return answer.status_code, answer.content


class Later:
    """The heir in days to come. hub: its folder; now: its clock."""

    def __init__(self, town: Town, heir: Path) -> None:
        self.hub, self.now = Hub(heir, Witnesses(town).post), clock.now()

    def wait(self, days: int) -> None:
        """Lets days pass; then the heir's worker does its jobs: what witnesses have not seen, no wait counts."""
        self.now += dt.timedelta(days=days)
        clock.set_source(lambda: self.now)
        with self.hub.db.write() as tx:
            timekeeping.confirm(tx)  # as who types `hub work --clock-is-right`
        self.hub.turn()
        settings, db = self.hub.settings, self.hub.db
        fetcher = open_fetcher(settings.fetch_also, settings.second_look)
        worker = Jobs(settings, db, Line(settings), ProviderKeys(settings.keys), fetcher, self.hub.cosigners)
        for name, job in (
            worker.jobs() * 2
        ):  # what decided an act is signed in one round, and it takes effect in the next
            if name != ELSEWHERE:
                job()

    def ballot(self, act: str) -> Ballot:
        """The election's ballot."""
        with self.hub.db.read() as tx:
            return queries.of_act(tx, act)[-1]

    def votes(self, nickname: str, ballot: Ballot, ranked: list[str]) -> str:
        """Somebody signs in, ranks those who stand, and sends the paper; returns what the page then says."""
        browser = Browser.inside(self.hub.folder)
        with self.hub.db.write() as tx:
            person = str(offices.actor_of(tx, nickname).person)
            token = people.start_session(tx, person=person, kind="passkey")
        browser.at.cookies.set(name_of(self.hub.settings, SESSION), token, domain="localhost.local", path="/")
        ranks = {f"rank_{holder}": str(place) for place, holder in enumerate(ranked, 1)}
        answer = vote(browser.at, ballot.id, phrase=f"words of {nickname}", **ranks)
        browser.close()
        return str(answer.text)

    def organisers(self) -> list[Grant]:
        """Who organises York."""
        with self.hub.db.read() as tx:
            york = branches.of_area(tx, "york")
            return [one for one in permits.live_grants(tx) if york is not None and one.scope == york.scope]
