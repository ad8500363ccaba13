"""A file as evidence: sent by a side, named by an item, opened by whoever reads that item, and by nobody else."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from hub.files.kinds import WHY_NOT
from tests.files.pictures import MARK, assert_nothing_left, jpeg, plain
from tests.web.conftest import House, submit, token_on
from tests.web.courts import FACTS, Pages, open_court, read
from tests.web.tables import everything

PICTURE = jpeg(plain(), 6, b"behind the end")


@pytest.fixture
def pages(early: Any, bare_house: House, clock_at: Any) -> Pages:
    return open_court(bare_house, clock_at)


def send(client: Any, act: str, raw: bytes = PICTURE, name: str = "screen.jpg") -> Any:
    """Sends a file by the form of one's items."""
    token = token_on(client, "/account/name")
    return client.post(f"/cases/{act}/files", data={"token": token}, files={"sent": (name, raw, "image/jpeg")})


def named(pages: Pages, client: Any, act: str) -> tuple[str, str]:
    """Sends one and attaches it with no words; returns the file, and its address."""
    assert send(client, act).headers["location"] == f"/cases/{act}/items"
    address = client.get(f"/cases/{act}/items").text.split('href="/evidence/')[1].split('"')[0]
    done = pages.attach(client, act, text="", file=address)
    assert done.status_code == 303, done.text
    return address, f"/evidence/{address}"


def test_other_side_opens_a_file_once_it_is_laid_before_them(pages: Pages) -> None:
    act = pages.admitted()
    duty = pages.sitting(act)[0]
    _file, address = named(pages, pages.ada, act)
    before = [who.get(address).status_code for who in (pages.ada, pages.ben, duty)]
    submit(pages.ada, f"/cases/{act}/charge", f"/cases/{act}/charge", facts=FACTS)
    found = pages.ben.get(address)

    assert (before, found.status_code) == ([200, 404, 404], 200)
    assert Image.open(io.BytesIO(found.content)).size == (6, 8)
    assert_nothing_left(found.content)
    assert "screen.jpg" in read(pages.ben, f"/cases/{act}")
    assert pages.ben.get(f"/cases/{act}").text.count(address) == 1
    assert "Somebody opened a file that you sent" in read(pages.ada, "/me/looks")


def test_nobody_else_opens_it_the_panel_does(pages: Pages) -> None:
    act = pages.admitted()
    _file, address = named(pages, pages.ada, act)
    submit(pages.ada, f"/cases/{act}/charge", f"/cases/{act}/charge", facts=FACTS)
    submit(pages.ben, f"/cases/{act}/answer", f"/cases/{act}/answer", words="I did not.")
    pages.court.seat_drawn(act)
    council = pages.house.signed_in(pages.court.town.council[0])
    panel = pages.sitting(act)[0]

    found = [who.get(address).status_code for who in (panel, council, pages.house.visitor())]
    assert found == [200, 404, 303]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [(b"%PDF-1.7 " + MARK, WHY_NOT["pdf"]), (b"", "")],
)
def test_file_that_is_not_taken_is_said_beside_the_field_and_nothing_is_kept(
    pages: Pages, raw: bytes, sentence: str
) -> None:
    act, ada = pages.admitted(), pages.ada
    before = everything(pages.court.db)

    answer = send(ada, act, raw)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert everything(pages.court.db) == before


def test_whoever_is_no_side_or_out_of_turn_sends_nothing(pages: Pages) -> None:
    act, ada = pages.charged(), pages.ada
    duty = pages.sitting(act)[0]
    other = pages.house.signed_in(pages.court.town.members[4])
    before = everything(pages.court.db)

    told = [send(client, act).status_code for client in (ada, duty, other)]

    assert told == [422, 404, 404]
    assert everything(pages.court.db) == before


def test_accused_is_told_of_no_complaint_by_sending_a_file(pages: Pages) -> None:
    act = pages.filed()

    assert send(pages.ben, act).status_code == send(pages.ben, "act_none").status_code == 404


def test_file_that_an_item_names_is_not_taken_back_and_another_is(pages: Pages) -> None:
    act = pages.admitted()
    file, address = named(pages, pages.ada, act)
    path = f"/cases/{act}/files/{file}/removal"
    kept = submit(pages.ada, "/account/name", path)
    item = pages.ada.get(f"/cases/{act}/items").text.split(f"/cases/{act}/items/")[1].split("/")[0]
    submit(pages.ada, "/account/name", f"/cases/{act}/items/{item}/removal")
    gone = submit(pages.ada, "/account/name", path)

    assert (kept.status_code, gone.status_code, pages.ada.get(address).status_code) == (409, 303, 404)


def test_nobody_attaches_a_file_of_somebody_else(pages: Pages) -> None:
    act = pages.admitted()
    file, _address = named(pages, pages.ada, act)
    submit(pages.ada, f"/cases/{act}/charge", f"/cases/{act}/charge", facts=FACTS)

    answer = pages.attach(pages.ben, act, text="", file=file)

    assert answer.status_code == 422
    assert "Enter what it says" in answer.text
