"""Every page meets WCAG 2.2 AA as far as axe can tell, on a phone and a desk, in light and dark."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PUBLIC = (
    "/", "/?q=york", "/?q=nothingatall", "/branches/york", "/branches/york/power", "/groups/york-tenants",
    "/groups/york-allotments", "/groups/york-tenants/power", "/power", "/council", "/record", "/record/0", "/record/30",
    "/rules", "/ballots", "/fork", "/join", "/join/code", "/join/letter", "/sign-in", "/dev/mail", "/dev/clock",
    "/dev/look", "/dev/errors",
)  # fmt: skip
SIGNED_IN = (
    "/me", "/me/notices", "/me/looks", "/me/held", "/me/correct", "/looks", "/looks/counts",
    "/account/closing", "/account", "/sign-out",
    "/branches/york/groups/new", "/branches/york/groups/new/about", "/branches/york/groups/new/joining",
    "/branches/york/groups/new/links",
    "/groups/york-tenants/join", "/groups/night-workers-of-york/requests", "/groups/night-workers-of-york/links",
    "/groups/night-workers-of-york/power", "/groups/york-allotments",
)  # fmt: skip
WAYS = [(390, "light"), (1280, "dark")]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page) -> list[str]:
    """What axe finds wrong with a page, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found.response["violations"]]


def is_too_wide(page) -> bool:
    """Tells whether a page must be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize(("width", "scheme"), WAYS)
def test_pages_pass_axe_and_fit_their_screen(served, person, width, scheme):
    chosen = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    stranger, organiser = person(**chosen), person(**chosen)
    organiser.sign_in("york_three")
    found = {}
    for who, paths in ((stranger, PUBLIC), (organiser, SIGNED_IN)):
        for path in paths:
            who.go(path)
            wrong = violations(who.page) + (["too wide"] if is_too_wide(who.page) else [])
            if wrong:
                found[path] = wrong

    assert found == {}


@pytest.mark.parametrize(("width", "scheme"), WAYS)
def test_draw_that_can_be_objected_to_passes_axe_and_fits_its_screen(served, person, width, scheme):
    """The draw of who stands by in York, as a member sees it: with the form open, and once they have objected."""
    member = person(viewport={"width": width, "height": 900}, color_scheme=scheme)
    member.sign_in("york_three")
    member.go("/branches/york/power")
    member.page.get_by_role("link", name="Draw who stands by to take care").first.click()
    member.page.wait_for_url("**/draws/act_*")
    found = [*violations(member.page), *(["too wide"] if is_too_wide(member.page) else [])]
    opening = member.page.get_by_text("Object to the pool")
    if opening.count():
        opening.click()
        found += violations(member.page)

    assert found == []


def test_axe_catches_a_planted_fault(person, served):
    somebody = person()
    somebody.go("/rules")
    somebody.page.evaluate("document.querySelector('main').append(document.createElement('input'))")

    assert violations(somebody.page) != []
