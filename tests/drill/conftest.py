"""The town on the evening before, made once; each scene has its own copy, and its own watch."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub import clock
from hub.draws import chain
from hub.lot.chains import QUICKNET
from tests.drill import ceremony, offices
from tests.drill.town import Town, found_town
from tests.machines import Started, start_witnesses


class Watch:
    """Says how long each step of a scene took. The times stand in the summary of the whole run."""

    def __init__(self, scene: str, report: list[tuple[str, object]]) -> None:
        self.scene, self.report = scene, report

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Times a step by its name."""
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        self.report.append(("drill", [self.scene, step, took]))
        print(f"{self.scene}: {step}: {took:.1f} s")


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A hub of 124 days with a charter; nobody has published it yet."""
    with pytest.MonkeyPatch.context() as patch:
        in_earnest(patch)
        town = found_town(tmp_path_factory.mktemp("town"))
        ceremony.found_charter(town)
        offices.make_keys(town)
    return town


def in_earnest(patch: pytest.MonkeyPatch) -> None:
    """Lets this process, too, take the beacon that the drill's hubs take: they are no demos."""
    patch.setattr(chain, "_chosen", QUICKNET)


@pytest.fixture
def town(before: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A scene's own copy of the town. What commands remember of logs lies there, too."""
    shutil.copytree(before.folder, tmp_path / "town")
    in_earnest(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield replace(before, folder=tmp_path / "town")
    clock.set_source(None)


@pytest.fixture
def started(town: Town) -> Iterator[list[Started]]:
    """What runs, and is killed in the end: the three witnesses, and what a scene adds."""
    running = start_witnesses(town.folder, town.ports)
    yield running
    for one in running:
        one.kill()


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Watch:
    """The scene's watch."""
    doc: Any = request.node.function.__doc__
    return Watch(doc.partition(":")[0].removesuffix("."), request.node.user_properties)
