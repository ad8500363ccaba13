"""Passkeys in a real browser with a virtual authenticator: added, used, removed, and what is said without script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hub.db import metadata
from hub.web.cookies import SESSION, name_of
from tests.databases import Sqlite
from tests.people_for_tests import found_hub, member
from tests.web.conftest import House, submit
from tests.web.server import serving

VIRTUAL = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def served(_sqlite: Sqlite, tmp_path: Any) -> Iterator[tuple[House, Any]]:
    """A served hub with one member."""
    db = _sqlite.fresh(metadata)
    with db.write() as tx:
        found_hub(tx)
        anna = member(tx, "anna")
    with serving(tmp_path / "data", db) as house:
        yield house, anna
    _sqlite.release(db)


def browser_of(browser: Any, house: House, anna: Any) -> Any:
    """A browser whose owner has a device, signed in."""
    context = browser.new_context()
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL})
    token = house.signed_in(anna).cookies[name_of(house.settings, SESSION)]
    context.add_cookies([{"name": name_of(house.settings, SESSION), "value": token, "url": house.settings.url}])
    return page


@pytest.mark.browser
def test_member_adds_a_passkey_and_comes_back_with_it(browser: Any, served: tuple[House, Any]) -> None:
    house, anna = served
    page = browser_of(browser, house, anna)

    page.goto(f"{house.settings.url}/account/passkeys")
    page.get_by_role("button", name="Add a passkey").click()
    page.fill("[name=name]", "My phone")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/account/passkeys")
    added = page.inner_text("main")
    page.context.clear_cookies()
    page.goto(f"{house.settings.url}/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url("**/account")
    back = page.inner_text("header")
    page.goto(f"{house.settings.url}/account/passkeys")
    page.get_by_role("button", name="Remove").click()
    removed = page.inner_text("main")
    page.goto(f"{house.settings.url}/me/notices")
    letters = page.inner_text("main")
    page.context.close()

    assert "My phone" in added
    assert "anna" in back
    assert "You have none yet" in removed
    assert "passkey" in letters.lower()


@pytest.mark.browser
def test_device_that_knows_no_key_leads_back_with_a_sentence(browser: Any, served: tuple[House, Any]) -> None:
    house, anna = served
    page = browser_of(browser, house, anna)
    page.context.clear_cookies()

    page.goto(f"{house.settings.url}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.get_by_role("button", name="Try again").wait_for()
    said = page.inner_text("main")
    page.context.close()

    assert "Nothing was changed" in said


def test_without_script_the_page_says_what_goes_on_working(house: House) -> None:
    anna = house.member("anna")
    client = house.signed_in(anna)

    adding = submit(client, "/account/passkeys", "/account/passkeys/new")
    using = submit(client, "/sign-in", "/sign-in/passkey")
    empty = submit(client, "/sign-in", "/sign-in/passkey/answer", answer="")

    assert [adding.status_code, using.status_code, empty.status_code] == [200, 200, 422]
    assert "needs script" in adding.text
    assert "Sign in with number, postcode and code" in using.text
    assert "Nothing was changed" in empty.text


def test_session_by_passkey_needs_the_form_of_this_browser(house: House) -> None:
    answer = house.visitor().post("/sign-in/passkey/answer", data={"answer": "{}"})

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers or "session" not in answer.headers["set-cookie"]
