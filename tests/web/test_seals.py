"""Every page that shows an act says how far the record has it: recorded, sealed, or witnessed by how many."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from hub import clock, ledger
from hub.charter.models import seals
from tests.people_for_tests import begin_group
from tests.web.conftest import House

ENTRY = re.compile(r'href="/record/([0-9]+)"')
SAID = re.compile(r"data-sealed>([^<]+)<")


@pytest.fixture
def town(house: House) -> tuple[House, list[str], Any]:
    """A hub with a branch and a group: its pages that show acts, and one who sees their own office."""
    branch, _founders, group, organisers = begin_group(house.db)
    pages = [
        "/power", "/rules", f"/branches/{branch.slug}/power", f"/groups/{group.slug}/power", "/channels", "/branches/" +
        branch.slug, f"/groups/{group.slug}", "/me", "/account/passkeys", "/", "/elections", "/fork", "/join",
    ]  # fmt: skip
    return house, pages, organisers[0]


def publish(house: House, size: int, *witnesses: str) -> None:
    """Keeps what a published checkpoint says, as the worker does."""
    row = {"origin": "hub.example/log", "size": size, "at": clock.now(), "witnesses": "\n".join(witnesses)}
    with house.db.write() as tx:
        tx.execute(sa.delete(seals))
        tx.execute(sa.insert(seals), row)


def shown(client: Any, pages: list[str]) -> dict[str, tuple[bool, str]]:
    """Page to whether it links an entry of the record, and what it says of them."""
    found = {}
    for path in pages:
        main = client.get(path).text.partition("<main")[2].partition("</main>")[0]
        found[path] = bool(ENTRY.search(main)), "".join(SAID.findall(main))
    return found


def test_every_page_that_shows_an_act_says_it(town: tuple[House, list[str], Any]) -> None:
    house, pages, organiser = town
    with house.db.read() as tx:
        size = ledger.size(tx)

    for seal, words in (
        (None, "What this page shows of the record: recorded, sealed within a minute."),
        ((size,), "What this page shows of the record: sealed."),
        ((size, "w0", "w1"), "What this page shows of the record: witnessed by 2."),
    ):
        if seal:
            publish(house, *seal)
        for client in (house.visitor(), house.signed_in(organiser)):
            said = shown(client, pages)
            assert sum(links for links, _ in said.values()) >= 4
            assert {path: words if links else "" for path, (links, _) in said.items()} == {
                path: text for path, (_, text) in said.items()
            }


def test_part_of_a_page_may_be_further_than_the_rest(town: tuple[House, list[str], Any]) -> None:
    house, _pages, organiser = town
    client = house.signed_in(organiser)
    indices = sorted(int(index) for index in ENTRY.findall(client.get("/me").text + client.get("/power").text))
    publish(house, indices[0] + 1, "w0")

    said = shown(client, ["/power"])["/power"][1]

    assert said == (
        f"What this page shows of the record: up to entry {indices[0]} witnessed by 1; after that recorded, sealed "
        "within a minute."
    )


def test_a_page_kept_for_visitors_follows_the_seal(town: tuple[House, list[str], Any]) -> None:
    house, _pages, _organiser = town
    visitor = house.visitor()
    with house.db.read() as tx:
        size = ledger.size(tx)
    before = [shown(visitor, ["/power"])["/power"][1] for _ in range(2)]

    publish(house, size, "w0", "w1", "w2")

    assert before == ["What this page shows of the record: recorded, sealed within a minute."] * 2
    assert shown(visitor, ["/power"])["/power"][1] == "What this page shows of the record: witnessed by 3."


def test_pages_of_the_record_say_it_of_each_line(town: tuple[House, list[str], Any]) -> None:
    house, _pages, _organiser = town
    publish(house, 2, "w0")

    listing, one = (house.visitor().get(path).text for path in ("/record", "/record/0"))

    assert "data-sealed" not in listing + one
    assert ("recorded, sealed within a minute" in listing, "witnessed by 1" in one) == (True, True)
