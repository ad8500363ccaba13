"""The hub hides: two groups of readers are shown two histories."""

from __future__ import annotations

import pytest

from tests.drill import carrying
from tests.drill.rogue import Hub, Witnesses
from tests.drill.town import asked, hub

pytestmark = [pytest.mark.xdist_group("drill"), pytest.mark.timeout(240)]


def test_the_hub_hides(town, watch, monkeypatch, tmp_path):
    """Hides: one history for two branches, another for the third."""
    witnesses, mirror = Witnesses(town), town.folder / "mirror"
    shown = Hub(town.hub, witnesses)
    shown.turn()
    asked("mirror", "pull", town.hub, mirror)
    quiet = asked("monitor", town.hub, "--once")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "third"))
    there = town.folder / "for-the-third"
    hidden = shown.twin(there)
    asked("monitor", there, "--once")
    with watch("two histories: each witness signs one of them alone"):
        shown = Hub(town.hub, witnesses)
        shown.lives()
        witnesses.up = {0, 1}
        head = shown.turn()
        hidden.lives()
        witnesses.up, before = {2}, (there / "log/checkpoint").read_bytes()
        hidden.turn()
        assert (there / "log/checkpoint").read_bytes() == before
        witnesses.up = {0, 1, 2}
        note = hidden.signs_alone(hidden.raws(), cosigned=True)
    assert quiet["alarms"] == []
    assert (town.hub / "log/checkpoint").read_bytes().count(b"/witness") == 2
    with watch("the third branch: what it is shown lacks its quorum"):
        lonely = asked("monitor", there, "--once", code=3)
        hub("mirror", "pull", there, town.folder / "third-mirror", code=1)
    assert lonely["alarms"]
    with watch("the others: they compare a checkpoint, and have the proof"):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        sent = tmp_path / "sent"
        sent.write_bytes(note)
        alarm = asked("monitor", town.hub, "--once", "--with", sent, code=3)
    assert any("has signed two histories" in sentence for sentence in alarm["alarms"])
    shown.close()
    hidden.close()

    with watch("trustees choose the history that the quorum signed"):
        verified = asked("mirror", "pull", town.hub, mirror)
        fingerprint = asked("log", "verify", mirror)["fingerprint"]
    assert verified["size"] == head.size
    folder = carrying.carry_on(town, watch, mirror)
    with watch("witnesses sign the heir's log, and everybody verifies it"):
        heir = Hub(folder, witnesses)
        heir.turn()
        found = asked("log", "verify", "--data", folder)
    assert carrying.holds(found, town, fingerprint)
    heir.close()
