"""The press in a real browser: one drafts, another signs, and a correction stands with what was said before."""

from __future__ import annotations

import pytest

from tests.stories.steps import Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
LIST = "/statements"
WORDS = {"title": "Heating is a right", "text": "Nobody freezes for a bill.\n\nWe pay together."}
OTHERS = {"text": "Nobody freezes for a bill.\n\nWe pay together, until April."}


def test_one_of_the_press_drafts_and_another_signs(town: Town) -> None:
    # What the demo's press has said so far, a stranger reads without script.
    said = town.sees(LIST)
    assert "No eviction before Easter" in said
    assert "This was not said in our name" in said
    assert "Draft a statement" not in said
    town.look(town.stranger, "statements")
    town.stranger.page.get_by_role("link", name="No eviction before Easter").click()
    assert "Plain Swift, of the press: signed" in town.stranger.reads()
    assert "Clear Gull, of the press: signed" in town.stranger.reads()
    town.look(town.stranger, "statement")

    # One drafts: nobody has said it yet. Whoever signed it once does not sign again.
    first = town.who("plain_swift_58")
    first.go(LIST)
    first.page.get_by_role("link", name="Draft a statement").click()
    town.look(first, "statement, new")
    first.type(**WORDS)
    first.press("Sign the draft")
    assert "You signed first. It takes a second of the press." in first.reads()
    draft = town.path_of(first)
    assert "Nobody has said this. It waits for a second of the press" in town.sees(draft)
    assert first.page.get_by_role("button", name="Sign", exact=True).count() == 0
    assert WORDS["title"] not in town.sees(LIST)

    # The other signs, with their passkey: no script, no signature. It is said at once.
    plain = town.without_script("clear_gull_26")
    plain.go(draft)
    plain.press("Sign")
    assert "This browser cannot use passkeys here" in plain.reads()
    second = town.who("clear_gull_26")
    second.go(draft)
    town.look(second, "statement, to sign")
    second.press("Sign")
    assert WORDS["title"] in town.sees(LIST)
    town.stranger.page.get_by_role("link", name=WORDS["title"]).click()
    statement = town.path_of(town.stranger)
    assert "Nothing was changed since it was published." in town.stranger.reads()

    # A correction gives other words and the reason, and takes the same two; what was said before stays in view.
    second.go(statement)
    second.page.get_by_role("link", name="Correct it").click()
    town.look(second, "statement, to correct")
    second.type(**OTHERS, reason="It does not go on for ever.")
    second.press("Sign the correction")
    correction = town.path_of(second)
    assert "until April" not in town.sees(statement)
    assert "A change of it waits for a second signature" in town.stranger.reads()
    first.go(correction)
    first.press("Sign")
    page = town.sees(statement)
    assert "We pay together, until April." in page
    assert "The reason: It does not go on for ever." in page
    town.stranger.page.get_by_text("What it said before").click()
    assert "We pay together." in town.stranger.page.inner_text("details")
    town.look(town.stranger, "statement, corrected")
    assert "Corrected" in town.sees(LIST)
    town.ends_well()
