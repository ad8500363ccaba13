"""A whole draw: pool frozen, sources read by two, seats offered and taken in the published order; anybody checks it."""

from __future__ import annotations

import datetime as dt

import pytest

from hub.acts import queries as act_queries
from hub.draws import actions, files, queries
from hub.errors import RuleViolation
from hub.lot.check import check
from hub.lot.files import parse_draw
from hub.permits import HUB
from hub.permits import queries as permits
from tests.draws.conftest import SAID, Town
from tests.people_for_tests import again, types
from tests.replaying import assert_replays

DAY = dt.timedelta(days=1)


def council(town: Town) -> str:
    """The act of a council's draw, its pool frozen."""
    town.turn(minutes=1)
    with town.db.read() as tx:
        return town.draw_of(tx, "draw_council")


def test_council_is_drawn_from_freeze_to_office(town, another_db):
    act = council(town)
    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
        assert (draw.tickets, draw.size, draw.is_made) == (30, 20, False)
        assert draw.counts == {"branch=york-branch": 20, "branch=none-or-small": 10}
        assert draw.known_at >= draw.frozen_at + DAY
    town.turn(hours=26)

    town.read_sources(act, town.council)

    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
        assert draw.file is not None
        raw = files.kept(tx, draw.file)
        assert raw is not None
        assert all(finding.agrees for finding in check(parse_draw(raw), announced=draw.pool))
        assert act_queries.get(tx, act).outcome == "done"
        rows = town.drawn(tx, act)
        assert [row.state for row in rows] == ["offered"] * 20
    for row in rows[:3]:
        town.accept(act, row)
    with town.db.read() as tx:
        seated = [g for g in permits.live_grants(tx, scope=HUB) if g.source == "lot"]
        assert [(g.role, g.act, g.until - g.starts) for g in seated] == [("council", act, 360 * DAY)] * 3
        assert "draw.made" in types(tx)
    assert_replays(town.db, another_db)


def test_sources_read_too_early_are_refused(town):
    act = council(town)
    with town.db.read() as tx:
        before = types(tx)

    with pytest.raises(RuleViolation) as refused, town.db.write() as tx:
        actions.reveal(tx, act=act, texts=SAID, actor=again(tx, town.council[0]))

    assert refused.value.code == "draws.not_known"
    with town.db.read() as tx:
        assert types(tx) == before
