"""A hold in a real browser: two organisers change who may join, half of seven members put it to a ballot."""

from __future__ import annotations

import pytest

from tests.stories.steps import Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
POWER = "/groups/york-tenants/power"


def test_members_turn_a_change_into_a_ballot(town: Town) -> None:
    # Three more join, without script.
    for nickname in ("york_three", "york_four", "york_five"):
        newcomer = town.without_script(nickname)
        newcomer.go("/groups/york-tenants/join")
        newcomer.press("Join")
        assert "You belong to it" in newcomer.reads()

    # Two organisers sign other settings; they wait three days, for everybody to see.
    first = town.who("york_one")
    first.go("/groups/york-tenants/settings")
    first.page.check("[name=joining][value=accept]")
    first.press("Propose, and sign")
    assert "It takes a second organiser." in first.reads()
    second = town.who("york_two")
    second.go(POWER)
    second.press("Sign")
    assert "It is decided, and takes effect after a notice." in town.sees(POWER)
    town.look(town.stranger, "power, change decided")

    # A member asks for a ballot; neither they nor whoever signs needs script once their passkey was used.
    member = town.without_script("quiet_otter_42")
    member.go(POWER)
    member.page.get_by_role("link", name="Put it to a ballot instead").click()
    town.look(member, "hold")
    member.press("Collect signatures")
    assert "Enter your reasons" in member.reads()
    member.type(reasons="Whoever rents here should be able to walk in.")
    member.press("Collect signatures")
    petition = town.path_of(member)
    town.look(member, "petition")
    for nickname in ("york_three", "york_four"):
        signer = town.without_script(nickname)
        signer.go(petition)
        signer.press("Sign")
        assert "You signed. Nobody sees that it was you." in signer.reads()

    # The fourth has no passkey: without script they are told, with it they add one and sign.
    plain = town.no_passkey()
    plain.go(petition)
    plain.press("Sign")
    assert "It takes a passkey, and you have none yet." in plain.reads()
    last = town.make()
    last.prove(town.served.story.known["sunny_finch_23"])
    last.add_passkey()
    last.go(petition)
    last.press("Sign")

    # The ballot is open. Whoever joined too late reads which rule says so, and since when it holds.
    town.sees(petition)
    town.stranger.page.get_by_role("link", name="Go to the ballot").click()
    ballot = town.path_of(town.stranger)
    late = town.without_script("york_three")
    late.go(f"{ballot}/vote")
    assert "You are not on the roll of this ballot." in late.reads()
    town.look(late, "not on the roll")
    town.vote(town.without_script("quiet_otter_42"), ballot, "no")
    town.vote(last, ballot, "no")
    town.vote(first, ballot, "yes")
    assert "It waits until members have voted on it." in town.sees(POWER)

    # Without a yes the change is off, and everything is as it was.
    town.wait(days=7, minutes=1)
    assert "It did not pass." in town.sees(ballot)
    assert "It waits until members have voted on it." in town.sees(POWER)
    town.wait(days=3)  # in which the count can be objected to
    town.look(town.stranger, "result")
    assert "Change who may join York Tenants" not in town.sees(POWER)
    assert "Any member of the branch may join" in town.sees("/groups/york-tenants")
    town.ends_well()
