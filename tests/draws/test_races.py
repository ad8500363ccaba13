"""Two hundred hands at once on a draw: nothing is read, judged, taken or left twice (RE-04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from hub.draws import actions, queries
from hub.draws.models import draw_judgements, draw_objections, draw_seats
from hub.permits.models import grants, holders
from tests.ballots.test_races import HANDS, at_once
from tests.draws.conftest import KNOWN, Town, make_town, said
from tests.people_for_tests import again, types

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def crowd(db, clock_at) -> Town:
    """A hub of 200 members; a council's pool is frozen."""
    town = make_town(db, clock_at, members=HANDS, are_equipped=False)
    town.turn(minutes=1)
    return town


def council(town: Town) -> str:
    """The act of the council's draw."""
    with town.db.read() as tx:
        return town.draw_of(tx, "draw_council")


def signed_in(town: Town, people) -> list:
    """The same people, signed in anew."""
    with town.db.write() as tx:
        return [again(tx, one) for one in people]


def hands(town: Town, work: Callable, actors) -> list[Callable[[], object]]:
    """One hand for each actor, each in a unit of work of its own; it tries again where none could be begun in time."""

    def hand(actor) -> Callable[[], object]:
        def go() -> object:
            while True:
                try:
                    with town.db.write() as tx:
                        return work(tx, actor)
                except sa.exc.TimeoutError:
                    continue

        return go

    return [hand(actor) for actor in actors]


def known(town: Town, act: str) -> None:
    """Lets the sources become known."""
    town.turn(**KNOWN)
    with town.db.read() as tx:
        assert queries.find(tx, act, 0).known_at <= town.clock_at.moment


def made(town: Town, act: str) -> list:
    """Draws; returns the seats."""
    known(town, act)
    town.read_source(act, town.council[0])
    with town.db.read() as tx:
        return town.drawn(tx, act)


def test_two_hundred_read_at_once_and_one_draw_is_made(crowd):
    act = council(crowd)
    known(crowd, act)
    everybody = signed_in(crowd, [*crowd.council, *crowd.members])
    with crowd.db.read() as tx:
        text = said(tx, act)

    came = at_once(hands(crowd, lambda tx, actor: actions.reveal(tx, act=act, text=text, actor=actor), everybody))

    with crowd.db.read() as tx:
        assert types(tx).count("draw.made") == 1
        assert len(crowd.drawn(tx, act)) == 20
    assert came.count(None) == 1
    assert set(came) == {None, "not_found"}


def test_who_is_drawn_accepts_two_hundred_times_and_has_one_seat(crowd):
    act = council(crowd)
    row = made(crowd, act)[0]
    with crowd.db.write() as tx:
        actor = crowd.actor_of(tx, row.ticket)
        crowd.equip(tx, actor)
        actor = again(tx, actor)
        named = tx.scalar(sa.select(sa.func.count()).select_from(holders))

    came = at_once(
        hands(crowd, lambda tx, actor: actions.accept(tx, act=act, shown="Drawn", actor=actor), [actor] * HANDS)
    )

    with crowd.db.read() as tx:
        assert types(tx).count("draw.accepted") == 1
        # One name, however often it was said.
        assert tx.scalar(sa.select(sa.func.count()).select_from(holders)) == (named or 0) + 1
        (seat,) = tx.scalars(sa.select(grants.c.id).where(grants.c.act == act))
    assert came.count(seat) == 1


def test_who_accepts_and_declines_at_once_does_one_of_the_two(crowd):
    act = council(crowd)
    row = made(crowd, act)[0]
    with crowd.db.write() as tx:
        actor = crowd.actor_of(tx, row.ticket)
        crowd.equip(tx, actor)
        actor = again(tx, actor)
    yes = hands(crowd, lambda tx, one: actions.accept(tx, act=act, shown="Drawn", actor=one), [actor] * (HANDS // 2))
    nay = hands(crowd, lambda tx, one: actions.decline(tx, act=act, actor=one), [actor] * (HANDS // 2))

    came = at_once([hand for both in zip(yes, nay, strict=True) for hand in both])

    with crowd.db.read() as tx:
        said = Counter(types(tx))
        assert said["draw.accepted"] + said["draw.replaced"] == 1
        state = queries.seat(tx, row.ticket).state
        assert state == ("accepted" if said["draw.accepted"] else "out")
        assert len(crowd.drawn(tx, act)) == 20
    # The page goes on to the office of who accepted; who declined gets none.
    assert sum(answer is None or str(answer).startswith("grt_") for answer in came) == 1


def test_twenty_decline_ten_times_each_and_the_next_in_the_order_follow_once(crowd):
    act = council(crowd)
    rows = made(crowd, act)
    with crowd.db.write() as tx:
        actors = [crowd.actor_of(tx, row.ticket) for row in rows] * (HANDS // 20)

    came = at_once(hands(crowd, lambda tx, actor: actions.decline(tx, act=act, actor=actor), actors))

    with crowd.db.read() as tx:
        states = Counter(tx.scalars(sa.select(draw_seats.c.state).where(draw_seats.c.act == act)))
        assert types(tx).count("draw.replaced") == 20
        order = queries.order(tx, act, 0)
    assert (states["out"], states["offered"], states["accepted"]) == (20, 20, 0)
    assert came.count(None) == 20
    for stratum in {row.stratum for row in order}:
        waiting = [row.rank for row in order if row.stratum == stratum and row.state == "reserve"]
        asked = [row.rank for row in order if row.stratum == stratum and row.state == "offered"]
        assert not waiting or max(asked) < min(waiting)


def test_two_hundred_object_at_once_each_once_and_one_alone_counts_once(crowd):
    act = council(crowd)
    members = signed_in(crowd, crowd.members)

    def work(tx, actor) -> None:
        actions.object_to(tx, act=act, reason="Left out.", actor=actor)

    everybody = at_once(hands(crowd, work, members))
    again_and_again = at_once(hands(crowd, work, members[:1] * HANDS))

    with crowd.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(draw_objections)) == HANDS
    assert everybody == [None] * HANDS
    assert again_and_again == ["draws.objected_before"] * HANDS


def test_two_judge_a_hundred_times_each_and_the_pool_is_voided_once(crowd):
    act = council(crowd)
    with crowd.db.write() as tx:
        actions.object_to(tx, act=act, reason="Left out.", actor=again(tx, crowd.members[0]))
        index = queries.objections(tx, act, 0)[0].entry
    both = signed_in(crowd, crowd.council) * (HANDS // 2)

    came = at_once(
        hands(crowd, lambda tx, one: actions.judge(tx, act=act, objection=index, upheld=True, actor=one), both)
    )

    with crowd.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(draw_judgements)) == 2
        pools = [entry for entry in types(tx) if entry == "draw.prepared"]
        # The council's two, and that of who stands by in York.
        assert (types(tx).count("draw.voided"), len(pools)) == (1, 3)
    assert came.count(None) == 2
