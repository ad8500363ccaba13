"""A recall in a real browser, with and without script: begun by one member, signed in secret, voted, and acted on.

And the by-election that follows: its candidate stands, stands no more, and stands again.
"""

from __future__ import annotations

import pytest

from tests.stories.steps import Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
REASONS = "The branch has not met since the spring, and letters stay unanswered."
REPLY = "The hall was closed. We meet again from March on."


def test_members_recall_an_organiser_who_can_do_nothing_about_it(town: Town) -> None:
    # Anybody reads who can be recalled, and what it would take.
    assert "Start a recall" in town.sees("/branches/york/power")
    town.look(town.stranger, "power")
    # A browser without script will do, minutes after a passkey was used: the same holds for the form of a hold.
    starter = town.without_script("york_four")
    starter.go("/branches/york/power")
    starter.page.get_by_role("link", name="Start a recall of York one").click()
    starter.press("Check what I wrote")
    assert "Enter your reasons" in starter.reads()
    town.look(starter, "recall, mistaken")
    starter.type(reasons="Meetings are off.")
    starter.press("Check what I wrote")
    assert "Nothing is sent yet." in starter.reads()
    starter.press("Go back and change it")
    assert starter.page.input_value("[name=reasons]") == "Meetings are off."
    starter.type(reasons=REASONS)
    starter.press("Check what I wrote")
    assert REASONS in starter.reads()
    starter.press("Start the recall")
    petition = town.path_of(starter)

    # The page says how many it takes and until when; a signature more changes nothing on it.
    before = town.sees(petition)
    assert REASONS in before
    assert "York four" not in town.stranger.page.content()
    town.look(town.stranger, "petition")
    shown = town.stranger.sealed()
    signer = town.without_script("york_two")
    signer.go(petition)
    signer.press("Sign")
    assert "You signed. Nobody sees that it was you." in signer.reads()
    signer.press("Take my signature back")
    signer.press("Sign")
    town.sees(petition)
    assert town.stranger.page.content() == shown

    # Whoever has no passkey is told that this takes one, and where to add it.
    plain = town.no_passkey()
    plain.go(petition)
    plain.press("Sign")
    assert "It takes a passkey, and you have none yet." in plain.reads()

    # The person concerned is told that it began, sees no more than anybody, and can neither sign nor stop it.
    concerned = town.who("york_one")
    concerned.go("/me/notices")
    concerned.page.get_by_role("link", name="Read their reasons, and what comes next").click()
    assert "This is about you: you cannot sign it, see who does, or delay it." in concerned.reads()
    assert concerned.page.locator("main form").count() == 0
    about_signing = "can sign, once they are signed in."
    assert (about_signing in before, about_signing in concerned.reads()) == (True, False)
    town.look(concerned, "petition, concerned")

    # At the fourth signature of eight members the next step begins by itself.
    for nickname in ("york_three", "york_five"):
        voter = town.who(nickname)
        voter.go(petition)
        voter.press("Sign")
    assert "The person concerned may answer until" in town.sees(petition)
    # The answer is an act of office, which a passkey signs: without script it goes as far as that.
    plain = town.without_script("york_one")
    plain.go(petition)
    plain.press("Send my answer")
    assert "Enter your answer" in plain.reads()
    plain.type(reply=REPLY)
    plain.press("Send my answer")
    assert "This browser cannot use passkeys here" in plain.reads()
    assert REPLY not in town.sees(petition)
    concerned.go(petition)
    concerned.type(reply=REPLY)
    concerned.press("Send my answer")
    assert "Your answer stands on the ballot paper." in concerned.reads()

    # The ballot is open: the paper carries the answer, takes one option, and no script.
    town.sees(petition)
    town.stranger.page.get_by_role("link", name="Go to the ballot").click()
    ballot = town.path_of(town.stranger)
    voter = town.without_script("york_two")
    voter.go(f"{ballot}/vote")
    assert "The hall was closed." in voter.reads()
    voter.type(phrase="a phrase of my own")
    voter.press("Check your vote")
    assert "Select one option" in voter.reads()
    town.vote(voter, ballot, "yes")
    for nickname, answer in (("york_three", "yes"), ("york_four", "yes"), ("york_one", "no")):
        town.vote(town.who(nickname), ballot, answer)

    # A week later it is counted; three days on the mandate is over, and others are elected.
    town.wait(days=7, minutes=1)
    assert "It passed." in town.sees(ballot)
    assert "everybody on the roll can object to the count" in town.stranger.reads()
    town.look(town.stranger, "result")
    town.wait(days=3)
    assert "it succeeded" in town.sees(petition)
    powers = town.sees("/branches/york/power")
    assert "York one" not in town.stranger.page.locator("table").first.inner_text()
    assert "A by-election for free places is running" in powers
    concerned = town.who("york_one")
    concerned.go("/me/notices")
    assert "Members have voted to end an office of yours." in concerned.reads()
    concerned.go("/branches/york/power")
    concerned.page.get_by_role("link", name="A by-election for free places is running").click()
    assert "By-election" in concerned.reads()
    election = town.path_of(concerned)
    stands_and_stands_no_more(town, election, "york_one")
    town.ends_well()


def stands_and_stands_no_more(town: Town, election: str, nickname: str) -> None:
    """Stands, and stands no more: which takes a passkey's signature, so not without script; and stands again."""
    candidate = town.who(nickname)
    for again in (False, True):
        candidate.go(election)
        candidate.page.get_by_role("link", name="Stand in this election").click()
        candidate.type(statement="I would open the hall each month.")
        candidate.press("Stand")
        assert "You stand." in candidate.reads()
        if again:
            return
        plain = town.without_script(nickname)  # whoever used a passkey has a session of a new name
        for somebody in (plain, candidate):
            somebody.go(election)
            somebody.page.get_by_role("link", name="Stand no more").click()
        town.look(candidate, "stand no more")
        plain.press("Stand no more")
        assert "This browser cannot use passkeys here" in plain.reads()
        assert "I would open the hall each month." in town.sees(election)
        candidate.press("Stand no more")
        assert "You stand no more." in candidate.reads()
        assert "Nobody yet." in town.sees(election)
