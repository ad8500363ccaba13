"""Charters' way into a mirror: the numbers that are new, none skipped, none taken back, none told twice."""

from __future__ import annotations

from pathlib import Path

from hub.charter.checking import other_fingerprint
from hub.charter.rules import open_charter
from hub.charter.text import parse_charter
from hub.errors import Unsafe
from hub.ledger import files
from hub.ledger.beginnings import Unverified
from hub.mirror.sources import Source
from hub.tlog.hashes import Spoilt
from hub.tlog.note import parse_note

FOLDER, LATEST = "charter", "charter/latest"
NOTE = 1 << 18  # bytes of a charter with its signatures
MOST = 1000  # charters of one hub


def kept(folder: Path) -> list[bytes]:
    """Returns the charters that lie in a mirror, from the first to the latest.

    What a crash left of a chain that was given up lies behind the latest, and is not among them.
    """
    found: list[bytes] = []
    latest = files.read(folder / LATEST)
    while (raw := files.read(folder / FOLDER / str(len(found) + 1))) is not None:
        found.append(raw)
        if raw == latest:
            break
    return found


def insist_on_nothing_else(folder: Path, many: int) -> None:
    """Raises Unverified where a folder with so many charters holds something else among them."""
    known = {*map(str, range(1, many + 1)), *(["latest"] if many else [])}
    for place in (folder / FOLDER, folder / "public" / FOLDER):
        for path in sorted(place.glob("*")):
            if path.name not in known:
                raise Unverified(f"charter/{path.name} is no charter that this record or its trustees know.")


def fetch(source: Source, here: list[bytes], fingerprint: bytes | None = None) -> list[bytes]:
    """Returns the chain of notes: those that are here, then the source's new ones. Who signed them is not asked yet.

    An heir's own chain takes the place of the one here only for whoever gives its fingerprint: a root of trust is never
    changed in silence. Raises Unsafe where the source takes back what is here, Unverified where a number is missing or
    no charter.
    """
    latest = source.get(LATEST, NOTE)
    version = 0 if latest is None else _version(latest, source.name)
    if latest is not None and here and latest != here[-1] and _is_anew(source, here[0], fingerprint):
        here = []
    if version < len(here):
        raise Unsafe(f"{source.name} serves {version} charters where {len(here)} are here: they were taken back.")
    if version > MOST:
        raise Unverified(f"{source.name} claims {version} charters; more than {MOST} are not read.")
    if here and version == len(here) and parse_note(latest or b"")[0] != parse_note(here[-1])[0]:
        raise Unsafe(f"{source.name} serves another charter {version} than the one here. Keep this folder as proof.")
    fresh = [_one(source, number, version) for number in range(len(here) + 1, version + 1)]
    if fresh and fresh[-1] != latest:
        raise Unverified(f"{source.name} serves another charter as the latest than as number {version}.")
    return [*here, *fresh]


def to_write(folder: Path, notes: list[bytes], here: list[bytes]) -> dict[Path, bytes]:
    """Returns the files of charters that are new in a mirror."""
    numbered = enumerate(notes, 1)
    fresh = {folder / FOLDER / str(n): raw for n, raw in numbered if n > len(here) or raw != here[n - 1]}
    return {**fresh, folder / LATEST: notes[-1]} if fresh else {}


def sweep(folder: Path) -> None:
    """Takes out what lies behind the latest charter: of a chain that was given up for an heir's own."""
    number = len(kept(folder)) + 1
    while number > 1 and (folder / FOLDER / str(number)).exists():
        files.DISK.remove(folder / FOLDER / str(number))
        number += 1


def _is_anew(source: Source, first: bytes, fingerprint: bytes | None) -> bool:
    """Tells whether an heir's own chain is served in the place of the one here, and was asked for. Raises Unsafe."""
    raw = source.get(f"{FOLDER}/1", NOTE)
    try:
        text = parse_note(raw or b"")[0]
        served = open_charter(raw or b"")
    except Spoilt:
        return False
    if served.charter.continues is None or text == parse_note(first)[0]:
        return False
    if served.hash != fingerprint:
        raise Unsafe(f"{other_fingerprint(served)}. Until then this copy stays as it is.")
    return True


def _version(note: bytes, name: str) -> int:
    try:
        return parse_charter(parse_note(note)[0]).version
    except Spoilt as problem:
        raise Unverified(f"{name} serves no charter as the latest: {problem}.") from problem


def _one(source: Source, number: int, latest: int) -> bytes:
    raw = source.get(f"{FOLDER}/{number}", NOTE)
    if raw is None:
        raise Unverified(f"{source.name} serves charter {latest} and skips charter {number}.")
    return raw
