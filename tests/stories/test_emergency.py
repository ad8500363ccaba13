"""An emergency measure in a real browser: two of the council, public at once, confirmed by lot or undone by itself."""

from __future__ import annotations

import pytest

from tests.stories.steps import Town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def declare(town: Town, where: str, reason: str) -> str:
    """Two of the council close the settings of a place; the measure's page."""
    first = town.who("merry_robin_17")
    first.go("/emergencies/new")
    first.type(where=where, reason=reason)
    first.page.check("[name=kind][value=freeze_settings]")
    first.press("Declare, and sign")
    measure = town.path_of(first)
    assert "Not in force: it takes a second signature." in town.sees(measure)
    second = town.who("calm_heron_64")
    second.go(measure)
    second.press("Sign")
    return measure


def test_a_measure_is_confirmed_by_lot_or_undoes_itself(town: Town) -> None:
    town.volunteer()
    assert "There was none." in town.sees("/emergencies")

    # Whoever is not of the council is told so; whoever names no place is told how one reads.
    other = town.without_script("york_two")
    other.go("/emergencies/new")
    assert other.page.locator("main form").count() == 0
    first = town.who("merry_robin_17")
    first.go("/emergencies/new")
    first.press("Declare, and sign")
    mistakes = ("Select what the measure should do", "Enter the address of the branch or group", "Enter your reason")
    for sentence in mistakes:
        assert sentence in first.reads()
    town.look(first, "declare, mistaken")

    # In York the settings are closed: everybody reads what, why, until when, and what undoes it.
    measure = declare(town, "branches/york", "Settings change every night, and nobody knows by whom.")
    told = town.sees(measure)
    assert "The settings of York are closed" in told
    assert "Settings change every night, and nobody knows by whom." in told
    assert "A panel is drawn by lot until" in told
    assert "otherwise it is undone" in told
    town.look(town.stranger, "measure")
    assert "York: settings are closed" in town.sees("/emergencies")
    officer = town.who("york_one")
    officer.go("/branches/york/rules")
    officer.page.check("[name=rule][value='numbers.request_days']")
    officer.type(value="5")
    officer.press("Propose, and sign")
    assert "You signed first." not in officer.reads()

    # Nobody draws a panel: after two days it is undone, and settings are open again.
    town.wait(days=2, minutes=1)
    assert "It was undone" in town.sees(measure)
    officer = town.who("york_one")
    officer.go("/branches/york/rules")
    officer.page.check("[name=rule][value='numbers.request_days']")
    officer.type(value="5")
    officer.press("Propose, and sign")
    assert "You signed first." in officer.reads()

    # In Hackney a panel is drawn, and two of it confirm, and extend it once: it lasts fourteen days, not an hour more.
    measure = declare(town, "branches/hackney", "Somebody sold the keys to the hall.")
    act = measure.rsplit("/", 1)[1]
    town.wait(hours=26)
    drawn = [nickname for nickname in town.drawn(act) if nickname != "sunny_finch_23"]  # who has no passkeys
    for nickname in drawn:
        panellist = town.who(nickname)
        panellist.go(f"/draws/{act}/seat")
        panellist.press("Accept")
    for nickname in drawn[:2]:
        panellist = town.who(nickname)
        panellist.go(measure)
        panellist.press("Sign")
        assert "You signed. It stands in the public record." in panellist.reads()
    panellist = town.who(drawn[0])
    panellist.go(measure)
    town.look(panellist, "measure, confirmed")
    panellist.type(reason="The keys were sold a second time.")
    panellist.press("Propose it, and sign")
    other = town.who(drawn[1])
    other.go(measure)
    other.press("Sign the extension")
    assert "Nothing extends it again." in town.sees(measure)
    town.look(town.stranger, "measure, extended")
    town.wait(days=8)
    assert "It is over" not in town.sees(measure)
    town.wait(days=6)
    assert "It is over: it ended by itself." in town.sees(measure)
    town.ends_well()
