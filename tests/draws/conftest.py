"""A hub whose members can be drawn: two branches, volunteers, a clock that turns day by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.db import Database
from hub.draws import actions, queries, ticking
from hub.lot.chains import rehearsed
from hub.permits import HUB, Actor
from tests import copies
from tests.conftest import SetClock
from tests.people_for_tests import again, begin_hub, equip, found_branch, member, seat_council

KNOWN = {"hours": 98}  # three days of objections, a day to judge them, and whatever rounding takes


@dataclass
class Town:
    """One hub. members: of York, with two passkeys each, and of no office."""

    db: Database
    clock_at: SetClock
    council: list[Actor] = field(default_factory=list)
    founders: list[Actor] = field(default_factory=list)
    members: list[Actor] = field(default_factory=list)
    branch: Any = None

    def tick(self, tx: Connection) -> int:
        """What the worker's round does for acts and draws, until nothing more is due."""
        done = 0
        while step := acts.tick_all(tx) + ticking.tick(tx):
            done += step
        return done

    def turn(self, **by: float) -> int:
        """Moves the clock on, and lets the worker do its round."""
        self.clock_at.advance(**by)
        with self.db.write() as tx:
            return self.tick(tx)

    def now(self, tx: Connection, actor: Actor) -> Actor:
        """The same person, signed in anew."""
        return again(tx, actor)

    def draw_of(self, tx: Connection, procedure: str, scope: Any = HUB) -> str:
        """The newest act of a procedure in a scope."""
        return str(queries.acts_in(tx, procedure, scope)[0].id)

    def read_source(self, act: str, reader: Actor) -> None:
        """Lets somebody type in what the source said."""
        with self.db.write() as tx:
            actions.reveal(tx, act=act, text=said(tx, act), actor=again(tx, reader))

    def drawn(self, tx: Connection, act: str) -> list[Any]:
        """The seats of an act's draw that are offered or taken, by seat."""
        state = act_queries.get(tx, act)
        draw = queries.of_act(tx, act)[0]
        assert state is not None
        rows = [row for row in queries.order(tx, act, draw.step) if row.state in ("offered", "accepted")]
        return sorted(rows, key=lambda row: row.seat)

    def actor_of(self, tx: Connection, ticket: str) -> Actor:
        """The person behind a ticket, signed in anew: what only the test may ask."""
        person = queries.person_of(tx, ticket)
        known = {one.person: one for one in (*self.members, *self.founders, *self.council)}
        return again(tx, known[person])

    def equip(self, tx: Connection, actor: Actor) -> None:
        """Gives somebody the passkeys that an office takes."""
        equip(tx, actor)

    def accept(self, act: str, row: Any) -> None:
        """The one who was drawn accepts."""
        with self.db.write() as tx:
            actor = self.actor_of(tx, row.ticket)
            actions.accept(tx, act=act, shown=f"Drawn {row.rank}", actor=actor)


def said(tx: Connection, act: str) -> str:
    """What the source of an act's draw says, now or later: what only the rehearsal's chain tells beforehand."""
    found = queries.find(tx, act, act_queries.get(tx, act).step)
    assert found is not None
    return rehearsed(found.named.round)


def make_town(
    db: Database,
    clock_at: SetClock,
    *,
    members: int = 30,
    volunteers: bool = True,
    is_founded: bool = False,
    rules: str | None = None,
    are_equipped: bool = True,
) -> Town:
    """Founds the hub, unless it is, and the branch; thirty members of whom all volunteer."""
    clock_at("2026-11-21T20:00Z")
    if not is_founded:
        begin_hub(db, rules)
    found = copies.of(db, _found, members, volunteers, are_equipped and not is_founded)
    return Town(db, clock_at, *found)


def _found(db: Database, many: int, volunteers: bool, are_equipped: bool) -> tuple[Any, ...]:
    members = []
    with db.write() as tx:
        council = seat_council(tx, "cleo", "cyra")
        branch, founders = found_branch(tx, council)
        for number in range(many):
            area = "york" if number % 3 else "ynys-mon"
            members.append(member(tx, f"mem_{number}", area))
            if are_equipped:
                equip(tx, members[-1])
        if volunteers:
            for one in members:
                actions.wish(tx, at_home=True, volunteers=True, actor=again(tx, one))
    return council, founders, members, branch


@pytest.fixture
def town(db, clock_at) -> Town:
    return make_town(db, clock_at)
