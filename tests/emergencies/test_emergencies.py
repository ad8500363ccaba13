"""Two of the council pause something; it ends by itself, undone unless a panel by lot confirms. It gives nothing."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from hub.acts import queries as act_queries
from hub.branches import own_rules
from hub.draws import actions as draws
from hub.draws import queries as draw_queries
from hub.emergencies import actions, queries, rules
from hub.errors import Forbidden, Invalid, RuleViolation
from hub.groups import links, settings
from hub.groups import queries as groups
from hub.permits import P, can
from hub.permits import queries as permits
from tests.draws.conftest import Town, make_town
from tests.emergencies.conftest import DAY, WHY, declare, draw_panel, panel
from tests.people_for_tests import again, entry_count, found_group
from tests.replaying import assert_replays


def is_paused(york: Town) -> bool:
    """Whether none of the five organisers can use their office."""
    with york.db.draft() as tx:
        organisers = [again(tx, one) for one in york.founders]
        allowed = [bool(can(one, P.GROUPS_CONFIRM, york.branch.scope)) for one in organisers]
    assert len(set(allowed)) == 1
    return not allowed[0]


def test_measure_begins_at_the_second_signature_and_takes_nobodys_seat(york):
    act = declare(york, signers=1)
    assert not is_paused(york)
    with york.db.write() as tx:
        before = [grant.id for grant in permits.all_grants(tx, york.branch.scope)]
        actions.confirm(tx, act=act, actor=again(tx, york.council[1]))

    assert is_paused(york)
    with york.db.read() as tx:
        grants = permits.all_grants(tx, york.branch.scope)
        assert [grant.id for grant in grants] == before
        assert all(grant.ended_at is None for grant in grants)


def test_measure_that_no_panel_confirms_is_undone(york, another_db):
    act = declare(york)
    york.turn(days=2)

    assert not is_paused(york)
    with york.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "undone"
    assert_replays(york.db, another_db)


def test_confirmed_measure_ends_after_seven_days_with_nobody_acting(york, another_db, clock_at):
    act = declare(york)
    draw_panel(york, act)
    with york.db.write() as tx:
        first, second, _ = panel(york, tx, act)
        actions.confirm(tx, act=act, actor=first)
        actions.confirm(tx, act=act, actor=second)
        assert act_queries.get(tx, act).outcome == "done"
    assert is_paused(york)

    # The worker is down: nothing but the dates ends it.
    clock_at.advance(days=6)

    assert not is_paused(york)
    assert_replays(york.db, another_db)


def test_panel_that_refuses_undoes_it_at_once(york):
    act = declare(york)
    draw_panel(york, act)
    with york.db.write() as tx:
        first, second, _ = panel(york, tx, act)
        actions.object_to(tx, act=act, reason="No letters were shown to us.", actor=first)
        actions.object_to(tx, act=act, reason="Nor to me.", actor=second)

    assert not is_paused(york)


def test_council_confirms_nothing_in_the_panels_place(york):
    act = declare(york)
    draw_panel(york, act)
    with york.db.read() as tx:
        before = entry_count(tx)

    for one in york.council:
        with pytest.raises(Forbidden), york.db.write() as tx:
            actions.confirm(tx, act=act, actor=again(tx, one))

    with york.db.read() as tx:
        assert entry_count(tx) == before


def test_one_signature_lapses_after_a_day(york):
    act = declare(york, signers=1)
    york.turn(days=1)

    with york.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "lapsed"
        assert queries.find(tx, act).begun_at is None


def test_no_measure_follows_another_in_the_same_place(york):
    declare(york)
    york.turn(days=10)
    with york.db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(RuleViolation) as refused:
        declare(york)

    assert refused.value.code == "emergencies.again"
    with york.db.read() as tx:
        assert entry_count(tx) == before


def test_closed_settings_are_closed_only_there_and_only_so_long(york, clock_at):
    declare(york, kind="freeze_settings", role=None)

    def choose() -> None:
        with york.db.write() as tx:
            actor = again(tx, york.founders[0])
            own_rules.propose(tx, branch=york.branch, rule="numbers.request_days", value=9, actor=actor)

    with pytest.raises(RuleViolation) as refused:
        choose()
    assert refused.value.code == "acts.closed"
    york.turn(days=2)
    choose()


def test_paused_posting_stops_new_links_and_nothing_else(db, another_db, clock_at):
    york = make_town(db, clock_at, members=24)
    with york.db.write() as tx:
        group, founders = found_group(tx, york.branch, [again(tx, one) for one in york.founders[:2]], york.founders[2:])
    york.turn(days=91)

    def announce(audience: str) -> None:
        with york.db.write() as tx:
            links.add_link(
                tx, group=group, kind="wiki", url="https://wiki.example.org/", title="W", audience=audience,
                actor=again(tx, founders[0]),
            )  # fmt: skip

    announce("public")
    with york.db.write() as tx:
        council = [again(tx, one) for one in york.council]
        act = actions.declare(tx, kind="pause_posting", scope=group.scope, reason=WHY, actor=council[0])
        actions.confirm(tx, act=act, actor=council[1])
    with york.db.read() as tx:
        before = entry_count(tx)

    for audience in ("public", "members"):
        with pytest.raises(RuleViolation) as refused:
            announce(audience)
        assert refused.value.code == "acts.closed"

    with york.db.write() as tx:
        assert entry_count(tx) == before
        one = again(tx, founders[0])
        settings.propose(tx, group=group, joining="accept", seats=None, seats_most=500, actor=one)
        links.withdraw_link(tx, group=group, link=groups.links_for(tx, group, viewer=one)[0].id, actor=one)
    york.turn(days=2)
    announce("public")
    assert_replays(york.db, another_db)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"reason": " "}, Invalid),
        ({"kind": "close_ballot"}, RuleViolation),
        ({"kind": "end_grants"}, RuleViolation),
        ({"role": None}, RuleViolation),
        ({"role": "emperor"}, RuleViolation),
        ({"kind": "hide_content", "role": None, "target": ("link", "lnk_" + "0" * 26)}, RuleViolation),
    ],
)
def test_measure_of_no_known_kind_is_refused(york, changed, error):
    with york.db.read() as tx:
        before = entry_count(tx)
    asked = {"kind": "pause_role", "role": "admin", "reason": WHY, **changed}

    with pytest.raises(error), york.db.write() as tx:
        actions.declare(tx, scope=york.branch.scope, actor=again(tx, york.council[0]), **asked)

    with york.db.read() as tx:
        assert entry_count(tx) == before


def test_organisers_and_members_declare_nothing(york):
    for one in (york.founders[0], york.members[0]):
        with pytest.raises(Forbidden), york.db.write() as tx:
            actions.declare(
                tx, kind="pause_role", scope=york.branch.scope, reason=WHY, actor=again(tx, one), role="admin"
            )


START = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "age", "earlier", "own", "code"),
    [
        ("branch", 90, (), (), ""),
        ("branch", 89, (), (), "emergencies.too_new"),
        ("hub", 900, (), (), "emergencies.no_scope"),
        ("group", 300, (89,), (), "emergencies.again"),
        ("group", 300, (90,), (), ""),
        ("group", 300, (), (89,), "emergencies.own_again"),
        ("group", 300, (), (90,), ""),
    ],
)
def test_measure_has_its_times(kind, age, earlier, own, code):
    before, mine = ([START - days * DAY for days in found] for found in (earlier, own))

    assert rules.may_declare(kind, START - age * DAY, before, mine, 90, 90, START).code == code


def test_who_declared_and_who_organises_there_does_not_sit_and_steers_nothing(york):
    with york.db.write() as tx:
        for one in (*york.council, *york.founders):
            draws.wish(tx, at_home=True, volunteers=True, actor=again(tx, one))
    act = declare(york)
    york.clock_at.advance(hours=60 - 13)
    with york.db.read() as tx:
        inside = set(tx.scalars(sa.text("SELECT person FROM draw_tickets WHERE act = :a"), {"a": act}))
    assert inside == {one.person for one in york.members}

    # What one of them types is what the beacon signed, or nothing.
    with pytest.raises(Invalid), york.db.write() as tx:
        draws.reveal(tx, act=act, text="ab" * 48, actor=again(tx, york.founders[0]))
    york.read_source(act, york.founders[0])
    with york.db.read() as tx:
        assert {draw_queries.person_of(tx, row.ticket) for row in york.drawn(tx, act)} <= inside
