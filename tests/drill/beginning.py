"""How the days of a rogue begin: an honest hub runs, witnesses sign, a branch copies it and finds nothing amiss."""

from __future__ import annotations

from typing import Any

from tests.drill.town import Town
from tests.machines import Machine, Started, asked, eventually


def honest_hub(town: Town, started: list[Started], *given: Any) -> tuple[Machine, int]:
    """Starts the hub's machine, and lets a branch pull a mirror and look: (the machine, the size they saw).

    given: options of its serve; started: what is ended with the test.
    """
    machine = Machine(town.hub, town.url, *given)
    started.append(machine.hub)
    machine.has_published(b"/witness")
    size = eventually(machine.size)
    asked("mirror", "pull", town.url, town.folder / "mirror")
    assert asked("monitor", town.url, "--once")["alarms"] == []
    return machine, size
