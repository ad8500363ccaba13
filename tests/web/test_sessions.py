"""Sessions: opaque, ended from either side, never anybody else's."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from hub.people.models import sessions
from hub.people.tokens import hash_token
from hub.web.cookies import Jar, name_of, parse_header
from hub.web.pages import safe_next
from tests.conftest import SetClock
from tests.web.conftest import House, submit, token_on


def test_session_is_kept_as_a_hash_only(house: House) -> None:
    client = house.signed_in(house.member("ann"))

    with house.db.read() as tx:
        kept = repr(tx.execute(sa.select(sessions)).all())

    assert client.cookies["session_8000"] not in kept


def test_sign_out_ends_the_session_on_both_sides(house: House) -> None:
    ann = house.member("ann")
    client, decoy = house.signed_in(ann), house.signed_in(ann)
    token = client.cookies["session_8000"]

    response = submit(client, "/sign-out", "/sign-out")
    client.cookies.set("session_8000", token)

    assert "session_8000=; " in response.headers["set-cookie"]
    assert (client.get("/me").status_code, decoy.get("/me").status_code) == (303, 200)


def test_one_browser_is_signed_out_from_another(house: House) -> None:
    ann = house.member("ann")
    here, there = house.signed_in(ann), house.signed_in(ann)
    (theirs,) = session_of(house, there)

    submit(here, "/account", f"/account/sessions/{theirs}/end")

    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 303)


def session_of(house: House, client: Any) -> list[str]:
    """The id of a browser's session."""
    with house.db.read() as tx:
        own = sa.select(sessions.c.id).where(sessions.c.token_hash == hash_token(client.cookies["session_8000"]))
        return list(tx.scalars(own))


def test_every_other_browser_is_signed_out_at_once(house: House) -> None:
    ann = house.member("ann")
    here, there, other = house.signed_in(ann), house.signed_in(ann), house.signed_in(house.member("bob"))

    submit(here, "/account", "/account/sessions/end")

    assert [client.get("/me").status_code for client in (here, there, other)] == [200, 303, 200]


def test_session_of_another_person_is_absent(house: House) -> None:
    mallory, victim = house.signed_in(house.member("mal")), house.signed_in(house.member("ann"))
    (session,) = session_of(house, victim)
    token = token_on(mallory, "/account")

    theirs = mallory.post(f"/account/sessions/{session}/end", data={"token": token})
    nobodys = mallory.post(f"/account/sessions/ses_{'0' * 26}/end", data={"token": token})

    assert (theirs.status_code, theirs.text) == (404, nobodys.text)
    assert victim.get("/me").status_code == 200


@pytest.mark.parametrize(("days", "status"), [(13, 200), (14, 303)])
def test_session_ends_without_a_visit(house: House, clock_at: SetClock, days: int, status: int) -> None:
    clock_at("2026-11-21T20:00Z")
    client = house.signed_in(house.member("ann"), kind="code")

    clock_at.advance(days=days)

    assert client.get("/me").status_code == status


def test_visits_keep_a_session_for_thirty_days_and_no_longer(house: House, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")
    client = house.signed_in(house.member("ann"), kind="code")
    found = []

    for _ten_days in range(3):
        clock_at.advance(days=10)
        found.append(client.get("/me").status_code)

    assert found == [200, 200, 303]


def test_cookie_that_somebody_planted_signs_nobody_in(house: House) -> None:
    client = house.visitor()
    client.cookies.set("session_8000", "planted")

    assert client.get("/me").status_code == 303
    assert client.cookies["session_8000"] == "planted"


def test_header_of_cookies_is_read_without_complaint() -> None:
    found = parse_header("a=1; b ; =x; a=2;c=" + "9" * 600 + "; d=e=f")

    assert found == {"a": "1", "": "x", "d": "e=f"}


def test_names_of_cookies_keep_hubs_on_one_machine_apart(house: House) -> None:
    from dataclasses import replace

    names = [
        name_of(replace(house.settings, url=url), "session")
        for url in ("http://localhost:8000", "http://localhost:8001", "https://hub.example.org")
    ]

    assert names == ["session_8000", "session_8001", "__Host-session"]


def test_jar_says_what_the_browser_will_hold(house: House) -> None:
    jar = Jar(house.settings, {"session_8000": "old"})

    jar.drop("notice")
    jar.put("session", "new", 60)

    assert (jar.get("session"), list(jar.going)) == ("new", ["session"])
    assert jar.headers() == ["session_8000=new; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/groups/york-tenants?after=b", "/groups/york-tenants?after=b"),
        ("//elsewhere.example", ""),
        ("https://elsewhere.example", ""),
        ("/\\elsewhere.example", ""),
        ("/a b", ""),
        ("/\r\nLocation: x", ""),
        ("/ynys-môn", ""),
        ("/" + "a" * 400, ""),
        ("", ""),
    ],
)
def test_way_on_is_a_path_of_ours_or_nothing(text: str, path: str) -> None:
    assert safe_next(text) == path
