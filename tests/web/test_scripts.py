"""What people type never becomes a script (WE-02): every field that is shown, full of payloads, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from hub import outbox
from hub.db import metadata
from hub.groups.founding import Plan
from hub.web.cookies import SESSION, name_of
from tests.databases import Sqlite
from tests.people_for_tests import found_branch, found_group, found_hub, seat_council
from tests.web.conftest import House
from tests.web.server import serving

pytestmark = pytest.mark.browser

CALLS = ["alert(1)", "alert`1`", "top['al'+'ert'](1)", "import('//x.example')", "confirm(document.domain)"]
SHAPES = [
    "<script>{}</script>", "<script>{}//", "</title><script>{}</script>", "</textarea><script>{}</script>",
    "<img src=x onerror={}>", '"><img src=x onerror={}>', "'><svg onload={}>", "<svg><script>{}</script></svg>",
    "<svg/onload={}>", '" onmouseover="{}', "' onfocus='{}' autofocus='", '" autofocus onfocus="{}', "javascript:{}",
    "<a href=javascript:{}>x</a>", "<iframe srcdoc='<script>{}</script>'>", "<iframe src=javascript:{}>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror={}>", "<details open ontoggle={}>", "<body onload={}>",
    "<input autofocus onfocus={}>", "<video><source onerror={}>", "<form action=javascript:{}><button>", "{{{{{}}}}}",
    "{{%% {} %%}}", "<style>@import 'x';{}</style>", "<link rel=stylesheet href=data:,{}>", "<base href=//x.example>{}",
    "<object data=javascript:{}>", "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "&lt;script&gt;{}&lt;/script&gt;",    "\\u003cscript\\u003e{}", "<scr<script>ipt>{}</scr</script>ipt>",
]  # fmt: skip
PAYLOADS = [shape.replace("{}", call) for shape in SHAPES for call in CALLS]


@pytest.fixture(scope="module")
def town(_sqlite: Sqlite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str, list[str]]]:
    """A served hub whose groups are named and described by payloads, and one of their organisers' session."""
    db = _sqlite.fresh(metadata)
    with db.write() as tx:
        found_hub(tx)
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        slugs = []
        for start in range(0, len(PAYLOADS), 16):
            some = PAYLOADS[start : start + 16]
            plan = Plan(f"g{start} {some[0]}"[:80], " ".join(some)[:500], "branch")
            group, organisers = found_group(tx, branch, founders[:2], founders[2:], plan)
            slugs.append(group.slug)
        for place in PAYLOADS[:40]:
            outbox.put(tx, person=str(organisers[0].person), template="registered", place=place)
    with serving(tmp_path_factory.mktemp("town") / "data", db) as house:
        yield house, house.signed_in(organisers[0]).cookies[name_of(house.settings, SESSION)], slugs
    _sqlite.release(db)


class Watched:
    """A page that remembers what ran, and what the policy had to stop."""

    def __init__(self, browser: Any, house: House, token: str) -> None:
        context = browser.new_context()
        cookie = {"name": name_of(house.settings, SESSION), "value": token, "url": house.settings.url}
        context.add_cookies([cookie])
        self.url, self.page, self.ran = house.settings.url, context.new_page(), list[str]()
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda said: self.ran.append(said.text))
        self.page.on("pageerror", lambda error: self.ran.append(str(error)))

    def _dialog(self, dialog: Any) -> None:
        self.ran.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 150


def test_stored_words_run_nowhere(browser: Any, town: tuple[House, str, list[str]]) -> None:
    house, token, slugs = town
    watched = Watched(browser, house, token)

    for path in ["/", "/branches/york-branch", "/record", "/me", "/me/notices", *(f"/groups/{slug}" for slug in slugs)]:
        watched.open(path)
    shown = watched.page.inner_text("main")

    assert watched.ran == []
    assert "alert(1)" in shown


def test_reflected_words_run_nowhere(browser: Any, town: tuple[House, str, list[str]]) -> None:
    house, token, _slugs = town
    watched = Watched(browser, house, token)

    for payload in PAYLOADS:
        watched.open(f"/?q={quote(payload)}")

    assert watched.ran == []


def test_words_shown_again_on_a_form_run_nowhere(browser: Any, town: tuple[House, str, list[str]]) -> None:
    house, token, _slugs = town
    watched = Watched(browser, house, token)

    for payload in PAYLOADS[::5]:
        watched.open(f"/join/code?next={quote(payload)}")
        watched.page.fill("#code", payload)
        watched.page.click("main form .button")
        watched.open("/account/name")
        watched.page.fill("#nickname", payload)
        watched.page.click("main form .button")

    # The browser says of a status 422 that it is no success; that is no script.
    assert [said for said in watched.ran if "status of 422" not in said] == []


def test_watcher_catches_a_script_and_a_stopped_one(browser: Any, town: tuple[House, str, list[str]]) -> None:
    house, token, _slugs = town
    watched = Watched(browser, house, token)

    watched.open("/join")
    watched.page.evaluate("() => { try { document.body.innerHTML = '<b onclick=alert(1)>' } catch {} }")
    stopped = list(watched.ran)
    watched.page.goto("about:blank")
    watched.page.set_content("<img src=x onerror=alert(1)>")
    watched.page.wait_for_timeout(200)

    assert any("Content Security Policy" in said or "Trusted" in said for said in stopped), stopped
    assert "dialog: 1" in watched.ran
