"""The table of addresses: every line can be reached, and nobody's line stands before another's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub import app
from hub.web.access import Needs
from hub.web.context import Answer, Asked
from hub.web.handling import Route, get, post, post_file
from hub.web.levels import LEVELS
from hub.web.routes import ROUTES
from tests.web.conftest import House


def test_every_route_is_reached_at_its_own_address(house: House) -> None:
    doors = house.app.routes

    for route in ROUTES:
        path = route.path.replace("{", "").replace("}", "").replace(":path", "")
        first = next(door for door in doors if door.path_regex.match(path))

        assert (path, first.path, route.method in first.endpoint.routes) == (path, route.path, True)


def test_every_route_has_its_level_and_every_level_its_route() -> None:
    assert set(LEVELS) == {(route.method, route.path) for route in ROUTES}
    assert LEVELS["POST", "/groups/{group}/appointments"] == "signed"


def test_what_changes_something_asks_for_a_passkey_unless_it_is_ones_own() -> None:
    """Whatever a member sends about others is fresh or signed: who adds a form decides here, and says why."""
    own = (
        "/join", "/claim", "/sign-", "/account",
        "/me/sites", "/me/draws", "/oidc/", "/dev/", "/groups/{group}/memberships",
        "/groups/{group}/departure", "/branches/{branch}/groups/new/",
        # A paper, or reasons, on their way to be looked at, and back: nothing is kept of them.
        "/ballots/{ballot}/check", "/ballots/{ballot}/vote",
        "/offices/{grant}/recall/check", "/offices/{grant}/recall/reasons",
        # One's own receipt, a few a day; and one that is looked at, of which nothing is kept.
        "/me/receipt", "/receipts",
        # A file that one sends for an item of one's own; nothing is laid before anybody by it.
        "/cases/{act}/files",
        # A key to one's own record, which is told to whom one likes; and taking it back.
        "/me/looks/key",
    )  # fmt: skip
    asking = ("fresh", "signed")
    sent = [route for route in ROUTES if route.method == "POST" and not route.is_machine]

    assert [route.path for route in sent if route.level not in asking and not route.path.startswith(own)] == []


def loses_the_file(route: Route) -> bool:
    """Tells whether a route takes a file where it is lost, or holds a unit of work while it is cleaned."""
    fits = (route.method, route.unit, route.level, route.needs != Needs.ANYONE, route.again is not None)
    return route.takes_file and fits != ("POST", "own", "session", True, True)


def test_route_that_takes_a_file_carries_it_through() -> None:
    def handler(asked: Asked) -> Answer:
        raise AssertionError

    good = post_file("/a", handler, Needs.NAMED, handler)

    assert [route.path for route in ROUTES if loses_the_file(route)] == []
    assert not loses_the_file(good)
    for planted in (replace(good, unit="write"), replace(good, level="fresh"), replace(good, level="signed")):
        assert loses_the_file(planted)


def test_table_with_a_line_twice_is_refused() -> None:
    def handler(asked: Asked) -> Answer:
        raise AssertionError

    with pytest.raises(ValueError, match="two routes are GET /a"):
        app.by_path((get("/a", handler), post("/a", handler), get("/a", handler)))
