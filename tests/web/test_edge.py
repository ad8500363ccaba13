"""The edge: whose address counts, which host, how much, and bytes of every kind on every route."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hub import clock, ledger
from hub.edge import client_address
from hub.ledger import timekeeping
from hub.standing.entries import StandingUnheeded
from hub.web.routes import ROUTES
from tests.people_for_tests import begin_group
from tests.web.conftest import House, submit, token_on
from tests.web.test_own_forms import FORM

# HS-12


def scope(peer: str, *forwarded: str, **more: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in forwarded]
    headers += [(name.encode(), value.encode()) for name, value in more.items()]
    return {"client": (peer, 1), "headers": headers}


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "address"),
    [
        (0, "192.0.2.1", (), "192.0.2.1"),
        (0, "192.0.2.1", ("198.51.100.7",), "192.0.2.1"),
        (1, "10.0.0.1", ("203.0.113.9, 198.51.100.7",), "198.51.100.7"),
        (1, "10.0.0.1", ("203.0.113.9", "198.51.100.7"), "198.51.100.7"),
        (2, "10.0.0.1", ("203.0.113.9, 198.51.100.7, 10.0.0.2",), "198.51.100.7"),
        (2, "10.0.0.1", ("10.0.0.2",), "10.0.0.1"),
        (1, "10.0.0.1", ("not an address",), "unknown"),
        (0, "::ffff:192.0.2.1", (), "192.0.2.1"),
        (0, "2001:db8:1:2:3:4:5:6", (), "2001:0db8:0001:0002:0000:0000:0000:0000"),
        (0, "testclient", (), "unknown"),
    ],
)
def test_address_is_what_the_outermost_trusted_proxy_saw(
    trusted: int, peer: str, forwarded: tuple[str, ...], address: str
) -> None:
    assert client_address(trusted, scope(peer, *forwarded)) == address


def test_forged_headers_change_no_address() -> None:
    draw = random.Random(3)
    names = ["forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "x-forwarded-for"]
    bits = [
        "203.0.113.9",
        "::1",
        "127.0.0.1",
        "for=127.0.0.1",
        "unknown",
        ",",
        " ",
        "\x00",
        "é",
        "[::1]:80",
        "a" * 3000,
    ]

    found = set()
    for _turn in range(1000):
        forged = [(draw.choice(names).encode(), ", ".join(draw.choices(bits, k=3)).encode()) for _ in range(3)]
        seen = {"client": ("10.0.0.1", 1), "headers": [*forged, (b"x-forwarded-for", b"198.51.100.7")]}
        found.add((client_address(0, seen), client_address(1, seen)))

    assert found == {("10.0.0.1", "198.51.100.7")}


# Hosts


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "127.0.0.1:8000", "localhost", "localhost:8000.evil.example", ""]
)
def test_look_under_another_name_is_sent_to_the_one_address(house: House, host: str) -> None:
    response = house.visitor().get("/groups/a?q=b", headers={"host": host})

    assert (response.status_code, response.headers["location"]) == (307, "http://localhost:8000/groups/a?q=b")
    assert host == "" or host == "localhost" or host not in response.text


def test_form_under_another_name_is_refused(house: House) -> None:
    client = house.visitor()
    token = token_on(client, "/join")

    response = client.post("/join", data={"token": token}, headers={"host": "elsewhere.example"})

    assert (response.status_code, "elsewhere.example" in response.text) == (421, False)


def test_health_answers_under_any_name(house: House) -> None:
    client = house.visitor()

    found = [client.get(path, headers={"host": "10.0.0.7"}).status_code for path in ("/healthz", "/readyz")]

    assert found == [200, 200]


@pytest.mark.parametrize(("days", "code"), [(400, "ledger.clock_ahead"), (-400, "ledger.clock_behind"), (0, "")])
def test_clock_that_is_wrong_is_not_ready_and_says_why(house: House, days: int, code: str) -> None:
    with house.db.write() as tx:
        ledger.append(tx, StandingUnheeded("2026-11-21", 5, None), by=None)
        timekeeping.confirm(tx)
    wrong = clock.now() + dt.timedelta(days=days)
    clock.set_source(lambda: wrong)
    try:
        response = house.visitor().get("/readyz")
    finally:
        clock.set_source(None)

    assert (response.status_code, response.text.partition(": ")[0]) == ((503, code) if code else (200, "ok\n"))


# Sizes and encodings


@pytest.mark.parametrize("chunked", [False, True])
def test_body_beyond_the_limit_is_refused(house: House, chunked: bool) -> None:
    parts = [b"number=", *[b"1" * 10_000] * 7]
    content: Any = iter(parts) if chunked else b"".join(parts)

    response = house.visitor().post("/join", content=content, headers=FORM)

    assert response.status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"number=%ED%A0%80", 400),
        (b"number=\xff\xfe", 400),
        (b"number=%00", 400),
        (b"&".join(b"a=1" for _ in range(300)), 400),
        (b"number", 403),
        (b"=" * 1000, 403),
    ],
)
def test_bytes_that_are_no_form_are_refused(house: House, body: bytes, status: int) -> None:
    assert house.visitor().post("/join", content=body, headers=FORM).status_code == status


def test_field_that_came_twice_is_refused(house: House) -> None:
    client = house.visitor()
    token = token_on(client, "/join")

    body = f"token={token}&country=GB&number=1&number=2&postcode=3"
    response = client.post("/join", content=body, headers=FORM)

    assert (response.status_code, "This was sent twice" in response.text) == (422, True)


# HS-30, WE-10: whatever bytes, on every route

BYTES = [
    b"", b"%00", b"%ED%A0%80", b"%FF%FE", b"%F0%9F%98%80" * 40, b"9" * 5000, b"-1", b"NaN", b"1e999", b"%2e%2e%2f" * 9,
    b"..%2f..%2fetc%2fpasswd", b"%0d%0aSet-Cookie:%20a=b", b"%5b" * 9000, b"%7B%22a%22:" * 3000, b"%27%20OR%201=1--",
    b"%3Cscript%3E", b"%7B%7B7*7%7D%7D", b"%25s%25n", b"a" * 60_000, b"%E2%80%AE", b"null", b"true", b"%C2%A0", b"%0A",
    b"\xed\xa0\x80", b"%F4%90%80%80", b"%", b"%zz", b"%u0000", b"+", b"%CC%81" * 500, b"0x10", b"%EF%BC%91%EF%BC%92",
]  # fmt: skip
FIELDS = (
    "name purpose url title kind audience reason nickname shown code country number postcode joining seats place "
    "minutes step next area entry after q role"
).split()


def some_of(values: list[bytes], turn: int, config: pytest.Config) -> list[bytes]:
    """Every third value, from another one on each route; all of them with --long."""
    return values if "not long" not in config.option.markexpr else values[turn % 3 :: 3]


def filled(path: str, value: str) -> str:
    """A route's path with a value in every place."""
    return "/".join(value if part.startswith("{") else part for part in path.split("/"))


@pytest.fixture
def full_house(house: House) -> tuple[House, Any]:
    """A house with a branch and a group, and the session of somebody who holds offices in both."""
    *_rest, organisers = begin_group(house.db)
    return house, house.signed_in(organisers[0])


# PostgreSQL takes fewer bytes than SQLite, which is asked with --long.
BOTH_WITH_LONG = pytest.mark.parametrize(
    "backend", ["postgresql", pytest.param("sqlite", marks=pytest.mark.long)], indirect=True
)


@BOTH_WITH_LONG
def test_no_bytes_in_a_form_bring_anything_down(full_house: tuple[House, Any], request: pytest.FixtureRequest) -> None:
    _house, client = full_house
    token = token_on(client, "/account").encode()
    found: dict[tuple[str, bytes], int] = {}

    for turn, route in enumerate(ROUTES):
        if route.method != "POST" or route.is_machine or "sessions" in route.path or route.path == "/sign-out":
            continue
        for slug in {filled(route.path, slug): slug for slug in ("york-branch", "york-tenants")}.values():
            for value in some_of(BYTES, turn, request.config):
                fields = [field.encode() + b"=" + value[: 60_000 // len(FIELDS)] for field in FIELDS]
                path = filled(route.path, slug)
                response = client.post(path, content=b"&".join([b"token=" + token, *fields]), headers=FORM)
                found[path, value] = response.status_code

    assert {asked: status for asked, status in found.items() if status >= 500} == {}
    # Where nobody has to be signed in, an address may have asked too often before the bytes are through.
    # And who asked for their account to be closed does so once.
    assert {200, 303, 400, 403, 404, 409, 422, 429} >= set(found.values())


@BOTH_WITH_LONG
def test_no_bytes_in_an_address_bring_anything_down(
    full_house: tuple[House, Any], request: pytest.FixtureRequest
) -> None:
    _house, client = full_house
    found: dict[tuple[str, bytes], int] = {}

    for turn, route in enumerate(ROUTES):
        if route.method == "GET":
            for value in some_of(BYTES, turn, request.config):
                text = value[:900].decode("latin-1")
                for path in {filled(route.path, text or "x"), f"{route.path}?q={text}&after={text}&kind={text}"}:
                    found[path, value] = client.get(path).status_code

    assert {asked: status for asked, status in found.items() if status >= 500 and asked[0][-3:] != "500"} == {}


def test_raw_bytes_below_the_client_bring_nothing_down(full_house: tuple[House, Any]) -> None:
    house, _client = full_house
    found = {raw_get(house, path, query) for path in RAW_PATHS for query in RAW_QUERIES}

    assert {status for status in found if status >= 500} == set()


RAW_PATHS = [
    "/groups/\x00",
    "/groups/\ud800",
    "/groups/\uffff",
    "/\ud800",
    "/a\nb",
    "/" + "a" * 5000,
    "/branches/\x7f",
    "/",
]
RAW_QUERIES = [b"q=\xff", b"q=%ED%A0%80", b"\x00", b"q=" + b"a" * 9000, b"q=a&q=b", b""]


def in_a_loop_of_its_own(call: Any) -> None:
    """Runs a coroutine to its end in another thread: a browser's loop may hold this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(call())).result()


def raw_get(house: House, path: str, query: bytes) -> int:
    """Calls the application as no client would."""
    sent: list[dict[str, Any]] = []

    async def call() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        asked = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": path, "raw_path": path.encode("utf-8", "replace"), "query_string": query, "root_path": "",
            "headers": [(b"host", b"localhost:8000"), (b"cookie", b"session_8000=\xff\x00; ;;=;a")],
            "client": ("192.0.2.1", 1), "server": ("localhost", 8000),
        }  # fmt: skip
        await house.app(asked, receive, send)

    in_a_loop_of_its_own(call)
    return int(sent[0]["status"])


def test_way_to_leave_a_hanging_body_is_short(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub import edge

    monkeypatch.setattr(edge, "PATIENCE", 0.05)
    door = next(route.endpoint for route in house.app.routes if route.path == "/join")
    sent: list[dict[str, Any]] = []

    async def call() -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.sleep(60)
            return {}

        async def send(message: Any) -> None:
            sent.append(message)

        asked = {
            "type": "http", "method": "POST", "path": "/join", "raw_path": b"/join", "query_string": b"",
            "headers": [(b"host", b"localhost:8000"), (b"content-type", b"application/x-www-form-urlencoded")],
            "client": ("192.0.2.1", 1),
        }  # fmt: skip
        await door(asked, receive, send)

    in_a_loop_of_its_own(call)

    assert sent[0]["status"] == 408


def test_submission_works_after_all_that(full_house: tuple[House, Any]) -> None:
    _house, client = full_house

    response = submit(client, "/account/name", "/account/name", nickname="still_here", shown="member")

    assert (response.status_code, response.headers["location"]) == (303, "/account")
