"""Hiding in a real browser: with a reason and a rule's number; back by itself; confirmed; contested by its author."""

from __future__ import annotations

import pytest

from hub.groups import offices
from hub.groups import queries as groups
from tests.stories.steps import Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
GROUP = "/groups/york-tenants"
PURPOSE = "Renters of York helping one another"
WAITS = "unless two others confirm)"
CONFIRMED = "(hidden by an officer, and confirmed by two others)"


def hide(town: Town, nickname: str, reason: str) -> str:
    """Somebody hides what York Tenants say of themselves; the page that tells of it."""
    officer = town.who(nickname)
    officer.go(GROUP)
    officer.page.get_by_text("Hide something here that breaks a rule").click()
    officer.page.get_by_role("link", name="What the group says of itself").click()
    officer.press("Hide it")
    assert "Select the rule that was broken" in officer.reads()
    assert "Enter your reason" in officer.reads()
    town.look(officer, "hide, mistaken")
    officer.page.check("[name=rule][value='3']")
    officer.type(reason=reason)
    officer.press("Hide it")
    assert "It is hidden. It comes back by itself, unless others confirm." in officer.reads()
    return town.path_of(officer)


def test_what_is_hidden_comes_back_unless_two_others_confirm(town: Town) -> None:
    with town.verbs() as tx:
        found = town.actors(tx)
        tenants = groups.by_slug(tx, "york-tenants")
        act, token = offices.offer(tx, place=tenants, actor=found["york_one"])
        offices.accept(tx, token=token, shown="-", actor=found["york_five"])
        for nickname in ("york_one", "york_two"):
            offices.confirm(tx, act=act, actor=found[nickname])
    town.wait(days=4)
    assert PURPOSE in town.sees(GROUP)

    # A moderator hides the purpose: everybody reads that, by which rule, and why; never the words.
    told = hide(town, "quiet_otter_42", "It speaks for renters who were never asked.")
    assert WAITS in town.sees(GROUP)
    town.stranger.page.get_by_role("link", name="See why").click()
    page = town.stranger.reads()
    assert "Rule 3:" in page
    assert "It speaks for renters who were never asked." in page
    assert "otherwise it is shown again" in page
    assert PURPOSE not in town.stranger.page.content()
    town.look(town.stranger, "hiding")

    # Who wrote it is told at once. Nobody confirms: after three days it is back.
    author = town.who("york_one")
    author.go("/me/notices")
    assert "hidden" in author.reads()
    town.wait(days=3, minutes=1)
    assert PURPOSE in town.sees(GROUP)
    assert "is shown again" in town.sees(told)

    # Hidden once more, by another: nobody hides it twice. Its author has no hand in it and need not; another officer
    # contests it, with a reason to read.
    told = hide(town, "york_five", "It still does.")
    author = town.who("york_one")
    author.go(told)
    assert "You published it, so others decide." in author.reads()
    assert author.page.locator("main form").count() == 0
    other = town.who("york_two")
    other.go(told)
    other.page.get_by_text("Object, with a reason").click()
    other.type(reason="We asked at every meeting since March.")
    other.press("Object")
    assert "You objected. Your reason stands in the public record." in other.reads()
    assert "We asked at every meeting since March." in town.sees(told)
    town.wait(days=3, minutes=1)
    assert PURPOSE in town.sees(GROUP)

    # Unconfirmed, nothing is hidden for more than seven of 28 days, by however many.
    town.wait(days=22)

    # An organiser hides it and two others confirm: it stays hidden, until an officer shows it again.
    told = hide(town, "york_two", "A landlord is named in it.")
    plain = town.without_script("quiet_otter_42")
    plain.go(told)
    plain.press("Confirm: the rule was broken")
    assert "This browser cannot use passkeys here" in plain.reads()
    for nickname in ("quiet_otter_42", "york_five"):
        other = town.who(nickname)
        other.go(told)
        town.look(other, "hiding, to confirm")
        other.press("Confirm: the rule was broken")
        assert "You confirmed." in other.reads()
    assert "Something is hidden here" in town.sees(told)
    town.wait(days=4)
    assert CONFIRMED in town.sees(GROUP)
    officer = town.who("york_five")
    officer.go(told)
    officer.press("Show it again")
    assert PURPOSE in town.sees(GROUP)
    town.ends_well()
