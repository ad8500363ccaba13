"""The hub in the hands of a rogue: every key of its machine, and its database. It asks witnesses as its worker does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub import clock, ids, ledger
from hub import settings as house
from hub.charter import gathering
from hub.charter.gathering import Cosigners, Post
from hub.cli import stores
from hub.ledger import entries, files, keys, models, writer
from hub.mirror import publish
from hub.permits.entries import HolderNamed
from hub.tlog.checkpoint import Checkpoint, sign_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.tiles import FULL, format_bundle, format_path, format_tile, new_bundles, new_tiles


class Hub:
    """A hub's folder and what its operator does with it. folder: of its data; answers: what witnesses said."""

    def __init__(self, folder: Path, post: Post = gathering.post) -> None:
        self.folder, self.answers = folder, []  # type: tuple[Path, list[int]]
        self.settings = house.load(folder)
        self.db = stores.open_hub(self.settings)

        def asks(address: str, body: bytes) -> tuple[int, bytes]:
            status, said = post(address, body)
            self.answers.append(status)
            return status, said

        self.cosigners = Cosigners(self.db, asks)

    def turn(self) -> Checkpoint:
        """What its worker does: publishes, with what witnesses sign. All that it computes is written anew."""
        self.cosigners.rested_at = None
        return publish.publish(self.settings, self.db, gather=self.cosigners, anew=True)

    def lives(self) -> None:
        """Something honest happens: a member takes a name."""
        with self.db.write() as tx:
            ledger.append(tx, HolderNamed(ids.new("hld")), by=1, words={"shown": "Somebody"})

    def forge(self, record: Any, by: int | None) -> int:
        """Writes an entry past every check, and its rows; the log's key will sign it."""
        with self.db.write() as tx:
            index, spec = writer.size(tx), entries.type_of(type(record))
            entry = entries.Entry(spec.name, clock.minute(clock.now()), by, entries.data_of(record), index=index)
            writer.store(tx, entry, entries.format_entry(entry), [])
            assert spec.apply is not None
            spec.apply(tx, entry, record, dict.fromkeys(spec.openings))
        return index

    def raws(self) -> list[bytes]:
        """Every entry."""
        with self.db.read() as tx:
            return [bytes(raw) for raw in tx.scalars(sa.select(models.entries.c.bytes).order_by("index"))]

    def signs_alone(self, raws: list[bytes], cosigned: bool = False) -> bytes:
        """Publishes whatever history the rogue likes, under the log's key, and with whom he finds among witnesses."""
        tree = Tree(leaf_hash(raw) for raw in raws)
        log = self.settings.log
        files.put({log / format_path(tile): format_tile(tile, tree.read) for tile in new_tiles(0, tree.size)})
        bundles = {one: raws[one.n * FULL : one.n * FULL + one.width] for one in new_bundles(0, tree.size)}
        files.put({log / format_path(tile): format_bundle(part) for tile, part in bundles.items()})
        head = Checkpoint(self.settings.log_origin, tree.size, tree.root())
        note = sign_checkpoint(head, keys.read_signer(self.settings.keys, self.settings.log_origin))
        if cosigned:
            self.cosigners.rested_at = None
            self.answers.clear()
            note = self.cosigners(note, head, tree.read) or note
        files.put({log / "checkpoint": note, self.settings.keys / keys.HEAD: note})
        return note

    def close(self) -> None:
        self.db.close()
