"""Tombstones: that words were taken back, on which day and why, signed by the log's key (LG-15).

An opening that is not there was erased, or is withheld: the digest alone does not say which. A tombstone does. The list
of them is ``/openings/withdrawn.json``, by which mirrors forget the words too:

    {"withdrawn":[{"day":"2026-11-21","digest":"<digest>","index":7,"sig":"<line>","why":"erased"},...]}

``sig`` is a line as below a note (tlog/note.py), by the key of the log that stood when it was made, over

    folkmoot/withdrawn/v1        no checkpoint begins so
    <origin, the key's name>
    <index>
    <digest>
    <day>
    <why>

why: ``erased``, by the wish of whoever wrote them; ``unsaid``, before reasons were kept. A fork keeps the tombstones of
the hub before it, whose key its record names. Law: parse_list(format_list(t)) == {place of each: it}.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hub.ledger import entries
from hub.ledger.beginnings import beginnings
from hub.tlog.hashes import Spoilt
from hub.tlog.note import Signer, Verifier, format_line, parse_lines, parse_vkey

LIST = "openings/withdrawn.json"
SEALED = b'"_sd":'
ERASED, UNSAID = "erased", "unsaid"
Place = tuple[int, str]  # an entry's index, and a digest that it carries


@dataclass(frozen=True)
class Tombstone:
    """One word taken back. day: in UTC; sig: None where nobody signed for it."""

    index: int
    digest: str
    day: str = ""
    why: str = UNSAID
    sig: str | None = None

    @property
    def place(self) -> Place:
        """Which word of the record it is for."""
        return self.index, self.digest

    def text(self, origin: str) -> str:
        """What is signed."""
        return f"folkmoot/withdrawn/v1\n{origin}\n{self.index}\n{self.digest}\n{self.day}\n{self.why}\n"


def sign(stone: Tombstone, signer: Signer) -> Tombstone:
    """Returns a tombstone signed by the log's key: the same one each time."""
    return replace(stone, sig=format_line(signer.sign(stone.text(signer.verifier.name))))


def holds(stone: Tombstone, keys: Iterable[Verifier]) -> bool:
    """Tells whether one of the keys signed a tombstone."""
    try:
        (line,) = parse_lines(stone.sig or "")
    except (Spoilt, ValueError):
        return False
    known = [key for key in keys if (key.name, key.key_id) == (line.name, line.key_id)]
    return any(key.holds(stone.text(key.name), line) for key in known)


def keys_of(found: Iterable[bytes]) -> list[Verifier]:
    """Returns the keys of a log and of those that it continues, as its record names them."""
    named = [entry.data.get("log_key") for entry in beginnings(found)]
    return [parse_vkey(text) for text in named if isinstance(text, str)]


def withheld(
    found: Iterable[bytes], there: set[Place], stones: Mapping[Place, Tombstone], erased: frozenset[str] = frozenset()
) -> list[int]:
    """Returns the entries some of whose words are neither there nor taken back under a signature.

    there: the words that are; erased: digests of those that a hub knows to be, before its next list. A tombstone that
    no key of the record signed counts for nothing.
    """
    found = list(found)
    keys, missing = keys_of(found), []
    for index, raw in enumerate(found):
        for digest in entries.parse_entry(raw, index).sd if SEALED in raw else ():
            place = (index, digest)
            if place not in there and digest not in erased and not (place in stones and holds(stones[place], keys)):
                missing.append(index)
    return sorted(set(missing))


def format_list(stones: Iterable[Tombstone]) -> bytes:
    """Writes /openings/withdrawn.json, in the order of the record."""
    rows = [
        {name: value for name, value in vars(stone).items() if value is not None}
        for stone in sorted(stones, key=lambda one: one.place)
    ]
    return json.dumps({"withdrawn": rows}, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def parse_list(raw: bytes) -> dict[Place, Tombstone]:
    """Reads /openings/withdrawn.json. Raises ValueError for any other shape."""
    try:
        rows = json.loads(raw.decode("utf-8"))["withdrawn"]
        found = [
            Tombstone(row["index"], row["digest"], row.get("day", ""), row.get("why", UNSAID), row.get("sig"))
            for row in rows
        ]
    except (RecursionError, KeyError, TypeError, AttributeError) as problem:
        raise ValueError("not a list of withdrawn words") from problem
    if not all(map(_is_one, found)):
        raise ValueError("not a list of withdrawn words")
    return {stone.place: stone for stone in found}


def merged(*lists: Mapping[Place, Tombstone]) -> dict[Place, Tombstone]:
    """Returns every tombstone of several lists: of two for one word the signed one, the first before the second."""
    found: dict[Place, Tombstone] = {}
    for place, stone in (pair for one in lists for pair in one.items()):
        if place not in found or (found[place].sig is None and stone.sig is not None):
            found[place] = stone
    return found


def day_of(moment: dt.datetime) -> str:
    """Returns the day of a moment, as a tombstone says it: no hour of somebody's wish is anybody's business."""
    return moment.astimezone(dt.UTC).date().isoformat()


def _is_one(stone: Tombstone) -> bool:
    texts = (stone.digest, stone.day, stone.why, "" if stone.sig is None else stone.sig)
    plain = all(isinstance(text, str) and len(text) <= 600 for text in texts)
    return plain and isinstance(stone.index, int) and not isinstance(stone.index, bool)
