"""A vacancy in a real browser: the last organisers go, a member drawn beforehand takes care, and others are elected."""

from __future__ import annotations

import pytest

from hub.ballots import casting, queries
from tests.stories.steps import Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
GROUP = "/groups/york-tenants"


def test_a_group_without_organisers_is_cared_for_until_it_elects(town: Town) -> None:
    for nickname in ("york_three", "york_four", "york_five"):
        newcomer = town.without_script(nickname)
        newcomer.go(f"{GROUP}/join")
        newcomer.press("Join")

    # Beforehand, members are drawn who stand by: the hub reads the beacon, whoever is drawn says yes.
    town.wait(minutes=1)
    town.sees(f"{GROUP}/power")
    town.stranger.page.get_by_role("link", name="Draw who stands by to take care").click()
    draw = town.path_of(town.stranger)
    act = draw.rsplit("/", 1)[1]
    town.wait(hours=98)
    drawn = list(town.drawn(act))
    for nickname in drawn:
        if nickname != "sunny_finch_23":
            member = town.who(nickname)
            member.go(f"{draw}/seat")
            assert (
                "You would stand by, and have no power until nobody holds a mandate there any more." in member.reads()
            )
            member.press("Accept")
    assert "They were drawn by lot, and have no power now." in town.sees(f"{GROUP}/power")
    town.look(town.stranger, "power, standing by")

    # Who resigns signs it: a browser without script says that it cannot, and the office is as it was.
    plain = town.without_script("york_one")
    plain.go(f"{GROUP}/power")
    plain.page.get_by_role("link", name="Resign as Organiser").click()
    plain.press("Resign now")
    assert "This browser cannot use passkeys here" in plain.reads()
    town.sees(f"{GROUP}/power")
    assert "York one" in town.stranger.page.locator("table").first.inner_text()

    # Both organisers resign. In the same minute a caretaker begins, and an election is open.
    for nickname in ("york_one", "york_two"):
        organiser = town.who(nickname)
        organiser.go(f"{GROUP}/power")
        organiser.page.get_by_role("link", name="Resign as Organiser").click()
        organiser.press("Resign now")
        assert "You resigned. It took effect at once." in organiser.reads()
    town.wait(minutes=2)
    power = town.sees(f"{GROUP}/power")
    assert "caretaker by lot" in power
    assert "An election is running" in power
    town.look(town.stranger, "power, caretaker")
    # The first who went left a seat to a by-election; the last left all of them to another, and only that one goes on.
    assert "by-election" not in power
    town.stranger.page.get_by_role("link", name="An election is running").click()
    election = town.path_of(town.stranger)

    # Two stand, one without script as far as it goes; those on the roll vote; nobody can put it off.
    plain = town.without_script("york_three")
    plain.go(f"{election}/stand")
    plain.type(statement="I would keep the casework evenings going.")
    plain.press("Stand")
    assert "This browser cannot use passkeys here" in plain.reads()
    for nickname in ("york_three", "york_four"):
        candidate = town.who(nickname)
        candidate.go(f"{election}/stand")
        candidate.type(statement="I would keep the casework evenings going.")
        candidate.press("Stand")
        assert "You stand." in candidate.reads()
    town.wait(days=14, minutes=1)
    town.sees(election)
    town.stranger.page.get_by_role("link", name="Go to the ballot").click()
    ballot = town.path_of(town.stranger)
    with town.verbs() as tx:
        for nickname, actor in town.actors(tx).items():
            line = queries.line_of(tx, ballot.rsplit("/", 1)[1], actor.person)
            if line is not None:
                choice = [one.holder for one in queries.candidates(tx, election.rsplit("/", 1)[1])]
                nonce = casting.new_nonce()
                casting.cast(tx, ballot=line.ballot, choice=choice, nonce=nonce, phrase=nickname, actor=actor)
    town.wait(days=7)
    assert "Elected:" in town.sees(ballot)
    town.look(town.stranger, "result")
    town.wait(days=7)

    # Within 28 days those elected organise the group, and nobody takes care of it any more.
    town.sees(f"{GROUP}/power")
    held = town.stranger.page.locator("table").first.inner_text()
    assert held.count("elected") == 2
    assert "caretaker by lot" not in held
    town.ends_well()
