"""The panel that confirmed a measure extends it once, while it lasts, to a fortnight in all; nobody else does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from hub.acts import queries as act_queries
from hub.acts.models import act_closures
from hub.emergencies import actions, queries, rules
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation
from hub.groups import electorate
from hub.hiding.models import concealments
from hub.outbox.models import letters
from hub.permits.models import grant_pauses
from tests.draws.conftest import Town, make_town
from tests.emergencies.conftest import DAY, WHY, confirm, declare, draw_panel, panel
from tests.people_for_tests import again, entry_count, found_group
from tests.replaying import assert_replays

LONGER = "More letters came yesterday."


def ask(york: Town, act: str, *, by: int = 0, reason: str = LONGER) -> str:
    """One of the panel asks for longer; the act."""
    with york.db.write() as tx:
        return actions.extend(tx, measure=act, reason=reason, actor=panel(york, tx, act)[by])


def second(york: Town, act: str, extension: str, *, by: int = 1) -> None:
    """Another of the panel signs that."""
    with york.db.write() as tx:
        actions.confirm(tx, act=extension, actor=panel(york, tx, act)[by])


def lasts(york: Town, act: str) -> dt.timedelta:
    """How long a measure lasts in all, as it stands."""
    with york.db.read() as tx:
        found = queries.find(tx, act)
        return found.until_at - found.begun_at


def refused(york: Town, call: Any) -> str:
    """The code with which something is refused, having written nothing."""
    with york.db.read() as tx:
        before = entry_count(tx)
    with pytest.raises((RuleViolation, Forbidden)) as told:
        call()
    with york.db.read() as tx:
        assert entry_count(tx) == before
    return told.value.code


@pytest.mark.parametrize(
    ("kind", "role", "table"),
    [("pause_role", "admin", grant_pauses), ("freeze_settings", None, act_closures)],
)
def test_panel_extends_its_measure_once_to_a_fortnight_in_all(york, another_db, kind, role, table):
    act = declare(york, kind=kind, role=role)
    confirm(york, act)
    assert lasts(york, act) == 7 * DAY
    extension = ask(york, act)
    assert lasts(york, act) == 7 * DAY
    second(york, act, extension)

    assert lasts(york, act) == 14 * DAY
    with york.db.read() as tx:
        until = queries.find(tx, act).until_at
        assert act_queries.get(tx, extension).outcome == "done"
        assert {row.until_at for row in queries.extensions(tx, act)} == {until}
        assert tx.scalar(sa.select(sa.func.max(table.c.until_at)).where(table.c.act == act)) == until
        told = set(tx.scalars(sa.select(letters.c.person).where(letters.c.template == "measure_extended")))
        assert told == set(tx.scalars(electorate.persons_in(york.branch.scope)))
    for by in range(3):
        assert refused(york, lambda by=by: ask(york, act, by=by)) == "emergencies.extended"
    york.turn(days=12)
    assert refused(york, lambda: ask(york, act)) == "emergencies.extended"
    assert lasts(york, act) == 14 * DAY
    assert_replays(york.db, another_db)


def test_what_is_hidden_stays_hidden_as_long(db, another_db, clock_at):
    york = make_town(db, clock_at, members=24)
    with york.db.write() as tx:
        group, _two = found_group(tx, york.branch, [again(tx, one) for one in york.founders[:2]], york.founders[2:])
    york.turn(days=91)
    with york.db.write() as tx:
        council = [again(tx, one) for one in york.council]
        act = actions.declare(
            tx, kind="hide_content", scope=group.scope, reason=WHY, actor=council[0], target=("group", group.id)
        )
        actions.confirm(tx, act=act, actor=council[1])
    confirm(york, act)

    second(york, act, ask(york, act))

    with york.db.read() as tx:
        found = queries.find(tx, act)
        hidden = [(row.from_at, row.until_at) for row in tx.execute(sa.select(concealments))]
    assert hidden == [(found.begun_at, found.begun_at + 14 * DAY)]
    assert_replays(york.db, another_db)


def test_one_signature_extends_nothing_and_lapses(york):
    act = declare(york)
    confirm(york, act)
    extension = ask(york, act)
    assert refused(york, lambda: second(york, act, extension, by=0)) == "acts.signed_before"
    assert refused(york, lambda: ask(york, act, by=1)) == "emergencies.extended"

    york.turn(days=3)

    with york.db.read() as tx:
        assert act_queries.get(tx, extension).outcome == "lapsed"
    assert lasts(york, act) == 7 * DAY


def test_nobody_but_its_panel_extends_a_measure(york):
    act = declare(york)
    draw_panel(york, act)
    assert refused(york, lambda: ask(york, act)) == "emergencies.not_confirmed"
    with york.db.write() as tx:
        for one in panel(york, tx, act)[:2]:
            actions.confirm(tx, act=act, actor=one)

    def by(one: Any) -> None:
        with york.db.write() as tx:
            actions.extend(tx, measure=act, reason=LONGER, actor=again(tx, one))

    for one in (york.council[0], york.council[1], york.founders[0]):
        refused(york, lambda one=one: by(one))
    with pytest.raises(Invalid):
        ask(york, act, reason=" ")
    with pytest.raises(NotFound), york.db.write() as tx:
        actions.extend(tx, measure="act_" + "0" * 26, reason=LONGER, actor=panel(york, tx, act)[0])
    extension = ask(york, act)

    def sign(one: Any) -> None:
        with york.db.write() as tx:
            actions.confirm(tx, act=extension, actor=again(tx, one))

    for one in (york.council[0], york.founders[0]):
        refused(york, lambda one=one: sign(one))


def test_what_is_over_is_not_extended_nor_signed(york):
    act = declare(york)
    confirm(york, act)
    york.turn(days=4)
    extension = ask(york, act)
    york.clock_at.advance(days=2)

    assert refused(york, lambda: second(york, act, extension)) == "emergencies.over"
    assert refused(york, lambda: ask(york, act, by=2)) == "emergencies.extended"
    york.turn(days=2)
    assert refused(york, lambda: ask(york, act, by=2)) == "emergencies.over"
    assert lasts(york, act) == 7 * DAY


START = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, ""),
        ({"kind": "open_election"}, "emergencies.nothing_longer"),
        ({"is_confirmed": False}, "emergencies.not_confirmed"),
        ({"is_asked": True}, "emergencies.extended"),
        ({"now": START + DAY}, "emergencies.over"),
    ],
)
def test_extension_has_its_conditions(changed, code):
    asked = {"kind": "pause_role", "is_confirmed": True, "is_asked": False, "until": START + DAY, "now": START}

    assert rules.may_extend(**{**asked, **changed}).code == code


@pytest.mark.parametrize(("more", "most", "days"), [(7, 14, 14), (3, 14, 10), (7, 10, 10), (7, 7, 7)])
def test_measure_never_lasts_longer_than_it_may_in_all(more, most, days):
    assert rules.ends_at(START, START + 7 * DAY, more, most) == START + days * DAY
