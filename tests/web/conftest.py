"""A hub of a few people with its pages, in one process: a client without cookies, and ways to be somebody."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub import app
from hub.db import Database
from hub.people import actions as people
from hub.permits import Actor
from hub.settings import Settings, build
from hub.web.cookies import SESSION, name_of
from tests.people_for_tests import found_hub, member

ORIGIN = "http://localhost:8000"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass
class House:
    """One hub under test. visitor(): a browser that never was here; signed_in(actor): one with a session."""

    settings: Settings
    db: Database
    app: Any

    def visitor(self, **more: Any) -> TestClient:
        """A browser without cookies."""
        return TestClient(self.app, base_url=ORIGIN, follow_redirects=False, **more)

    def signed_in(self, actor: Actor) -> TestClient:
        """A browser with a session of its own."""
        assert actor.person is not None
        with self.db.write() as tx:
            token = people.start_session(tx, person=actor.person)
        client = self.visitor()
        client.cookies.set(name_of(self.settings, SESSION), token)
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
    return build(folder, {"name": "Example Union", "url": ORIGIN, "demo": True, **chosen})


@pytest.fixture
def house(tmp_path: Path, db: Database) -> House:
    """A founded hub with two areas and no matcher."""
    settings = prepare(tmp_path / "data")
    with db.write() as tx:
        found_hub(tx)
    return House(settings, db, app.build(settings, db))


@pytest.fixture
def another_house(tmp_path: Path, db: Database) -> Callable[..., House]:
    """The same hub under other settings."""

    def make(**chosen: object) -> House:
        settings = prepare(tmp_path / f"data{len(list(tmp_path.iterdir()))}", **chosen)
        return House(settings, db, app.build(settings, db))

    return make
