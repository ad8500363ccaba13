"""The table of addresses: every line can be reached, and nobody's line stands before another's."""

from __future__ import annotations

import pytest

from hub import app
from hub.web.context import Answer, Asked
from hub.web.handling import get, post
from hub.web.routes import ROUTES
from tests.web.conftest import House


def test_every_route_is_reached_at_its_own_address(house: House) -> None:
    doors = house.app.routes

    for route in ROUTES:
        path = route.path.replace("{", "").replace("}", "").replace(":path", "")
        first = next(door for door in doors if door.path_regex.match(path))

        assert (path, first.path, route.method in first.endpoint.routes) == (path, route.path, True)


def test_table_with_a_line_twice_is_refused() -> None:
    def handler(asked: Asked) -> Answer:
        raise AssertionError

    with pytest.raises(ValueError, match="two routes are GET /a"):
        app.by_path((get("/a", handler), post("/a", handler), get("/a", handler)))
