"""The handshake's pages: everybody gets the same answer; only the code, in the browser that asked, opens an account."""

from __future__ import annotations

import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from hub.db import Database
from hub.matcher.models import metadata
from hub.web import cookies
from hub.web.handling import answer
from hub.web.routes import ROUTES
from tests.databases import Sqlite
from tests.matchers import code_in, enrol, eventually, letters_in
from tests.web.conftest import House, submit, token_on
from tests.web.matchers import CLASSES, enrol_every_class, running
from tests.web.tables import everything

# The form's token and the request number: each drawn for this browser, before anything is compared.
RANDOM = re.compile(r'name="token" value="[^"]*"|<code class="long">[0-9A-Z]{4} [0-9A-Z]{4}</code>')
NEVER_THE_SAME = re.compile(r"(?<=asked_8000=)[\w-]{43}")


@pytest.fixture
def store(_sqlite: Sqlite) -> Any:
    """An empty store for a matcher."""
    made = _sqlite.fresh(metadata)
    yield made
    _sqlite.release(made)


def triple(number: str, postcode: str, **more: str) -> dict[str, str]:
    return {"country": "GB", "number": number, "postcode": postcode, **more}


def normal_answer(response: Any) -> tuple[int, str, bytes]:
    """An answer without what differs between any two: the random mark of the browser."""
    headers = sorted((name, NEVER_THE_SAME.sub("", value)) for name, value in response.headers.multi_items())
    return response.status_code, repr(headers), response.content


# HS-01


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.long)])
def test_every_class_of_pair_gets_one_and_the_same_answer(lone_house: House, store: Database, rounds: int) -> None:
    found: dict[str, set[tuple[int, str, bytes]]] = {}

    with running(lone_house, store) as desk:
        enrol_every_class(desk)
        client = lone_house.visitor()
        token = token_on(client, "/join")
        for turn in range(rounds):
            for name, (number, postcode) in CLASSES.items():
                response = client.post("/join", data={"token": token, **triple(number, postcode)})
                client.cookies.delete("asked_8000") if turn % 2 else None
                found.setdefault(name, set()).add(normal_answer(response))
    with_a_dead_one = client.post("/join", data={"token": token, **triple(*CLASSES["match"])})
    found["matcher down"] = {normal_answer(with_a_dead_one)}

    assert len(set.union(*found.values())) == 1
    assert (with_a_dead_one.status_code, with_a_dead_one.headers["location"]) == (303, "/join/code")


def test_code_page_is_the_same_for_every_class(lone_house: House, store: Database) -> None:
    shown = set()

    with running(lone_house, store) as desk:
        enrol_every_class(desk)
        for number, postcode in CLASSES.values():
            client = lone_house.visitor()
            submit(client, "/join", "/join", **triple(number, postcode))
            shown.add(RANDOM.sub("", client.get("/join/code").text))

    assert len(shown) == 1


def test_wrong_code_is_answered_alike_whoever_asked(lone_house: House, store: Database) -> None:
    shown = set()

    with running(lone_house, store) as desk:
        enrol_every_class(desk)
        for number, postcode in [*CLASSES.values(), ("", "")]:
            client = lone_house.visitor()
            if number:
                submit(client, "/join", "/join", **triple(number, postcode))
            else:
                client.cookies.set("asked_8000", "never-asked")
            response = submit(client, "/join/code", "/join/code", code="AAAA-AAAA")
            shown.add((response.status_code, RANDOM.sub("", response.text)))

    assert len(shown) == 1
    assert shown.pop()[0] == 422


# HS-02


def test_pages_import_nothing_of_the_matcher() -> None:
    assert imported("hub.app") == []


def test_import_check_catches_a_page_that_does() -> None:
    assert imported("hub.app, hub.matcher.desk")[:1] == ["hub.matcher"]


def imported(modules: str) -> list[str]:
    """What a fresh process holds of the matcher after importing these."""
    code = f"import sys, {modules}; print(*sorted(m for m in sys.modules if m.startswith('hub.matcher')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_matcher_that_hangs_holds_nobody_up(lone_house: House) -> None:
    folder = lone_house.settings.matcher / "run"
    folder.mkdir()
    client = lone_house.visitor()
    token = token_on(client, "/join")

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        deaf.bind("hand.sock")
        (lone_house.settings.keys / "matcher.pub").write_text("07" * 32)
        began = time.monotonic()
        statuses = {
            client.post("/join", data={"token": token, **triple(str(number), "YO71 1AA")}).status_code
            for number in range(600)
        }
        lasted = time.monotonic() - began

    # It would have been handed 600 letters it never reads; a queue holds a few hundred.
    assert (statuses, lasted < 60) == ({303}, True)


# HS-03


def best_threshold(one: list[float], other: list[float]) -> float:
    """How many of two classes of times the best single threshold tells apart: 0.5 is none, 1.0 is all."""
    marked = sorted([(value, 1) for value in one] + [(value, -1) for value in other])
    balance, best = 0, 0
    for _value, side in marked:
        balance += side
        best = max(best, abs(balance))
    return 0.5 + best / (len(one) + len(other))


def times_of(house: House, number: Callable[[int], str], rounds: int) -> tuple[list[float], list[float]]:
    """Times of the handler for a member's pair and for made-up ones, taken in turns and shuffled."""
    route = next(route for route in ROUTES if (route.method, route.path) == ("POST", "/join"))
    taken: dict[bool, list[float]] = {True: [], False: []}
    order = [True, False] * rounds
    random.Random(7).shuffle(order)
    for turn, is_member in enumerate(order):
        asked = asked_join(house, "1000001" if is_member else number(turn))
        began = time.perf_counter()
        given = answer(route, asked)
        taken[is_member].append(time.perf_counter() - began)
        assert given.status == 303
    return taken[True], taken[False]


def asked_join(house: House, number: str) -> Any:
    """A request of /join as the edge makes it."""
    from hub.web.context import Asked
    from hub.web.pairs import Pairs

    hub = house.app.routes[0].endpoint.hub
    jar = cookies.Jar(house.settings, {"visit_8000": "v" * 22})
    asked = Asked(hub, "POST", "/join", jar, client="192.0.2.1")
    fields = triple(number, "YO71 1AA", token=asked.token())
    asked.form = Pairs(list(fields.items()))
    return asked


def test_time_tells_nothing(lone_house: House) -> None:
    (lone_house.settings.keys / "matcher.pub").write_text("07" * 32)

    honest = best_threshold(*times_of(lone_house, lambda turn: f"{2000000 + turn}", 400))

    assert honest < 0.65


def test_leak_of_a_millisecond_is_caught(lone_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (lone_house.settings.keys / "matcher.pub").write_text("07" * 32)
    line = lone_house.app.routes[0].endpoint.hub.line
    hand_over = line.hand_over

    def leaky(**typed: str) -> None:
        hand_over(**typed)
        if typed["number"] == "1000001":
            time.sleep(0.001)

    monkeypatch.setattr(line, "hand_over", leaky)
    leaking = best_threshold(*times_of(lone_house, lambda turn: f"{2000000 + turn}", 200))

    assert leaking > 0.75


# HS-05


def test_nothing_in_a_request_chooses_who_gets_the_letter(lone_house: House, store: Database) -> None:
    draw = random.Random(11)
    with running(lone_house, store, codes_per_day=10_000, codes_per_month=10_000) as desk:
        enrol(desk, "1000001", "YO711AA", contact="mem@example.org")
        enrol(desk, "1000002", "YO711AB", contact="decoy@example.org")
        client = lone_house.visitor()
        token = token_on(client, "/join")
        for _turn in range(400):
            mutate(client, token, draw)
        eventually(lambda: len(letters_in(desk)) > 50)

        assert {to for to, _text in letters_in(desk)} == {"mem@example.org"}


EVIL = "mal@example.net"
EXTRA = ["email", "contact", "to", "e-mail", "recipient", "Bcc", "cc", "phone", "address", "entry_ref", "nonce_digest"]


def mutate(client: Any, token: str, draw: random.Random) -> None:
    """One request for the member's pair with something in it that asks for another recipient."""
    fields = list(triple("1000001", "YO71 1AA", token=token).items())
    headers = {}
    kind = draw.randrange(4)
    if kind == 0:
        fields += [(draw.choice(EXTRA), EVIL) for _ in range(draw.randrange(1, 5))]
    elif kind == 1:
        headers = {draw.choice(["X-To", "Reply-To", "X-Forwarded-Email", "From"]): EVIL}
    elif kind == 2:
        name, value = draw.choice(fields[:3])
        fields = [(key, old) for key, old in fields if key != name] + [(name, f"{value}\r\nBcc: {EVIL}")]
    else:
        fields.insert(draw.randrange(4), (draw.choice(["number", "postcode", "country"]), EVIL))
    body = "&".join(f"{quoted(key)}={quoted(value)}" for key, value in fields)
    client.post("/join", content=body, headers={"content-type": "application/x-www-form-urlencoded", **headers})


def quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


# HS-07, and the whole way


def test_member_comes_in_with_the_code_in_the_browser_that_asked(house: House, store: Database) -> None:
    with running(house, store) as desk:
        enrol(desk, "1000001", "YO711AA", contact="mem@example.org")
        mine, other = house.visitor(), house.visitor()
        submit(mine, "/join?next=/groups/york-tenants", "/join", **triple("1000001", "yo71 1aa"), next="/rules")
        ((_to, text),) = eventually(lambda: letters_in(desk))  # type: ignore[misc]  # one letter
        code = code_in(text)
        submit(other, "/join", "/join", **triple("7777777", "YO71 1AA"))
        elsewhere = submit(other, "/join/code", "/join/code", code=code)
        here = submit(mine, "/join/code", "/join/code", code=f" {code[:4].lower()}  {code[4:]} ", next="/rules")
        again = submit(mine, "/join/code", "/join/code", code=code)

    assert (elsewhere.status_code, "set-cookie" in elsewhere.headers) == (422, False)
    assert (here.status_code, here.headers["location"]) == (303, "/join/name?next=/rules")
    assert again.status_code == 422

    unnamed = mine.get("/me")
    nothing = submit(mine, "/join/name", "/join/name", nickname="no spaces please")
    named = submit(mine, "/join/name", "/join/name", nickname="Quiet_Otter", shown="member", next="/rules")
    done = mine.get(named.headers["location"])

    assert (unnamed.status_code, unnamed.headers["location"]) == (303, "/join/name?next=/me")
    assert nothing.status_code == 422
    assert "Error: How your groups know you" in nothing.text
    assert named.headers["location"] == "/join/done?next=/rules"
    assert "Welcome, quiet_otter" in done.text
    assert 'href="/rules"' in done.text
    assert "1000001" not in done.text
    assert "yo71" not in done.text.lower()


def test_coming_back_ends_the_session_this_browser_had(house: House, store: Database) -> None:
    with running(house, store) as desk:
        enrol(desk, "1000001", "YO711AA", contact="mem@example.org")
        client = house.visitor()
        sign_in(client, desk, 1, nickname="otter")
        first = client.cookies["session_8000"]
        sign_in(client, desk, 2)
        second = client.cookies["session_8000"]

    old = house.visitor()
    old.cookies.set("session_8000", first)
    assert first != second
    assert (client.get("/me").status_code, old.get("/me").status_code) == (200, 303)


def sign_in(client: Any, desk: Any, letters: int, nickname: str = "") -> None:
    """The handshake, all of it."""
    submit(client, "/sign-in", "/sign-in", **triple("1000001", "YO71 1AA"))
    eventually(lambda: len(letters_in(desk)) == letters)
    submit(client, "/join/code", "/join/code", code=code_in(letters_in(desk)[-1][1]))
    if nickname:
        submit(client, "/join/name", "/join/name", nickname=nickname, shown="nickname")


def test_letter_opens_an_account_with_the_same_pair_only(house: House, store: Database) -> None:
    with running(house, store):
        client = house.visitor()

        refused = submit(client, "/join/letter", "/join/letter", code="ABCDE-FGHJK", **triple("1000001", "YO71 1AA"))

    assert refused.status_code == 422
    assert "Error: that did not work" in refused.text
    assert "ABCDE-FGHJK" in refused.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"country": "", "number": "1", "postcode": "YO1"}, "Choose a country"),
        ({"country": "GB", "number": "", "postcode": "YO1"}, "Enter your membership number"),
        ({"country": "GB", "number": "1", "postcode": " "}, "Enter the postcode we have for you"),
        ({"country": "GB", "number": "--", "postcode": "YO1"}, "Membership number must have letters or numbers in it"),
        ({"country": "GB", "number": "1" * 41, "postcode": "YO1"}, "This is 41 characters long. Use 40 or fewer."),
    ],
)
def test_mistake_of_shape_stands_beside_its_field(house: House, typed: dict[str, str], sentence: str) -> None:
    before = everything(house.db)

    response = submit(house.visitor(), "/join", "/join", **typed)

    assert response.status_code == 422
    assert response.text.count(sentence) == 2
    assert "<title>Error: Join your local groups" in response.text
    assert everything(house.db) == before


@pytest.mark.parametrize(
    "elsewhere",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "/a\tb", "x"],
)
def test_way_on_never_leads_off_the_hub(house: House, elsewhere: str) -> None:
    client = house.visitor()

    response = submit(client, "/join", "/join", **triple("1", "2"), next=elsewhere)

    assert response.headers["location"] == "/join/code"
