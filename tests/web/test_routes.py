"""The table of addresses: every line can be reached, and nobody's line stands before another's."""

from __future__ import annotations

import pytest

from hub import app
from hub.web.context import Answer, Asked
from hub.web.handling import get, post
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
            # A paper on its way to be looked at, and back: nothing is kept of it.
            "/ballots/{ballot}/check", "/ballots/{ballot}/vote",
    )  # fmt: skip
    asking = ("fresh", "signed")
    sent = [route for route in ROUTES if route.method == "POST" and not route.is_machine]

    assert [route.path for route in sent if route.level not in asking and not route.path.startswith(own)] == []


def test_table_with_a_line_twice_is_refused() -> None:
    def handler(asked: Asked) -> Answer:
        raise AssertionError

    with pytest.raises(ValueError, match="two routes are GET /a"):
        app.by_path((get("/a", handler), post("/a", handler), get("/a", handler)))
