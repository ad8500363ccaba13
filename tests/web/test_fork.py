"""The page from which anybody leaves with a copy: its commands do what they say, on a demo as in earnest."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from hub import app
from tests.web.conftest import House


@pytest.mark.parametrize(("demo", "program"), [(True, "hub --rehearsal"), (False, "hub")])
def test_three_commands_copy_check_and_carry_on(house: House, demo: bool, program: str) -> None:
    settings = replace(house.settings, demo=demo)
    page = TestClient(app.build(settings, house.db), base_url=settings.url).get("/fork").text

    commands = re.findall(r'data-copied="[^"]*">([^<]*)</code>', page)

    assert commands[:3] == [
        f"{program} mirror pull {settings.url} my-mirror",
        f"{program} log verify my-mirror",
        f"{program} fork my-mirror my-hub --url https://hub.example.org",
    ]
