"""Every page of a case in a real browser, for each who may see it: a phone without script, a desk in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hub.cases import queries
from hub.db import Database, metadata
from hub.permits import Actor
from hub.web.cookies import SESSION, name_of
from tests.conftest import SetClock
from tests.databases import Sqlite
from tests.people_for_tests import found_group, found_hub, without_devices
from tests.web.conftest import submit
from tests.web.courts import FACTS, REPLY, Pages, open_court
from tests.web.server import serving
from tests.web.test_accessibility import look, see

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}
DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}


@dataclass
class Eyes:
    """Looks at pages as somebody, in both ways. faults: what axe found, by page and way."""

    browser: Any
    pages: Pages
    faults: dict[str, list[str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def at(self, who: Actor | None, *paths: str) -> None:
        """Looks at these pages, signed in as somebody, or as a visitor."""
        house = self.pages.house
        token = "" if who is None else house.signed_in(who).cookies[name_of(house.settings, SESSION)]
        for way, sight in (("phone", PHONE), ("desk", DESK)):
            context = see(self.browser, house, sight, token)
            if way == "phone":
                context.route("**/*.js", lambda route: route.abort())
            page = context.new_page()
            for path in paths:
                status = page.goto(house.settings.url + path).status
                found = look(page, sight)
                self.seen.append(path)
                if found or status != 200:
                    self.faults[f"{path}, {way}"] = [str(status), *found]
            context.close()

    def sitting(self, act: str, number: int = 0) -> Actor:
        """One of those who sit."""
        with self.pages.court.db.draft() as tx:
            return self.pages.court.sitting(tx, act)[number]


@pytest.fixture
def store(_sqlite: Sqlite) -> Iterator[Database]:
    """A store for one hub."""
    db = _sqlite.fresh(metadata)
    yield db
    _sqlite.release(db)


@pytest.mark.timeout(300)
def test_no_page_of_a_case_keeps_anybody_out(browser: Any, store: Database, clock_at: SetClock, tmp_path: Path) -> None:
    clock_at("2026-11-21T20:00Z")
    with serving(tmp_path / "data", store) as house:
        with store.write() as tx:
            found_hub(tx, without_devices(), origin=house.settings.log_origin)
        pages = open_court(house, clock_at)
        town = pages.court.town
        eyes, ada, ben = Eyes(browser, pages), pages.court.ada, pages.court.ben
        with store.write() as tx:
            found_group(tx, town.branch, town.founders[:2], town.founders[2:])
        eyes.at(None, "/docket", "/groups/york-tenants/conduct")
        eyes.at(ada, "/cases/new?group=york-tenants", "/groups/york-tenants")
        act = pages.filed()
        case = f"/cases/{act}"
        duty = eyes.sitting(act)
        eyes.at(duty, case, f"{case}/screening", f"{case}/measures", f"{case}/delays", "/me", f"/draws/{act}/seat")
        fields = {"measure": "no_contact", "risk": "He writes on.", "why": "She asked him."}
        submit(house.signed_in(duty), f"{case}/measures", f"{case}/measures", **fields)
        eyes.at(duty, f"{case}/measures")
        for client in pages.sitting(act)[:2]:
            pages.screen(client, act, hides="yes")
        pages.attach(pages.ada, act)
        eyes.at(ada, case, f"{case}/items", f"{case}/charge", "/me")
        submit(pages.ada, f"{case}/charge", f"{case}/charge", facts=FACTS)
        eyes.at(ben, case, f"{case}/answer", f"{case}/items", "/me")
        submit(pages.ben, f"{case}/answer", f"{case}/answer", words=REPLY)
        pages.court.seat_drawn(act)
        eyes.at(ben, case)
        pages.court.turn(days=5)
        pages.decide(act, act, many=1)
        eyes.at(eyes.sitting(act, 1), case, f"{case}/rulings")
        pages.decide(act, act)
        eyes.at(ben, case, f"{case}/appeal")
        submit(pages.ben, f"{case}/appeal", f"{case}/appeal", ground="procedure", words="Wrongly.")
        eyes.at(ben, case)
        with store.read() as tx:
            assert queries.state_of(tx, act) == "appealed"

    assert eyes.faults == {}
    assert len(set(eyes.seen)) == 15


def test_looker_finds_a_planted_fault(browser: Any) -> None:
    page = browser.new_page()

    page.set_content('<html lang="en"><title>A</title><main><h1>A</h1><input name="respondent"></main></html>')

    assert [line.partition(":")[0] for line in look(page, PHONE)] == ["label"]
