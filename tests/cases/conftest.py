"""A hub with two branches and volunteers, and the flow of a case by its verbs alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries as act_queries
from hub.cases import actions, appealing, barring, deciding, queries, sealed, ticking
from hub.cases.rules import Item, Ruling
from hub.db import metadata
from hub.draws import queries as draws
from hub.draws.models import draw_tickets
from hub.inventory import own
from hub.leaving import models as _leaving  # noqa: F401  # its tables are among those that are held
from hub.people import queries as people
from hub.permits import Actor
from hub.permits import queries as permits
from tests.draws.conftest import Town, make_town
from tests.people_for_tests import again, entry_count

DAY = dt.timedelta(days=1)
ITEM = Item("He wrote: leave, or else.", "the group's chat of 20 November", "Ada", "read aloud", "public_link")


@dataclass
class Court:
    """A town with a second branch, whose members are drawn. ada complains of ben; both are of York."""

    town: Town
    ada: Actor
    ben: Actor

    @property
    def db(self) -> Any:
        """Its store."""
        return self.town.db

    def turn(self, **by: float) -> None:
        """Moves the clock on, and lets the worker do its round."""
        self.town.clock_at.advance(**by)
        self.tick()

    def tick(self) -> None:
        """The worker's round, until nothing more is due."""
        with self.db.write() as tx:
            while self.town.tick(tx) + ticking.tick(tx):
                pass

    def complain(self, *, or_waits: bool = False, who: Actor | None = None, **other: Any) -> Any:
        """Ada, or somebody else, complains of Ben. or_waits: whether it may wait in the queue."""
        with self.db.write() as tx:
            told = {"respondent": self.ben.person, "rule": 2, "happened_on": clock.today(), "learned_on": clock.today()}
            told |= {"words": "He threatened me.", "actor": again(tx, who or self.ada)}
            act = actions.complain(tx, **{**told, **other})
            assert act is not None or or_waits
            return act

    def waiting(self, tx: Connection) -> int:
        """How many complaints wait."""
        return tx.scalar(sa.text("SELECT count(*) FROM case_queue WHERE why IS NULL")) or 0

    def order(self, tx: Connection, act: str, step: int) -> list[Any]:
        """The order of a draw."""
        return draws.order(tx, act, step)

    def state(self, act: str) -> str:
        """In which state a case is."""
        with self.db.read() as tx:
            return queries.state_of(tx, act)

    def seat_drawn(self, act: str) -> None:
        """The draw of an act is made, and whoever was drawn accepts, with those who follow."""
        with self.db.read() as tx:
            state = act_queries.get(tx, act)
        self.turn(hours=72 if state.current.by == "jurors" else 26)
        self.town.read_source(act, self.town.members[0])
        self.accept_all(act)

    def accept_all(self, act: str) -> None:
        """Whoever is asked to sit, accepts."""
        with self.db.read() as tx:
            asked = [row for row in queries.seats(tx, act) if row.state == "offered"]
        for row in asked:
            self.town.accept(act, row)

    def sitting(self, tx: Connection, act: str) -> list[Actor]:
        """Those who sit by the newest draw of an act."""
        return [self.town.actor_of(tx, row.ticket) for row in queries.seats(tx, act) if row.state == "accepted"]

    def screen(self, act: str, result: str = "admitted", *, many: int = 2, hides: bool = False) -> None:
        """Two of the duty panel say so."""
        with self.db.write() as tx:
            for one in self.sitting(tx, act)[:many]:
                actions.screen(tx, act=act, result=result, reasons="It names a rule.", hides=hides, actor=one)

    def charge(self, act: str, *items: Item) -> list[str]:
        """Ada serves the charge with what she has."""
        with self.db.write() as tx:
            ada = again(tx, self.ada)
            found = [actions.attach(tx, act=act, item=item, actor=ada) for item in items or (ITEM,)]
            actions.charge(tx, act=act, facts="On 20 November he threatened me.", actor=ada)
        return found

    def answer(self, act: str, *items: Item) -> list[str]:
        """Ben answers."""
        with self.db.write() as tx:
            ben = again(tx, self.ben)
            found = [actions.attach(tx, act=act, item=item, actor=ben) for item in items]
            actions.answer(tx, act=act, words="I did not.", actor=ben)
        return found

    def admitted(self, **other: Any) -> str:
        """A complaint that was admitted."""
        act = self.complain(**other)
        self.seat_drawn(act)
        self.screen(act)
        return act

    def to_panel(self, **other: Any) -> tuple[str, list[str]]:
        """A case whose panel sits and may decide."""
        act = self.admitted(**other)
        items = self.charge(act)
        self.answer(act)
        self.seat_drawn(act)
        self.turn(days=5)
        return act, items

    def decide(self, act: str, ruling: Ruling, many: int = 2) -> str:
        """So many of the panel sign a decision."""
        with self.db.write() as tx:
            panel = self.sitting(tx, act)
            decision = deciding.propose(tx, act=act, ruling=ruling, actor=panel[0])
            for one in panel[:many]:
                deciding.sign(tx, act=act, decision=decision, actor=one)
        return decision

    def decide_by_earlier(self, act: str, ruling: Ruling, step: int) -> None:
        """One who was drawn by an earlier draw of an act signs what one who sits now proposes."""
        with self.db.write() as tx:
            decision = deciding.propose(tx, act=act, ruling=ruling, actor=self.sitting(tx, act)[0])
            deciding.sign(tx, act=act, decision=decision, actor=self.sitting_at(tx, act, step)[0])

    def appeal(self, case: str, who: Actor) -> str:
        """A side appeals."""
        with self.db.write() as tx:
            return appealing.appeal(tx, case=case, ground="procedure", words="Wrongly.", actor=again(tx, who))

    def now(self) -> dt.datetime:
        """The moment on the clock."""
        return clock.now()

    def kept(self, tx: Connection, actor: Actor) -> dict[str, Any]:
        """All that is held of somebody, and every office of theirs, but cases, letters and sign-ins of the test."""
        found = own.held(tx, metadata, actor.person or "")
        holder = permits.holder_of_person(tx, actor.person or "")
        ends = [(one.id, one.until, one.ended_at) for one in permits.grants_of(tx, holder)] if holder else []
        apart = ("case_", "letters", "sessions", "draw_")
        return {table: rows for table, rows in found.items() if not table.startswith(apart)} | {"offices": ends}

    def member_since(self, actor: Actor) -> dt.date:
        """Since when somebody is a member, as their standing says."""
        with self.db.read() as tx:
            found = people.standing_of(tx, actor.person or "")
            assert found is not None
            return found.since

    def entries(self) -> int:
        """How many entries the record has."""
        with self.db.read() as tx:
            return entry_count(tx)

    def today(self) -> dt.date:
        """The day on the clock."""
        return clock.today()

    def items(self, act: str) -> tuple[sealed.Evidence, ...]:
        """What was attached in a case."""
        with self.db.read() as tx:
            return sealed.read(tx, act).items

    def offices_of(self, actor: Actor) -> tuple[str, ...]:
        """The offices that somebody holds now, by their grants."""
        with self.db.read() as tx:
            holder = permits.holder_of_person(tx, actor.person or "")
            return tuple(one.id for one in permits.standing_grants(tx, holder=holder)) if holder else ()

    def may_take_office(self, tx: Connection) -> bool:
        """Whether Ben may take an office now."""
        return bool(barring.may_take_office(tx, self.ben.person or ""))

    def due_in(self, act: str, since: dt.datetime) -> int:
        """In how many days, from a moment on, an act's present deadline is missed."""
        with self.db.read() as tx:
            return (act_queries.get(tx, act).due - since).days

    def wait_until_just_before(self, act: str) -> None:
        """Until the last minute before a deadline."""
        with self.db.read() as tx:
            left = act_queries.get(tx, act).due - clock.now()
        self.turn(minutes=int(left.total_seconds() // 60) - 1)

    def strike(self, act: str, who: Actor) -> str:
        """A side strikes the first who sits or is asked to."""
        with self.db.write() as tx:
            ticket = str(queries.seats(tx, act)[0].ticket)
            deciding.strike(tx, act=act, ticket=ticket, actor=again(tx, who))
        return ticket

    def pool(self, tx: Connection, act: str, step: int) -> set[str]:
        """Who had a ticket in a draw."""
        here = sa.select(draw_tickets.c.person).where(draw_tickets.c.act == act, draw_tickets.c.step == step)
        return set(tx.scalars(here))

    def sitting_at(self, tx: Connection, act: str, step: int) -> list[Actor]:
        """Those who took a seat in a draw."""
        rows = [row for row in draws.order(tx, act, step) if row.holder is not None]
        return [self.town.actor_of(tx, row.ticket) for row in rows]

    def lives_in(self, tx: Connection, actor: Actor) -> str | None:
        """In which area somebody lives."""
        return people.area_of(tx, actor.person or "")

    def grants_of(self, actor: Actor) -> list[tuple[str, str | None]]:
        """Which offices somebody ever had, and why each ended."""
        with self.db.read() as tx:
            holder = permits.holder_of_person(tx, actor.person or "")
            return [(one.role, one.ended_why) for one in permits.grants_of(tx, holder)] if holder else []


def proved(items: list[str], outcome: str = "advice", **more: Any) -> Ruling:
    """A decision against the accused."""
    return Ruling(True, outcome, "Do not write to her again.", cites=tuple(items), **more)


def make_court(db: Any, clock_at: Any) -> Court:
    """Thirty members, two thirds of York; of Ynys Môn there is a branch, too, from which is drawn."""
    town = make_town(db, clock_at, members=60)
    ada, ben = town.members[1], town.founders[2]
    return Court(town, ada, ben)


@pytest.fixture
def court(db: Any, clock_at: Any) -> Court:
    return make_court(db, clock_at)
