"""What takes effect late, or after somebody took another office: no act stops, and none ends what came after it."""

from __future__ import annotations

import pytest

from hub.acts import queries as act_queries
from hub.ballots import casting, elections, queries
from hub.constitution.actions import take_seat
from hub.permits import queries as permits
from hub.permits.live import stands
from hub.petitions import actions as petitions
from tests import copies
from tests.people_for_tests import again, equip
from tests.petitions.test_decided import WHY, York
from tests.replaying import assert_replays


@pytest.fixture
def york(db, clock_at) -> York:
    return copies.of(db, York, at=clock_at)


def stand(york, people):
    """These people stand in the branch's election; returns its act and their holders."""
    with york.db.write() as tx:
        act = [state.id for state in act_queries.running(tx, york.branch.scope, "elect")][-1]
        holders = [
            elections.stand(tx, act=act, statement="I am.", interests="", shown=str(one.nickname), actor=again(tx, one))
            for one in people
        ]
    return act, holders


def rank(york, act, choice, people):
    """They all rank alike."""
    with york.db.write() as tx:
        ballot = queries.of_act(tx, act)[-1].id
        for one in people:
            casting.cast(
                tx, ballot=ballot, choice=choice, nonce=casting.new_nonce(), phrase="my words", actor=again(tx, one)
            )


def test_winner_who_became_steward_leaves_the_seat_vacant_and_stops_nothing(york, another_db):
    york.later(days=112, hours=1)
    new = york.members[0]
    with york.db.write() as tx:
        equip(tx, new)
    act, holders = stand(york, [new, *york.founders[:2]])
    york.later(days=14)
    rank(york, act, holders, york.members)
    with york.db.write() as tx:
        take_seat(tx, role="steward", shown="Mem", actor=again(tx, new))

    york.later(days=15)

    with york.db.read() as tx:
        live = {one.holder for one in permits.live_grants(tx, scope=york.branch.scope) if one.role == "admin"}
        assert act_queries.get(tx, act).outcome == "done"
    assert live == set(holders[1:])
    assert_replays(york.db, another_db)


def test_late_clock_ends_no_mandate_that_was_given_after_the_recall(york, another_db):
    """The worker was down while a recall closed, and the same person was then elected anew."""
    with york.db.write() as tx:
        grant = permits.live_grants(tx, holder=york.founders[0].holder)[0]
    york.later(days=94)
    with york.db.write() as tx:
        recall = petitions.open_recall(tx, grant=grant.id, reasons=WHY, actor=again(tx, york.members[0]))
    york.later(days=18, hours=1)
    act, holders = stand(york, york.founders[:3])
    york.later(days=10)
    with york.db.write() as tx:
        for one in york.members[1:5]:
            petitions.sign(tx, act=recall, actor=again(tx, one))
    york.later(days=4)
    rank(york, act, holders, york.members)
    york.later(days=3, hours=1)
    york.vote(recall, yes=6, no=2)

    york.later(days=12)  # nothing moved meanwhile

    with york.db.read() as tx:
        mine = [one for one in permits.all_grants(tx, york.branch.scope) if one.holder == york.founders[0].holder]
        outcomes = {act_queries.get(tx, one).outcome for one in (recall, act)}
    assert outcomes == {"done"}
    assert [(one.source, one.ended_why) for one in mine][1:] == [("election", None)]
    assert [stands(one, york.clock.moment) for one in mine] == [False, True]
    assert_replays(york.db, another_db)
