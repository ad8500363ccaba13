"""The hub hides: two groups of readers are shown two histories, at one address."""

from __future__ import annotations

import os
import shutil
import signal
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.drill import carrying
from tests.drill.beginning import honest_hub
from tests.drill.front import Front
from tests.drill.rogue import Hub
from tests.machines import Started, asked, eventually, hub
from tests.stories.conftest import free_port

pytestmark = [pytest.mark.xdist_group("drill"), pytest.mark.timeout(400)]


@pytest.fixture
def front(town):
    """What answers at the hub's address."""
    made = Front(urlsplit(town.url).port, to=free_port())
    yield made
    made.close()


def twin(machine, folder):
    """The hub's machine once more, as its snapshot has it: every key, the whole database."""
    os.killpg(machine.hub.process.pid, signal.SIGSTOP)
    shutil.copytree(machine.folder, folder, ignore=shutil.ignore_patterns("*.sock"))
    os.killpg(machine.hub.process.pid, signal.SIGCONT)
    return Hub(folder)


def answers(port):
    """Whether something answers at a port of this machine."""
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code
    except httpx2.TransportError:
        return None


def test_the_hub_hides(town, watch, started, front, monkeypatch, tmp_path):
    """Hides: one history for two branches, another for the third."""
    mirror, there, own, other = town.folder / "mirror", town.folder / "for-the-third", front.to, free_port()
    with watch("before: the hub runs, witnesses sign, and branches follow it"):
        machine, before = honest_hub(town, started, "--port", own)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "third"))
        assert asked("monitor", town.url, "--once")["alarms"] == []

    with watch("two histories: each witness signs one of them alone"):
        started[2].kill()
        hidden, shown = twin(machine, there), Hub(town.hub)
        shown.lives()
        head = eventually(lambda: machine.size() > before and machine.size())
        started.append(Started("witness", "serve", "--data", town.folder / "w2", "--port", town.ports[2]))
        eventually(lambda: answers(town.ports[2]))
        hidden.lives()
        note = hidden.signs_alone(hidden.raws(), cosigned=True)
        started.append(Started("web", "--data", there, "--port", other))
        eventually(lambda: answers(other))
    assert (machine.checkpoint().count(b"/witness"), note.count(b"/witness")) == (2, 0)
    assert (hidden.answers.count(200), set(hidden.answers) - {200, 409, 422}) == (1, set())
    with watch("the third branch: what it is shown lacks its quorum"):
        front.to = other
        lonely = asked("monitor", town.url, "--once", code=3)
        hub("mirror", "pull", town.url, town.folder / "third-mirror", code=1)
        sent = tmp_path / "sent"
        sent.write_bytes(machine.checkpoint())
    assert sent.read_bytes() == note
    assert lonely["alarms"]
    with watch("the others: they compare a checkpoint, and have the proof"):
        front.to = own
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        alarm = asked("monitor", town.url, "--once", "--with", sent, code=3)
    assert any("has signed two histories" in sentence for sentence in alarm["alarms"])
    shown.close()
    hidden.close()

    with watch("trustees choose the history that the quorum signed"):
        verified = asked("mirror", "pull", town.url, mirror)
        fingerprint = asked("log", "verify", mirror)["fingerprint"]
    assert verified["size"] == head
    machine.hub.kill()
    folder = carrying.carry_on(town, watch, mirror)
    with watch("witnesses sign the heir's log, and everybody verifies it"):
        heir = Hub(folder)
        heir.turn()
        found = asked("log", "verify", "--data", folder)
    assert carrying.holds(found, town, fingerprint)
    heir.close()
