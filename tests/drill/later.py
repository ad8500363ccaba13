"""The weeks after the drill, in one process: the heir's own worker does its jobs, and witnesses sign by the same clock.

No machine of a drill waits so long. Nor does anybody know what the beacon will say in weeks to come: so in these weeks
one stands in for it under its name, whose secret the drill knows, and both programs are told to believe that one.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from hub import clock
from hub.ballots import elections, queries
from hub.ballots.queries import Ballot
from hub.branches import queries as branches
from hub.cli.jobs import Jobs
from hub.draws import actions as draws
from hub.draws import beacons, chain
from hub.draws import queries as draw_queries
from hub.fetch import open_fetcher
from hub.ledger import models, timekeeping
from hub.lot.chains import QUICKNET, REHEARSAL, Chain, rehearsed
from hub.oidc.keys import ProviderKeys
from hub.people import actions as people
from hub.permits import VISITOR
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
from tests.people_for_tests import again
from tests.verifier import verifier
from tests.web.test_ballots import vote

# Days, as the rules have them: stand; be drawn, be heard; vote; judge and begin.
TO_DRAW, TO_BALLOT, TO_COUNT, TO_OFFICE = 7, 2, 7, 7
TO_KNOW = 5  # until a draw's objections are over and its round is known; what is left of its week is TO_BALLOT
ELSEWHERE = "hand letters to the matcher"  # a process of its own, which does not run any more when days pass


class StandIn(Chain):
    """Quicknet in all it says of itself, but that another key signs its rounds."""

    def is_signed(self, round_: int, signature: str) -> bool:
        """By the key whose secret everybody knows."""
        return REHEARSAL.is_signed(round_, signature)


def beacon_stands_in(patch: pytest.MonkeyPatch) -> None:
    """Lets rounds of quicknet be what a key of the drill's signs: for the heir in this process, for both programs."""
    believes = verifier.is_signed
    keys = {verifier.QUICKNET: verifier.REHEARSAL}
    patch.setattr(chain, "_chosen", StandIn(**vars(QUICKNET)))
    patch.setattr(beacons, "ask_relays", lambda source, _fetcher: rehearsed(source.round))
    patch.setattr(verifier, "is_signed", lambda key, *said: believes(keys[key], *said))


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
        self.town, self.hub, self.now = town, Hub(heir, Witnesses(town).post), clock.now()

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
        jobs = [("read what the beacon said", worker.read_beacon), *worker.jobs()]
        for name, job in jobs * 2:  # what decided an act is signed in one round, and it takes effect in the next
            if name != ELSEWHERE:
                job()

    def ballot(self, act: str) -> Ballot:
        """The election's ballot."""
        with self.hub.db.read() as tx:
            return queries.of_act(tx, act)[-1]

    def scrutineers(self, act: str) -> list[str]:
        """Whoever was drawn to look at the count takes two passkeys and accepts; their persons, of whom they are."""
        with self.hub.db.write() as tx:
            offered = [row for row in draw_queries.order(tx, act, 1) if row.state == "offered"]
            persons = [draw_queries.person_of(tx, row.ticket) for row in offered]
            for person in persons:
                self.town.devices.equip(tx, self.hub.settings, person, f"drawn {person}")
                draws.accept(tx, act=act, shown="Scrutineer", actor=again(tx, replace(VISITOR, person=person)))
        return persons

    def signs(self, act: str, persons: list[str]) -> None:
        """Scrutineers sign the count."""
        for person in persons:
            with self.hub.db.write() as tx:
                elections.sign(tx, act=act, actor=again(tx, replace(VISITOR, person=person)))

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """The data of every entry of a type."""
        with self.hub.db.read() as tx:
            found = tx.scalars(sa.select(models.entries.c.bytes).where(models.entries.c.type == kind).order_by("index"))
            return [json.loads(raw)["data"] for raw in found]

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
            found = permits.live_grants(tx)
        return [one for one in found if york is not None and one.scope == york.scope and one.role == "admin"]
