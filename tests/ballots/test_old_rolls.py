"""A roll goes a year after its vote closed, once nothing is decided by it any more."""

from __future__ import annotations

import sqlalchemy as sa

from hub import clock
from hub.ballots import roll
from hub.ballots.models import ballot_roll


def lines(db):
    with db.read() as tx:
        return tx.scalar(sa.select(sa.func.count()).select_from(ballot_roll))


def test_roll_goes_a_year_after_the_vote_and_not_before(db, town):
    town.to_ballot(*town.voters[:2])
    for voter in town.voters:
        town.cast(voter, [])
    closes, before = town.ballot().closes, lines(db)
    town.clock.advance(days=7)
    town.tick()
    town.clock.advance(days=30)
    town.tick()

    town.clock.advance(seconds=(closes + roll.KEPT - clock.now()).total_seconds())
    with db.write() as tx:
        early = roll.forget(tx)
    town.clock.advance(seconds=1)
    with db.write() as tx:
        gone = roll.forget(tx)

    assert (early, gone, lines(db), before > 10) == (0, before, 0, True)


def test_roll_of_a_ballot_that_decides_yet_stays(db, town):
    town.to_ballot(*town.voters[:2])
    before = lines(db)
    town.clock.advance(days=500)

    with db.write() as tx:
        gone = roll.forget(tx)

    assert (gone, lines(db)) == (0, before)
