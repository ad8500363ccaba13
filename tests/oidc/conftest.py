"""A hub at https://hub.test with a group whose forum signs members in, and a site that plays any tool's part."""

from __future__ import annotations

import base64
import html
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import KeySet

from hub import app, clock, ledger
from hub.acts import actions as acts
from hub.db import Database
from hub.groups import links, membership
from hub.groups import queries as groups
from hub.groups.entries import LinkProved
from hub.groups.queries import Group
from hub.oidc import clients, registering, rules
from hub.permits import VISITOR, Actor
from tests import copies
from tests.conftest import SetClock
from tests.people_for_tests import again, found_branch, found_group, found_hub, member, seat_council
from tests.web.conftest import House, prepare

HUB = "https://hub.test"
FORUM = "https://forum.test"


@dataclass
class Provided:
    """A house with a forum. anna only belongs to the group, ben and cara organise it, una and ula are council."""

    house: House
    clock: Any
    group: Group
    anna: Actor
    ben: Actor
    cara: Actor
    una: Actor
    ula: Actor
    client: str = ""
    secret: str = ""

    @property
    def db(self) -> Database:
        """The hub's store."""
        return self.house.db

    def register(
        self, tool: str = "any", url: str = FORUM, tells: str = "group", kind: str = "forum"
    ) -> tuple[str, str]:
        """Registers a proved site by two organisers; returns client id and secret."""
        by = self.ben.person, self.cara.person
        return copies.of(self.db, _register, self.group.id, by, (tool, url, tells, kind), at=self.clock)

    def browser(self, actor: Actor) -> Any:
        """A browser whose owner is signed in."""
        return self.house.signed_in(actor)

    def rows(self, *tables: sa.Table) -> list[int]:
        """How many rows these tables have."""
        with self.db.read() as tx:
            return [tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables]


def _register(
    db: Database, group_id: str, by: tuple[str, str], site: tuple[str, str, str, str], at: SetClock
) -> tuple[str, str]:
    tool, url, tells, kind = site
    with db.write() as tx:
        ben, cara = (again(tx, replace(VISITOR, person=person)) for person in by)
        group = groups.get(tx, group_id)
        links.add_link(tx, group=group, kind=kind, url=url, title=f"The {kind}", audience="public", actor=ben)
        link = next(link.id for link in groups.links_for(tx, group, viewer=ben) if link.url == url)
        ledger.append(tx, LinkProved(link, "file", clock.today().isoformat()), by=None)
        made = registering.propose(tx, group=group, link=link, tool=tool, tells=tells, actor=ben)
        registering.confirm(tx, act=made.act, actor=cara)
    at.advance(days=3, minutes=1)
    with db.write() as tx:
        acts.tick_all(tx)
        secret = registering.make_secret(tx, client=made.id, actor=again(tx, ben))
        assert clients.find(tx, made.id).is_live
    return made.id, secret


@pytest.fixture
def provided(tmp_path: Path, db: Database, clock_at: Any) -> Provided:
    """A registered forum of a group, on both databases."""
    made = provide(tmp_path, db, clock_at("2026-11-21T20:00Z"))
    made.client, made.secret = made.register()
    return made


@pytest.fixture
def bare(tmp_path: Path, db: Database, clock_at: Any) -> Provided:
    """The same before any site was registered."""
    return provide(tmp_path, db, clock_at("2026-11-21T20:00Z"))


def provide(folder: Path, db: Database, moment: Any, url: str = HUB, **chosen: object) -> Provided:
    """Founds a hub, a branch and a group with two organisers and a member. chosen: further settings."""
    settings = prepare(folder / "data", url=url, demo=False, **chosen)
    found = copies.of(db, _found)
    return Provided(House(settings, db, app.build(settings, db)), moment, *found)


def _found(db: Database) -> tuple[Group, Actor, Actor, Actor, Actor, Actor]:
    with db.write() as tx:
        found_hub(tx)
        council = seat_council(tx, "una", "ula")
        branch, founders = found_branch(tx, council)
        group, organisers = found_group(tx, branch, founders[:2], founders[2:4])
        anna = member(tx, "anna")
        membership.join(tx, group=group, actor=anna)
    return group, anna, organisers[0], organisers[1], council[0], council[1]


@dataclass
class Site:
    """A relying party as a tool plays it. auth: basic, post or none; pkce: whether it can."""

    provided: Provided
    client: str
    secret: str
    redirect: str = f"{FORUM}/oidc/callback"
    scope: str = "openid profile groups"
    auth: str = "basic"
    pkce: bool = True
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = "a state"
    nonce: str | None = "a nonce"

    def query(self, **more: Any) -> dict[str, str]:
        """The parameters of an authorization request; None leaves one out."""
        asked: dict[str, Any] = {
            "response_type": "code", "client_id": self.client, "redirect_uri": self.redirect, "scope": self.scope,
            "state": self.state, "nonce": self.nonce,
        }  # fmt: skip
        if self.pkce:
            asked |= {"code_challenge": rules.challenge_of(self.verifier), "code_challenge_method": "S256"}
        return {name: value for name, value in {**asked, **more}.items() if value is not None}

    def go(self, browser: Any, **more: Any) -> Any:
        """Sends a browser to the hub."""
        return browser.get(f"/oidc/authorize?{urlencode(self.query(**more))}")

    def sign_in(self, browser: Any, **more: Any) -> dict[str, str]:
        """Sends a browser, says yes where the hub asks; returns what comes back to the site."""
        answer = self.go(browser, **more)
        if answer.status_code == 200:
            answer = agree(browser, answer.text)
        return back(answer, self.redirect)

    def exchange(self, code: str, **more: Any) -> Any:
        """Brings a code to the token endpoint."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect}
        if self.pkce:
            form["code_verifier"] = self.verifier
        return self.post("/oidc/token", **{**form, **more})

    def post(self, path: str, **form: Any) -> Any:
        """Calls an endpoint, proving itself as it does."""
        headers = {}
        sent = {name: value for name, value in form.items() if value is not None}
        if self.auth == "basic":
            pair = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        elif self.auth == "post":
            sent |= {"client_id": self.client, "client_secret": self.secret}
        else:
            sent |= {"client_id": self.client}
        return self.provided.house.visitor().post(path, data=sent, headers=headers)

    def userinfo(self, token: str) -> Any:
        """Asks for claims."""
        return self.provided.house.visitor().get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})

    def login(self, browser: Any, **more: Any) -> dict[str, Any]:
        """A whole login; returns the token answer."""
        told = self.sign_in(browser, **more)
        assert told["iss"] == HUB
        assert told.get("state", self.state) == self.state
        answer = self.exchange(told["code"])
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def read(self, token: str) -> dict[str, Any]:
        """Verifies a token with the published keys, and returns its claims."""
        published = self.provided.house.visitor().get("/oidc/jwks.json").json()
        found = jwt.decode(token, KeySet.import_key_set(published), ["RS256", "ES256"])
        return dict(found.claims)


def agree(browser: Any, text: str, **more: str) -> Any:
    """Says yes on a consent page."""
    form = form_of(text, "/oidc/consent")
    return browser.post("/oidc/consent", content=urlencode([*form, *more.items()]), headers=FORM)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def form_of(text: str, action: str) -> list[tuple[str, str]]:
    """The hidden fields of one form of a page."""
    found = re.search(rf'<form[^>]*action="{action}".*?</form>', text, re.S)
    assert found is not None, text
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found.group(0))
    return [(name, html.unescape(value)) for name, value in pairs]


def back(answer: Any, redirect: str) -> dict[str, str]:
    """What a redirect brings back to the site."""
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    assert location.split("?")[0] == redirect.split("?")[0], location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


@pytest.fixture
def site(provided: Provided) -> Site:
    """The forum."""
    return Site(provided, provided.client, provided.secret)


@pytest.fixture
def tool(bare: Provided) -> Callable[..., Site]:
    """Registers a site that runs a named tool, and plays it."""

    def make(name: str, **more: Any) -> Site:
        bare.client, bare.secret = bare.register(name)
        with bare.db.read() as tx:
            kept = clients.keys_of(tx, bare.client)
        return Site(bare, bare.client, bare.secret, redirect=kept.redirect_uris[0], **more)

    return make


def part(token: str, place: int) -> dict[str, Any]:
    """A part of a token, unverified: 0 the header, 1 the claims."""
    raw = token.split(".")[place]
    return dict(json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))))
