"""A branch's own number in a real browser: proposed within its range, signed by two, in force after three days."""

from __future__ import annotations

import pytest

from tests.stories.steps import Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
RULES = "/branches/york/rules"


def test_a_branch_chooses_a_number_for_itself(town: Town) -> None:
    assert "Here: 7." in town.sees(RULES)
    assert "Choose another number" not in town.stranger.reads()
    town.look(town.stranger, "rules of a branch")

    # Outside of the range it is refused, and nothing typed is lost.
    first = town.who("york_one")
    first.go(RULES)
    first.press("Propose, and sign")
    assert "Select what the branch should choose for itself" in first.reads()
    town.look(first, "rules of a branch, mistaken")
    first.page.check("[name=rule][value='numbers.request_days']")
    first.type(value="40")
    first.press("Propose, and sign")
    assert "14" in first.page.inner_text(".summary")
    first.type(value="5")
    first.press("Propose, and sign")
    assert "You signed first. It takes a second organiser." in first.reads()

    # Without script a form comes as far as the passkey, and the page says so.
    plain = town.without_script("york_two")
    plain.go(RULES)
    plain.press("Sign")
    assert "This browser cannot use passkeys here" in plain.reads()
    assert "It waits for 1 more signature." in town.sees("/branches/york/power")
    second = town.who("york_two")
    second.go(RULES)
    second.press("Sign")
    assert "Put it to a ballot instead" in town.sees(RULES)
    assert "Here: 7." in town.stranger.reads()

    town.wait(days=3, minutes=1)
    assert "Here: 5." in town.sees(RULES)
    assert "Here: 7." in town.sees("/branches/hackney/rules")
    town.ends_well()
