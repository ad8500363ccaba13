"""The headers of every answer (WE-01, AU-12): each client of these tests checks each answer it gets."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest

from tests.web.conftest import House, assert_dressed

ASKED = httpx.Request("GET", "http://localhost:8000/me")
BARE = {"content-type": "text/html"}


@pytest.mark.parametrize(
    "path", ["/join", "/nowhere", "/static/none.css", "/healthz", "/favicon.ico", "/log/checkpoint", "/dev/errors/500"]
)
def test_answer_of_any_kind_is_dressed(house: House, path: str) -> None:
    client = house.visitor()

    found = [client.request(method, path).status_code for method in ("GET", "HEAD", "POST", "DELETE")]

    assert all(status < 500 or path == "/dev/errors/500" for status in found)


def dressed(**changed: str) -> httpx.Response:
    client_headers: dict[str, Any] = {}
    return httpx.Response(200, headers={**client_headers, **changed}, request=ASKED)


def test_checker_catches_an_undressed_answer(house: House) -> None:
    good = dict(house.signed_in(house.member("ann")).get("/me").headers)

    for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"):
        bad = {key: value for key, value in good.items() if key != name}

        with pytest.raises((AssertionError, KeyError)):
            assert_dressed(dressed(**bad))


@pytest.mark.parametrize(
    "name_and_value",
    [
        ("content-security-policy", "default-src 'none'; script-src 'self' 'unsafe-inline'"),
        ("cache-control", "public"),
        ("set-cookie", "session_8000=x; Path=/; SameSite=Lax"),
        ("set-cookie", "__Host-session=x; Path=/; HttpOnly; SameSite=Lax"),
        ("location", "//elsewhere.example"),
        ("location", "https://elsewhere.example/"),
    ],
)
def test_checker_catches_a_weakened_answer(house: House, name_and_value: tuple[str, str]) -> None:
    good = dict(house.signed_in(house.member("ann")).get("/me").headers)

    assert_dressed(dressed(**good))
    with pytest.raises(AssertionError):
        assert_dressed(dressed(**{**good, name_and_value[0]: name_and_value[1]}))


def test_https_hub_says_so_in_cookies_and_headers(another_house: Any) -> None:
    house = another_house(url="https://hub.example.org")
    answer = house.visitor().get("/join")

    names = [cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")]

    assert names == ["__Host-visit"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_public_page_without_a_form_may_be_kept_by_one_browser_only(house: House) -> None:
    answer = house.visitor().get("/dev/errors")

    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("private, no-cache", "Cookie")
