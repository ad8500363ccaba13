"""Levels: a dangerous act asks for a passkey and goes on by itself; a code alone opens little once there is one."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from hub.groups.models import member_links
from hub.people.models import accounts, sessions
from hub.people.models import passkeys as kept_passkeys
from hub.permits import Actor
from hub.web.cookies import SESSION, name_of
from hub.web.levels import LEVELS
from hub.web.routes import ROUTES
from tests.authenticator import Authenticator
from tests.conftest import SetClock
from tests.people_for_tests import begin_group, entry_count
from tests.web.conftest import ORIGIN, House, submit, token_on


def options_on(text: str) -> dict[str, Any]:
    """What a page asks the browser's authenticator."""
    found = re.search(r'data-options="([^"]+)"', text)
    assert found is not None, text
    return dict(json.loads(html.unescape(found.group(1))))


def add_passkey(client: Any, device: Authenticator) -> Any:
    """Adds a first passkey by the pages."""
    asked = submit(client, "/account/passkeys", "/account/passkeys/new")
    answer = device.make(options_on(asked.text), ORIGIN)
    token = re.search(r'name="token" value="([^"]+)"', asked.text)
    assert token is not None
    return client.post("/account/passkeys", data={"token": token.group(1), "answer": answer, "name": "phone"})


def step_up(client: Any, page: Any, device: Authenticator, **lies: Any) -> Any:
    """Answers the page that asks for a passkey, with everything it carries along."""
    text = page.text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
    for name, value in re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', text, re.S):
        fields[name] = value
    action = re.search(r'action="([^"]+)" data-passkey="get"', text)
    assert action is not None
    fields["answer"] = device.sign(options_on(text), ORIGIN, **lies)
    plain = {name: html.unescape(value) if name != "answer" else value for name, value in fields.items()}
    return client.post(html.unescape(action.group(1)), data=plain)


@pytest.fixture
def town(bare_house: House, clock_at: SetClock) -> tuple[House, Actor, SetClock]:
    """A house with a branch and a group, and an organiser of both who never had a passkey."""
    moment, house = clock_at("2027-01-10T20:00Z"), bare_house
    *_rest, organisers = begin_group(house.db)
    return house, organisers[0], moment


# A members' link stands in no record, so nobody signs it: it takes a fresh passkey.
LINK = {"kind": "website", "url": "https://york.example.org/", "title": "Site", "audience": "members"}
PLACE = "/groups/york-tenants/links"


def links_of(house: House) -> int:
    """How many members' links are kept."""
    with house.db.read() as tx:
        return tx.scalar(sa.select(sa.func.count()).select_from(member_links)) or 0


def test_dangerous_act_asks_for_a_passkey_and_goes_on_with_what_was_typed(town: Any) -> None:
    house, organiser, clock = town
    client, device = house.signed_in(organiser, kind="code"), Authenticator()
    add_passkey(client, device)
    clock.advance(minutes=5)
    before = links_of(house)
    typed = {**LINK, "title": "Our <b>site</b>"}

    asked = submit(client, "/groups/york-tenants/links", "/groups/york-tenants/links", **typed)
    between = links_of(house)
    old = client.cookies[name_of(house.settings, SESSION)]
    done = step_up(client, asked, device)
    second = submit(client, "/groups/york-tenants/links", "/groups/york-tenants/links", **{**typed, "title": "More"})

    assert "Use your passkey" in asked.text
    assert between == before
    assert (done.status_code, done.headers["location"]) == (303, "/groups/york-tenants/links")
    assert client.cookies[name_of(house.settings, SESSION)] != old
    assert second.status_code == 303
    assert "Our &lt;b&gt;site&lt;/b&gt;" in client.get("/groups/york-tenants/links").text
    assert links_of(house) == before + 2


@pytest.mark.parametrize("lie", [{"spoiled": True}, {"verified": False}, {"origin": "https://elsewhere.example"}])
def test_false_passkey_does_nothing(town: Any, lie: dict[str, Any]) -> None:
    house, organiser, clock = town
    client, device = house.signed_in(organiser, kind="code"), Authenticator()
    add_passkey(client, device)
    clock.advance(minutes=5)
    asked = submit(client, "/groups/york-tenants/links", "/groups/york-tenants/links", **LINK)
    before = links_of(house)

    done = step_up(client, asked, device, **lie)

    assert done.status_code == 422
    assert links_of(house) == before


def test_anothers_passkey_does_nothing(town: Any) -> None:
    house, organiser, clock = town
    client, device = house.signed_in(organiser, kind="code"), Authenticator()
    add_passkey(client, device)
    thief = Authenticator()
    add_passkey(house.signed_in(house.member("mallory"), kind="code"), thief)
    clock.advance(minutes=5)
    asked = submit(client, "/groups/york-tenants/links", "/groups/york-tenants/links", **LINK)

    assert step_up(client, asked, thief).status_code == 422


def test_member_without_a_passkey_is_told_to_add_one(town: Any) -> None:
    house, organiser, _clock = town
    client = house.signed_in(organiser, kind="code")

    asked = submit(client, "/groups/york-tenants/links", "/groups/york-tenants/links", **LINK)

    assert "you have none yet" in asked.text
    assert "Add a passkey" in asked.text


FRESH = [path for (method, path), level in LEVELS.items() if level in ("fresh", "strongest") and method == "POST"]


def test_every_dangerous_route_asks_first_and_writes_nothing(town: Any) -> None:
    house, organiser, clock = town
    client, device = house.signed_in(organiser, kind="code"), Authenticator()
    add_passkey(client, device)
    clock.advance(minutes=6)
    token = token_on(client, "/account")
    with house.db.read() as tx:
        before = entry_count(tx)

    shown = {}
    for path in FRESH:
        where = path.replace("{branch}", "york-branch").replace("{group}", "york-tenants")
        answer = client.post(re.sub(r"\{\w+\}", "x", where), data={"token": token, "reason": "r", "name": "n"})
        shown[path] = answer.status_code == 200 and "Use your passkey" in answer.text

    assert {path for path, asked in shown.items() if not asked} == set()
    assert len(FRESH) > 10
    with house.db.read() as tx:
        assert entry_count(tx) == before


def test_first_passkey_ends_the_sessions_that_a_code_opened_elsewhere(town: Any) -> None:
    house, organiser, _clock = town
    here, there = house.signed_in(organiser, kind="code"), house.signed_in(organiser, kind="code")

    add_passkey(here, Authenticator())

    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 303)


def test_code_opens_little_once_there_is_a_passkey(town: Any) -> None:
    house, organiser, clock = town
    add_passkey(house.signed_in(organiser, kind="code"), Authenticator())
    short = house.signed_in(organiser, kind="bootstrap")
    token = token_on(short, "/account/recovery")

    opened, sent = {}, {}
    for route in ROUTES:
        path = route.path.replace("{branch}", "york-branch").replace("{group}", "york-tenants")
        path = re.sub(r"\{\w+(:path)?\}", "x", path)
        if route.is_machine or route.path.startswith(("/dev", "/sign-", "/account/lock")):
            continue
        if route.method == "GET" and route.level == "session":
            opened[path] = short.get(path).headers.get("location")
        if route.method == "POST" and route.level in ("session", "strongest", "fresh", "signed"):
            sent[path] = short.post(path, data={"token": token}).status_code

    way_back = short.get("/sign-in").text

    assert "Another code changes nothing." in way_back
    assert "A new code renews that" not in way_back
    assert set(opened.values()) == {"/account/recovery"}
    assert set(sent.values()) == {403}
    assert [short.get(path).status_code for path in ("/me", "/me/notices", "/account/recovery")] == [200, 200, 200]
    assert "Sign in</a>" in short.get("/").text
    clock.advance(minutes=10)
    assert short.get("/account/recovery").headers["location"].startswith("/sign-in")


def test_second_passkey_takes_the_first_one(town: Any) -> None:
    house, organiser, clock = town
    client, device = house.signed_in(organiser, kind="code"), Authenticator()
    add_passkey(client, device)
    clock.advance(minutes=6)
    token = token_on(client, "/account")

    plain = client.post("/account/passkeys/new", data={"token": token})
    asked = client.post("/account/passkeys/another", data={"token": token})
    shown = step_up(client, asked, device)

    assert plain.status_code == 403
    assert 'data-passkey="create"' in shown.text


def test_sessions_by_passkey_end_with_the_hour_and_an_officers_sooner(town: Any) -> None:
    house, organiser, clock = town
    member = house.member("plain")
    theirs, officers = house.signed_in(member), house.signed_in(organiser)

    clock.advance(minutes=14)
    both = [client.get("/me").status_code for client in (theirs, officers)]
    clock.advance(minutes=16)
    later = [client.get("/me").status_code for client in (theirs, officers)]
    for _ in range(50):
        clock.advance(minutes=29)
        theirs.get("/me")

    assert (both, later) == ([200, 200], [200, 303])
    assert theirs.get("/me").status_code == 303


def test_lock_from_the_letter_takes_one_press_and_no_sign_in(town: Any) -> None:
    house, organiser, _clock = town
    client, device = house.signed_in(organiser, kind="code"), Authenticator()
    add_passkey(client, device)
    link = re.search(r"/account/lock/[^\"]+", client.get("/me/notices").text)
    assert link is not None
    stranger = house.visitor()

    looks = [stranger.get(link.group(0)).status_code for _ in range(20)]
    still = client.get("/me").status_code
    submit(stranger, link.group(0), link.group(0))
    asked = house.visitor()
    page = submit(asked, "/sign-in", "/sign-in/passkey")
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token is not None
    answer = device.sign(options_on(page.text), ORIGIN)
    signed = asked.post("/sign-in/passkey/answer", data={"token": token.group(1), "answer": answer, "next": ""})

    assert looks == [200] * 20
    assert (still, client.get("/me").status_code) == (200, 303)
    assert signed.status_code == 422
    assert name_of(house.settings, SESSION) not in asked.cookies
    with house.db.read() as tx:
        assert tx.scalar(sa.select(accounts.c.locked_at).where(accounts.c.person == organiser.person)) is not None


def test_forged_lock_is_absent(town: Any) -> None:
    house, organiser, _clock = town
    signed = app_signer(house).sign("form", organiser.person)

    assert [house.visitor().get(f"/account/lock/{token}").status_code for token in ("x", signed)] == [404, 404]


def app_signer(house: House) -> Any:
    """The signer of a house."""
    from hub.web import signing

    return signing.load(house.settings.keys / "web.key")


def test_handle_is_random_and_label_neutral(town: Any) -> None:
    """What an authenticator keeps says nothing of membership: shared and employer-managed devices show it (AU-15)."""
    house, organiser, _clock = town
    client = house.signed_in(organiser, kind="code")

    asked = options_on(submit(client, "/account/passkeys", "/account/passkeys/new").text)
    again_asked = options_on(submit(client, "/account/passkeys", "/account/passkeys/new").text)

    from webauthn.helpers import base64url_to_bytes

    handle = base64url_to_bytes(asked["user"]["id"])
    with house.db.read() as tx:
        stored = repr([tx.execute(sa.select(table)).all() for table in (sessions, kept_passkeys)])
    assert len(handle) == 64
    assert asked["user"]["id"] == again_asked["user"]["id"]
    assert asked["user"]["id"] not in stored
    shown = " ".join((asked["user"]["name"], asked["user"]["displayName"])).lower()
    assert not any(word in shown for word in ("member", "union", "party", "organiser", "office", "admin"))


def test_nobody_needs_a_passkey_for_what_is_their_own(town: Any) -> None:
    house, _organiser, _clock = town
    client = house.signed_in(house.member("plain"), kind="code")

    joined = submit(client, "/groups/york-tenants/join", "/groups/york-tenants/memberships")

    assert joined.status_code == 303
