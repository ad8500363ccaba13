"""Witnesses are missing: what gives power waits in view and is never lost, what only takes it away holds (LG-04)."""

import dataclasses

import pytest

from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import EFFECTS
from hub.branches import actions as branches
from hub.branches import queries as branch_queries
from hub.constitution.model import REDUCES
from hub.errors import Forbidden
from hub.freezing import actions as freezing
from hub.permits import P, require
from hub.permits import queries as permits
from hub.web.acts import waits_for
from tests.people_for_tests import AREAS, again, entry_count, found_branch, ready, seat_council
from tests.replaying import assert_replays


@pytest.fixture
def council(chartered):
    """Three seats of the council that witnesses have signed; then two witnesses of three stop answering."""
    with chartered.db.write() as tx:
        branches.declare_at_founding(tx, AREAS, operator="op")
        seated = seat_council(tx, "ann", "bea", "cem")
    chartered.turn()
    chartered.branches.down = {"w1", "w2"}
    with chartered.db.write() as tx:
        return [again(tx, one) for one in seated]


def waiting(db, act, effects):
    """Which of some effects wait, if an act stood at them."""
    with db.read() as tx:
        state = act_queries.get(tx, act)
        at = {name: (dataclasses.replace(state.effect, what=name),) for name in effects}
        standing = {name: state._replace(steps=steps, step=0, outcome=None) for name, steps in at.items()}
        return {name for name, one in standing.items() if acts.waits_for_witnesses(tx, one)}


def test_a_branch_is_registered_once_witnesses_have_signed_what_decided_it(chartered, council, clock_at, another_db):
    with chartered.db.write() as tx:
        branch, _founders = found_branch(tx, council)
    decided = clock_at.moment
    clock_at.advance(hours=5)
    chartered.turn()
    with chartered.db.write() as tx:
        before, state = entry_count(tx), act_queries.get(tx, branch.act)
        assert acts.tick_all(tx) == 0
        assert entry_count(tx) == before
        assert (state.is_open, state.current.do, branch.is_registered) == (True, "effect", False)
        assert "as soon as the witnesses have signed" in waits_for(state, 0)

    chartered.branches.down = set()
    chartered.turn()
    with chartered.db.write() as tx:
        assert acts.tick_all(tx) == 1
        assert branch_queries.get(tx, branch.id).is_registered
        held = permits.recorded_grants(tx, at=clock_at.moment, scope=branch.scope)
        assert ({one.starts for one in held}, len(held)) == ({decided}, 5)
        assert permits.live_grants(tx, scope=branch.scope) == ()
    chartered.turn()
    with chartered.db.read() as tx:
        assert permits.live_grants(tx, scope=branch.scope) == held
    assert_replays(chartered.db, another_db)


def test_every_effect_waits_but_those_that_only_take_away(chartered, council):
    with chartered.db.write() as tx:
        act = branches.propose(tx, area="york", name="York", shown="A", actor=ready(tx, "york_one")).act
    chartered.turn()

    assert waiting(chartered.db, act, EFFECTS) == EFFECTS.keys() - REDUCES
    chartered.branches.down = set()
    chartered.turn()
    assert waiting(chartered.db, act, EFFECTS) == set()


def test_a_power_is_frozen_at_once(chartered, council):
    chartered.branches.down = set()
    with chartered.db.write() as tx:
        branch, founders = found_branch(tx, council)
    for _turn in range(2):
        chartered.turn()
        with chartered.db.write() as tx:
            acts.tick_all(tx)
    chartered.branches.down = {"w1", "w2"}
    with chartered.db.write() as tx:
        freezing.freeze(tx, power="groups.confirm", scope=branch.scope, reason="Wait.", actor=again(tx, founders[0]))
        with pytest.raises(Forbidden):
            require(again(tx, founders[1]), P.GROUPS_CONFIRM, branch.scope)
