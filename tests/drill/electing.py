"""An election on the heir: York's organisers lay their offices down together, its clock opens one, members vote.

It is opened, and members stand, at a hub that runs; the four weeks after that pass in tests/drill/later.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hub import clock
from hub import settings as house
from hub.ballots import elections, queries
from hub.branches import queries as branches
from hub.cli import stores
from tests.drill import offices
from tests.drill.browser import Browser
from tests.drill.town import Town
from tests.machines import eventually
from tests.people_for_tests import again
from tests.replaying import lines_of
from tests.verifier import fold, verifier

YORK = tuple(f"york_{word}" for word in ("one", "two", "three", "four", "five"))


def opened(heir: Path, browser: Browser) -> str:
    """Waits until the heir's clock has opened an election of all of York's places, and its page says so; its act."""
    db = stores.open_hub(house.load(heir))

    def found() -> str | None:
        with db.read() as tx:
            york = branches.of_area(tx, "york")
            assert york is not None
            # Where the fourth of five went first, one of the free places runs until this one is opened.
            running = queries.running(tx, york.scope, "admin")
        return next((one.act for one in running if one.kind == "general"), None)

    act = str(eventually(found))
    db.close()
    eventually(lambda: f"/elections/{act}" in browser.at.get("/branches/york/power").text)
    return act


def stand(town: Town, heir: Path, act: str, *nicknames: str) -> set[str]:
    """Members who came back take two passkeys and stand; returns their names in the record."""
    settings = house.load(heir)
    db = stores.open_hub(settings)
    with db.write() as tx:
        for nickname in nicknames:
            actor = offices.actor_of(tx, nickname)
            town.devices.equip(tx, settings, str(actor.person), nickname)
            words = {"statement": f"I am {nickname}.", "interests": "", "shown": nickname}
            elections.stand(tx, act=act, actor=again(tx, actor), **words)
        stood = {candidate.holder for candidate in queries.candidates(tx, act)}
    db.close()
    return stood


def came_back(heir: Path) -> tuple[set[str], set[str]]:
    """Who held an office when the heir began, and who of them claimed one there: by its record, read by a stranger."""
    db = stores.open_hub(house.load(heir))
    lines = list(lines_of(db))
    db.close()
    record: list[dict[str, Any]] = [json.loads(raw) for raw, _said in lines]
    forked = max(index for index, entry in enumerate(record) if entry["type"] == "hub.forked")
    held = verifier.standing(fold(lines[:forked]), clock.parse_minute(record[forked]["at"]))
    claimed = {entry["data"]["grant"] for entry in record[forked:] if entry["type"] == "office.claimed"}
    assert claimed <= held.keys()
    return {one["holder"] for one in held.values()}, {held[grant]["holder"] for grant in claimed}
