"""Statements on pages: signed acts of two, read by anybody without script; a reminder one click from a group."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from hub import app
from hub.acts import actions as acts
from hub.db import Database
from hub.groups import offices
from hub.groups.queries import Group
from hub.permits import Actor
from hub.permits import queries as permits
from hub.statements import actions, queries
from hub.web.routes import ROUTES
from tests import copies
from tests.authenticator import Authenticator
from tests.conftest import SetClock
from tests.constitution.test_later import of_before
from tests.people_for_tests import again, begin_hub, entry_count, found_branch, found_group, member, seat_council
from tests.replaying import assert_replays
from tests.web.conftest import House, prepare, submit
from tests.web.test_levels import add_passkey
from tests.web.test_signatures import sign


class Town:
    """A council that named two of the press, each of whom has a browser and a device; a group; a member."""

    def __init__(self, house: House, clock: SetClock) -> None:
        self.house, self.clock = house, clock
        self.council, self.group, (self.ada, self.bea, self.plain) = copies.of(house.db, _named, at=clock)
        self.devices = {self.ada: Authenticator(), self.bea: Authenticator(), self.council[0]: Authenticator()}
        self.clients = {who: house.signed_in(who, kind="code") for who in self.devices}
        for who, device in self.devices.items():
            add_passkey(self.clients[who], device)

    def act(self, who: Any, page: str, path: str, **fields: str) -> Any:
        """Sends a form and signs what it asks for."""
        asked = submit(self.clients[who], page, path, **fields)
        return sign(self.clients[who], asked, self.devices[who])

    def publish(self) -> str:
        """Two of the press say something, past the pages; returns its page."""
        with self.house.db.write() as tx:
            act = actions.draft(tx, kind="statement", title="On rents", text="Freeze them.", actor=again(tx, self.ada))
            actions.confirm(tx, act=act, actor=again(tx, self.bea))
            return f"/statements/{queries.of_act(tx, act)[0].id}"

    def reads(self, path: str, who: Any = None) -> str:
        """The words of a page's main part, tags left out."""
        client = self.house.visitor() if who is None else self.clients[who]
        page = client.get(path)
        assert page.status_code == 200, path
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.text.split("<main", 1)[1])))


def _named(db: Database, clock: SetClock) -> tuple[list[Actor], Group, list[Actor]]:
    with db.write() as tx:
        council = seat_council(tx, "c_one", "c_two", "c_three")
        branch, founders = found_branch(tx, council)
        group, _ = found_group(tx, branch, founders[:2], founders[2:])
        people = [member(tx, name) for name in ("ada", "bea", "plain")]
        for who in people[:2]:
            act, token = offices.offer(tx, place=None, role="press", actor=again(tx, council[0]))
            offices.accept(tx, token=token, shown=str(who.nickname), actor=again(tx, who))
            for one in council[1:]:
                offices.confirm(tx, act=act, actor=again(tx, one))
    clock.advance(days=30)
    with db.write() as tx:
        acts.tick_all(tx)
    return council, group, people


@pytest.fixture
def town(bare_house: House, clock_at: SetClock) -> Town:
    return Town(bare_house, clock_at("2027-01-10T20:00Z"))


def test_two_of_the_press_sign_and_everybody_reads_who_and_since_when(town: Town, another_db: Any) -> None:
    drafted = town.act(
        town.ada, "/statements/new", "/statements", kind="statement", title="On rents", text="Freeze them.\n\nNow."
    )
    draft = drafted.headers["location"]
    waiting, empty = town.reads(draft), town.reads("/statements")
    signed = town.act(town.bea, draft, f"{draft}/confirmation")

    assert (drafted.status_code, signed.status_code) == (303, 303)
    assert "Nobody has said this. It waits for a second of the press" in waiting
    assert "Freeze them." in waiting
    assert "Nothing has been said officially yet." in empty
    moved = town.house.visitor().get(draft, follow_redirects=False)
    key = moved.headers["location"]
    page = town.reads(key)
    assert (moved.status_code, "On rents" in town.reads("/statements")) == (303, True)
    assert "ada, of the press: signed" in page
    assert "bea, of the press: signed" in page
    assert "Said since 9 February 2027" in page
    assert "Nothing was changed since it was published." in page
    assert_replays(town.house.db, another_db)


def test_correction_stands_in_the_log_with_the_old_words(town: Town, another_db: Any) -> None:
    key = town.publish()
    change = {"title": "On rents", "text": "Freeze them for two years.", "reason": "For how long was missing."}
    draft = town.act(town.ada, f"{key}/correction", f"{key}/correction", **change).headers["location"]
    assert "A change of it waits for a second signature" in town.reads(key)
    town.act(town.bea, draft, f"{draft}/confirmation")
    page = town.reads(key)
    gone = town.act(town.bea, f"{key}/withdrawal", f"{key}/withdrawal", reason="It is settled.").headers["location"]
    town.act(town.ada, gone, f"{gone}/confirmation")

    assert "Freeze them for two years." in page
    assert "The reason: For how long was missing." in page
    assert "What it said before On rents Freeze them." in page
    last = town.reads(key)
    assert "It is not said any more." in last
    assert "It is settled." in last
    assert "Freeze them for two years." in last
    assert "What it said before On rents Freeze them." in last
    assert "Taken back" in town.reads("/statements")
    assert_replays(town.house.db, another_db)


def test_reminder_is_one_click_from_a_groups_page_and_stands_there(town: Town) -> None:
    click = "Say that this was not said in our name"
    group = f"/groups/{town.group.slug}"
    link = f'href="/statements/new?group={town.group.slug}"'
    assert link in town.clients[town.ada].get(group).text
    assert click not in town.reads(group)
    page = f"/statements/new?group={town.group.slug}"
    form = town.clients[town.ada].get(page).text
    title = re.search(r'name="title"[^>]*value="([^"]*)"', form)
    assert title is not None
    fields = {"kind": "reminder", "group": town.group.slug, "title": title.group(1), "text": "Delete it."}
    draft = town.act(town.ada, page, "/statements", **fields).headers["location"]
    before = town.reads(group)
    town.act(town.bea, draft, f"{draft}/confirmation")

    assert "An official reminder:" not in before
    assert "An official reminder: This was not said in our name" in town.reads(group)


def test_council_names_and_withdraws_the_press_by_signed_acts(town: Town) -> None:
    chair = town.council[0]
    made = town.act(chair, "/power", "/press")
    with town.house.db.read() as tx:
        grant = permits.standing_grants(tx, holder=permits.holder_of_person(tx, str(town.bea.person)))[0].id
    withdrawn = town.act(chair, f"/press/{grant}/withdrawal", f"/press/{grant}/withdrawal")

    assert (made.status_code, "/invitations/" in made.text) == (200, True)
    assert (withdrawn.status_code, withdrawn.headers["location"]) == (303, "/power")
    power = town.reads("/power")
    assert "Withdraw bea as Press of the hub" in power
    assert "publish an official statement" in power


@pytest.mark.parametrize("path", ["/statements/new", "/statements"])
def test_nobody_else_drafts(town: Town, path: str) -> None:
    client = town.house.signed_in(town.plain)
    with town.house.db.read() as tx:
        before = entry_count(tx)
    page = client.get(path)

    assert page.status_code == 200
    assert 'action="/statements"' not in page.text
    with town.house.db.read() as tx:
        assert entry_count(tx) == before


def test_what_is_not_there_is_not_found_and_mistakes_stand_beside_their_field(town: Town) -> None:
    for path in ("/statements/stm_" + "0" * 26, "/statements/x", "/statements/drafts/act_" + "0" * 26):
        assert town.house.visitor().get(path).status_code == 404
    assert town.clients[town.ada].get("/statements/new?group=nowhere").status_code == 404
    wrong = submit(town.clients[town.ada], "/statements/new", "/statements", title="", text="Words.", kind="statement")

    assert (wrong.status_code, "Enter a title" in wrong.text, "Words." in wrong.text) == (422, True, True)


def test_a_draft_is_not_public_as_a_statement(town: Town) -> None:
    with town.house.db.write() as tx:
        act = actions.draft(tx, kind="statement", title="T", text="Words.", actor=again(tx, town.ada))
        key = queries.of_act(tx, act)[0].id

    assert town.house.visitor().get(f"/statements/{key}").status_code == 404


def test_no_page_fails_in_a_hub_whose_rules_know_no_press(tmp_path: Path, db: Any, clock_at: SetClock) -> None:
    clock_at("2027-01-10T20:00Z")
    settings = prepare(tmp_path / "data")
    begin_hub(db, of_before(), origin=settings.log_origin)
    house = House(settings, db, app.build(settings, db))
    plain = [route.path for route in ROUTES if route.method == "GET" and "{" not in route.path]
    with db.write() as tx:
        ada = member(tx, "ada")
    for client in (house.visitor(), house.signed_in(ada)):
        answers = {path: client.get(path) for path in plain}
        assert {path: answer.status_code for path, answer in answers.items() if answer.status_code >= 500} == {}
        assert "/offices/press" not in answers["/power"].text
