"""A small hub that publishes, and the folders its copies go to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hub import ids, ledger, settings
from hub.constitution.actions import default_text, found_hub
from hub.db import Database
from hub.ledger import keys
from hub.mirror import archive, publish
from hub.permits.entries import HolderNamed


class Town:
    """A founded hub in a folder, with the turns its worker would take."""

    def __init__(self, folder: Path, db: Database, url: str = "https://town.example") -> None:
        self.db, self.folder = db, folder
        self.settings = settings.build(folder, {"name": "Town hub", "url": url, "session_days": 20})
        self.vkey = keys.make_keys(self.settings.keys, self.settings.log_origin)
        with db.write() as tx:
            found_hub(tx, name="Town hub", origin=self.settings.log_origin, log_key=self.vkey, text=default_text())

    def deploy(self) -> None:
        """What the worker does at its start."""
        publish.deploy(self.settings, self.db)

    def turn(self):
        """What the worker does again and again."""
        return publish.publish(self.settings, self.db)

    def name(self, *shown: str) -> None:
        """Names holders: entries with words."""
        with self.db.write() as tx:
            for text in shown:
                ledger.append(tx, HolderNamed(ids.new("hld")), by=1, words={"shown": text})

    def remove(self) -> None:
        """The origin is gone, folder and all."""
        shutil.rmtree(self.folder)


@pytest.fixture
def town(tmp_path, db, clock_at, monkeypatch) -> Town:
    """A hub that was founded, deployed and published. What runs is a small source, so that packing it is quick."""
    (tmp_path / "running/hub").mkdir(parents=True)
    (tmp_path / "running/hub/__init__.py").write_text("# the running source\n")
    monkeypatch.setattr(archive, "root", lambda: tmp_path / "running")
    clock_at("2026-11-21T20:00Z")
    town = Town(tmp_path / "town", db)
    town.deploy()
    town.turn()
    return town
