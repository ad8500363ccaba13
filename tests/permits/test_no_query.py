"""Once an actor is loaded, no permission check asks the store anything."""

from __future__ import annotations

import sqlalchemy as sa

from hub.permits import HUB, P, R, can, can_right
from tests.people_for_tests import again, found_branch, found_hub, seat_council


def test_check_of_a_loaded_actor_executes_no_statement(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        council = seat_council(tx, "cleo", "cyra")
        branch, founders = found_branch(tx, council)
        actors = [again(tx, one) for one in (*council, *founders)]
    told: list[str] = []
    listener = (db.engine, "before_cursor_execute", lambda *args: told.append(args[2]))
    sa.event.listen(*listener)
    try:
        with db.read():
            allowed = {
                (place.kind, power)
                for actor in actors
                for place in (HUB, branch.scope)
                for power in P
                if can(actor, power, place)
            }
            rights = [bool(can_right(actor, R.SIGN, branch.scope)) for actor in actors]
        assert told == []
        with db.read() as tx:
            tx.execute(sa.text("SELECT 1"))
        assert told == ["SELECT 1"]
    finally:
        sa.event.remove(*listener)
    assert ("branch", P.GROUPS_CONFIRM) in allowed
    assert ("hub", P.BRANCHES_CONFIRM) in allowed
    assert ("hub", P.OPERATE) not in allowed
    assert rights == [True] * len(actors)
