"""Two hundred hands at once on what can be done once: nothing is counted twice, and nothing moves twice (RE-04).

Casting a vote and standing in an election have theirs in tests/ballots/test_races.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.models import act_hands, act_moves
from hub.groups import offices
from hub.permits import queries as permits
from hub.permits.models import grants, holders
from hub.petitions import actions as petitions
from hub.petitions.models import signatures
from tests.ballots.test_races import HANDS, at_once
from tests.people_for_tests import (
    again,
    found_branch,
    found_group,
    found_hub,
    member,
    seat_council,
    types,
    without_devices,
)

pytestmark = pytest.mark.timeout(600)


class Crowd:
    """A branch of five organisers and two hundred members; a group of it with two."""

    def __init__(self, db, clock_at) -> None:
        self.db = db
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx, without_devices())
            branch, self.founders = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            self.group, self.organisers = found_group(tx, branch, self.founders[:2], self.founders[2:])
            self.members = [member(tx, f"mem_{number}") for number in range(HANDS)]
        clock_at.advance(days=40)
        with db.write() as tx:
            self.founders = [again(tx, one) for one in self.founders]
            self.members = [again(tx, one) for one in self.members]

    def hands(self, work: Callable, actors) -> list[Callable[[], object]]:
        """One hand for each actor, each in a unit of work of its own."""

        def hand(actor) -> Callable[[], object]:
            def go() -> object:
                with self.db.write() as tx:
                    return work(tx, actor)

            return go

        return [hand(actor) for actor in actors]


@pytest.fixture
def crowd(db, clock_at) -> Crowd:
    return Crowd(db, clock_at)


def test_two_hundred_sign_a_petition_and_it_is_reached_once(db, crowd):
    with db.write() as tx:
        grant = permits.live_grants(tx, holder=crowd.founders[4].holder)[0]
        act = petitions.open_recall(tx, grant=grant.id, reasons="Meetings were off.", actor=crowd.members[0])

    came = at_once(crowd.hands(lambda tx, actor: petitions.sign(tx, act=act, actor=actor), crowd.members))

    with db.read() as tx:
        needed = tx.scalar(sa.text("SELECT needed FROM petitions"))
        kept = tx.scalars(sa.select(signatures.c.person)).all()
        moves = tx.execute(sa.select(act_moves.c.step, act_moves.c.outcome).where(act_moves.c.act == act)).all()
        reached = types(tx).count("petition.reached")
        assert act_queries.get(tx, act).current.by == "subject"
    assert (reached, moves) == (1, [(0, "done")])
    # Nobody signs beside the last who is needed. Whoever opened it had signed: their own hand again counts for nothing.
    assert Counter(came)[None] in (needed - 1, needed)
    assert set(came) == {None, "petitions.over"}
    # Who signed is kept while a petition collects, and no longer.
    assert kept == []


def test_one_member_signs_two_hundred_times_and_counts_once(db, crowd):
    with db.write() as tx:
        grant = permits.live_grants(tx, holder=crowd.founders[4].holder)[0]
        act = petitions.open_recall(tx, grant=grant.id, reasons="Meetings were off.", actor=crowd.members[0])

    came = at_once(crowd.hands(lambda tx, actor: petitions.sign(tx, act=act, actor=actor), [crowd.members[1]] * HANDS))

    with db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(signatures)) == 2
        assert act_queries.get(tx, act).current.do == "support"
    assert came == [None] * HANDS


def test_two_organisers_confirm_a_hundred_times_each_and_one_grant_is_made(db, crowd, clock_at):
    with db.write() as tx:
        act, token = offices.offer(tx, place=crowd.group, actor=crowd.founders[0])
        offices.accept(tx, token=token, shown="Mem", actor=crowd.members[0])

    both = [crowd.founders[0], crowd.founders[1]] * (HANDS // 2)
    came = at_once(crowd.hands(lambda tx, actor: offices.confirm(tx, act=act, actor=actor), both))
    clock_at.advance(days=3)
    at_once(crowd.hands(lambda tx, _: acts.run(tx, act), range(8)))

    with db.read() as tx:
        yes = tx.scalars(sa.select(act_hands.c.holder).where(act_hands.c.act == act, act_hands.c.hand == "yes")).all()
        made = tx.scalars(sa.select(grants.c.role).where(grants.c.act == act)).all()
        moves = tx.execute(sa.select(act_moves.c.step, act_moves.c.outcome).where(act_moves.c.act == act)).all()
    assert sorted(yes) == sorted(one.holder for one in crowd.founders[:2])
    assert list(made) == ["moderator"]
    assert sorted(moves) == [(0, "done"), (1, "done"), (2, "done"), (3, "done")]
    assert came.count(None) == 2


def test_two_hundred_accept_one_invitation_and_one_is_in(db, crowd):
    with db.write() as tx:
        act, token = offices.offer(tx, place=crowd.group, actor=crowd.founders[0])
        named = tx.scalar(sa.select(sa.func.count()).select_from(holders))

    at_once(crowd.hands(lambda tx, actor: offices.accept(tx, token=token, shown="Mem", actor=actor).id, crowd.members))

    with db.read() as tx:
        joined = tx.scalars(
            sa.select(act_hands.c.hand).where(act_hands.c.act == act, act_hands.c.hand == "submit")
        ).all()
        # A name in the record came with the one who is in, and with nobody who was refused.
        assert tx.scalar(sa.select(sa.func.count()).select_from(holders)) == (named or 0) + 1
    assert list(joined) == ["submit"]
