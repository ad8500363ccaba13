"""Who may do what, where: every role by every power by every scope, as one table; and every viewer by every right."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.constitution.actions import default_text
from hub.constitution.load import load
from hub.errors import Forbidden
from hub.permits import HUB, VISITOR, Actor, P, R, branch_scope, can, can_right, group_scope, require
from hub.permits.actor import Grant, Standing
from hub.permits.live import is_live
from hub.permits.predicates import reaches

NOW = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
YORK, HULL = branch_scope("brn_york", "york"), branch_scope("brn_hull", "hull")
SCOPES = {
    "hub": HUB,
    "own branch": YORK,
    "other branch": HULL,
    "own group": group_scope("grp_own", "brn_york", "york"),
    "sister group": group_scope("grp_sister", "brn_york", "york"),
    "far group": group_scope("grp_far", "brn_hull", "hull"),
}
# (role, where it is held) -> power -> the scopes where it may be used. Whatever is not written here is refused.
GRID = {
    ("admin", "own branch"): {
        "memberships.accept": ["own branch"], "appointments.make": ["own branch"], "links.declare": ["own branch"],
        "groups.confirm": ["own branch"], "clients.register": ["own branch"], "members.vouch": ["own branch"],
        "settings.change": ["own branch"], "content.hide": ["own branch"], "areas.agree": ["own branch"],
        "groups.close": ["own branch"],
        "ballots.call": ["own branch"],
        "powers.freeze": ["own branch"],
        "offices.lend": ["own branch"],
    },
    ("admin", "own group"): {
        "memberships.accept": ["own group"], "appointments.make": ["own group"], "links.declare": ["own group"],
        "groups.confirm": ["own group"], "clients.register": ["own group"], "members.vouch": ["own group"],
        "settings.change": ["own group"], "content.hide": ["own group"], "areas.agree": ["own group"],
        "groups.close": ["own group"],
        "ballots.call": ["own group"],
        "powers.freeze": ["own group"],
        "offices.lend": ["own group"],
    },
    ("moderator", "own branch"): {"memberships.accept": ["own branch"], "content.hide": ["own branch"]},
    ("moderator", "own group"): {"memberships.accept": ["own group"], "content.hide": ["own group"]},
    ("standin", "own group"): {
        "memberships.accept": ["own group"], "content.hide": ["own group"], "links.declare": ["own group"],
        "settings.change": ["own group"], "ballots.call": ["own group"],
    },
    ("council", "hub"): {
        "areas.declare": ["hub"], "branches.confirm": ["hub"], "emergencies.declare": ["hub"], "clients.stop": ["hub"],
        "stewards.name": ["hub"], "press.name": ["hub"],
    },
    ("press", "hub"): {"statements.publish": ["hub"]},
    ("steward", "hub"): {"hub.operate": ["hub"]},
    ("caretaker", "own group"): {"memberships.accept": ["own group"], "ballots.call": ["own group"]},
    ("helper", "own group"): {"memberships.accept": ["own group"]},
    ("scrutineer", "own group"): {"ballots.scrutinise": ["own group"]},
    ("panellist", "hub"): {"emergencies.confirm": ["hub"], "foundings.judge": ["hub"]},
    ("duty", "hub"): {"cases.screen": ["hub"]},
    ("juror", "hub"): {"cases.decide": ["hub"]},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock(clock_at):
    clock_at("2026-11-21T20:00Z")


def grant(role: str, where: str, **changed: object) -> Grant:
    """A live grant of a role, as the rules in force describe it."""
    found = load(default_text()).roles[role]
    given = {
        "id": "grt_1", "entry": 7, "holder": "hld_1", "role": role, "scope": SCOPES[where], "source": "founding",
        "act": None, "starts": NOW - DAY, "until": NOW + DAY, "permissions": frozenset(found.can), "reach": found.reach,
    }  # fmt: skip
    return Grant(**{**given, **changed})


def officer(*grants: Grant, **changed: object) -> Actor:
    """A verified member of York who holds grants and has just typed a code."""
    standing = Standing("york", dt.date(2020, 1, 1))
    return Actor(**{"person": "per_1", "standing": standing, "grants": grants, "proven_at": NOW, **changed})


@pytest.mark.parametrize(("role", "where"), GRID)
def test_role_gives_exactly_its_powers_exactly_where_it_is_held(role, where):
    actor = officer(grant(role, where))

    found = {
        power.value: [name for name, scope in SCOPES.items() if can(actor, power, scope)]
        for power in P
        if any(can(actor, power, scope) for scope in SCOPES.values())
    }

    assert found == GRID[role, where]


def test_grid_knows_every_role_and_every_power():
    assert {role for role, _ in GRID} == set(load(default_text()).roles)
    assert {power for powers in GRID.values() for power in powers} == {power.value for power in P}


@pytest.mark.parametrize(
    ("role", "power"), [("scrutineer", P.BALLOTS_SCRUTINISE), ("panellist", P.EMERGENCIES_CONFIRM)]
)
def test_role_drawn_for_one_act_has_power_in_no_other(role, power):
    here = SCOPES["own group"]
    mine = [
        grant(role, "own group", id=f"grt_{act}", act=act, entry=entry) for act, entry in (("act_1", 7), ("act_2", 8))
    ]
    actor = officer(*mine)

    assert [require(actor, power, here, act=act).entry for act in ("act_1", "act_2")] == [7, 8]
    assert [bool(can(actor, power, here, act=act)) for act in (None, "act_3")] == [False, False]


def test_role_of_another_reach_would_be_noticed():
    actor = officer(grant("admin", "own branch", reach="branch_and_below"))

    assert can(actor, P.MEMBERSHIPS_ACCEPT, SCOPES["sister group"])
    assert "sister group" not in GRID["admin", "own branch"]["memberships.accept"]


WANTS = {
    "not yet": {"starts": NOW + DAY, "until": NOW + 2 * DAY},
    "over this moment": {"until": NOW},
    "ended this moment": {"ended_at": NOW},
    "ended before": {"ended_at": NOW - DAY},
}


@pytest.mark.parametrize("case", WANTS)
def test_grant_that_is_not_live_gives_nothing(case):
    with pytest.raises(Forbidden) as refused:
        require(officer(grant("admin", "own group", **WANTS[case])), P.LINKS_DECLARE, SCOPES["own group"])

    assert refused.value.code == "permits.no_grant"


LACKS = {
    "permits.sign_in": {"person": None},
    "permits.no_standing": {"standing": None},
    "permits.code_too_old": {"proven_at": NOW - 12 * DAY / 24},
}


@pytest.mark.parametrize("code", LACKS)
def test_office_needs_somebody_verified_with_a_fresh_code(code):
    with pytest.raises(Forbidden) as refused:
        require(officer(grant("admin", "own group"), **LACKS[code]), P.LINKS_DECLARE, SCOPES["own group"])

    assert refused.value.code == code
    assert require(officer(grant("admin", "own group")), P.LINKS_DECLARE, SCOPES["own group"]).entry == 7


VIEWERS = {
    "visitor": (VISITOR, []),
    "signed in, not verified": (officer(standing=None), []),
    "standing over": (officer(standing=Standing("york", dt.date(2020, 1, 1), NOW)), []),
    "verified of york": (officer(), ["hub", "own branch", "own group", "sister group"]),
    "verified of no area": (officer(standing=Standing(None, dt.date(2020, 1, 1))), ["hub"]),
    "officer of hull": (
        officer(grant("admin", "other branch"), standing=Standing("hull", dt.date(2020, 1, 1))),
        ["hub", "other branch", "far group"],
    ),
}


@pytest.mark.parametrize("right", list(R))
@pytest.mark.parametrize("viewer", VIEWERS)
def test_right_comes_from_standing_alone(right, viewer):
    actor, where = VIEWERS[viewer]

    assert [name for name, scope in SCOPES.items() if can_right(actor, right, scope)] == where


moments = st.integers(-3, 3).map(lambda hours: NOW + dt.timedelta(hours=hours))


@given(moments, moments, st.none() | moments, st.integers(0, 9), st.none() | st.integers(0, 9), moments)
def test_live_is_one_predicate(starts, until, ended_at, entry, size, at):
    one = grant("admin", "own group", starts=starts, until=until, ended_at=ended_at, entry=entry)

    begun, over = starts.timestamp() <= at.timestamp(), until.timestamp() <= at.timestamp()
    ended = ended_at is not None and ended_at.timestamp() <= at.timestamp()
    counts = size is None or size > entry
    assert is_live(one, at, size) == (begun and not over and not ended and counts)


def test_nothing_inherits_downwards_unless_its_reach_says_so():
    reach = {
        name: [where for where, scope in SCOPES.items() if reaches(grant("admin", "own branch", reach=name), scope)]
        for name in ("here", "branch_and_below", "hub")
    }

    assert reach == {
        "here": ["own branch"],
        "branch_and_below": ["own branch", "own group", "sister group"],
        "hub": list(SCOPES),
    }
