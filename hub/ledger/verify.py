"""Verifying a published log, from a data folder or a mirror: every byte is recomputed, nothing is taken on trust.

    read      bundles, hashed into a tree; every tile compared with it
    sign      the checkpoint opened with a key: given, pinned, or named by the log itself
    fold      entries and openings into an empty database
    compare   with the hub's own tables, or with state.json, row for row

The log alone cannot say that it is the log you mean: only a key from elsewhere, or one kept from before, does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import canonical
from hub.db import Database
from hub.ledger import entries, files, models, pens, published, writer
from hub.ledger.openings import digest_of, parse_file
from hub.ledger.published import Published
from hub.ledger.state import differences, state_of
from hub.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from hub.tlog.hashes import SIZE, Spoilt, Tree, format_base64, leaf_hash, parse_hash
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
BEGINNINGS = ("hub.founded", "hub.forked")
SIGNED = b'"sig":'  # in an entry's bytes exactly when it is signed, for the same reason as below
SEALED = b'"_sd":'  # in an entry's bytes exactly when it carries digests: inside a text the quotes would be escaped


class Unverified(Exception):
    """The log is not what it says. The text names the file or entry."""


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


@dataclass
class Report:
    """What verifying found. compared: "database", "state.json" or ""; problems: empty when all holds.

    signed: how many entries their office-holders' own keys signed.
    """

    head: Checkpoint
    key: Key
    unpublished: int = 0
    ignored: list[writer.Ignored] = field(default_factory=list)
    withdrawn: int = 0
    missing: int = 0
    signed: int = 0
    compared: str = ""
    problems: list[str] = field(default_factory=list)


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


def key_named(found: Iterable[bytes]) -> Verifier:
    """Returns the key that the newest founding or fork in a log names. Raises Spoilt where none does."""
    begun = list(beginnings(found))
    named = begun[-1].data.get("log_key") if begun else None
    if not isinstance(named, str):
        raise Spoilt("no entry names the log's key")
    return parse_vkey(named)


def continued_by(found: Iterable[bytes]) -> Checkpoint | None:
    """Returns the history that the newest beginning in a log continues, or None where it began by itself.

    Raises Spoilt for one that names none.
    """
    begun = list(beginnings(found))
    if not begun or begun[-1].type != "hub.forked":
        return None
    said = begun[-1].data
    return Checkpoint(
        str(said["continues_origin"]), int(said["continues_size"]), parse_hash(str(said["continues_root"]))
    )


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


def fold(tx: Connection, lines: Iterable[tuple[bytes, Iterable[str]]], start: int = 0) -> list[writer.Ignored]:
    """Replays into an empty database, or one that holds ``start`` entries. Raises Unverified where it breaks."""
    try:
        return list(writer.replay(tx, lines, start))
    except canonical.NotCanonical as problem:
        raise Unverified(f"Entry {writer.size(tx)} is no entry: {problem}.") from problem
    except sa.exc.SQLAlchemyError as problem:
        raise Unverified(
            f"Entry {max(0, writer.size(tx) - 1)} cannot be applied: {type(problem).__name__}."
        ) from problem


def fold_beside(tx: Connection, lines: Iterable[published.Line], said: Published, size: int) -> list[writer.Ignored]:
    """Replays a record of ``size`` entries as fold does, and holds a state.json against it on the way."""
    ignored: list[writer.Ignored] = []
    for start, part in said.parts(lines, size):
        ignored += fold(tx, part, start)
        if said.size == writer.size(tx):
            said.compare(tx)
    return ignored


def verify(folder: Path, key: Key | None, database: Database | None = None) -> Report:
    """Verifies a folder; with the hub's own database, compares it row for row, otherwise with state.json if there.

    Raises Unverified when the log itself does not hold; differences beyond it are problems in the report.
    """
    return verify_log(read_log(folder, key), folder, database)


def verify_log(log: Log, folder: Path, database: Database | None = None) -> Report:
    """Verifies what a log that holds gives: its words, its state, its signatures."""
    report = Report(log.head, log.key)
    with ExitStack() as stack:
        own = stack.enter_context(database.snapshot()) if database else None
        # Between a withdrawal and the sequencer's next turn the words still lie in their file: not a difference.
        erased = _erased(own) if own else frozenset()
        scratch = Database("sqlite://")
        stack.callback(scratch.close)
        scratch.create_all()
        tx = stack.enter_context(scratch.write())
        said = published.Published() if own else _state_in(folder)
        report.ignored = fold_beside(tx, lines_of(folder, log.entries, erased), said, log.head.size)
        _count_openings(tx, log, report)
        report.problems += forged(report.ignored)
        if own:
            _compare_database(tx, log, report, own)
        else:
            _compare_state(log, report, said)
    void = {one.index for one in report.ignored}
    report.signed = sum(SIGNED in raw and index not in void for index, raw in enumerate(log.entries))
    return report


def forged(ignored: Iterable[writer.Ignored]) -> list[str]:
    """Says which of the entries that change nothing bear somebody's office without the signature they must have.

    No honest hub appends one: whoever did had the log's key, and not the office-holder's.
    """
    return [
        f"Entry {one.index} is not signed as it must be: {one.verdict.sentence} It changes nothing."
        for one in ignored
        if one.verdict.code.startswith(pens.CODES)
    ]


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


def beginnings(found: Iterable[bytes]) -> Iterator[entries.Entry]:
    """Yields the entries by which a hub, and those it continues, began. Raises Unverified for one that is none."""
    for index, raw in enumerate(found):
        if any(name.encode() in raw for name in BEGINNINGS):
            try:
                entry = entries.parse_entry(raw, index)
            except canonical.NotCanonical as problem:
                raise Unverified(f"Entry {index} is no entry: {problem}.") from problem
            if entry.type == "hub.forked" or (entry.type == "hub.founded" and index == 0):
                yield entry


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


def check_forks(found: list[bytes], tree: Tree) -> None:
    """A fork's beginning must name the history that truly stands before it, and bear a name of its own.

    Two histories under one name are what a reader cannot tell from one that was rewritten: that of a hub further back
    counts, too, for it may still be there, or come back.
    """
    before: entries.Entry | None = None
    names: set[str] = set()
    for entry in beginnings(found):
        if entry.type == "hub.forked":
            continued = (entry.data.get("continues_size"), entry.data.get("continues_root"))
            if continued != (entry.index, format_base64(tree.root(entry.index))):
                raise Unverified(f"Entry {entry.index} says it continues another history than the one before it.")
            if before is None or before.data.get("origin") != entry.data.get("continues_origin"):
                raise Unverified(f"Entry {entry.index} says it continues another origin than the one before it.")
        if entry.data.get("origin") in names:
            raise Unverified(f"Entry {entry.index} takes the name of a hub that this record continues.")
        before = entry
        names.add(str(entry.data.get("origin")))


def _count_openings(tx: Connection, log: Log, report: Report) -> None:
    """Counts digests whose words are not there: taken back, or kept from us."""
    kept = tx.scalar(sa.select(sa.func.count()).select_from(models.openings)) or 0
    sealed = sum(len(entries.parse_entry(raw, 0).sd) for raw in log.entries if SEALED in raw)
    report.missing = sealed - kept


def _erased(own: Connection) -> frozenset[str]:
    return frozenset(own.scalars(sa.select(models.withdrawals.c.digest)))


def _compare_database(tx: Connection, log: Log, report: Report, own: Connection) -> None:
    report.compared = "database"
    tail = models.entries.c.index >= log.head.size
    rows = own.execute(sa.select(models.entries.c.index, models.entries.c.bytes).where(tail).order_by("index")).all()
    words: dict[int, list[str]] = {}
    told = models.openings.c.index >= log.head.size
    for index, disclosure in own.execute(sa.select(models.openings.c.index, models.openings.c.disclosure).where(told)):
        words.setdefault(index, []).append(disclosure)
    report.unpublished = len(rows)
    later = fold(tx, ((bytes(raw), words.get(index, [])) for index, raw in rows), log.head.size)
    report.ignored += later
    report.problems += forged(later)
    _tell(report, differences(state_of(own, inputs=True), state_of(tx, inputs=True)), "the database", "the log")


def _state_in(folder: Path) -> Published:
    """Reads the state.json of a mirror, or of a hub's own data folder."""
    raw = files.read(folder / "state.json")
    return published.read(files.read(folder / "public/state.json") if raw is None else raw)


def _compare_state(log: Log, report: Report, said: Published) -> None:
    report.problems += [said.fault] if said.fault else []
    if said.compared:
        report.compared = "state.json" if said.size == log.head.size else f"state.json at {said.size} entries"
        _tell(report, said.found, "state.json", "the log")


def _tell(report: Report, found: Iterable[published.Row], first: str, second: str) -> None:
    where: Mapping[str, str] = {"only in the first": f"only in {first}", "only in the second": f"only in {second}"}
    for table, side, row in found:
        report.problems.append(f"{table}: a row is {where[side]}: {row}")


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
