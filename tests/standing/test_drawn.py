"""Whoever is drawn for one act leads nobody: they raise no limit for organisers, and lapse as it is said."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from hub import canonical, ledger
from hub.groups import membership
from hub.permits import queries as permits
from hub.permits.actor import MANDATES
from hub.permits.entries import GrantEnded
from hub.permits.models import grants
from hub.permits.scope import HUB
from hub.standing import actions as standing
from hub.standing import fold
from tests import verifier
from tests.ballots.conftest import make_town as make_town
from tests.ballots.conftest import town as town
from tests.draws.test_elections import drawn_election
from tests.replaying import assert_replays, lines_of, passed_over


@pytest.fixture
def two(town):
    """A branch of two organisers and three scrutineers of an election; whoever else held an office has laid it down."""
    lay_down(town, HUB)  # else one of the council may be drawn, and is held for its sake
    drawn_election(town, *town.voters[:2])
    lay_down(town, town.branch.scope, *(founder.holder for founder in town.founders[:2]))
    assert roles(town) == ["admin"] * 2 + ["scrutineer"] * 3
    return town


def lay_down(town, scope, *but):
    """Everybody lays their office in a scope down, but some, and scrutineers."""
    with town.db.write() as tx:
        for grant in permits.live_grants(tx, scope=scope):
            if grant.holder not in but and grant.role != "scrutineer":
                ledger.append(tx, GrantEnded(grant.id, "resigned"), by=grant.entry)


def live(town):
    """The live grants of the branch."""
    with town.db.read() as tx:
        return permits.live_grants(tx, scope=town.branch.scope)


def roles(town):
    """Which offices of the branch are held."""
    return sorted(grant.role for grant in live(town))


def leave(town, persons):
    """The roster says that these left."""
    with town.db.write() as tx:
        for person in persons:
            standing.follow(tx, person, {"change": "ended", "why": "left", "area": None})
    standing.carry_out(town.db, also_end=membership.end_memberships)


def holds(town):
    """Each hold of mandates: (changes, within, of)."""
    with town.db.read() as tx:
        found = [ledger.get(tx, index) for index in range(ledger.size(tx))]
    keys = ("changes", "within", "of")
    return [
        tuple(one.data[key] for key in keys)
        for one in found
        if (one.type, one.data.get("kind")) == ("standing.held", "mandates")
    ]


def test_three_scrutineers_let_no_two_organisers_lapse_at_once(two, another_db):
    leave(two, [founder.person for founder in two.founders[:2]])

    assert (roles(two), holds(two)) == (["admin"] * 2 + ["scrutineer"] * 3, [(2, 2, 2)])
    assert_replays(two.db, another_db)


def test_scrutineers_lapse_as_it_is_said(two, another_db):
    with two.db.read() as tx:
        drawn = [permits.person_of_holder(tx, one.holder) for one in live(two) if one.role == "scrutineer"]

    leave(two, drawn)

    assert (roles(two), holds(two)) == (["admin"] * 2, [])
    assert_replays(two.db, another_db)


def with_two_lapses(town):
    """The record, and behind it that both organisers lapse: which no honest hub would say."""
    lines = list(lines_of(town.db))
    last = json.loads(lines[-1][0])
    for grant in [one for one in live(town) if one.role == "admin"]:
        body = dict.fromkeys(("act", "step", "due", "ends", "held")) | {"grant": grant.id, "why": "lapsed"}
        entry = {"at": last["at"], "by": None, "data": body, "type": "grant.ended", "v": 1}
        lines.append((canonical.dumps(entry), []))
    return lines


def test_both_programs_pass_over_the_second_lapse(two, another_db):
    lines = with_two_lapses(two)

    last = len(lines) - 1
    assert passed_over(lines, another_db) == ([last], [last])


def test_planted_folds_that_count_scrutineers_are_found(two, another_db, monkeypatch):
    lines = with_two_lapses(two)
    monkeypatch.setattr(fold, "LIMITED", sa.and_(grants.c.source.in_(MANDATES)))
    monkeypatch.setattr(verifier.verifier, "FOR_ONE_ACT", ())

    assert passed_over(lines, another_db) == ([], [])
