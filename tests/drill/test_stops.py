"""The hub stops. Real processes, commands as they are typed: docs/drill.md is this scene in words."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import time

import pytest

from hub import clock
from tests.drill import carrying, electing, later, offices
from tests.drill.browser import Browser
from tests.machines import ROOT, TYPED, Machine, asked, hub, program
from tests.verifier import verifier

STAND = ("late_otter", "late_wren")
LOOK = ("late_heron", "late_robin", "late_lark")  # three are drawn of these, and of who else does not stand

pytestmark = [pytest.mark.xdist_group("drill"), pytest.mark.timeout(400)]


def test_the_hub_stops(town, watch, started, monkeypatch):
    """Stops: its machine is gone, with every key and every member's account."""
    mirror = town.folder / "mirror"
    with watch("before: the hub runs, and witnesses sign"):
        machine = Machine(town.hub, town.url)
        started.append(machine.hub)
        machine.has_published(b"/witness")
    member = town.story.known["sunny_finch_23"]
    with watch("before: a member signs in at the forum"):
        browser = Browser.at_machine(machine)
        browser.come(member)
        known = browser.site_learns(town.client, town.secret)
        browser.close()
    with watch("before: branches pull mirrors, and one follows the hub"):
        pulled = asked("mirror", "pull", machine.url, mirror)
        hub("mirror", "pull", machine.url, town.folder / "second-mirror")
        quiet = asked("monitor", machine.url, "--once")
    assert (pulled["problems"], quiet["alarms"]) == ([], [])
    assert len(pulled["witnessed_by"]) >= 2
    with watch("before: organisers keep the receipts of their offices"):
        offices.take_receipts(town)

    gone = time.monotonic()
    with watch("the machine is gone, and one of two mirrors"):
        machine.lost()
        shutil.rmtree(town.folder / "second-mirror")
    with watch("a day later: the branch's monitor raises the alarm"):
        today = dt.datetime.now(dt.UTC)
        clock.set_source(lambda: today + dt.timedelta(hours=25))
        alarm = asked("monitor", machine.url, "--once", code=3)
        clock.set_source(None)
    assert [sentence[:22] for sentence in alarm["alarms"]] == ["The newest checkpoint "]
    with watch("trustees choose a size: two programs verify the mirror"):
        verified = asked("log", "verify", mirror)
        other = program(mirror, 0)
    assert (verified["holds"], other["holds"]) == (True, True)
    assert other["size"] == verified["size"] == pulled["size"]

    heir = carrying.carry_on(town, watch, mirror)
    with watch("the heir runs, and witnesses sign"):
        new = Machine(heir, town.heir_url)
        started.append(new.hub)
        new.has_published(b"/witness")
    with watch("seven members come back by the office's list"):
        browser = Browser.at_machine(new)
        browser.come(member, "sunny_finch_23")
        comers = {offices.LOST: town.story.known[offices.LOST]}
        comers |= {nickname: town.story.next_of("york") for nickname in (*STAND, *LOOK)}
        for nickname, comer in comers.items():
            other = Browser.at_machine(new)
            other.come(comer, nickname)
            other.close()
    with watch("office-holders claim what they hold, by their receipts"):
        for nickname in set(town.held) - {offices.LOST}:
            offices.claim(town, Browser.at_machine(new), nickname)
        new.has_caught_up()
    with watch("two organisers act, with new passkeys"):
        for nickname in town.offices:
            offices.takes_devices(town, heir, nickname)
    with watch("the forum gets a new secret, and knows its member again"):
        secret = offices.new_secret(town, heir, "york_one")
        again = browser.site_learns(town.client, secret)
    with watch("York's organisers lay their offices down, and the clock opens an election"):
        for nickname in electing.YORK:
            offices.lays_down(town, heir, nickname)
        act = electing.opened(heir, browser)
    hour = time.monotonic() - gone
    with watch("members who came back stand"):
        stood = electing.stand(town, heir, act, offices.LOST, *STAND)
    with watch("everybody verifies the heir"):
        found = asked("log", "verify", new.url)

    assert carrying.holds(found, town, verified["fingerprint"])
    assert found["size"] > verified["size"]
    assert "carries on from" in browser.reads("/record?kind=hub.forked")
    assert again["sub"] == known["sub"]
    browser.close()
    assert not_tried() == []
    assert hour < 3600  # GO-32
    held, back = electing.came_back(heir)
    assert (len(held), len(back)) == (21, 20)
    assert len(back) >= 0.9 * len(held)

    for one in started:
        one.kill()
    later.beacon_stands_in(monkeypatch)
    weeks = later.Later(town, heir)
    with watch("a week on, scrutineers are drawn among those who came back, and accept"):
        weeks.wait(later.TO_DRAW)
        weeks.wait(later.TO_KNOW)
        drawn = weeks.scrutineers(act)
    with watch("two weeks on, they vote"):
        weeks.wait(later.TO_BALLOT)
        ballot = weeks.ballot(act)
        told = [weeks.votes(nickname, ballot, sorted(stood)[:2]) for nickname in ("sunny_finch_23", *comers)]
    with watch("it is counted, the scrutineers sign, and whoever is elected begins"):
        weeks.wait(later.TO_COUNT)
        weeks.signs(act, drawn[:2])
        weeks.wait(later.TO_OFFICE)
    with watch("everybody verifies the record, from the first hub's first entry to those elected"):
        weeks.hub.turn()
        found = asked("log", "verify", "--data", heir)
        copied = asked("mirror", "pull", heir, town.folder / "of-the-heir")
        judged = verifier.Reader(verifier.Folder(town.folder / "of-the-heir")).judge(None, None)
    assert (judged.problems, judged.fold.void, judged.head.size) == ([], [], found["size"])
    assert len(drawn) == 3
    assert [one["act"] for one in weeks.entries("draw.accepted")] == [act] * 3
    assert [one["act"] for one in weeks.entries("ballot.signed")] == [act] * 2
    assert all("Your vote is in" in page for page in told)
    assert [(one.source, one.act) for one in weeks.organisers()] == [("election", act)] * 2
    assert {one.holder for one in weeks.organisers()} == set(sorted(stood)[:2])
    assert carrying.holds(found, town, verified["fingerprint"])
    assert (copied["problems"], copied["size"]) == ([], found["size"])
    weeks.hub.close()


def not_tried():
    """Commands of docs/drill.md that this scene did not type."""
    page = (ROOT / "docs/drill.md").read_text()
    told = re.findall(r"(?:^    |`)hub ((?:log|trustee|charter|witness|roster|keys|role) \w+|\w+)", page, re.MULTILINE)
    assert len(told) > 12
    return sorted({command for command in told if command not in TYPED})
