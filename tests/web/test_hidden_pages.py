"""Pages say why something is not shown, and until when: by officers, or by a measure; and show it by its date."""

from __future__ import annotations

import pytest

from hub.emergencies import actions as emergencies
from hub.groups import queries as groups
from hub.groups.founding import Plan
from tests.draws.conftest import Town, make_town
from tests.people_for_tests import again, found_group, ready
from tests.web.conftest import House

PLAN = Plan("York Tenants", "Renters of York helping one another.", "branch")


@pytest.fixture(autouse=True)
def _clock(clock_at) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


@pytest.fixture
def town(bare_house: House, clock_at) -> Town:
    """A branch with a group whose purpose two of the council hid."""
    found = make_town(bare_house.db, clock_at, members=24, is_founded=True)
    with bare_house.db.write() as tx:
        two = [ready(tx, "fay"), ready(tx, "flo")]
        found.group, _ = found_group(tx, found.branch, two, found.founders, PLAN)
    found.turn(days=91)
    with bare_house.db.write() as tx:
        first, second = (again(tx, one) for one in found.council[:2])
        scope, target = groups.get(tx, found.group.id).scope, ("group", found.group.id)
        reason = "It tells where somebody lives."
        found.act = emergencies.declare(tx, kind="hide_content", scope=scope, reason=reason, actor=first, target=target)
        emergencies.confirm(tx, act=found.act, actor=second)
    return found


def test_page_says_which_measure_hides_and_shows_it_again(bare_house: House, town: Town) -> None:
    visitor, path = bare_house.visitor(), f"/groups/{town.group.slug}"

    page = visitor.get(path).text
    assert "helping one another" not in page
    assert "hidden by an emergency measure, until" in page
    assert f'href="/emergencies/{town.act}"' in page
    assert "helping one another" not in visitor.get("/").text

    # Nobody writes an entry meanwhile: the page that is kept ready goes by the date, too.
    town.clock_at.advance(days=7)
    assert "helping one another" in visitor.get(path).text
    assert "helping one another" in visitor.get("/").text
