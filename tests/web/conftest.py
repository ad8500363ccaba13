"""A hub of a few people with its pages, in one process: a client without cookies, and ways to be somebody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from hub import app
from hub.db import Database, metadata
from hub.people import actions as people
from hub.permits import Actor
from hub.settings import Settings, build
from hub.web.cookies import SESSION, name_of
from tests.conftest import SetClock
from tests.databases import Sqlite
from tests.oidc.keys_for_tests import put_keys
from tests.people_for_tests import begin_hub, member, without_devices
from tests.towns import BEGINS

ORIGIN = "http://localhost:8000"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def assert_dressed(response: Any) -> None:
    """What every answer of a run must carry, and what every cookie must be."""
    headers = response.headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    if response.request.url.path in ("/oidc/authorize", "/oidc/consent", "/oidc/logout"):
        # One page may let its forms lead to the site it asks about: browsers hold form-action against redirects.
        policy["form-action"] = policy["form-action"].split(" https://")[0]
    assert {name: policy.get(name) for name in STRICT} == STRICT
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] in ("same-origin", "cross-origin")
    assert headers["cache-control"]
    assert headers["content-type"]
    for cookie in headers.get_list("set-cookie"):
        name, *attributes = [part.strip() for part in cookie.split(";")]
        secure = ["Secure"] if name.startswith("__Host-") else []
        usual = ["Path=/", "HttpOnly", "SameSite=Lax", *secure]
        assert [item for item in attributes if not item.startswith("Max-Age=")] == usual
    location = headers.get("location", "/")
    # Only the provider leads elsewhere: to addresses that two organisers registered.
    if not response.request.url.path.startswith("/oidc/"):
        assert location.startswith(("/", "http://localhost:8000/", "https://hub.example.org/"))
    assert not location.startswith("//")
    about_somebody = response.status_code == 200 and response.request.url.path.startswith(("/me", "/account"))
    assert not about_somebody or headers["cache-control"] == "no-store"


STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "require-trusted-types-for": "'script'",
}


@dataclass
class House:
    """One hub under test. visitor(): a browser that never was here; signed_in(actor): one with a session."""

    settings: Settings
    db: Database
    app: Any

    def visitor(self, **more: Any) -> TestClient:
        """A browser without cookies."""
        client = TestClient(self.app, base_url=self.settings.url, follow_redirects=False, **more)
        client.event_hooks = {"response": [assert_dressed]}
        return client

    def signed_in(self, actor: Actor, kind: str = "passkey") -> TestClient:
        """A browser with a session of its own. kind: how its owner signed in."""
        assert actor.person is not None
        with self.db.write() as tx:
            # As after a passkey: tests of forms are about forms. tests/web/test_levels.py is about passkeys.
            token = people.start_session(tx, person=actor.person, kind=kind)
        client = self.visitor()
        host = urlsplit(self.settings.url).hostname or ""
        # As the answer to a sign-in sets it: another value then takes its place.
        domain = host if "." in host else f"{host}.local"
        client.cookies.set(name_of(self.settings, SESSION), token, domain=domain, path="/")
        return client

    def member(self, name: str, area: str | None = "york") -> Actor:
        """A verified member with a nickname."""
        with self.db.write() as tx:
            return member(tx, name, area)


def token_on(client: TestClient, path: str) -> str:
    """The form token of a page, in this browser."""
    found = TOKEN.search(client.get(path).text)
    assert found is not None, f"{path} has no form"
    return found.group(1)


def submit(client: TestClient, page: str, target: str, **fields: str) -> Any:
    """Opens a page and sends its form."""
    return client.post(target, data={"token": token_on(client, page), **fields})


def prepare(folder: Path, **chosen: object) -> Settings:
    """A data folder as far as pages need one."""
    for name in ("keys", "log", "openings", "files", "public", "matcher"):
        (folder / name).mkdir(parents=True)
    (folder / "keys" / "web.key").write_text("k" * 43 + "\n")
    put_keys(folder / "keys")
    return build(folder, {"name": "Example Union", "url": ORIGIN, "demo": True, **chosen})


@pytest.fixture
def house(tmp_path: Path, db: Database) -> House:
    """A founded hub with two areas and no matcher."""
    settings = prepare(tmp_path / "data")
    begin_hub(db, origin=settings.log_origin)
    return House(settings, db, app.build(settings, db))


@pytest.fixture
def bare_house(tmp_path: Path, db: Database) -> House:
    """The same under rules by which an office takes no passkey: for what an officer's first passkey does."""
    settings = prepare(tmp_path / "data")
    begin_hub(db, without_devices(), origin=settings.log_origin)
    return House(settings, db, app.build(settings, db))


@pytest.fixture
def early(clock_at: SetClock) -> SetClock:
    """The clock of a town; to be asked for before the house, so that its hub is founded then."""
    return clock_at(BEGINS)


@pytest.fixture
def lone_house(tmp_path: Path, _sqlite: Sqlite) -> Iterator[House]:
    """The same on SQLite alone: for long tests of what never asks the database."""
    settings, db = prepare(tmp_path / "data"), _sqlite.fresh(metadata)
    begin_hub(db, origin=settings.log_origin)
    yield House(settings, db, app.build(settings, db))
    _sqlite.release(db)


@pytest.fixture
def another_house(tmp_path: Path, db: Database) -> Callable[..., House]:
    """The same hub under other settings."""

    def make(**chosen: object) -> House:
        settings = prepare(tmp_path / f"data{len(list(tmp_path.iterdir()))}", **chosen)
        return House(settings, db, app.build(settings, db))

    return make
