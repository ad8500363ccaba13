"""A moderator in a real browser: invited, accepted, signed by two; withdrawn by two, and gone three days later."""

from __future__ import annotations

import pytest

from tests.stories.steps import Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
POWER = "/groups/night-workers-of-york/power"


def test_two_appoint_a_moderator_and_two_withdraw_them(town: Town) -> None:
    # One organiser makes a link; the member who opens it accepts, knowing that two have to sign.
    first = town.who("york_three")
    first.go(POWER)
    first.press("Make a moderator’s link")
    link = first.page.inner_text(".copy code").strip().removeprefix(town.served.url)
    assert "The member has 14 days to accept." not in town.sees(POWER)
    assert "Appoint whoever accepts the invitation as Moderator" in town.stranger.reads()
    plain = town.without_script("york_five")
    plain.go(link)
    assert "Two organisers sign after you." in plain.reads()
    invited = town.who("york_five")
    invited.go(link)
    town.look(invited, "invitation")
    invited.press("Accept")

    # Nothing holds before both have signed; no script, no signature.
    plain = town.without_script("york_three")
    plain.go(POWER)
    plain.press("Sign")
    assert "This browser cannot use passkeys here" in plain.reads()
    assert "It waits for 2 more signatures." in town.sees(POWER)
    for nickname in ("york_three", "york_four"):
        organiser = town.who(nickname)
        organiser.go(POWER)
        town.look(organiser, "power, to sign")
        organiser.press("Sign")
        assert "You signed." in organiser.reads()
    # Whether it begins at the second signature or some days later: by then it has.
    town.wait(days=4)
    town.sees(POWER)
    row = town.stranger.page.get_by_role("row", name="York five").inner_text()
    assert "Moderator" in row
    assert "appointed by York three and York four" in row
    invited = town.who("york_five")
    invited.go("/me/notices")
    assert "You hold a new office." in invited.reads()

    # A moderator ends nobody's office.
    invited.go(POWER)
    assert "Withdraw " not in invited.reads()

    # Withdrawing takes two as well; the person it is about is told at the first signature, and it holds three days on.
    # Without script nobody signs, and so nothing is proposed.
    first, plain = town.who("york_three"), town.without_script("york_three")
    for organiser in (plain, first):
        organiser.go(POWER)
        organiser.page.get_by_role("link", name="Withdraw York five as Moderator").click()
    plain.press("Sign the withdrawal")
    assert "This browser cannot use passkeys here" in plain.reads()
    assert "Withdraw York five as Moderator of" not in town.sees(POWER)
    town.look(first, "withdraw")
    first.press("Sign the withdrawal")
    assert "You signed first. It takes a second organiser." in first.reads()
    gone = town.who("york_five")
    gone.go("/me/notices")
    assert "Somebody proposed to withdraw an office of yours." in gone.reads()
    second = town.who("york_four")
    second.go("/me/notices")
    second.page.locator("main .record > li").first.get_by_role("link").click()
    second.press("Sign")
    assert "York five" in town.sees(POWER)
    assert "Withdraw York five as Moderator of Night Workers of York" in town.stranger.reads()
    assert "It is decided, and takes effect after a notice." in town.stranger.reads()
    town.look(town.stranger, "power, withdrawal decided")
    town.wait(days=3, minutes=1)
    town.sees(POWER)
    assert "York five" not in town.stranger.page.locator("table").first.inner_text()
    gone = town.who("york_five")
    gone.go("/me/notices")
    assert "An office of yours was ended by two others." in gone.reads()
    gone.go("/record?kind=grant.ended")
    assert "York five" in gone.reads()
    town.ends_well()
