"""The hub stops. Real processes, commands as they are typed: docs/drill.md is this scene in words."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hub import clock
from hub.cli.demo.people import write_csv
from tests.drill import ceremony, offices
from tests.drill.running import ROOT, Browser, Machine, Started
from tests.drill.town import asked, hub

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
    charter, heir, mirror = town.charter, town.folder / "heir", town.folder / "mirror"
    started += [
        Started("witness", "serve", "--data", town.folder / f"w{n}", "--port", p) for n, p in enumerate(town.ports)
    ]
    with watch("before: the hub runs, and witnesses sign"):
        machine = Machine(town.hub, town.url)
        started.append(machine.hub)
        machine.has_published(b"/witness")
    member = town.story.known["sunny_finch_23"]
    with watch("before: a member signs in at the forum"):
        browser = Browser(machine)
        browser.come(member)
        known = browser.site_learns(town.client, town.secret)
        browser.close()
    with watch("before: a branch pulls its mirror, and follows the hub"):
        pulled = asked("mirror", "pull", machine.url, mirror)
        quiet = asked("monitor", machine.url, "--once")
    assert (pulled["problems"], quiet["alarms"]) == ([], [])
    assert len(pulled["witnessed_by"]) >= 2
    with watch("before: organisers keep the receipts of their offices"):
        offices.take_receipts(town)
    members = town.folder / "members.csv"
    write_csv(members, town.story.members)

    with watch("the machine is gone"):
        machine.lost()
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

    with watch("fork from the mirror"):
        forked = asked("fork", mirror, heir, "--url", town.heir_url)
    assert forked["continues"]["size"] == verified["size"]
    with watch("three trustees join the two keys, and the heir takes them in"):
        for key in ceremony.join_keys(town, 1, 3, 5):
            hub("keys", "take", key, "--data", heir)
    after = town.trustees / "charter-2"
    with watch("trustees draft charter 2, and three of five sign"):
        moved = ["--log", forked["log_key"], f"{town.heir_url}/log/", "--issuer", town.heir_url]
        hub("trustee", "draft", "--after", charter, *moved, "--out", after)
        ceremony.sign(town, after, "ben", "dot", "eli", before=charter)
    with watch("the heir adopts it, and witnesses add the heir's log"):
        adopted = asked("charter", "adopt", after, "--data", heir)
        for number in range(3):
            hub("witness", "add", forked["log_key"], "--data", town.folder / f"w{number}")
    with watch("the office's list is imported"):
        (heir / "matcher/matcher.toml").write_text(settings_of(heir))
        hub("roster", "import", members, "--source", "hq", "--full", "--apply", "--data", heir)
    with watch("the heir runs, and witnesses sign"):
        new = Machine(heir, town.heir_url)
        started.append(new.hub)
        new.has_published(b"/witness")
    with watch("a member comes back"):
        browser = Browser(new)
        browser.come(member, "sunny_finch_23")
    with watch("two organisers claim their offices, and sign with new passkeys"):
        for nickname in town.offices:
            offices.claim(town, new, nickname)
            offices.takes_devices(town, heir, nickname)
    with watch("the forum gets a new secret, and knows its member again"):
        secret = offices.new_secret(town, heir, "york_one")
        again = browser.site_learns(town.client, secret)
    with watch("everybody verifies the heir"):
        found = asked("log", "verify", new.url)

    assert (found["holds"], found["charter"], found["origin"]) == (
        True,
        2,
        town.heir_url.removeprefix("http://") + "/log",
    )
    assert found["fingerprint"] == verified["fingerprint"]
    assert len(found["witnessed_by"]) >= 2
    assert adopted["version"] == 2
    assert "carries on from" in browser.reads("/record?kind=hub.forked")
    assert again["sub"] == known["sub"]
    browser.close()


def settings_of(heir):
    """The matcher's settings, with no wait before a code."""
    return re.sub(r"delay_(\w+) = .*", r"delay_\1 = 0.0", (heir / "matcher/matcher.toml").read_text())
