"""What goes wrong: a page that says what happened, a status, nothing of the inside, and a second try for a race."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from hub.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, RuleViolation, TooMany, no
from hub.people.models import persons
from hub.web import handling, problems
from hub.web.context import Answer, Asked
from hub.web.cookies import Jar
from hub.web.handling import get, post
from hub.web.pages import page
from hub.web.pairs import Pairs
from tests.web.conftest import House
from tests.web.tables import everything

SECRET = "a secret of the inside"


def asked_for(house: House, method: str = "GET", **more: Any) -> Asked:
    """A request as the edge makes it, with a good token."""
    hub = house.app.routes[0].endpoint.hub
    asked = Asked(hub, method, "/somewhere", Jar(house.settings, {"visit_8000": "v" * 22}), **more)
    asked.form = Pairs([("token", asked.token()), *asked.form])
    return asked


def raising(what: BaseException) -> Any:
    def handler(asked: Asked) -> Answer:
        asked.tx.execute(sa.insert(persons), {"id": "per_x", "made_at": None}) if False else None
        raise what

    return handler


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound(), 404),
        (Forbidden(no("a.b", "You may not.")), 403),
        (Forbidden(no("permits.code_too_old", "Too old.")), 403),
        (Invalid({"name": "Enter a name."}), 422),
        (RuleViolation("a.b", "Not by the rules.", "rule 7"), 422),
        (Conflict("a.b", "Taken."), 409),
        (TooMany("a.b", "Wait.", 60), 429),
    ],
)
def test_refusal_becomes_a_page_with_its_status(house: House, refusal: Refusal, status: int) -> None:
    given = handling.answer(get("/somewhere", raising(refusal)), asked_for(house))
    told = handling.answer(get("/x", raising(refusal)), asked_for(house, headers={"accept": "application/json"}))

    assert (given.status, told.status, told.media) == (status, status, "application/problem+json")
    assert given.body.count(b"<h1") == 1
    assert refusal.code.encode() in told.body


def test_waiting_time_of_too_many_is_said(house: House) -> None:
    given = handling.answer(get("/x", raising(TooMany("a.b", "Wait.", 60))), asked_for(house))

    assert given.headers["Retry-After"] == "60"


def test_unexpected_is_numbered_and_tells_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        given = handling.answer(get("/x", raising(ValueError(SECRET))), asked_for(house))

    (record,) = caplog.records
    reference = record.getMessage().partition(":")[0]
    assert (given.status, reference.encode() in given.body) == (500, True)
    assert SECRET.encode() not in given.body
    assert b"Traceback" not in given.body


def test_fault_in_the_error_page_itself_has_a_last_resort(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems.pages, "page", raising(RuntimeError(SECRET)))

    given = handling.answer(get("/x", raising(ValueError(SECRET))), asked_for(house))

    assert (given.status, given.body) == (500, problems.LAST_RESORT)


def test_store_that_is_away_is_said(house: House) -> None:
    away = OperationalError("SELECT", {}, RuntimeError(SECRET))

    given = handling.answer(get("/x", raising(away)), asked_for(house))

    assert (given.status, given.headers["Retry-After"], SECRET.encode() in given.body) == (503, "60", False)


def racing(losses: int, seen: list[int]) -> Any:
    def handler(asked: Asked) -> Answer:
        seen.append(1)
        asked.jar.put("session", "of a try that is undone")
        if len(seen) <= losses:
            raise IntegrityError("INSERT", {}, RuntimeError())
        asked.jar.going.clear()
        return Answer(200)

    return handler


def test_lost_race_is_tried_once_more(house: House) -> None:
    seen: list[int] = []

    given = handling.answer(post("/x", racing(1, seen)), asked_for(house, "POST"))

    assert (given.status, len(seen)) == (200, 2)


def test_race_lost_twice_is_a_conflict_and_leaves_no_cookie(house: House) -> None:
    seen: list[int] = []
    asked = asked_for(house, "POST")

    given = handling.answer(post("/x", racing(2, seen)), asked)

    assert (given.status, len(seen), [name for name in asked.jar.going if name == "session"]) == (409, 2, [])


def test_refusal_writes_nothing_of_what_came_before_it(house: House) -> None:
    before = everything(house.db)

    def handler(asked: Asked) -> Answer:
        from hub import outbox

        outbox.put(asked.tx, person="per_x", template="welcome")
        raise RuleViolation("a.b", "No.")

    given = handling.answer(post("/x", handler), asked_for(house, "POST"))

    assert (given.status, everything(house.db) == before) == (422, True)


@pytest.mark.parametrize("refusal", [Invalid({"sample_mistake": "Enter it."}), RuleViolation("a.b", "Not so.")])
def test_form_is_shown_again_with_what_was_typed(house: House, refusal: Refusal) -> None:
    def again(asked: Asked) -> Answer:
        return page(asked, "join/name.html", action="/x", nickname="", shown="", is_new=True, next="")

    asked = asked_for(house, "POST", form=Pairs([("nickname", "typed <before>")]))
    given = handling.answer(post("/x", raising(refusal), again=again), asked)

    assert given.status == 422
    assert b"typed &lt;before&gt;" in given.body
    assert b"<title>Error: " in given.body
    assert b"There is a problem" in given.body


@pytest.fixture(params=sorted([400, 403, 404, 409, 413, 422, 429, 500, 503]))
def status(request: pytest.FixtureRequest) -> Iterator[int]:
    return request.param


def test_every_error_page_can_be_previewed(house: House, status: int) -> None:
    assert house.visitor().get(f"/dev/errors/{status}").status_code == status
