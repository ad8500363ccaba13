"""Two hundred hands at once: nobody votes twice, no vote is lost, nobody stands twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from hub.ballots import casting, elections, queries
from hub.ballots.models import ballot_papers, ballot_roll
from hub.errors import Refusal
from hub.ledger.models import entries
from tests.people_for_tests import again, ready
from tests.towns import OPENS

HANDS = 200
pytestmark = pytest.mark.timeout(300)


def at_once(hands: list[Callable[[], object]]) -> list[object]:
    """Lets every hand go at the same moment, forty threads; what each came to."""
    gate = threading.Event()

    def go(hand: Callable[[], object]) -> object:
        gate.wait()
        try:
            return hand()
        except Refusal as refusal:
            return refusal.code
        except (IntegrityError, OperationalError) as problem:
            return type(problem).__name__

    with ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(go, hand) for hand in hands]
        gate.set()
        return [one.result() for one in waiting]


def test_one_member_casting_two_hundred_times_has_one_vote(db, town):
    holders = town.to_ballot(*town.voters[:2])
    ballot = town.ballot().id
    with db.write() as tx:
        actor = again(tx, town.voters[3])

    def cast() -> str:
        nonce = casting.new_nonce()
        with db.write() as tx:
            return casting.cast(tx, ballot=ballot, choice=holders, nonce=nonce, phrase="my words", actor=actor)

    came = at_once([cast] * HANDS)
    with db.read() as tx:
        papers = tx.scalars(sa.select(ballot_papers.c.tracker)).all()
        marks = tx.scalar(sa.select(sa.func.sum(ballot_roll.c.voted)))

    assert (papers, marks) == ([one for one in came if len(str(one)) == 26], 1)
    assert came.count("ballots.voted_before") == HANDS - 1


def test_two_hundred_members_casting_at_once_are_all_counted(db, make_town):
    town = make_town(db, voters=HANDS)
    holders = town.to_ballot(*town.voters[:2])
    ballot = town.ballot().id
    with db.write() as tx:
        actors = [again(tx, person) for person in town.voters]

    def hand(place: int) -> Callable[[], str]:
        def cast() -> str:
            nonce = casting.new_nonce()
            with db.write() as tx:
                return casting.cast(
                    tx, ballot=ballot, choice=[holders[place % 2]], nonce=nonce, phrase="my words", actor=actors[place]
                )

        return cast

    came = at_once([hand(place) for place in range(HANDS)])
    with db.read() as tx:
        papers = set(tx.scalars(sa.select(ballot_papers.c.tracker)))
        marks = tx.scalar(sa.select(sa.func.sum(ballot_roll.c.voted)))
    town.clock.advance(days=7)
    town.tick()

    assert (papers, len(papers), marks) == (set(came), HANDS, HANDS)
    assert town.ballot().papers == HANDS


@pytest.mark.parametrize("clock", [elections.tick, elections.open_owed])
def test_clocks_that_come_at_once_open_an_election_once(db, town, clock):
    town.clock.advance(days=OPENS)

    def come_by() -> int:
        with db.write() as tx:
            return clock(tx)

    came = at_once([come_by] * 12)
    with db.read() as tx:
        opened = tx.scalars(sa.select(entries.c.type).where(entries.c.type == "election.opened")).all()

    assert (came.count(0), sum(came) > 0, opened) == (11, True, ["election.opened"])


def test_one_member_accepting_nomination_two_hundred_times_stands_once(db, town):
    town.clock.advance(days=OPENS)
    town.tick()
    act = town.election()
    with db.write() as tx:
        actor = again(tx, ready(tx, "eager"))

    def stand() -> str:
        with db.write() as tx:
            return elections.stand(tx, act=act, statement="Me.", interests="", shown="Eager", actor=actor)

    came = at_once([stand] * HANDS)
    with db.read() as tx:
        standing = queries.candidates(tx, act)

    assert [one.holder for one in standing] == [one for one in came if str(one).startswith("hld_")]
    assert len(standing) == 1
    assert set(came) - {standing[0].holder} <= {"acts.joined_before", "IntegrityError"}
