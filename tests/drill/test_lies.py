"""The hub lies: rows that no entry gives, an act that nobody signed, a history written anew."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

import pytest
import sqlalchemy as sa

from hub.permits.entries import GrantEnded
from hub.permits.models import grants
from tests.drill import carrying, offices
from tests.drill.rogue import Hub, Witnesses
from tests.drill.running import ROOT, Browser
from tests.drill.town import asked, hub

pytestmark = [pytest.mark.xdist_group("drill"), pytest.mark.timeout(240)]


def other_program(mirror, code):
    """What the stand-alone verifier says of a mirror."""
    command = [sys.executable, ROOT / "deploy/verify/verify.py", mirror, "--json"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == code, done.stdout
    return json.loads(done.stdout)


def test_the_hub_lies(town, watch):
    """Lies: its operator has every key and the database."""
    mirror, witnesses = town.folder / "mirror", Witnesses(town)
    old = Hub(town.hub, witnesses)
    old.turn()
    asked("mirror", "pull", town.hub, mirror)
    quiet = asked("monitor", town.hub, "--once")
    offices.take_receipts(town)
    office = town.offices["york_one"]

    with watch("a row is edited: monitor and mirror find it"):
        with old.db.write() as tx:
            true = tx.scalar(sa.select(grants.c.until_at).where(grants.c.id == office))
            longer = true + dt.timedelta(days=1800)
            tx.execute(sa.update(grants).where(grants.c.id == office).values(until_at=longer))
        old.lives()
        old.turn()
        edited = asked("monitor", town.hub, "--once", code=3)
        pulled = asked("mirror", "pull", town.hub, mirror)
        own = asked("log", "verify", "--data", town.hub, code=1)
    with old.db.write() as tx:
        tx.execute(sa.update(grants).where(grants.c.id == office).values(until_at=true))
        entry = tx.scalar(sa.select(grants.c.entry).where(grants.c.id == office))
    assert quiet["alarms"] == []
    assert all(any("grants" in problem for problem in found) for found in (edited["alarms"], pulled["problems"]))
    assert any("grants" in problem for problem in own["problems"])

    with watch("an act is forged with the log's key: two programs name it"):
        forged = old.forge(GrantEnded(office, "resigned"), entry)
        old.turn()
        alarm = asked("monitor", town.hub, "--once", code=3)
        told = asked("mirror", "pull", town.hub, mirror)["problems"]
        other = other_program(mirror, 1)["problems"]
    for problems in (alarm["alarms"], told, other):
        assert any(f"Entry {forged} " in problem for problem in problems), problems

    with watch("history is written anew: witnesses refuse, monitors tell"):
        witnesses.answers.clear()
        note = old.signs_alone([*old.raws()[: forged - 1], *old.raws()[forged:]], cosigned=True)
        anew = asked("monitor", town.hub, "--once", code=3)
        hub("mirror", "pull", town.hub, mirror, code=3)
    assert witnesses.answers == dict.fromkeys(range(3), 409) | {n: c for n, c in witnesses.answers.items() if c == 422}
    assert note.count(b"/witness") == 0
    assert any("has signed two histories" in sentence or "went back" in sentence for sentence in anew["alarms"])
    old.close()

    with watch("trustees choose the size before the lie"):
        size = min(int(problem.split()[1]) for problem in other if problem.startswith("Entry "))
        fingerprint = asked("log", "verify", mirror, code=1)["fingerprint"]
    assert size == forged
    folder = carrying.carry_on(town, watch, mirror, at=size)
    with watch("witnesses sign the heir's log, and everybody verifies it"):
        heir = Hub(folder, witnesses)
        heir.turn()
        found = asked("log", "verify", "--data", folder)
        second = asked("mirror", "pull", folder, town.folder / "second")
        other_program(town.folder / "second", 0)
    assert carrying.holds(found, town, fingerprint)
    assert second["problems"] == []
    with watch("whose office was taken claims it, and acts"):
        offices.claim(town, Browser.inside(folder), "york_one")
        actor = offices.takes_devices(town, folder, "york_one")
    assert office in [grant.id for grant in actor.grants]
    heir.close()
