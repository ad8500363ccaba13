"""The hub lies: rows that no entry gives, an act that nobody signed, a history written anew. All at its own address."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from hub.permits.entries import GrantEnded
from hub.permits.models import grants
from tests.drill import carrying, offices
from tests.drill.beginning import honest_hub
from tests.drill.browser import Browser
from tests.drill.rogue import Hub
from tests.machines import Started, asked, eventually, hub, program

pytestmark = [pytest.mark.xdist_group("drill"), pytest.mark.timeout(400)]


def test_the_hub_lies(town, watch, started, monkeypatch, tmp_path):
    """Lies: its operator has every key and the database."""
    mirror, office, told_to = town.folder / "mirror", town.offices["york_one"], town.folder / "told-to-the-branch"
    with watch("before: the hub runs, witnesses sign, and a branch follows it"):
        machine, before = honest_hub(town, started)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another-branch"))
        follower = Started("monitor", town.url, "--every", "3", "--run", f"tee -a {told_to}")
        started.append(follower)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    offices.take_receipts(town)
    old = Hub(town.hub)

    with watch("a row is edited: who follows the hub is told, and copies and verifiers find it"):
        with old.db.write() as tx:
            true = tx.scalar(sa.select(grants.c.until_at).where(grants.c.id == office))
            longer = true + dt.timedelta(days=1800)
            tx.execute(sa.update(grants).where(grants.c.id == office).values(until_at=longer))
        old.lives()
        eventually(lambda: machine.size() > before)
        eventually(lambda: told_to.exists() and "grants" in told_to.read_text())
        edited = asked("monitor", town.url, "--once", code=3)
        pulled = asked("mirror", "pull", town.url, mirror)
        own = asked("log", "verify", town.url, code=1)
    with old.db.write() as tx:
        tx.execute(sa.update(grants).where(grants.c.id == office).values(until_at=true))
        entry = tx.scalar(sa.select(grants.c.entry).where(grants.c.id == office))
    found = (edited["alarms"], pulled["problems"], own["problems"])
    assert all(any("grants" in problem for problem in problems) for problems in found)

    with watch("an act is forged with the log's key: two programs name it"):
        forged = old.forge(GrantEnded(office, "resigned"), entry)
        eventually(lambda: machine.size() > forged)
        alarm = asked("monitor", town.url, "--once", code=3)
        told = asked("mirror", "pull", town.url, mirror)["problems"]
        other = program(mirror, 1)["problems"]
    for problems in (alarm["alarms"], told, other):
        assert any(f"Entry {forged} " in problem for problem in problems), problems

    with watch("history is written anew: witnesses refuse, and whoever followed is told"):
        machine.hub.kill()
        note = old.signs_alone([*old.raws()[: forged - 1], *old.raws()[forged:]], cosigned=True)
        started.append(Started("web", "--data", town.hub))
        eventually(lambda: machine.checkpoint() == note)
        ended = eventually(follower.process.poll)
        anew = asked("monitor", town.url, "--once", code=3)
        hub("mirror", "pull", town.url, mirror, code=3)
    assert (len(old.answers) >= 3, set(old.answers) - {409, 422}) == (True, set())
    assert (note.count(b"/witness"), ended) == (0, 3)
    assert any("has signed two histories" in sentence or "went back" in sentence for sentence in anew["alarms"])
    old.close()

    with watch("trustees choose the size before the lie"):
        size = min(int(problem.split()[1]) for problem in other if problem.startswith("Entry "))
        fingerprint = asked("log", "verify", mirror, code=1)["fingerprint"]
    assert size == forged
    folder = carrying.carry_on(town, watch, mirror, at=size)
    with watch("witnesses sign the heir's log, and everybody verifies it"):
        heir = Hub(folder)
        heir.turn()
        verified = asked("log", "verify", "--data", folder)
        second = asked("mirror", "pull", folder, town.folder / "second")
        program(town.folder / "second", 0)
    assert carrying.holds(verified, town, fingerprint)
    assert second["problems"] == []
    with watch("whose office was taken claims it, and acts"):
        offices.claim(town, Browser.inside(folder), "york_one")
        heir.turn()
        actor = offices.takes_devices(town, folder, "york_one")
    assert office in [grant.id for grant in actor.grants]
    heir.close()
