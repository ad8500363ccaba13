"""Pages of elections and ballots in a real browser, in their less usual states: words hidden, a close moved on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.ballots import queries, watching
from hub.db import Database, metadata
from hub.hiding import actions as hiding
from hub.web.cookies import SESSION, name_of
from tests.conftest import SetClock
from tests.databases import Sqlite
from tests.people_for_tests import again, found_hub
from tests.towns import OPENS, build_town
from tests.web.server import serving
from tests.web.test_accessibility import SIGHTS, see, violations

pytestmark = pytest.mark.browser


@pytest.fixture
def store(_sqlite: Sqlite) -> Iterator[Database]:
    """A store for one hub."""
    db = _sqlite.fresh(metadata)
    yield db
    _sqlite.release(db)


def test_hidden_words_and_moved_closes_keep_nobody_out(
    browser: Any, store: Database, clock_at: SetClock, tmp_path: Path
) -> None:
    moment, db = clock_at("2026-11-21T20:00Z"), store
    with db.write() as tx:
        found_hub(tx)
    town = build_town(db, moment)
    moment.advance(days=OPENS)
    town.tick()
    town.stand(*town.voters[:2])
    moment.advance(days=13)
    with db.read() as tx:
        hidden, shown = (one.id for one in queries.candidates(tx, town.election()))
    with db.write() as tx:
        officer = again(tx, town.founders[0])
        act = hiding.hide(tx, kind="candidacy", target=hidden, rule=1, reason="An address.", actor=officer)
        watching.beat(tx, answered=True)
    moment.advance(days=2)
    town.tick()
    with db.write() as tx:
        assert watching.beat(tx, answered=True)
    ballot, faults = town.ballot().id, {}
    paths = [
        f"/elections/{town.election()}", f"/hide/candidacy/{shown}", f"/hidings/{act}", f"/ballots/{ballot}",
        f"/ballots/{ballot}/vote",
    ]  # fmt: skip
    with serving(tmp_path / "data", db) as house:
        token = house.signed_in(town.founders[1]).cookies[name_of(house.settings, SESSION)]
        for sight in (sight for sights in SIGHTS.values() for sight in sights):
            context = see(browser, house, sight, token)
            page = context.new_page()
            for path in paths:
                status = page.goto(house.settings.url + path).status
                wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
                found = violations(page) + (["wider than the screen"] if wide else [])
                if found or status != 200:
                    faults[path] = [status, *found]
            context.close()

    assert faults == {}
