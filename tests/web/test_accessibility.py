"""Every page in a real browser, light and dark, narrow and wide, with script and without: WCAG 2.2 AA by axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe

from hub import clock
from hub.db import metadata
from hub.looks.models import looks
from hub.web.cookies import SESSION, name_of
from hub.web.routes import ROUTES
from tests.databases import Sqlite
from tests.people_for_tests import found_branch, found_group, found_hub, seat_council
from tests.web.conftest import House
from tests.web.server import serving

pytestmark = pytest.mark.browser

AXE = Axe().axe_script
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only what is wrong is told whole: of what holds axe looks for one place for each rule, which is faster.
ASKED = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
NO_PAGE = (
    "/log", "/git", "/openings", "/files", "/static", "/favicon", "/healthz", "/readyz", "/me/export", ".toml",
    "/proof",
)  # fmt: skip
PLACES = {"branch": "york-branch", "group": "york-tenants", "index": "3", "status": "422", "sha256": "x", "look": "1"}
SIGHTS: dict[str, list[dict[str, Any]]] = {
    "with script": [
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
        {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    ],
    "without script": [{"viewport": {"width": 320, "height": 640}, "color_scheme": "light"}],
}
NARROW, WIDE = SIGHTS["with script"]
# What differs between two looks at one page, and nobody sees.
UNSEEN = re.compile(r'(<input type="hidden"[^>]*>|(?<=\?)next=[^"]*)')


@pytest.fixture(scope="module")
def town(_sqlite: Sqlite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """A served hub with a branch and a group, and the session of an organiser of both."""
    db = _sqlite.fresh(metadata)
    with db.write() as tx:
        found_hub(tx)
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        group, organisers = found_group(tx, branch, founders[:2], founders[2:])
        look = {
            "person": organisers[0].person, "at": clock.now(), "holder": organisers[1].holder, "role": "admin",
            "scope_kind": "group", "scope_id": group.id, "purpose": "request", "about": group.id, "fields": "nickname",
        }  # fmt: skip
        tx.execute(sa.insert(looks), look)
    with serving(tmp_path_factory.mktemp("town") / "data", db) as house:
        client = house.signed_in(organisers[0])
        yield house, client.cookies[name_of(house.settings, SESSION)]
    _sqlite.release(db)


def pages() -> list[str]:
    """Every page that can be looked at, with something in each place of its address."""
    found = []
    for route in [route for route in ROUTES if not route.is_machine]:
        path = route.path
        for place, value in PLACES.items():
            path = path.replace(f"{{{place}}}", value)
        is_page = (
            route.method == "GET" and not route.is_machine and "{" not in path and not path.endswith((".json", ".gz"))
        )
        if is_page and not any(part in path for part in NO_PAGE):
            found.append(path)
    return found


def see(browser: Any, house: House, sight: dict[str, Any], token: str = "") -> Any:
    """A browser of a size and scheme, signed in or not."""
    context = browser.new_context(**sight)
    if token:
        cookie = {"name": name_of(house.settings, SESSION), "value": token, "url": house.settings.url}
        context.add_cookies([cookie])
    return context


def look(page: Any, sight: dict[str, Any]) -> list[str]:
    """What keeps somebody out of a page as it is shown in a size and a scheme, in a line each."""
    page.set_viewport_size(sight["viewport"])
    page.emulate_media(color_scheme=sight["color_scheme"])
    # Colours may be on their way from one scheme to the other.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return violations(page) + (["wider than the screen"] if too_wide else [])


def violations(page: Any) -> list[str]:
    """What axe finds on a page, in a line each."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE)
    found = page.evaluate("asked => axe.run(asked).then(all => all.violations)", ASKED)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("script", SIGHTS)
def test_no_page_keeps_anybody_out(browser: Any, town: tuple[House, str], script: str) -> None:
    house, token = town
    faults: dict[str, list[str]] = {}
    seen: set[str] = set()

    for who, session in (("organiser", token), ("visitor", "")):
        context = see(browser, house, SIGHTS[script][0], session)
        if script == "without script":
            context.route("**/*.js", lambda route: route.abort())
        page = context.new_page()
        for path in pages():
            response = page.goto(house.settings.url + path)
            assert response.status == 200 or path.startswith(("/dev/", "/oidc/")), path
            shown = UNSEEN.sub("", page.inner_html("main"))
            # Two pages of one frame with the same inside are one page: nobody has to be led past it twice.
            if shown in seen and path != "/":
                continue
            seen.add(shown)
            faults[f"{path} ({who})"] = [fault for sight in SIGHTS[script] for fault in look(page, sight)]
        context.close()

    assert {path: found for path, found in faults.items() if found} == {}
    assert len(seen) > len(pages())


def test_checker_finds_a_planted_fault(browser: Any) -> None:
    page = browser.new_page()

    page.set_content('<html lang="en"><title>A</title><main><h1>A</h1><img src="data:,"><input></main></html>')

    assert {line.partition(":")[0] for line in violations(page)} >= {"image-alt", "label"}


def test_mistakes_are_told_to_a_keyboard(browser: Any, town: tuple[House, str]) -> None:
    house, _token = town
    page = see(browser, house, NARROW).new_page()

    page.goto(house.settings.url + "/join")
    page.fill("#postcode", "YO1 1AA")
    page.click("main form .button")
    focused = page.evaluate("document.activeElement.className")
    page.click(".summary a")

    assert (page.title().startswith("Error: "), focused) == (True, "summary")
    assert page.evaluate("document.activeElement.id") == "number"
    assert page.input_value("#postcode") == "YO1 1AA"
    assert violations(page) == []


def test_every_target_is_large_enough_for_a_thumb(browser: Any, town: tuple[House, str]) -> None:
    house, token = town
    page = see(browser, house, NARROW, token).new_page()
    small = {}

    for path in ("/", "/join", "/me", "/account", "/groups/york-tenants", "/dev/look"):
        page.goto(house.settings.url + path)
        small[path] = page.evaluate(
            """() => [...document.querySelectorAll('button, .button, nav a, input:not([type=hidden]), select, summary')]
               .map(one => [one.outerHTML.slice(0, 80), one.closest('.choice') || one])
               .map(([html, one]) => [html, one.getBoundingClientRect()])
               .filter(([html, box]) => box.width && box.height < 43.5).map(([html]) => html)"""
        )

    assert {path: found for path, found in small.items() if found} == {}


def test_site_raises_no_complaint_of_the_browser(browser: Any, town: tuple[House, str]) -> None:
    house, token = town
    page = see(browser, house, WIDE, token).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    for path in ("/", "/join", "/me", "/dev/look", "/account", "/fork"):
        page.goto(house.settings.url + path)

    assert said == []
