"""The work of a scrutineer in a real browser: the roll, an objection, signing, voiding; with script and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.db import Database, metadata
from hub.web.cookies import SESSION, name_of
from tests.ballots.test_scrutiny import begin, judging
from tests.conftest import SetClock
from tests.databases import Sqlite
from tests.people_for_tests import found_hub, without_devices
from tests.towns import build_town
from tests.web.server import serving
from tests.web.test_accessibility import look, see

pytestmark = pytest.mark.browser

WHY = "I found no vote under my code."
PHONE, DESK = ({"viewport": {"width": wide, "height": 900}, "color_scheme": "light"} for wide in (390, 1280))


@pytest.fixture
def store(_sqlite: Sqlite) -> Iterator[Database]:
    """A store for one hub."""
    db = _sqlite.fresh(metadata)
    yield db
    _sqlite.release(db)


@pytest.mark.parametrize("script", [True, False])
def test_count_is_judged_on_a_phone(
    browser: Any, store: Database, clock_at: SetClock, tmp_path: Path, script: bool
) -> None:
    with store.write() as tx:
        clock_at("2026-11-21T20:00Z")
        found_hub(tx, without_devices())  # signatures by passkey: tests/stories
    recall = begin(build_town(store, clock_at("2026-11-21T20:00Z")))
    drawn = judging(recall)
    persons = {one.person for one in drawn}
    member = next(one for one in recall.town.voters if one.person not in persons)
    place, faults = f"/ballots/{recall.town.ballot().id}", {}
    with serving(tmp_path / "data", store) as house:

        def opened(person: Any) -> Any:
            token = house.signed_in(person).cookies[name_of(house.settings, SESSION)]
            page = see(browser, house, PHONE | {"java_script_enabled": script}, token).new_page()
            page.goto(house.settings.url + place)
            return page

        def looked(page: Any, name: str) -> None:
            """Notes what axe finds; where no script runs, on the same page where it does."""
            eyes = page
            if not script:
                eyes = see(browser, house, PHONE).new_page()
                eyes.context.add_cookies(page.context.cookies())
                eyes.goto(house.settings.url + place)
            for sight in (PHONE, DESK):
                if found := look(eyes, sight):
                    faults[f"{name}, {sight['viewport']['width']}"] = found
            page.set_viewport_size(PHONE["viewport"])

        page = opened(member)
        page.locator("summary", has_text="Object to the count").click()
        page.get_by_label("What is wrong with it?").fill(WHY)
        page.get_by_role("button", name="Object", exact=True).click()
        assert "without your name" in page.inner_text("main")
        assert WHY in page.inner_text("main")
        looked(page, "objected")

        first = opened(drawn[0])
        first.get_by_role("button", name="See the roll").click()
        assert "16 members of" in first.inner_text("main")
        looked(first, "roll")
        first.goto(house.settings.url + place)
        first.get_by_role("button", name="It is not right").click()
        assert "It stands in the public record what you found." in first.inner_text("main")
        first.get_by_role("button", name="Sign the count").click()
        assert "You signed." in first.inner_text("main")
        looked(first, "signed")

        for scrutineer in drawn[1:]:
            page = opened(scrutineer)
            page.locator("summary", has_text="Void it, with a reason").click()
            page.get_by_label("Your reason").fill("Two names stood on it twice.")
            page.get_by_role("button", name="The count is void", exact=True).click()
            assert "You objected." in page.inner_text("main")
        assert "Scrutineers voided this count." in page.inner_text("main")
        looked(page, "voided")

    assert (recall.state().step, recall.state().current.do) == (4, "ballot")
    assert faults == {}
