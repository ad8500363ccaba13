"""Members do five hundred things with words of their own, and none of these is published anywhere (PR-12, PR-15)."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from hub import outbox
from hub.db import metadata
from hub.errors import Refusal
from hub.groups.models import groups
from hub.ledger.models import openings
from hub.ledger.openings import parse_opening
from hub.letters import LETTERS
from hub.outbox.models import letters
from hub.permits import Actor
from hub.web import problems
from hub.web.context import Answer, Asked
from tests.conftest import SetClock
from tests.people_for_tests import again
from tests.vaults import letters_of, nicknames
from tests.web.conftest import House, token_on
from tests.web.trawling import Trawl, build_trawl

ACTS = 500
Fields = dict[str, str]


@dataclass
class Crowd:
    """Members who act, and every word that they ever typed."""

    trawl: Trawl
    clients: list[TestClient]
    random: random.Random
    typed: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    whose: dict[str, int] = field(default_factory=dict)
    refused: list[set[str]] = field(default_factory=list)

    def word(self) -> str:
        """A word that nobody typed before."""
        self.typed.append(f"mk{self.random.randrange(10**9):09}q{len(self.typed)}")
        return self.typed[-1]

    def acts(self) -> list[Callable[[TestClient], Any]]:
        """What a member may do, each drawn from what is there now."""
        group, branch = self.trawl.group, self.trawl.params["branch"][0]
        draft, ballot = f"/branches/{branch}/groups/new", self.trawl.params["ballot"][0]
        election = self.trawl.params["act"][0]
        return [
            self.form("/account/name", lambda: {"nickname": self.word()[:24], "shown": "nickname"}),
            self.form("/account/name", lambda: {"nickname": self.word()[:24], "shown": "member"}),
            self.form(f"{draft}/about", lambda: {"name": self.word(), "purpose": self.word() * 3}),
            self.form(f"{draft}/links", lambda: {
                "kind": "chat", "url": f"https://{self.word()}.example/{self.word()}", "title": self.word(),
            }),
            self.form(f"/groups/{group}/departure", dict),
            self.form(f"/groups/{group}/memberships", dict),
            self.form("/me/draws", lambda: {"at_home": "yes", "volunteers": self.word()}),
            self.form("/me/looks/key", dict),
            self.form("/looks", lambda: {"purpose": "asked", "key": self.word()}),
            self.form("/vouch", lambda: {"number": self.word()}),
            self.form("/account/closing", dict),
            self.form("/account/closing/withdrawal", dict),
            self.form(f"/ballots/{ballot}/check", lambda: {"phrase": self.word()}),
            self.form(f"/ballots/{ballot}/papers", lambda: {
                "phrase": self.word(), self.word(): "1", "choice": self.word(),
            }),
            self.form("/receipts", lambda: {"receipt": self.word()}),
            self.form("/join", lambda: {
                "country": "GB", "number": self.word(), "postcode": f"YO1 {self.word()}",
            }),
            self.form("/join/letter", lambda: {"code": self.word(), "number": self.word()}),
            lambda client: client.get("/", params={"q": self.word()}),
            lambda client: client.get(f"/groups/{self.word()}"),
            lambda client: client.get(f"/elections/{election}", headers={"user-agent": self.word()}),
            lambda client: client.post("/account/name", data={"token": self.word(), "nickname": self.word()}),
        ]  # fmt: skip

    def form(self, target: str, fields: Callable[[], Fields]) -> Callable[[TestClient], Any]:
        """Sends a form, with a token of this browser's own."""
        return lambda client: client.post(target, data={"token": token_on(client, "/account/name"), **fields()})

    def act(self) -> None:
        """One member does one thing."""
        act, who = self.random.choice(self.acts()), self.random.randrange(len(self.clients))
        before = len(self.typed)
        answer = act(self.clients[who])
        self.answers.append(answer.status_code)
        self.whose |= dict.fromkeys(self.typed[before:], who)
        # A form that comes back (422) has what its sender typed in its fields, and every page its reader's nickname; no
        # other refusal has what was just typed, and none has anybody else's words.
        if answer.status_code >= 400:
            just_now = set(self.typed[before:]) if answer.status_code != 422 else set()
            others = {word for word, owner in self.whose.items() if owner != who}
            self.refused.append({word for word in just_now | others if word in answer.text})


@pytest.fixture
def crowd(early: SetClock, lone_house: House) -> Crowd:
    trawl = build_trawl(lone_house, early)
    with trawl.house.db.write() as tx:
        members: list[Actor] = [again(tx, voter) for voter in trawl.town.voters[2:8]]
    return Crowd(trawl, [trawl.house.signed_in(one) for one in members], random.Random(7))


def published(trawl: Trawl) -> str:
    """Every byte that is for everybody: public tables with the record and its words, and every page of a visitor."""
    with trawl.house.db.read() as tx:
        rows = [
            str([bytes(value) if isinstance(value, memoryview) else value for value in row])
            for table in metadata.tables.values()
            if table.info["kind"] in ("public", "derived")
            for row in tx.execute(sa.select(table))
        ]
        disclosures = [parse_opening(one) for one in tx.scalars(sa.select(openings.c.disclosure))]
    visitor = trawl.house.visitor()
    pages = [visitor.get(page).text for page in trawl.pages()]
    return "\n".join([*rows, *map(str, disclosures), *pages])


def to_the_post(trawl: Trawl) -> str:
    """What is handed over to be sent: names of letters, and their closed parameters."""
    with trawl.house.db.read() as tx:
        templates = set(tx.scalars(sa.select(letters.c.template)))
        rows = [(letter.template, letter.params) for one in templates for letter in letters_of(tx, one)]
    assert templates <= set(LETTERS)
    return str(rows)


def test_no_word_of_a_member_is_published_logged_or_posted(crowd: Crowd, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    for _number in range(ACTS):
        crowd.act()

    with crowd.trawl.house.db.read() as tx:
        kept = str(list(nicknames(tx)))
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("folkmoot"))
    places = {"published": published(crowd.trawl), "logged": logged, "posted": to_the_post(crowd.trawl)}
    assert {name: [word for word in crowd.typed if word in text] for name, text in places.items()} == {
        "published": [], "logged": [], "posted": [],
    }  # fmt: skip
    # The acts were real: many went through, no page broke, and the store has words of theirs.
    assert [status for status in crowd.answers if status >= 500] == []
    assert sum(status in (200, 303) for status in crowd.answers) > ACTS // 3
    assert (set().union(*crowd.refused), len(crowd.refused) > 20) == (set(), True)
    assert any(word[:24] in kept for word in crowd.typed)


def test_a_word_that_leaks_is_found(crowd: Crowd) -> None:
    """The planted faults: a letter that says more than it may, and a public text that somebody's word came into."""
    word = crowd.word()
    with crowd.trawl.house.db.write() as tx:
        outbox.put(tx, person=str(crowd.trawl.town.voters[2].person), template="registered", place=f"/groups/{word}")

        tx.execute(sa.update(groups).values(purpose=f"{groups.c.purpose} {word}"))

    assert (word in to_the_post(crowd.trawl), word in published(crowd.trawl)) == (True, True)


def test_an_error_page_that_repeats_what_was_asked_for_is_found(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: a refusal that says which address it refused."""
    refuse = problems.refused

    def echo(asked: Asked, refusal: Refusal) -> Answer:
        answer = refuse(asked, refusal)
        answer.body += asked.here.encode()
        return answer

    monkeypatch.setattr(problems, "refused", echo)
    for _number in range(ACTS // 5):
        crowd.act()

    assert set().union(*crowd.refused) != set()
