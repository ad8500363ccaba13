"""Under a charter with a quorum the record still replays: how far witnesses have signed stands in no entry."""

from __future__ import annotations

import sqlalchemy as sa

from hub import clock
from hub.branches import actions as branches
from hub.charter import actions
from hub.charter.models import seals
from hub.constitution import actions as constitution
from hub.groups import links
from hub.tlog.note import format_vkey
from tests.charters_for_tests import FIRST, LOG, note
from tests.people_for_tests import AREAS, found_branch, found_group, seat_council, without_devices
from tests.replaying import assert_replays


def test_what_takes_two_organisers_replays_after_a_charter(db, another_db, clock_at):
    """A replay knows no checkpoint: it must not find that there is one organiser left."""
    clock_at("2027-01-10T20:00Z")
    with db.write() as tx:
        constitution.found_hub(
            tx, name="Example", origin="hub.example/log", log_key=format_vkey(LOG.verifier), text=without_devices()
        )
        branches.declare_at_founding(tx, AREAS, operator="op")
        actions.adopt(tx, note(FIRST, 0, 1, 2))
        seal = {"origin": "hub.example/log", "size": 1000, "at": clock.now(), "witnesses": "w0\nw1"}
        tx.execute(sa.insert(seals), seal)
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        group, (one, _two) = found_group(tx, branch, founders[:2], founders[2:])

        links.add_link(
            tx, group=group, kind="forum", url="https://york.example.org", title="Forum", audience="public", actor=one
        )

    assert_replays(db, another_db)
