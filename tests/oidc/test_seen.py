"""The pages of signing in elsewhere, in a real browser: WCAG 2.2 AA by axe, narrow and wide, light and dark."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe

from hub import clock
from hub.db import metadata
from hub.groups import queries as groups
from hub.people import actions as people
from hub.permits import Actor
from hub.web import pages as web_pages
from hub.web.context import Asked
from hub.web.cookies import SESSION, Jar, name_of
from tests.conftest import SetClock
from tests.databases import Sqlite
from tests.matchers import eventually
from tests.oidc.conftest import Provided, Site, provide
from tests.web.server import _free_port
from tests.web.test_accessibility import ASKED

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def seen(_sqlite: Sqlite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provided, Site, str]]:
    """A served hub whose group has a forum that signs members in."""
    port, db, moment = _free_port(), _sqlite.fresh(metadata), SetClock()
    url = f"http://localhost:{port}"
    moment.moment = clock.now() - dt.timedelta(days=4)
    moment.advance()
    provided = provide(tmp_path_factory.mktemp("seen"), db, moment, url)
    client, secret = provided.register("discourse")
    clock.set_source(None)
    config = uvicorn.Config(provided.house.app, host="127.0.0.1", port=port, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    site = Site(
        provided, client, secret, redirect="https://forum.test/auth/oidc/callback", scope="openid profile email"
    )
    yield provided, site, url
    server.should_exit = True
    thread.join(timeout=10)
    _sqlite.release(db)


def pages(provided: Provided, site: Site) -> list[tuple[str, str]]:
    """Who opens which page."""
    group = f"/groups/{provided.group.slug}"
    with provided.db.read() as tx:
        link = groups.register_of_links(tx)[0][0].id
    return [
        ("member", f"/oidc/authorize?{urlencode(site.query())}"), ("member", "/oidc/authorize?client_id=x"),
        ("member", "/oidc/logout"), ("member", "/me/sites"), ("member", "/channels?address=forum.test"),
        ("member", "/channels?address=elsewhere.test"), ("member", f"/channels/{link}"),
        ("organiser", f"{group}/sites"), ("organiser", f"{group}/sites/new"), ("organiser", f"{group}/channels"),
        ("organiser", f"{group}/sites/{site.client}"), ("organiser", f"{group}/sites/{site.client}/preview"),
        ("organiser", f"{group}/sites/{site.client}/stop"), ("council", f"{group}/sites"), ("council", "/council"),
        ("organiser", f"{group}/sites/{site.client}/addresses"),
        ("member", f"{group}/sites"), ("member", "/account/passkeys"), ("member", "/me/notices"),
        ("organiser", "/vouch"),
        ("short", "/account/recovery"),
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_no_page_keeps_anybody_out(browser: Any, seen: tuple[Provided, Site, str], width: int, scheme: str) -> None:
    provided, site, url = seen
    found = {}

    for who, path in pages(provided, site):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        actor = {"organiser": provided.ben, "council": provided.una}.get(who, provided.anna)
        token = session(provided, actor, "bootstrap" if who == "short" else "passkey")
        context.add_cookies([{"name": name_of(provided.house.settings, SESSION), "value": token, "url": url}])
        page = context.new_page()
        page.goto(url + path)
        answer = Axe().run(page, options=ASKED).response
        wrong = [f"{one['id']}: {one['nodes'][0]['html'][:90]}" for one in answer["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append("too wide")
        if wrong:
            found[path] = wrong
        context.close()

    assert found == {}


def session(provided: Provided, actor: Actor, kind: str) -> str:
    """A session's token."""
    with provided.db.write() as tx:
        return people.start_session(tx, person=actor.person or "", kind=kind)


def test_member_says_yes_in_a_browser_whose_policy_lets_the_form_lead_there(
    whole_browser: Any, seen: tuple[Provided, Site, str]
) -> None:
    """Browsers hold the consent page's form-action against the redirect that follows; without script, too."""
    provided, site, url = seen
    context = whole_browser.new_context(java_script_enabled=False)
    token = session(provided, provided.cara, "passkey")
    context.add_cookies([{"name": name_of(provided.house.settings, SESSION), "value": token, "url": url}])
    reached: list[str] = []
    context.route("https://forum.test/**", lambda route: (reached.append(route.request.url), route.fulfill(body="ok")))
    page = context.new_page()

    page.goto(f"{url}/oidc/authorize?{urlencode(site.query())}")
    page.get_by_role("button", name="Yes, let it know").click()
    page.wait_for_url("https://forum.test/**")
    context.close()

    assert len(reached) == 1
    assert reached[0].startswith("https://forum.test/auth/oidc/callback?code=")


def test_known_words_of_a_page_are_never_taken_for_others(seen: tuple[Provided, Site, str]) -> None:
    """The planted fault: a page that calls something of its own what every page has."""
    provided, _site, _url = seen
    hub = provided.house.app.doors["/me/sites"].hub
    asked = Asked(hub, "GET", "/me/sites", Jar(provided.house.settings, {}))

    with pytest.raises(ValueError, match="told"):
        web_pages.page(asked, "sites/mine.html", told="a notice", sites=[], hosts={}, words={})
