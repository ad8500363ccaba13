"""The hub stops. Real processes, commands as they are typed: docs/drill.md is this scene in words."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hub import clock
from tests.drill import carrying, offices
from tests.drill.running import ROOT, Browser, Machine, Started
from tests.drill.town import TYPED, asked, hub

pytestmark = [pytest.mark.xdist_group("drill"), pytest.mark.timeout(240)]


@pytest.fixture
def started() -> Iterator[list]:
    """Everything that runs, and is killed in the end."""
    running: list = []
    yield running
    for one in running:
        one.kill()


def test_the_hub_stops(town, watch, started):
    """Stops: its machine is gone, with every key and every member's account."""
    mirror = town.folder / "mirror"
    started += [
        Started("witness", "serve", "--data", town.folder / f"w{n}", "--port", p) for n, p in enumerate(town.ports)
    ]
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
        other = subprocess.run(
            [sys.executable, ROOT / "deploy/verify/verify.py", mirror, "--json"], capture_output=True, check=False
        )
    assert verified["holds"]
    assert json.loads(other.stdout)["holds"], other.stdout
    assert json.loads(other.stdout)["size"] == verified["size"] == pulled["size"]

    heir = carrying.carry_on(town, watch, mirror)
    with watch("the heir runs, and witnesses sign"):
        new = Machine(heir, town.heir_url)
        started.append(new.hub)
        new.has_published(b"/witness")
    with watch("three members come back"):
        browser = Browser.at_machine(new)
        browser.come(member, "sunny_finch_23")
        for nickname in ("quiet_otter_42", "merry_robin_17"):
            other = Browser.at_machine(new)
            other.come(town.story.known[nickname], nickname)
            other.close()
    with watch("two organisers claim their offices, with new passkeys"):
        for nickname in town.offices:
            offices.claim(town, Browser.at_machine(new), nickname)
            offices.takes_devices(town, heir, nickname)
    with watch("the forum gets a new secret, and knows its member again"):
        secret = offices.new_secret(town, heir, "york_one")
        again = browser.site_learns(town.client, secret)
    with watch("everybody verifies the heir"):
        found = asked("log", "verify", new.url)

    assert carrying.holds(found, town, verified["fingerprint"])
    assert found["size"] > verified["size"]
    assert "carries on from" in browser.reads("/record?kind=hub.forked")
    assert again["sub"] == known["sub"]
    browser.close()
    assert not_tried() == []


def not_tried():
    """Commands of docs/drill.md that this scene did not type."""
    page = (ROOT / "docs/drill.md").read_text()
    told = re.findall(r"(?:^    |`)hub ((?:log|trustee|charter|witness|roster|keys|role) \w+|\w+)", page, re.MULTILINE)
    assert len(told) > 12
    return sorted({command for command in told if command not in TYPED})
