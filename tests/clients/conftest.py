"""A hub behind TLS with a throw-away authority, and sites of other people's making that sign members in with it."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from hub import app, clock
from hub.acts import actions as acts
from hub.db import Database, metadata
from hub.federation import proofs
from hub.fetch import Fetcher, open_fetcher
from hub.groups import links, membership
from hub.groups import queries as groups
from hub.oidc import registering
from hub.people import actions as people
from hub.permits import Actor
from hub.web.cookies import SESSION, name_of
from tests.databases import Sqlite
from tests.matchers import eventually
from tests.networks import Proxy, Tls, free_port, proxy, site_of
from tests.oidc.conftest import HUB, form_of
from tests.people_for_tests import again, found_branch, found_group, found_hub, member, seat_council
from tests.web.conftest import House, prepare

SITES = ("site.test", "wiki.test", "app.test")
HERE = Path(__file__).resolve().parent


def need(present: object, what: str) -> None:
    """Skips a test whose client is not installed here; where CI demands it, fails."""
    if present:
        return
    if os.environ.get("FOLKMOOT_REQUIRE_CLIENTS") == "1":
        pytest.fail(f"{what} is required here and not installed")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """One authority for the run."""
    return Tls(tmp_path_factory.mktemp("tls")).make()


@dataclass
class Running:
    """A hub that is served over TLS at https://hub.test, by way of a proxy that knows the names of a test.

    anna belongs to the group; ben and cara organise it. ports: where the sites of SITES listen.
    """

    house: House
    tls: Tls
    proxy: Proxy
    ports: dict[str, int]
    group: groups.Group
    anna: Actor
    ben: Actor
    cara: Actor

    @property
    def url(self) -> str:
        """Where it is served; its issuer."""
        return self.house.settings.url

    def register(self, name: str) -> tuple[str, str]:
        """Registers the site at a name by two organisers, its file seen from both networks; returns id and secret."""
        link = self.prove(name)
        with self.house.db.write() as tx:
            ben, cara = again(tx, self.ben), again(tx, self.cara)
            made = registering.propose(tx, group=self.group, link=link, tool="any", tells="group", actor=ben)
            registering.confirm(tx, act=made.act, actor=cara)
        # Both waits of three days are over by the machine's clock: the hub was founded four days ago.
        clock.set_source(None)
        with self.house.db.write() as tx:
            acts.tick_all(tx)
            secret = registering.make_secret(tx, client=made.id, actor=again(tx, self.ben))
        return made.id, secret

    def prove(self, name: str) -> str:
        """Declares a site and proves it as organisers do: the hub itself fetches the file. Returns the link."""
        db, settings = self.house.db, self.house.settings
        with db.write() as tx:
            ben, url = again(tx, self.ben), f"https://{name}/"
            links.add_link(tx, group=self.group, kind="website", url=url, title="Site", audience="public", actor=ben)
            link = next(one.id for one in groups.links_for(tx, self.group, viewer=ben) if one.url == url)
            proof = proofs.begin(tx, group=self.group, link=link, method="file", actor=ben)
        told = {"group": f"{self.url}/groups/{self.group.slug}", "token": proof.token}
        with site_of(self.tls, {proofs.FILE: json.dumps(told).encode()}, self.ports[name]):
            eyes = proofs.Eyes.of(settings, self.fetcher)
            found = proofs.look_now(db, eyes, group=self.group, link=link, actor=ben)
        assert found == proofs.Look(True)
        return link

    @cached_property
    def fetcher(self) -> Fetcher:
        """The hub's own way out, as its settings make it."""
        settings = self.house.settings
        return open_fetcher(settings.fetch_also, settings.second_look)

    def browser(self, actor: Actor | None = None) -> httpx2.Client:
        """A plain browser: follows nothing, keeps cookies, trusts the throw-away authority, goes by the proxy."""
        found = httpx2.Client(base_url=self.url, verify=self.tls.trusting(), proxy=self.proxy.url)
        if actor is not None:
            found.cookies.set(name_of(self.house.settings, SESSION), self.session(actor))
        return found

    def session(self, actor: Actor) -> str:
        """A session's token."""
        with self.house.db.write() as tx:
            return people.start_session(tx, person=actor.person or "", kind="passkey")

    def agree(self, browser: httpx2.Client, where: str) -> str:
        """Goes where a site sends the member, says yes; returns where the member is sent back to."""
        page = browser.get(where)
        if page.status_code == 200:
            form = dict[str, Any]()
            for name, value in form_of(page.text, "/oidc/consent"):
                form.setdefault(name, []).append(value)
            page = browser.post("/oidc/consent", data=form)
        assert page.status_code == 303, page.text
        return str(page.headers["location"])


@pytest.fixture
def running(tmp_path: Path, _sqlite: Sqlite, tls: Tls) -> Iterator[Running]:
    """A hub behind TLS at https://hub.test; its own fetcher knows where the sites' names lead."""
    db, ports = _sqlite.fresh(metadata), {name: free_port() for name in SITES}
    with proxy() as way:
        places = ", ".join(f"{name}=127.0.0.1:{port}" for name, port in ports.items())
        chosen = {"fetch_also": f"{places}, ca={tls.authority}", "second_look": way.url}
        settings = prepare(tmp_path / "data", url=HUB, demo=False, **chosen)
        for name, port in ports.items():
            way.knows(name, ("127.0.0.1", port))
            # The hub's second look asks for the address that it checked.
            way.places[f"127.0.0.1:{port}"] = ("127.0.0.1", port)
        running = found(House(settings, db, app.build(settings, db)), tls, way, ports)
        with served(running.house.app, tls) as port:
            way.knows("hub.test", ("127.0.0.1", port))
            yield running
        running.fetcher.close()
    clock.set_source(None)
    _sqlite.release(db)


@contextmanager
def served(application: Any, tls: Tls) -> Iterator[int]:
    """Serves an application over TLS; yields the port."""
    port = free_port()
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, log_level="warning", lifespan="off",
        ssl_certfile=tls.certificate, ssl_keyfile=tls.certificate,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    yield port
    server.should_exit = True
    thread.join(timeout=10)


def found(house: House, tls: Tls, way: Proxy, ports: dict[str, int]) -> Running:
    """Founds a hub four days ago, so that a site's notice is over by now."""
    ago = clock.now() - dt.timedelta(days=4)
    clock.set_source(lambda: ago)
    db: Database = house.db
    with db.write() as tx:
        found_hub(tx)
        branch, founders = found_branch(tx, seat_council(tx, "una", "ula"))
        group, organisers = found_group(tx, branch, founders[:2], founders[2:4])
        anna = member(tx, "anna")
        membership.join(tx, group=group, actor=anna)
    return Running(house, tls, way, ports, group, anna, organisers[0], organisers[1])


@pytest.fixture(scope="session")
def node() -> str:
    """Node with the clients of package.json."""
    found = shutil.which("node")
    need(found and (HERE / "node_modules" / "openid-client").is_dir(), "openid-client for Node")
    return str(found)
