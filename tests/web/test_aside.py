"""Files that people sent, by an address of their own: no cookie of ours goes there, and no page of ours is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub import app, audit, files
from hub.db import Database
from hub.files import Shelf, reading
from hub.permits import Actor
from hub.settings import SettingsError, build
from hub.web import signing
from tests.people_for_tests import begin_hub
from tests.web.conftest import ORIGIN, House, prepare

ASIDE = "http://files.example.org"


@pytest.fixture
def house(tmp_path: Path, db: Database) -> House:
    """A hub with an address aside."""
    settings = prepare(tmp_path / "data", aside=ASIDE)
    begin_hub(db, origin=settings.log_origin)
    return House(settings, db, app.build(settings, db))


@pytest.fixture
def ann(house: House) -> Actor:
    return house.member("ann")


@pytest.fixture
def name(house: House, ann: Actor) -> str:
    """A file of Ann's."""
    cleaned = files.clean(b"what I heard", "text/plain")
    with house.db.write() as tx:
        return files.keep(tx, Shelf(house.settings.evidence), cleaned, about="cas_a", name="heard.txt", actor=ann)


def away(house: House) -> Any:
    """A browser at the address aside: it never got a cookie there."""
    return house.visitor(headers={"host": "files.example.org"})


def read_aside(house: House, to: str) -> Any:
    """Follows a redirect as a browser does, to the address aside."""
    assert to.startswith(ASIDE + "/given/")
    return away(house).get(to.removeprefix(ASIDE))


def let_through(house: House, actor: Actor, name: str) -> Any:
    """What the hub answers to whoever opens a file, before that answer is followed."""
    client = house.signed_in(actor)
    client.event_hooks = {}  # this page alone leads to another host
    return client.get(f"/evidence/{name}")


def test_whoever_may_is_sent_aside_and_saves_the_file_there(house: House, ann: Actor, name: str) -> None:
    sent = let_through(house, ann, name)
    found = read_aside(house, sent.headers["location"])

    assert (sent.status_code, sent.content, sent.headers["cache-control"]) == (303, b"", "no-store")
    assert (found.status_code, found.content) == (200, b"what I heard")
    headers = {key: found.headers.get(key) for key in ("content-type", "content-disposition", "set-cookie")}
    assert headers == {
        "content-type": "text/plain; charset=utf-8",
        "content-disposition": "attachment; filename=\"heard.txt\"; filename*=UTF-8''heard.txt",
        "set-cookie": None,
    }
    assert found.headers["content-security-policy"].endswith("; sandbox")


def test_a_look_is_noted_before_anybody_is_sent_aside_and_once(
    house: House, ann: Actor, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = house.member("ben")
    assert let_through(house, ben, name).status_code == 404
    monkeypatch.setattr(reading, "READERS", {"cas": lambda tx, file, actor: "panel"})

    to = let_through(house, ben, name).headers["location"]
    noted = looks(house, ann)
    read_aside(house, to)

    assert noted == [("files.read", "panel")]
    assert looks(house, ann) == noted


def looks(house: House, actor: Actor) -> list[tuple[str, str]]:
    """Who opened a file of somebody's."""
    with house.db.read() as tx:
        return [(note.what, note.by) for note in audit.notes_about(tx, actor.person or "") if note.what == "files.read"]


def test_the_way_aside_lasts_for_a_minute(house: House, ann: Actor, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert signing.AGES["file"] == 60
    to = let_through(house, ann, name).headers["location"]
    monkeypatch.setitem(signing.AGES, "file", -1)  # as if that minute were over

    late = read_aside(house, to)

    assert (late.status_code, late.headers["content-type"]) == (410, "text/plain; charset=utf-8")
    assert "Go back to the page where the file is named" in late.text


def test_nothing_else_is_there(house: House, ann: Actor, name: str) -> None:
    client = away(house)
    forged = [name, "x", house_signed(house, "form", name), house_signed(house, "notice", name)]

    assert [client.get(f"/given/{one}").status_code for one in forged] == [410] * len(forged)
    page = client.get("/power")
    assert (page.status_code, page.headers["location"]) == (307, f"{ORIGIN}/power")
    assert client.get(f"/evidence/{name}").headers["location"] == f"{ORIGIN}/evidence/{name}"
    assert client.post("/sign-out", data={}).status_code == 421


def house_signed(house: House, purpose: str, text: str) -> str:
    """A true signature of the hub, made for something else."""
    return signing.load(house.settings.keys / "web.key").sign(purpose, text)


def test_the_usual_address_gives_no_file_to_whoever_holds_a_pass(house: House, ann: Actor, name: str) -> None:
    path = let_through(house, ann, name).headers["location"].removeprefix(ASIDE)

    assert house.visitor().get(path).status_code == 404
    assert house.signed_in(ann).get(path).status_code == 404


def test_a_file_that_the_disk_lost_is_said_on_a_page_of_the_hub(house: House, ann: Actor, name: str) -> None:
    (path,) = house.settings.evidence.rglob(f"{name}*")
    path.unlink()

    lost = let_through(house, ann, name)

    assert (lost.status_code, "Ask whoever sent it to send it again" in lost.text) == (409, True)


@pytest.mark.parametrize(
    ("aside", "why"),
    [
        ("http://localhost:9000", "another host"),
        ("files.example.org", "must be like"),
        ("https://files.example.org/x", "must be like"),
    ],
)
def test_an_address_that_keeps_nothing_apart_is_refused(tmp_path: Path, aside: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        build(tmp_path, {"url": ORIGIN, "aside": aside})
