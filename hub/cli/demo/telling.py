"""Who is who in the demo, and the time; how somebody comes, and comes back: by the handshake, as anybody does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from hub import chance
from hub.ballots import elections
from hub.cli.demo.people import Invented
from hub.db import Database
from hub.envelope import Handshake
from hub.matcher.desk import Desk
from hub.people import actions as people
from hub.people import queries as people_queries
from hub.people.queries import Lives
from hub.permits import Actor
from hub.roster.actions import admit
from hub.roster.line import nonce_digest
from hub.settings import Settings

Equip = Callable[[Connection, Settings, str, str], None]


def empty_handed(tx: Connection, settings: Settings, person: str, nickname: str) -> None:
    """Gives a member who comes no device: the demo's rules ask for none."""


@dataclass
class Story:
    """Who is who, and the time. now is moved by ``wait``; the house's clock follows it."""

    settings: Settings
    db: Database
    desk: Desk
    members: list[Invented]
    seats: list[str]
    now: dt.datetime
    equip: Equip = empty_handed
    used: dict[str, int] = field(default_factory=dict)
    known: dict[str, Invented] = field(default_factory=dict)

    def wait(self, **by: float) -> None:
        """Lets time pass, and the clock move what is due."""
        self.now += dt.timedelta(**by)
        with self.db.write() as tx:
            elections.tick(tx)

    def next_of(self, area: str) -> Invented:
        """Returns the next member of an area with a contact, whom nobody has met yet."""
        here = [member for member in self.members if member.area == area and member.mail]
        self.used[area] = self.used.get(area, -1) + 1
        return here[self.used[area]]

    def come(self, tx: Connection, area: str, nickname: str, shown: str = "nickname") -> Actor:
        """Brings a new member of an area in, through the handshake."""
        self.known[nickname] = self.next_of(area)
        actor = self.sign_in(tx, nickname, shown)
        self.equip(tx, self.settings, str(actor.person), nickname)
        return actor

    def sign_in(self, tx: Connection, nickname: str, shown: str = "nickname") -> Actor:
        """Proves membership by number, postcode and the code that the roster's contact gets; begins a session."""
        member, nonce = self.known[nickname], chance.token(16)
        asked = Handshake("GB", member.number, member.postcode, nonce_digest(nonce), "127.0.0.1")
        due = self.desk.evaluate(asked)
        proof = self.desk.redeem(nonce_digest(nonce), due.code or "")
        if proof is None:
            raise RuntimeError(f"the demo's handshake failed: {due.why}")
        person = admit(tx, proof)
        people.take_nickname(tx, person=person, nickname=nickname, shown=shown)
        token = people.start_session(tx, person=person)
        return people_queries.actor_of(tx, token, Lives())[0]
