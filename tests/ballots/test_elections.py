"""A whole election: the clock opens it, members stand and vote, it is counted, and offices change by themselves."""

from __future__ import annotations

import json

import sqlalchemy as sa

from hub.acts import queries as acts
from hub.ballots import queries
from hub.ballots.models import ballot_files, ballot_papers
from hub.count import RON
from hub.groups import queries as groups
from hub.ledger.models import entries
from tests.people_for_tests import types
from tests.replaying import assert_replays
from tests.towns import now


def of_type(db, name):
    """The data of every entry of a type."""
    with db.read() as tx:
        rows = tx.scalars(sa.select(entries.c.bytes).where(entries.c.type == name).order_by(entries.c.index)).all()
    return [json.loads(bytes(row))["data"] for row in rows]


def test_members_elect_organisers_and_offices_change_by_themselves(db, another_db, town):
    town.clock("2027-04-22T19:59Z")
    assert town.tick() == 0
    town.clock("2026-11-21T20:00Z")
    holders = town.to_ballot(*town.voters[:3])
    opened, called = of_type(db, "election.opened"), of_type(db, "ballot.called")
    for place, person in enumerate(town.everybody):
        town.cast(person, [holders[place % 2], holders[2], RON])
    town.clock.advance(days=7)
    town.tick()
    counted = of_type(db, "ballot.counted")
    town.clock.advance(days=7)
    town.tick()
    with db.read() as tx:
        held = [(power.shown, power.grant.source, power.grant.until) for power in groups.powers(tx, town.branch.scope)]
        state = acts.get(tx, town.election())
        papers = tx.scalar(sa.select(sa.func.count()).select_from(ballot_papers))
        files = tx.scalar(sa.select(sa.func.count()).select_from(ballot_files))
        written = types(tx)

    assert [(one["kind"], one["seats"], one["due"]) for one in opened] == [("general", 7, "2027-04-22T20:00Z")]
    assert [(one["roll"], one["opens"], one["closes"], one["floor"]) for one in called] == [
        (16, "2027-05-06T20:00Z", "2027-05-13T20:00Z", 0)
    ]
    assert [(one["outcome"], one["winners"], one["papers"]) for one in counted] == [("passed", sorted(holders), 14)]
    assert now() == "2027-05-20T20:00Z"
    assert state.outcome == "done"
    assert {name: (source, str(until)) for name, source, until in held} == {
        f"voter_{place}": ("election", "2028-05-19 20:00:00+00:00") for place in range(3)
    }
    assert (papers, files) == (0, 2)
    assert written.count("election.opened") == 1
    assert_replays(db, another_db)
    with another_db.read() as tx:
        assert queries.winners(tx, town.ballot().id) == tuple(sorted(holders))
