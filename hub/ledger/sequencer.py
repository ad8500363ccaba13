"""The sequencer: turns appended entries into tiles, openings and a signed checkpoint, in the worker alone.

One turn, each step on disk before the next begins:

    lock     one sequencer at a time, by file lock; on PostgreSQL by advisory lock too
    look     the last signed head fits the tiles on disk and the database; what was signed but not published, is
    stage    entry bundles, tiles
    re-read  everything the new head rests on is read back from disk and hashed again
    open     openings of the new entries; openings withdrawn since leave their files
    sign     the new head goes into keys/log.head: from here on it is the only history this key signs
    gather   witnesses' cosignatures, where a charter asks for them; without its quorum nothing is published this turn
    publish  log/checkpoint

A crash before *sign* leaves files that nobody refers to and the next turn writes again; after it, the next turn
publishes. Whatever does not fit raises Unsafe, and nothing is signed. The database's unit ends before *gather*, which
waits for other people's machines.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.db import Database
from hub.errors import Unsafe
from hub.ledger import files, keys, models
from hub.ledger.files import DISK, Disk, put
from hub.ledger.openings import format_file
from hub.ledger.tombstones import UNSAID, Tombstone, day_of, format_list, sign
from hub.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from hub.tlog.edge import Edge
from hub.tlog.hashes import EMPTY, Reader, Spoilt, leaf_hash, root_hash
from hub.tlog.note import Verifier
from hub.tlog.tiles import (
    ENTRIES,
    FULL,
    HEIGHT,
    Tile,
    format_bundle,
    format_path,
    parse_bundle,
    parse_tile,
    reader,
    tile_root,
    width_at,
)

LOCK = 7403  # of PostgreSQL's advisory locks
CHECKPOINT = "checkpoint"
WITHDRAWN = "withdrawn.json"
RESTORED = "It looks like an older database was restored. Restore a newer one, or found a successor with: hub fork"

_SIZE = sa.select(sa.func.count(), sa.func.max(models.entries.c.index))
_RANGE = (
    sa.select(models.entries.c.bytes)
    .where(models.entries.c.index >= sa.bindparam("start"), models.entries.c.index < sa.bindparam("end"))
    .order_by(models.entries.c.index)
)
_OPENED = (
    sa.select(models.openings.c.index, models.openings.c.disclosure)
    .where(models.openings.c.index >= sa.bindparam("start"), models.openings.c.index < sa.bindparam("end"))
    .order_by(models.openings.c.index)
)
_OPENED_AT = sa.select(models.openings.c.disclosure).where(models.openings.c.index == sa.bindparam("wanted"))
_ERASED = sa.select(models.withdrawals)


Gather = Callable[[bytes, Checkpoint, Reader], bytes | None]
"""(signed note, its head, reader of its tree) to the note with cosignatures; None where the quorum is missing."""


@dataclass(frozen=True)
class Turn:
    """What one turn left behind.

    head: as published, of size 0 while nothing is; note: its bytes, None where this turn published nothing; erased: how
    many openings left their files; waiting: whether a signed head still lacks its quorum.
    """

    head: Checkpoint
    erased: int
    note: bytes | None = None
    waiting: bool = False


def _alone_signed(note: bytes, head: Checkpoint, read: Reader) -> bytes:
    return note


class Sequencer:
    """Publishes one hub's log.

    folder: the data folder; origin: the name it signs under; every: how old a published head may grow; gather: asks
    witnesses, nobody by default.
    """

    def __init__(
        self,
        db: Database,
        folder: Path,
        origin: str,
        every: dt.timedelta,
        disk: Disk = DISK,
        gather: Gather = _alone_signed,
    ) -> None:
        self.db, self.origin, self.every, self.disk, self.gather = db, origin, every, disk, gather
        self.keys, self.log, self.openings = folder / "keys", folder / "log", folder / "openings"

    def run_once(self) -> Turn:
        """Publishes what was appended since the last turn; returns the head that stands published.

        Raises Unsafe when anything does not fit, and files.Held while another sequencer works.
        """
        with files.lock(self.keys / "sequencer.lock"):
            with self.db.read() as tx:
                _alone(tx)
                published, head, note = self._turn(tx)
                erased = self._erase(tx)
            cosigned = self._publish_due(published, head, note)
            self._note(erased)
        waiting = cosigned is None and head != published and head.size > 0
        return Turn(published if cosigned is None else head, len(erased), cosigned, waiting)

    def _turn(self, tx: Connection) -> tuple[Checkpoint, Checkpoint, bytes]:
        """Signs what was appended. Result: the head that stands published, the newest signed one, and its note."""
        signer = keys.read_signer(self.keys, self.origin)
        head, note = keys.read_head(self.keys, signer.verifier)
        try:
            size = self._look(tx, head)
            published = self._published(head, signer.verifier)
            if size > head.size:
                root = self._stage(tx, head, size)
                self._reread(head, Checkpoint(self.origin, size, root))
                self._open(tx, head.size, size)
                head = Checkpoint(self.origin, size, root)
                note = sign_checkpoint(head, signer)
                put({self.keys / keys.HEAD: note}, self.disk, mode=0o600)
            elif size and published == head and self._age() >= self.every:
                self._reread(head, head)
        except Spoilt as problem:
            raise Unsafe(f"The log on disk does not hold: {problem}. Restore {self.log} from a mirror.") from problem
        return published, head, note

    # -- look -----------------------------------------------------------------------------------------------------

    def _look(self, tx: Connection, head: Checkpoint) -> int:
        """Checks that disk and database continue what was signed; returns the database's size."""
        count, last = tx.execute(_SIZE).one()
        if count and last != count - 1:
            raise Unsafe(f"The database lacks entries: it holds {count}, and the last is number {last}.")
        if count < head.size:
            raise Unsafe(f"The database holds {count} entries, but {head.size} were signed. {RESTORED}")
        if root_hash(head.size, reader(head.size, self._tile)) != head.root:
            raise Unsafe(f"The tiles on disk give another root than the one signed. Restore {self.log} from a mirror.")
        start = max(0, head.size - 1) // FULL * FULL
        if head.size and self._bundle(start // FULL, head.size) != self._entries(tx, start, head.size):
            raise Unsafe(f"The database's last entries are not those that were signed. {RESTORED}")
        return int(count)

    def _entries(self, tx: Connection, start: int, end: int) -> list[bytes]:
        return [bytes(raw) for raw in tx.scalars(_RANGE, {"start": start, "end": end})]

    def _tile(self, tile: Tile) -> bytes:
        raw = files.read(self.log / format_path(tile))
        if raw is None:
            raise Spoilt(f"{format_path(tile)} is missing")
        return raw

    def _bundle(self, n: int, size: int) -> list[bytes]:
        width = width_at(ENTRIES, n, size)
        return parse_bundle(self._tile(Tile(ENTRIES, n, width)), width)

    # -- stage ----------------------------------------------------------------------------------------------------

    def _stage(self, tx: Connection, head: Checkpoint, size: int) -> bytes:
        """Writes the bundles and tiles that grow the log to ``size``; returns the root they should give."""
        edge = Edge(head.size, self._tile)
        for start in range(head.size // FULL * FULL, size, FULL):
            end = min(start + FULL, size)
            entries = self._entries(tx, start, end)
            tile = Tile(ENTRIES, start // FULL, end - start)
            batch = {self.log / format_path(tile): format_bundle(entries)}
            for full, raw in edge.grow(leaf_hash(entry) for entry in entries[max(0, head.size - start) :]):
                batch[self.log / format_path(full)] = raw
            put(batch, self.disk)
        put({self.log / format_path(tile): raw for tile, raw in edge.partial(head.size)}, self.disk)
        return edge.root()

    def _reread(self, old: Checkpoint, new: Checkpoint) -> None:
        """Reads back what the new head rests on and hashes it again. Raises Unsafe unless it gives both heads."""
        read = reader(new.size, self._tile)
        if root_hash(new.size, read) != new.root or root_hash(old.size, read) != old.root:
            raise Unsafe("What was written is not what the disk gives back. Nothing was signed; check the disk.")
        last = (new.size - 1) // FULL
        for n in range(max(0, min(old.size // FULL, last - 1)), last + 1):
            tile = Tile(0, n, width_at(0, n, new.size))
            hashes = parse_tile(self._tile(tile), tile.width)
            if hashes != [leaf_hash(entry) for entry in self._bundle(n, new.size)]:
                raise Unsafe(f"{format_path(tile)} does not fit its entries. Nothing was signed; check the disk.")
        level = 0
        while new.size >> HEIGHT * (level + 1):
            whole = (new.size >> HEIGHT * (level + 1)) - 1
            for n in range(max(0, min(old.size >> HEIGHT * (level + 1), whole - 1)), whole + 1):
                if tile_root(parse_tile(self._tile(Tile(level, n)), FULL)) != read(HEIGHT * (level + 1), n):
                    raise Unsafe(f"{format_path(Tile(level, n))} does not fit the tile above it. Nothing was signed.")
            level += 1

    # -- openings -------------------------------------------------------------------------------------------------

    def _open(self, tx: Connection, start: int, end: int) -> None:
        batch: dict[Path, bytes] = {}
        for index, disclosures in _grouped(tx.execute(_OPENED, {"start": start, "end": end})):
            batch[self._opening(index)] = format_file(index, disclosures)
            if len(batch) == FULL:
                put(batch, self.disk)
                batch = {}
        put(batch, self.disk)

    def _erase(self, tx: Connection) -> list[Tombstone]:
        """Takes withdrawn words out of their files and lists them for mirrors; returns those not yet noted as done."""
        stones, erased = self._tombstones(tx)
        for index in sorted({stone.index for stone in erased}):
            path = self._opening(index)
            left = list(tx.scalars(_OPENED_AT, {"wanted": index}))
            if left:
                put({path: format_file(index, left)}, self.disk)
            else:
                self.disk.remove(path)
        listed = format_list(stones)
        if stones and files.read(self.openings / WITHDRAWN) != listed:
            put({self.openings / WITHDRAWN: listed}, self.disk)
        return erased

    def _tombstones(self, tx: Connection) -> tuple[list[Tombstone], list[Tombstone]]:
        """Returns every tombstone, signed, and those that are new or were not signed before."""
        stones, fresh, signer = [], [], None
        for index, digest, at, published, why, sig in tx.execute(_ERASED):
            stone = Tombstone(index, digest, day_of(at), why or UNSAID, sig)
            if sig is None:
                signer = signer or keys.read_signer(self.keys, self.origin)
                stone = sign(stone, signer)
            stones.append(stone)
            if sig is None or published is None:
                fresh.append(stone)
        return stones, fresh

    def _note(self, erased: list[Tombstone]) -> None:
        """Remembers, in a unit of work of its own, what has left its file."""
        if not erased:
            return
        with self.db.write() as tx:
            for one in erased:
                mine = (models.withdrawals.c.index == one.index) & (models.withdrawals.c.digest == one.digest)
                done = {"published_at": clock.now(), "sig": one.sig}
                tx.execute(sa.update(models.withdrawals).where(mine).values(done))

    def _opening(self, index: int) -> Path:
        return self.openings / f"{index}.json"

    # -- publish --------------------------------------------------------------------------------------------------

    def _published(self, head: Checkpoint, verifier: Verifier) -> Checkpoint:
        raw = files.read(self.log / CHECKPOINT)
        published = open_checkpoint(raw, [verifier]) if raw else Checkpoint(self.origin, 0, EMPTY)
        if published.size > head.size:
            raise Unsafe(f"A head of {published.size} entries is published, but the key remembers {head.size}.")
        return published

    def _publish_due(self, published: Checkpoint, head: Checkpoint, note: bytes) -> bytes | None:
        """Publishes the newest signed head where it is newer, or has grown old, and its quorum has signed it."""
        if head.size == 0 or (published == head and self._age() < self.every):
            return None
        cosigned = self.gather(note, head, reader(head.size, self._tile))
        if cosigned is not None:
            self._publish(cosigned)
        return cosigned

    def _publish(self, note: bytes) -> None:
        path = self.log / CHECKPOINT
        put({path: note}, self.disk)
        now = clock.now().timestamp()
        os.utime(path, (now, now))

    def _age(self) -> dt.timedelta:
        published = (self.log / CHECKPOINT).stat().st_mtime
        return clock.now() - dt.datetime.fromtimestamp(published, dt.UTC)


def _alone(tx: Connection) -> None:
    if tx.dialect.name == "postgresql":
        got = tx.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({LOCK})").scalar_one()
        if not got:
            raise files.Held("another sequencer works on this database")


def _grouped(rows: Iterable[Any]) -> Iterator[tuple[int, list[str]]]:
    for index, group in groupby(rows, key=lambda row: row[0]):
        yield index, [row[1] for row in group]
