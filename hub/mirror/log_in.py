"""The log's way into a mirror: new bundles fetched, hashed onto what is here, staged aside until they are believed.

Every hash tile is computed from the entries and compared with the one served. Staged files are moved in by ``settle``,
the checkpoint last, so a pull that is broken off leaves a mirror that is behind, never one that is wrong.
"""

from __future__ import annotations

from pathlib import Path

from hub.errors import Unsafe
from hub.ledger import entries, files
from hub.ledger.beginnings import Unverified, check_forks, key_named
from hub.ledger.files import put
from hub.ledger.reading import MOST, PINNED, Key, read_entries, read_tile
from hub.mirror.sources import Source, Unreachable, fetch_many, want
from hub.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from hub.tlog.edge import Edge
from hub.tlog.hashes import EMPTY, Tree, leaf_hash
from hub.tlog.note import format_vkey, parse_note, parse_vkey
from hub.tlog.tiles import ENTRIES, FULL, Tile, format_path, new_bundles, new_tiles, parse_bundle

NOTE = 1 << 16  # bytes of a checkpoint
BUNDLE = FULL * (2 + entries.LARGEST)
TOTAL = 4 << 30  # bytes of new entries in one pull
BATCH = 64  # files moved in at a time


class LogIn:
    """One pull's log. folder: the mirror; staged: a folder beside it that is thrown away afterwards."""

    def __init__(self, source: Source, folder: Path, staged: Path, key: Key | None) -> None:
        self.source, self.folder, self.staged = source, folder, staged
        self.key, self.old = self._before(key)
        self.note = want(source, "log/checkpoint", NOTE)
        self.head = self._promised()
        self.fresh = self._fetch()
        self.entries = read_entries(folder, self.old.size) + self.fresh
        self.trusted = self._trust()

    def settle(self) -> None:
        """Moves the staged files in, then the checkpoint."""
        found = sorted(path for path in self.staged.rglob("*") if path.is_file())
        for start in range(0, len(found), BATCH):
            batch = found[start : start + BATCH]
            put({self.folder / "log" / path.relative_to(self.staged): path.read_bytes() for path in batch})
        pin = f"{format_vkey(self.trusted.verifier)}\n".encode()
        if files.read(self.folder / PINNED) != pin:
            put({self.folder / PINNED: pin})
        put({self.folder / "log/checkpoint": self.note})

    def _before(self, given: Key | None) -> tuple[Key | None, Checkpoint]:
        """Returns the key to use, if there is one yet, and the head this mirror stands at."""
        pinned, note = files.read(self.folder / PINNED), files.read(self.folder / "log/checkpoint")
        if pinned is None or note is None:
            return given, Checkpoint("", 0, EMPTY)
        own = Key(parse_vkey(pinned.decode("utf-8", "replace").strip()), "pinned")
        if given is not None and given.verifier != own.verifier:
            raise Unsafe(f"{self.folder} was pulled under another key. Ask why it changed; pull into a new folder.")
        return given or own, open_checkpoint(note, [own.verifier])

    def _promised(self) -> Checkpoint:
        """Returns the head the source serves. Raises Unsafe where it contradicts the one here."""
        new, old, name = parse_checkpoint(parse_note(self.note)[0]), self.old, self.source.name
        if self.key is not None:
            open_checkpoint(self.note, [self.key.verifier])
        if old.size and new.origin != old.origin:
            raise Unsafe(f"{self.folder} mirrors {old.origin}, but {name} serves {new.origin}.")
        if new.size < old.size:
            raise Unsafe(f"{name} serves {new.size} entries where {old.size} are here: its history went back.")
        if new.size == old.size and new.root != old.root:
            raise Unsafe(f"{name} serves another history of the same {old.size} entries. Keep this folder as proof.")
        if new.size > MOST:
            raise Unverified(f"{name} claims {new.size} entries; more than {MOST} are not read.")
        return new

    def _fetch(self) -> list[bytes]:
        """Stages new bundles and tiles; returns the new entries, which with the old ones give the promised root."""
        edge, total = Edge(self.old.size, lambda tile: read_tile(self.folder, tile)), 0
        if edge.root() != self.old.root:
            raise Unverified(f"The tiles in {self.folder} were changed. Pull into a new folder.")
        fresh: list[bytes] = []
        for tile, raw in fetch_many(new_bundles(self.old.size, self.head.size), self._bundle):
            total += len(raw)
            if total > TOTAL:
                raise Unreachable(f"{self.source.name} serves more than {TOTAL} bytes of new entries.")
            bundle = parse_bundle(raw, tile.width)
            known = max(0, self.old.size - tile.start)
            if known and bundle[:known] != self._last_known():
                raise self._contradiction()
            self._stage(tile, raw)
            for full, hashes in edge.grow(map(leaf_hash, bundle[known:])):
                self._stage(full, hashes)
            fresh += bundle[known:]
        if edge.root() != self.head.root:
            raise self._contradiction()
        for tile, raw in edge.partial(self.old.size):
            self._stage(tile, raw)
        for tile, raw in fetch_many(new_tiles(self.old.size, self.head.size), self._tile):
            if raw != (self.staged / format_path(tile)).read_bytes():
                raise Unverified(f"{self.source.name} serves a {format_path(tile)} that does not fit its entries.")
        return fresh

    def _contradiction(self) -> Exception:
        if not self.old.size:
            return Unverified("The entries give another root than the checkpoint. Something in the log was changed.")
        return Unsafe(
            f"What {self.source.name} serves does not continue the {self.old.size} entries here: its files are broken, "
            "or its history was rewritten. Nothing was written; keep this folder as proof."
        )

    def _last_known(self) -> list[bytes]:
        n, width = divmod(self.old.size, FULL)
        return parse_bundle(read_tile(self.folder, Tile(ENTRIES, n, width)), width)

    def _bundle(self, tile: Tile) -> bytes:
        return want(self.source, f"log/{format_path(tile)}", BUNDLE)

    def _tile(self, tile: Tile) -> bytes:
        return want(self.source, f"log/{format_path(tile)}", FULL * 32)

    def _stage(self, tile: Tile, raw: bytes) -> None:
        path = self.staged / format_path(tile)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)

    def _trust(self) -> Key:
        """Opens the checkpoint with the key we have, or else the one the log names; they must be one key."""
        named = key_named(self.entries)
        key = self.key or Key(named, "named")
        open_checkpoint(self.note, [key.verifier])
        if named != key.verifier:
            raise Unverified("The record names another key for this log than the one given or kept from before.")
        check_forks(self.entries, Tree(map(leaf_hash, self.entries)))
        return key
