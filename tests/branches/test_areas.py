"""Areas: declared by the founding, then only with a council member; the same by any replay."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.branches import actions as branches
from hub.branches import queries
from hub.branches.models import area_proposals
from hub.errors import Forbidden, Refusal
from tests import copies
from tests.people_for_tests import AREAS, entry_count, found_hub, member, seat_council, types
from tests.replaying import assert_replays

HULL = [{"slug": "hull", "names": ["Hull"], "districts": ["HU1", "hu 61"]}]


@pytest.fixture
def hub(db, clock_at):
    return copies.of(db, _found_hub, at=clock_at)


def _found_hub(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
    return db


def slugs(tx):
    return {area.slug: tuple(area.districts) for area in queries.all_areas(tx)}


def test_founding_declares_areas_until_a_council_member_is_seated(hub, another_db):
    with hub.write() as tx:
        declared = branches.declare_at_founding(tx, HULL, operator="op")
        again = branches.declare_at_founding(tx, HULL, operator="op")
        found = slugs(tx)

    with hub.read() as tx:
        assert (declared, again, types(tx).count("area.declared")) == (True, True, len(AREAS) + 1)
    assert found["hull"] == ("HU1", "HU61")
    assert_replays(hub, another_db)


def test_operator_only_proposes_once_the_council_sits(hub, another_db):
    with hub.write() as tx:
        (councillor,) = seat_council(tx, "c_one")
        before = entry_count(tx)
        declared = branches.declare_at_founding(tx, HULL, operator="op")
        waiting = queries.proposals_of_areas(tx)
        proposed = (declared, "hull" in slugs(tx), len(waiting), entry_count(tx))
        branches.confirm_areas(tx, proposal=waiting[0].id, actor=councillor)
        after = (slugs(tx)["hull"], len(queries.proposals_of_areas(tx)), entry_count(tx))

    assert proposed == (False, False, 1, before)
    assert after == (("HU1", "HU61"), 0, before + 1)
    assert_replays(hub, another_db)


def test_area_is_confirmed_by_nobody_else_and_only_once(hub):
    with hub.write() as tx:
        (councillor,) = seat_council(tx, "c_one")
        stranger = member(tx, "stranger")
        branches.declare_at_founding(tx, HULL, operator="op")
        (waiting,) = queries.proposals_of_areas(tx)
        before = entry_count(tx)
        with pytest.raises(Forbidden):
            branches.confirm_areas(tx, proposal=waiting.id, actor=stranger)
        assert (entry_count(tx), "hull" in slugs(tx)) == (before, False)
        branches.confirm_areas(tx, proposal=waiting.id, actor=councillor)
        with pytest.raises(Refusal):
            branches.confirm_areas(tx, proposal=waiting.id, actor=councillor)


def test_proposal_of_what_is_already_so_is_none(hub):
    with hub.write() as tx:
        seat_council(tx, "c_one")
        branches.declare_at_founding(tx, AREAS, operator="op")

        assert tx.scalar(sa.select(sa.func.count()).select_from(area_proposals)) == 0


@pytest.mark.parametrize(
    "area",
    [
        {"slug": "Hull", "names": ["Hull"], "districts": ["HU1"]},
        {"slug": "hull", "names": [], "districts": ["HU1"]},
        {"slug": "hull", "names": ["Hull"], "districts": ["YO1"]},
        {"slug": "hull", "names": ["Hull"], "districts": ["HU1", "not a district"]},
        {"slug": "hull", "names": ["x" * 500], "districts": ["HU1"]},
    ],
)
def test_area_that_cannot_be_is_refused_and_nothing_is_written(hub, area):
    with hub.read() as tx:
        before = entry_count(tx), slugs(tx)

    with pytest.raises((Refusal, ValueError)), hub.write() as tx:
        branches.declare_at_founding(tx, [area], operator="op")

    with hub.read() as tx:
        assert (entry_count(tx), slugs(tx)) == before
