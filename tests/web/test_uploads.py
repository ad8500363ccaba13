"""Sending a file with a form, and getting it: 20 MB on that route alone, refused in words with what was typed kept."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from PIL import Image

from hub import app, audit, edge, files
from hub.db import metadata
from hub.errors import TooMany
from hub.files import reading
from hub.files.kinds import LARGEST, WHY_NOT
from hub.files.models import files as rows
from hub.people import queries as people
from hub.permits import Actor
from hub.web import handling, uploads
from hub.web.access import Needs
from hub.web.context import Answer, Asked
from hub.web.handling import get, post_file
from hub.web.pages import see_other
from hub.web.problems import Stopped
from hub.web.routes import ROUTES
from hub.web.sending import Slots
from tests.databases import Sqlite
from tests.files.pictures import MARK, TEXT, assert_nothing_left, jpeg, plain
from tests.people_for_tests import found_hub
from tests.web.conftest import House, token_on
from tests.web.server import serving

ABOUT, PLACE, GIVEN = "cas_a", "/cases-for-tests", "/cases-for-tests/given"
PICTURE = jpeg(plain(), 6, b"behind the end")


def show(asked: Asked) -> Answer:
    """The form, as a page of a case would have it; with what was typed, and the mistake."""
    typed, mistake = asked.form.first("words"), asked.mistakes.get("file", "")
    return Answer(body=f'<p>{mistake}</p><input name="token" value="{asked.token()}">{typed}'.encode())


def take(asked: Asked) -> Answer:
    """Keeps the file of the form."""
    return see_other(f"/evidence/{uploads.take_upload(asked, 'file', ABOUT)}")


@pytest.fixture
def house(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house with two more routes."""
    more = (get(PLACE, show, Needs.NAMED), post_file(GIVEN, take, Needs.NAMED, show))
    monkeypatch.setattr(app, "ROUTES", (*ROUTES, *more))
    return House(house.settings, house.db, app.build(house.settings, house.db))


@pytest.fixture
def ann(house: House) -> Any:
    return house.signed_in(house.member("ann"))


def send(client: Any, raw: bytes, *, name: str = "my photo.html", media: str = "text/html", **words: str) -> Any:
    """Sends a file with the form."""
    data = {"token": token_on(client, PLACE), "words": "what I typed", **words}
    return client.post(GIVEN, data=data, files={"file": (name, raw, media)})


def kept(house: House) -> tuple[int, int]:
    """How many rows there are, and how many files."""
    folder = house.settings.evidence
    with house.db.read() as tx:
        many = tx.scalar(sa.select(sa.func.count()).select_from(rows)) or 0
    return many, len(list(folder.iterdir())) if folder.exists() else 0


def test_file_is_cleaned_kept_and_given_to_be_saved(house: House, ann: Any) -> None:
    sent = send(ann, PICTURE, name="C:\\Môn\\my photo.html")

    found = ann.get(sent.headers["location"])

    assert (sent.status_code, found.status_code, kept(house)) == (303, 200, (1, 1))
    assert Image.open(io.BytesIO(found.content)).size == (6, 8)  # upright
    assert_nothing_left(found.content)
    headers = found.headers
    assert headers["content-disposition"] == "attachment; filename=\"my photo.jpg\"; filename*=UTF-8''my%20photo.jpg"
    assert headers["content-type"] == "image/jpeg"
    assert "sandbox" in [part.strip() for part in headers["content-security-policy"].split(";")]
    wanted = {
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }
    assert {name: headers[name] for name in wanted} == wanted
    assert "access-control-allow-origin" not in headers
    assert "etag" not in headers


def test_nothing_of_what_was_sent_lies_anywhere(house: House, ann: Any) -> None:
    send(ann, PICTURE, name=f"{TEXT}.jpg")

    left = [path for path in house.settings.data.rglob("*") if path.is_file() and MARK in path.read_bytes()]
    assert left == []


def test_for_whoever_may_not_know_there_is_nothing(house: House, ann: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ben = house.member("ben")
    there, nowhere = send(ann, PICTURE).headers["location"], f"/evidence/fil_{'0' * 26}"
    browser = house.signed_in(ben)

    for client in (browser, house.visitor()):
        answers = [client.get(path) for path in (there, nowhere)]
        told = [(one.status_code, one.headers.get("location", "").partition("?")[0], one.text) for one in answers]
        assert told[0] == told[1]
    assert browser.get(there).status_code == 404
    monkeypatch.setattr(reading, "READERS", {"cas": lambda tx, file, actor: "panel"})
    assert browser.get(there).status_code == 200
    assert house.visitor().get(there).status_code == 303
    with house.db.read() as tx:
        notes = audit.notes_about(tx, tx.scalar(sa.select(rows.c.person)) or "")
    assert [(note.what, note.by) for note in notes if note.what == "files.read"] == [("files.read", "panel")]
    assert "Somebody opened a file that you sent" in ann.get("/me/looks").text


@pytest.mark.parametrize("name", ["..%2f..%2fhub.toml", "fil_x", "a" * 300, "%00", "é"])
def test_no_name_leads_elsewhere(ann: Any, name: str) -> None:
    assert ann.get(f"/evidence/{name}").status_code in (400, 404)


# Refusals: each in words, what was typed kept, nothing written


@pytest.mark.parametrize(
    ("raw", "media", "code", "status"),
    [
        (b"", "text/plain", "empty", 422),
        (b"%PDF-1.7", "image/png", "pdf", 422),
        (b"<svg onload=alert(1)>", "image/png", "page", 422),
        (PICTURE[:300], "image/jpeg", "damaged", 422),
        (b"\0" * (LARGEST + 1), "image/jpeg", "large", 413),
        (PICTURE + b"\0" * LARGEST, "image/jpeg", "large", 413),
        (b"a" * (LARGEST * 3), "text/plain", "large", 413),
    ],
)
def test_refusal_says_what_to_do_and_keeps_what_was_typed(
    house: House, ann: Any, raw: bytes, media: str, code: str, status: int
) -> None:
    found = send(ann, raw, media=media)

    assert (found.status_code, WHY_NOT[code] in found.text, "what I typed" in found.text) == (status, True, True)
    assert kept(house) == (0, 0)


def test_form_without_a_file_says_so(house: House, ann: Any) -> None:
    data = {"token": token_on(ann, PLACE), "words": "what I typed"}

    answers = [ann.post(GIVEN, data=data), send(ann, b"", name="")]

    assert [(one.status_code, "Choose a file." in one.text) for one in answers] == [(422, True)] * 2
    assert kept(house) == (0, 0)


def test_too_many_about_one_thing_says_so(house: House, ann: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.files.rules.MOST", 1)
    send(ann, b"first")

    found = send(ann, b"second")

    assert (found.status_code, "no more are taken" in found.text, kept(house)) == (422, True, (1, 1))


def body(size: int) -> Iterator[bytes]:
    yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    for _turn in range(size // 1_000_000):
        yield b"x" * 1_000_000


@pytest.mark.parametrize("chunked", [True, False])
def test_what_is_far_too_large_is_not_read_to_its_end(house: House, ann: Any, chunked: bool) -> None:
    read = []

    def parts() -> Iterator[bytes]:
        for part in body(edge.DRAINED * 2):
            read.append(len(part))
            yield part

    headers = {"content-type": "multipart/form-data; boundary=b"}
    more = {} if chunked else {"content-length": str(edge.DRAINED * 2)}
    found = ann.post(GIVEN, content=parts() if chunked else b"", headers=headers | more)

    assert (found.status_code, WHY_NOT["large"] in found.text, kept(house)) == (413, True, (0, 0))


def test_other_routes_take_no_file_and_no_more_than_before(house: House, ann: Any) -> None:
    large = {"file": ("a.jpg", b"x" * 100_000, "image/jpeg")}

    assert [route.path for route in ROUTES if route.takes_file] == ["/cases/{act}/files"]
    assert ann.post("/account/name", data={"nickname": "x"}, files=large).status_code == 413
    assert ann.post("/account/name", files={"file": ("a.jpg", b"x", "image/jpeg")}).status_code == 415
    assert ann.post(GIVEN, data={"words": "x" * 100_000}).status_code == 413
    assert send(ann, b"x", words="y" * 100_000).status_code == 413
    assert kept(house) == (0, 0)


def test_visitor_is_sent_away_before_anything_is_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fed(_self: Any, _raw: bytes) -> None:
        raise AssertionError

    monkeypatch.setattr("hub.web.multipart.Multipart.feed", fed)

    found = house.visitor().post(GIVEN, files={"file": ("a.jpg", PICTURE, "image/jpeg")})

    assert (found.status_code, "Sign in first" in found.text, kept(house)) == (403, True, (0, 0))


@pytest.mark.parametrize("fault", ["no token", "another's token", "another site", "another encoding", "no form"])
def test_form_that_is_not_ours_keeps_nothing(house: House, ann: Any, fault: str) -> None:
    other = house.signed_in(house.member("ben"))
    token = {"no token": "", "another's token": token_on(other, PLACE)}.get(fault) or token_on(ann, PLACE)
    headers = {"sec-fetch-site": "cross-site"} if fault == "another site" else {}
    if fault == "no form":
        headers["content-type"] = "multipart/form-data; boundary=b"
        found = ann.post(GIVEN, content=b"hello", headers=headers)
    elif fault == "another encoding":
        found = ann.post(GIVEN, content=PICTURE, headers={"content-type": "image/jpeg"})
    else:
        data = {} if fault == "no token" else {"token": token}
        found = ann.post(GIVEN, data=data, files={"file": ("a.jpg", PICTURE)}, headers=headers)

    assert found.status_code == {"no form": 400, "another encoding": 415}.get(fault, 403)
    assert kept(house) == (0, 0)


def test_one_file_on_its_way_for_each_person_and_few_in_all(
    house: House, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots, waits = Slots(2), []
    monkeypatch.setattr(edge, "SLOTS", slots)
    with house.db.read() as tx:
        ann_is = str(people.actor_of(tx, next(iter(ann.cookies.jar)).value, app_lives(house))[0].person)

    with slots.held_by(ann_is):
        waits.append(send(ann, PICTURE))
    with slots.held_by("per_b"), slots.held_by("per_c"):
        waits.append(send(ann, PICTURE))
        with pytest.raises(Stopped):
            slots.held_by("per_b").__enter__()

    assert [one.status_code for one in waits] == [429, 503]
    assert kept(house) == (0, 0)
    assert send(ann, PICTURE).status_code == 303
    assert send(ann, b"%PDF-").status_code == 422
    assert send(ann, PICTURE).status_code == 303  # a place is given back, whatever became of the file


def app_lives(house: House) -> Any:
    """How long sessions of a house last."""
    return house.app.routes[0].endpoint.hub.lives


def test_busy_decoders_are_said_and_nothing_is_kept(house: House, ann: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_raw: bytes, _declared: str = "") -> Any:
        raise TooMany("files.busy", "Many files are being cleaned now.", 60)

    monkeypatch.setattr(files, "clean", busy)

    found = send(ann, PICTURE)

    assert (found.status_code, found.headers["retry-after"], kept(house)) == (429, "60", (0, 0))


def test_no_unit_of_work_is_open_while_a_file_is_cleaned(
    house: House, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bool] = []
    clean: Callable[..., Any] = files.clean

    def watched(raw: bytes, declared: str = "") -> Any:
        with house.db.write():  # at once, or after a long wait
            opened.append(True)
        return clean(raw, declared)

    monkeypatch.setattr(files, "clean", watched)

    assert (send(ann, PICTURE).status_code, opened) == (303, [True])


def test_planted_route_without_its_own_units_is_seen() -> None:
    """What test_routes.py asks of every route that takes a file, this one has."""
    made = post_file(GIVEN, take, Needs.NAMED, show)

    assert (made.unit, made.level, made.takes_file) == ("own", "session", True)
    assert handling.post(GIVEN, take).takes_file is False


def test_folder_that_takes_no_file_is_said_and_keeps_no_row(house: House, ann: Any) -> None:
    house.settings.evidence.write_text("a file where the folder should be")

    found = send(ann, b"words")

    with house.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(rows)) == 0
    assert (found.status_code, WHY_NOT["unkept"] in found.text, "what I typed" in found.text) == (422, True, True)


def test_sender_is_whoever_is_signed_in(house: House) -> None:
    ann: Actor = house.member("ann")
    send(house.signed_in(ann), b"words")

    with house.db.read() as tx:
        found = tx.execute(sa.select(rows.c.person, rows.c.about, rows.c.media)).one()
    assert tuple(found) == (ann.person, ABOUT, files.cleaning.TEXT)


@pytest.fixture
def served(_sqlite: Sqlite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The house with two more routes, on a real port."""
    more = (get(PLACE, show, Needs.NAMED), post_file(GIVEN, take, Needs.NAMED, show))
    monkeypatch.setattr(app, "ROUTES", (*ROUTES, *more))
    db = _sqlite.fresh(metadata)
    with db.write() as tx:
        found_hub(tx)
    with serving(tmp_path / "served", db) as house:
        yield house
    _sqlite.release(db)


def test_through_a_server_too_the_page_comes_back_whatever_the_size(served: House) -> None:
    cookies = dict(served.signed_in(served.member("ann")).cookies)

    with httpx2.Client(base_url=served.settings.url, cookies=cookies, trust_env=False, timeout=60) as client:
        found = [send(client, raw) for raw in (PICTURE, b"a" * (LARGEST + 1), b"a" * (4 * LARGEST))]
        given = client.get(found[0].headers["location"])

    assert [one.status_code for one in found] == [303, 413, 413]
    assert ["what I typed" in one.text for one in found[1:]] == [True, True]
    assert_nothing_left(given.content)
