"""Input that no tool sends: answered in words or in OAuth's errors, never by a fault of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.oidc.conftest import FORM, Provided, Site

ENDPOINTS = ("/oidc/token", "/oidc/introspect", "/oidc/revoke", "/oidc/par")


@pytest.mark.parametrize(
    ("body", "led_to"),
    [
        (b"client_id=x\r\nSet-Cookie: evil=1", [("client_id", "x\nSet-Cookie: evil=1")]),
        (b"client_id=x&state=a b", [("client_id", "x"), ("state", "a b")]),
        (b"client_id=x&client_id=y", [("client_id", "x"), ("client_id", "y")]),
        ("client_id=é".encode(), [("client_id", "é")]),
        (b"", []),
    ],
)
def test_request_by_form_comes_again_as_an_address(
    provided: Provided, body: bytes, led_to: list[tuple[str, str]]
) -> None:
    answer = provided.house.visitor().post("/oidc/authorize", content=body, headers=FORM)

    where = answer.headers["location"]
    assert (answer.status_code, urlsplit(where).path) == (303, "/oidc/authorize")
    assert where.isascii()
    assert where.isprintable()
    assert parse_qsl(urlsplit(where).query) == led_to


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "header", ["Basic \xff", "Basic ====", "Bearer \xff", "Bearer ", "Basic " + "A" * 5000, "\xff"]
)
def test_client_that_proves_itself_by_nonsense_is_refused(
    provided: Provided, site: Site, path: str, header: str
) -> None:
    headers = {"Authorization": header.encode("latin-1"), **FORM}
    form: dict[str, Any] = {"grant_type": "authorization_code", "code": "x", "token": "x", **site.query()}

    answer = provided.house.visitor().post(path, data=form, headers=headers)

    assert answer.status_code in (400, 401), answer.text
    assert answer.json()["error"] in ("invalid_client", "invalid_request")
