"""Pages of measures in plain words, without script: the declaring form, an early election, an extension, the rules."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub.branches import queries as branches
from hub.emergencies import actions as emergencies
from hub.emergencies import queries
from tests.draws.conftest import Town, make_town
from tests.emergencies.conftest import confirm, panel
from tests.people_for_tests import again
from tests.web.conftest import House, submit

ELECTION = "If the measure is undone before the voting has closed, the election ends without effect."


@pytest.fixture(autouse=True)
def _clock(clock_at: Any) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


@pytest.fixture
def town(bare_house: House, clock_at: Any) -> Town:
    """A hundred days old."""
    made = make_town(bare_house.db, clock_at, members=12, is_founded=True)
    made.turn(days=100)
    return made


def measure(town: Town, kind: str, role: str | None = None) -> str:
    """A measure that two of the council signed."""
    with town.db.write() as tx:
        first, second = (again(tx, one) for one in town.council[:2])
        scope = branches.get(tx, town.branch.id).scope
        act = emergencies.declare(tx, kind=kind, scope=scope, reason="Nobody answers letters.", actor=first, role=role)
        emergencies.confirm(tx, act=act, actor=second)
    return act


def read(client: Any, path: str) -> str:
    """The words of a page's main part."""
    main = client.get(path).text.split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_form_says_what_an_election_is_and_declares_one(bare_house: House, town: Town) -> None:
    client = bare_house.signed_in(town.council[0])
    form = read(client, "/emergencies/new")

    for sentence in (
        "Have organisers elected now",
        "If it is undone before the voting has closed, it ends without effect.",
        "The panel may extend it once, to 14 days in all.",
        "None is declared in the first 90 days of a branch or group, or within 90 days of another one there.",
    ):
        assert sentence in form
    answer = submit(
        client, "/emergencies/new", "/emergencies", kind="open_election", where=f"branches/{town.branch.slug}",
        reason="Nobody answers letters.",
    )  # fmt: skip
    page = read(bare_house.visitor(), answer.headers["location"])
    assert "York branch elects its organisers now" in page
    assert "Not in force: it takes a second signature." in page
    assert "With the second signature the clock opens an election of all organisers" in page


def test_pages_of_an_early_election_say_what_it_rests_on_and_that_it_was_undone(bare_house: House, town: Town) -> None:
    act = measure(town, "open_election")
    with town.db.read() as tx:
        election = queries.find(tx, act).election
    visitor = bare_house.visitor()
    page, contest = read(visitor, f"/emergencies/{act}"), read(visitor, f"/elections/{election}")
    assert ELECTION in page
    assert "The clock opened it because an emergency measure asks for it." in contest
    assert "If that is undone before the voting has closed, this election ends without effect." in contest
    assert "organisers are elected, the election" in read(visitor, "/emergencies")
    town.turn(days=2)

    page, contest = read(visitor, f"/emergencies/{act}"), read(visitor, f"/elections/{election}")
    assert "The election ends without effect, and offices are as they were." in page
    assert "What it rested on was undone, so it ended without effect. Offices are as they were." in contest
    assert "It is opened again." not in contest
    assert "this election ends without effect" not in contest


def test_panel_extends_on_the_page_of_its_measure(bare_house: House, town: Town) -> None:
    act = measure(town, "pause_role", "admin")
    confirm(town, act)
    with town.db.draft() as tx:
        first, second, third = panel(town, tx, act)
    page = f"/emergencies/{act}"
    assert "Extend it, once" not in read(bare_house.signed_in(town.council[0]), page)
    client = bare_house.signed_in(first)
    assert "it lasts 7 days more, and 14 days at most in all. Nothing extends it again." in read(client, page)

    mistaken = submit(client, page, f"{page}/extension", reason="")
    asked = submit(client, page, f"{page}/extension", reason="More letters came.")

    assert (mistaken.status_code, asked.status_code, asked.headers["location"]) == (422, 303, page)
    with town.db.draft() as tx:
        (extension,) = queries.extensions(tx, act)
    assert f"/emergencies/{extension.act}" in bare_house.visitor().get("/power").text
    told = read(bare_house.visitor(), f"/emergencies/{extension.act}")
    assert "An extension is proposed More letters came. Waiting for 1 signature of the panel" in told
    signed = submit(bare_house.signed_in(second), page, f"/emergencies/{extension.act}/confirmation")
    assert signed.headers["location"] == page
    for one in (first, third):
        told = read(bare_house.signed_in(one), page)
        assert "Two of the panel signed: it lasts until" in told
        assert "Extend it, once" not in told


def test_rules_say_it_in_plain_words(bare_house: House) -> None:
    rules = read(bare_house.visitor(), "/rules")

    for sentence in (
        "in a branch or group no measure is declared in its first 90 days.",
        "No measure lasts longer than 14 days in all, also where its panel extends it.",
        "or has organisers elected there now.",
        "If the measure is undone before the voting has closed, the election ends without effect;",
        "2 of the panel sign within 3 days, and before the measure ends; otherwise it ends when it would have.",
        "It lasts 7 days more and ends by itself. Nothing extends it again.",
    ):
        assert sentence in rules
