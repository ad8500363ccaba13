"""A branch old enough for a measure, two of the council who declare one, and the panel that is drawn for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from hub.branches import queries as branches
from hub.emergencies import actions
from hub.permits import Actor
from tests.draws.conftest import Town, make_town
from tests.people_for_tests import again

DAY = dt.timedelta(days=1)
WHY = "Letters in the branch's name ask members for money."


@pytest.fixture
def york(db: Any, clock_at: Any) -> Town:
    town = make_town(db, clock_at, members=24)
    town.turn(days=91)
    return town


def declare(york: Town, *, signers: int = 2, kind: str = "pause_role", role: str | None = "admin") -> str:
    """A measure in the branch, declared by the first of the council and signed by the second."""
    with york.db.write() as tx:
        council = [again(tx, one) for one in york.council]
        branch = branches.get(tx, york.branch.id)
        act = actions.declare(tx, kind=kind, scope=branch.scope, reason=WHY, actor=council[0], role=role)
        if signers > 1:
            actions.confirm(tx, act=act, actor=council[1])
    return act


def draw_panel(york: Town, act: str) -> None:
    """The panel is drawn, and takes its seats."""
    york.turn(hours=26)
    york.read_source(act, york.members[0])
    with york.db.read() as tx:
        rows = york.drawn(tx, act)
    for row in rows:
        york.accept(act, row)


def panel(york: Town, tx: Connection, act: str) -> list[Actor]:
    """Those who were drawn, signed in anew."""
    return [york.actor_of(tx, row.ticket) for row in york.drawn(tx, act)]


def confirm(york: Town, act: str) -> None:
    """The panel is drawn, and two of it sign."""
    draw_panel(york, act)
    with york.db.write() as tx:
        for one in panel(york, tx, act)[:2]:
            actions.confirm(tx, act=act, actor=one)
