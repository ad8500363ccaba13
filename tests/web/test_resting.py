"""Pages while a measure rests an office: it is held, until when it rests and because of what; its holder resigns."""

from __future__ import annotations

import re

import pytest

from hub.branches import queries as branches
from hub.emergencies import actions as emergencies
from hub.permits import queries as permits
from tests.draws.conftest import Town, make_town
from tests.people_for_tests import again
from tests.web.conftest import House, submit


@pytest.fixture(autouse=True)
def _clock(clock_at) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


@pytest.fixture
def town(bare_house: House, clock_at) -> Town:
    """A hundred days old, with organisers whose office rests since an hour ago."""
    made = make_town(bare_house.db, clock_at, is_founded=True)
    made.turn(days=100)
    with made.db.write() as tx:
        first, second = (again(tx, one) for one in made.council[:2])
        branch = branches.get(tx, made.branch.id)
        made.measure = emergencies.declare(
            tx, kind="pause_role", scope=branch.scope, reason="Letters ask for money.", actor=first, role="admin"
        )
        emergencies.confirm(tx, act=made.measure, actor=second)
    made.turn(hours=1)
    return made


def test_page_of_powers_says_that_it_rests_until_when_and_why(bare_house: House, town: Town) -> None:
    page = bare_house.visitor().get(f"/branches/{town.branch.slug}/power").text

    why = r'rests until <time datetime="[^"]+">[^<]+</time></span> <a href="([^"]+)">because of a measure</a>'
    assert re.findall(why, page) == [f"/emergencies/{town.measure}"] * len(town.founders)
    assert "Start a recall" in page
    assert "offices that have ended" not in page
    assert "rests until" in bare_house.visitor().get(f"/branches/{town.branch.slug}").text


def test_page_of_powers_says_nothing_once_it_is_over(bare_house: House, town: Town) -> None:
    town.turn(days=8)

    page = bare_house.visitor().get(f"/branches/{town.branch.slug}/power").text

    assert "rests until" not in page
    assert page.count('/recall">Start a recall of') == len(town.founders)


def test_holder_sees_it_and_lays_it_down(bare_house: House, town: Town) -> None:
    client = bare_house.signed_in(town.founders[0])
    mine = client.get("/me").text
    assert "rests until" in mine
    with town.db.read() as tx:
        grant = permits.grants_of(tx, town.founders[0].holder)[0].id

    page = f"/offices/{grant}/resignation"
    answer = submit(client, page, page)

    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    with town.db.read() as tx:
        ended = permits.grant_by_id(tx, grant)
    assert ended is not None
    assert ended.ended_why == "resigned"
