"""What people sign and vote on, in a real browser: the page of powers, the page that is signed, the paper of a hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.ballots import queries as ballots
from hub.db import Database, metadata
from hub.groups import offices
from hub.petitions import actions as petitions
from hub.web.cookies import SESSION, name_of
from tests.conftest import SetClock
from tests.databases import Sqlite
from tests.people_for_tests import again, found_hub
from tests.web.server import serving
from tests.web.test_accessibility import NARROW, see, violations
from tests.web.test_proposals import POWER, York

pytestmark = pytest.mark.browser


@pytest.fixture
def store(_sqlite: Sqlite) -> Iterator[Database]:
    """A store for one hub."""
    db = _sqlite.fresh(metadata)
    yield db
    _sqlite.release(db)


def test_changes_are_read_on_a_phone(browser: Any, store: Database, clock_at: SetClock, tmp_path: Path) -> None:
    clock = clock_at("2026-11-21T20:00Z")
    with store.write() as tx:
        found_hub(tx)
    with serving(tmp_path / "data", store) as house:
        york = York(house, clock)
        moss, _who = york.moderator("Sam Reed")
        york.later(days=29)
        held = york.settings(signers=2)
        with store.write() as tx:
            offices.challenge(tx, place=york.group, grant=moss, actor=again(tx, york.organisers[0]))
            hold = petitions.open_hold(
                tx, target=held, reasons="It shuts people out.", actor=again(tx, york.members[0])
            )
        faults = look(browser, york, york.organisers[1], {"power": POWER, "petition": f"/petitions/{hold}"}, tmp_path)
        with store.write() as tx:
            for one in york.members[1:4]:
                petitions.sign(tx, act=hold, actor=again(tx, one))
            ballot = ballots.of_act(tx, hold)[-1].id
        faults |= look(browser, york, york.organisers[0], {"paper": f"/ballots/{ballot}/vote"}, tmp_path)

    assert faults == {"power": [], "petition": [], "paper": []}


def look(browser: Any, york: York, who: Any, paths: dict[str, str], folder: Path) -> dict[str, list[str]]:
    """What is wrong with pages on a phone, by name; each leaves a picture in a folder."""
    token = york.house.signed_in(who).cookies[name_of(york.house.settings, SESSION)]
    context = see(browser, york.house, NARROW, token)
    page, faults = context.new_page(), dict[str, list[str]]()
    for name, path in paths.items():
        assert page.goto(york.house.settings.url + path).status == 200
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        faults[name] = violations(page) + (["wider than the screen"] if too_wide else [])
    context.close()
    return faults
