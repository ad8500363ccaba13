"""A council drawn by lot, in a real browser: volunteers, the pool, its source, the order, yes and no, the check."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from hub.cli.lot import lot
from tests.stories.steps import Town
from tests.stories.test_election import eventually, fetched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_a_council_is_drawn_and_anybody_draws_it_again(town: Town, tmp_path) -> None:
    # A member offers to be drawn, without script; so do the rest.
    member = town.without_script("york_three")
    member.go("/me/draws")
    member.page.check("[name=volunteers]")
    member.press("Keep")
    assert "Kept. It counts for draws that are prepared from now on." in member.reads()
    town.volunteer()

    # The clock opens the draw: the pool first, under its hash, and a round that nobody can know yet.
    town.wait(minutes=1)
    town.sees("/power")
    town.stranger.page.get_by_role("link", name="Draw the council by lot").click()
    draw = town.path_of(town.stranger)
    act = draw.rsplit("/", 1)[1]
    told = town.stranger.reads()
    assert "The pool’s hash" in told
    assert "It becomes known" in told
    assert "Make the draw" not in told
    town.look(town.stranger, "draw, prepared")

    # Objections had three days; then the hub reads the round by itself, and the draw is made: nobody typed anything.
    town.wait(hours=98)
    assert eventually(lambda: "Who was drawn" in town.sees(draw))
    assert "Its signature, checked" in town.stranger.reads()
    assert "This is a demo" in town.stranger.reads()
    assert "asked, has not answered yet" in town.stranger.reads()
    town.look(town.stranger, "draw, made")

    # One of those drawn accepts and one declines, and nobody learns who that was; the next in the order is asked.
    offered = [nickname for nickname in town.drawn(act) if nickname != "sunny_finch_23"]  # who has no passkeys
    first, second = (town.who(nickname) for nickname in offered[:2])
    first.go("/me/notices")
    first.go(f"{draw}/seat")
    assert "Nobody else knows yet that it was you." in first.reads()
    town.look(first, "seat")
    first.press("Accept")
    assert "You are seated. It stands in the public record. Now keep the office safe." in first.reads()
    second.go(f"{draw}/seat")
    second.press("Decline")
    assert "You declined. Nobody learns that it was you" in second.reads()
    told = town.sees(draw)
    assert "accepted:" in told
    assert "declined" in told
    assert offered[1] not in town.stranger.page.content()
    assert "drawn by lot" in town.sees("/power")

    # Anybody downloads the file of the draw and draws it again.
    command = town.sees(draw) and re.search(r"hub lot check (\w+) --pool-hash (\w+)", town.stranger.reads())
    assert command is not None
    path = tmp_path / "draw"
    address = f"{town.served.url}/files/{command[1]}"
    path.write_bytes(fetched(address))
    checked = CliRunner().invoke(lot, ["check", str(path), "--pool-hash", command[2], "--rehearsal"])
    assert checked.exit_code == 0, checked.output
    # A demo's draws are taken by whoever asks for them, and by nobody else.
    assert CliRunner().invoke(lot, ["check", str(path), "--pool-hash", command[2]]).exit_code == 1

    # Whoever says nothing for 48 hours is followed by the next, while there is one.
    town.wait(hours=49)
    assert eventually(lambda: "did not answer in 48 hours" in town.sees(draw))
    town.ends_well()
