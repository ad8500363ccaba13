"""Only a form from our page, in the same browser, changes anything (WE-03): every route, from the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub.web.handling import Route
from hub.web.routes import ROUTES
from tests.web.conftest import ORIGIN, House, token_on
from tests.web.tables import everything

# What programs call proves itself in other ways: tests/oidc.
CHANGING = [route for route in ROUTES if route.method != "GET" and not route.is_machine]
FORM = {"content-type": "application/x-www-form-urlencoded"}


def path_of(route: Route) -> str:
    """A route's path with something in each place."""
    return route.path.replace("{", "").replace("}", "").replace(":path", "")


Attack = Callable[[Any, str, str, str], Any]
ATTACKS: dict[str, tuple[Attack, set[int]]] = {
    "no token": (lambda client, path, mine, other: client.post(path, data={"name": "x"}), {403}),
    "an empty form": (lambda client, path, mine, other: client.post(path), {403}),
    "a made-up token": (lambda client, path, mine, other: client.post(path, data={"token": "x.y.z"}), {403}),
    "another's token": (lambda client, path, mine, other: client.post(path, data={"token": other}), {403}),
    "two tokens": (
        lambda client, path, mine, other: client.post(path, content=f"token={mine}&token={mine}", headers=FORM),
        {403},
    ),
    "token in the query": (lambda client, path, mine, other: client.post(f"{path}?token={mine}"), {403}),
    "JSON as text": (
        lambda client, path, mine, other: client.post(
            path, content=f'{{"token":"{mine}"}}', headers={"content-type": "text/plain"}
        ),
        {415},
    ),
    "multipart": (lambda client, path, mine, other: client.post(path, files={"token": mine}), {415}),
    "from another site": (
        lambda client, path, mine, other: client.post(
            path, data={"token": mine}, headers={"sec-fetch-site": "cross-site"}
        ),
        {403},
    ),
    "from a sister site": (
        lambda client, path, mine, other: client.post(
            path, data={"token": mine}, headers={"sec-fetch-site": "same-site"}
        ),
        {403},
    ),
    "from another origin": (
        lambda client, path, mine, other: client.post(
            path, data={"token": mine}, headers={"origin": "https://elsewhere.example"}
        ),
        {403},
    ),
    "from a hidden origin": (
        lambda client, path, mine, other: client.post(path, data={"token": mine}, headers={"origin": "null"}),
        {403},
    ),
    "PUT": (lambda client, path, mine, other: client.put(path, data={"token": mine}), {405}),
    "DELETE": (lambda client, path, mine, other: client.delete(path), {405}),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_foreign_form_is_refused_everywhere_and_writes_nothing(house: House, attack: str) -> None:
    victim, other = house.signed_in(house.member("ann")), house.signed_in(house.member("bob"))
    mine, others = token_on(victim, "/account"), token_on(other, "/account")
    send, allowed = ATTACKS[attack]
    before = everything(house.db)

    found = {route.path: send(victim, path_of(route), mine, others).status_code for route in CHANGING}
    if attack == "multipart":  # which a route of files takes, and finds no token of a form of ours in it
        taken = {route.path for route in CHANGING if route.takes_file}
        assert {found.pop(path) for path in taken} == {403}

    assert {path: status for path, status in found.items() if status not in allowed} == {}
    assert everything(house.db) == before


def test_same_form_from_our_own_page_is_taken(house: House) -> None:
    client = house.signed_in(house.member("ann"))
    token = token_on(client, "/account")

    given = {"sec-fetch-site": "same-origin", "origin": ORIGIN}
    answer = client.post("/sign-out", data={"token": token}, headers=given)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_look_changes_nothing_on_any_route(house: House) -> None:
    client = house.signed_in(house.member("ann"))
    before = everything(house.db)

    for route in ROUTES:
        client.get(path_of(route))
        client.head(path_of(route))

    assert everything(house.db) == before


def test_token_of_a_visitor_does_not_outlive_the_sign_in(house: House) -> None:
    client = house.visitor()
    before = token_on(client, "/join")

    client.cookies.update(house.signed_in(house.member("ann")).cookies)
    answer = client.post("/sign-out", data={"token": before})

    assert answer.status_code == 403


def test_token_is_refused_a_day_later(house: House, clock_at: Any) -> None:
    signer = house.signed_in(house.member("ann"))
    token = token_on(signer, "/account")
    purposes = app_signer(house)

    assert purposes.read("form", token) is not None
    assert purposes.read("notice", token) is None
    head, _dot, signature = token.rpartition(".")
    assert purposes.read("form", f"{head}.{'a' if signature[0] != 'a' else 'b'}{signature[1:]}") is None


def app_signer(house: House) -> Any:
    from hub.web import signing

    return signing.load(house.settings.keys / "web.key")
