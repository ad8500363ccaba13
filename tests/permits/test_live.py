"""The predicate of live grants is the same in the database as in the house, for every moment that can be drawn."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from hub.permits import queries
from hub.permits.actor import Grant
from hub.permits.live import clause, is_live, stands
from hub.permits.models import grant_pauses, grants
from tests.people_for_tests import found_branch, found_hub, seat_council


def lend(tx, lender, holder):
    """Gives a holder what a stand-in of a grant has from the second day on; the moment at which the lender's ends."""
    day = dt.timedelta(days=1)
    entry = sa.select(sa.func.max(grants.c.entry) + 1).scalar_subquery()
    row = {
        "id": "grt_lent", "holder": holder, "role": "standin", "scope_kind": lender.scope.kind, "source": "delegation",
        "scope_id": lender.scope.id, "branch_id": lender.scope.branch, "act": "act_lent", "lender": lender.id,
        "from_at": lender.starts + 2 * day, "until_at": lender.starts + 32 * day,
    }  # fmt: skip
    tx.execute(sa.insert(grants).values(entry=entry, **row))
    end = {"ended_at": lender.starts + 20 * day, "ended_why": "resigned", "ended_entry": 10_001}
    tx.execute(sa.update(grants).where(grants.c.id == lender.id).values(**end))
    return end["ended_at"]


def test_database_and_house_agree_at_every_edge(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        branch, _ = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        first = queries.all_grants(tx, branch.scope)[0]
        pause = (first.starts + dt.timedelta(days=9), first.starts + dt.timedelta(days=16))
        row = {"entry": 10_000, "grant": first.id, "act": "act_1", "from_at": pause[0], "until_at": pause[1]}
        tx.execute(sa.insert(grant_pauses), row)
        ended = lend(tx, first, queries.all_grants(tx, branch.scope)[1].holder)
        rows = queries.all_grants(tx, branch.scope)
        edges = sorted({*pause, ended, *(moment for grant in rows for moment in (grant.starts, grant.until))})
        sizes = sorted({size for grant in rows for size in (0, grant.entry, grant.entry + 1)})

        compared = 0
        for edge in edges:
            for at in (edge - dt.timedelta(seconds=1), edge, edge + dt.timedelta(seconds=1)):
                for size in sizes:
                    wanted = {grant.id for grant in rows if is_live(grant, at, size)}
                    here = grants.c.id.in_([grant.id for grant in rows])
                    assert set(tx.scalars(sa.select(grants.c.id).where(here, clause(at, size)))) == wanted
                    compared += len(wanted)

    lent = rows[-1]
    assert (len(rows), lent.role, lent.ended_at, lent.ended_why) == (6, "standin", ended, "fallen")
    assert [is_live(lent, at) for at in (*pause, ended)] == [False, True, False]
    assert [stands(lent, at) for at in (*pause, ended)] == [True, True, False]
    assert [(is_live(rows[0], at), stands(rows[0], at)) for at in pause] == [(False, True), (True, True)]
    assert all(isinstance(grant, Grant) for grant in rows)
    assert compared > 20
