"""Forking: an heir with its own origin and keys that carries on from a verified copy, at the same indices.

Leaves and nodes do not contain the origin, so old entries keep their tiles and proofs byte for byte; a ``hub.forked``
entry after them names what is continued. Public state comes from replay. Nothing private comes along: no member, no
session, no key. hub.toml is written last: a folder without it is no hub, and the fork can be tried again elsewhere.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import hub
from hub import clock, ledger, sealing
from hub import settings as house
from hub.charter import queries as charter
from hub.constitution import queries as rules
from hub.constitution.entries import HubForked
from hub.db import Database
from hub.errors import Unsafe
from hub.ledger import entries, files, keys, models
from hub.ledger.beginnings import beginnings
from hub.ledger.files import put
from hub.ledger.reading import Key, lines_of, read_entries
from hub.ledger.tombstones import LIST, UNSAID, Tombstone, day_of, holds, keys_of, parse_list
from hub.ledger.verify import fold
from hub.mirror import archive, publish
from hub.mirror.config import parse_config
from hub.mirror.models import NEWEST
from hub.mirror.pull import pull
from hub.mirror.sources import Source
from hub.settings import Settings
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.hashes import Tree, format_base64, leaf_hash
from hub.tlog.note import Verifier
from hub.tlog.tiles import format_bundle, format_path, format_tile, new_bundles, new_tiles


@dataclass
class Forked:
    """An heir. continues: what it carries on from; key: by which the copy was checked; notes: what to know and do."""

    settings: Settings
    continues: Checkpoint
    key: Key
    head: Checkpoint
    notes: list[str] = field(default_factory=list)

    @property
    def verifier(self) -> Verifier:
        """The heir's own key, which the trustees' next charter names."""
        return keys.read_signer(self.settings.keys, self.settings.log_origin).verifier


def fork(
    source: Source,
    folder: Path,
    url: str,
    *,
    at: int | None = None,
    key: Key | None = None,
    fingerprint: bytes | None = None,
    make: Callable[[Settings], Database] | None = None,
) -> Forked:
    """Makes an heir in a new folder. url: where it will be reached; at: how many entries to carry on from, default all.

    make: gives the empty database for settings, with its tables. Charters come along with the record, and name the old
    log: until their trustees sign the next one, the heir's own key alone vouches for it.
    Raises Unsafe for a folder that holds anything, an address the copied hub has, or an impossible size; and what pull
    raises.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Unsafe(f"{folder} is not empty. Name a new folder.")
    copy = folder / ".copy"
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, copy, ignore_errors=True)
        pulled = pull(source, copy, key, fingerprint)
        heir = _Heir(copy, folder.absolute(), url, pulled.head, at)
        database = (make or _with_tables)(heir.settings)
        stack.callback(database.close)
        done = Forked(heir.settings, heir.continues, pulled.key, pulled.head, [*pulled.notes, *pulled.problems])
        heir.copy_files()
        with database.fold() as tx:
            heir.carry_on(tx, done)
            if charter.newest(tx) is not None:
                done.notes.append(_next_charter(heir, url))
        done.head = publish.publish(heir.settings, database, anew=True)
        put({folder / house.FILE: house.format_toml(heir.values).encode()})
    return done


class _Heir:
    """One fork in the making. copy: the verified mirror it is made from."""

    def __init__(self, copy: Path, folder: Path, url: str, head: Checkpoint, at: int | None) -> None:
        self.copy, self.folder = copy, folder
        self.values = _settings(copy, url)
        self.settings = house.build(folder, self.values)
        size = head.size if at is None else at
        if not 0 < size <= head.size:
            raise Unsafe(f"The log has {head.size} entries; it cannot be carried on from {size}.")
        whole = read_entries(copy, head.size)
        taken = {head.origin, *(str(entry.data.get("origin")) for entry in beginnings(whole))}
        if self.settings.log_origin in taken:
            raise Unsafe(
                f"{url} is the address of a hub whose record is carried on. Two histories must not bear one name."
            )
        self.entries = whole[:size]
        self.tree = Tree(leaf_hash(entry) for entry in self.entries)
        self.continues = Checkpoint(head.origin, size, self.tree.root())

    def copy_files(self) -> None:
        """Writes the log as it stood, its openings and files, and the new key that continues it."""
        put(dict(self._log()))
        put(dict(self._beside()))
        self.vkey = keys.make_keys(self.folder / "keys", self.settings.log_origin, self.continues)

    def tombstones(self) -> list[Tombstone]:
        """Returns which words were taken back before, in the order of the record."""
        found = parse_list(files.read(self.copy / LIST) or b'{"withdrawn":[]}')
        return [found[place] for place in sorted(found)]

    def carry_on(self, tx: Connection, done: Forked) -> None:
        """Replays what is continued and appends the fork's own first entry."""
        fold(tx, lines_of(self.copy, self.entries))
        known = keys_of(self.entries)
        rows = [_row(stone, known) for stone in self.tombstones() if stone.index < len(self.entries)]
        if rows:
            tx.execute(sa.insert(models.withdrawals), rows)
        _warn_of_other_code(tx, self.copy, done)
        before = rules.hub(tx)
        record = HubForked(
            origin=self.settings.log_origin,
            log_key=self.vkey,
            release=hub.__version__,
            continues_origin=self.continues.origin,
            continues_size=self.continues.size,
            continues_root=format_base64(self.continues.root),
        )
        if before.origin != self.continues.origin:
            raise Unsafe("The record names another origin than the checkpoint it was copied under.")
        ledger.append(tx, record, by=None, words={"name": self.settings.name})

    def _log(self) -> Iterator[tuple[Path, bytes]]:
        size, log = len(self.entries), self.folder / "log"
        for tile in new_tiles(0, size):
            yield log / format_path(tile), format_tile(tile, self.tree.read)
        for tile in new_bundles(0, size):
            yield log / format_path(tile), format_bundle(self.entries[tile.start : tile.start + tile.width])

    def _beside(self) -> Iterator[tuple[Path, bytes]]:
        """Yields openings, files and the copied source, settings and rules, each as it lies in the copy."""
        for index, raw in enumerate(self.entries):
            names = [f"openings/{index}.json", *(f"files/{name}" for name in entries.files_named(raw, index))]
            for name in names:
                found = files.read(self.copy / name)
                if found is not None:
                    yield self.folder / name, found
        source = files.read(self.copy / publish.SOURCE)
        if source is not None:
            yield publish.public(self.settings) / publish.SOURCE, source
            yield self.folder / "files" / archive.sha256(source), source
        for name, target in (
            (publish.CONFIG, publish.public(self.settings) / publish.CONFIG),
            (publish.RULES, self.folder / publish.RULES),
        ):
            found = files.read(self.copy / name)
            if found is not None:
                yield target, found


def _row(stone: Tombstone, keys: list[Verifier]) -> dict[str, Any]:
    """Returns a tombstone as the heir keeps it: one that nobody signed it signs itself, on its own word."""
    now = clock.now()
    try:
        day = dt.datetime.fromisoformat(stone.day).replace(tzinfo=dt.UTC)
    except ValueError:
        day = now
    signed = day_of(day) == stone.day and holds(stone, keys)
    row = {"index": stone.index, "digest": stone.digest, "at": day, "published_at": now if signed else None}
    return {**row, "why": stone.why if signed else UNSAID, "sig": stone.sig if signed else None}


def _settings(copy: Path, url: str) -> dict[str, Any]:
    """Returns the heir's settings: the copied hub's public ones under another address."""
    raw = files.read(copy / publish.CONFIG)
    values = parse_config(raw) if raw else {}
    port = urlsplit(url).port
    return {**values, "url": url, **({"port": port} if port else {})}


def _next_charter(heir: _Heir, url: str) -> str:
    """Says how trustees come to stand behind an heir: those of the old hub, or its own."""
    head, log = heir.continues, f"--log {heir.vkey} {url}/log/ --issuer {url}"
    return (
        "The charters came along, and name the old log: no trustees stand behind this hub until they sign "
        f"the next one. Ask for: hub trustee draft --after public/charter/latest {log} --out charter-next. If they do "
        "not follow, trustees of its own can begin charters anew, and people choose by another fingerprint: "
        f"hub trustee draft --hub {urlsplit(url).netloc} {log} --continues {head.origin} {head.size} "
        f"{format_base64(head.root)} --trustee VKEY ... --out charter-1"
    )


def _warn_of_other_code(tx: Connection, copy: Path, done: Forked) -> None:
    said, source = tx.execute(NEWEST).first(), files.read(copy / publish.SOURCE)
    if said is None or source is None:
        done.notes.append(
            "The copied hub did not publish its source: what it ran cannot be compared with what runs here."
        )
    elif archive.unpacked(source) != archive.pack(archive.root()):
        done.notes.append(
            f"This hub will run release {hub.__version__}, which is other code than the release {said.release} that "
            f"the copied hub said it ran. That source is kept in files/{archive.sha256(source)}."
        )


def _with_tables(settings: Settings) -> Database:
    database = Database(settings.database_url)
    sealing.attach(database, sealing.open_vault(settings))
    database.create_all()
    return database
