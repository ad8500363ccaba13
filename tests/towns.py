"""A branch whose mandates end, people who stand and people who vote: what tests of ballots begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from hub import clock
from hub.ballots import casting, elections, queries, reading, ties
from hub.ballots.models import elections as rows
from hub.ballots.queries import Ballot
from hub.branches.queries import Branch
from hub.db import Database
from hub.permits import Actor
from tests import copies
from tests.conftest import SetClock
from tests.people_for_tests import again, found_branch, member, ready, seat_council

BEGINS = "2026-11-21T20:00Z"
OPENS = 152  # days after it: 28 before the founders' 180 are over


@dataclass
class Town:
    """A branch with its members. founders organise it for 180 days; voters are whoever else is a member."""

    db: Database
    clock: SetClock
    branch: Branch
    founders: list[Actor]
    voters: list[Actor] = field(default_factory=list)
    receipts: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def everybody(self) -> list[Actor]:
        """Founders and voters."""
        return [*self.founders, *self.voters]

    def tick(self) -> int:
        """Lets the clock do what is due."""
        with self.db.write() as tx:
            return elections.tick(tx)

    def read_lot(self) -> int:
        """Lets an hour pass, after which the round of a tie is known, and the worker read it; how many counts ended."""
        self.clock.advance(minutes=ties.AFTER)
        return reading.rehearse_due(self.db)

    def election(self) -> str:
        """The newest election's act."""
        with self.db.read() as tx:
            return str(tx.scalar(sa.select(rows.c.act).order_by(rows.c.entry.desc()).limit(1)))

    def stand(self, *people: Actor) -> list[str]:
        """These people stand; their holders."""
        with self.db.write() as tx:
            return [
                elections.stand(
                    tx,
                    act=self.election(),
                    statement=f"I am {person.nickname}.",
                    interests="",
                    shown=str(person.nickname),
                    actor=again(tx, person),
                )
                for person in people
            ]

    def ballot(self) -> Ballot:
        """The newest ballot."""
        with self.db.read() as tx:
            return queries.newest(tx)[0]

    def cast(self, person: Actor, choice: str | Sequence[str], phrase: str = "same words") -> str:
        """One vote in the newest ballot; its tracker."""
        nonce = casting.new_nonce()
        ballot = self.ballot().id
        with self.db.write() as tx:
            actor = again(tx, person)
            tracker = casting.cast(tx, ballot=ballot, choice=choice, nonce=nonce, phrase=phrase, actor=actor)
        self.receipts[tracker] = (nonce, phrase)
        return tracker

    def to_ballot(self, *people: Actor) -> list[str]:
        """Goes on to an open ballot in which these people stand; their holders."""
        self.clock.advance(days=OPENS)
        self.tick()
        holders = self.stand(*people)
        self.clock.advance(days=14)
        self.tick()
        return holders


def build_town(db: Database, moment: SetClock, *, voters: int = 9) -> Town:
    """A branch of five founders, two of the council and some others, on a hub that is founded."""
    return Town(db, moment, *copies.of(db, _found, voters))


def _found(db: Database, voters: int) -> tuple[Branch, list[Actor], list[Actor]]:
    with db.write() as tx:
        branch, founders = found_branch(tx, seat_council(tx, "anna", "ben"))
        others = [ready(tx, f"voter_{place}") for place in range(voters)]
        member(tx, "far_away", "ynys-mon")
    return branch, founders, others


def now() -> str:
    """The clock's minute."""
    return clock.format_minute(clock.now())
