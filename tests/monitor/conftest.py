"""A hub whose operator is a rogue with the log's key: signs whatever it likes, serves each reader what it likes."""

from __future__ import annotations

import pytest

from hub import ids
from hub.constitution.actions import default_text, found_hub
from hub.db import Database
from hub.ledger import models
from hub.ledger.entries import Entry, format_entry
from hub.mirror.sources import Source
from hub.monitor.watch import Watch
from hub.tlog.checkpoint import Checkpoint, sign_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.note import Signer, format_vkey
from hub.tlog.tiles import FULL, format_bundle, format_path, format_tile, new_bundles, new_tiles
from tests.published import state_for

ORIGIN = "town.example/log"


class Served:
    """What one reader is shown: a source in memory. state: makes its state.json, when somebody asks."""

    def __init__(self, files, name="https://town.example", state=None):
        self.files, self.name, self.state = files, name, state

    def get(self, path, most):
        if path == "state.json" and self.state is not None and path not in self.files:
            self.files[path] = self.state()
        return self.files.get(path)

    def close(self):
        pass


class Rogue:
    """Holds the log's key. founded: the entries with which the record begins."""

    def __init__(self):
        self.signer = Signer(ORIGIN, b"R" * 32)
        db = Database("sqlite://")
        db.create_all()
        with db.write() as tx:
            found_hub(tx, name="Town", origin=ORIGIN, log_key=format_vkey(self.signer.verifier), text=default_text())
            rows = tx.execute(models.entries.select().order_by(models.entries.c.index)).all()
        db.close()
        self.founded, self.at = [bytes(row.bytes) for row in rows], rows[-1].at

    def grow(self, entries, many):
        """A history that goes on from another: new holders take names."""
        fresh = [Entry("holder.named", self.at, 1, {"holder": ids.new("hld")}, (), 1) for _ in range(many)]
        return [*entries, *(format_entry(entry) for entry in fresh)]

    def serve(self, entries, name="https://town.example") -> Source:
        """A history as a reader gets it, signed."""
        tree = Tree(map(leaf_hash, entries))
        files = {f"log/{format_path(tile)}": format_tile(tile, tree.read) for tile in new_tiles(0, tree.size)}
        for tile in new_bundles(0, tree.size):
            files[f"log/{format_path(tile)}"] = format_bundle(entries[tile.n * FULL : tile.n * FULL + tile.width])
        head = Checkpoint(ORIGIN, tree.size, tree.root())
        files["log/checkpoint"] = sign_checkpoint(head, self.signer)
        return Served(files, name, lambda: state_for(head, ((raw, ()) for raw in entries)))


@pytest.fixture(scope="session")
def rogue():
    return Rogue()


@pytest.fixture
def reader(tmp_path):
    """Makes a reader's watch, each with a folder of its own: reader("ana", source)."""

    def make(name, source):
        return Watch(tmp_path / name, source)

    return make
