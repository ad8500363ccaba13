"""The demo's own pages, and their absence everywhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hub.web.routes import ROUTES
from tests.web.conftest import House, submit, token_on

DEMO = [route for route in ROUTES if route.path.startswith("/dev/")]


def test_nothing_of_the_demo_is_on_a_real_hub(another_house: Callable[..., House]) -> None:
    house = another_house(demo=False)
    client = house.visitor()
    token = token_on(client, "/join")

    found = {
        client.request(route.method, route.path, data={"token": token, "step": "day"}).status_code for route in DEMO
    }

    assert (len(DEMO), found) == (6, {404})
    assert not house.settings.clock.exists()


def test_clock_moves_on_and_never_back(house: House) -> None:
    client = house.visitor()

    for fields in ({"step": "day"}, {"minutes": "90"}, {"minutes": "-5"}, {"minutes": "1e3"}, {"step": "never"}):
        submit(client, "/dev/clock", "/dev/clock", **fields)

    assert house.settings.clock.read_text() == f"{86_400 + 90 * 60}\n"


def test_letters_are_shown_with_their_codes_and_reasons(house: House) -> None:
    folder = house.settings.matcher / "outgoing"
    folder.mkdir(parents=True)
    mail = (
        b"From: a@b\r\nTo: mem@example.org\r\nSubject: Your code\r\n\r\nHere it is:\n\n    ABCD EFGH\n\n<b>bold</b>\n"
    )
    (folder / "20261121T200000000000.eml").write_bytes(mail)
    (folder / "20261121T200001000000.txt").write_text("this pair is not on the roster\n")
    (folder / "20261121T200002000000.draft").write_text("half a letter")

    shown = house.visitor().get("/dev/mail").text

    assert shown.index("this pair is not on the roster") < shown.index("ABCD EFGH")
    assert ("mem@example.org" in shown, "half a letter" in shown, "<b>" in shown) == (True, False, False)


@pytest.mark.parametrize("status", ["000", "99999", "code2", "²²²", "4o4"])
def test_error_page_that_is_none_is_absent(house: House, status: str) -> None:
    assert house.visitor().get(f"/dev/errors/{status}").status_code == 404
