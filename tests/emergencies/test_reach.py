"""What a measure reaches and what not: no office drawn for one act, what runs waits, one member alone alarms nobody."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from hub.acts import actions as acts
from hub.acts import fold as acts_fold
from hub.acts import queries as act_queries
from hub.acts import rules as act_rules
from hub.acts.models import act_facts
from hub.constitution import queries as constitution
from hub.emergencies import actions, fold, rules
from hub.errors import RuleViolation
from hub.groups import electorate, settings
from hub.groups import queries as groups
from hub.outbox.models import letters
from hub.permits import Scope
from tests.draws.conftest import Town, make_town
from tests.emergencies.conftest import confirm, panel
from tests.people_for_tests import again, entry_count, found_group
from tests.replaying import assert_replays

DAY = dt.timedelta(days=1)
WHY = "Letters in the group's name ask for money."

RESTED = {"admin", "moderator", "standin", "helper"}  # who acts in a group; nobody who watches


@pytest.fixture
def york(db, clock_at) -> Town:
    """A branch with a group of two, old enough for a measure."""
    town = make_town(db, clock_at, members=24)
    with db.write() as tx:
        two = [again(tx, one) for one in town.founders[:2]]
        town.group, town.two = found_group(tx, town.branch, two, town.founders[2:])
    town.turn(days=91)
    return town


def declare(york: Town, kind: str, scope: Scope, *, role: str | None = None, by: tuple[int, ...] = (0, 1)) -> str:
    """A measure, declared by the first of these of the council and signed by the others."""
    with york.db.write() as tx:
        council = [again(tx, one) for one in york.council]
        act = actions.declare(tx, kind=kind, scope=scope, reason=WHY, actor=council[by[0]], role=role)
        for place in by[1:]:
            actions.confirm(tx, act=act, actor=council[place])
    return act


def propose(york: Town) -> str:
    """One organiser of the group proposes other settings."""
    with york.db.write() as tx:
        group, actor = groups.get(tx, york.group.id), again(tx, york.two[0])
        return settings.propose(tx, group=group, joining="accept", seats=None, seats_most=500, actor=actor)


def sign(york: Town, act: str) -> None:
    """The other signs."""
    with york.db.write() as tx:
        settings.confirm(tx, act=act, actor=again(tx, york.two[1]))


def due(york: Town, act: str) -> dt.datetime:
    """When the present step of an act ends."""
    with york.db.read() as tx:
        return act_queries.get(tx, act).due


def joining(york: Town) -> str:
    """Who may join the group."""
    with york.db.read() as tx:
        return groups.get(tx, york.group.id).joining


def test_measure_rests_offices_of_a_place_and_no_others(york):
    with york.db.read() as tx:
        roles = constitution.in_force(tx)[0].roles
    assert {one.key for one in roles.values() if rules.may_rest(one.scopes, one.key, one.by)} == RESTED
    with york.db.read() as tx:
        before = entry_count(tx)

    for role in sorted(set(roles) - RESTED):
        with pytest.raises(RuleViolation) as refused:
            declare(york, "pause_role", york.branch.scope, role=role)
        assert refused.value.code == "emergencies.not_this_role"

    with york.db.read() as tx:
        assert entry_count(tx) == before


def test_planted_rest_of_whoever_watches_is_found(york, monkeypatch):
    """Without the rule a measure rests scrutineers: the test above would see it."""
    monkeypatch.setattr(rules, "may_rest", lambda *_: True)

    declare(york, "pause_role", york.branch.scope, role="scrutineer")


def test_signature_waits_while_settings_are_closed_and_loses_no_time(york, another_db):
    act = propose(york)
    before = due(york, act)
    declare(york, "freeze_settings", york.group.scope)
    assert due(york, act) == before + 7 * DAY
    with york.db.read() as tx:
        written = entry_count(tx)

    with pytest.raises(RuleViolation) as refused:
        sign(york, act)
    assert refused.value.code == "acts.closed"
    with york.db.read() as tx:
        assert entry_count(tx) == written

    york.turn(days=2)  # undone: no panel was drawn
    assert due(york, act) == before + 2 * DAY
    sign(york, act)
    york.turn(days=30)
    assert joining(york) == "accept"
    assert_replays(york.db, another_db)


def test_what_waits_loses_no_time_by_an_extension_either(york, another_db):
    act = propose(york)
    before = due(york, act)
    measure = declare(york, "freeze_settings", york.group.scope)
    confirm(york, measure)
    with york.db.write() as tx:
        first, second, _third = panel(york, tx, measure)
        longer = actions.extend(tx, measure=measure, reason=WHY, actor=first)
        actions.confirm(tx, act=longer, actor=second)

    assert due(york, act) == before + 14 * DAY
    york.turn(days=12, hours=21)
    with pytest.raises(RuleViolation) as refused:
        sign(york, act)
    assert refused.value.code == "acts.closed"
    york.turn(hours=1)
    sign(york, act)
    york.turn(days=30)
    assert joining(york) == "accept"
    assert_replays(york.db, another_db)


def test_notice_does_not_end_while_settings_are_closed(york, another_db):
    act = propose(york)
    sign(york, act)
    before = due(york, act)
    declare(york, "freeze_settings", york.group.scope)

    york.clock_at.advance(days=1, hours=23)
    with york.db.write() as tx:
        acts.tick_all(tx)
    assert joining(york) == "branch"
    york.turn(hours=1)  # undone
    assert due(york, act) == before + 2 * DAY
    york.turn(days=30)
    assert joining(york) == "accept"
    assert_replays(york.db, another_db)


def test_settings_closed_elsewhere_stop_no_clock(york):
    act = propose(york)
    before = due(york, act)

    declare(york, "freeze_settings", york.branch.scope)

    assert due(york, act) == before
    sign(york, act)


def test_members_may_still_hold_what_waits(york):
    act = propose(york)
    sign(york, act)
    declare(york, "freeze_settings", york.group.scope)
    with york.db.read() as tx:
        state = act_queries.get(tx, act)
    assert [fact.fact for fact in state.facts_now()] == ["delayed"]

    assert act_rules.may_hold(state, state.due - DAY)


def test_planted_clock_that_runs_on_is_found(york, monkeypatch):
    """If what runs were not stopped, the change would come into force behind the measure."""
    monkeypatch.setattr(acts_fold, "_stop_clocks", lambda *_: None)
    act = propose(york)
    sign(york, act)
    york.clock_at.advance(seconds=(due(york, act) - york.clock_at.moment - dt.timedelta(hours=2)).total_seconds())

    declare(york, "freeze_settings", york.group.scope)
    york.turn(hours=3)

    assert joining(york) == "accept"


def test_one_signature_tells_the_council_and_nobody_there(york):
    def told(template: str) -> set[str]:
        with york.db.read() as tx:
            mine = sa.select(letters.c.person).where(letters.c.template == template)
            return set(tx.scalars(mine))

    act = declare(york, "pause_role", york.branch.scope, role="admin", by=(0,))
    assert told("measure_declared") == {one.person for one in york.council[1:]}
    assert told("measure_begun") == set()

    with york.db.write() as tx:
        actions.confirm(tx, act=act, actor=again(tx, york.council[1]))
    with york.db.read() as tx:
        there = set(tx.scalars(electorate.persons_in(york.branch.scope)))
    assert told("measure_begun") == there > {one.person for one in york.founders}


def test_one_member_declares_no_second_measure_where_the_first_lapsed(york):
    declare(york, "freeze_settings", york.branch.scope, by=(0,))
    york.turn(days=1)
    with york.db.read() as tx:
        before = entry_count(tx)
    for days in (0, 80):
        york.clock_at.advance(days=days)
        with pytest.raises(RuleViolation) as refused:
            declare(york, "freeze_settings", york.branch.scope, by=(0,))
        assert refused.value.code == "emergencies.own_again"
    with york.db.read() as tx:
        assert entry_count(tx) == before

    declare(york, "freeze_settings", york.group.scope, by=(0,))


def test_another_member_declares_where_the_first_found_nobody(york):
    declare(york, "freeze_settings", york.branch.scope, by=(0,))
    york.turn(days=1)

    act = declare(york, "freeze_settings", york.branch.scope, by=(1, 0))

    with york.db.read() as tx:
        assert fold.queries.find(tx, act).begun_at is not None


def test_delay_is_one_fact_for_each_act_that_waits(york):
    act = propose(york)
    declare(york, "freeze_settings", york.group.scope)

    with york.db.read() as tx:
        rows = tx.execute(sa.select(act_facts.c.act, act_facts.c.fact).where(act_facts.c.fact == "delayed")).all()
    assert [tuple(row) for row in rows] == [(act, "delayed")]
