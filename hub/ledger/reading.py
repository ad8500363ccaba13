"""Reading a published log, from a data folder or a mirror: every byte is recomputed, nothing is taken on trust.

    read      bundles, hashed into a tree; every tile compared with it
    sign      the checkpoint opened with a key: given, pinned, or named by the log itself

The log alone cannot say that it is the log you mean: only a key from elsewhere, or one kept from before, does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.ledger import files
from hub.ledger.beginnings import Unverified, check_forks, key_named
from hub.ledger.openings import digest_of, parse_file
from hub.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from hub.tlog.hashes import SIZE, Spoilt, Tree, leaf_hash
from hub.tlog.note import Verifier, parse_note, parse_vkey
from hub.tlog.proofs import prove_inclusion
from hub.tlog.receipt import Receipt, check_receipt
from hub.tlog.tiles import (
    ENTRIES,
    FULL,
    Tile,
    format_path,
    format_tile,
    new_bundles,
    new_tiles,
    parse_bundle,
    parse_path,
    reader,
    width_at,
)

PINNED = "log.vkey"
MOST = 1 << 24  # entries of one log: some sixteen million
SEALED = b'"_sd":'  # in an entry's bytes exactly when it carries digests: inside a text the quotes would be escaped


@dataclass(frozen=True)
class Key:
    """A log's public key, and its source: given, pinned, own (of a data folder) or named (by the log itself)."""

    verifier: Verifier
    source: str


@dataclass
class Log:
    """A log that holds: its head, and the note that signs it; its entries and its tree."""

    note: bytes
    head: Checkpoint
    key: Key
    entries: list[bytes]
    tree: Tree


def read_log(folder: Path, key: Key | None) -> Log:
    """Reads and checks the log below a folder. Raises Unverified.

    key: None takes the key that the log's own newest beginning names, which only says that the log agrees with itself.
    """
    note = files.read(folder / "log/checkpoint", 1 << 16)
    if note is None:
        raise Unverified(f"There is no published log in {folder}.")
    try:
        claimed = parse_checkpoint(parse_note(note)[0])
        if claimed.size > MOST:
            raise Unverified(f"The log claims {claimed.size} entries; more than {MOST} are not read.")
        found = read_entries(folder, claimed.size)
        tree = Tree(leaf_hash(entry) for entry in found)
        if tree.root() != claimed.root:
            raise Unverified("The entries give another root than the checkpoint. Something in the log was changed.")
        _check_tiles(folder, tree, found)
        begun = key_named(found)
        key = key or Key(begun, "named")
        head = open_checkpoint(note, [key.verifier])
    except Spoilt as problem:
        raise Unverified(f"The log does not hold: {problem}.") from problem
    if begun != key.verifier:
        raise Unverified("The record names another key for this log than the one that was given or kept from before.")
    check_forks(found, tree)
    return Log(note, head, key, found, tree)


def read_entries(folder: Path, size: int) -> list[bytes]:
    """Reads the entries of a log of ``size`` from its bundles. Raises Spoilt for a missing or torn one."""
    found: list[bytes] = []
    for n in range(-(-size // FULL)):
        tile = Tile(ENTRIES, n, width_at(ENTRIES, n, size))
        found += parse_bundle(read_tile(folder, tile), tile.width)
    return found


def read_tile(folder: Path, tile: Tile) -> bytes:
    """Reads a tile's or bundle's bytes. Raises Spoilt where it is missing."""
    raw = files.read(folder / "log" / format_path(tile), FULL * (1 << 16) + 1)
    if raw is None:
        raise Spoilt(f"{format_path(tile)} is missing")
    return raw


def lines_of(
    folder: Path, found: Iterable[bytes], erased: frozenset[str] = frozenset()
) -> Iterator[tuple[bytes, list[str]]]:
    """Yields each entry with the disclosures beside it, the two inputs of a replay. erased: digests to leave out."""
    for index, raw in enumerate(found):
        disclosures = read_disclosures(folder, index) if SEALED in raw else []
        yield raw, [text for text in disclosures if not erased or digest_of(text) not in erased]


def read_disclosures(folder: Path, index: int) -> list[str]:
    """Reads an entry's openings as they lie in a folder; broken ones are as good as none."""
    raw = files.read(f"{folder}/openings/{index}.json", 1 << 20)
    try:
        return [] if raw is None else parse_file(raw, index)
    except ValueError:
        return []


def prove(folder: Path, index: int, key: Key) -> Receipt:
    """Makes the receipt of an entry from a folder, and checks it. Raises Unverified."""
    note = files.read(folder / "log/checkpoint", 1 << 16) or b""
    try:
        head = open_checkpoint(note, [key.verifier])
        path = prove_inclusion(index, head.size, reader(head.size, lambda tile: read_tile(folder, tile)))
        bundle = Tile(ENTRIES, index // FULL, width_at(ENTRIES, index // FULL, head.size))
        entry = parse_bundle(read_tile(folder, bundle), bundle.width)[index % FULL]
        receipt = Receipt(index, tuple(path), note, entry)
        check_receipt(receipt, entry, [key.verifier])
    except Spoilt as problem:
        raise Unverified(f"Entry {index} cannot be proved: {problem}.") from problem
    return receipt


def own_key(folder: Path, given: str | None) -> Key | None:
    """Returns the key to verify a folder with: given, a data folder's own, or a mirror's pinned one; else None.

    Raises Unverified for a given text that is no key.
    """
    for source, path in (("own", folder / "keys/log.vkey"), ("pinned", folder / PINNED)):
        text = given or (files.read(path) or b"").decode("utf-8", "replace").strip()
        if text:
            try:
                return Key(parse_vkey(text), "given" if given else source)
            except Spoilt as problem:
                raise Unverified(f"This is no key of a log: {problem}.") from problem
    return None


def _check_tiles(folder: Path, tree: Tree, found: list[bytes]) -> None:
    """Every tile fits the entries, and so does whatever else lies beside them.

    That is what an earlier size left, and what is written but not published yet: of it, as much as stands in the log.
    """
    tiles = new_tiles(0, tree.size)
    for tile in tiles:
        if read_tile(folder, tile) != format_tile(tile, tree.read):
            raise Unverified(f"{format_path(tile)} does not fit the entries.")
    checked = {format_path(tile) for tile in (*tiles, *new_bundles(0, tree.size))} | {"checkpoint"}
    log = folder / "log"
    for path in sorted(path.relative_to(log).as_posix() for path in log.rglob("[!.]*") if path.is_file()):
        if path not in checked and not _fits(read_tile(folder, parse_path(path)), parse_path(path), tree, found):
            raise Unverified(f"{path} does not fit the entries.")


def _fits(raw: bytes, tile: Tile, tree: Tree, found: list[bytes]) -> bool:
    if tile.level == ENTRIES:
        there, known = parse_bundle(raw, tile.width), found[tile.start : tile.start + tile.width]
        return there[: len(known)] == known
    width = min(tile.width, width_at(tile.level, tile.n, tree.size))
    must = format_tile(Tile(tile.level, tile.n, width), tree.read) if width else b""
    return len(raw) == tile.width * SIZE and raw.startswith(must)
