"""One hub in memory, its people and its clock: what a machine moves, and the script of what was done to it.

The hub is made once, by the verbs, and copied byte for byte for each machine. The database is real SQLite without a
disk: nothing here asks what survives a crash.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from hub import clock, ids, sealing
from hub.ballots import elections
from hub.branches.queries import Branch
from hub.constitution.actions import default_text
from hub.db import Database
from hub.draws import actions as draws
from hub.draws import ticking as draws_ticking
from hub.errors import Refusal
from hub.groups import founding, membership, resting
from hub.groups import queries as groups
from hub.groups.founding import Plan
from hub.groups.queries import Group
from hub.ledger import catalogue
from hub.people import actions as people
from hub.people import queries as people_queries
from hub.people.queries import Lives
from hub.permits import Actor
from hub.standing import actions as standing
from tests.people_for_tests import PLAN, again, found_branch, found_hub, ready, seat_council
from tests.powers import remembering
from tests.powers.picking import Nothing
from tests.powers.view import View

T = TypeVar("T")
catalogue.load()

BEGINS = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
OLD = dt.timedelta(days=95)  # after which mandates can be recalled, and measures declared


# What the worker does as time passes, round after round, until nothing more is due; a room adds its own.
CLOCKWORK: dict[str, Callable[[Connection], int]] = {
    "empty": resting.let_empty_rest,
    "elections": elections.tick,
    "draws": draws_ticking.tick,
    "requests": membership.accept_silent_requests,
}


@dataclass(frozen=True, eq=False)
class Template:
    """A prepared hub. image: the database; vault: the keys to it; at: its moment.

    people: name to person, those with an office first.
    """

    image: bytes
    vault: sealing.Memory
    people: dict[str, str]
    at: dt.datetime


class World:
    """A copy of the prepared hub. script: every move so far, by name, with the indices that it drew.

    only: who does anything here, None for everybody: an adversary and their friends, among people who do nothing;
    store: a database and its driver's connection, else this process's own in memory; made: another hub to begin with.
    """

    def __init__(
        self,
        only: frozenset[str] | None = None,
        store: tuple[Database, Any] | None = None,
        made: Template | None = None,
    ) -> None:
        made, self.only = made or prepared(), only
        self.clockwork = CLOCKWORK
        self.db, self.raw = store or in_memory()
        remembering.listen(self.db)
        self.raw.deserialize(made.image)
        sealing.attach(self.db, made.vault.copy())
        self.people, self.now = dict(made.people), made.at
        self.links: list[tuple[str, str]] = []  # acts that wait for somebody to accept, with the secret of the link
        self.script: list[tuple[str, list[int]]] = []
        self.refusal: Refusal | None = None
        self.acting: set[str] = set()
        self.receipts: list[tuple[str, str, str]] = []  # ballot, who, nonce
        self.votes: dict[str, dict[str, Any]] = {}  # ballot to who voted what: the test's own memory
        self.said: list[tuple[str, str, int]] = []  # what the feed said: of whom, what, when
        self.units = 0
        self.resting: set[str] = set()  # what the worker leaves alone in this world
        self.ticks = 0
        self.changes = 0
        self.was_refused_cleanly = True
        clock.set_source(lambda: self.now)
        self.view = View(self.raw, self.people, self.now, self.only)

    def attempt(self, work: Callable[[Connection], T]) -> T | None:
        """Does something in a unit of work; a refusal is kept, and so is whether it left every byte as it was."""
        before = self.raw.serialize()
        self.refusal = None
        try:
            with self.unit() as tx:
                done = work(tx)
            self.changes += 1
        except Refusal as refusal:
            self.refusal = refusal
            self.was_refused_cleanly &= self.raw.serialize() == before
            done = None
        self.look()
        return done

    @contextmanager
    def unit(self) -> Iterator[Connection]:
        """A unit of work whose random bits are those of its number: the same moves, the same ids, the same lots."""
        self.units += 1
        with ids.drawn_from(self.units.to_bytes(32, "big")), self.db.write() as tx:
            yield tx

    def look(self) -> None:
        """Reads public and private state anew."""
        self.view = View(self.raw, self.people, self.now, self.only)

    def actor(self, tx: Connection, name: str) -> Actor:
        """Returns somebody as a new session makes them: with the standing, holder and grants of now."""
        if self.only is not None and name not in self.only:
            raise Nothing
        self.acting.add(name)
        token = people.start_session(tx, person=self.people[name])
        return people_queries.actor_of(tx, token, Lives())[0]

    def tick(self) -> None:
        """Lets the worker do what time makes it do: first what the roster said, then whatever is due."""
        self.units += 1
        changed = self.follow_roster(self.units.to_bytes(32, "big"))
        again = True
        while again:
            with self.unit() as tx:
                while sum(work(tx) for name, work in self.clockwork.items() if name not in self.resting):
                    changed = True
            # What waited for a ballot to end is carried out once the clock has closed it. If nothing changed since the
            # roster was followed, there is nothing to find: that is most of all ticks.
            again = changed and self.follow_roster(b"again".ljust(24) + self.units.to_bytes(8, "big"))
        self.ticks += 1
        self.changes += 1
        self.look()

    def follow_roster(self, seed: bytes) -> bool:
        """Carries out what the roster said and is due; tells whether anything was. seed: where new names come from."""
        with ids.drawn_from(seed):
            beside = {"also_end": membership.end_memberships, "also_move": membership.close_requests_elsewhere}
            return standing.carry_out(self.db, **beside) > 0

    def wait(self, hours: int, *, ticking: bool = True) -> None:
        """Lets time pass; ticking: the worker runs at its end."""
        self.now += dt.timedelta(hours=hours)
        self.changes += 1
        if ticking:
            self.tick()
        else:
            self.look()

    def image(self) -> bytes:
        """Returns every byte of the database."""
        return bytes(self.raw.serialize())

    def restore(self, image: bytes, at: dt.datetime) -> None:
        """Puts an earlier state back."""
        self.raw.deserialize(image)
        self.now = at
        self.look()


@functools.cache
def in_memory() -> tuple[Database, Any]:
    """One database for all worlds of this process, each in its turn; and the driver's own connection."""
    db = Database("sqlite://")
    db.create_all()
    with db.engine.connect() as tx:
        raw: Any = tx.connection.driver_connection
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "secure_delete=OFF"):
        raw.execute(f"PRAGMA {pragma}")
    return db, raw


@functools.cache
def _nothing() -> bytes:
    """Every byte of a hub's database before anything is in it."""
    db = Database("sqlite://")
    db.create_all()
    with db.engine.connect() as tx:
        raw: Any = tx.connection.driver_connection
    return bytes(raw.serialize())


def emptied() -> tuple[Database, Any]:
    """The same database with nothing in it, and an empty vault: whatever world was there before."""
    db, raw = in_memory()
    raw.deserialize(_nothing())
    sealing.attach(db, sealing.Memory())
    return db, raw


def of_three() -> str:
    """The default rules, but that three found a group, so that two are left to decide about the third.

    And that an office takes no passkeys: signing is asked of in tests/ledger, and would be most of a machine's time.
    """
    text = default_text()
    for name, number in {"group_founders": 3, "office_passkeys": 0}.items():
        changed = re.sub(rf"(\[numbers.{name}\]\nvalue = )\d+", rf"\g<1>{number}", text, count=1)
        assert changed != text
        text = changed
    return text


def found_by_three(tx: Connection, branch: Branch, plan: Plan, founders: list[Actor], officers: list[Actor]) -> Group:
    """A registered group of three founders, confirmed by two other organisers of the branch."""
    group = founding.propose(tx, branch=branch, plan=plan, shown="First", actor=founders[0])
    for founder in founders[1:]:
        token = founding.invite(tx, group=group, actor=again(tx, founders[0]))
        founding.cofound(tx, token=token, shown="Other", actor=founder)
    for officer in officers:
        founding.confirm(tx, group=group, actor=again(tx, officer))
    return groups.get(tx, group.id)


@functools.cache
def prepared() -> Template:
    """A hub forty days old: a council of two, two branches of five founders, a group and another, and plain members."""
    db, raw = emptied()
    named: dict[str, Actor] = {}
    clock.set_source(lambda: BEGINS)
    with ids.drawn_from(b"template".ljust(32)), db.write() as tx:
        found_hub(tx, of_three())
        council = seat_council(tx, "cleo", "cyra")
        york, founders = found_branch(tx, council)
        _mon, others = found_branch(tx, council, "ynys-mon", "mon")
        tenants = found_by_three(tx, york, PLAN, founders[:3], founders[3:])
        plan = Plan("York Choir", "Singing on Thursdays, loudly.", "accept", 12)
        choir = found_by_three(tx, york, plan, founders[2:], founders[:2])
        plain = [ready(tx, f"member_{number}") for number in range(7)]
        for one in plain[:4]:
            membership.join(tx, group=tenants, actor=one)
        named |= dict(zip(("york_a", "york_b", "york_c", "york_d", "york_e"), founders, strict=True))
        named |= {"cleo": council[0], "cyra": council[1]}
        for one in [*plain, *founders, *others]:
            draws.wish(tx, at_home=True, volunteers=True, actor=again(tx, one))
        named |= {f"member_{number}": one for number, one in enumerate(plain)}
        named |= dict(zip(("mon_a", "mon_b", "mon_c", "mon_d", "mon_e"), others, strict=True))
    assert choir.joining == "accept"
    people_named = {name: actor.person for name, actor in named.items() if actor.person is not None}
    keys = sealing.vault_of(db.engine)
    assert isinstance(keys, sealing.Memory)
    return Template(bytes(raw.serialize()), keys, people_named, BEGINS + OLD)
