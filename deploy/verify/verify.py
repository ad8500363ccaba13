#!/usr/bin/env python3
"""Checks a hub's public record from outside: one file, Python's standard library and ``cryptography``, nothing of hub/.

    python3 verify.py PLACE [--key VKEY] [--fingerprint DIGITS] [--against URL] [--json]

PLACE is a mirror's folder, a hub's data folder, or an address. What it checks, each from the document named:

    the checkpoint's signature, its witnesses        c2sp.org/signed-note, tlog-checkpoint, -cosignature, -policy
    every tile and bundle against the root           c2sp.org/tlog-tiles, RFC 6962 section 2.1
    charters, and who signed them                    docs/trustees.md; The Update Framework 5.3
    every entry: its bytes, its shape, its time      docs/record.md; RFC 8785
    words beside the record                          RFC 9901 section 4.2
    office-holders' signatures                       docs/signing.md; W3C Web Authentication
    who could do what, and what follows              docs/record.md, and the constitution that stands in the record
    every public table of state.json                 what the entries give

It ends with 0 where all holds, 1 where something does not, 2 for a wrong command, 3 where it could not judge: nothing
to read there, or a record signed by another key than the one you know. README.md says what it does not check.

How it is put together, from above:

    texts, places, keys, notes, policies             reading, and who signed
    the tree and its files, canonical JSON           what was hashed
    entries, what each type may say, words           the shape of the record
    signatures, charters, rules and their limits     what warrants rest on
    state: what the entries give                     grants, acts, the fold, what warrants are made of; then, part by
                                                     part, a check that says no, and what such entries change:
        how a hub begins / holders and keys / grants / acts / petitions / elections and ballots / draws by lot / what
        takes and carries no power / areas and branches / groups and links / sites / cases / freezes, measures, hiding
    what the fold gives, as tables                   and how they are compared
    judging a place, the command                     all of it together
"""

from __future__ import annotations

import argparse
import base64
import binascii
import datetime as dt
import hashlib
import json
import math
import re
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

HOLDS, DOES_NOT, UNJUDGED = 0, 1, 3


class Wrong(Exception):
    """Something that was read does not hold. The text says what."""


class Unjudged(Exception):
    """Nothing can be said: it cannot be read, or is not the record that was meant."""


# --- Texts for bytes --------------------------------------------------------------------------------------------------


def base64_of(raw: bytes) -> str:
    """Writes standard base64."""
    return base64.b64encode(raw).decode()


def from_base64(text: str) -> bytes:
    """Reads standard base64, in its one spelling."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as problem:
        raise Wrong("bad base64") from problem
    if base64_of(raw) != text:
        raise Wrong("base64 in another spelling")
    return raw


def base64url_of(raw: bytes) -> str:
    """Writes base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: Any) -> bytes:
    """Reads base64url without padding, in its one spelling."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,6000}", text):
        raise Wrong("bad base64url")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as problem:
        raise Wrong("bad base64url") from problem
    if base64url_of(raw) != text:
        raise Wrong("base64url in another spelling")
    return raw


def whole(text: str) -> int:
    """Reads a number in decimal, without sign or leading zeros."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", text, re.ASCII):
        raise Wrong("bad number")
    return int(text)


def sha256(raw: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(raw).digest()


# --- Places to read from ----------------------------------------------------------------------------------------------


class Folder:
    """A mirror, or a hub's data folder, which keeps some of the same files below public/."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> bytes | None:
        """Returns a file's bytes, or None where there is none."""
        for place in (f"{self.folder}/{path}", f"{self.folder}/public/{path}"):
            try:
                with open(place, "rb") as file:
                    return file.read()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                continue
            except OSError as problem:
                raise Unjudged(f"{place} cannot be read: {problem.strerror}") from problem
        return None

    def listed(self, under: str) -> list[str]:
        """Returns the paths of all files below a folder. Names with a dot in front are what a crash left aside."""
        found = []
        for top in (self.folder, self.folder / "public"):
            found += [str(path.relative_to(top)) for path in (top / under).rglob("[!.]*") if path.is_file()]
        return sorted(found)


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        """Says no."""


class Address:
    """A hub, or a mirror behind a web server. It is a stranger: how much and how long it answers is bounded."""

    MOST, SECONDS = 1 << 28, 30

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.opener = urllib.request.build_opener(Stay)

    def read(self, path: str) -> bytes | None:
        """Fetches a file; None where there is none."""
        # place_of let http and https pass, and nothing else.
        request = urllib.request.Request(f"{self.url}/{path}", headers={"User-Agent": "folkmoot-verify"})  # noqa: S310
        try:
            with self.opener.open(request, timeout=self.SECONDS) as answer:
                raw: bytes = answer.read(self.MOST + 1)
        except urllib.error.HTTPError as problem:
            if problem.code in (404, 410):
                return None
            raise Unjudged(f"{self.url}/{path} answers {problem.code}") from problem
        except (OSError, ValueError) as problem:
            raise Unjudged(f"{self.url}/{path} does not answer") from problem
        if len(raw) > self.MOST:
            raise Unjudged(f"{self.url}/{path} is too large")
        return raw

    def listed(self, under: str) -> list[str]:
        """Nobody can list what a web server has."""
        return []


Place = Folder | Address


def place_of(text: str) -> Place:
    """Makes a place of what somebody typed."""
    return Address(text) if re.match(r"https?://", text) else Folder(Path(text))


# --- Keys, notes, checkpoints -----------------------------------------------------------------------------------------

SIGNS, COSIGNS = 1, 4


@dataclass(frozen=True)
class Key:
    """The key of a signed note. kind: SIGNS, over the text; COSIGNS, over a time and the text."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that stand before each signature."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:4]

    @property
    def text(self) -> str:
        """The public form, a vkey."""
        return f"{self.name}+{self.id.hex()}+{base64_of(bytes([self.kind]) + self.public)}"

    def made(self, signature: bytes, text: str) -> bool:
        """Tells whether this key made a signature over a note's text."""
        message = text.encode()
        if self.kind == COSIGNS:
            time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if time >= 1 << 63:
                return False
            message = f"cosignature/v1\ntime {time}\n".encode() + message
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def is_name(text: str) -> bool:
    """Tells whether a key can have this name."""
    return text != "" and "+" not in text and not any(mark.isspace() or mark < " " for mark in text)


def key_of(text: str) -> Key:
    """Reads a vkey."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not is_name(parts[0]):
        raise Wrong("this is no public key")
    raw = from_base64(parts[2])
    if len(raw) != 33 or raw[0] not in (SIGNS, COSIGNS):
        raise Wrong("this is no public key of a kind used here")
    key = Key(parts[0], raw[0], raw[1:])
    if key.id.hex() != parts[1]:
        raise Wrong("a public key with another's id")
    return key


@dataclass(frozen=True)
class Note:
    """A text and the lines below it: (name, key id, signature)."""

    text: str
    lines: tuple[tuple[str, bytes, bytes], ...]

    def signers(self, keys: Iterable[Key]) -> list[Key]:
        """Returns which of the keys signed. A key's signature that does not hold spoils the note."""
        first: dict[tuple[str, bytes], bytes] = {}
        for name, id_, signature in self.lines:
            first.setdefault((name, id_), signature)
        found = []
        for key in keys:
            made = first.get((key.name, key.id))
            if made is not None:
                if not key.made(made, self.text):
                    raise Wrong(f"the signature of {key.name} does not hold")
                found.append(key)
        return found


def note_of(raw: bytes) -> Note:
    """Reads a signed note."""
    try:
        whole_text = raw.decode()
    except UnicodeDecodeError as problem:
        raise Wrong("a note that is no UTF-8") from problem
    text, blank, below = whole_text.rpartition("\n\n")
    lines = below.split("\n")
    if not blank or lines.pop() != "" or not 1 <= len(lines) <= 100 or re.search(r"[\x00-\x09\x0b-\x1f]", whole_text):
        raise Wrong("this is no signed note")
    found = []
    for line in lines:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not is_name(parts[1]):
            raise Wrong("a line below a note that is no signature")
        signature = from_base64(parts[2])
        if len(signature) < 5:
            raise Wrong("a signature that is too short")
        found.append((parts[1], signature[:4], signature[4:]))
    return Note(text + "\n", tuple(found))


def is_tombstone(row: Row, keys: list[Key]) -> bool:
    """Tells whether a key signed that words were taken back: of which entry, which, on which day and why."""
    for key in keys:
        said = (key.name, row["index"], row["digest"], row.get("day", ""), row.get("why", "unsaid"))
        text = "folkmoot/withdrawn/v1\n" + "".join(f"{one}\n" for one in said)
        try:
            if note_of(f"{text}\n{row.get('sig') or ''}".encode()).signers([key]):
                return True
        except Wrong:
            continue
    return False


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: under which name, how many entries, their root."""

    origin: str
    size: int
    root: bytes


def head_of(text: str) -> Head:
    """Reads a checkpoint's text."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or not all(lines[:-1]):
        raise Wrong("this is no checkpoint")
    root = from_base64(lines[2])
    if len(root) != 32:
        raise Wrong("a root that is no hash")
    return Head(lines[0], whole(lines[1]), root)


# --- Policies: who must have signed -----------------------------------------------------------------------------------


@dataclass
class Policy:
    """logs, witnesses: by key and name; groups: name to (how many, of whom); quorum: a name, or none."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = ""

    def met_by(self, keys: Iterable[Key]) -> bool:
        """Tells whether these keys are enough."""
        there = {key.public for key in keys if key.kind == COSIGNS}
        done = {name: key.public in there for name, key in self.witnesses.items()}
        for name, (needed, members) in self.groups.items():
            done[name] = sum(done[member] for member in members) >= needed
        return self.quorum == "none" or done[self.quorum]

    def fewest(self) -> int:
        """Returns how few witnesses can be enough."""
        cost = dict.fromkeys(self.witnesses, 1)
        for name, (needed, members) in self.groups.items():
            cost[name] = sum(sorted(cost[member] for member in members)[:needed])
        return cost.get(self.quorum, 0)


def policy_of(lines: Iterable[str]) -> Policy:
    """Reads the lines of a policy."""
    found, members_of = Policy(), set[str]()
    for line in lines:
        word, *items = line.split(" ")
        names = {*found.witnesses, *found.groups}
        if word == "log" and 1 <= len(items) <= 2:
            key = key_of(items[0])
            if key.kind != SIGNS or key.public in {one.public for one in found.logs}:
                raise Wrong("a policy with a log's key that cannot stand there")
            found.logs.append(key)
        elif word == "witness" and 2 <= len(items) <= 3 and items[0] not in {*names, "none"}:
            key = key_of(items[1])
            if key.kind != COSIGNS or key.public in {one.public for one in found.witnesses.values()}:
                raise Wrong("a policy with a witness's key that cannot stand there")
            found.witnesses[items[0]] = key
        elif word == "group" and len(items) >= 3 and items[0] not in {*names, "none"}:
            members = items[2:]
            if not set(members) <= names or members_of & set(members) or len(set(members)) != len(members):
                raise Wrong("a policy with a group whose members cannot stand there")
            needed = {"any": 1, "all": len(members)}.get(items[1]) or whole(items[1])
            if not 1 <= needed <= len(members):
                raise Wrong("a policy with a group that nobody could make")
            members_of |= set(members)
            found.groups[items[0]] = (needed, members)
        elif word == "quorum" and len(items) == 1 and not found.quorum and items[0] in {*names, "none"}:
            found.quorum = items[0]
        else:
            raise Wrong(f"a policy with a line that cannot stand there: {line[:60]}")
    if not found.quorum:
        raise Wrong("a policy without a quorum")
    return found


# --- The tree and its files -------------------------------------------------------------------------------------------


class Tree:
    """The hashes of RFC 6962: levels[n] has those of all complete subtrees of 2**n entries."""

    def __init__(self, entries: Iterable[bytes]) -> None:
        self.levels = [[sha256(b"\x00" + entry) for entry in entries]]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            self.levels.append([sha256(b"\x01" + left + right) for left, right in pairs])

    def root(self, size: int) -> bytes:
        """Returns the root over the first entries."""
        parts, start = [], 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                parts.append(self.levels[level][start >> level])
                start += 1 << level
        if not parts:
            return sha256(b"")
        root = parts.pop()
        while parts:
            root = sha256(b"\x01" + parts.pop() + root)
        return root

    def tile(self, level: int, n: int, width: int) -> bytes:
        """Returns what a tile must hold; shorter where the tree has less."""
        row = self.levels[8 * level] if 8 * level < len(self.levels) else []
        return b"".join(row[256 * n : 256 * n + width])


def tile_path(level: int | str, n: int, width: int) -> str:
    """Writes where a tile or bundle lies below log/."""
    digits = f"{n % 1000:03}"
    while n := n // 1000:
        digits = f"x{n % 1000:03}/{digits}"
    return f"tile/{level}/{digits}" + (f".p/{width}" if width < 256 else "")


def pieces(size: int) -> Iterator[tuple[int, int]]:
    """Yields place and width of the tiles over so many hashes."""
    for n in range(-(-size // 256)):
        yield n, min(256, size - 256 * n)


def entries_in(raw: bytes | None, path: str) -> list[bytes]:
    """Cuts a bundle into its entries."""
    if raw is None:
        raise Wrong(f"log/{path} is missing")
    found, at = [], 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        if end > len(raw) or at + 2 > len(raw):
            raise Wrong(f"log/{path} breaks off")
        found.append(raw[at + 2 : end])
        at = end
    return found


def read_many(place: Place, paths: list[str]) -> Iterator[bytes | None]:
    """Reads files in order; from an address several at a time."""
    if isinstance(place, Folder):
        yield from map(place.read, paths)
        return
    with ThreadPoolExecutor(8) as pool:
        for start in range(0, len(paths), 256):
            yield from pool.map(place.read, paths[start : start + 256])


def read_entries(place: Place, size: int) -> list[bytes]:
    """Reads all entries."""
    if size > 1 << 24:
        raise Unjudged(f"a log of {size} entries is more than this program reads")
    wanted = [(tile_path("entries", n, width), width) for n, width in pieces(size)]
    found: list[bytes] = []
    for (path, width), raw in zip(wanted, read_many(place, [f"log/{path}" for path, _ in wanted]), strict=True):
        some = entries_in(raw, path)
        if len(some) != width:
            raise Wrong(f"log/{path} has {len(some)} entries instead of {width}")
        found += some
    return found


TILE = re.compile(r"log/tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def check_tiles(place: Place, tree: Tree, entries: list[bytes]) -> None:
    """Compares every tile that the size asks for, and every other file that lies there, with the tree."""
    wanted, size = [], len(entries)
    for level in range(8):
        wanted += [(level, n, width) for n, width in pieces(size >> 8 * level)]
    for tile, raw in zip(wanted, read_many(place, [f"log/{tile_path(*tile)}" for tile in wanted]), strict=True):
        if raw != tree.tile(*tile):
            raise Wrong(f"log/{tile_path(*tile)} is missing" if raw is None else f"log/{tile_path(*tile)} was changed")
    checked = {f"log/{tile_path(*tile)}" for tile in wanted} | {"log/checkpoint"}
    checked |= {f"log/{tile_path('entries', n, width)}" for n, width in pieces(size)}
    for path in place.listed("log"):
        if path not in checked:
            check_other(place, path, tree, entries)


def check_other(place: Place, path: str, tree: Tree, entries: list[bytes]) -> None:
    """A file below log/, of an earlier size or of one that is not published yet, says nothing else."""
    found = TILE.fullmatch(path)
    raw = place.read(path)
    if found is None or raw is None:
        raise Wrong(f"{path} is no file of a log")
    n, width = int(found[2].replace("x", "").replace("/", "")), int(found[3] or 256)
    level: int | str = found[1] if found[1] == "entries" else int(found[1])
    if path != f"log/{tile_path(level, n, width)}":
        raise Wrong(f"{path} is no file of a log")
    if isinstance(level, str):
        there = entries_in(raw, path)
        known = entries[256 * n : 256 * n + len(there)]
        fits = len(there) == width and there[: len(known)] == known
    else:
        must = tree.tile(level, n, width)
        fits = len(raw) == 32 * width and raw[: len(must)] == must
    if not fits:
        raise Wrong(f"{path} was changed")


# --- Canonical JSON (RFC 8785), for what an entry may hold ------------------------------------------------------------


def _whole_number(text: str) -> int:
    value = int(text) if len(text) <= 17 else 1 << 60
    if abs(value) >= 1 << 53:
        raise Wrong("a number beyond 2**53")
    return value


def _no_number(text: str) -> Any:
    raise Wrong("a number that is not whole")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Wrong("a key that stands twice")
    return value


READS = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_whole_number, parse_float=_no_number, parse_constant=_no_number
)
WRITES = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def by_utf16(value: Any) -> Any:
    """Puts keys in the order of RFC 8785: by UTF-16 units, which differs from Python's beyond the basic plane."""
    if isinstance(value, dict):
        return {key: by_utf16(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    return [by_utf16(item) for item in value] if isinstance(value, list) else value


def written(value: Any) -> bytes:
    """Writes canonical JSON."""
    try:
        text = WRITES.encode(value)
        if not text.isascii() and max(text) > "\uffff":
            text = json.dumps(by_utf16(value), ensure_ascii=False, separators=(",", ":"))
        return text.encode()
    except UnicodeEncodeError as problem:
        raise Wrong("half a character") from problem


def canonical(raw: bytes) -> Any:
    """Reads canonical JSON and nothing else."""
    try:
        value = READS.decode(raw.decode())
    except RecursionError as problem:
        raise Wrong("nested too deep") from problem
    except ValueError as problem:
        raise Wrong("no JSON") from problem
    if written(value) != raw:
        raise Wrong("JSON in another spelling than RFC 8785's")
    if raw.count(b"{") + raw.count(b"[") > 32 and depth_of(value) > 33:
        raise Wrong("nested too deep")
    return value


def depth_of(value: Any) -> int:
    """Returns how deep a value is nested."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth_of, inner), default=0)


# --- Entries ----------------------------------------------------------------------------------------------------------


@dataclass
class Entry:
    """One line of the record. at: a moment; by: the entry it rests on."""

    index: int
    type: str
    at: dt.datetime
    by: int | None
    data: dict[str, Any]
    v: int
    sd: list[str]
    sig: dict[str, Any] | None
    raw: bytes


KEYS = {"at", "by", "data", "type", "v"}
TYPE = re.compile(r"[a-z]{1,40}(?:_[a-z]{1,40}){0,3}\.[a-z]{1,40}(?:_[a-z]{1,40}){0,3}")
MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z")


def moment(text: Any) -> dt.datetime:
    """Reads a moment as the record writes it."""
    if not isinstance(text, str) or not MINUTE.fullmatch(text):
        raise Wrong("no minute")
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as problem:
        raise Wrong("no minute") from problem


def minute(at: dt.datetime) -> str:
    """Writes a moment as the record does."""
    return at.strftime("%Y-%m-%dT%H:%MZ") if at.year > 999 else at.isoformat()[:16] + "Z"


def is_whole(value: Any) -> bool:
    """Tells whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def entry_of(index: int, raw: bytes) -> Entry:
    """Reads an entry's bytes."""
    body = canonical(raw)
    if not isinstance(body, dict) or not body.keys() >= KEYS or body.keys() - KEYS - {"_sd", "sig"}:
        raise Wrong("other parts than those of an entry")
    by, sd, sig = body["by"], body.get("_sd", []), body.get("sig")
    shaped = (
        isinstance(body["type"], str)
        and TYPE.fullmatch(body["type"])
        and isinstance(body["data"], dict)
        and (by is None or (is_whole(by) and by >= 0))
        and is_whole(body["v"])
        and isinstance(sd, list)
        and all(isinstance(digest, str) for digest in sd)
        and (sig is None or isinstance(sig, dict))
    )
    if not shaped:
        raise Wrong("parts of the wrong kind")
    return Entry(index, body["type"], moment(body["at"]), by, body["data"], body["v"], sd, sig, raw)


# --- What each type may say -------------------------------------------------------------------------------------------


def matching(pattern: str, most: int = 1 << 16) -> Callable[[Any], bool]:
    """Makes the test of a text."""
    found = re.compile(pattern)
    return lambda value: isinstance(value, str) and len(value) <= most and found.fullmatch(value) is not None


def each(most: int, fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Makes the test of a list."""
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(fits, value))


def named(kind: str) -> Callable[[Any], bool]:
    """Makes the test of an identifier: a kind, and 128 bits in Crockford's base32."""
    return matching(kind + "_[0-9abcdefghjkmnpqrstvwxyz]{26}")


def is_minute(value: Any) -> bool:
    """Tells whether a value is a moment."""
    try:
        return bool(moment(value))
    except Wrong:
        return False


def is_place(value: Any) -> bool:
    """Tells whether a value is a name of a place."""
    return isinstance(value, str) and 0 < len(value) <= 80 and value.isprintable()


WORD = r"[a-z][a-z0-9_]{0,39}(?:\.[a-z][a-z0-9_]{0,39}){0,2}"
STRATUM = r"(?:[a-z0-9-]{1,60}=[a-z0-9-]{1,60})?"
KINDS: dict[str, Callable[[Any], bool]] = {
    **{
        kind: named(kind)
        for kind in ("hld", "grt", "act", "brn", "grp", "key", "bal", "lnk", "cli", "tkt", "imp", "stm")
    },
    "hlds": each(100, named("hld")),
    "tkts": each(400, named("tkt")),
    "grts": each(100, named("grt")),
    "hexes": each(400, matching("[0-9a-f]{64}")),
    "scope": matching("hub|(?:brn|grp)_[0-9abcdefghjkmnpqrstvwxyz]{26}"),
    "slug": matching("(?=.{2,60}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*"),
    "word": matching(WORD),
    "words": each(400, matching(WORD)),
    "at": is_minute,
    "day": matching("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "n": lambda value: is_whole(value) and 0 <= value < 1 << 53,
    "yes": lambda value: isinstance(value, bool),
    "hex": matching("[0-9a-f]{64}"),
    "root": matching("[A-Za-z0-9+/]{43}="),
    "origin": matching("[a-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:/[a-z0-9-]{1,40})?"),
    "vkey": matching(r"[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40,80}={0,2}"),
    "release": matching(r"[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}"),
    "cose": matching("[A-Za-z0-9_-]{40,900}"),
    "edkey": matching("[A-Za-z0-9_-]{43}"),
    "token": matching(r"[A-Za-z0-9_-]{1,100}\.[A-Za-z0-9_-]{1,800}\.[A-Za-z0-9_-]{86}"),
    "districts": each(400, matching("[A-Z0-9]{2,4}")),
    "thumbs": lambda value: each(10, matching("[A-Za-z0-9_-]{43}"))(value) and value != [],
    "names": lambda value: each(12, is_place)(value) and value != [],
    "strata": each(400, matching(STRATUM, 121)),
    "tallies": each(40, matching("[a-z0-9-]{1,60}=[a-z0-9-]{1,60} [0-9]{1,7}")),
    "quotas": each(400, matching(STRATUM + "(?: [0-9]+){3}")),
    "source": matching("drand-[a-z]+-[1-9][0-9]*", 80),
    "bls": matching("[0-9a-f]{96}"),
    "charter": lambda value: isinstance(value, str) and 0 < len(value) <= 50_000,
    "rules": lambda value: isinstance(value, str) and 0 < len(value) <= 60_000,
}

# One line for each type: its fields, name:kind. ? after a name: it may be absent; ? after a kind: it may be null.
# Behind the bar stand the names of words that lie beside the record.
SCHEMAS = """
act.advanced act:act step:n due:at outcome:word
act.extended act:act step:n due:at
act.released act:act step:n due:at target:act
addresses.refused client:cli | reason
amendment.overtaken act:act step:n due:at
amendment.proposed act:act changes:n text:rules sha256:hex roll:n needed:n entrenched?:words? | reasons
appeal.dismissed act:act | reason
appeal.opened act:act founding:act
appeal.sent act:act holder:hld | reason
appeal.upheld act:act
area.agreed proposal:act branch:brn area:slug districts:districts
area.declared area:slug names:names districts:districts proposal?:act?
case.answered act:act step:n answer:hex items:hexes
case.appealed act:act case:act side:word file:hex items:hexes
case.charged act:act step:n charge:hex items:hexes
case.concluded act:act step:n due:at grants:grts salt:hex?
case.decided act:act step:n decision:hex ends:hex? cites:hexes rehears?:yes?
case.filed act:act file:hex
case.prolonged act:act step:n
case.reviewed act:act step:n due:at case:act decision:hex
case.screened act:act admits:yes reasons:hex
delay.asked order:hex case:act until:at
delay.signed order:hex
interim.asked act:act case:act file:hex rests:hex? all:yes renews:act?
interim.begun act:act step:n due:at until:at grants:grts salt:hex?
interim.signed act:act step:n
panel.struck act:act step:n side:word ticket:tkt
ballot.called ballot:bal act:act step:n kind:word seats:n roll:n root:root opens:at closes:at floor:n seed:word chain?:hex? minutes?:n?
ballot.counted ballot:bal act:act step:n due:at outcome:word winners:hlds papers?:n? root?:root? file?:hex? blt?:hex? flaw?:word? said?:bls? seed?:hex?
ballot.demanded act:act target:act roll:n | reasons
ballot.objected act:act | reason
ballot.signed act:act
ballot.tied ballot:bal act:act step:n due:at source:source known:at box:hex
branch.cofounded act:act holder:hld
branch.confirmed act:act
branch.dormant branch:brn
branch.objected act:act | reason
branch.proposed branch:brn act:act area:slug slug:slug holder:hld | name
branch.registered branch:brn act:act step:n due:at
branch.revived branch:brn
branch_rule.changed act:act step:n due:at branch:brn rule:word value:n
branch_rule.confirmed act:act
branch_rule.objected act:act | reason
branch_rule.proposed act:act branch:brn rule:word value:n
candidacy.declared act:act holder:hld | statement interests
candidacy.withdrawn act:act holder:hld stood?:n?
caretaker.begun act:act step:n ticket:tkt holder:hld grant:grt scope:scope branch:brn? due:at until:at
charter.adopted version:n note:charter
client.confirmed act:act
client.objected act:act | reason
client.proposed client:cli act:act group:grp link:lnk tool:word tells:word pkce:yes
client.registered client:cli act:act step:n due:at
client.stopped client:cli | reason
closure.confirmed act:act
closure.objected act:act | reason
closure.proposed act:act group:grp | reason
constitution.adopted version:n text:rules sha256:hex act?:act? step?:n? due?:at?
content.hidden act:act step:n due:at
content.restored act:act
correction.proposed act:act statement:stm | title text reason
count.judged act:act objection:n upheld:yes
count.objected act:act ballot:bal | reason
draw.accepted act:act step:n ticket:tkt holder:hld grant:grt? until:at?
draw.judged act:act step:n objection:n holder:hld? upheld:yes
draw.made act:act step:n said:bls seed:hex round:n file:hex seats:tkts reserves:tkts strata:strata
draw.objected act:act step:n pool:n | reason
draw.opened act:act procedure:word scope:scope branch:brn?
draw.prepared act:act step:n tickets:n size:n pool:hex quotas:quotas chain:hex source:source known:at objections?:at? said?:tallies
draw.replaced act:act step:n out:tkt reason:word passed:tkts reasons:words successor:tkt? file:hex
draw.voided act:act step:n objection:n due:at
election.called act:act step:n due:at election:act seats:n
election.ended act:act step:n due:at why:word
election.opened act:act scope:scope branch:brn? role:word kind:word seats:n due:at
extension.proposed act:act measure:act | reason
freeze.lifted act:act
freeze.opened act:act power:word scope:scope branch:brn | reason
freeze.withdrawn act:act
grant.ended grant:grt why:word act?:act? step?:n? due?:at? ends?:at? held?:n?
grant.made grant:grt holder:hld role:word scope:scope branch:brn? source:word act:act step:n due:at until:at lender?:grt?
grant.paused grant:grt act:act step:n due:at until:at
group.changed group:grp act:act step:n due:at joining:word seats:n?
group.closed group:grp act:act step:n due:at
group.cofounded act:act holder:hld
group.confirmed act:act
group.dormant group:grp
group.merged group:grp into:grp act:act step:n due:at
group.objected act:act | reason
group.proposed group:grp act:act branch:brn slug:slug joining:word seats:n? holder:hld | name purpose
group.registered group:grp act:act step:n due:at
group.revived group:grp
hiding.confirmed act:act
hiding.contested act:act | reason
hiding.opened act:act kind:word target:word rule:n | reason
hold.opened act:act target:act roll:n needed:n | reasons
holder.named holder:hld | shown
hub.forked origin:origin log_key:vkey release:release continues_origin:origin continues_size:n continues_root:root | name
hub.founded origin:origin log_key:vkey release:release | name
key.registered holder:hld key:key public_key:cose algorithm:word office?:grt? token?:token?
key.withdrawn key:key
link.confirmed link:lnk
link.declared group:grp link:lnk kind:word act?:act? | url title
link.lapsed link:lnk day:day
link.proved link:lnk method:word day:day
link.shown link:lnk act:act step:n due:at
link.withdrawn link:lnk
matcher.counted day:day evaluations:n sent:n
measure.begun act:act step:n due:at until:at
measure.confirmed act:act
measure.declared act:act kind:word scope:scope branch:brn role?:word? target_kind?:word? target?:word? | reason
measure.extended act:act step:n due:at measure:act until:at
measure.objected act:act | reason
office.accepted act:act holder:hld
office.challenged act:act group:grp? grant:grt branch?:brn?
office.claimed grant:grt holder:hld token:token
office.confirmed act:act
office.objected act:act | reason
merger.confirmed act:act
merger.objected act:act | reason
merger.proposed act:act group:grp into:grp answers?:act? | reason
naming.proposed act:act group:grp | name purpose
offer.withdrawn act:act
office.offered act:act group:grp? role:word branch?:brn?
operators.counted day:day count:n
outage.noted begins:at ends:at moved:n
petition.reached act:act step:n needed:n
power.frozen act:act step:n due:at until:at
recall.answered act:act | reply
recall.opened act:act subject:hld role:word scope:scope branch:brn? roll:n needed:n | reasons
receipts.counted day:day issued:n root:root file:hex keys:thumbs
retraction.proposed act:act statement:stm | reason
roster.imported batch:imp file:hex mode:word approved:n current_before:n current_after:n joined:n left:n no_effect:n
roster.undone batch:imp current_after:n
role_key.registered grant:grt public_key:edkey
seat.taken grant:grt role:word holder:hld until:at
settings.confirmed act:act
settings.objected act:act | reason
settings.proposed act:act group:grp joining:word seats:n?
software.deployed release:release sha256:hex config?:hex?
standing.held scope:scope kind:word changes:n within:n of:n ballot:n until:at whose?:word?
standing.unheeded day:day suspended:n? expelled:n?
standin.accepted act:act holder:hld
standin.offered act:act group:grp days:n
statement.confirmed act:act
statement.drafted act:act statement:stm kind:word group:grp? | title text
statement.objected act:act | reason
statement.published act:act step:n due:at
steward.accepted act:act holder:hld
steward.challenged act:act grant:grt
steward.confirmed act:act
steward.objected act:act | reason
steward.offered act:act
"""  # noqa: E501  # a type a line, however many fields it has


@dataclass
class Schema:
    """fields: (name, test, whether null will do, whether it may be absent); words: what may lie beside the record."""

    fields: dict[str, tuple[Callable[[Any], bool], bool, bool]]
    words: tuple[str, ...]


def schemas_of(text: str) -> dict[str, Schema]:
    """Reads the lines above."""
    found = {}
    for line in text.strip().splitlines():
        clear, _, words = line.partition("|")
        name, *parts = clear.split()
        fields = {}
        for part in parts:
            key, _, kind = part.partition(":")
            fields[key.rstrip("?")] = (KINDS[kind.rstrip("?")], kind.endswith("?"), key.endswith("?"))
        found[name] = Schema(fields, tuple(words.split()))
    return found


TYPES = schemas_of(SCHEMAS)
MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[a-z]{2,}", re.I)
POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s+[0-9][A-Z]{2}\b")
DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


def check_shape(entry: Entry) -> None:
    """Holds an entry to the closed schema of its type."""
    schema = TYPES.get(entry.type)
    if schema is None or entry.v != 1:
        raise Unknown(f"{entry.type} in version {entry.v} is not known here")
    left = len(entry.data)
    for name, (fits, nothing, absent) in schema.fields.items():
        if name in entry.data:
            left -= 1
            value = entry.data[name]
            if not ((nothing and value is None) or fits(value)):
                raise Wrong(f"{name} is not what it must be")
        elif not absent:
            raise Wrong(f"{name} is missing")
    if left:
        raise Wrong("it has fields that are not known")
    sd = entry.sd
    if sd and (len(sd) > len(schema.words) or sorted(set(sd)) != sd or not all(map(DIGEST.fullmatch, sd))):
        raise Wrong("it carries digests that it cannot")
    if (b"@" in entry.raw and MAIL.search(entry.raw.decode())) or (
        b" " in entry.raw and POSTCODE.search(entry.raw.decode())
    ):
        raise Wrong("it holds what looks like an address or a postcode")


class Unknown(Exception):
    """An entry of a kind that this program does not know: it changes nothing here."""


# --- Words beside the record (RFC 9901 section 4.2) -------------------------------------------------------------------


def disclosed(text: Any) -> tuple[str, str, str]:
    """Reads a disclosure: digest, name, value."""
    if not isinstance(text, str) or len(text) > 200_000:
        raise Wrong("no disclosure")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        parts = json.loads(raw.decode())
    except (ValueError, RecursionError) as problem:
        raise Wrong("no disclosure") from problem
    if base64url_of(raw) != text or not isinstance(parts, list) or len(parts) != 3:
        raise Wrong("no disclosure")
    if not all(isinstance(part, str) for part in parts):
        raise Wrong("no disclosure of a text")
    return base64url_of(sha256(text.encode())), parts[1], parts[2]


def is_sayable(text: str) -> bool:
    """Tells whether a text can be kept."""
    return len(text) <= 20_000 and "\x00" not in text and not re.search("[\ud800-\udfff]", text)


def words_of(entry: Entry, raw: bytes) -> dict[str, tuple[str, str]]:
    """Reads openings/N.json: name to digest and value. What the entry does not carry is an invention."""
    try:
        body = json.loads(raw.decode())
        texts = body["openings"] if body["index"] == entry.index else None
    except (ValueError, KeyError, TypeError, RecursionError):
        texts = None
    if not isinstance(texts, list):
        raise Wrong(f"openings/{entry.index}.json cannot be read")
    known = TYPES[entry.type].words if entry.type in TYPES else ()
    found: dict[str, tuple[str, str]] = {}
    for text in texts:
        try:
            digest, name, value = disclosed(text)
        except Wrong as problem:
            raise Wrong(f"openings/{entry.index}.json holds what is no disclosure") from problem
        if digest not in entry.sd:
            raise Wrong(f"openings/{entry.index}.json holds words that entry {entry.index} does not carry")
        if name in known and is_sayable(value) and (name not in found or digest < found[name][0]):
            found[name] = (digest, value)
    return found


# --- Signatures of office-holders (docs/signing.md) -------------------------------------------------------------------


def cbor(raw: bytes, at: int = 0) -> tuple[Any, int]:
    """Reads whole numbers, byte strings and maps of RFC 8949, as a COSE_Key has them."""
    kind, size = raw[at] >> 5, raw[at] & 31
    at += 1
    if size > 23:
        width = {24: 1, 25: 2, 26: 4}[size]
        size, at = int.from_bytes(raw[at : at + width], "big"), at + width
    if kind == 0:
        return size, at
    if kind == 1:
        return -1 - size, at
    if kind == 2:
        if at + size > len(raw):
            raise Wrong("a public key that breaks off")
        return raw[at : at + size], at + size
    if kind != 5:
        raise Wrong("a public key of an unknown form")
    found = {}
    for _ in range(size):
        key, at = cbor(raw, at)
        found[key], at = cbor(raw, at)
    return found, at


ALGORITHMS = {-7: "es256", -8: "eddsa", -257: "rs256"}


@dataclass
class Passkey:
    """A public key of a passkey. algorithm: es256, eddsa or rs256."""

    algorithm: str
    public: Any

    def made(self, signature: bytes, data: bytes) -> bool:
        """Tells whether this key signed."""
        try:
            if self.algorithm == "es256":
                self.public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
            elif self.algorithm == "eddsa":
                self.public.verify(signature, data)
            else:
                self.public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def passkey_of(text: str) -> Passkey:
    """Reads a COSE_Key with exactly the parts of its kind (RFC 9052 section 7; Web Authentication 6.5.1.1)."""
    raw = from_base64url(text)
    try:
        body, end = cbor(raw)
        if end != len(raw):
            raise Wrong("a public key with more behind it")
        algorithm, kind = ALGORITHMS[body.pop(3)], body.pop(1)
        if algorithm == "es256" and kind == 2 and body.pop(-1) == 1 and body.keys() == {-2, -3}:
            if len(body[-2]) == len(body[-3]) == 32:
                x, y = (int.from_bytes(body[part], "big") for part in (-2, -3))
                return Passkey(algorithm, ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key())
        elif algorithm == "eddsa" and kind == 1 and body.pop(-1) == 6 and body.keys() == {-2}:
            return Passkey(algorithm, ed25519.Ed25519PublicKey.from_public_bytes(body[-2]))
        elif algorithm == "rs256" and kind == 3 and body.keys() == {-1, -2}:
            n, e = (int.from_bytes(body[part], "big") for part in (-1, -2))
            if 2048 <= n.bit_length() <= 4096:
                return Passkey(algorithm, rsa.RSAPublicNumbers(e, n).public_key())
    except (
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
        UnsupportedAlgorithm,
    ) as problem:
        raise Wrong("a public key that cannot be read") from problem
    raise Wrong("a public key of an unknown form")


@dataclass
class HolderKey:
    """A key in the record. hub: the founding or fork since which it signs; since: from when.

    lone: nobody but itself vouched for it.
    """

    holder: str
    text: str
    passkey: Passkey
    hub: int
    entry: int
    since: dt.datetime
    lone: bool
    withdrawn: int | None = None


@dataclass
class Signatures:
    """Who must sign, and by which keys. holders: of grants by their entry; site: host and port that keys sign for.

    acts: by which act each grant came, by its entry; steps: by which keys a holder signed their steps in an act;
    signed: by which key an entry was signed; signers: who signed for which hub by a key that is no lone one.
    names: in which entry each holder was named; claimed: holders, each with the entry of a grant that they claimed on
    the fork in force; claimants: who claimed any there.
    """

    keys: dict[str, HolderKey] = field(default_factory=dict)
    ever: set[str] = field(default_factory=set)
    holders: dict[int, str] = field(default_factory=dict)
    seen: dict[bytes, tuple[int, str]] = field(default_factory=dict)
    signers: set[tuple[str, int]] = field(default_factory=set)
    names: dict[str, int] = field(default_factory=dict)
    claimed: set[tuple[str, int]] = field(default_factory=set)
    claimants: set[str] = field(default_factory=set)
    acts: dict[int, str | None] = field(default_factory=dict)
    steps: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    signed: dict[int, str] = field(default_factory=dict)
    hub: int = 0
    site: str = ""

    @property
    def homes(self) -> list[str]:
        """Returns the addresses under which the hub in force may be reached."""
        host = self.site.partition(":")[0]
        at_home = host == "localhost" or host.endswith(".localhost")
        return [f"https://{self.site}", *([f"http://{self.site}"] if at_home else [])]

    def whose(self, entry: Entry) -> str | None:
        """Returns whose act an entry is."""
        if entry.by is None or entry.type in ("holder.named", "office.claimed"):
            return None
        if entry.type == "key.withdrawn":
            key = self.keys.get(entry.data["key"])
            return None if key is None else key.holder
        return self.holders.get(entry.by) or entry.data.get("holder")

    def check(self, entry: Entry) -> bytes | None:
        """Returns the digest that was signed; None where nobody signed, nor had to."""
        holder = self.whose(entry)
        if holder is not None and self.waits(entry, holder):
            raise Unsigned("its office-holder is of before this fork, and has not claimed what it rests on")
        registers, of_before = entry.type == "key.registered", holder is not None and self.is_of_before(holder)
        unvouched = registers and of_before and entry.data.get("token") is None
        never = holder not in self.ever and not of_before
        if never or (registers and (holder, self.hub) not in self.signers and not unvouched):
            if entry.sig is not None:
                raise Unsigned("nobody has to sign it, and it is signed")
            return None
        if entry.sig is None and unvouched:
            raise Unsigned("it is a first key of somebody of before this fork, and no key of an office vouches for it")
        if entry.sig is None:
            raise Unsigned("what its office-holder does counts only signed with a key of theirs, and this is not")
        sig = entry.sig
        known = self.keys.get(sig["key"])
        if known is None and registers and entry.data["key"] == sig["key"]:
            passkey = passkey_of(entry.data["public_key"])
        elif (
            known is None
            or known.holder != holder
            or known.withdrawn is not None
            or known.hub != self.hub
            or known.since > entry.at
        ):
            raise Unsigned("it is signed with no key that was this office-holder's then")
        else:
            passkey = known.passkey
            if known.lone and not self.is_its_own(entry, known.holder):
                raise Unsigned(
                    "nobody vouched for the key that signed it, and it touches what was there before the key"
                )
        digest = act_digest(entry)
        challenge = digest
        if "acts" in sig:
            acts = [from_base64url(text) for text in sig["acts"]]
            if digest not in acts:
                raise Unsigned("it carries the signature of other acts")
            challenge = sha256(b"hub-acts-v1\n" + b"".join(acts))
        if digest in self.seen:
            raise Unsigned("this very act was signed and recorded before")
        self.assertion(sig, passkey, challenge)
        return digest

    def is_its_own(self, entry: Entry, holder: str) -> bool:
        """Tells whether what a lone key signs rests on nothing that its holder began without it."""
        key = entry.sig["key"] if entry.sig else ""
        if entry.type in ("key.registered", "key.withdrawn"):
            return entry.type == "key.withdrawn" and entry.data["key"] == key
        if entry.by in self.holders:
            began = self.steps.get((holder, self.acts[entry.by] or ""), set())
            return began | {self.signed.get(entry.by, key)} == {key} and bool(began or entry.by in self.signed)
        began = self.steps.get((holder, entry.data.get("act", "")), set())
        return began == {key} or (not began and entry.type != "candidacy.withdrawn")

    def waits(self, entry: Entry, holder: str) -> bool:
        """Tells whether an act rests on what was its holder's before the fork in force, and was not claimed there."""
        if entry.by in self.holders:
            return entry.by < self.hub and (holder, entry.by) not in self.claimed
        return self.is_of_before(holder) and holder not in self.claimants

    def is_of_before(self, holder: str) -> bool:
        """Tells whether a holder was named before the fork in force: of these nothing counts on the fork's word."""
        return self.names.get(holder, self.hub) < self.hub

    def assertion(self, sig: dict[str, Any], passkey: Passkey, challenge: bytes) -> None:
        """Checks the three parts of an assertion (Web Authentication Level 3, section 7.2)."""
        data, client = from_base64url(sig["authenticatorData"]), from_base64url(sig["clientDataJSON"])
        host = self.site.partition(":")[0]
        if len(data) < 37 or data[:32] != sha256(host.encode()):
            raise Unsigned("it is signed for another site")
        flags = data[32]
        if flags & 0x45 != 0x05 or (flags >> 7 & 1) != (len(data) > 37):
            raise Unsigned("nobody was there, or was verified, when it was signed")
        try:
            said = json.loads(client.decode())
            fits = (
                said["type"] == "webauthn.get"
                and said["origin"] in self.homes
                and said.get("crossOrigin", False) is False
                and "topOrigin" not in said
                and from_base64url(said["challenge"]) == challenge
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Wrong):
            fits = False
        if not fits:
            raise Unsigned("what was signed is not this act, or not here")
        if not passkey.made(from_base64url(sig["signature"]), data + sha256(client)):
            raise Unsigned("the signature does not hold")

    def take(self, entry: Entry, digest: bytes | None) -> None:
        """Notes what later signatures rest on, once an entry counts."""
        data = entry.data
        if digest is not None and entry.sig is not None:
            holder = self.whose(entry)
            self.seen[digest] = (entry.index, entry.sig["key"])
            self.signed[entry.index] = entry.sig["key"]
            if data.get("holder") == holder and data.get("act") and entry.by not in self.holders:
                self.steps.setdefault((str(holder), data["act"]), set()).add(entry.sig["key"])
        if entry.type in ("hub.founded", "hub.forked"):
            self.hub, self.site = entry.index, data["origin"].partition("/")[0]
            self.claimed, self.claimants = set(), set()
        elif entry.type == "holder.named":
            self.names[data["holder"]] = entry.index
        elif entry.type == "office.claimed":
            self.claimed.add((data["holder"], int(entry.by or 0)))
            self.claimants.add(data["holder"])
        elif entry.type == "key.registered":
            alone = entry.sig is not None and entry.sig["key"] == data["key"]
            since = entry.at + dt.timedelta(days=7 if alone else 0)
            passkey, lone = passkey_of(data["public_key"]), alone and data.get("token") is None
            key = HolderKey(data["holder"], data["public_key"], passkey, self.hub, entry.index, since, lone)
            self.keys[data["key"]] = key
            self.ever.add(data["holder"])
        elif entry.type == "key.withdrawn":
            self.keys[data["key"]].withdrawn = entry.index
        if digest is not None and entry.sig is not None and not self.keys[entry.sig["key"]].lone:
            self.signers.add((str(self.whose(entry)), self.hub))


@dataclass
class RoleKey:
    """The key by which a grant is claimed on a fork. raw: its registration, to which tokens are bound."""

    grant: str
    text: str
    entry: int
    raw: bytes

    def check(self, token: str, homes: list[str], forked: bytes, at: dt.datetime) -> None:
        """Holds a key binding (RFC 9901 section 4.3) to the one way in which it is written, and to this key."""
        head, body, tail = token.split(".")
        said = canonical(from_base64url(body))
        nonce = from_base64url(said["nonce"])
        given = int.from_bytes(nonce[:4], "big")
        bound = sha256((base64url_of(self.raw) + "~").encode())
        whole = {"aud": said["aud"], "iat": given * 60, "nonce": said["nonce"], "sd_hash": base64url_of(bound)}
        if from_base64url(head) != b'{"alg":"Ed25519","typ":"kb+jwt"}' or len(nonce) != 64 or said != whole:
            raise Unsigned("what it carries is no key binding, or one of another key")
        if said["aud"] not in homes:
            raise Unsigned("it was signed for another hub")
        if nonce[32:] != sha256(b"\0" + forked):
            raise Unsigned("it was signed for another hub that carries on from this record")
        if not 0 <= int(at.timestamp()) // 60 - given <= 10:
            raise Unsigned("it was signed for another time")
        try:
            key = ed25519.Ed25519PublicKey.from_public_bytes(from_base64url(self.text))
            key.verify(from_base64url(tail), f"{head}.{body}".encode())
        except InvalidSignature as problem:
            raise Unsigned("it is not signed by the newest key of that office") from problem


class Unsigned(Wrong):
    """An entry that an office-holder must have signed, and did not: whoever made it had the log's key, not theirs."""


def act_digest(entry: Entry) -> bytes:
    """Returns what stands for an entry in a challenge: all of it but when it was recorded, and the signature."""
    act: dict[str, Any] = {"by": entry.by, "data": entry.data, "type": entry.type, "v": entry.v}
    if entry.sd:
        act["_sd"] = entry.sd
    return sha256(b"hub-act-v1\n" + written(act))


PARTS = {"authenticatorData", "clientDataJSON", "key", "signature"}


def check_sig(sig: dict[str, Any]) -> None:
    """Holds a signature to its form; whether it is one, its key says."""
    if sig.keys() - {"acts"} != PARTS or not KINDS["key"](sig["key"]):
        raise Unsigned("what it carries is no signature")
    try:
        for part in PARTS - {"key"}:
            if len(from_base64url(sig[part])) > 4096:
                raise Unsigned("what it carries is no signature")
        if "acts" in sig:
            acts = [from_base64url(text) for text in sig["acts"]] if isinstance(sig["acts"], list) else []
            if not 2 <= len(acts) <= 64 or len(set(acts)) != len(acts) or any(len(act) != 32 for act in acts):
                raise Unsigned("what it carries is no signature")
    except Unsigned:
        raise
    except Wrong as problem:
        raise Unsigned("what it carries is no signature") from problem


# --- Charters (docs/trustees.md) --------------------------------------------------------------------------------------


@dataclass
class Charter:
    """What trustees sign. signers: the public keys, of its own trustees and those before, that truly signed."""

    hub: str
    version: int
    previous: bytes | None
    expires: dt.date
    threshold: int
    trustees: list[Key]
    policy: Policy
    text: str
    signers: set[bytes]
    continues: str | None = None

    @property
    def hash(self) -> bytes:
        """What the next one names; of the first, the fingerprint."""
        return sha256(self.text.encode())


def charter_of(raw: bytes, before: Charter | None) -> Charter:
    """Reads a charter's note; checks its form and every signature of a trustee, of its own or of the one before."""
    note = note_of(raw)
    lines = note.text[:-1].split("\n")
    is_plain = re.fullmatch(r"[\n -~]*", note.text)  # nothing that a screen could turn round, wipe or leave out
    if len(note.text) > 32_768 or not is_plain or any("" in line.split(" ") for line in lines):
        raise Wrong("this is no charter")
    at = 0

    def take(word: str, needed: bool = True) -> str | None:
        nonlocal at
        if at < len(lines) and lines[at].startswith(f"{word} "):
            at += 1
            return lines[at - 1][len(word) + 1 :]
        if needed:
            raise Wrong(f"a charter without its line: {word}")
        return None

    hub, _, rest = lines[0].partition("/charter/v1")
    if rest or not re.fullmatch(r"[a-z0-9.-]{1,253}(:[0-9]{1,5})?", hub) or lines[0] == hub:
        raise Wrong("a charter of no hub")
    at = 1
    version = whole(str(take("version")))
    previous = take("previous", needed=version > 1)
    expires, threshold = str(take("expires")), whole(str(take("threshold")))
    trustees = [key_of(str(take("trustee")))]
    while (more := take("trustee", needed=False)) is not None:
        trustees.append(key_of(more))
    issuer = str(take("issuer"))
    thumbprint, continues = take("federation-key", needed=False), take("continues", needed=False)
    policy = policy_of(lines[at:])
    kinds = [line.partition(" ")[0] for line in lines[at:]]
    keys = {key.public for key in trustees}
    others = {key.public for key in (*policy.logs, *policy.witnesses.values())}
    try:
        day = dt.date.fromisoformat(expires)
    except ValueError as problem:
        raise Wrong("a charter without a last day") from problem
    sound = (
        version >= 1
        and day.isoformat() == expires
        and (version == 1) == (previous is None)
        and (continues is None or (version == 1 and is_head(continues)))
        and all(key.kind == SIGNS for key in trustees)
        and len(keys) == len(trustees)
        and 2 * threshold > len(keys) >= threshold
        and re.fullmatch(r"https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?", issuer)
        and (thumbprint is None or DIGEST.fullmatch(thumbprint))
        and len(policy.logs) == 1
        and (policy.quorum == "none" or 2 * policy.fewest() > len(policy.witnesses))
        and not keys & others
        and kinds == sorted(kinds, key=["log", "witness", "group", "quorum"].index)
    )
    if not sound:
        raise Wrong("a charter that gets something wrong in itself")
    known = {(key.name, key.id): key for key in (*trustees, *(before.trustees if before else ()))}
    signers = {key.public for key in note.signers(known.values())}
    hash_ = None if previous is None else from_base64(previous)
    return Charter(hub, version, hash_, day, threshold, trustees, policy, note.text, signers, continues)


def is_head(text: str) -> bool:
    """Tells whether a text names a history: origin, size, root."""
    parts = text.split(" ")
    return len(parts) == 3 and whole(parts[1]) >= 0 and len(from_base64(parts[2])) == 32


def follow(raw: bytes, before: Charter | None) -> Charter:
    """Reads a charter and says whether it counts after the one before: The Update Framework 5.3."""
    charter = charter_of(raw, before)
    if charter.version != (before.version + 1 if before else 1):
        raise Wrong(f"charter {charter.version} does not come next")
    if before and (charter.hub != before.hub or charter.previous != before.hash):
        raise Wrong(f"charter {charter.version} does not continue the one before it")
    for one, whose in ((before, "the trustees before it"), (charter, "its own trustees")):
        if one and len({key.public for key in one.trustees} & charter.signers) < one.threshold:
            raise Wrong(f"charter {charter.version} is not signed by enough of {whose}")
    return charter


# --- The rules: a constitution ----------------------------------------------------------------------------------------


@dataclass
class Step:
    """One step of a procedure."""

    do: str
    by: str = ""
    persons: int = 0
    days: int = 0
    short: str = ""
    waits: str = "enough"
    what: str = ""
    lasts: int = 0
    formula: str = ""
    kind: str = ""
    asks: tuple[str, ...] = ()


@dataclass
class Rules:
    """A constitution, as far as powers rest on it."""

    entry: int
    version: int
    text: str
    roles: dict[str, dict[str, Any]]
    numbers: dict[str, int]
    terms: dict[str, int]
    choice: dict[str, tuple[int, int]]
    opens: dict[str, str]
    steps: dict[str, list[Step]]
    formulas: dict[str, tuple[int, int, int]]
    conduct: set[int]
    sha256: str = ""

    def only_ends(self, procedure: str) -> bool:
        """Tells whether a procedure gives nobody anything."""
        return any(step.what in ("office.withdraw", "steward.withdraw") for step in self.steps[procedure])


def rules_of(entry: int, version: int, text: str) -> Rules:
    """Reads a constitution. Whether it keeps within the outer limits of the software, check_limits says."""
    try:
        body = tomllib.loads(text)
        numbers = {name: part["value"] for name, part in body["numbers"].items()}
        terms = {name: part["days"] for name, part in body["terms"].items()}
        choice = {
            f"{table}.{name}": (part["branch_may"][0], part["branch_may"][1])
            for table in ("numbers", "terms")
            for name, part in body[table].items()
            if "branch_may" in part
        }
        steps = {name: [step_of(step, numbers) for step in part["steps"]] for name, part in body["procedures"].items()}
        opens = {name: part["opens"] for name, part in body["procedures"].items()}
        roles = {
            name: {"can": role["can"], "reach": role["reach"], "scopes": role["scopes"], "by": role["by"],
                   "least": role["seats"]["min"], "most": role["seats"]["max"]}
            for name, role in body["roles"].items()
        }  # fmt: skip
        formulas = {
            name: (part["share_percent"], part["root"], part["floor"]) for name, part in body["formulas"].items()
        }
        conduct = {int(number) for number in body["conduct"]}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as problem:
        raise Wrong("a constitution that cannot be read") from problem
    if any([step.do for step in found].count("effect") != 1 for found in steps.values()):
        raise Wrong("a constitution with a procedure that has not one effect")
    return Rules(
        entry, version, text, roles, numbers, terms, choice, opens, steps, formulas, conduct,
        sha256(text.encode()).hex(),
    )  # fmt: skip


def step_of(step: dict[str, Any], numbers: dict[str, int]) -> Step:
    """Reads one step."""
    persons = step.get("min", step.get("persons", step.get("size", step.get("scrutineers", 0))))
    persons = numbers[persons] if isinstance(persons, str) else persons
    short = {"notice": "next", "ballot": "fail"}.get(step["do"], step.get("short", ""))
    return Step(
        step["do"],
        "scrutineers" if "scrutineers" in step else str(step.get("by", "")),
        int(persons),
        int(step.get("days", 0)),
        short,
        step.get("waits", "enough"),
        step.get("what", ""),
        int(step.get("lasts", 0)),
        str(step.get("formula", "")),
        str(step.get("kind", "")),
        tuple(map(str, step.get("asks", ()))),
    )


# --- The outer limits of any rules ------------------------------------------------------------------------------------

# Numbers and terms, each between two.
NUMBER_LIMITS = """
branch_founders 3-50  group_founders 2-20  request_days 1-28  recall_after_days 0-90  recall_before_end_days 0-60
measure_apart_days 30-365  measure_after_days 30-365  measure_most_days 1-14  recall_again_days 30-365
petitions_at_once 1-10  offers_at_once 1-6  office_passkeys 0-5  freeze_window_days 28-90  eligible_after_days 0-90
handover_days 1-14
hold_days 14-60  hold_window_days 7-28  hold_mandates_percent 5-34  hold_mandates_least 1-3  hold_roll_percent 1-34
hold_roll_least 2-50  moved_days 14-90  growth_percent 5-34  returned_percent 5-50  outage_moves 1-3
objection_days 1-7  tenure_days 14-60
appointee_days 28-90  replace_days 14-60
"""
TERM_LIMITS = """
founding 1-365  election 1-800  appointment 1-400  delegation 1-90  helper 1-90  council 1-365  steward 1-400
press 1-400  drawn_council 30-400  panel 7-120  caretaker 1-28
"""
FORMULA_LIMITS = "share_percent 5-34  root 1-10  floor 2-20"
OWN_RULES = ("numbers.request_days", "terms.appointment")  # what may be left to each branch

# A line for each role: where it may be held (where it must, with a mark), the least and the most seats, by which
# sources (which it cannot leave out, with a mark), and what it may carry (what it must, with a mark).
ROLE_LIMITS = """
admin | branch! group! | 1-7 2-30 | founding! election! | memberships.accept appointments.make links.declare groups.confirm groups.close clients.register members.vouch settings.change content.hide areas.agree ballots.call! powers.freeze! offices.lend
moderator | branch group | 0-7 0-30 | appointment | memberships.accept content.hide
standin | group! | 0-0 0-30 | delegation! | memberships.accept content.hide links.declare settings.change ballots.call
helper | group! | 0-0 1-3 | consent! | memberships.accept ballots.call
council | hub! | 0-3 15-30 | founding! lot! | areas.declare branches.confirm emergencies.declare clients.stop stewards.name press.name
steward | hub! | 0-1 1-2 | founding! appointment! | hub.operate
press | hub! | 0-3 3-9 | appointment! | statements.publish
scrutineer | hub! branch! group! | 0-3 3-5 | lot! | ballots.scrutinise
panellist | hub! branch! group! | 0-3 3-5 | lot! | emergencies.confirm foundings.judge
duty | hub! | 0-3 3-3 | lot! | cases.screen
juror | hub! | 0-3 5-5 | lot! | cases.decide
caretaker | branch! group! | 0-1 1-9 | caretaker! | memberships.accept ballots.call
"""  # noqa: E501  # a role a line

# A line for each procedure: who opens it; its steps in their order, each as it must be.
PROCEDURE_LIMITS = """
found_branch member | submit by=founders persons=3-50 days=1-28 short=lapse,fail | decide by=branches.confirm persons=2-3 days=1-28 short=next | effect what=branch.register
register_group member | submit by=founders persons=2-20 days=1-28 short=lapse,fail | decide by=groups.confirm persons=2-3 days=1-28 short=next | effect what=group.register
appeal_branch clock | submit by=founders persons=1-1 days=14-28 short=lapse,fail | draw by=panel persons=3-5 days=7-28 short=next | decide by=foundings.judge persons=2-3 days=1-28 short=next | effect what=branch.register
appeal_group clock | submit by=founders persons=1-1 days=14-28 short=lapse,fail | draw by=panel persons=3-5 days=7-28 short=next | decide by=foundings.judge persons=2-3 days=1-28 short=next | effect what=group.register
appoint_moderator appointments.make | submit by=appointee persons=1-1 days=1-28 short=lapse,fail | decide by=appointments.make persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | effect what=office.appoint
lend_office offices.lend | submit by=standin persons=1-1 days=1-28 short=lapse,fail | notice days=3-60 | effect what=office.lend
admit_helper appointments.make | submit by=helper persons=1-1 days=1-28 short=lapse,fail | decide by=appointments.make persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | ballot kind=yesno persons=3-5 formula=yes_floor days=7-28 | decide by=ballots.scrutinise persons=2-3 days=2-7 short=next waits=deadline | effect what=office.admit
withdraw_moderator appointments.make | decide by=appointments.make persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | effect what=office.withdraw
name_steward stewards.name | submit by=steward persons=1-1 days=1-28 short=lapse,fail | decide by=stewards.name persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | effect what=steward.name
withdraw_steward stewards.name | decide by=stewards.name persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | effect what=steward.withdraw
name_press press.name | submit by=appointee persons=1-1 days=1-28 short=lapse,fail | decide by=press.name persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | effect what=office.appoint
withdraw_press press.name | decide by=press.name persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | effect what=office.withdraw
publish_statement statements.publish | decide by=statements.publish persons=2-3 days=1-28 short=lapse,fail | effect what=statement.publish
declare_link links.declare | notice days=3-60 | effect what=link.show
freeze powers.freeze | effect what=power.freeze lasts=1-7 | decide by=powers.freeze persons=2-3 days=1-7 short=undo
register_client clients.register | decide by=clients.register persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | effect what=client.register
change_settings settings.change | decide by=settings.change persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | effect what=group.change
close_group groups.close | decide by=groups.close persons=2-3 days=1-28 short=lapse,fail | notice days=14-60 | ballot kind=yesno persons=3-5 formula=yes_floor days=7-28 | decide by=ballots.scrutinise persons=2-3 days=2-7 short=next waits=deadline | effect what=group.close
merge_group groups.close | decide by=groups.close persons=2-3 days=1-28 short=lapse,fail | notice days=14-60 | ballot kind=yesno persons=3-5 formula=yes_floor days=7-28 | decide by=ballots.scrutinise persons=2-3 days=2-7 short=next waits=deadline | effect what=group.merge
change_branch_rule settings.change | decide by=settings.change persons=2-3 days=1-28 short=lapse,fail | notice days=3-60 | effect what=branch_rule.change
hide content.hide | effect what=content.hide | decide by=content.hide persons=2-3 days=1-7 short=undo
emergency emergencies.declare | decide by=emergencies.declare persons=2-3 days=1-1 short=lapse,fail | effect what=measure.begin lasts=1-7 | draw by=panel persons=3-5 days=1-2 short=undo | decide by=emergencies.confirm persons=2-3 days=1-3 short=undo
extend_measure emergencies.confirm | decide by=emergencies.confirm persons=2-3 days=1-3 short=lapse,fail | effect what=measure.extend lasts=1-7
case member | draw by=duty persons=3-3 days=2-3 short=lapse | decide by=cases.screen persons=2-3 days=3-7 short=lapse | submit by=complainant persons=1-1 days=3-7 short=lapse | submit by=respondent persons=1-1 days=14-14 short=next | draw by=jurors persons=3-3 days=4-5 short=redraw | decide by=cases.decide persons=2-3 days=14-28 short=renew | notice days=14-14 | effect what=case.conclude
appeal_case member | draw by=jurors persons=5-5 days=4-5 short=lapse | decide by=cases.decide persons=3-3 days=14-23 short=lapse | effect what=case.review
interim cases.screen | decide by=cases.screen persons=2-3 days=1-2 short=lapse | effect what=interim.begin lasts=1-14
recall member | support formula=petition days=14-60 short=lapse,fail | submit by=subject persons=1-1 days=3-14 short=next | ballot kind=yesno persons=3-5 formula=yes_floor days=7-28 | decide by=ballots.scrutinise persons=2-3 days=2-7 short=next waits=deadline | effect what=office.recall
hold member | support persons=2-10 days=3-60 short=lapse,fail | ballot kind=yesno persons=3-5 formula=yes_floor days=7-28 ratio=1/2-2/3 | decide by=ballots.scrutinise persons=2-3 days=2-7 short=next waits=deadline | effect what=act.release
amend member | support formula=petition days=14-60 short=lapse,fail | notice days=14-60 | ballot kind=yesno persons=3-5 formula=yes_floor days=7-28 ratio=2/3-4/5 entrenched=3/4-4/5 branches=yes | decide by=ballots.scrutinise persons=2-3 days=2-7 short=next waits=deadline | notice days=14-60 | effect what=constitution.amend
draw_council clock | draw by=council persons=15-25 days=7-28 short=lapse,extend | effect what=office.seat
draw_caretaker clock | draw by=caretakers persons=1-9 days=7-28 short=lapse,extend | effect what=office.caretake
elect clock | submit by=candidates persons=1-1 days=5-28 short=extend waits=deadline | draw by=scrutineers persons=3-5 days=3-28 short=next waits=deadline | ballot kind=stv days=7-28 | decide by=ballots.scrutinise persons=2-3 days=2-14 short=next waits=deadline | notice days=1-14 | effect what=office.elect
"""  # noqa: E501  # a procedure a line
STEP_KEYS = {
    "submit": "by min days short waits", "support": "min formula days short", "decide": "by persons days short waits",
    "notice": "days", "draw": "by size days short waits asks",
    "ballot": "kind days formula ratio entrenched branches scrutineers", "effect": "what lasts",
}  # fmt: skip
# Which step fills seats, as many as it has hands or lots; beside how many that a founding hands out.
FILLS = {
    "found_branch": ("submit", "admin", 0), "register_group": ("submit", "admin", 0),
    "draw_council": ("draw", "council", 3), "elect": ("draw", "scrutineer", 0),
    "emergency": ("draw", "panellist", 0), "appeal_branch": ("draw", "panellist", 0),
    "appeal_group": ("draw", "panellist", 0), "case": ("draw", "juror", 0), "appeal_case": ("draw", "juror", 0),
    **dict.fromkeys(
        ("recall", "hold", "amend", "close_group", "merge_group", "admit_helper"), ("ballot", "scrutineer", 0)
    ),
}  # fmt: skip
RIGHTS = (
    "Every verified member may read, stand, vote, sign, complain, appeal, join, and found. "
    "No office gives or takes these."
)
# What later releases brought: rules of before may lack it, whole, and then nobody has the power that opens it.
LATER = (
    (
        ("cases.screen", "cases.decide"),
        "roles.duty roles.juror procedures.case procedures.appeal_case procedures.interim",
    ),
    (
        ("press.name",),
        "roles.press terms.press procedures.name_press procedures.withdraw_press procedures.publish_statement",
    ),
    ((), "numbers.returned_percent"),
)
RULES_PARTS = set("title questions numbers formulas choices terms rights roles procedures conduct sentences".split())


def spans_of(text: str) -> dict[str, tuple[int, int]]:
    """Reads names with the least and the most."""
    words = text.split()
    return {name: span_of(span) for name, span in zip(words[::2], words[1::2], strict=True)}


def span_of(text: str) -> tuple[int, int]:
    """Reads the least and the most."""
    least, most = text.split("-")
    return int(least), int(most)


def lies_within(value: Any, span: tuple[int, int]) -> bool:
    """Tells whether a value is a whole number between two."""
    return is_whole(value) and span[0] <= value <= span[1]


def check_limits(text: str) -> None:
    """Holds rules to what no rules may change. Whether their sentences say their numbers is not asked here."""
    try:
        body = tomllib.loads(text)
        wrong = next(breaches(body), None) if len(text) <= 60_000 else "the text is too long"
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as problem:
        raise Wrong("a constitution that cannot be read") from problem
    if wrong is not None:
        raise Wrong(f"these rules go beyond what any may: {wrong}")


def lacking(body: dict[str, Any], table: str) -> set[str]:
    """Returns what a table lacks and may: what belongs to parts of which these rules have nothing."""
    found: set[str] = set()
    for powers, paths in LATER:
        parts = [path.split(".") for path in paths.split()]
        if not any(name in body[of] for of, name in parts) and all(
            power not in r["can"] for r in body["roles"].values() for power in powers
        ):
            found |= {name for of, name in parts if of == table}
    return found


def breaches(body: dict[str, Any]) -> Iterator[str]:
    """Yields what of a constitution goes beyond its limits."""
    if body.keys() - RULES_PARTS or not isinstance(body["title"], str) or not body["title"].strip():
        yield "its parts"
    for part, key, limits in (("numbers", "value", NUMBER_LIMITS), ("terms", "days", TERM_LIMITS)):
        spans = {name: span for name, span in spans_of(limits).items() if name not in lacking(body, part)}
        if body[part].keys() != spans.keys():
            yield part
        for name, span in spans.items():
            own = body[part][name].get("branch_may")
            if not lies_within(body[part][name][key], span):
                yield f"{part}.{name}"
            if own is not None and (
                f"{part}.{name}" not in OWN_RULES or len(own) != 2
                or not all(lies_within(end, span) for end in own) or not own[0] <= body[part][name][key] <= own[1]
            ):  # fmt: skip
                yield f"{part}.{name}.branch_may"
    yield from span_breaches(body)
    if body["formulas"].keys() != {"petition", "yes_floor"}:
        yield "formulas"
    for name, part in body["formulas"].items():
        if not all(lies_within(part[key], span) for key, span in spans_of(FORMULA_LIMITS).items()):
            yield f"formulas.{name}"
    if body["choices"].keys() != {"receipts"} or body["choices"]["receipts"]["value"] not in ("content", "inclusion"):
        yield "choices"
    if body["rights"].get("says") != RIGHTS:
        yield "rights"
    for key in (*ENTRENCHED, "sentences.chance"):
        found: Any = body
        for word in key.split("."):
            found = found.get(word, {})
        if not found:
            yield f"{key} is missing"
    if not all(re.fullmatch("[1-9]|[12][0-9]|30", number) for number in body["conduct"]):
        yield "conduct"
    yield from role_breaches(body["roles"], lacking(body, "roles"))
    yield from procedure_breaches(body)


def span_breaches(body: dict[str, Any]) -> Iterator[str]:
    """Yields which days leave no room for others: for a list to be judged by, for a recall, for an election."""
    numbers = {name: part["value"] for name, part in body["numbers"].items()}
    terms = {name: part["days"] for name, part in body["terms"].items()}
    if numbers["hold_days"] < numbers["hold_window_days"]:
        yield "numbers.hold_window_days"
    # The later half of a council that is drawn whole serves half of its term; 14 days are left to begin a recall on.
    for name, seat in (*terms.items(), ("drawn_council", terms["drawn_council"] // 2)):
        barred = numbers["recall_after_days"] + numbers["recall_before_end_days"]
        if name in ("founding", "election", "council", "drawn_council") and seat < barred + 14:
            yield f"terms.{name} leaves no days for a recall"
    if terms["election"] <= sum(step.get("days", 0) for step in body["procedures"]["elect"]["steps"]):
        yield "terms.election ends before another is held"


def role_breaches(roles: dict[str, Any], lacks: set[str]) -> Iterator[str]:
    """Yields what of the roles goes beyond their limits. lacks: those that may be missing, and are."""
    lines = {line.partition(" ")[0]: line.split(" | ")[1:] for line in ROLE_LIMITS.strip().splitlines()}
    lines = {name: line for name, line in lines.items() if name not in lacks}
    if roles.keys() != lines.keys():
        yield "roles"
    for name, (scopes, seats, by, can) in lines.items():
        role, (least, most) = roles[name], map(span_of, seats.split())
        for key, words in (("scopes", scopes), ("by", by), ("can", can)):
            may, must = {word.rstrip("!") for word in words.split()}, {w[:-1] for w in words.split() if w[-1] == "!"}
            if not isinstance(role[key], list) or not role[key] or not must <= set(role[key]) <= may:
                yield f"roles.{name}.{key}"
        low, high = role["seats"]["min"], role["seats"]["max"]
        if not lies_within(low, least) or not lies_within(high, most) or low > high or role["reach"] != "here":
            yield f"roles.{name}.seats"


def procedure_breaches(body: dict[str, Any]) -> Iterator[str]:
    """Yields what of the procedures goes beyond their limits."""
    lacks = lacking(body, "procedures")
    lines = [line.split(" | ") for line in PROCEDURE_LIMITS.strip().splitlines() if line.split()[0] not in lacks]
    numbers = {name: part["value"] for name, part in body["numbers"].items()}
    if body["procedures"].keys() != {head.split()[0] for head, *_ in lines}:
        yield "procedures"
    for head, *wanted in lines:
        (name, opens), steps = head.split(), body["procedures"][head.split()[0]]["steps"]
        if body["procedures"][name]["opens"] != opens or len(steps) != len(wanted):
            yield f"procedures.{name}"
        for place, (step, want) in enumerate(zip(steps, wanted, strict=False)):
            if not is_such_step(step, want, numbers):
                yield f"procedures.{name}, step {place + 1}"
        if name in FILLS:
            do, role, more = FILLS[name]
            many = max(persons_of(step, numbers) for step in steps if step["do"] == do)
            if many + more > body["roles"][role]["seats"]["max"]:
                yield f"procedures.{name} fills more seats than there are"


def persons_of(step: dict[str, Any], numbers: dict[str, int]) -> Any:
    """Returns how many persons a step takes; a number may be named, but of those who decide."""
    if step["do"] == "support" and "formula" in step:
        return 0
    names = {"submit": "min", "support": "min", "draw": "size", "ballot": "scrutineers"}
    found = step.get(names.get(step["do"], "persons"), 0)
    return numbers.get(found) if isinstance(found, str) and step["do"] not in ("decide", "ballot") else found


def is_such_step(step: dict[str, Any], want: str, numbers: dict[str, int]) -> bool:
    """Tells whether a step is as it must be."""
    do, *parts = want.split()
    must = {key: value for key, _, value in (part.partition("=") for part in parts)}
    if step["do"] != do or step.keys() - {"do", "says", *STEP_KEYS[do].split()}:
        return False
    asks = step.get("asks", [])
    persons, lasts = persons_of(step, numbers), step.get("lasts", 0)
    return (
        all(str(step.get(key, "")) == must.get(key, "") for key in ("by", "formula", "kind", "what"))
        and step.get("waits", "enough") == must.get("waits", "enough")
        and ("short" not in must or step.get("short") in must["short"].split(","))
        and (step.get("branches") is True) == ("branches" in must)
        and lies_within(persons, span_of(must.get("persons", "0-0")))
        and lies_within(lasts, span_of(must.get("lasts", "0-0")))
        and lies_within(step.get("days", 0), span_of(must.get("days", "0-0")))
        and all(is_part(step.get(key, [1, 2]), must.get(key, "1/2-1/2")) for key in ("ratio", "entrenched"))
        and len(set(asks)) == len(asks)
        and set(asks) <= STRATA.keys()
        and (not asks or must["by"] in EVERYWHERE)
    )


def is_part(given: Any, span: str) -> bool:
    """Tells whether two numbers, so many of so many, are a part between two."""
    if not isinstance(given, list) or len(given) != 2 or not all(lies_within(part, (1, 99)) for part in given):
        return False
    least, most = (Fraction(end) for end in span.split("-"))
    return least <= Fraction(*given) <= most


# --- State: what the entries give -------------------------------------------------------------------------------------

Scope = tuple[str, str, str | None]
HUB: Scope = ("hub", "hub", None)
DAY = dt.timedelta(days=1)
MANDATES, DERIVED = ("founding", "election", "lot"), ("appointment", "delegation", "caretaker", "consent")
BY_BALLOT = (*MANDATES, "consent")  # what members end by a ballot
FOR_ONE_ACT = ("scrutineer", "panellist", "duty", "juror")
TENURED = ("links.declare", "clients.register", "members.vouch")
IN_COMPANY = (
    "links.declare", "clients.register", "appointments.make", "settings.change", "powers.freeze", "groups.close",
)  # fmt: skip
FREEZABLE = (
    "appointments.make", "settings.change", "links.declare", "clients.register", "content.hide", "memberships.accept",
    "members.vouch", "groups.confirm", "offices.lend",
)  # fmt: skip
DRAWN = {
    "scrutineers": "scrutineer", "panel": "panellist", "council": "council", "caretakers": "caretaker", "duty": "duty",
    "jurors": "juror",
}  # fmt: skip
CLOSED_BY = {
    "freeze_settings": ("change_settings", "change_branch_rule", "register_client"),
    "pause_posting": ("declare_link",),
}
ENDINGS = ("refused", "lapsed", "failed", "undone")
APPEALS = {"found_branch": "appeal_branch", "register_group": "appeal_group"}
OFFERS = {"appoint_moderator": "appointment", "admit_helper": "consent", "name_press": "appointment"}
AT_HUB = {"press": "name_press"}  # to which roles of the hub somebody is appointed, and by which procedure
WITHDRAWALS = ("withdraw_moderator", "withdraw_press")
SHORT = {"next": "silence", "lapse": "lapsed", "fail": "failed", "undo": "undone", "extend": "extended"}
Spans = list[tuple[dt.datetime, dt.datetime | None]]


@dataclass
class Grant:
    """A role for a holder in a scope. ended: when, why and by which entry; lender: what it was lent from.

    held: the hold under which its end waited; recorded: when the record took its end, whenever that was due.
    """

    id: str
    entry: int
    holder: str
    role: str
    scope: Scope
    source: str
    act: str | None
    starts: dt.datetime
    until: dt.datetime
    ended: tuple[dt.datetime, str, int] | None = None
    held: int | None = None
    recorded: dt.datetime | None = None
    pauses: list[tuple[int, str, dt.datetime, dt.datetime]] = field(default_factory=list)
    lender: Grant | None = None

    @property
    def ends(self) -> dt.datetime:
        """When it is over by itself: of what was lent, that is not all."""
        return self.until if self.ended is None else min(self.until, self.ended[0])

    @property
    def over(self) -> dt.datetime:
        """When it is over as things stand: what was lent, with what it was lent from at the latest."""
        return self.ends if self.lender is None else min(self.ends, self.lender.over)

    @property
    def counts_as(self) -> str:
        """As whom its holder counts where it takes two: whoever stands in is no second beside who lent the office."""
        return self.holder if self.lender is None else self.lender.holder

    def rests(self, at: dt.datetime) -> bool:
        """Tells whether a measure rests it, or what it was lent from."""
        mine = any(start <= at < end for _, _, start, end in self.pauses)
        return mine or (self.lender is not None and self.lender.rests(at))

    def rests_until(self, at: dt.datetime) -> dt.datetime | None:
        """Returns until when measures rest it, or what it was lent from; None where none does."""
        mine = [end for _, _, start, end in self.pauses if start <= at < end]
        theirs = self.lender.rests_until(at) if self.lender else None
        return max([*mine, *([theirs] if theirs else [])], default=None)

    def stands(self, at: dt.datetime) -> bool:
        """Tells whether its term runs."""
        return self.starts <= at < self.over


@dataclass
class Act:
    """A run of a procedure. hands: step, holder, which hand, when, entry; facts: step, what, when, entry.

    told: the deadline as state.json has it: of an act that was undone, when that was.
    """

    id: str
    procedure: str
    rules: Rules
    scope: Scope | None
    subject: str
    opened: int
    opened_by: int | None
    since: dt.datetime
    at: dt.datetime
    step: int = 0
    outcome: str | None = None
    closed: tuple[dt.datetime, int] | None = None
    hands: list[tuple[int, str, str, dt.datetime, int]] = field(default_factory=list)
    facts: list[tuple[int, str, dt.datetime, int]] = field(default_factory=list)
    moves: list[tuple[int, dt.datetime, str, int]] = field(default_factory=list)
    told: dt.datetime | None = None
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def steps(self) -> list[Step]:
        """The steps of its procedure, under the rules it was opened with; from a ballot on once more for each void."""
        steps = self.rules.steps[self.procedure]
        for step, name, _, _ in self.facts:
            if name == "voided" or (name == "redrawn" and steps[step].do == "decide"):
                steps = [*steps[: step + 1], *steps[step - 1 :]]
            elif name == "reheard":
                sooner = replace(steps[step], days=min(9, steps[step].days))
                steps = [*steps[: step + 1], steps[step - 1], sooner, *steps[step + 1 :]]
            elif name == "redrawn":
                steps = [*steps[: step + 1], *steps[step:]]
        return steps

    @property
    def voids(self) -> list[int]:
        """The steps that voided a count, so that its ballot is held once more."""
        return [step for step, name, _, _ in self.facts if name == "voided"]

    @property
    def now(self) -> Step:
        """The step it waits at."""
        return self.steps[min(self.step, len(self.steps) - 1)]

    @property
    def effect(self) -> int:
        """The place of its effect."""
        return next(place for place, step in enumerate(self.steps) if step.do == "effect")

    @property
    def only_ends(self) -> bool:
        """Tells whether signing it gives nobody anything."""
        return self.step > self.effect or self.rules.only_ends(self.procedure)

    def fact(self, *names: str) -> dt.datetime | None:
        """Returns since when one of these facts holds in the present step."""
        return next((at for step, name, at, _ in self.facts if step == self.step and name in names), None)

    @property
    def due(self) -> dt.datetime:
        """When the deadline of its present step is missed. A delay says until when, and makes nothing due earlier."""
        times: float = sum(step == self.step and name == "extended" for step, name, _, _ in self.facts)
        times = 1 + (times / 2 if self.now.short == "renew" else times)
        delays = [at for step, name, at, _ in self.facts if step == self.step and name in ("delayed", "tied")]
        return max([self.since + times * self.now.days * DAY, *delays])

    def nth(self, hand: str, wanted: int) -> dt.datetime | None:
        """Returns when the wanted-th person gave a hand in the present step."""
        seen: set[str] = set()
        mine = [(at, entry, who) for step, who, kind, at, entry in self.hands if step == self.step and kind == hand]
        for at, _, who in sorted(mine):
            seen.add(who)
            if len(seen) == wanted:
                return at
        return None

    def decided(self, *hands: str) -> set[str]:
        """Returns who gave one of these hands in the present step."""
        return {who for step, who, hand, _, _ in self.hands if step == self.step and hand in hands}

    @property
    def drawn_for(self) -> str:
        """The act for which those were drawn who decide here: itself, where it draws; else the one it is about."""
        draws = any(step.do == "draw" or step.by == "scrutineers" for step in self.steps)
        return self.subject if self.subject.startswith("act_") and not draws else self.id

    def parties(self) -> set[str]:
        """Returns whom it is about."""
        return {self.subject, *(who for _, who, hand, _, _ in self.hands if hand == "submit")}

    def move(self, now: dt.datetime) -> tuple[dt.datetime, str] | None:
        """Returns how and when its present step ended by now; None while it waits."""
        step = self.now
        enough: dt.datetime | None = None
        if step.do == "effect":
            return self.since, "done"
        if (stopped := self.fact("stopped")) and step.do in ("support", "notice"):
            return stopped, "refused"
        if stopped and step.do in ("submit", "draw"):
            return stopped, "lapsed"
        if (undone := self.fact("undone")) and step.do in ("submit", "draw"):
            return undone, "undone"
        if step.do == "notice":
            released = self.fact("released")
            if (self.fact("held") and not released) or now < self.due:
                return None
            return max(self.due, released or self.due), "done"
        if step.do == "ballot":
            counted = self.fact("passed", "failed")
            ends = counted if counted and self.fact("tied") else self.due
            if now < ends or not counted:
                return None
            if undone:
                return ends, "undone"
            return ends, "done" if self.fact("passed") or step.by == "scrutineers" else "failed"
        if step.do == "support":
            if reached := self.fact("reached"):
                return reached, "done"
        elif step.do == "submit":
            enough = self.fact("reached") or self.nth("submit", step.persons)
        elif step.do == "draw":
            enough = self.fact("drawn")
        elif step.do == "decide":
            enough, against = self.nth("yes", step.persons), self.nth("no", step.persons)
            voids = [] if against is None or (enough is not None and enough <= against) else [against]
            voids += [upheld] if (upheld := self.fact("upheld")) else []
            ballot = self.steps[self.step - 1] if self.step else step
            is_own = ballot.do == "ballot" and ballot.by == "scrutineers"
            if passed := self.fact("passed"):
                voids, enough = [], passed
            elif sent := self.fact("sent_back"):
                return sent, "reheard"
            if voids and is_own and not self.voids:
                return min(voids), "voided"
            if voids:
                return min(voids), "undone" if self.step > self.effect else "refused"
            if is_own and now >= self.due and any((self.step - 1, "failed") == one[:2] for one in self.facts):
                return self.due, "failed"
        if enough and step.waits == "enough":
            return enough, "done"
        if now < self.due:
            return None
        return self.due, "done" if enough else self.missed(step)

    def missed(self, step: Step) -> str:
        """Returns what follows a missed deadline: of a case another draw, half the days once more, or another panel."""
        if step.short not in ("redraw", "renew"):
            return SHORT[step.short]
        were = {(name, self.steps[at].do) for at, name, _, _ in self.facts}
        if step.short == "renew" and ("extended", "decide") not in were:
            return "extended"
        return "lapsed" if ("redrawn", step.do) in were else "redrawn"


Row = dict[str, Any]


def say(at: dt.datetime | None) -> str | None:
    """Writes a moment as state.json does."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Void:
    """An entry that changes nothing, and why. forged: it bears an office without the signature it must have."""

    index: int
    type: str
    why: str
    forged: bool
    known: bool


# What rests on the hub's word: nothing in the record says whether it is so.
NO_CHECK = """
addresses.refused: that a site had named addresses that waited
amendment.proposed: how many members there are; that the sentences beside the numbers say these
case.answered: that the accused did it, and what lies under the hashes
case.appealed: that this side did it, and what lies under the hashes
case.charged: that whoever complained did it, and what lies under the hashes
case.concluded: that the offices are the accused's
case.decided: what lies under the hash of the decision, and that no appeal makes it worse
case.filed: what lies under the hash, and that its facts were not decided before
case.prolonged: that the accused did it
case.screened: what lies under the hash
delay.asked: what lies under the hash
interim.asked: what lies under the hash, and whether an election is near
panel.struck: that this side did it
ballot.called: how many stand on the roll, and its root
ballot.counted: that these papers lay in the box; the count itself (`hub count` recounts the published file)
ballot.tied: that only a lot can decide (`hub count` says so of the published file), and what lies in the box
constitution.adopted: that the sentences beside the numbers say these
branch.dormant: that nobody belongs to it
branch.revived: that somebody belongs to it again
count.objected: that whoever objects is on the roll
draw.accepted: whose ticket it is
draw.made: of a pool of more tickets than an entry holds, that those not listed come later (`hub lot check`)
draw.prepared: who is in the pool, and how many said what of themselves
draw.replaced: that somebody declined, may no longer sit, or was struck
group.dormant: that nobody belongs to it
group.revived: that somebody belongs to it again
hold.opened: how many members there are
link.lapsed: what stood at the address
link.proved: what stood at the address
matcher.counted: the numbers
operators.counted: the numbers
outage.noted: that nobody could reach the ballot
petition.reached: that so many signed
recall.opened: how many members there are
roster.imported: the numbers
roster.undone: the numbers
seat.taken: that the link was used by whom it was given to
standing.held: how many change, and how many are on a roll
standing.unheeded: the numbers
"""
UNCHECKED = dict(line.split(": ", 1) for line in NO_CHECK.strip().splitlines())

# Who opens which procedure: type of entry to procedure, the field that says where, the subject, and the opener's hand.
OPENS = {
    "branch.proposed": ("found_branch", "", "branch", "submit"),
    "group.proposed": ("register_group", "branch", "group", "submit"),
    "office.offered": ("", "either", "group", ""),
    "office.challenged": ("", "either", "", "yes"),
    "statement.drafted": ("publish_statement", "", "statement", "yes"),
    "correction.proposed": ("publish_statement", "", "statement", "yes"),
    "retraction.proposed": ("publish_statement", "", "statement", "yes"),
    "standin.offered": ("lend_office", "group", "group", ""),
    "steward.offered": ("name_steward", "", "", ""),
    "steward.challenged": ("withdraw_steward", "", "", "yes"),
    "appeal.opened": ("", "", "", ""),
    "extension.proposed": ("extend_measure", "", "measure", "yes"),
    "link.declared": ("declare_link", "group", "link", ""),
    "settings.proposed": ("change_settings", "group", "group", "yes"),
    "naming.proposed": ("change_settings", "group", "group", "yes"),
    "closure.proposed": ("close_group", "group", "group", "yes"),
    "merger.proposed": ("merge_group", "group", "group", "yes"),
    "branch_rule.proposed": ("change_branch_rule", "branch", "branch", "yes"),
    "client.proposed": ("register_client", "group", "client", "yes"),
    "freeze.opened": ("freeze", "scope", "scope", "submit"),
    "measure.declared": ("emergency", "", "scope", "yes"),
    "recall.opened": ("recall", "scope", "subject", ""),
    "amendment.proposed": ("amend", "", "act", ""),
    "hold.opened": ("hold", "target", "target", ""),
    "ballot.demanded": ("hold", "target", "target", ""),
    "hiding.opened": ("hide", "hidden", "target", "submit"),
    "election.opened": ("elect", "scope", "scope", ""),
    "draw.opened": ("", "scope", "scope", ""),
    "case.filed": ("case", "", "act", ""),
    "case.appealed": ("appeal_case", "", "case", ""),
    "interim.asked": ("interim", "", "case", ""),
}
SIGNS_YES = (
    "branch.confirmed", "group.confirmed", "office.confirmed", "settings.confirmed", "closure.confirmed",
    "branch_rule.confirmed", "client.confirmed", "measure.confirmed", "hiding.confirmed", "ballot.signed",
    "appeal.upheld", "steward.confirmed", "merger.confirmed", "statement.confirmed",
)  # fmt: skip
SIGNS_NO = (
    "branch.objected", "group.objected", "office.objected", "settings.objected", "closure.objected",
    "branch_rule.objected", "client.objected", "measure.objected", "hiding.contested", "ballot.objected",
    "freeze.lifted", "appeal.dismissed", "steward.objected", "merger.objected", "statement.objected",
)  # fmt: skip
JOINS = (
    "branch.cofounded", "group.cofounded", "office.accepted", "candidacy.declared", "standin.accepted", "appeal.sent",
    "steward.accepted",
)  # fmt: skip
ALONE = (
    "matcher.counted", "operators.counted", "roster.imported", "roster.undone", "software.deployed",
    "standing.unheeded", "standing.held", "outage.noted", "link.proved", "link.lapsed", "group.dormant",
    "group.revived", "branch.dormant", "branch.revived", "election.ended",
    "petition.reached", "amendment.overtaken", "ballot.called", "ballot.counted", "ballot.tied", "draw.prepared",
    "draw.made", "draw.voided", "draw.replaced", "caretaker.begun", "act.advanced", "act.extended",
)  # fmt: skip
EFFECTS = {
    "branch.registered": "branch.register",
    "group.registered": "group.register",
    "power.frozen": "power.freeze",
    "link.shown": "link.show",
    "group.changed": "group.change",
    "branch_rule.changed": "branch_rule.change",
    "client.registered": "client.register",
    "content.hidden": "content.hide",
    "measure.begun": "measure.begin",
    "election.called": "measure.begin",
    "measure.extended": "measure.extend",
    "act.released": "act.release",
    "group.closed": "group.close",
    "group.merged": "group.merge",
    "statement.published": "statement.publish",
    "case.concluded": "case.conclude",
    "case.reviewed": "case.review",
    "interim.begun": "interim.begin",
}
GIVES = {
    "branch.register": ("admin", "founding"),
    "group.register": ("admin", "founding"),
    "office.appoint": ("", "appointment"),
    "office.elect": ("admin", "election"),
    "office.admit": ("", "consent"),
    "office.lend": ("standin", "delegation"),
    "steward.name": ("steward", "appointment"),
}
ENDS = {
    "office.withdraw": "withdrawn",
    "steward.withdraw": "withdrawn",
    "office.recall": "recalled",
    "office.elect": "superseded",
    "group.close": "closed",
    "group.merge": "closed",
    "case.conclude": "decided",
}


class Fold:
    """Reads a record from its first entry on: refuses what is not due, and keeps what the rest gives."""

    def __init__(self, rehearsal: bool = False) -> None:
        self.rehearsal = rehearsal  # takes draws by the beacon whose secret everybody knows, and no others
        self.signatures = Signatures()
        self.last: dt.datetime | None = None
        self.size = 0
        self.void: list[Void] = []
        self.facts: list[Row] = []
        self.forked = b""  # the newest beginning, as it stands in the record: claims are bound to it
        self.charters: list[tuple[Charter, int, dt.datetime, str]] = []
        self.rules: list[Rules] = []
        self.adopted: list[Row] = []
        self.holders: dict[str, Row] = {}
        self.role_keys: list[RoleKey] = []
        self.claims: list[Row] = []
        self.grants: dict[str, Grant] = {}
        self.by_entry: dict[int, Grant] = {}
        self.of_scope: dict[str, list[Grant]] = {}
        self.areas: dict[str, Row] = {}
        self.districts: dict[str, str] = {}
        self.agreements: dict[tuple[str, str], list[tuple[str, dt.datetime, list[str]]]] = {}
        self.branches: dict[str, Row] = {}
        self.groups: dict[str, Row] = {}
        self.links: dict[str, Row] = {}
        self.acts: dict[str, Act] = {}
        self.freezes: dict[str, Row] = {}
        self.sleeps: dict[str, list[list[Any]]] = {}
        self.closures: list[Row] = []
        self.branch_rules: list[tuple[int, str, str, int, dt.datetime]] = []
        self.clients: dict[str, Row] = {}
        self.stops: list[tuple[str, dt.datetime]] = []
        self.winners: dict[str, set[str]] = {}
        self.holds: dict[int, Row] = {}
        self.deployments: list[Row] = []
        self.about_offices: list[Row] = []
        self.about_settings: list[Row] = []
        self.about_rules: list[Row] = []
        self.about_closing: list[Row] = []
        self.about_merging: list[Row] = []
        self.agreed_areas: list[Row] = []
        self.petitions: dict[str, Row] = {}
        self.amendments: dict[str, Row] = {}
        self.elections: dict[str, Row] = {}
        self.candidacies: list[Row] = []
        self.ballots: dict[str, Row] = {}
        self.elected: list[Row] = []
        self.outages: list[Row] = []
        self.measures: dict[str, Row] = {}
        self.extensions: dict[str, Row] = {}
        self.hidings: dict[str, Row] = {}
        self.statements: dict[str, Row] = {}
        self.versions: dict[str, Row] = {}
        self.concealments: list[Row] = []
        self.draws: dict[tuple[str, int], Row] = {}
        self.voids: list[Row] = []
        self.objections: dict[int, Row] = {}
        self.count_objections: dict[int, Row] = {}
        self.count_judgements: list[Row] = []
        self.judgements: list[Row] = []
        self.seats: dict[str, Row] = {}
        self.pool_counts: list[Row] = []
        self.receipts: list[Row] = []
        self.complaints: dict[str, Row] = {}
        self.disclosed: dict[tuple[str, str], Row] = {}
        self.case_appeals: dict[str, Row] = {}
        self.strikes: list[Row] = []
        self.case_signatures: dict[tuple[str, int, str], Row] = {}
        self.interims: dict[str, Row] = {}
        self.delays: dict[str, Row] = {}

    # -- one entry after another --

    def read(self, entry: Entry, words: dict[str, str]) -> None:
        """Takes the next entry, or notes why it changes nothing."""
        digest: list[bytes | None] = []
        refusal = self.refusal(entry, digest)
        if refusal is None:
            self.take(entry, words)
            self.signatures.take(entry, digest[0])
        else:
            self.void.append(refusal)
        self.last, self.size = entry.at if self.last is None else max(self.last, entry.at), entry.index + 1

    def refusal(self, entry: Entry, digest: list[bytes | None] | None = None) -> Void | None:
        """Says why an entry would change nothing here; None where it counts. digest: takes what was signed."""
        try:
            if entry.sig is not None and entry.type in TYPES and entry.v == 1:
                check_sig(entry.sig)
            check_shape(entry)
            if self.last is not None and entry.at < self.last:
                raise Wrong("it stands before the entry before it in time")
            if entry.by is not None and entry.by >= entry.index:
                raise Wrong("it rests on an entry that comes later")
            self.warrant(entry)
            signed = self.signatures.check(entry)
        except Unknown as unknown:
            return Void(entry.index, entry.type, str(unknown), False, False)
        except Unsigned as problem:
            return Void(entry.index, entry.type, str(problem), True, True)
        except Wrong as problem:
            return Void(entry.index, entry.type, str(problem), False, True)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as problem:
            why = f"it speaks of what is not there ({type(problem).__name__}: {problem})"
            return Void(entry.index, entry.type, why, False, True)
        if digest is not None:
            digest.append(signed)
        return None

    def warrant(self, entry: Entry) -> None:
        """Says no where nothing in the record lets this entry be."""
        check = CHECKS[entry.type]
        if entry.by is not None and (entry.type in ALONE or entry.type in EFFECTS):
            raise Wrong("nobody's office makes such an entry")
        check(self, entry, entry.data)

    def take(self, entry: Entry, words: dict[str, str]) -> None:
        """Notes what an entry changes."""
        take = TAKES.get(entry.type)
        if take is not None:
            take(self, entry, entry.data, words)

    # -- what warrants are made of --

    @property
    def hub(self) -> Row:
        """The newest founding or fork."""
        if not self.facts:
            raise Wrong("no hub is founded yet")
        return self.facts[-1]

    @property
    def chain(self) -> list[tuple[Charter, int, dt.datetime, str]]:
        """The newest chain of charters: an heir's own comes after that of the hub which it continues."""
        first = max((at for at, (one, *_) in enumerate(self.charters) if one.version == 1), default=0)
        return self.charters[first:]

    @property
    def in_force(self) -> Rules:
        """The rules in force."""
        if not self.rules:
            raise Wrong("no rules are in force yet")
        return self.rules[-1]

    def right(self, entry: Entry) -> None:
        """A right of every verified member: by the rules in force."""
        if entry.by is None or entry.by != self.in_force.entry:
            raise Wrong("a right rests on the rules in force, and it names something else")

    def powers(self, grant: Grant) -> list[str]:
        """Returns what a grant's role may do."""
        role = self.in_force.roles.get(grant.role)
        can = list(role["can"]) if role else []
        return can if grant.lender is None else [power for power in can if power in self.powers(grant.lender)]

    def reaches(self, grant: Grant, scope: Scope) -> bool:
        """Tells whether a grant reaches a place."""
        reach = self.in_force.roles[grant.role]["reach"] if grant.role in self.in_force.roles else "here"
        if reach == "hub":
            return True
        if reach == "branch_and_below":
            return grant.scope[2] is not None and grant.scope[2] == scope[2]
        return grant.scope[:2] == scope[:2]

    def live(self, grant: Grant, at: dt.datetime) -> bool:
        """Tells whether a grant gives power at a moment."""
        asleep = any(
            start <= at and (end is None or at < end) for start, end, *_ in self.sleeps.get(grant.scope[1], ())
        )
        return grant.stands(at) and not asleep and not grant.rests(at)

    def office(self, entry: Entry) -> Grant:
        """Returns the live grant that an entry rests on."""
        grant = None if entry.by is None else self.by_entry.get(entry.by)
        if grant is None or not self.live(grant, entry.at):
            raise Wrong("it rests on no live grant")
        return grant

    def asleep(self, place: str) -> bool:
        """Tells whether nobody belongs to a place now."""
        return any(end is None for _, end, *_ in self.sleeps.get(place, ()))

    def held_since(self, grant: Grant) -> dt.datetime:
        """Returns since when a holder has had a role in a place without a gap."""
        since = grant.starts
        mine = [one for one in self.of_scope[grant.scope[1]] if (one.holder, one.role) == (grant.holder, grant.role)]
        for one in sorted(mine, key=lambda one: one.starts, reverse=True):
            if one is not grant and one.starts < since <= one.over:
                since = one.starts
        return since

    def may_use(self, grant: Grant, power: str, scope: Scope | None, at: dt.datetime, ends: bool = False) -> None:
        """A grant's power can be used here now: carried, reaching, held long enough, in company, not frozen."""
        if power not in self.powers(grant) or (scope is not None and not self.reaches(grant, scope)):
            raise Wrong(f"the grant it rests on does not give {power} there")
        if scope is None:
            return
        if self.asleep(scope[1]):
            raise Wrong("nobody belongs to that place, so nobody has power in it")
        tenure = self.in_force.numbers["tenure_days"] * DAY
        if power in TENURED and grant.source != "founding" and at < self.held_since(grant) + tenure:
            raise Wrong("its office is too new for that")
        if power in IN_COMPANY:
            there = {
                one.counts_as
                for one in self.of_scope.get(scope[1], ())
                if self.live(one, at) and power in self.powers(one)
            }
            if len(there) < 2:
                raise Wrong("there is one organiser left there, who does not do that alone")
        if power in FREEZABLE and not ends and self.frozen(power, scope, at):
            raise Wrong(f"{power} is frozen there")

    def frozen(self, power: str, scope: Scope, at: dt.datetime) -> bool:
        """Tells whether somebody froze a power in a place. A freeze holds no longer than its maker's office."""
        return any(
            (one["permission"], one["scope"][:2]) == (power, scope[:2])
            and one["frozen_entry"] is not None
            and one["from_at"] <= at < one["until_at"]
            and self.grants[one["grant"]].stands(at)
            for one in self.freezes.values()
        )

    def compatible(self, holder: str, role: str, at: dt.datetime) -> None:
        """Whoever runs the machine holds no other office."""
        if not self.goes_with(holder, role, at):
            raise Wrong("whoever runs the machine holds no other office")

    def goes_with(self, holder: str, role: str, at: dt.datetime) -> bool:
        """Tells whether an office goes with those that somebody holds at a moment."""
        held = {grant.role for grant in self.grants.values() if grant.holder == holder and grant.stands(at)} - {role}
        return not ((role == "steward" and held) or "steward" in held)

    def act(self, data: Row) -> Act:
        """Returns the act that an entry names."""
        if data["act"] not in self.acts:
            raise Wrong("no such act is in the record")
        return self.acts[data["act"]]

    def place(self, scope: str, branch: str | None) -> Scope:
        """Returns the place that an entry names: a branch as its own, a group with the branch that it is of."""
        if scope == "hub":
            return HUB
        known = scope if scope.startswith("brn_") else self.groups.get(scope, {}).get("branch")
        if branch is None or branch != known:
            raise Wrong("a place that is of another branch")
        return ("branch" if known == scope else "group", scope, branch)

    def group(self, name: str) -> Row:
        """Returns a registered group."""
        row = self.groups.get(name)
        if row is None or row["registered_entry"] is None:
            raise Wrong("no such group is registered")
        return row

    def scope_of(self, entry: Entry, where: str) -> Scope | None:
        """Returns where an act is decided that an entry opens."""
        data = entry.data
        if where == "":
            return HUB
        if where == "either":
            if data["group"] is not None and data.get("branch") is not None:
                raise Wrong("it names two places")
            if data["group"] is None and data.get("branch") is None:
                return HUB
            where = "branch" if data["group"] is None else "group"
        if where == "group":
            return ("group", data["group"], self.group(data["group"])["branch"])
        if where == "branch":
            if self.branches.get(data["branch"], {}).get("registered_entry") is None:
                raise Wrong("no such branch is registered")
            return ("branch", data["branch"], data["branch"])
        if where == "target":
            return self.act({"act": data["target"]}).scope
        if where == "hidden":
            return target_of(self, data["kind"], data["target"]).scope
        return self.place(data["scope"], data.get("branch"))

    def is_closed(self, procedure: str, scope: Scope, at: dt.datetime) -> bool:
        """Tells whether a measure closes a procedure in a place."""
        return any(
            (one["procedure"], one["scope_id"]) == (procedure, scope[1]) and one["from_at"] <= at < one["until_at"]
            for one in self.closures
        )

    def procedure_of(self, entry: Entry) -> str:
        """Returns which procedure an entry opens."""
        if entry.type == "office.offered":
            return offered_by(self.in_force, entry.data["role"], (self.scope_of(entry, "either") or HUB)[0])
        if entry.type == "office.challenged":
            return "withdraw_press" if self.scope_of(entry, "either") == HUB else "withdraw_moderator"
        if entry.type == "appeal.opened":
            return APPEALS[self.act({"act": entry.data["founding"]}).procedure]
        return OPENS[entry.type][0] or str(entry.data["procedure"])

    def founding_of(self, act: Act) -> Act:
        """Returns the act by which members founded what an act registers: itself, or the refused one it appeals."""
        return self.acts[act.about["founding"]] if "founding" in act.about else act

    def one_with(self, holder: str, since: dt.datetime) -> set[str]:
        """Returns who counts as one person with somebody: by an office that one lent the other lately, or both got."""
        lent = [
            (one.lender.holder, one.holder) for one in self.grants.values()
            if one.lender is not None and one.until > since and (one.ended is None or one.ended[0] > since)
        ]  # fmt: skip
        sources = {lender for lender, other in lent if other == holder}
        return (sources | {other for lender, other in lent if lender in sources | {holder}}) - {holder}

    def opening(self, entry: Entry, data: Row) -> None:
        """Opens an act: by who may, under the rules in force."""
        procedure, where = self.procedure_of(entry), OPENS[entry.type][1]
        if data["act"] in self.acts:
            raise Wrong("this act was opened already")
        opens = self.in_force.opens.get(procedure)
        scope = self.scope_of(entry, where)
        if opens is None:
            raise Wrong("the rules in force have no such procedure")
        if scope is not None and self.is_closed(procedure, scope, entry.at):
            raise Wrong("a measure has closed this for some days")
        if scope is not None and self.asleep(scope[1]):
            raise Wrong("nobody belongs to that place, so nobody has power in it")
        if opens == "clock":
            if entry.by is not None:
                raise Wrong("the clock opens this, and nobody's office")
        elif opens == "member":
            self.right(entry)
        else:
            self.may_use(self.office(entry), opens, scope, entry.at, self.in_force.only_ends(procedure))

    def joins(self, entry: Entry, data: Row) -> None:
        """Joins in an act: once, in time, by a right."""
        act = self.act(data)
        if act.scope is not None and self.asleep(act.scope[1]):
            raise Wrong("nobody belongs to that place, so nobody has power in it")
        self.known(data["holder"])
        self.may_submit(act, data["holder"], entry.at)
        if act.now.by != "subject":
            self.compatible(data["holder"], "", entry.at)
        self.right(entry)

    def known(self, holder: str) -> None:
        """The record knows somebody by this name."""
        if holder not in self.holders:
            raise Wrong("nobody has this name in the record")

    def may_submit(self, act: Act, holder: str, at: dt.datetime) -> None:
        """The act waits for it."""
        if act.outcome or act.now.do != "submit" or at >= act.due:
            raise Wrong("its act does not wait for anybody to join in")
        if act.now.by == "subject" and holder != act.subject:
            raise Wrong("only the person concerned answers there")
        if holder in act.decided("submit"):
            raise Wrong("its holder joined in before")

    def signs(self, entry: Entry, data: Row, ends: bool) -> None:
        """Decides in an act: by who carries the power, is no party to it, and has not decided yet."""
        act, grant = self.act(data), self.office(entry)
        if act.now.by == "cases.decide" or act.steps[act.effect].what == "interim.begin":
            raise Wrong("what is decided there is signed word for word, by entries of its own")
        if act.outcome or act.now.do != "decide" or entry.at >= act.due:
            raise Wrong("its act does not wait for a decision")
        if grant.role in FOR_ONE_ACT and grant.act != act.drawn_for:
            raise Wrong("who is drawn for one act decides in that act alone")
        if not ends and act.scope is not None and self.is_closed(act.procedure, act.scope, entry.at):
            raise Wrong("a measure has closed this for some days")
        decided = act.decided("yes", "no")
        if grant.holder in {who for step, who, *_ in act.hands if step in act.voids}:
            raise Wrong("its holder judged the count that was voided")
        if grant.holder in act.parties() or grant.holder in decided:
            raise Wrong("nobody decides in their own case, or twice")
        lately = entry.at - act.rules.numbers["appointee_days"] * DAY
        if self.one_with(grant.holder, lately) & (act.parties() | decided):
            raise Wrong("two of whom one stands in for the other count as one person")
        if self.tied(grant.holder, lately) & decided:
            raise Wrong("one of the two appointed the other lately")
        self.may_use(grant, act.now.by, act.scope, entry.at, ends or act.only_ends)
        if act.procedure in WITHDRAWALS:
            self.outranks(grant, act.about["grant"], act.rules, entry.at)
        called = self.acts.get(act.about.get("election", ""))
        if called is not None and grant.holder in called.parties():
            raise Wrong("whoever stands in the election that a measure asked for does not decide on it")
        if act.id in self.hidings:
            disinterested(self, self.hidings[act.id]["kind"], self.hidings[act.id]["target"], grant.holder)
        if act.procedure == "extend_measure" and entry.at >= self.acts[act.subject].about["until"]:
            raise Wrong("nobody extends what is over")

    def tied(self, holder: str, since: dt.datetime) -> set[str]:
        """Returns whom somebody appointed lately, or who appointed them."""
        found: set[str] = set()
        for grant in self.grants.values():
            if grant.source in DERIVED and grant.starts > since and grant.act in self.acts:
                hands = {who for _, who, hand, _, _ in self.acts[grant.act].hands if hand == "yes"}
                if grant.holder == holder or holder in hands:
                    found |= ({grant.holder} | hands) if grant.holder == holder else {grant.holder}
        return found - {holder}

    def outranks(self, by: Grant, name: str, rules: Rules, at: dt.datetime) -> None:
        """Who came last week ends no office that was held for longer."""
        mine, theirs = self.held_since(by), self.held_since(self.grants[name])
        if at < mine + rules.numbers["tenure_days"] * DAY and mine > theirs:
            raise Wrong("its office is too new to end an older one")

    def chosen(self, act: Act, rule: str, everybodys: int) -> int:
        """Returns a number that a branch may choose for itself, as it stood when an act was opened."""
        if rule not in act.rules.choice or act.scope is None:
            return everybodys
        least, most = act.rules.choice[rule]
        mine = (act.scope[2], rule)
        own = [n for entry, *whose, n, _ in self.branch_rules if tuple(whose) == mine and entry < act.opened]
        return min(max(own[-1], least), most) if own else everybodys

    def due(self, entry: Entry, data: Row, effect: str | None = None) -> Act:
        """An effect: its act stands at it now. Returns the act."""
        act = self.act(data)
        if entry.by is not None or act.outcome or act.now.do != "effect":
            raise Wrong("no running act owes it")
        if data["step"] != act.step or data["due"] != minute(act.since) or effect not in (None, act.now.what):
            raise Wrong("no running act owes it now")
        return act


Check = Callable[[Fold, Entry, Row], None]
Take = Callable[[Fold, Entry, Row, dict[str, str]], None]
CHECKS: dict[str, Check] = {}
TAKES: dict[str, Take] = {}


def checks(*types: str) -> Callable[[Check], Check]:
    """Registers what says no to entries of these types."""

    def register(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(types, check))
        return check

    return register


def takes(*types: str) -> Callable[[Take], Take]:
    """Registers what entries of these types change."""

    def register(take: Take) -> Take:
        TAKES.update(dict.fromkeys(types, take))
        return take

    return register


# -- how a hub begins --


@checks("hub.founded")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if entry.index != 0 or entry.by is not None:
        raise Wrong("a hub is founded once, by the first entry")


@checks("hub.forked")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if data["continues_size"] != entry.index or entry.by is not None:
        raise Wrong("it continues another history than the one before it")
    if data["origin"] in {row["origin"] for row in fold.facts}:
        raise Wrong("it takes the name of a hub that it continues")


@takes("hub.founded", "hub.forked")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {
        name: data.get(name) for name in ("origin", "log_key", "continues_origin", "continues_size", "continues_root")
    }
    told = {"entry": entry.index, "name": words.get("name"), "told_entry": entry.index, "since": entry.at}
    fold.facts.append(row | told)
    fold.forked = entry.raw


def continued_by(fold: Fold) -> str | None:
    """Returns what the newest beginning continues, as a charter writes it: origin, size, root."""
    row = fold.facts[-1]
    if row["continues_origin"] is None:
        return None
    return f"{row['continues_origin']} {row['continues_size']} {row['continues_root']}"


@checks("charter.adopted")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    raw, before = data["note"].encode("utf-8", "surrogatepass"), fold.charters[-1][0] if fold.charters else None
    begun = max((row["entry"] for row in fold.facts), default=0)
    if before is not None and fold.charters[-1][1] < begun and charter_of(raw, before).version == 1:
        # An heir's own chain, without the trustees of the hub that it continues: people choose by its fingerprint.
        charter = charter_of(raw, before)
        if charter.continues is None or any(one.hub == charter.hub for one, *_ in fold.charters):
            raise Wrong("it leaves the charters before it without saying so")
        if len({key.public for key in charter.trustees} & charter.signers) < charter.threshold:
            raise Wrong("charter 1 is not signed by enough of its own trustees")
    else:
        charter = follow(raw, before)
    if charter.continues is not None and charter.continues != continued_by(fold):
        raise Wrong("it continues another history than the one that this record goes on from")
    if entry.by is not None or charter.version != data["version"]:
        raise Wrong("it is not the charter that it says")
    if charter.policy.logs[0] != key_of(fold.hub["log_key"]):
        raise Wrong("this charter names another key than the one that signs this record")


@takes("charter.adopted")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    charter = charter_of(data["note"].encode(), fold.charters[-1][0] if fold.charters else None)
    fold.charters.append((charter, entry.index, entry.at, data["note"]))


@checks("constitution.adopted")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if sha256(data["text"].encode()).hex() != data["sha256"]:
        raise Wrong("the rules do not have the hash beside them")
    rules_of(entry.index, data["version"], data["text"])
    check_limits(data["text"])
    if data.get("act") is not None:
        act = fold.due(entry, data, "constitution.amend")
        wanted = (act.about.get("text"), act.about.get("changes"), fold.in_force.version + 1)
        if wanted != (data["text"], fold.in_force.entry, data["version"]):
            raise Wrong("these are not the rules that were voted on")
    elif fold.rules or entry.by != 0 or data["version"] != 1:
        raise Wrong("nothing in the rules in force allows others")


@takes("constitution.adopted")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.rules.append(rules_of(entry.index, data["version"], data["text"]))
    since = moment(data["due"]) if data.get("due") else entry.at
    row = {name: data[name] for name in ("version", "text", "sha256")}
    fold.adopted.append(row | {"entry": entry.index, "in_force_from": since})


@checks("seat.taken")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    role = fold.in_force.roles.get(data["role"])
    if entry.by is None or entry.by != fold.hub["entry"]:
        raise Wrong("a founding seat rests on the founding of this hub")
    if role is None or "founding" not in role["by"] or role["scopes"] != ["hub"]:
        raise Wrong("there is no such founding seat")
    most = min(role["most"], {"council": 3, "steward": 1}.get(data["role"], role["most"]))
    taken = [one for one in fold.of_scope.get("hub", ()) if one.source == "founding" and one.role == data["role"]]
    if sum(one.entry > entry.by for one in taken) >= most:
        raise Wrong("all founding seats of this name are taken")
    if moment(data["until"]) != entry.at + fold.in_force.terms[data["role"]] * DAY:
        raise Wrong("a founding seat lasts exactly its term")
    fold.compatible(data["holder"], data["role"], entry.at)
    new_grant(fold, data)


def new_grant(fold: Fold, data: Row) -> None:
    """A grant has a name of its own, and somebody whom the record knows."""
    if data["grant"] in fold.grants or data["holder"] not in fold.holders:
        raise Wrong("a grant that was made before, or for nobody")


def add_grant(fold: Fold, entry: Entry, grant: Grant) -> None:
    """Keeps a grant."""
    fold.grants[grant.id] = fold.by_entry[entry.index] = grant
    fold.of_scope.setdefault(grant.scope[1], []).append(grant)
    fold.signatures.holders[entry.index] = grant.holder
    fold.signatures.acts[entry.index] = grant.act


@takes("seat.taken")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    until = moment(data["until"])
    made = Grant(data["grant"], entry.index, data["holder"], data["role"], HUB, "founding", None, entry.at, until)
    add_grant(fold, entry, made)


# -- holders and their keys --


@checks("holder.named")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    fold.right(entry)
    if data["holder"] in fold.holders:
        raise Wrong("this holder was named before")


@takes("holder.named")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.holders[data["holder"]] = {"id": data["holder"], "shown": words.get("shown"), "told_entry": entry.index}


@checks("key.registered")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    keys, hub = fold.signatures.keys, fold.signatures.hub
    here = [key for key in keys.values() if key.holder == data["holder"] and key.hub == hub and key.withdrawn is None]
    if passkey_of(data["public_key"]).algorithm != data["algorithm"]:
        raise Wrong("a public key that is not of the kind it says")
    if data["key"] in keys or data["public_key"] in {key.text for key in here if not key.lone}:
        raise Wrong("this key stands in the record already")
    if data["holder"] not in fold.holders:
        raise Wrong("nobody has this name in the record")
    if data.get("office") is not None or data.get("token") is not None:
        vouched(fold, entry, data)
    fold.right(entry)


def vouched(fold: Fold, entry: Entry, data: Row) -> None:
    """Holds a passkey to the key of an office that vouches for it (docs/signing.md)."""
    grant = fold.grants[data["office"]]
    if grant.holder != data["holder"] or not grant.stands(entry.at):
        raise Wrong("an office that is not this holder's vouches for a key")
    mine = [key for key in fold.role_keys if key.grant == grant.id]
    who = fold.signatures
    signer = who.signed.get(mine[-1].entry) if mine else None
    if who.is_of_before(grant.holder) and (grant.holder, who.hub) not in who.signers:
        # The first one here: the key that was good for the claim is good for this.
        if (grant.holder, grant.entry) not in who.claimed or not mine:
            raise Unsigned("an office that was not claimed on this fork vouches for a first key")
    elif signer is None or who.keys[signer].lone:
        raise Unsigned("no passkey that somebody vouched for signed for the key of that office")
    homes = [f"{home}/account/passkeys" for home in fold.signatures.homes]
    mine[-1].check(data["token"], homes, fold.forked, entry.at)
    nonce = from_base64url(canonical(from_base64url(data["token"].split(".")[1]))["nonce"])
    text = b"hub-key-v1\n" + data["holder"].encode() + b"\n" + from_base64url(data["public_key"])
    if nonce[4:32] != sha256(text)[:28]:
        raise Unsigned("the key of that office vouches for another passkey")


@checks("key.withdrawn")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    key = fold.signatures.keys.get(data["key"])
    if key is None or key.withdrawn is not None:
        raise Wrong("there is no such key in the record, or it was withdrawn before")
    fold.right(entry)


@checks("role_key.registered")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    grant = None if entry.by is None else fold.by_entry.get(entry.by)
    if grant is None or grant.id != data["grant"] or not grant.stands(entry.at):
        raise Wrong("only its holder makes the key of an office, and only while it runs")
    if len(from_base64url(data["public_key"])) != 32 or data["public_key"] in {key.text for key in fold.role_keys}:
        raise Wrong("it is no key, or stands in the record already")


@takes("role_key.registered")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.role_keys.append(RoleKey(data["grant"], data["public_key"], entry.index, entry.raw))


@checks("office.claimed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    hub, grant = fold.hub["entry"], fold.grants[data["grant"]]
    if hub == 0 or grant.entry >= hub:
        raise Wrong("nothing of before a fork is claimed by it")
    if entry.by != grant.entry or grant.holder != data["holder"] or not grant.stands(entry.at):
        raise Wrong("it claims an office that is not, or is not theirs")
    if any((claim["grant"], claim["hub"]) == (grant.id, hub) for claim in fold.claims):
        raise Wrong("this office was claimed on this fork before")
    mine = [key for key in fold.role_keys if key.grant == grant.id]
    if not mine:
        raise Wrong("this office has no key by which to claim it")
    mine[-1].check(data["token"], fold.signatures.homes, fold.forked, entry.at)


@takes("office.claimed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"entry": entry.index, "grant": data["grant"], "holder": data["holder"], "hub": fold.hub["entry"]}
    fold.claims.append(row)


# -- grants --


@checks("grant.made")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    fold.compatible(data["holder"], data["role"], entry.at)
    act = fold.due(entry, data)
    new_grant(fold, data)
    scope, what = fold.place(data["scope"], data["branch"]), act.now.what
    if what not in GIVES or act.scope is None:
        raise Wrong("its act gives nobody an office")
    role, source = GIVES[what]
    founds = source == "founding"
    where = act.subject if founds else act.scope[1]
    # A founded branch is its own; a group's branch is where it was founded.
    branch = act.subject if what == "branch.register" else (fold.founding_of(act).scope or HUB)[2]
    until = act.since + act.rules.terms["helper" if source == "consent" else source] * DAY
    founding, lender = fold.founding_of(act), act.about.get("lender")
    if source in ("appointment", "consent"):
        role = act.about["role"]
    if source == "appointment":
        until = act.since + fold.chosen(act, "terms.appointment", act.rules.terms[source]) * DAY
    if role in ("steward", "press"):
        until = act.since + act.rules.terms[role] * DAY
    if lender is not None:
        until = min(act.since + act.about["days"] * DAY, lender.until)
        may_stand_in(fold, lender, data["holder"], act.scope, act.since)
    if source == "election":
        fold.compatible(data["holder"], data["role"], act.since)
    given = [one for one in fold.of_scope.get(where, ()) if one.act == act.id]
    wanted = founding.parties() - {act.subject} if source != "election" else fold.winners.get(act.id, set())
    most = act.rules.roles[role]["most"] if role in act.rules.roles else 0
    taken = [one for one in fold.of_scope.get(where, ()) if one.role == role and one.stands(act.since)]
    if (
        (data["role"], data["source"], data["scope"], data["branch"]) != (role, source, where, branch)
        or data["holder"] not in wanted - {one.holder for one in given}
        or (source in ("appointment", "consent", "delegation") and given)
        or data.get("lender") != (None if lender is None else lender.id)
        or moment(data["until"]) != until
        or scope[1] != where
        or overtaken(fold, act)
    ):
        raise Wrong("its act does not owe this grant")
    if len(taken) >= most:
        raise Wrong("all places of this office are taken")


def may_stand_in(fold: Fold, lender: Grant, holder: str, scope: Scope, at: dt.datetime) -> None:
    """What is lent stands, and goes to another, who neither organises there nor stands in for anybody yet."""
    there = [one for one in fold.of_scope.get(scope[1], ()) if one.holder == holder and one.stands(at)]
    if not lender.stands(at) or lender.holder == holder:
        raise Wrong("the office that this is lent from has ended, or is its own holder's")
    if any(one.source in MANDATES or one.lender is not None for one in there):
        raise Wrong("whoever organises there, or stands in, does so for nobody else")


def overtaken(fold: Fold, act: Act) -> bool:
    """Tells whether a by-election comes after an election of all seats that was due no earlier."""
    if act.about.get("kind") != "by" or act.scope is None:
        return False
    begun = moment(act.about["due"])
    return any(
        one.about["kind"] == "general" and moment(one.about["due"]) >= begun and one.closed[0] <= act.since
        for one in elections(fold, act.scope) if one.outcome == "done" and one.closed is not None
    )  # fmt: skip


def elections(fold: Fold, scope: Scope) -> list[Act]:
    """Returns the elections there ever were in a place."""
    return [act for act in fold.acts.values() if act.procedure == "elect" and act.scope == scope]


@takes("grant.made")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    scope = fold.place(data["scope"], data["branch"])
    made = Grant(
        data["grant"], entry.index, data["holder"], data["role"], scope, data["source"], data["act"],
        moment(data["due"]), moment(data["until"]),
        lender=fold.grants[data["lender"]] if data.get("lender") else None,
    )  # fmt: skip
    add_grant(fold, entry, made)


@checks("grant.ended")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    grant = fold.grants.get(data["grant"])
    held = moment(data["due"]) if data.get("due") else entry.at
    at = moment(data["ends"]) if data.get("ends") else held
    why = data["why"]
    if grant is None or not grant.stands(held) or (grant.ended is not None and grant.ended[0] <= at) or held > entry.at:
        raise Wrong("this grant has ended, or there was none, or it is not due yet")
    if (data.get("ends") and data.get("act") is None) or (
        data.get("held") is not None and why not in ("lapsed", "moved")
    ):
        raise Wrong("it says more than such an end can")
    if data.get("act") is not None:
        if grant.source in MANDATES and why not in ("recalled", "superseded", "closed", "decided"):
            raise Wrong("a mandate is ended only by its term, its holder, or those who gave it")
        act = fold.due(entry, data)
        if ENDS.get(act.now.what) != why or not owes_end(fold, act, grant, data.get("ends")):
            raise Wrong("its act does not owe this end")
        if why == "recalled" and not grant.stands(entry.at):
            raise Wrong("this grant has ended by itself meanwhile")
    elif why == "resigned":
        if entry.by != grant.entry:
            raise Wrong("only its holder may lay this office down")
    elif why == "returned":
        if grant.lender is None or entry.by != grant.lender.entry:
            raise Wrong("only who lent this office takes it back")
    elif entry.by is not None or why not in ("lapsed", "moved", "emptied"):
        raise Wrong("only its holder may lay this office down, or those who gave it end it")
    elif why == "emptied":
        since = next((start for start, end, *_ in fold.sleeps.get(grant.scope[1], ()) if end is None), None)
        if since is not None and grant.source in MANDATES:
            since += fold.in_force.numbers["hold_days"] * DAY
        if since is None or data.get("due") != minute(max(since, grant.starts)):
            raise Wrong("this place is not empty, or not for long enough")
    else:
        may_lapse(fold, entry, grant, data.get("held"), held)


def may_lapse(fold: Fold, entry: Entry, grant: Grant, held: int | None, at: dt.datetime) -> None:
    """The roster ends no more mandates in a place than the rules allow within some days, or those that it held first.

    What was given by others than members lapses as it is said, and so does whoever is drawn for one act.
    """
    if grant.source not in MANDATES or (grant.role in FOR_ONE_ACT and held is None):
        if held is not None:
            raise Wrong("only mandates wait under a hold")
        return
    if held is None:
        of, numbers = mandate_holders(fold, grant.scope[1], entry.at), fold.in_force.numbers
        gone = taken_by_roster(fold, grant.scope[1], entry.at, unheld=True) | {grant.holder}
        if len(gone) > mandates_limit(len(of), numbers):
            raise Wrong("the roster would end too many mandates here at once")
        return
    hold = fold.holds.get(held)
    if hold is None or (hold["scope"], hold["kind"]) != (grant.scope[1], "mandates") or at < hold["until_at"]:
        raise Wrong("it names a hold that does not fit it, or is not over")
    ended = {one.holder for one in fold.grants.values() if one.held == held} | {grant.holder}
    if len(ended) > hold["changes"]:
        raise Wrong("more end by this hold than it was for")


def taken_by_roster(fold: Fold, place: str, at: dt.datetime, unheld: bool = False, drawn: bool = False) -> set[str]:
    """Returns whose mandates in a place the roster ended in the days that count, by when the record took each.

    drawn: with whoever was drawn for one act.
    """
    days = fold.in_force.numbers["hold_window_days"] * DAY
    return {
        one.holder for one in mandates_of(fold, place, drawn)
        if one.ended is not None and one.ended[1] in ("lapsed", "moved")
        and one.recorded is not None and one.recorded > at - days and not (unheld and one.held is not None)
    }  # fmt: skip


def mandate_holders(fold: Fold, place: str, at: dt.datetime, drawn: bool = False) -> set[str]:
    """Returns who holds a mandate in a place, with whomever the roster took out of it in the days that count.

    drawn: with whoever was drawn for one act.
    """
    held = {one.holder for one in mandates_of(fold, place, drawn) if one.starts <= at < one.ends}
    return held | taken_by_roster(fold, place, at, drawn=drawn)


def mandates_of(fold: Fold, place: str, drawn: bool) -> Iterator[Grant]:
    """Yields the mandates in a place, and with drawn those of whoever was drawn for one act: they lead nobody."""
    for one in fold.of_scope.get(place, ()):
        if one.source in MANDATES and (drawn or one.role not in FOR_ONE_ACT):
            yield one


def elected_in(fold: Fold, place: str) -> set[str]:
    """Returns who was elected to a mandate in a place that has not begun."""
    return {
        holder for act in fold.acts.values()
        if act.outcome is None and act.scope is not None and act.scope[1] == place and fold.winners.get(act.id)
        for holder in owed_mandates(fold, act)
    }  # fmt: skip


def owed_mandates(fold: Fold, act: Act) -> set[str]:
    """Returns whom an election elected and gave no mandate yet, but for who holds an office that goes with no other."""
    if overtaken(fold, act) or act.scope is None:
        return set()
    given = {one.holder for one in fold.of_scope.get(act.scope[1], ()) if one.act == act.id}
    return {one for one in fold.winners.get(act.id, set()) - given if fold.goes_with(one, "admin", act.since)}


def mandates_limit(of: int, numbers: dict[str, int]) -> int:
    """Returns how many of so many mandates the roster may end within the days that count: never all of several."""
    limit = max(numbers["hold_mandates_least"], of * numbers["hold_mandates_percent"] // 100)
    return max(1, min(limit, of - 1))


def left_in_office(fold: Fold, act: Act, at: dt.datetime) -> bool:
    """Tells whether an effect that is over left somebody in an office that it ends, and that still stands.

    At once, or after the days of handing over: that end, too, stands in the record before the act is over.
    """
    there = fold.of_scope.get(act.scope[1], ()) if act.scope is not None and act.now.what in ENDS else ()
    standing = [one for one in there if one.stands(act.since) and one.stands(at)]
    handed = minute(act.since + act.rules.numbers["handover_days"] * DAY)
    if act.now.what == "case.conclude":
        named = [fold.grants[name] for name in fold.complaints[act.id]["concluded"] or () if name in fold.grants]
        standing = [one for one in named if one.stands(act.since)]
    at_once = any(one.ended is None and owes_end(fold, act, one, None) for one in standing)
    return at_once or any(owes_end(fold, act, one, handed) for one in standing)


def owes_end(fold: Fold, act: Act, grant: Grant, ends: str | None) -> bool:
    """Tells whether an act that says yes ends a grant, and from when."""
    what, here = act.now.what, act.scope is not None and grant.scope[:2] == act.scope[:2]
    if what == "case.conclude":
        return ends is None and grant.id in (fold.complaints[act.id]["concluded"] or ())
    if what == "steward.withdraw":
        return (
            ends is None and here and (grant.holder, grant.role) == (act.subject, "steward") and grant.source in DERIVED
        )
    if what == "office.withdraw":
        return ends is None and grant.id == act.about["grant"]
    if what == "group.merge":
        gone = act.about["ends"]
        return ends is None and merges(fold, act) and grant.scope[1] == gone and grant.stands(act.since)
    if what == "group.close":
        return ends is None and grant.scope[1] == act.subject and grant.stands(act.since)
    if what == "office.recall":
        whom = (grant.holder, grant.role) == (act.subject, act.about["role"])
        return ends is None and here and whom and grant.source in BY_BALLOT and grant.stands(act.since)
    if overtaken(fold, act):
        return False
    if not here or grant.act == act.id or not grant.stands(act.since):
        return False
    handed = act.since + act.rules.numbers["handover_days"] * DAY
    general = act.about["kind"] == "general"
    won = general or grant.holder in fold.winners.get(act.id, set())
    if grant.role == "caretaker" or (grant.role == act.about["role"] and won):
        return ends is None
    if grant.lender is not None and not general:
        return ends is None and won and grant.lender.holder not in fold.winners.get(act.id, set())
    return general and grant.source == "appointment" and ends == minute(handed) and grant.ends > handed


@takes("grant.ended")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    grant, said = fold.grants[data["grant"]], data.get("ends") or data.get("due")
    grant.ended, grant.recorded = (moment(said) if said else entry.at, data["why"], entry.index), entry.at
    grant.held = data.get("held")


@checks("grant.paused")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, grant = fold.due(entry, data), fold.grants.get(data["grant"])
    if act.now.what == "interim.begin":
        found = fold.interims[act.id]
        if data["grant"] not in (found["grants"] or ()) or moment(data["until"]) != found["until_at"]:
            raise Wrong("its measure does not rest this grant, or not until then")
        return
    if act.now.what != "measure.begin":
        raise Wrong("no measure rests anything here")
    about = (act.about.get("kind"), act.about.get("role"), act.subject)
    if grant is None or about != ("pause_role", grant.role, grant.scope[1]) or not fold.live(grant, act.since):
        raise Wrong("its measure does not rest this grant")
    if moment(data["until"]) != measure_ends(act, act.since, act.since, act.now.lasts):
        raise Wrong("a measure lasts exactly its days")


@takes("grant.paused")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    pause = (entry.index, data["act"], moment(data["due"]), moment(data["until"]))
    fold.grants[data["grant"]].pauses.append(pause)


# -- acts: who opens, joins, decides; how they move --


OPENED_APART = {
    "link.declared", "office.offered", "office.challenged", "ballot.demanded", "freeze.opened", "election.opened",
}  # fmt: skip


@checks(*(set(OPENS) - OPENED_APART))
def _(fold: Fold, entry: Entry, data: Row) -> None:
    fold.opening(entry, data)
    special = OPENING.get(entry.type)
    if special is not None:
        special(fold, entry, data)


OPENING: dict[str, Check] = {}


def at_opening(*types: str) -> Callable[[Check], Check]:
    """Registers what an opening asks besides."""

    def register(check: Check) -> Check:
        OPENING.update(dict.fromkeys(types, check))
        return check

    return register


@at_opening("branch.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    alive = [row for row in fold.branches.values() if row["ended_entry"] is None]
    if data["area"] not in fold.areas or data["branch"] in fold.branches:
        raise Wrong("no such area has been declared, or this branch was proposed before")
    if any(row["area"] == data["area"] or row["slug"] == data["slug"] for row in alive):
        raise Wrong("this area has a branch already, or the name is taken")


@at_opening("group.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    taken = any(row["slug"] == data["slug"] and row["ended_entry"] is None for row in fold.groups.values())
    ending = data["slug"].rpartition("-")
    if taken or data["group"] in fold.groups:
        raise Wrong("another group has this name")
    if ending[0] and ending[2] in (
        "admin", "moderator", "council", "steward", "organiser", "standin", "helper",
    ):  # fmt: skip
        raise Wrong("a group's name may not end in the name of an office")
    fits_group(data)


def fits_group(data: Row) -> None:
    """Settings that a group can have."""
    if data["joining"] not in ("branch", "members", "accept"):
        raise Wrong("no such way of joining")
    if data["seats"] is not None and not 2 <= data["seats"] <= 100_000:
        raise Wrong("no group has so many places")


@at_opening("settings.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    group = fold.group(data["group"])
    fits_group(data)
    if (data["joining"], data["seats"]) == (group["joining"], group["seats"]):
        raise Wrong("that is how it is already")
    one_at_a_time(fold, data["group"], "change_settings")


@at_opening("naming.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    fold.group(data["group"])
    one_at_a_time(fold, data["group"], "change_settings")


@at_opening("merger.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    group, into, answers = fold.group(data["group"]), fold.group(data["into"]), data.get("answers")
    one_at_a_time(fold, data["group"], "merge_group")
    if into["closed_entry"] is not None or group["branch"] != into["branch"]:
        raise Wrong("two groups of one branch merge, and both go on until then")
    if (answers is None) == (data["group"] == data["into"]):
        raise Wrong("the group that would end asks first, and the other answers")
    asked = fold.acts.get(answers or "")
    if answers is not None and (
        asked is None or asked.procedure != "merge_group" or asked.outcome or asked.about.get("answers")
        or asked.about["into"] != data["into"] or answer_to(fold, answers) is not None
    ):  # fmt: skip
        raise Wrong("no group asks to merge into this one, or it was answered")


def answer_to(fold: Fold, name: str) -> Act | None:
    """Returns the act by which the other group answers one."""
    return next((act for act in fold.acts.values() if act.about.get("answers") == name), None)


def other_of_merger(fold: Fold, act: Act) -> Act | None:
    """Returns the act of the other group of a merger: which this one answers, or which answers it."""
    answers = act.about.get("answers")
    return fold.acts.get(answers) if answers else answer_to(fold, act.id)


def merges(fold: Fold, act: Act) -> bool:
    """Tells whether an act that says yes is the second of two, in groups that both are still there."""
    other = other_of_merger(fold, act)
    ends, into = fold.groups[act.about["ends"]], fold.groups[act.about["into"]]
    alive = ends["closed_entry"] is None and into["closed_entry"] is None and not fold.asleep(into["id"])
    return alive and other is not None and other.outcome == "done"


@at_opening("closure.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    one_at_a_time(fold, data["group"], "close_group")


def one_at_a_time(fold: Fold, place: str, procedure: str) -> None:
    """Nothing of the kind runs there."""
    for act in fold.acts.values():
        if act.procedure == procedure and act.outcome is None and act.scope is not None and act.scope[1] == place:
            raise Wrong("another of its kind runs there already")


@at_opening("branch_rule.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    least, most = fold.in_force.choice.get(data["rule"], (1, 0))
    if not least <= data["value"] <= most:
        raise Wrong("the rules leave no such number to a branch")
    one_at_a_time(fold, data["branch"], "change_branch_rule")


@at_opening("client.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    link = fold.links.get(data["link"], {})
    if data["client"] in fold.clients or link.get("group") != data["group"] or not is_host_proved(link):
        raise Wrong("this site was proposed before, or its link is not the group's, or not proved")
    if data["tool"] not in TOOLS or data["tells"] not in ("group", "branch", "hub"):
        raise Wrong("no such tool signs members in, or nobody is told so much")
    if not data["pkce"] and data["tool"] not in WITHOUT_PKCE:
        raise Wrong("this tool can prove each request as its own, and has to")


# Tools that sign members in, and those of them that cannot prove a request as their own (PKCE).
TOOLS = (
    "any", "discourse", "loomio", "mailman", "mas", "mastodon", "mediawiki", "mobilizon", "nextcloud", "synapse",
    "wordpress", "zulip",
)  # fmt: skip
WITHOUT_PKCE = ("loomio", "mobilizon", "zulip")


def is_host_proved(link: Row) -> bool:
    """Tells whether a public link stands whose whole host is proved; a profile's own proof says nothing of its host."""
    proved = link.get("proved_entry") is not None and link["lapsed_entry"] is None
    return proved and link["withdrawn_entry"] is None and link["proved_by"] in ("dns", "file")


@at_opening("amendment.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    now = fold.in_force
    if sha256(data["text"].encode()).hex() != data["sha256"] or data["changes"] != now.entry:
        raise Wrong("it does not change the rules in force, or not to what it says")
    rules_of(entry.index, 0, data["text"])
    check_limits(data["text"])
    touched = entrenched(now.text, data["text"])
    if data["sha256"] == now.sha256 or data.get("entrenched") == [] or (data.get("entrenched") or []) != touched:
        raise Wrong("it changes nothing, or does not say rightly what that is entrenched it would change")
    takes_signatures(now, "amend", data)


ENTRENCHED = (
    "formulas.petition", "formulas.yes_floor", "procedures.amend", "rights", "sentences.copy", "sentences.entrenched",
    "sentences.expiry", "sentences.record", "sentences.versions",
)  # fmt: skip


def entrenched(before: str, after: str) -> list[str]:
    """Returns the entrenched keys in which two texts of rules differ."""

    def at(body: dict[str, Any], key: str) -> str:
        found: Any = body
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return json.dumps(found, sort_keys=True, default=str)

    was, would_be = tomllib.loads(before), tomllib.loads(after)
    return [key for key in ENTRENCHED if at(was, key) != at(would_be, key)]


def share_of(rules: Rules, formula: str, members: int) -> int:
    """Returns how many of so many members a formula takes: a share, or a root where that is less; few of a few."""
    percent, root, floor = rules.formulas[formula]
    square = root * root * members
    rooted = math.isqrt(square - 1) + 1 if square else 0
    return max(1, min(floor, -(-members // 2)), min(-(-percent * members // 100), rooted))


def takes_signatures(rules: Rules, procedure: str, data: Row) -> None:
    """A petition takes as many signatures as the rules give for so many members; a hold a plain number of persons."""
    step, members = rules.steps[procedure][0], data["roll"]
    wanted = share_of(rules, step.formula, members) if step.formula else max(2, min(step.persons, -(-members // 2)))
    if data["needed"] != wanted:
        raise Wrong(f"it takes {wanted} signatures of so many members")


@at_opening("recall.opened")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    there, numbers = fold.of_scope.get(data["scope"], ()), fold.in_force.numbers
    whom = (data["subject"], data["role"])
    held = [
        one for one in there
        if (one.holder, one.role) == whom and one.source in BY_BALLOT and one.stands(entry.at)
    ]  # fmt: skip
    if not held:
        raise Wrong("there is no such mandate to recall")
    earlier = recalls(fold, data, fold.scope_of(entry, "scope"))
    if any(one.outcome is None and not collects(one) for one in earlier):
        raise Wrong("members vote on another recall of this holder")
    if any(one.source in MANDATES for one in held):
        first, last = min(one.starts for one in held), max(one.until for one in held)
        if entry.at < first + numbers["recall_after_days"] * DAY:
            raise Wrong("a mandate is left alone for its first days")
        if entry.at >= last - numbers["recall_before_end_days"] * DAY:
            raise Wrong("this mandate ends soon by itself")
        lost = [one for one in earlier if one.outcome == "failed" and one.about.get("said_no")]
        if any(one.closed and entry.at < one.closed[0] + numbers["recall_again_days"] * DAY for one in lost):
            raise Wrong("members voted down a recall of this holder lately")
    takes_signatures(fold.in_force, "recall", data)


def recalls(fold: Fold, about: Row, scope: Scope | None) -> list[Act]:
    """Returns every recall there was of a holder in one role and place."""
    return [
        one for one in fold.acts.values()
        if one.procedure == "recall" and (one.subject, one.about["role"]) == (about["subject"], about["role"])
        and one.scope == scope
    ]  # fmt: skip


def collects(act: Act) -> bool:
    """Tells whether a petition looks for signatures."""
    return act.outcome is None and act.now.do == "support" and not act.fact("reached", "stopped")


@at_opening("appeal.opened")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    founding = fold.act({"act": data["founding"]})
    if founding.outcome != "refused" or any(one.about.get("founding") == founding.id for one in fold.acts.values()):
        raise Wrong("nothing was refused there that could be appealed, or it was before")


@at_opening("steward.offered")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    by = fold.office(entry).holder
    mine = [act for act in namings(fold) if act.now.do == "submit" and inviter(fold, act) == by]
    held = [one for one in fold.of_scope.get("hub", ()) if one.role == "steward" and one.stands(entry.at)]
    if mine or len(held) >= fold.in_force.roles["steward"]["most"]:
        raise Wrong("its maker has an invitation waiting, or all places of this office are taken")


def namings(fold: Fold) -> list[Act]:
    """Returns the acts that run by which somebody would be named steward."""
    return [act for act in fold.acts.values() if act.procedure == "name_steward" and not act.outcome]


@at_opening("steward.challenged")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    grant = fold.grants.get(data["grant"])
    if grant is None or grant.role != "steward" or grant.source not in DERIVED or not grant.stands(entry.at):
        raise Wrong("the council named no such steward")
    running = [act for act in fold.acts.values() if act.procedure == "withdraw_steward" and not act.outcome]
    if any(act.subject == grant.holder for act in running):
        raise Wrong("another of its kind runs there already")


@at_opening("standin.offered")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    by, role = fold.office(entry), fold.in_force.roles.get("standin", {"most": 0})
    there = [one for one in fold.of_scope.get(data["group"], ()) if one.stands(entry.at)]
    running = [
        one for one in fold.acts.values()
        if (one.procedure, one.subject, one.outcome) == ("lend_office", data["group"], None)
    ]  # fmt: skip
    if by.source not in MANDATES or not 1 <= data["days"] <= fold.in_force.terms["delegation"]:
        raise Wrong("only a mandate is lent, and for no more days than the rules say")
    if any(one.about["lender"] is by for one in running) or any(one.lender is by for one in there):
        raise Wrong("somebody stands in for its holder, or was asked to")
    if sum(one.role == "standin" for one in there) + len(running) >= role["most"]:
        raise Wrong("all places of this office are taken or offered")


HOLDABLE = (
    "change_settings",
    "change_branch_rule",
    "register_client",
    "appoint_moderator",
    "declare_link",
    "lend_office",
)


@at_opening("hold.opened")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    may_hold(fold, data, entry.at)
    if any(one["target"] == data["target"] for one in fold.petitions.values()):
        raise Wrong("members collect signatures on this already")
    takes_signatures(fold.in_force, "hold", data)


def may_hold(fold: Fold, data: Row, at: dt.datetime) -> None:
    """A change that waits under notice, which nobody holds yet."""
    target = fold.act({"act": data["target"]})
    waits = target.outcome is None and target.now.do == "notice" and at < target.due
    told = any(step == target.step and name != "delayed" for step, name, _, _ in target.facts)
    if target.procedure not in HOLDABLE or not waits or told:
        raise Wrong("nothing waits there that could be put to a ballot")


@checks("ballot.demanded")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if data["act"] in fold.acts:
        raise Wrong("this act was opened already")
    may_hold(fold, data, entry.at)
    fold.may_use(fold.office(entry), "ballots.call", fold.act({"act": data["target"]}).scope, entry.at)


@checks("office.offered")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    _, place, _ = fold.scope_of(entry, "either") or HUB
    fold.procedure_of(entry)
    role = fold.in_force.roles[data["role"]]
    taken = [one for one in fold.of_scope.get(place, ()) if one.role == data["role"] and one.stands(entry.at)]
    by = fold.office(entry).holder
    waiting = {act.id: inviter(fold, act) for act in unanswered(fold, place)}
    if sum(who == by for who in waiting.values()) >= fold.in_force.numbers["offers_at_once"]:
        raise Wrong("its maker has as many invitations waiting as anybody may")
    promised = [act for act in offers(fold, place, data["role"]) if waiting.get(act.id, by) == by]
    if len(taken) + len(promised) >= role["most"]:
        raise Wrong("all places of this office are taken or offered")
    fold.opening(entry, data)


def unanswered(fold: Fold, place: str) -> list[Act]:
    """Returns the appointments that run in a group or a branch and wait for somebody to accept."""
    return [
        act for act in fold.acts.values()
        if act.procedure in OFFERS and act.subject == place and not act.outcome and act.now.do == "submit"
    ]  # fmt: skip


def inviter(fold: Fold, act: Act) -> str | None:
    """Returns the holder who opened an act by an office."""
    by = fold.by_entry.get(act.opened_by) if act.opened_by is not None else None
    return None if by is None else by.holder


@checks("offer.withdrawn")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, by = fold.act(data), fold.office(entry)
    if act.procedure not in (*OFFERS, "lend_office") or act.outcome or act.now.do != "submit" or act.decided("submit"):
        raise Wrong("no invitation waits there")
    if act.scope is None or by.scope[:2] != act.scope[:2]:
        raise Wrong("it rests on no office of that place")
    if inviter(fold, act) != by.holder:
        raise Wrong("only who sent an invitation takes it back")


@takes("offer.withdrawn")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    state(fold, data["act"], "stopped", entry.at, entry)


def offered_by(rules: Rules, name: str, kind: str) -> str:
    """Returns the procedure by which somebody is offered a role of a kind of place."""
    role = rules.roles.get(name)
    for procedure, source in OFFERS.items():
        if (kind == "hub") != (AT_HUB.get(name) == procedure):
            continue
        if role is not None and kind in role["scopes"] and source in role["by"]:
            return procedure
    raise Wrong("nobody is appointed to this role")


def offers(fold: Fold, place: str, role: str) -> list[Act]:
    """Returns the appointments to a role that run in a group or a branch."""
    return [
        act for act in fold.acts.values()
        if act.procedure in OFFERS and not act.outcome
        and (act.subject, act.about["role"]) == (place, role)
    ]  # fmt: skip


@checks("office.challenged")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    grant, by = fold.grants.get(data["grant"]), fold.office(entry)
    _, place, _ = fold.scope_of(entry, "either") or HUB
    if grant is None or not grant.stands(entry.at) or grant.scope[1] != place or grant.source not in DERIVED:
        raise Wrong("there is no such office that could be withdrawn")
    if place == "hub" and grant.role not in AT_HUB:
        raise Wrong("an office of the hub that is withdrawn otherwise")
    if by.holder in (grant.holder, grant.counts_as):
        raise Wrong("nobody decides in their own case; what one lent, one takes back")
    fold.outranks(by, grant.id, fold.in_force, entry.at)
    may_replace(fold, grant.scope, entry.at)
    fold.opening(entry, data)


def may_replace(fold: Fold, scope: Scope, at: dt.datetime) -> None:
    """In any days that count, organisers withdraw a third of the offices that they gave, or one."""
    since = at - fold.in_force.numbers["replace_days"] * DAY
    derived = [one for one in fold.of_scope.get(scope[1], ()) if one.source in DERIVED]
    derived = [one for one in derived if scope[1] != "hub" or one.role in AT_HUB]
    gone = {
        one.holder for one in derived
        if one.ended is not None and one.ended[1] == "withdrawn" and one.ended[0] > since and one.over >= one.ends
    }  # fmt: skip
    running = {
        act.subject for act in fold.acts.values()
        if act.procedure in WITHDRAWALS and act.outcome is None and act.scope == scope
    }  # fmt: skip
    of = {one.holder for one in derived if one.stands(at)} | gone
    if len(gone | running) >= max(1, len(of) // 3):
        raise Wrong("organisers withdraw at most a third of the offices there within some days, or one")


@checks("freeze.opened")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    scope, by = fold.place(data["scope"], data["branch"]), fold.office(entry)
    if data["power"] not in FREEZABLE or fold.frozen(data["power"], scope, entry.at):
        raise Wrong("nobody can freeze this, or it is frozen already")
    if not days_left(fold, by.holder, data["power"], scope, entry.at):
        raise Wrong("its maker has frozen this for as long as they may")
    fold.opening(entry, data)


def days_left(fold: Fold, holder: str, power: str, scope: Scope, at: dt.datetime) -> dt.timedelta:
    """Returns for how long somebody may freeze a power from now on: no window may hold more than one freeze's days."""
    most = fold.in_force.steps["freeze"][0].lasts * DAY
    window = fold.in_force.numbers["freeze_window_days"] * DAY
    spans = [
        (one["from_at"], one["counts_until"]) for one in fold.freezes.values()
        if (one["holder"], one["permission"], one["scope"][:2]) == (holder, power, scope[:2])
    ]  # fmt: skip

    def fits(minutes: int) -> bool:
        new = dt.timedelta(minutes=minutes)
        begins = at + new - window
        used = [end - max(start, begins) for start, end in spans if end > max(start, begins)]
        return sum(used, dt.timedelta(0)) + new <= most

    low, high = 0, int(most / dt.timedelta(minutes=1)) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return dt.timedelta(minutes=low)


@takes(*(set(OPENS) - {"link.declared"}))
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    open_act(fold, entry, data, words)


def open_act(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    """Begins an act, with what it is about and its opener's hand."""
    _, where, subject, hand = OPENS[entry.type]
    by = fold.by_entry.get(entry.by) if entry.by is not None else None
    since = moment(data["due"]) if entry.type == "election.opened" else entry.at
    if entry.type == "appeal.opened":
        since = (fold.acts[data["founding"]].closed or (since, 0))[0]
    scope = fold.scope_of(entry, where)
    act = Act(
        data["act"], fold.procedure_of(entry), fold.in_force, scope, data.get(subject, ""),
        entry.index, entry.by, since, entry.at, about=dict(data),
    )  # fmt: skip
    if entry.type == "office.offered" and scope is not None:
        act.subject = scope[1]
    if entry.type in ("office.challenged", "steward.challenged"):
        act.subject = fold.grants[data["grant"]].holder
    if entry.type == "steward.offered":
        act.subject, act.about["role"] = "hub", "steward"
    if entry.type == "appeal.opened":
        act.subject = fold.acts[data["founding"]].subject
    if entry.type == "standin.offered":
        act.about["lender"] = by
    if entry.type == "hiding.opened":
        act.subject = target_of(fold, data["kind"], data["target"]).author or data["target"]
    act.told = act.due
    fold.acts[act.id] = act
    holder = data.get("holder") or (by.holder if by else None)
    if hand and holder:
        act.hands.append((0, holder, hand, entry.at, entry.index))
    if entry.type == "ballot.demanded":
        act.facts.append((0, "reached", entry.at, entry.index))
        state(fold, data["target"], "held", entry.at, entry)
    also = ALSO.get(entry.type)
    if also is not None:
        also(fold, entry, data, words)


ALSO: dict[str, Take] = {}


def state(fold: Fold, name: str, fact: str, at: dt.datetime, entry: Entry) -> None:
    """Notes a fact of an act's present step."""
    act = fold.acts[name]
    act.facts.append((act.step, fact, at, entry.index))


@checks(*JOINS)
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if entry.type == "office.accepted":
        act = fold.act(data)
        by = fold.by_entry.get(act.opened_by) if act.opened_by is not None else None
        if by is not None and by.holder == data["holder"]:
            raise Wrong("nobody appoints themselves")
        if act.procedure in OFFERS:
            role = act.about["role"]
            there = fold.of_scope.get(act.subject, ())
            taken = [one for one in there if one.role == role and one.stands(entry.at)]
            others = [one for one in offers(fold, act.subject, role) if one is not act]
            promised = sum(any(hand == "submit" for _, _, hand, _, _ in one.hands) for one in others)
            if len(taken) + promised >= act.rules.roles[role]["most"]:
                raise Wrong("all places of this office are taken")
    if entry.type == "standin.accepted":
        act = fold.act(data)
        if act.procedure != "lend_office" or act.scope is None:
            raise Wrong("nothing is lent by this act")
        may_stand_in(fold, act.about["lender"], data["holder"], act.scope, entry.at)
        fold.compatible(data["holder"], "standin", entry.at)
    if entry.type == "steward.accepted":
        act = fold.act(data)
        if act.procedure != "name_steward" or inviter(fold, act) == data["holder"]:
            raise Wrong("nobody is named by this act, or by themselves")
        held = [one for one in fold.of_scope.get("hub", ()) if one.role == "steward" and one.stands(entry.at)]
        promised = [one for one in namings(fold) if one is not act and any(hand[2] == "submit" for hand in one.hands)]
        if len(held) + len(promised) >= act.rules.roles["steward"]["most"]:
            raise Wrong("all places of this office are taken")
        fold.compatible(data["holder"], "steward", entry.at)
    if entry.type == "appeal.sent":
        act = fold.act(data)
        if "founding" not in act.about or data["holder"] not in fold.founding_of(act).parties() - {act.subject}:
            raise Wrong("only who founded it has its refusal judged")
    if entry.type == "candidacy.declared" and data["act"] not in fold.elections:
        raise Wrong("no such election is in the record")
    fold.joins(entry, data)


@takes(*JOINS)
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act = fold.acts[data["act"]]
    act.hands.append((act.step, data["holder"], "submit", entry.at, entry.index))
    if entry.type == "candidacy.declared":
        row = {"told_entry": entry.index, "act": act.id, "holder": data["holder"], "withdrawn_entry": None}
        fold.candidacies.append(row | {name: words.get(name) for name in ("statement", "interests")})


@checks("candidacy.withdrawn")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.act(data)
    if act.outcome or data["holder"] not in {who for _, who, hand, _, _ in act.hands if hand == "submit"}:
        raise Wrong("nobody of this name stands there")
    stood = {one["told_entry"] for one in candidates(fold, act.id) if one["holder"] == data["holder"]}
    if data.get("stood") not in {None, *stood}:
        raise Wrong("they stood by another entry")
    ahead = act.steps[act.step + 1 :]
    until = next((place for place, step in enumerate(ahead) if step.do == "ballot"), 0)
    ends = act.due + sum(step.days for step in ahead[:until]) * DAY
    if "ballot" in act.about or entry.at >= ends:
        raise Wrong("papers name whoever stands by now")
    fold.right(entry)


@takes("candidacy.withdrawn")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act = fold.acts[data["act"]]
    act.hands = [one for one in act.hands if (one[1], one[2]) != (data["holder"], "submit")]
    for one in candidates(fold, act.id):
        if one["holder"] == data["holder"]:
            one["withdrawn_entry"] = entry.index


def candidates(fold: Fold, act: str) -> list[Row]:
    """Returns who stands in an election."""
    return [one for one in fold.candidacies if one["act"] == act and one["withdrawn_entry"] is None]


@checks("recall.answered")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, grant = fold.act(data), fold.by_entry.get(entry.by) if entry.by is not None else None
    if (
        grant is None
        or not grant.stands(entry.at)
        or (grant.holder, grant.role) != (act.subject, act.about.get("role"))
    ):
        raise Wrong("only from the office that a recall is about it is answered")
    fold.may_submit(act, grant.holder, entry.at)


@takes("recall.answered")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act = fold.acts[data["act"]]
    act.hands.append((act.step, act.subject, "submit", entry.at, entry.index))
    fold.petitions[act.id] |= {"reply": words.get("reply"), "replied_entry": entry.index}


@checks(*SIGNS_YES, "closure.objected")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    fold.signs(entry, data, ends=False)
    if entry.type == "hiding.confirmed":
        heard_an_organiser(fold, fold.act(data), fold.office(entry).holder, entry.at)


def heard_an_organiser(fold: Fold, act: Act, holder: str, at: dt.datetime) -> None:
    """What a moderator hid stays hidden only where an organiser is among those who confirm it."""
    said = [(who, when) for step, who, hand, when, _ in act.hands if (step, hand) == (act.step, "yes")] + [(holder, at)]
    hid = [(who, when) for _, who, hand, when, _ in act.hands if hand == "submit"]
    there = [
        one for one in fold.of_scope.get(act.scope[1] if act.scope else "", ())
        if one.lender is not None or (one.source in MANDATES and one.role not in FOR_ONE_ACT)
    ]  # fmt: skip
    organised = any(one.holder == who and one.stands(when) for one in there for who, when in hid + said)
    if len(said) >= act.now.persons and not organised:
        raise Wrong("moderators alone do not keep hidden what one of them hid")


@checks(*(set(SIGNS_NO) - {"closure.objected"}))
def _(fold: Fold, entry: Entry, data: Row) -> None:
    fold.signs(entry, data, ends=True)


@takes(*SIGNS_YES, *SIGNS_NO)
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act, by = fold.acts[data["act"]], fold.by_entry[entry.by or 0]
    hand = "yes" if entry.type in SIGNS_YES else "no"
    act.hands.append((act.step, by.holder, hand, entry.at, entry.index))


@checks("act.advanced", "act.extended")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, outcome = fold.act(data), data.get("outcome", "extended")
    move, due = None if act.outcome else act.move(entry.at), moment(data["due"])
    if move is None or data["step"] != act.step:
        raise Wrong("nothing moves this act now")
    if move != (due, outcome):
        raise Wrong("the act moves in another way")
    if (entry.type == "act.extended") != (outcome == "extended"):
        raise Wrong("it is no step that is over")
    if act.now.do == "effect" and act.now.what == "office.elect" and owed_mandates(fold, act):
        raise Wrong("somebody was elected and was given no mandate")
    if act.now.do == "effect" and act.now.what in CASES_SETTLED and not CASES_SETTLED[act.now.what](fold, act):
        raise Wrong("what it owes does not stand in the record")
    if act.now.do == "effect" and left_in_office(fold, act, entry.at):
        raise Wrong("an office that it ends has no end in the record")


@takes("act.extended")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    state(fold, data["act"], "extended", moment(data["due"]), entry)
    fold.acts[data["act"]].told = fold.acts[data["act"]].due


def delay(fold: Fold, act: Act, entry: Entry, until: dt.datetime) -> None:
    """Moves the deadline of a step on to a moment: for an outage, or a measure. Never to an earlier one."""
    state(fold, act.id, "delayed", until, entry)
    act.told = act.due


@takes("act.advanced")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act, due, outcome = fold.acts[data["act"]], moment(data["due"]), data["outcome"]
    act.moves.append((act.step, due, outcome, entry.index))
    if outcome in ("voided", "redrawn", "reheard"):
        state(fold, act.id, outcome, due, entry)
    if outcome in ENDINGS:
        act.outcome, act.closed, act.told = outcome, (due, entry.index), act.due
        ended = ENDED.get(act.steps[act.effect].what)
        if ended is not None:
            ended(fold, entry, act, due)
        return
    act.step, act.since = act.step + 1, due
    if act.step == len(act.steps):
        act.outcome, act.closed = "done", (due, entry.index)
    act.told = act.due


Ended = Callable[[Fold, Entry, Act, dt.datetime], None]
ENDED: dict[str, Ended] = {}


def ended(*effects: str) -> Callable[[Ended], Ended]:
    """Registers what it means that an act ends without its effect, or against it."""

    def register(end: Ended) -> Ended:
        ENDED.update(dict.fromkeys(effects, end))
        return end

    return register


CHECKED_APART = {
    "measure.begun", "power.frozen", "group.changed", "branch_rule.changed", "act.released", "election.called",
    "measure.extended", "group.merged", "statement.published", "case.concluded", "case.reviewed", "interim.begun",
}  # fmt: skip


@checks(*(set(EFFECTS) - CHECKED_APART))
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, EFFECTS[entry.type])
    name = next((data[key] for key in ("branch", "group", "link", "client") if key in data), act.subject)
    if name != act.subject:
        raise Wrong("its act is about something else")
    once = {"branch": fold.branches, "group": fold.groups, "link": fold.links, "client": fold.clients}
    kind, column = entry.type.split(".")[0], "closed_entry" if entry.type == "group.closed" else "registered_entry"
    row = once.get(kind, {}).get(name, {})
    if row.get("shown_at" if kind == "link" else column) is not None or row.get("withdrawn_entry") is not None:
        raise Wrong("that was carried out before, or taken back")
    if entry.type == "content.hidden" and fold.hidings[act.id]["hidden_entry"] is not None:
        raise Wrong("that was carried out before")
    if entry.type == "client.registered" and (
        row["stopped_entry"] is not None or not is_host_proved(fold.links.get(row["link"], {}))
    ):
        raise Wrong("this site was stopped, or its address is proved no more")


# -- petitions, and what they hold --


@checks("petition.reached")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = works(fold, entry, data)
    if data["needed"] != act.about.get("needed") or entry.at >= act.due or act.fact("stopped"):
        raise Wrong("it is another number than the petition takes, or too late")
    if overtaken_at(fold, act) is not None:
        raise Wrong("it changes rules that are in force no more")
    if "target" in act.about:
        may_hold(fold, act.about, entry.at)


def works(fold: Fold, entry: Entry, data: Row) -> Act:
    """The clock does the work of a step that waits for it."""
    act = fold.act(data)
    do = {"petition": "support", "draw": "draw", "ballot": "ballot"}[entry.type.split(".")[0]]
    does = act.now.do == do or (do == "draw" and act.now.by == "scrutineers")
    if act.outcome or not does or act.step != data["step"]:
        raise Wrong("its act does not wait for it")
    return act


@takes("petition.reached")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act = fold.acts[data["act"]]
    state(fold, data["act"], "reached", entry.at, entry)
    fold.petitions[act.id]["reached_at"] = entry.at
    if "target" in act.about:
        state(fold, act.about["target"], "held", entry.at, entry)
    if act.procedure == "recall":
        for one in recalls(fold, act.about, act.scope):
            if one is not act and collects(one) and entry.at < one.due:
                state(fold, one.id, "stopped", entry.at, entry)


@checks("amendment.overtaken")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.act(data)
    if data["step"] != act.step or overtaken_at(fold, act) != moment(data["due"]):
        raise Wrong("it still changes the rules in force, or is overtaken since another moment")


def overtaken_at(fold: Fold, act: Act) -> dt.datetime | None:
    """Returns since when an amendment is pointless; None while it is not, and while members vote: they are let finish.

    It is once other rules than those that it changes are in force.
    """
    waits = act.procedure == "amend" and act.outcome is None and act.now.do in ("support", "notice")
    if not waits or act.about["changes"] == fold.in_force.entry:
        return None
    at = max(act.since, fold.adopted[-1]["in_force_from"])
    return at if at < act.due and act.fact("reached", "stopped") is None else None


@takes("amendment.overtaken")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    state(fold, data["act"], "stopped", moment(data["due"]), entry)


def also(*types: str) -> Callable[[Take], Take]:
    """Registers what an opening writes besides its act."""

    def register(take: Take) -> Take:
        ALSO.update(dict.fromkeys(types, take))
        return take

    return register


PETITIONS = {"recall.opened": "recall", "amendment.proposed": "amend"}  # the rest are holds


@also("recall.opened", "hold.opened", "ballot.demanded", "amendment.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"act": data["act"], "kind": PETITIONS.get(entry.type, "hold"), "roll": data["roll"]}
    row |= {"needed": data.get("needed", 1), "reasons": words.get("reasons"), "told_entry": entry.index}
    row |= {"reached_at": entry.at if entry.type == "ballot.demanded" else None}
    row |= {"holder": data.get("subject"), "role": data.get("role"), "target": data.get("target")}
    fold.petitions[data["act"]] = row | {"reply": None, "replied_entry": None}
    if entry.type == "amendment.proposed":
        row = {name: data[name] for name in ("act", "changes", "text", "sha256")}
        fold.amendments[data["act"]] = row | {"entrenched": " ".join(data.get("entrenched") or ()) or None}


@checks("act.released")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "act.release")
    target = fold.act({"act": data["target"]})
    if data["target"] != act.subject or not target.fact("held") or target.fact("released", "stopped"):
        raise Wrong("its act holds nothing, or something else")


@takes("act.released")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    state(fold, data["target"], "released", moment(data["due"]), entry)


@ended("act.release")
def _(fold: Fold, entry: Entry, act: Act, at: dt.datetime) -> None:
    held = fold.acts[act.subject]
    reached = fold.petitions[act.id]["reached_at"] is not None
    if reached and held.fact("held") and not held.fact("released", "stopped"):
        state(fold, held.id, "stopped", act.due, entry)


# -- elections and ballots --


@checks("election.opened")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if entry.by is not None or data["act"] in fold.acts:
        raise Wrong("the clock opens this, once, and nobody's office")
    scope = electing(fold, data["scope"])
    owed = owed_in(fold, scope, entry.at)
    if (data["branch"], data["role"]) != (scope[2], "admin"):
        raise Wrong("nobody is elected so there")
    if owed != (moment(data["due"]), data["kind"], data["seats"]):
        raise Wrong("no election is owed there, or another one")


Owed = tuple[dt.datetime, str, int]
"""An election that must be opened: since when, of which kind (general or by), and for how many seats."""


def owed_in(fold: Fold, scope: Scope, now: dt.datetime) -> Owed | None:
    """Returns the election of organisers that is owed in a place by now and was not opened; of two the earlier.

    general: all seats, so early that it ends with the first mandate, at once where nobody holds one, or where everybody
    had left and somebody came back. by: what is free since somebody was recalled, or nominations were re-opened, or
    fewer are left than there must be.
    """
    rules, row = fold.in_force, fold.branches.get(scope[1]) or fold.groups[scope[1]]
    role = rules.roles["admin"]
    woke = [end for _, end, *_ in fold.sleeps.get(scope[1], ()) if end is not None]
    begins = max([row["registered_at"], *woke])
    lead = sum(step.days for step in rules.steps["elect"]) * DAY
    mandates = [one for one in fold.of_scope.get(scope[1], ()) if one.role == "admin" and one.source in MANDATES]
    held = elections(fold, scope)
    found = [
        general_owed(mandates, held, role["most"], begins, lead, bool(woke) and begins == max(woke)),
        by_owed(fold, mandates, held, role, lead),
    ]
    due = [one for one in found if one is not None and begins <= one[0] <= now]
    return min(due, key=lambda one: (one[0], one[1] != "general"), default=None)


def closed_at(act: Act) -> dt.datetime | None:
    """Returns when an act ended; None while it runs."""
    return None if act.closed is None else act.closed[0]


def general_owed(
    mandates: list[Grant], held: list[Act], seats: int, begins: dt.datetime, lead: dt.timedelta, anew: bool
) -> Owed | None:
    """Returns the election of all seats that is owed, however far ahead; None while one runs. anew: after a sleep."""
    generals = [one for one in held if one.about["kind"] == "general"]
    ends = [closed_at(one) for one in generals]
    if None in ends:
        return None
    start = max([begins, *(end for end in ends if end is not None)])
    if anew and not any(moment(one.about["due"]) >= begins or ended_well(one, begins) for one in generals):
        return start, "general", seats
    moments = {start} | {time for one in mandates for time in (one.starts, one.until - lead, one.ends)}
    for at in sorted(moments):
        live = [one for one in mandates if one.starts <= at < one.ends]
        if at >= start and (not live or at >= min(one.until for one in live) - lead):
            return at, "general", seats
    return None


def ended_well(election: Act, at: dt.datetime) -> bool:
    """Tells whether an election took effect after a moment."""
    end = closed_at(election)
    return election.outcome == "done" and end is not None and end > at


def by_owed(fold: Fold, mandates: list[Grant], held: list[Act], role: Row, lead: dt.timedelta) -> Owed | None:
    """Returns the election of free seats that is owed; None while any election runs."""
    ends = [end for one in held if (end := closed_at(one)) is not None]
    if len(ends) < len(held):
        return None
    fell = [one.ends for one in mandates if one.ended is not None and one.ended[1] == "recalled"]
    fell += [end for one in held if kept_vacant(fold, one) and (end := closed_at(one)) is not None]
    # A vacancy is answered by an election that was opened since, or of all seats and came true since.
    unfilled = sorted(
        at for at in fell
        if not any(
            moment(one.about["due"]) >= at or (one.about["kind"] == "general" and ended_well(one, at)) for one in held
        )
    )  # fmt: skip
    found = [max([at, *ends]) for at in unfilled[:1]]
    start = max(ends, default=min((one.starts for one in mandates), default=None))
    if start is not None:
        for at in sorted({start, *(one.ends for one in mandates if one.ends > start)}):
            taken = [one for one in mandates if one.starts <= at < one.ends]
            if 0 < len(taken) < role["least"] and at + lead <= min(one.until for one in taken) - lead:
                found.append(at)
                break
    owed = []
    for at in found:
        taken = [one for one in mandates if one.starts <= at < one.ends]
        if 0 < len(taken) < role["most"]:
            owed.append((at, "by", role["most"] - len(taken)))
    return min(owed, default=None)


def kept_vacant(fold: Fold, election: Act) -> int:
    """Returns how many seats re-open nominations won over somebody who stood."""
    if election.outcome != "done":
        return 0
    won, stood = len(fold.winners.get(election.id, ())), len(candidates(fold, election.id))
    return int(min(election.about["seats"] - won, stood - won))


def asked_in(fold: Fold, place: str, at: dt.datetime) -> bool:
    """Tells whether an election of all seats may be opened there though none is owed: none runs, nor is owed anyway."""
    scope = electing(fold, place)
    return all(one.outcome for one in elections(fold, scope)) and owed_in(fold, scope, at) is None


@also("election.opened")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    add_election(fold, entry, data["act"])


def add_election(fold: Fold, entry: Entry, name: str) -> None:
    """Keeps an election whose act is open."""
    act = fold.acts[name]
    row = {"act": name, **scoped(act.scope or HUB), "role": "admin", "kind": act.about["kind"]}
    row |= {"seats": act.about["seats"], "due_at": moment(act.about["due"]), "entry": entry.index}
    fold.elections[name] = row | {"ended_why": None, "ended_entry": None}


def roll_before(fold: Fold, act: Act) -> int:
    """Returns the last roll of an act's place before this hub forked, while members come back; else 0."""
    hub, place = fold.facts[-1], scoped(act.scope or HUB)
    comes_back = hub["continues_origin"] is not None and act.since < hub["since"] + 28 * DAY
    if not comes_back or not act.rules.numbers.get("returned_percent"):
        return 0
    rolls = [
        row["roll"]
        for row in fold.ballots.values()
        if row["called_entry"] < hub["entry"] and scoped(fold.acts[row["act"]].scope or HUB) == place
    ]
    return rolls[-1] if rolls else 0


@checks("ballot.called")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = works(fold, entry, data)
    step = act.now
    seats = act.about["seats"] if act.steps[act.effect].what == "office.elect" else 0
    last, percent = roll_before(fold, act), act.rules.numbers.get("returned_percent", 0)
    floor = -(-last * percent // 100) if step.kind == "stv" else 0
    floor = share_of(act.rules, step.formula, max(last, data["roll"])) if step.formula else floor
    wanted = (step.kind, seats, floor, minute(act.since), minute(act.due))
    if act.about.get("ballot", {}).get("step") == act.step or data["ballot"] in fold.ballots:
        raise Wrong("this ballot was called before")
    if tuple(data[name] for name in ("kind", "seats", "floor", "opens", "closes")) != wanted:
        raise Wrong("its act asks for another ballot")
    beacon, told = Source(1, fold.rehearsal), (data["seed"], data.get("chain"), data.get("minutes"))
    before = all(one["seed"] == "trackers" for one in fold.ballots.values())
    named = told == (("beacon", beacon.chain, 60) if step.kind == "stv" else ("none", None, None))
    if not named and (told != ("trackers", None, None) or not before):
        raise Wrong("ties of such a ballot fall by another source of chance")


@takes("ballot.called")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {name: data[name] for name in ("act", "step", "kind", "seats", "roll", "root", "floor", "seed")}
    row |= {"id": data["ballot"], "opens_at": moment(data["opens"]), "closes_at": moment(data["closes"])}
    row |= {"called_entry": entry.index, "moves": 0, "chain": data.get("chain"), "minutes": data.get("minutes")}
    row |= dict.fromkeys(("tied_entry", "source", "known_at", "box", "said"))
    row |= dict.fromkeys(("closing_root", "counted_entry", "outcome", "papers", "file", "blt", "moved_entry"))
    fold.acts[data["act"]].about["ballot"] = fold.ballots[data["ballot"]] = row


@checks("ballot.tied")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = works(fold, entry, data)
    row = act.about.get("ballot", {})
    if row.get("id") != data["ballot"] or row["step"] != act.step or row["counted_entry"] or row["tied_entry"]:
        raise Wrong("no such ballot waits to be counted")
    if row["minutes"] is None or moment(data["due"]) != row["closes_at"] or entry.at < row["closes_at"]:
        raise Wrong("a lot before the close, or of a ballot that has none")
    source = Source(first_round(row["closes_at"] + row["minutes"] * MINUTES), fold.rehearsal)
    if (data["source"], moment(data["known"])) != (source.name, source.known):
        raise Wrong("another round follows from the close")


@takes("ballot.tied")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act, row, known = fold.acts[data["act"]], fold.ballots[data["ballot"]], moment(data["known"])
    row |= {"tied_entry": entry.index, "source": data["source"], "known_at": known, "box": data["box"]}
    state(fold, act.id, "tied", known + 14 * DAY, entry)
    act.told = act.due


def check_chance(fold: Fold, entry: Entry, data: Row, row: Row) -> None:
    """A count comes at the close; or, where only a lot decides, with what its round said, or after all days for it."""
    due, said, seed = moment(data["due"]), data.get("said"), data.get("seed")
    unread = data.get("flaw") == "no_reading"
    if row["known_at"] is None or said is None:
        at = row["closes_at"] if row["known_at"] is None else row["known_at"] + 14 * DAY
        if due != at or entry.at < at:
            raise Wrong("a ballot that was counted before its close, or as of another moment")
        if said is not None or seed is not None or unread != (row["known_at"] is not None):
            raise Wrong("chance decided where it had no part, or had none where it decides")
        return
    if entry.at < row["known_at"] or due != entry.at or due >= row["known_at"] + 14 * DAY or unread:
        raise Wrong("the round of its lot is not known yet, or it came too late")
    source = Source(int(row["source"].rpartition("-")[2]), fold.rehearsal)
    if not is_signed(source.key, source.number, said):
        raise Wrong("the beacon did not sign what is said to be its round")
    if seed != sha256(f"{row['id']}|{said}".encode()).hex():
        raise Wrong("the ballot and what was read give another seed")


@checks("ballot.counted")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = works(fold, entry, data)
    ballot = act.about.get("ballot", {})
    if ballot.get("id") != data["ballot"] or act.fact("passed", "failed"):
        raise Wrong("no such ballot waits to be counted")
    check_chance(fold, entry, data, ballot)
    stood, won, elects = {one["holder"] for one in candidates(fold, act.id)}, data["winners"], ballot["kind"] == "stv"
    told = [data.get(name) for name in ("papers", "root", "file")]
    if data["outcome"] not in ("passed", "failed") or won != sorted(set(won)) or not set(won) <= stood:
        raise Wrong("a result that cannot be")
    if len(won) > ballot["seats"] or bool(won) != (elects and data["outcome"] == "passed"):
        raise Wrong("a result that cannot be")
    if told != [None] * 3 and (None in told or not 10 <= told[0] <= ballot["roll"]):
        raise Wrong("it tells of few papers, or of more than there are people on the roll, or not all of it")
    if (data.get("blt") is not None) != (elects and told != [None] * 3):
        raise Wrong("it names a file of papers where there is none, or none where there is one")
    if data.get("flaw") is not None and (data["outcome"] != "failed" or told != [None] * 3):
        raise Wrong("nothing passes that has a flaw, and nothing is told of it")
    if data.get("flaw") == "too_few" and not (elects and ballot["floor"]):
        raise Wrong("no election takes a number of papers there")
    if won and ballot["floor"] > (9 if data.get("papers") is None else data["papers"]):
        raise Wrong("fewer voted than such an election takes")


@takes("ballot.counted")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    state(fold, data["act"], data["outcome"], moment(data["due"]), entry)
    fold.winners.setdefault(data["act"], set()).update(data["winners"])
    # A ballot that failed for a flaw says nothing of what members want.
    fold.acts[data["act"]].about["said_no"] = data["outcome"] == "failed" and data.get("flaw") is None
    fold.elected += [{"ballot": data["ballot"], "holder": holder} for holder in data["winners"]]
    row = fold.ballots[data["ballot"]]
    row |= {"counted_entry": entry.index, "outcome": data["outcome"], "closing_root": data.get("root")}
    row |= {name: data.get(name) for name in ("papers", "file", "blt", "said")}


def judged_count(fold: Fold, entry: Entry, data: Row) -> Row:
    """Returns the ballot whose count is judged now by the scrutineers of an act."""
    act = fold.act(data)
    ballot = act.about.get("ballot", {})
    is_next = act.now.do == "decide" and ballot.get("step") == act.step - 1
    if act.outcome or not is_next or not act.since <= entry.at < act.due or act.fact("upheld"):
        raise Wrong("the days in which this count can be objected to are over, or have not begun")
    return ballot


@checks("count.objected")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if judged_count(fold, entry, data)["id"] != data["ballot"]:
        raise Wrong("another count is judged now")
    fold.right(entry)


@takes("count.objected")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"entry": entry.index, "act": data["act"], "ballot": data["ballot"]}
    fold.count_objections[entry.index] = row | {"reason": words.get("reason"), "at": entry.at}


@checks("count.judged")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, ballot, grant = fold.act(data), judged_count(fold, entry, data), fold.office(entry)
    if act.now.by not in fold.powers(grant) or (act.scope is not None and not fold.reaches(grant, act.scope)):
        raise Wrong("its office does not judge this")
    if fold.count_objections.get(data["objection"], {}).get("ballot") != ballot["id"]:
        raise Wrong("no such objection waits")
    said = [one for one in fold.count_judgements if one["objection"] == data["objection"]]
    found = [one["upheld"] for one in said]
    if grant.holder in {one["holder"] for one in said} or max(found.count(0), found.count(1)) > 1:
        raise Wrong("its holder judged this already, or two have settled it")
    before = {who for step, who, *_ in act.hands if step in act.voids}
    if grant.act != act.drawn_for or grant.holder in act.parties() | before:
        raise Wrong("its holder was drawn for another count, or is a party to it")


@takes("count.judged")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"entry": entry.index, "objection": data["objection"], "holder": fold.office(entry).holder, "at": entry.at}
    fold.count_judgements.append(row | {"upheld": int(data["upheld"])})
    mine = [one["upheld"] for one in fold.count_judgements if one["objection"] == data["objection"]]
    if mine.count(1) == 2:
        state(fold, data["act"], "upheld", entry.at, entry)


@checks("outage.noted")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    begins, ends = moment(data["begins"]), moment(data["ends"])
    if ends - begins < dt.timedelta(minutes=5) or ends > entry.at:
        raise Wrong("an outage that is not over, or none at all")
    if any(one["ends_at"] > begins for one in fold.outages):
        raise Wrong("this time was noted before")
    hit = [one for one in waiting(fold) if overlap(begins, ends, one["opens_at"], one["closes_at"])]
    if not hit or len(later_closes(fold, begins, ends)) != data["moved"]:
        raise Wrong("no ballot was open then, or it moves another number of them")


def waiting(fold: Fold) -> list[Row]:
    """Returns the ballots into whose box nobody has looked yet."""
    return [one for one in fold.ballots.values() if one["counted_entry"] is None and one["tied_entry"] is None]


def overlap(begins: dt.datetime, ends: dt.datetime, opens: dt.datetime, closes: dt.datetime) -> dt.timedelta:
    """Returns how much of a time falls into another."""
    return max(dt.timedelta(0), min(ends, closes) - max(begins, opens))


def later_closes(fold: Fold, begins: dt.datetime, ends: dt.datetime) -> list[tuple[Row, dt.datetime]]:
    """Returns which ballots an outage moves, and to which close: a day on, from its own end where that is later.

    It does where more than a twentieth of the time to vote is missing since the last move, or any of its last twelve
    hours; and no oftener than the rules say.
    """
    found = []
    for one in waiting(fold):
        act, opens, closes = fold.acts[one["act"]], one["opens_at"], one["closes_at"]
        mine = overlap(begins, ends, opens, closes)
        since = one["moved_entry"] or one["called_entry"]
        before = [
            overlap(it["begins_at"], it["ends_at"], opens, closes) for it in fold.outages if it["entry"] > since
        ]  # fmt: skip
        missing = sum(before, mine)
        is_late = bool(overlap(begins, ends, closes - dt.timedelta(hours=12), closes))
        may = one["moves"] < act.rules.numbers["outage_moves"] and act.outcome is None and act.step == one["step"]
        if mine and may and (is_late or 20 * missing > closes - opens):
            found.append((one, max(closes, ends) + DAY))
    return found


@takes("outage.noted")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    begins, ends = moment(data["begins"]), moment(data["ends"])
    for one, closes in later_closes(fold, begins, ends):
        one |= {"closes_at": closes, "moves": one["moves"] + 1, "moved_entry": entry.index}
        delay(fold, fold.acts[one["act"]], entry, closes)
    fold.outages.append({"entry": entry.index, "begins_at": begins, "ends_at": ends})


# -- what a beacon signed: BLS12-381, by Tate's pairing (docs/draws.md) --

FIELD = int("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16)
ORDER = int("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16)
BEACON_TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
LEAGUE = "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"  # the machines that began quicknet
QUICKNET = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
# For trying things out, and taken with --rehearsal alone: everybody knows its secret.
REHEARSAL = (
    "911ffe5bb497bf228800f7675f1ee60472d55be0cc5b2e2bf165ed528391676cc27fa37f7fe29e56c4688058171c5596"
    "1810d9fe08f72325aa9b9d0959ef58e930b3be9b19ec7c63480ce9295d47009559be626ded30a9cac088f51bca2eb996"
)
# The point of which every key is a multiple.
TWIST_BASE = (
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)
# The curve to which RFC 9380 maps numbers first (8.8.1), and the kernel of the map of degree 11 from there to ours: a
# polynomial, from the constant on. All the numbers of its appendix E.2 follow from it (Kohel's formula).
SSWU_A = int("144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1d", 16)
SSWU_B = int("12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0", 16)
KERNEL = [
    int(digits, 16)
    for digits in (
        "133341fb0962a34cb0504a9c4fada0a5090d38679b4c040d5d1c3afb023a3409fcc0815fea66d8b02bbef9c8b5a66e07",
        "264908af037bcede00d054cf5d4775e83eb6cf63c76b969f8ed174fb59fcff78d201f46f6cfc4ed6552e59ce75177b0",
        "1335c502c1f54c49aceea65e87fd7203ba0f626f305fc0cfd606a5dae9f3c8e81a4b3b69600129fabd307c69bf319d39",
        "94440f65f408a6e930e16e3e92dd17bf60d6e9679a8d3d58593de55ac23703042d609537eb3549aac234d896ca82944",
        "4afe09d5cf4956a23b6b71f59d2b3407b415a774b7be81bbb6fa99cbc798e0ac98ba725a5bc328016b1c268b4766e85",
        "1",
    )
]
Affine = tuple[int, int] | None
Couple = tuple[int, int]
"""a + b u, where u^2 is -1."""


def plus(one: Affine, other: Affine) -> Affine:
    """Adds two points of y^2 = x^3 + 4."""
    if one is None or other is None:
        return one or other
    slope = slope_of(one, other)
    if slope is None:
        return None
    x = (slope * slope - one[0] - other[0]) % FIELD
    return x, (slope * (one[0] - x) - one[1]) % FIELD


def slope_of(one: tuple[int, int], other: tuple[int, int]) -> int | None:
    """Returns the slope of the line through two points; None where it stands upright."""
    if one[0] != other[0]:
        return (one[1] - other[1]) * pow(one[0] - other[0], -1, FIELD) % FIELD
    return 3 * one[0] ** 2 * pow(2 * one[1], -1, FIELD) % FIELD if one[1] == other[1] != 0 else None


def even_root(square: int) -> int | None:
    """Returns the even one of a number's two square roots, or None."""
    found = pow(square, (FIELD + 1) // 4, FIELD)
    if (found * found - square) % FIELD:
        return None
    return found if found % 2 == 0 else FIELD - found


def coordinates(digits: str, numbers: int) -> tuple[list[int], bool]:
    """Reads the numbers of a compressed point, and whether y is the larger one. Raises ValueError for another form."""
    first = int(digits[:2], 16)
    if len(digits) != 96 * numbers or first >> 6 != 2:
        raise ValueError("no compressed point")
    whole = f"{first & 31:02x}{digits[2:]}"
    found = [int(whole[at : at + 96], 16) for at in range(0, len(whole), 96)]
    if max(found) >= FIELD:
        raise ValueError("a number that can be written in two ways")
    return found, bool(first & 32)


def signed_point(digits: str) -> tuple[int, int]:
    """Reads a signature: a point of y^2 = x^3 + 4. Whether it lies in the group, steps_to says. Raises ValueError."""
    (x,), larger = coordinates(digits, 1)
    y = even_root(x**3 + 4)
    if y is None:
        raise ValueError("no point of the curve")
    return x, max(y, FIELD - y) if larger else min(y, FIELD - y)


def twisted_point(digits: str) -> tuple[Couple, Couple]:
    """Reads a key of those that stand in this file: a point of y^2 = x^3 + 4 (1 + u)."""
    (b, a), larger = coordinates(digits, 2)
    x = (a, b)
    real, imaginary = (one + 4 for one in times_couple(times_couple(x, x), x))
    norm = even_root(real * real + imaginary * imaginary) or 0
    halves = [(real + sign * norm) * pow(2, -1, FIELD) % FIELD for sign in (1, -1)]
    c = next(root for half in halves if (root := even_root(half)))
    y = (c, imaginary * pow(2 * c, -1, FIELD) % FIELD)
    other = (-y[0] % FIELD, -y[1] % FIELD)
    return x, y if (y[::-1] > other[::-1]) == larger else other


def times_couple(one: Couple, other: Couple) -> Couple:
    """Multiplies."""
    (a, b), (c, d) = one, other
    return (a * c - b * d) % FIELD, (a * d + b * c) % FIELD


def hashed_point(message: bytes) -> Affine:
    """Returns the point of a message: hash_to_curve of RFC 9380, with SHA-256 and SSWU."""
    tag = BEACON_TAG + bytes([len(BEACON_TAG)])
    start = int.from_bytes(sha256(bytes(64) + message + bytes([0, 128, 0]) + tag), "big")
    told = [0]
    for number in range(1, 5):
        mixed = (start if number == 1 else start ^ told[-1]).to_bytes(32, "big")
        told.append(int.from_bytes(sha256(mixed + bytes([number]) + tag), "big"))
    one, other = ((told[place] << 256 | told[place + 1]) % FIELD for place in (1, 3))
    total = plus(mapped(one), mapped(other))
    point = total
    for bit in bin(0xD201000000010001)[3:]:
        point = plus(point, point)
        point = plus(point, total) if bit == "1" else point
    return point


def mapped(number: int) -> Affine:
    """Maps a number to the curve: to SSWU's (6.6.2), then by the isogeny of KERNEL, eleven times as near."""
    scaled = 11 * number * number % FIELD
    around = (scaled * scaled + scaled) % FIELD
    x = -SSWU_B * (around + 1) * pow(SSWU_A * around, -1, FIELD) if around else SSWU_B * pow(11 * SSWU_A, -1, FIELD)
    y = even_root(x**3 + SSWU_A * x + SSWU_B)
    if y is None:
        x = x * scaled
        y = even_root(x**3 + SSWU_A * x + SSWU_B)
    assert y is not None  # one of the two always has a root
    x, y = x % FIELD, y if number % 2 == 0 else FIELD - y
    h, first, second, third = derivatives(KERNEL, x)
    if not h:
        return None
    below, near = pow(h, -1, FIELD), pow(11, -1, FIELD)
    a = first * below  # h' / h, and its own derivatives
    b = second * below - a * a
    c = third * below - a * second * below - 2 * a * b
    slope, cubic = 6 * x * x + 2 * SSWU_A, 4 * (x**3 + SSWU_A * x + SSWU_B)
    across = 11 * x + 2 * KERNEL[4] - slope * a - cubic * b
    along = 11 - 12 * x * a - 3 * slope * b - cubic * c
    return across * near**2 % FIELD, y * along * near**3 % FIELD


def derivatives(polynomial: list[int], x: int) -> list[int]:
    """Returns what a polynomial and its first three derivatives give for x."""
    found = []
    for _ in range(4):
        found.append(sum(number * pow(x, place, FIELD) for place, number in enumerate(polynomial)) % FIELD)
        polynomial = [place * number for place, number in enumerate(polynomial)][1:]
    return found


Large = list[int]
"""A number of the field of degree twelve: the coefficients of 1, w, ... w^11, where w^6 is 1 + u."""


def times_large(one: Large, other: Large) -> Large:
    """Multiplies. w^12 is 2 w^6 - 2."""
    found = [0] * 23
    for place, number in enumerate(one):
        if number:
            for shift, factor in enumerate(other):
                found[place + shift] += number * factor
    for place in range(22, 11, -1):
        found[place - 6] += 2 * found[place]
        found[place - 12] -= 2 * found[place]
    return [number % FIELD for number in found[:12]]


def pairings(pairs: list[tuple[tuple[int, int], tuple[Couple, Couple]]]) -> Large | None:
    """Returns the product of Tate's pairings but for their last power (Miller's loop over ORDER).

    None where one of the first points lies outside the group: ORDER times it is not the end.
    """
    half = ((FIELD + 1) // 2, (FIELD - 1) // 2)  # 1 / (1 + u)
    spots = [tuple(times_couple(part, half) for part in twisted) for _, twisted in pairs]
    total: Large = [1, *[0] * 11]
    at: list[Affine] = [point for point, _ in pairs]
    for bit in bin(ORDER)[3:]:
        total = times_large(total, total)
        for others in (at, [point for point, _ in pairs]) if bit == "1" else (at,):
            lines = [line(one, other, spot) for one, other, spot in zip(at, others, spots, strict=True)]
            for found in lines:
                total = times_large(found, total)
            at = [plus(one, other) for one, other in zip(at, others, strict=True)]
    return total if not any(at) else None


def line(one: Affine, other: Affine, spot: tuple[Couple, ...]) -> Large:
    """The line through two points at (x / w^2, y / w^3) and times w^3; 1 where it stands upright. u is w^6 - 1."""
    slope = None if one is None or other is None else slope_of(one, other)
    if one is None or slope is None:
        return [1, *[0] * 11]
    (xa, xb), (ya, yb) = spot
    found = [slope * one[0] - one[1], 0, 0, ya - yb, -slope * (xa - xb), 0, 0, 0, 0, yb, -slope * xb, 0]
    return [number % FIELD for number in found]


SIGNED: dict[tuple[str, int, str], bool] = {}


def is_signed(key: str, number: int, signature: str) -> bool:
    """Tells whether a signature is a chain's for a round: paired with the base, it is what hash and key give."""
    asked = (key, number, signature)
    if asked not in SIGNED:
        SIGNED[asked] = pairings_agree(key, number, signature)
    return SIGNED[asked]


def pairings_agree(key: str, number: int, signature: str) -> bool:
    """Computes it. (FIELD^12 - 1) / ORDER is (FIELD^6 - 1) (FIELD^2 + 1) and what stands below."""
    try:
        x, y = signed_point(signature)
    except ValueError:
        return False
    hashed = hashed_point(sha256(number.to_bytes(8, "big")))
    if hashed is None:
        return False
    start = pairings([((x, FIELD - y), twisted_point(TWIST_BASE)), (hashed, twisted_point(key))])
    if start is None:
        return False
    # To the power of FIELD^2 w turns by a sixth; to that of FIELD^6 by a half, so what has no odd part becomes 1.
    sixth = pow(2, (FIELD - 1) // 6, FIELD)
    start = times_large(start, [one * pow(sixth, place, FIELD) % FIELD for place, one in enumerate(start)])
    total = raised(start, (FIELD**4 - FIELD**2 + 1) // ORDER)
    return not any(total[1::2]) and any(total)


def raised(one: Large, exponent: int) -> Large:
    """Returns a number to a power, four bits at a time."""
    few: list[Large] = [[1, *[0] * 11]]
    for _ in range(15):
        few.append(times_large(few[-1], one))
    total = few[0]
    for digit in f"{exponent:x}":
        for _ in range(4):
            total = times_large(total, total)
        total = times_large(few[int(digit, 16)], total)
    return total


# -- draws by lot (docs/draws.md) --


@at_opening("draw.opened")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    procedure, scope = data["procedure"], fold.place(data["scope"], data["branch"])
    earlier = [
        one for one in fold.acts.values() if one.procedure == procedure and one.scope and one.scope[1] == scope[1]
    ]
    newest = earlier[-1] if earlier else None
    if newest is not None and newest.outcome is None:
        raise Wrong("a draw of this kind runs there already")
    rested = newest is None or entry.at >= newest.at + 28 * DAY
    if procedure == "draw_council" and scope == HUB:
        full = fold.in_force.steps[procedure][0].persons
        needed = rested and len(drawn_council(fold, entry.at)) <= full // 2
    elif procedure == "draw_caretaker" and scope != HUB and electing(fold, scope[1]) == scope:
        needed = caretakers_needed(fold, scope, entry.at, earlier, rested)
    else:
        raise Wrong("nobody is drawn so")
    if not needed:
        raise Wrong("enough were drawn there")


def drawn_council(fold: Fold, at: dt.datetime) -> list[Grant]:
    """Returns who sits on the council by lot."""
    there = fold.of_scope.get("hub", ())
    return [one for one in there if (one.role, one.source) == ("council", "lot") and one.stands(at)]


def caretakers_needed(fold: Fold, scope: Scope, at: dt.datetime, earlier: list[Act], rested: bool) -> bool:
    """Tells whether somebody is drawn to stand by: at first, after each election, and where nobody of them is left."""
    if not earlier:
        return True
    if any(ended_well(one, earlier[-1].at) for one in elections(fold, scope)):
        return True
    drawn = {act.id for act in earlier}
    if any(
        row["act"] in drawn and row["state"] in ("offered", "accepted") and row["grant"] is None
        for row in fold.seats.values()
    ):
        return False
    return vacant_since(fold, scope, at) is not None or rested


def vacant_since(fold: Fold, scope: Scope, now: dt.datetime) -> dt.datetime | None:
    """Returns since when nobody takes care of a place, organiser or caretaker; None while somebody does."""
    caring = [
        one for one in fold.of_scope.get(scope[1], ())
        if one.starts <= now and (one.role == "caretaker" or (one.role == "admin" and one.source in MANDATES))
    ]  # fmt: skip
    if not caring or any(one.ends > now for one in caring):
        return None
    return max(one.ends for one in caring)


@dataclass
class Source:
    """A round of a beacon. number: from 1; rehearsal: of the chain whose secret everybody knows."""

    number: int
    rehearsal: bool

    @property
    def name(self) -> str:
        """As the record has it."""
        return f"drand-{'rehearsal' if self.rehearsal else 'quicknet'}-{self.number}"

    @property
    def key(self) -> str:
        """The public key of its chain."""
        return REHEARSAL if self.rehearsal else QUICKNET

    @property
    def chain(self) -> str:
        """The hash of its chain: of its period, its beginning, its key, the group that began it, and its name."""
        start = (3).to_bytes(4, "big") + (1_692_803_367).to_bytes(8, "big") + bytes.fromhex(self.key)
        group, name = (bytes(32), b"rehearsal") if self.rehearsal else (bytes.fromhex(LEAGUE), b"quicknet")
        return sha256(start + group + name).hex()

    @property
    def begins(self) -> dt.datetime:
        """When it begins: a round every three seconds."""
        return DRAND + (self.number - 1) * dt.timedelta(seconds=3)

    @property
    def known(self) -> dt.datetime:
        """The first whole minute in which it is known."""
        return self.begins if not self.begins.second else self.begins.replace(second=0) + MINUTES


MINUTES = dt.timedelta(minutes=1)
HOURS = dt.timedelta(hours=1)
DRAND = dt.datetime.fromtimestamp(1_692_803_367, dt.UTC)  # when drand's quicknet began


def objections_until(fold: Fold, act: Act, frozen: dt.datetime) -> dt.datetime | None:
    """Returns until when members object to a pool that is frozen then; None where the draw has no time for it."""
    if act.now.by == "caretakers" and act.scope is not None and vacant_since(fold, act.scope, frozen) is not None:
        return None
    span = act.rules.numbers["objection_days"] * DAY
    if act.now.short != "extend":
        span = max(dt.timedelta(0), min(span, act.due - frozen - 73 * HOURS))
    return frozen + span if span else None


def source_after(fold: Fold, act: Act, frozen: dt.datetime) -> Source:
    """Returns the source of a pool that is frozen then: nobody's choice, a day after whoever may object."""
    begins = (objections_until(fold, act, frozen) or frozen) + 25 * HOURS
    mine = [row["known_at"] + MINUTES for row in fold.voids if (row["act"], row["step"]) == (act.id, act.step)]
    return Source(first_round(max([begins, *mine])), fold.rehearsal)


def first_round(begins: dt.datetime) -> int:
    """Returns the number of the first round that begins at a moment or after it."""
    return max(0, -(-(begins - DRAND) // dt.timedelta(seconds=3))) + 1


EVERYWHERE = ("panel", "council")  # drawn from the whole hub, each branch by its share
STRATA = {
    "age": ("under-25", "25-to-34", "35-to-49", "50-to-64", "65-or-over"),
    "disability": ("disabled", "not-disabled"),
    "ethnicity": ("asian", "black", "mixed", "white", "another"),
    "gender": ("woman", "man", "non-binary"),
}


@checks("draw.prepared")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = works(fold, entry, data)
    if (act.id, act.step) in fold.draws:
        raise Wrong("the pool of this draw is frozen already")
    by, free, least = act.now.by, act.now.persons, 1
    if by == "council":
        seated = len(drawn_council(fold, entry.at))
        free, least = free - seated, max(1, min(free - seated, 15 - seated))
    if by in ("duty", "jurors"):
        least = free
    size, quotas = min(free, data["tickets"]), quotas_in(data["quotas"])
    if data["tickets"] < least or data["size"] != size or size < 1:
        raise Wrong("the rules give other seats for such a pool")
    many = sum(count for count, _, _ in quotas.values())
    if bool(quotas) != (by in EVERYWHERE) or (quotas and many != data["tickets"]):
        raise Wrong("the rules give other quotas for such a pool")
    # Each stratum's share of the seats, rounded down and up.
    shares = [
        f"{name} {count} {size * count // many} {-(-size * count // many)}"
        for name, (count, *_) in sorted(quotas.items())
    ]  # fmt: skip
    if data["quotas"] != shares or any(count < 1 for count, *_ in quotas.values()):
        raise Wrong("the rules give other quotas for such a pool")
    tellable(data.get("said") or [], act.now.asks, data["tickets"])
    until = objections_until(fold, act, entry.at)
    if data.get("objections") != (None if until is None else minute(until)):
        raise Wrong("the rules give other days to object to a pool")
    source = source_after(fold, act, entry.at)
    if (data["chain"], data["source"], data["known"]) != (source.chain, source.name, minute(source.known)):
        raise Wrong("the minute of the freeze gives another source")
    if source.begins - (until or entry.at) < DAY:
        raise Wrong("somebody could have known its source beforehand")


def quotas_in(lines: list[str]) -> dict[str, tuple[int, int, int]]:
    """Reads quotas: stratum to how many tickets, and how many seats at least and at most."""
    found = {}
    for line in lines:
        name, many, least, most = line.split(" ")
        found[name] = (int(many), int(least), int(most))
    return found


def tellable(lines: list[str], asks: tuple[str, ...], tickets: int) -> None:
    """What members say of themselves is told in tens, of what the rules ask for, two answers of a word at least."""
    seen: dict[str, list[int]] = {}
    read = [re.fullmatch("(.*)=(.*) (.*)", line) for line in lines]
    pairs = [(one[1], one[2]) for one in read if one]
    for one in read:
        if one is None or one[1] not in asks or one[2] not in (*STRATA.get(one[1], ()), "not-said"):
            raise Wrong("it counts what nobody was asked")
        seen.setdefault(one[1], []).append(int(one[3]))
    told = all(
        len(counts) > 1 and sum(counts) <= tickets and all(count >= 10 and count % 10 == 0 for count in counts)
        for counts in seen.values()
    )
    if not told or pairs != sorted(set(pairs)):
        raise Wrong("counts of what members said are told in tens, and only where nobody's own follows")


@takes("draw.prepared")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act = fold.acts[data["act"]]
    row = {name: data[name] for name in ("act", "step", "tickets", "size", "pool", "quotas", "source")}
    row |= {"frozen_at": entry.at}
    row |= {"known_at": moment(data["known"]), "objections_until": None, "prepared_entry": entry.index}
    if data.get("objections") is not None:
        row["objections_until"] = moment(data["objections"])
    fold.draws[act.id, data["step"]] = row | dict.fromkeys(("said", "seed", "round", "file", "made_at", "made_entry"))
    for line in data.get("said") or ():
        stratum, _, many = line.partition(" ")
        word, _, answer = stratum.partition("=")
        fold.pool_counts.append({"prepared_entry": entry.index, "word": word, "answer": answer, "many": int(many)})


def open_draw(fold: Fold, data: Row) -> tuple[Act, Row]:
    """Returns a running act's draw at its present step, whose pool is frozen and of which nobody was drawn yet."""
    act, row = fold.act(data), fold.draws.get((data["act"], data["step"]))
    if row is None or row["made_entry"] is not None or act.outcome or act.step != data["step"]:
        raise Wrong("no draw waits for this")
    return act, row


def judged(fold: Fold, objection: int) -> tuple[bool, dt.datetime] | None:
    """Returns what two people found of an objection, more than the contrary, and when; None while it waits."""
    votes = {True: 0, False: 0}
    for one in fold.judgements:
        if one["objection"] == objection:
            upheld = bool(one["upheld"])
            votes[upheld] += 1
            if votes[upheld] >= 2 and votes[upheld] > votes[not upheld]:
                return upheld, one["at"]
    return None


def upheld(fold: Fold, row: Row) -> tuple[int, dt.datetime] | None:
    """Returns the first objection to a pool that two found right, and since when; None where there is none."""
    for entry, one in fold.objections.items():
        found = judged(fold, entry) if one["pool_entry"] == row["prepared_entry"] else None
        if found is not None and found[0]:
            return entry, found[1]
    return None


def parties_of(fold: Fold, act: Act) -> set[str]:
    """Returns whom an act names, and who has a hand in it, or in what it appeals, holds or merges with."""
    found = [act, fold.founding_of(act), *([fold.acts[act.subject]] if act.subject in fold.acts else [])]
    named = {who for one in (found[0], found[-1]) for who in one.parties() if who.startswith("hld_")}
    other = other_of_merger(fold, act)
    return named | {who for one in (*found, *([other] if other else [])) for _, who, *_ in one.hands}


def about(act: Act) -> set[str]:
    """Returns the branches and groups that an act is about, but the one where it is; of a merger the other group."""
    if act.scope is None:
        return set()
    merges = [act.about["ends"], act.about["into"]] if act.procedure == "merge_group" else []
    return {act.subject, *merges} - {act.scope[1]}


def concerned(fold: Fold, act: Act, at: dt.datetime) -> set[str]:
    """Returns whom an act concerns: its parties, whoever has a hand in it, who holds an office where it is about."""
    found, places = parties_of(fold, act), about(act)
    found |= {one.holder for place in places for one in fold.of_scope.get(place, ()) if one.starts <= at < one.ends}
    for one in fold.acts.values():
        if one.procedure == "elect" and one.outcome is None and one.scope and one.scope[1] in places:
            found |= {who for _, who, hand, _, _ in one.hands if hand == "submit"}
    return found


def readers(fold: Fold, act: Act, at: dt.datetime) -> set[str]:
    """Returns who judges objections for their office: whoever holds one where the act is, and is not concerned."""
    there = {one.holder for one in fold.of_scope.get((act.scope or HUB)[1], ()) if fold.live(one, at)}
    return there - concerned(fold, act, at)


def operators(fold: Fold, at: dt.datetime, stands: bool = False) -> set[str]:
    """Returns who operates the machine."""
    return {
        one.holder for one in fold.of_scope.get("hub", ())
        if "hub.operate" in fold.powers(one) and (one.stands(at) if stands else fold.live(one, at))
    }  # fmt: skip


@checks("draw.objected")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    _, row = open_draw(fold, data)
    if row["prepared_entry"] != data["pool"] or row["objections_until"] is None or entry.at >= row["objections_until"]:
        raise Wrong("the days in which this pool can be objected to are over")
    fold.right(entry)


@takes("draw.objected")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"entry": entry.index, "act": data["act"], "step": data["step"], "pool_entry": data["pool"]}
    fold.objections[entry.index] = row | {"reason": words.get("reason"), "at": entry.at}


@checks("draw.judged")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, row = open_draw(fold, data)
    one = fold.objections.get(data["objection"], {})
    if (one.get("act"), one.get("step"), one.get("pool_entry")) != (act.id, act.step, row["prepared_entry"]):
        raise Wrong("no such objection waits")
    first = row["known_at"]
    if entry.at >= first or judged(fold, data["objection"]) is not None:
        raise Wrong("its source is known by now, or two people have settled this already")
    mine = {given["holder"] for given in fold.judgements if given["objection"] == data["objection"]}
    if data["holder"] is not None and data["holder"] in mine:
        raise Wrong("its holder judged this already")
    judges = readers(fold, act, entry.at) - operators(fold, entry.at)
    everybody = entry.at >= (row["objections_until"] or first) or len(judges) < 2
    by_office_or_member(fold, entry, data, act, everybody, judges)


def by_office_or_member(fold: Fold, entry: Entry, data: Row, act: Act, everybody: bool, able: set[str]) -> None:
    """By an office where the act is, of those able; by any member, who is not named, where everybody may."""
    by = fold.by_entry.get(entry.by) if entry.by is not None else None
    if by is not None and fold.live(by, entry.at):
        here = act.scope is not None and by.scope[:2] == act.scope[:2] and by.holder == data["holder"]
        if not here or by.holder not in able:
            raise Wrong("its office does not do this, or is another's")
        return
    if data["holder"] is not None or not everybody:
        raise Wrong("those who hold an office there do this first")
    fold.right(entry)


@takes("draw.judged")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"entry": entry.index, "objection": data["objection"], "holder": data["holder"], "at": entry.at}
    fold.judgements.append(row | {"upheld": int(data["upheld"])})


@checks("draw.voided")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    works(fold, entry, data)
    _, row = open_draw(fold, data)
    if upheld(fold, row) != (data["objection"], moment(data["due"])):
        raise Wrong("two people have to uphold an objection first")


@takes("draw.voided")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = fold.draws.pop((data["act"], data["step"]))
    kept = ("prepared_entry", "act", "step", "tickets", "pool", "source", "frozen_at", "known_at")
    told = {"objection": data["objection"], "voided_at": moment(data["due"]), "voided_entry": entry.index}
    fold.voids.append({name: row[name] for name in kept} | told)


@checks("draw.made")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = works(fold, entry, data)
    _, row = open_draw(fold, data)
    if entry.at < row["known_at"] or upheld(fold, row) is not None:
        raise Wrong("its source is not known yet, or its pool was found wrong in time")
    if act.now.by in ("duty", "jurors") and entry.at >= act.due:
        raise Wrong("the days are over in which a panel of a case is drawn")
    source = Source(int(row["source"].rpartition("-")[2]), fold.rehearsal)
    if not is_signed(source.key, source.number, data["said"]):
        raise Wrong("the beacon did not sign what is said to be its round")
    if data["seed"] != sha256(f"{act.id}|{row['pool']}|{data['said']}".encode()).hex():
        raise Wrong("the pool and what was read give another seed")
    check_order(fold, data, row)


RESERVES = 300  # as many as fit into an entry


def check_order(fold: Fold, data: Row, row: Row) -> None:
    """The seed gives these seats and reserves, of the pool that was frozen; of a larger one, of those listed."""
    names, strata, size = [*data["seats"], *data["reserves"]], data["strata"], row["size"]
    listed = min(row["tickets"], size + RESERVES)
    if len(set(names)) != len(names) or not len(names) == len(strata) == listed or len(data["seats"]) != size:
        raise Wrong("it lists other tickets than were in the pool")
    pool, quotas = dict(zip(names, strata, strict=True)), quotas_in(row["quotas"])
    if any("=" not in stratum for stratum in strata) and any(strata):
        raise Wrong("a ticket without a stratum beside others")
    if any(name in fold.seats for name in names):
        raise Wrong("a ticket of another draw")
    if len(names) == row["tickets"]:
        told = [
            {"strata": dict([pool[name].split("=", 1)]) if pool[name] else {}, "ticket": name} for name in sorted(pool)
        ]  # fmt: skip
        if sha256(written({"tickets": told})).hex() != row["pool"]:
            raise Wrong("these are not the tickets of the pool that was frozen")
        rounds: Iterable[int] = range(min(data["round"] + 1, 1_000))
    else:
        rounds = [data["round"]]
    for number in rounds:
        order = sorted(pool, key=lambda name: (sha256(f"{data['seed']}|{number}|{name}".encode()), name))
        seats = walk(order, pool, size, quotas)
        if seats is not None:
            rest = [name for name in order if name not in set(seats)]
            if (number, seats, rest) == (data["round"], data["seats"], data["reserves"]):
                return
            break
    raise Wrong("this is not the order that the seed gives")


def walk(
    order: list[str], pool: dict[str, str], size: int, quotas: dict[str, tuple[int, int, int]]
) -> list[str] | None:
    """Takes tickets one by one while the quotas allow; None where the seats cannot all be filled so."""
    taken: list[str] = []
    room = {name: most for name, (_, _, most) in quotas.items()}
    owed = {name: least for name, (_, least, _) in quotas.items()}
    for name in order:
        stratum, left = pool[name], size - len(taken) - 1
        if left < 0:
            break
        if quotas and (room.get(stratum, 1) < 1 or sum(owed.values()) - (owed.get(stratum, 0) > 0) > left):
            continue
        taken.append(name)
        if stratum in room:
            room[stratum] -= 1
            owed[stratum] = max(0, owed[stratum] - 1)
    return taken if len(taken) == size and not any(owed.values()) else None


@takes("draw.made")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    state(fold, data["act"], "drawn", entry.at, entry)
    row = fold.draws[data["act"], data["step"]]
    row |= {name: data[name] for name in ("said", "seed", "round", "file")}
    row |= {"made_at": entry.at, "made_entry": entry.index}
    for rank, name in enumerate([*data["seats"], *data["reserves"]]):
        seated = rank < len(data["seats"])
        told = {"ticket": name, "act": data["act"], "step": data["step"], "rank": rank, "stratum": data["strata"][rank]}
        told |= {"state": "offered" if seated else "reserve", "seat": rank if seated else None}
        told |= {"offered_at": entry.at if seated else None}
        fold.seats[name] = told | dict.fromkeys(("holder", "accepted_at", "grant", "reason"))


def conflicted(fold: Fold, act: Act, by: str, at: dt.datetime) -> set[str]:
    """Returns who may not be drawn in an act for what a word stands for.

    Whoever operates the machine; for a council who sits on it; for caretakers who organises there, or was recalled; for
    scrutineers and panels whom the act concerns, who appointed these, and who holds an office beside any of them.
    """
    hub, there = fold.of_scope.get("hub", ()), fold.of_scope.get((act.scope or HUB)[1], ())
    out = operators(fold, at, stands=True)
    council = {one.holder for one in hub if one.role == "council" and one.stands(at)}
    if by == "council":
        return out | council
    if by == "caretakers":
        organise = {one.holder for one in there if one.source in MANDATES and one.stands(at)}
        return out | organise | {one.holder for one in there if one.ended is not None and one.ended[1] == "recalled"}
    parties = parties_of(fold, act)
    places = {(act.scope or HUB)[1]}
    places |= {one.scope[1] for one in fold.grants.values() if one.holder in parties and one.stands(at)}
    out |= concerned(fold, act, at)
    if by in ("duty", "jurors"):
        earlier = [
            one for one in fold.seats.values()
            if (one["act"] == act.id and one["step"] < act.step) or (one["act"] == act.subject != act.id)
        ]  # fmt: skip
        out |= {one["holder"] for one in earlier if one["holder"] is not None}
    out |= {one.holder for place in places for one in fold.of_scope.get(place, ()) if one.stands(at)}
    given = {one.act for one in fold.grants.values() if one.holder in parties and one.source == "appointment"}
    out |= {who for name in given if name in fold.acts for _, who, hand, _, _ in fold.acts[name].hands if hand == "yes"}
    return out | council if by == "panel" else out


@checks("draw.accepted")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, seat = fold.act(data), fold.seats.get(data["ticket"], {})
    if (seat.get("act"), seat.get("step"), seat.get("state")) != (act.id, data["step"], "offered"):
        raise Wrong("no seat is offered to this ticket")
    step = act.steps[data["step"]]
    if entry.at >= seat["offered_at"] + 2 * DAY or (DRAWN[step.by] in FOR_ONE_ACT and act.outcome):
        raise Wrong("its 48 hours are over, or what this was drawn for is")
    if act.scope is not None and fold.asleep(act.scope[1]):
        raise Wrong("nobody belongs there any more")
    order = [one for one in fold.seats.values() if (one["act"], one["step"]) == (act.id, data["step"])]
    if data["holder"] in conflicted(fold, act, step.by, entry.at) | {one["holder"] for one in order}:
        raise Wrong("its holder is in conflict with it, or has a seat already")
    role, until = DRAWN[step.by], None
    if role != "caretaker":
        held = [
            one for one in fold.of_scope.get((act.scope or HUB)[1], ()) if one.role == role and one.stands(entry.at)
        ]
        before = {  # who sits by an earlier draw of it, for a count that was voided
            one["grant"] for one in fold.seats.values() if one["act"] == act.id and one["step"] < data["step"]
        }  # fmt: skip
        held = [one for one in held if one.id not in before]
        taken = [one for one in held if role not in FOR_ONE_ACT or one.act == act.id]
        if role not in act.rules.roles or len(taken) >= act.rules.roles[role]["most"]:
            raise Wrong("all places of this office are taken")
        days, half = act.rules.terms["drawn_council" if role == "council" else "panel"], step.persons // 2
        if role == "council" and fold.draws[act.id, data["step"]]["size"] > half and seat["seat"] >= half:
            days //= 2  # of a council drawn at once, half is drawn anew each time
        until = minute(entry.at + days * DAY)
        new_grant(fold, data)
    if data.get("until") != until or (data.get("grant") is None) != (until is None):
        raise Wrong("a seat drawn by lot lasts exactly its term")
    fold.right(entry)


@takes("draw.accepted")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act, name = fold.acts[data["act"]], data.get("grant")
    told = {"state": "accepted", "holder": data["holder"], "grant": name, "accepted_at": entry.at}
    fold.seats[data["ticket"]] |= told
    if name is not None:
        role, until = DRAWN[act.steps[data["step"]].by], moment(data["until"])
        made = Grant(name, entry.index, data["holder"], role, act.scope or HUB, "lot", act.id, entry.at, until)
        add_grant(fold, entry, made)


WHY_OUT = ("declined", "silent", "conflict", "struck", "left")


@checks("draw.replaced")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    seat = fold.seats.get(data["out"], {})
    if entry.by is not None or (seat.get("act"), seat.get("step")) != (data["act"], data["step"]):
        raise Wrong("no such seat is there")
    late = seat["state"] == "offered" and entry.at >= seat["offered_at"] + 2 * DAY
    if (data["reason"] == "silent" and not late) or (data["reason"] == "declined" and seat["state"] != "offered"):
        raise Wrong("its 48 hours are not over, or it was answered")
    if seat["grant"] is not None and fold.grants[seat["grant"]].stands(entry.at):
        raise Wrong("whoever sits by lot is replaced when their office has ended, and not before")
    if not {data["reason"], *data["reasons"]} <= set(WHY_OUT) or seat["state"] not in ("offered", "accepted"):
        raise Wrong("no such reason is known, or this ticket has no seat")
    order = sorted(
        (one for one in fold.seats.values() if (one["act"], one["step"]) == (seat["act"], seat["step"])),
        key=lambda one: one["rank"],
    )
    next_ = [one["ticket"] for one in order if one["state"] == "reserve" and one["stratum"] == seat["stratum"]]
    passed, successor = data["passed"], data["successor"]
    if len(passed) != len(data["reasons"]) or [*passed, *([successor] if successor else [])] != (
        next_[: len(passed) + 1] if successor else next_
    ):
        raise Wrong("another follows in the published order")


@takes("draw.replaced")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    place = fold.seats[data["out"]]["seat"]
    for name, reason in [(data["out"], data["reason"]), *zip(data["passed"], data["reasons"], strict=True)]:
        fold.seats[name] |= {"state": "out", "reason": reason, "offered_at": None}
    if data["successor"] is not None:
        fold.seats[data["successor"]] |= {"state": "offered", "seat": place, "offered_at": entry.at}
    fold.draws[data["act"], data["step"]]["file"] = data["file"]


@checks("caretaker.begun")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    scope = fold.place(data["scope"], data["branch"])
    since = vacant_since(fold, scope, entry.at)
    if scope == HUB or since is None or electing(fold, scope[1]) != scope:
        raise Wrong("somebody takes care there, or nobody has to")
    ready = [
        (-fold.acts[one["act"]].opened, one["seat"], one["ticket"]) for one in fold.seats.values()
        if one["state"] == "accepted" and one["grant"] is None
        and fold.acts[one["act"]].procedure == "draw_caretaker" and fold.acts[one["act"]].scope == scope
    ]  # fmt: skip
    if not ready:
        raise Wrong("nobody stands by to take care there")
    seat = fold.seats[min(ready)[2]]
    due, terms = max(since, seat["accepted_at"]), fold.acts[seat["act"]].rules.terms
    wanted = (seat["act"], seat["step"], seat["ticket"], seat["holder"], due, due + terms["caretaker"] * DAY)
    claimed = tuple(data[name] for name in ("act", "step", "ticket", "holder"))
    if (*claimed, moment(data["due"]), moment(data["until"])) != wanted:
        raise Wrong("it is another's turn, or for other days")
    there = [one for one in fold.of_scope.get(scope[1], ()) if one.role == "caretaker" and one.stands(entry.at)]
    role = fold.in_force.roles.get("caretaker")
    if role is None or len(there) >= role["most"]:
        raise Wrong("all places of this office are taken")
    new_grant(fold, data)


@takes("caretaker.begun")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    scope, since = fold.place(data["scope"], data["branch"]), moment(data["due"])
    made = Grant(
        data["grant"], entry.index, data["holder"], "caretaker", scope, "caretaker", data["act"], since,
        moment(data["until"]),
    )  # fmt: skip
    add_grant(fold, entry, made)
    fold.seats[data["ticket"]]["grant"] = data["grant"]


# -- what takes and carries no power --


@checks("receipts.counted")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if entry.by is not None or data["issued"] % 10:
        raise Wrong("receipts are counted by the hub, in tens")
    day = dt.date.fromisoformat(data["day"])
    if day >= entry.at.date() or (fold.receipts and data["day"] <= fold.receipts[-1]["day"]):
        raise Wrong("a day is counted once, when it is over, and after those before it")


@takes("receipts.counted")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.receipts.append({"entry": entry.index, **data})


@checks("matcher.counted", "operators.counted", "roster.imported", "roster.undone", "software.deployed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    """The hub's own numbers: nobody's office."""


@checks("standing.unheeded")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if any(data[name] is not None and data[name] < 5 for name in ("suspended", "expelled")):
        raise Wrong("fewer than five people are counted in no entry")


@checks("standing.held")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    numbers, of = fold.in_force.numbers, data["of"]
    if data["kind"] == "mandates":
        most = mandates_limit(of, numbers)
        # Of those in office, or of those elected and not in office yet; older holds do not say of which, and counted
        # whoever was drawn, too.
        place, whose = data["scope"], data.get("whose")
        apart = {"office": mandate_holders(fold, place, entry.at), "elected": elected_in(fold, place)}
        drawn = mandate_holders(fold, place, entry.at, drawn=True)
        known = [*apart.values(), drawn] if whose is None else [apart[whose]]
        if of not in map(len, known):
            raise Wrong("there is another number of mandate-holders there")
    elif data["kind"] == "roll" and data.get("whose") is None:
        most = max(numbers["hold_roll_least"], of * numbers["hold_roll_percent"] // 100)
        most = min(most, max(2, (of - 1) // 5)) if data["ballot"] else most
    else:
        raise Wrong("the rules in force hold nothing of the kind")
    if moment(data["until"]) != entry.at + numbers["hold_days"] * DAY:
        raise Wrong("a hold lasts exactly the days of the rules")
    if not 1 <= data["changes"] <= data["within"] <= of or data["within"] <= most:
        raise Wrong("these numbers do not fit one another, or are within what may be at once")


@takes("standing.held")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {name: data[name] for name in ("scope", "kind", "changes", "of")}
    fold.holds[entry.index] = {"entry": entry.index} | row | {"until_at": moment(data["until"])}


@takes("software.deployed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"entry": entry.index, "release": data["release"], "sha256": data["sha256"], "config": data.get("config")}
    fold.deployments.append(row | {"since": entry.at})


# -- areas and branches --


@checks("area.declared")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if any(fold.districts.get(district, data["area"]) != data["area"] for district in data["districts"]):
        raise Wrong("a district that lies in another area already")
    if len(set(data["districts"])) < len(data["districts"]):
        raise Wrong("a district that stands twice")
    founding = fold.hub["entry"]
    seated = any(one.role == "council" and one.entry > founding for one in fold.of_scope.get("hub", ()))
    if entry.by != founding or seated:
        fold.may_use(fold.office(entry), "areas.declare", HUB, entry.at)
    before = fold.areas.get(data["area"])
    branch = [row for row in fold.branches.values() if row["area"] == data["area"] and row["ended_entry"] is None]
    registered = [row for row in branch if row["registered_entry"] is not None]
    if before and registered and set(before["districts"]) != set(data["districts"]):
        hands = agreed(fold, registered[0]["id"], data.get("proposal"), data["districts"])
        if len(hands) < 2 or entry.at < hands[1][1] + 14 * DAY:
            raise Wrong("the branch of this area did not agree to other districts, fourteen days ago")


def agreed(fold: Fold, branch: str, proposal: str | None, districts: list[str]) -> list[tuple[str, dt.datetime]]:
    """Returns who of a branch agreed to exactly these districts, and when."""
    found = fold.agreements.get((branch, proposal or ""), [])
    return [(holder, at) for holder, at, wanted in found if wanted == sorted(districts)]


@takes("area.declared")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.areas[data["area"]] = {
        "slug": data["area"], "names": list(data["names"]), "entry": entry.index, "districts": data["districts"],
    }  # fmt: skip
    fold.districts = {name: area for name, area in fold.districts.items() if area != data["area"]}
    fold.districts |= dict.fromkeys(data["districts"], data["area"])


@checks("area.agreed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    row = fold.branches.get(data["branch"])
    if row is None or row["area"] != data["area"] or row["registered_entry"] is None or row["ended_entry"]:
        raise Wrong("no such branch is registered for this area")
    by = fold.office(entry)
    fold.may_use(by, "areas.agree", ("branch", data["branch"], data["branch"]), entry.at)
    if any((row["proposal"], row["area"], row["holder"]) == (data["proposal"], data["area"], by.holder)
           for row in fold.agreed_areas):  # fmt: skip
        raise Wrong("its holder agreed to this boundary before")


@takes("area.agreed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    hand = (fold.by_entry[entry.by or 0].holder, entry.at, sorted(data["districts"]))
    fold.agreements.setdefault((data["branch"], data["proposal"]), []).append(hand)
    row = {name: data[name] for name in ("proposal", "branch", "area", "districts")}
    fold.agreed_areas.append({"entry": entry.index} | row | {"holder": hand[0], "at": entry.at})


@also("settings.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {name: data[name] for name in ("act", "group", "joining", "seats")}
    fold.about_settings.append(row | dict.fromkeys(("name", "purpose", "told_entry")))


@also("branch_rule.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.about_rules.append({name: data[name] for name in ("act", "branch", "rule", "value")})


@also("closure.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"act": data["act"], "group": data["group"], "reason": words.get("reason"), "told_entry": entry.index}
    fold.about_closing.append(row)


@also("office.offered", "office.challenged", "standin.offered")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"act": data["act"], "group": data["group"], "role": data.get("role"), "grant": data.get("grant")}
    if entry.type == "office.challenged":
        row["role"] = fold.grants[data["grant"]].role
    if entry.type == "standin.offered":
        row |= {"role": "standin", "grant": fold.acts[data["act"]].about["lender"].id}
    fold.about_offices.append(row | {"days": data.get("days")})


@also("branch.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.branches[data["branch"]] = {
        "id": data["branch"], "slug": data["slug"], "area": data["area"], "name": words.get("name"),
        "told_entry": entry.index, "act": data["act"], "proposed_entry": entry.index, "proposed_at": entry.at,
        "registered_entry": None, "registered_at": None, "ended_entry": None,
    }  # fmt: skip


@also("group.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.groups[data["group"]] = {
        "id": data["group"], "slug": data["slug"], "branch": data["branch"], "name": words.get("name"),
        "purpose": words.get("purpose"), "told_entry": entry.index, "joining": data["joining"], "seats": data["seats"],
        "act": data["act"], "proposed_entry": entry.index, "proposed_at": entry.at, "registered_entry": None,
        "registered_at": None, "ended_entry": None, "closed_entry": None, "merged_into": None,
    }  # fmt: skip


@also("merger.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    asked = fold.acts.get(data.get("answers") or "")
    ends = asked.about["ends"] if asked is not None else data["group"]
    fold.acts[data["act"]].about["ends"] = ends
    row = {"act": data["act"], "group": data["group"], "ends": ends, "into": data["into"]}
    row |= {"answers": data.get("answers"), "reason": words.get("reason"), "told_entry": entry.index}
    fold.about_merging.append(row)


@also("naming.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    group = fold.groups[data["group"]]
    told = {"name": words.get("name"), "purpose": words.get("purpose"), "told_entry": entry.index}
    as_it_is = {"joining": group["joining"], "seats": group["seats"]}
    fold.acts[data["act"]].about |= as_it_is | {"told": told}
    fold.about_settings.append({"act": data["act"], "group": data["group"]} | as_it_is | told)


@takes("branch.registered", "group.registered")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = fold.branches[data["branch"]] if entry.type == "branch.registered" else fold.groups[data["group"]]
    row |= {"registered_entry": entry.index, "registered_at": moment(data["due"])}


@ended("branch.register", "group.register")
def _(fold: Fold, entry: Entry, act: Act, at: dt.datetime) -> None:
    row = fold.branches.get(act.subject) or fold.groups[act.subject]
    if act.outcome != "refused" or act.procedure not in APPEALS:  # until that is appealed no more
        row["ended_entry"] = entry.index


@checks("branch_rule.changed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "branch_rule.change")
    if any(data[name] != act.about[name] for name in ("branch", "rule", "value")):
        raise Wrong("it is not what was decided")


@takes("branch_rule.changed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.branch_rules.append((entry.index, data["branch"], data["rule"], data["value"], moment(data["due"])))


# -- groups and their links --


@checks("group.changed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "group.change")
    if any(data[name] != act.about[name] for name in ("group", "joining", "seats")):
        raise Wrong("it is not what was decided")


@takes("group.changed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    told = fold.acts[data["act"]].about.get("told", {})
    fold.groups[data["group"]] |= {"joining": data["joining"], "seats": data["seats"], **told}


@checks("group.merged")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "group.merge")
    if (data["group"], data["into"]) != (act.about["ends"], act.about["into"]) or not merges(fold, act):
        raise Wrong("not both groups have said yes, or to something else")


@takes("group.merged", "group.closed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.groups[data["group"]] |= {"closed_entry": entry.index, "merged_into": data.get("into")}
    for link in fold.links.values():
        if link["group"] == data["group"] and link["withdrawn_entry"] is None:
            link["withdrawn_entry"] = entry.index
    if not fold.asleep(data["group"]):
        fold.sleeps.setdefault(data["group"], []).append([entry.at, None, entry.index, None])


@checks("group.dormant", "group.revived", "branch.dormant", "branch.revived")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    name = data.get("group") or data["branch"]
    row = fold.branches[name] if name in fold.branches else fold.group(name)
    asleep = fold.asleep(name)
    gone = row["registered_entry"] is None or row["ended_entry"] is not None or (asleep and row.get("closed_entry"))
    if gone or asleep != entry.type.endswith(".revived"):
        raise Wrong("there is no such place of which that could be said")


@takes("group.dormant", "branch.dormant")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    name = data.get("group") or data["branch"]
    fold.sleeps.setdefault(name, []).append([entry.at, None, entry.index, None])


@takes("group.revived", "branch.revived")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    span = next(one for one in fold.sleeps[data.get("group") or data["branch"]] if one[1] is None)
    span[1], span[3] = entry.at, entry.index


LINKS = (
    "forum", "website", "wiki", "chat", "list", "calendar", "meeting", "facebook", "whatsapp", "signal", "telegram",
)  # fmt: skip


@checks("link.declared")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if data["kind"] not in LINKS or data["link"] in fold.links:
        raise Wrong("this is no kind of place where groups meet, or was declared before")
    if entry.by is not None:
        if data.get("act") is None:
            raise Wrong("a link is announced first, and shown some days later")
        fold.opening(entry, data)
    elif data.get("act") is not None or first_mandate(fold, data["group"]) is None:
        raise Wrong("nobody declared this link")


def first_mandate(fold: Fold, group: str) -> int | None:
    """Returns the first founding mandate of a group that is being registered just now."""
    row = fold.groups.get(group)
    act = None if row is None else fold.acts[row["act"]]
    if row is None or act is None or act.outcome or act.now.do != "effect":
        return None
    return min((one.entry for one in fold.of_scope.get(group, ()) if one.act == act.id), default=None)


@takes("link.declared")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act = data.get("act")
    fold.links[data["link"]] = {
        "id": data["link"], "group": data["group"], "kind": data["kind"], "url": words.get("url"),
        "title": words.get("title"), "told_entry": entry.index, "declared_at": entry.at, "act": act,
        "shown_at": entry.at if act is None else None,
        "declared_by": first_mandate(fold, data["group"]) if entry.by is None else entry.by, "confirmed_by": None,
        "confirmed_entry": None, "proved_by": None, "proved_entry": None, "lapsed_entry": None, "withdrawn_entry": None,
    }  # fmt: skip
    if act is not None:
        open_act(fold, entry, data, words)


@takes("link.shown")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.links[data["link"]]["shown_at"] = moment(data["due"])


@ended("link.show")
def _(fold: Fold, entry: Entry, act: Act, at: dt.datetime) -> None:
    if fold.links[act.subject]["withdrawn_entry"] is None:
        fold.links[act.subject]["withdrawn_entry"] = entry.index


def standing_link(fold: Fold, data: Row) -> Row:
    """Returns a link that was not taken down."""
    row = fold.links.get(data["link"])
    if row is None or row["withdrawn_entry"] is not None:
        raise Wrong("no such public link stands in the record")
    return row


@checks("link.withdrawn", "link.confirmed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    row, by = standing_link(fold, data), fold.office(entry)
    scope = ("group", row["group"], fold.groups[row["group"]]["branch"])
    fold.may_use(by, "links.declare", scope, entry.at, entry.type == "link.withdrawn")
    if entry.type == "link.confirmed":
        declared = fold.by_entry.get(row["declared_by"])
        before = declared.holder if declared else ""
        lately = entry.at - fold.in_force.numbers["appointee_days"] * DAY
        tied = fold.tied(by.holder, lately) | fold.one_with(by.holder, lately)
        if row["confirmed_entry"] is not None or by.holder == before or before in tied:
            raise Wrong("it takes another second organiser, once")


@takes("link.withdrawn")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.links[data["link"]]["withdrawn_entry"] = entry.index


@takes("link.confirmed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.links[data["link"]] |= {"confirmed_by": entry.by, "confirmed_entry": entry.index}


@checks("link.proved", "link.lapsed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    row = standing_link(fold, data)
    proved = row["proved_entry"] is not None and row["lapsed_entry"] is None
    if proved != (entry.type == "link.lapsed") or data.get("method", "dns") not in ("dns", "file", "rel_me"):
        raise Wrong("that is so already, or no such proof is known")


@takes("link.proved")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.links[data["link"]] |= {"proved_by": data["method"], "proved_entry": entry.index, "lapsed_entry": None}


@takes("link.lapsed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.links[data["link"]]["lapsed_entry"] = entry.index


# -- sites --


@also("client.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {name: data[name] for name in ("group", "link", "tool", "tells", "pkce", "act")}
    fold.clients[data["client"]] = row | {
        "id": data["client"], "proposed_entry": entry.index, "proposed_at": entry.at, "registered_entry": None,
        "registered_at": None, "stopped_entry": None,
    }  # fmt: skip


@takes("client.registered")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.clients[data["client"]] |= {"registered_entry": entry.index, "registered_at": moment(data["due"])}


@checks("client.stopped")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    row, by = fold.clients.get(data["client"]), fold.office(entry)
    if row is None or row["stopped_entry"] is not None:
        raise Wrong("there is no such site, or it was stopped before")
    scope = ("group", row["group"], fold.groups[row["group"]]["branch"])
    if "clients.stop" in fold.powers(by) and fold.reaches(by, HUB):
        fold.may_use(by, "clients.stop", HUB, entry.at)
        if any(link == row["link"] and at > entry.at - 90 * DAY for link, at in fold.stops):
            raise Wrong("the council stopped a site at this address lately: it is for its organisers now")
    else:
        fold.may_use(by, "clients.register", scope, entry.at, True)


@checks("addresses.refused")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    row = fold.clients.get(data["client"])
    if row is None or row["registered_entry"] is None:
        raise Wrong("there is no such site")
    scope = ("group", row["group"], fold.groups[row["group"]]["branch"])
    fold.may_use(fold.office(entry), "clients.register", scope, entry.at, True)


@takes("client.stopped")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    if fold.by_entry[entry.by or 0].scope == HUB:
        fold.stops.append((fold.clients[data["client"]]["link"], entry.at))
    fold.clients[data["client"]]["stopped_entry"] = entry.index


# -- official statements --


DOES = {"statement.drafted": "publish", "correction.proposed": "correct", "retraction.proposed": "withdraw"}


@at_opening("statement.drafted")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if data["group"] is not None:
        fold.group(data["group"])
    if data["statement"] in fold.statements or data["kind"] not in ("statement", "reminder"):
        raise Wrong("this was drafted before, or is neither a statement nor a reminder")
    if data["kind"] == "statement" and data["group"] is not None:
        raise Wrong("only a reminder is about a group")


@at_opening("correction.proposed", "retraction.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    said = [one for one in fold.versions.values() if one["statement"] == data["statement"]]
    done = {one["does"] for one in said if one["done_entry"] is not None}
    if "publish" not in done or "withdraw" in done:
        raise Wrong("nothing stands there that could be corrected or taken back")
    if any(fold.acts[one["act"]].outcome is None for one in said):
        raise Wrong("another of its kind runs there already")


@also("statement.drafted", "correction.proposed", "retraction.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    if entry.type == "statement.drafted":
        row = {"id": data["statement"], "kind": data["kind"], "group": data["group"], "told_entry": entry.index}
        fold.statements[data["statement"]] = row
    row = {"act": data["act"], "statement": data["statement"], "does": DOES[entry.type], "told_entry": entry.index}
    row |= {name: words.get(name) for name in ("title", "text", "reason")}
    fold.versions[data["act"]] = row | {"done_entry": None, "done_at": None}


@checks("statement.published")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "statement.publish")
    if fold.versions[act.id]["done_entry"] is not None:
        raise Wrong("that was carried out before")


@takes("statement.published")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.versions[data["act"]] |= {"done_entry": entry.index, "done_at": moment(data["due"])}


# -- cases --

SIDES = ("complainant", "respondent")
CASES_SETTLED: dict[str, Callable[[Fold, Act], bool]] = {
    "case.conclude": lambda fold, act: fold.complaints[act.id]["concluded_entry"] is not None,
    # Later than the last day to appeal, the case has gone on already: at its present step nothing is held any more.
    "case.review": lambda fold, act: not is_held(fold.acts[act.subject]),
    "interim.begin": lambda fold, act: fold.interims[act.id]["begun_at"] is not None,
}


def is_held(case: Act) -> bool:
    """Tells whether a case waits for its appeal."""
    return case.fact("held") is not None and case.fact("released", "stopped") is None


def opens(salt: Any, grants: list[str], signed: Any) -> bool:
    """Tells whether offices are those that were signed for; none at all always are, as a copy does not know them."""
    if salt is None:
        return not grants
    return sha256(bytes.fromhex(salt) + written(grants)).hex() == str(signed)


def in_case(fold: Fold, entry: Entry, data: Row, by: str) -> Act:
    """Returns the act whose present step waits for somebody, in time."""
    act = fold.act(data)
    if act.outcome or act.now.by != by or data.get("step", act.step) != act.step or entry.at >= act.due:
        raise Wrong("the case does not wait for this now")
    return act


def laid_first(fold: Fold, case: str, items: list[str]) -> None:
    """Each item is laid before the sides for the first time, and once."""
    if len(set(items)) < len(items) or any((case, one) in fold.disclosed for one in items):
        raise Wrong("an item that was laid before others already")


def disclose(fold: Fold, entry: Entry, case: str, items: list[str]) -> None:
    """Notes what lies before both sides."""
    for one in items:
        fold.disclosed[case, one] = {"case_act": case, "item": one, "entry": entry.index}


@also("case.filed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"act": data["act"], "file": data["file"], "filed_entry": entry.index}
    names = ("charge", "charged_entry", "answer", "answered_entry", "decision", "ends", "decided_entry",
             "concluded_entry", "concluded")  # fmt: skip
    fold.complaints[data["act"]] = row | dict.fromkeys(names)


@checks("case.screened")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if fold.act(data).procedure != "case" or fold.act(data).now.by != "cases.screen":
        raise Wrong("the case does not wait for this now")
    fold.signs(entry, data, ends=not data["admits"])


@takes("case.screened")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act, by = fold.acts[data["act"]], fold.by_entry[entry.by or 0]
    act.hands.append((act.step, by.holder, "yes" if data["admits"] else "no", entry.at, entry.index))


@checks("case.charged", "case.answered")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = in_case(fold, entry, data, "complainant" if entry.type == "case.charged" else "respondent")
    if act.fact("reached") or (entry.type == "case.charged" and not data["items"]):
        raise Wrong("that was done before, or it rests on nothing")
    laid_first(fold, act.id, data["items"])
    fold.right(entry)


@takes("case.charged", "case.answered")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    name = "charge" if entry.type == "case.charged" else "answer"
    fold.complaints[data["act"]] |= {name: data[name], f"{entry.type[5:]}_entry": entry.index}
    disclose(fold, entry, data["act"], data["items"])
    state(fold, data["act"], "reached", entry.at, entry)


@checks("case.prolonged")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    if in_case(fold, entry, data, "respondent").fact("delayed", "reached"):
        raise Wrong("that was done before")
    fold.right(entry)


@takes("case.prolonged")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act = fold.acts[data["act"]]
    delay(fold, act, entry, act.due + 7 * DAY)


def signed_in(fold: Fold, act: Act) -> list[Row]:
    """Returns the newest signature of each who decides at the present step."""
    return [one for one in fold.case_signatures.values() if (one["act"], one["step"]) == (act.id, act.step)]


@checks("panel.struck")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, seat = in_case(fold, entry, data, "cases.decide"), fold.seats.get(data["ticket"], {})
    if data["side"] not in SIDES or signed_in(fold, act):
        raise Wrong("the case does not wait for this now")
    is_drawn = (seat.get("act"), seat.get("step")) == (act.id, act.step - 1)
    if not is_drawn or seat["state"] not in ("offered", "accepted"):
        raise Wrong("nobody with this ticket is to decide there")
    mine = [one for one in fold.strikes if (one["act"], one["step"], one["side"]) == (act.id, act.step, data["side"])]
    if len(mine) >= 2:
        raise Wrong("each side strikes two")
    fold.right(entry)


@takes("panel.struck")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.strikes.append({"entry": entry.index, **{name: data[name] for name in ("act", "step", "side", "ticket")}})
    grant = fold.seats[data["ticket"]]["grant"]
    if grant is not None:
        fold.grants[grant].ended, fold.grants[grant].recorded = (entry.at, "struck", entry.index), entry.at


@checks("case.decided")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, cites = in_case(fold, entry, data, "cases.decide"), data["cites"]
    case = act.subject if act.procedure == "appeal_case" else act.id
    if act.fact("passed", "sent_back"):
        raise Wrong("it is decided")
    if data.get("rehears"):
        may_send_back(fold, entry, act, data)
    if len(set(cites)) < len(cites) or any((case, one) not in fold.disclosed for one in cites):
        raise Wrong("a decision rests on nothing that was not laid before the accused")
    grant = fold.office(entry)
    fold.may_use(grant, "cases.decide", None, entry.at)
    if grant.act != act.id or not fold.reaches(grant, HUB):
        raise Wrong("who is drawn for one act decides in that act alone")
    newest = [one for one in fold.seats.values() if (one["act"], one["step"]) == (act.id, act.step - 1)]
    if grant.holder not in {one["holder"] for one in newest}:
        raise Wrong("others were drawn in the place of this panel")
    if entry.at < act.since + 4 * DAY:
        raise Wrong("the sides may still strike")
    others = {one["holder"] for one in signed_in(fold, act)} - {grant.holder}
    lately = entry.at - act.rules.numbers["appointee_days"] * DAY
    if others & (fold.one_with(grant.holder, lately) | fold.tied(grant.holder, lately)):
        raise Wrong("two who count as one person, or of whom one appointed the other, do not decide together")


def may_send_back(fold: Fold, entry: Entry, act: Act, data: Row) -> None:
    """An appeal's panel has a case heard again: once, within 28 days of the decision, and decides nothing itself."""
    if act.procedure != "appeal_case" or any(name == "reheard" for _, name, _, _ in act.facts):
        raise Wrong("five on appeal have a case heard again, and once")
    if data["ends"] is not None or data["cites"] or entry.at >= fold.acts[act.subject].since + 28 * DAY:
        raise Wrong("who has a case heard again decides nothing of it, and does so while there is time")


@takes("case.decided")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act, holder = fold.acts[data["act"]], fold.by_entry[entry.by or 0].holder
    said = {"decision": data["decision"], "ends": data["ends"]}
    rehears = 1 if data.get("rehears") else None
    row = {"act": act.id, "step": act.step, "holder": holder, **said, "entry": entry.index, "rehears": rehears}
    fold.case_signatures[act.id, act.step, holder] = row
    kept = (*said.values(), rehears)
    same = [one for one in signed_in(fold, act) if (one["decision"], one["ends"], one["rehears"]) == kept]
    if len(same) < act.now.persons:
        return
    if rehears:
        state(fold, act.id, "sent_back", entry.at, entry)
        return
    state(fold, act.id, "passed", entry.at, entry)
    if act.procedure == "case":
        fold.complaints[act.id] |= said | {"decided_entry": entry.index}
    else:
        fold.case_appeals[act.id] |= said


@at_opening("case.appealed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    case = fold.act({"act": data["case"]})
    waits = case.procedure == "case" and case.outcome is None and case.now.do == "notice" and entry.at < case.due
    if not waits or case.fact("held") or data["side"] not in SIDES:
        raise Wrong("that decision cannot be appealed now")
    laid_first(fold, case.id, data["items"])


@also("case.appealed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"act": data["act"], "case_act": data["case"], "side": data["side"], "file": data["file"]}
    fold.case_appeals[data["act"]] = row | {"decision": None, "ends": None, "told_entry": entry.index}
    disclose(fold, entry, data["case"], data["items"])
    state(fold, data["case"], "held", entry.at, entry)


@checks("case.reviewed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "case.review")
    case = fold.acts[act.subject]
    if (data["case"], data["decision"]) != (case.id, fold.case_appeals[act.id]["decision"]) or case.fact("released"):
        raise Wrong("its appeal does not owe this decision")


@takes("case.reviewed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    found = fold.case_appeals[data["act"]]
    said = {"decision": found["decision"], "ends": found["ends"], "decided_entry": entry.index}
    fold.complaints[data["case"]] |= said
    state(fold, data["case"], "released", moment(data["due"]), entry)


@ended("case.review")
def _(fold: Fold, entry: Entry, act: Act, at: dt.datetime) -> None:
    is_accused = fold.case_appeals[act.id]["side"] == "respondent"
    state(fold, act.subject, "stopped" if is_accused else "released", at, entry)


@ended("case.conclude")
def _(fold: Fold, entry: Entry, act: Act, at: dt.datetime) -> None:
    end_meanwhile(fold, act.id, at)


def end_meanwhile(fold: Fold, case: str, at: dt.datetime) -> None:
    """Ends what was ordered while a case ran: measures, and that looks are read later."""
    end_interims(fold, case, at)
    for row in fold.delays.values():
        if row["case_act"] == case and row["until_at"] > at:
            row["until_at"] = at


def end_interims(fold: Fold, case: str, at: dt.datetime) -> None:
    """Ends what was ordered while a case ran."""
    for row in fold.interims.values():
        if row["case_act"] == case and row["until_at"] is not None and row["until_at"] > at:
            row["until_at"] = at
            for grant in fold.grants.values():
                grant.pauses = [
                    (index, name, start, at if name == row["act"] and end > at else end)
                    for index, name, start, end in grant.pauses
                ]


@checks("case.concluded")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    row = fold.complaints[fold.due(entry, data, "case.conclude").id]
    if not opens(data["salt"], data["grants"], row["ends"]) or row["concluded_entry"] is not None:
        raise Wrong("the panel signed for the end of other offices, or it was said before")


@takes("case.concluded")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.complaints[data["act"]] |= {"concluded_entry": entry.index, "concluded": data["grants"]}
    end_meanwhile(fold, data["act"], moment(data["due"]))


def of_duty(fold: Fold, entry: Entry, case: str) -> Grant:
    """Returns the grant of one of a case's duty panel."""
    grant = fold.office(entry)
    fold.may_use(grant, "cases.screen", HUB, entry.at)
    if grant.act != case:
        raise Wrong("who is drawn for one act decides in that act alone")
    return grant


@at_opening("interim.asked")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    case = fold.act({"act": data["case"]})
    if case.procedure != "case" or case.outcome or entry.at >= case.due:
        raise Wrong("no such case runs")
    of_duty(fold, entry, case.id)
    earlier = [one for one in fold.interims.values() if one["case_act"] == case.id]
    before = next((one for one in earlier if one["act"] == data["renews"]), None)
    if data["renews"] is None and earlier:
        raise Wrong("a case has one measure")
    if data["renews"] is not None and (
        before is None or before["begun_at"] is None or before["renews"] is not None or len(earlier) > 1
        or before["rests"] != data["rests"]
    ):  # fmt: skip
        raise Wrong("a measure is renewed once")


@also("interim.asked")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"act": data["act"], "case_act": data["case"], "file": data["file"], "rests": data["rests"]}
    row |= {"all": int(data["all"]), "renews": data["renews"], "told_entry": entry.index}
    fold.interims[data["act"]] = row | dict.fromkeys(("begun_at", "until_at", "grants"))
    sign_interim(fold, entry, data["act"])


def sign_interim(fold: Fold, entry: Entry, act: str) -> None:
    """Notes the signature of one of a duty panel under a measure."""
    holder, file = fold.by_entry[entry.by or 0].holder, fold.interims[act]["file"]
    row = {
        "act": act,
        "step": 0,
        "holder": holder,
        "decision": file,
        "ends": None,
        "entry": entry.index,
        "rehears": None,
    }
    fold.case_signatures[act, 0, holder] = row


@checks("interim.signed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, row = in_case(fold, entry, data, "cases.screen"), fold.interims[data["act"]]
    holder = of_duty(fold, entry, row["case_act"]).holder
    if act.fact("passed") or fold.acts[row["case_act"]].outcome or (act.id, 0, holder) in fold.case_signatures:
        raise Wrong("it is decided, or its holder signed it before, or its case is over")


@takes("interim.signed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act = fold.acts[data["act"]]
    sign_interim(fold, entry, act.id)
    if len(signed_in(fold, act)) >= (3 if fold.interims[act.id]["all"] else act.now.persons):
        state(fold, act.id, "passed", entry.at, entry)


@checks("interim.begun")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "interim.begin")
    row, case, until = fold.interims[act.id], fold.acts[act.subject], act.since + act.now.lasts * DAY
    if case.outcome:
        until = act.since
    elif case.now.short == "lapse":
        until = min(until, case.due)
    if not opens(data["salt"], data["grants"], row["rests"]) or row["begun_at"] is not None:
        raise Wrong("the panel signed for the rest of other offices, or it was said before")
    if moment(data["until"]) != until:
        raise Wrong("a measure lasts exactly its days, and no longer than its case may")


@takes("interim.begun")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"begun_at": moment(data["due"]), "until_at": moment(data["until"]), "grants": data["grants"]}
    fold.interims[data["act"]] |= row


def of_panel(fold: Fold, entry: Entry, case: str) -> Grant:
    """Returns the grant of one of a panel of a case that runs: its duty panel, or the newest that decides it."""
    act = fold.act({"act": case})
    review = next((fold.acts[one["act"]] for one in fold.case_appeals.values() if one["case_act"] == case), None)
    running = act if review is None or review.outcome else review
    if act.procedure != "case" or act.outcome or entry.at >= running.due:
        raise Wrong("no such case runs")
    grant = fold.office(entry)
    is_duty = "cases.screen" in fold.powers(grant)
    fold.may_use(grant, "cases.screen" if is_duty else "cases.decide", HUB, entry.at)
    if grant.act != case and (is_duty or review is None or grant.act != review.id):
        raise Wrong("who is drawn for one act decides in that act alone")
    seats = [one for one in fold.seats.values() if one["act"] == grant.act]
    newest = max((one["step"] for one in seats), default=0)
    if not is_duty and grant.holder not in {one["holder"] for one in seats if one["step"] == newest}:
        raise Wrong("others were drawn in the place of this panel")
    if any(one["signed_entry"] is not None and is_of(one, grant) for one in fold.delays.values()):
        raise Wrong("a panel delays its looks once")
    return grant


def is_of(row: Row, grant: Grant) -> bool:
    """Tells whether an order is of a grant's own panel."""
    return (row["act"], row["role"]) == (grant.act, grant.role)


@checks("delay.asked")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    of_panel(fold, entry, data["case"])
    if data["order"] in fold.delays or not entry.at < moment(data["until"]) <= entry.at + 30 * DAY:
        raise Wrong("looks are delayed until a moment ahead, 30 days away at most")


@takes("delay.asked")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    grant = fold.by_entry[entry.by or 0]
    row = {"order": data["order"], "case_act": data["case"], "act": grant.act, "role": grant.role}
    row |= {"asked_by": grant.holder, "asked_entry": entry.index, "until_at": moment(data["until"])}
    fold.delays[data["order"]] = row | dict.fromkeys(("signed_by", "signed_entry", "begun_at"))


@checks("delay.signed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    row = fold.delays.get(data["order"])
    if row is None or row["signed_entry"] is not None or entry.at >= row["until_at"]:
        raise Wrong("no such order waits to be signed")
    grant = of_panel(fold, entry, row["case_act"])
    if not is_of(row, grant):
        raise Wrong("another panel asked for it")
    lately = entry.at - fold.acts[row["case_act"]].rules.numbers["appointee_days"] * DAY
    if row["asked_by"] in {grant.holder} | fold.one_with(grant.holder, lately) | fold.tied(grant.holder, lately):
        raise Wrong("one alone, or two who count as one person, or of whom one appointed the other, order nothing")


@takes("delay.signed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    signed = {"signed_by": fold.by_entry[entry.by or 0].holder, "signed_entry": entry.index, "begun_at": entry.at}
    fold.delays[data["order"]] |= signed


# -- freezes, measures, hiding --


@also("freeze.opened")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    by, scope = fold.by_entry[entry.by or 0], fold.place(data["scope"], data["branch"])
    until = entry.at + days_left(fold, by.holder, data["power"], scope, entry.at)
    fold.freezes[data["act"]] = {
        "act": data["act"], "frozen_entry": None, "grant": by.id, "holder": by.holder, "permission": data["power"],
        "scope": scope, "reason": words.get("reason"), "told_entry": entry.index, "from_at": entry.at,
        "until_at": until, "counts_until": until,
    }  # fmt: skip


@checks("power.frozen")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "power.freeze")
    row = fold.freezes[act.id]
    if row["frozen_entry"] is not None or moment(data["until"]) != row["until_at"]:
        raise Wrong("it freezes for other days than its maker has left")


@takes("power.frozen")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    fold.freezes[data["act"]]["frozen_entry"] = entry.index


@checks("freeze.withdrawn")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    row, by = fold.freezes.get(data["act"]), fold.office(entry)
    if row is None or row["holder"] != by.holder or entry.at >= row["until_at"]:
        raise Wrong("only its maker takes a freeze back, while it holds")


@takes("freeze.withdrawn")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = fold.freezes[data["act"]]
    if row["until_at"] > entry.at:
        row |= {"until_at": entry.at, "counts_until": entry.at}


@ended("power.freeze")
def _(fold: Fold, entry: Entry, act: Act, at: dt.datetime) -> None:
    row = fold.freezes[act.id]
    row["until_at"] = min(row["until_at"], at)


@checks("measure.begun")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "measure.begin")
    if act.about.get("begun") or moment(data["until"]) != measure_ends(act, act.since, act.since, act.now.lasts):
        raise Wrong("a measure begins once, and lasts exactly its days")


def measure_ends(measure: Act, begun: dt.datetime, until: dt.datetime, more: int) -> dt.datetime:
    """Returns when a measure ends that lasts some days more, and no longer in all than any may."""
    return min(until + more * DAY, begun + measure.rules.numbers["measure_most_days"] * DAY)


@takes("measure.begun")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    act, since, until = fold.acts[data["act"]], moment(data["due"]), moment(data["until"])
    act.about |= {"begun": since, "until": until}
    row = fold.measures[act.id]
    row |= {"begun_at": since, "until_at": until}
    close(fold, entry, act, since, until)
    if row["kind"] == "hide_content":
        conceal(fold, entry, act.id, row["target_kind"], row["target"], since, until)


def close(fold: Fold, entry: Entry, measure: Act, since: dt.datetime, until: dt.datetime) -> None:
    """Closes what a measure closes where it holds; what runs there gets back the time that this takes from it."""
    closed = CLOSED_BY.get(measure.about["kind"], ())
    for procedure in closed:
        fold.closures.append(
            {"entry": entry.index, "procedure": procedure, "act": measure.id, "scope_id": measure.subject,
             "from_at": since, "until_at": until}
        )  # fmt: skip
    for one in fold.acts.values():
        here = one.procedure in closed and one.scope is not None and one.scope[1] == measure.subject
        waits = one.outcome is None and one.told is not None and one.told > since
        if here and waits and one.now.do in ("submit", "decide", "notice"):
            delay(fold, one, entry, one.due + (until - since))


def reopen(fold: Fold, measure: Act, at: dt.datetime) -> None:
    """Ends what a measure closed, from a moment on, and takes back the time that what ran there does not need."""
    mine = [one for one in fold.closures if one["act"] == measure.id and one["until_at"] > at]
    entries, earlier = {one["entry"] for one in mine}, max((one["until_at"] - at for one in mine), default=DAY)
    for one in mine:
        one["until_at"] = at
    for act in fold.acts.values():
        told = [fact for fact in act.facts if fact[1] == "delayed" and fact[3] in entries]
        if told:
            act.facts = [(*one[:2], one[2] - earlier, one[3]) if one in told else one for one in act.facts]
            if act.outcome is None and any(step == act.step for step, *_ in told):
                act.told = act.due


@checks("measure.extended")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "measure.extend")
    measure = fold.acts[act.subject]
    until = measure_ends(measure, measure.about["begun"], measure.about["until"], act.now.lasts)
    if act.about.get("extended") or (data["measure"], moment(data["until"])) != (measure.id, until):
        raise Wrong("it lets another measure last longer, or not exactly as long")


@takes("measure.extended")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    measure, until = fold.acts[data["measure"]], moment(data["until"])
    before = measure.about["until"]
    fold.acts[data["act"]].about["extended"] = True
    measure.about["until"] = until
    fold.measures[measure.id]["until_at"] = fold.extensions[data["act"]]["until_at"] = until
    for grant in fold.grants.values():
        grant.pauses = [
            (index, name, start, until if (name, end) == (measure.id, before) else end)
            for index, name, start, end in grant.pauses
        ]
    for one in fold.concealments:
        if (one["act"], one["until_at"]) == (measure.id, before):
            one["until_at"] = until
    close(fold, entry, measure, before, until)


@also("measure.declared")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    kind = "branch" if data["scope"] == data["branch"] else "group"
    row = {"act": data["act"], "kind": data["kind"], "scope_kind": kind, "scope_id": data["scope"]}
    row |= {name: data.get(name) for name in ("role", "target_kind", "target")}
    row |= {"reason": words.get("reason"), "told_entry": entry.index}
    fold.measures[data["act"]] = row | dict.fromkeys(("begun_at", "until_at", "election"))


@also("extension.proposed")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {"act": data["act"], "measure": data["measure"], "reason": words.get("reason")}
    fold.extensions[data["act"]] = row | {"told_entry": entry.index, "until_at": None}


@checks("election.called")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act = fold.due(entry, data, "measure.begin")
    if act.about["kind"] != "open_election" or act.about.get("begun") or act.about.get("election"):
        raise Wrong("its measure asks for no election, or has its own already")
    if data["election"] in fold.acts or data["seats"] != fold.in_force.roles["admin"]["most"]:
        raise Wrong("it is no new election of all seats")
    if not asked_in(fold, act.subject, act.since):
        raise Wrong("an election runs there already, or is owed anyway")


def electing(fold: Fold, name: str) -> Scope:
    """Returns a place where somebody can be elected: registered, not ended, and awake."""
    row = fold.branches.get(name) or fold.groups.get(name)
    if row is None or row["registered_entry"] is None or row["ended_entry"] is not None or fold.asleep(name):
        raise Wrong("no election can be owed there")
    return fold.place(name, row.get("branch", name))


@takes("election.called")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    measure = fold.acts[data["act"]]
    measure.about["election"] = data["election"]
    about = {"role": "admin", "kind": "general", "seats": data["seats"], "due": data["due"]}
    fold.acts[data["election"]] = Act(
        data["election"], "elect", fold.in_force, electing(fold, measure.subject), measure.subject, entry.index, None,
        moment(data["due"]), entry.at, about=about,
    )  # fmt: skip
    called = fold.acts[data["election"]]
    called.told = called.due
    add_election(fold, entry, called.id)
    fold.measures[measure.id]["election"] = called.id


def undo(fold: Fold, name: str, entry: Entry, at: dt.datetime) -> None:
    """What a measure opened ends with it: at once, or when its vote that is open closes; not what was voted on."""
    act = fold.acts[name]
    votes = act.now.do == "ballot" and entry.at < act.due and not act.fact("tied")
    if act.outcome is None and (act.now.do in ("submit", "draw") or votes):
        act.told = act.due if act.now.do == "ballot" else max(at, act.since)
        state(fold, name, "undone", act.told, entry)


@checks("election.ended")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, due = fold.act(data), moment(data["due"])
    if act.procedure != "elect" or act.scope is None or act.outcome or act.step != data["step"]:
        raise Wrong("no such election runs")
    if act.fact("stopped") or any(step.do == "ballot" for step in act.steps[: act.step + 1]):
        raise Wrong("who votes is let finish, and nothing ends twice")
    found = [(max(at, act.since), why) for at, why in pointless(fold, act, act.scope)]
    if not found or min(found) != (due, data["why"]) or act.move(due):
        raise Wrong("this election is needed, or since then, or for this reason, it is not without need")


def pointless(fold: Fold, act: Act, scope: Scope) -> Iterator[tuple[dt.datetime, str]]:
    """Yields since when, and why, nobody needs an election any more."""
    asleep = next((start for start, end, *_ in fold.sleeps.get(scope[1], ()) if end is None), None)
    if asleep is not None:
        closed = [
            one.closed[0] for one in fold.acts.values()
            if (one.procedure, one.subject, one.outcome) == ("close_group", scope[1], "done") and one.closed
        ]  # fmt: skip
        yield min([asleep, *closed]), "empty"
    general = [
        moment(one.about["due"]) for one in elections(fold, scope)
        if one.about["kind"] == "general" and one.outcome is None and one.opened > act.opened
    ]  # fmt: skip
    if act.about["kind"] == "by" and general:
        yield max(general), "overtaken"


@takes("election.ended")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    state(fold, data["act"], "stopped", moment(data["due"]), entry)
    fold.elections[data["act"]] |= {"ended_why": data["why"], "ended_entry": entry.index}


@at_opening("measure.declared")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    kind, about = data["kind"], (data.get("role") is not None, data.get("target") is not None)
    shapes = {"pause_role": (True, False), "hide_content": (False, True)}
    shapes |= dict.fromkeys(("freeze_settings", "pause_posting", "open_election"), (False, False))
    row = fold.branches.get(data["scope"]) or fold.groups.get(data["scope"]) or {}
    if shapes.get(kind) != about or row.get("registered_at") is None or fold.asleep(data["scope"]):
        raise Wrong("no measure of this kind can be declared there")
    fold.place(data["scope"], data["branch"])
    if entry.at < row["registered_at"] + fold.in_force.numbers["measure_after_days"] * DAY:
        raise Wrong("what is founded is left alone at first")
    role = fold.in_force.roles.get(data.get("role") or "")
    if kind == "pause_role" and (
        role is None or "hub" in role["scopes"] or {"lot", "caretaker"} & set(role["by"]) or data["role"] in FOR_ONE_ACT
    ):
        raise Wrong("no measure rests this office")
    if kind == "open_election" and not asked_in(fold, data["scope"], entry.at):
        raise Wrong("an election runs there already, or is owed anyway")
    if kind == "hide_content":
        found = target_of(fold, str(data.get("target_kind")), data["target"])
        if found.scope[1] != data["scope"] or not found.by_measure or is_hidden(fold, data["target"]):
            raise Wrong("nothing is shown there that a measure may hide")
    holder, apart = fold.office(entry).holder, fold.in_force.numbers["measure_apart_days"] * DAY
    for row in fold.measures.values():
        other = fold.acts[row["act"]]
        here = row["scope_id"] == data["scope"] and entry.at < other.at + apart
        if here and (row["begun_at"] is not None or other.outcome is None):
            raise Wrong("a measure was declared there lately: none follows so soon")
        if here and any(who == holder and index == other.opened for _, who, _, _, index in other.hands):
            raise Wrong("its holder declared one there lately that came to nothing")


@at_opening("extension.proposed")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    measure, by = fold.act({"act": data["measure"]}), fold.office(entry)
    until = measure.about.get("until")
    if measure.procedure != "emergency" or measure.outcome != "done" or until is None or entry.at >= until:
        raise Wrong("no such measure is confirmed and in force")
    asked = [one for one in fold.acts.values() if (one.procedure, one.subject) == ("extend_measure", measure.id)]
    if measure.about["kind"] == "open_election" or any(one.outcome in (None, "done") for one in asked):
        raise Wrong("it was extended, or that was asked for, or it has nothing to extend")
    if by.role in FOR_ONE_ACT and by.act != measure.id:
        raise Wrong("who is drawn for one act decides in that act alone")


@ended("measure.begin")
def _(fold: Fold, entry: Entry, act: Act, at: dt.datetime) -> None:
    if not act.about.get("begun"):
        return
    act.about["until"] = fold.measures[act.id]["until_at"] = min(act.about["until"], at)
    reopen(fold, act, at)
    reveal(fold, act.id, at)
    if act.about.get("election"):
        undo(fold, act.about["election"], entry, at)
    for grant in fold.grants.values():
        grant.pauses = [
            (entry_, name, start, max(start, min(end, at)) if name == act.id and end > at else end)
            for entry_, name, start, end in grant.pauses
        ]


@dataclass
class Target:
    """What can be hidden. scope: whose officers may; author: the holder who published it; barred: who has a stake.

    by_measure: whether an emergency measure may hide it.
    """

    scope: Scope
    author: str | None
    barred: set[str] = field(default_factory=set)
    by_measure: bool = True


def target_of(fold: Fold, kind: str, name: str) -> Target:
    """Returns what would be hidden: a link that stands, a group's name or purpose, or what a candidate wrote."""
    if kind == "link":
        link = standing_link(fold, {"link": name})
        by = fold.by_entry.get(link["declared_by"])
        return Target(fold.place(link["group"], fold.groups[link["group"]]["branch"]), by.holder if by else None)
    if kind == "group" or (kind == "group_name" and name.startswith(NAME_OF)):
        group = fold.group(name.removeprefix(NAME_OF) if kind == "group_name" else name)
        return Target(fold.place(group["id"], group["branch"]), author_of(fold, group))
    if kind == "candidacy":
        for one in fold.candidacies:
            if f"cdy_{one['told_entry']}" == name and one["withdrawn_entry"] is None:
                rivals = {rival["holder"] for rival in candidates(fold, one["act"])}
                return Target(fold.acts[one["act"]].scope or HUB, one["holder"], rivals, by_measure=False)
    raise Wrong("there is nothing of that kind that could be hidden")


NAME_OF = "name_"  # before a group's id, where it is the name that is hidden


def author_of(fold: Fold, group: Row) -> str | None:
    """Returns who wrote a group's words: whoever proposed the present ones, or its first founder."""
    if group["told_entry"] != group["proposed_entry"]:
        opened = next(one for one in fold.acts.values() if one.opened == group["told_entry"])
        return fold.by_entry[opened.opened_by or 0].holder
    founders = [who for _, who, hand, _, _ in fold.acts[group["act"]].hands if hand == "submit"]
    return founders[0] if founders else None


def is_hidden(fold: Fold, target: str) -> bool:
    """Tells whether officers hide something now; a measure may hide it besides."""
    return any(
        one["target"] == target and one["hidden_entry"] is not None and one["shown_entry"] is None
        for one in fold.hidings.values()
    )


def disinterested(fold: Fold, kind: str, name: str, holder: str) -> None:
    """Nobody with a stake in something hides it, or decides on that. What is there no more has no rivals."""
    try:
        found = target_of(fold, kind, name)
    except Wrong:
        return
    if holder in found.barred:
        raise Wrong("whoever stands in an election neither hides what a candidate says, nor decides on it")


@at_opening("hiding.opened")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    holder, rules = fold.office(entry).holder, fold.in_force
    if data["rule"] not in rules.conduct or is_hidden(fold, data["target"]):
        raise Wrong("no rule of conduct in force has this number, or it is hidden already")
    disinterested(fold, data["kind"], data["target"], holder)
    lasts = sum(step.days for step in rules.steps["hide"]) * DAY
    begin, alone = entry.at + lasts - 28 * DAY, lasts
    for who, since, until in unconfirmed(fold, data["target"]):
        if who == holder and entry.at < until + 28 * DAY:
            raise Wrong("its holder hid this before, and nobody confirmed it")
        alone += max(until - max(since, begin), dt.timedelta(0)) if until > begin else dt.timedelta(0)
    if alone > HIDDEN_ALONE * DAY:
        raise Wrong("within four weeks it would be hidden for more than seven days without anybody confirming it")


HIDDEN_ALONE = 7  # days, in four weeks, without a second person's word


def unconfirmed(fold: Fold, target: str) -> Iterator[tuple[str, dt.datetime, dt.datetime]]:
    """Yields each time that somebody hid something, and it came back without others' word: who, since, until."""
    for one in fold.concealments:
        act = fold.acts[one["act"]]
        if act.procedure == "hide" and one["target"] == target and act.outcome in ENDINGS:
            for _, who, hand, _, _ in act.hands:
                if hand == "submit":
                    yield who, one["from_at"], one["until_at"]


@also("hiding.opened")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = {name: data[name] for name in ("act", "kind", "target", "rule")}
    row |= {"reason": words.get("reason"), "told_entry": entry.index}
    fold.hidings[data["act"]] = row | {"hidden_entry": None, "shown_at": None, "shown_entry": None}


@checks("content.restored")
def _(fold: Fold, entry: Entry, data: Row) -> None:
    act, row, by = fold.act(data), fold.hidings[data["act"]], fold.office(entry)
    if act.outcome is None or row["hidden_entry"] is None or row["shown_entry"] is not None:
        raise Wrong("this is not hidden, or is still being decided")
    if act.subject in (by.holder, by.counts_as):
        raise Wrong("whoever published it does not show it again")
    disinterested(fold, row["kind"], row["target"], by.holder)
    fold.may_use(by, "content.hide", act.scope, entry.at, True)


@takes("content.restored")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    show_again(fold, data["act"], entry, entry.at)


@takes("content.hidden")
def _(fold: Fold, entry: Entry, data: Row, words: dict[str, str]) -> None:
    row = fold.hidings[data["act"]]
    row["hidden_entry"] = entry.index
    conceal(fold, entry, data["act"], row["kind"], row["target"], moment(data["due"]), None)


@ended("content.hide")
def _(fold: Fold, entry: Entry, act: Act, at: dt.datetime) -> None:
    show_again(fold, act.id, entry, at)


def show_again(fold: Fold, act: str, entry: Entry, at: dt.datetime) -> None:
    """Ends a hiding from a moment on."""
    fold.hidings[act] |= {"shown_at": at, "shown_entry": entry.index}
    reveal(fold, act, at)


def conceal(
    fold: Fold, entry: Entry, act: str, kind: str, target: str, since: dt.datetime, until: dt.datetime | None
) -> None:
    """Hides something by an act. until: when it comes back by itself; None: when its act says so."""
    row = {"entry": entry.index, "act": act, "kind": kind, "target": target}
    fold.concealments.append(row | {"from_at": since, "until_at": until})


def reveal(fold: Fold, act: str, at: dt.datetime) -> None:
    """Ends what an act hides, from a moment on."""
    for one in fold.concealments:
        if one["act"] == act and (one["until_at"] is None or one["until_at"] > at):
            one["until_at"] = at


# --- What the fold gives, as tables -----------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """Writes a value as state.json does."""
    if isinstance(value, dt.datetime):
        return say(value)
    return base64_of(value) if isinstance(value, bytes) else value


def scoped(scope: Scope) -> Row:
    """Writes a place as tables do."""
    return {"scope_kind": scope[0], "scope_id": scope[1], "branch_id": scope[2]}


def tables(fold: Fold) -> dict[str, list[Row]]:
    """Returns the tables that this program computes, under the names and columns of state.json."""
    keys, seen = fold.signatures.keys, fold.signatures.seen
    grants, pauses = [], []
    for one in fold.grants.values():
        at, why, entry = one.ended or (None, None, None)
        grants.append(
            {"id": one.id, "entry": one.entry, "holder": one.holder, "role": one.role, **scoped(one.scope),
             "source": one.source, "act": one.act, "from_at": one.starts, "until_at": one.until, "ended_at": at,
             "ended_why": why, "ended_entry": entry, "held_entry": one.held,
             "lender": one.lender and one.lender.id}
        )  # fmt: skip
        for index, act, start, end in one.pauses:
            pauses.append({"entry": index, "grant": one.id, "act": act, "from_at": start, "until_at": end})
    freezes = []
    for row in fold.freezes.values():
        kind, place, _ = row["scope"]
        freezes.append(
            {name: value for name, value in row.items() if name != "scope"} | {"scope_kind": kind, "scope_id": place}
        )
    return {
        "hub_facts": fold.facts,
        "receipt_days": fold.receipts,
        "constitutions": fold.adopted,
        "charters": [
            {"version": one.version, "entry": entry, "since": at, "hash": one.hash, "signed": note,
             "has_quorum": one.policy.quorum != "none"}
            for one, entry, at, note in fold.charters
        ],
        "holders": list(fold.holders.values()),
        "signing_keys": [
            {"id": name, "holder": one.holder, "public_key": one.text, "algorithm": one.passkey.algorithm,
             "hub": one.hub, "entry": one.entry, "from_at": one.since, "withdrawn_entry": one.withdrawn}
            for name, one in keys.items()
        ],
        "signed_entries": [
            {"entry": index, "key": key, "act": base64url_of(digest)} for digest, (index, key) in seen.items()
        ],
        "role_keys": [{"entry": key.entry, "grant": key.grant, "public_key": key.text} for key in fold.role_keys],
        "office_claims": fold.claims,
        "grants": grants,
        "grant_pauses": pauses,
        "power_freezes": freezes,
        "dormancies": [
            {"scope_id": place, "entry": entry, "from_at": start, "until_at": end, "until_entry": until}
            for place, spans in fold.sleeps.items() for start, end, entry, until in spans
        ],
        "areas": [{name: row[name] for name in ("slug", "names", "entry")} for row in fold.areas.values()],
        "area_districts": [{"district": district, "area": area} for district, area in fold.districts.items()],
        "branches": list(fold.branches.values()),
        "branch_rules": [
            {"entry": entry, "branch": branch, "rule": rule, "value": value, "in_force_from": since}
            for entry, branch, rule, value, since in fold.branch_rules
        ],
        "groups": list(fold.groups.values()),
        "group_links": list(fold.links.values()),
        "clients": list(fold.clients.values()),
        "acts": [
            {"id": act.id, "procedure": act.procedure, "constitution": act.rules.entry, **scoped(act.scope or HUB),
             "subject": act.subject, "opened_entry": act.opened, "opened_at": act.at, "step": act.step,
             "since_at": act.since, "due_at": act.told, "outcome": act.outcome,
             "closed_at": act.closed and act.closed[0], "closed_entry": act.closed and act.closed[1]}
            for act in fold.acts.values()
        ],
        "act_facts": [
            {"entry": entry, "act": act.id, "step": step, "fact": fact, "at": at}
            for act in fold.acts.values() for step, fact, at, entry in act.facts
        ],
        "act_closures": fold.closures,
        "act_hands": [
            {"entry": entry, "act": act.id, "step": step, "holder": holder, "hand": hand, "at": at}
            for act in fold.acts.values() for step, holder, hand, at, entry in act.hands
        ],
        "act_moves": [
            {"act": act.id, "step": step, "due_at": due, "outcome": outcome, "entry": entry}
            for act in fold.acts.values() for step, due, outcome, entry in act.moves
        ],
        "role_powers": [
            {"role": role, "permission": power, "reach": told["reach"], "constitution": rules.entry,
             "tenure_days": rules.numbers["tenure_days"]}
            for rules in fold.rules[-1:] for role, told in rules.roles.items() for power in told["can"]
        ],
        "deployments": fold.deployments,
        "area_agreements": fold.agreed_areas,
        "branch_rule_changes": fold.about_rules,
        "statements": list(fold.statements.values()),
        "statement_versions": list(fold.versions.values()),
        "settings_changes": fold.about_settings,
        "closures": fold.about_closing,
        "mergers": fold.about_merging,
        "office_acts": fold.about_offices,
        "standing_holds": list(fold.holds.values()),
        "petitions": list(fold.petitions.values()),
        "amendments": list(fold.amendments.values()),
        "elections": list(fold.elections.values()),
        "candidacies": fold.candidacies,
        "ballots": list(fold.ballots.values()),
        "ballot_winners": fold.elected,
        "outages": fold.outages,
        "measures": list(fold.measures.values()),
        "measure_extensions": list(fold.extensions.values()),
        "hidings": list(fold.hidings.values()),
        "concealments": fold.concealments,
        "draws": list(fold.draws.values()),
        "draw_counts": fold.pool_counts,
        "draw_objections": list(fold.objections.values()),
        "count_objections": list(fold.count_objections.values()),
        "count_judgements": fold.count_judgements,
        "draw_judgements": fold.judgements,
        "draw_seats": list(fold.seats.values()),
        "draw_voids": fold.voids,
        "complaints": list(fold.complaints.values()),
        "case_disclosures": list(fold.disclosed.values()),
        "case_appeals": list(fold.case_appeals.values()),
        "case_strikes": fold.strikes,
        "case_signatures": list(fold.case_signatures.values()),
        "case_interims": list(fold.interims.values()),
        "case_delays": list(fold.delays.values()),
    }  # fmt: skip


def compare(said: Row, mine: dict[str, list[Row]]) -> list[str]:
    """Says in which rows a state.json differs from what the record gives."""
    found = []
    for name, rows in mine.items():
        try:
            table = said[name]
            columns = list(rows[0]) if rows else []
            places = [table["columns"].index(column) for column in columns]
            if rows and len(table["columns"]) != len(columns):
                found.append(f"{name}: columns that this program does not know")
            theirs = {json.dumps([row[place] for place in places], sort_keys=True) for row in table["rows"]}
            if len(theirs) < len(table["rows"]) and rows:
                found.append(f"{name}: a row that stands twice")
            if not rows and table["rows"]:
                found.append(f"{name}: rows that no entry gives")
                continue
        except (KeyError, ValueError, TypeError, IndexError, AttributeError):
            found.append(f"{name}: cannot be compared")
            continue
        ours = {json.dumps([plain(value) for value in row.values()], sort_keys=True) for row in rows}
        found += [f"{name}: only in the state published: {row}" for row in sorted(theirs - ours)]
        found += [f"{name}: only in the record: {row}" for row in sorted(ours - theirs)]
    return found


def offices(fold: Fold) -> list[Row]:
    """Returns who holds which office where, at the newest entry."""
    at = fold.last or dt.datetime.min.replace(tzinfo=dt.UTC)
    slugs = {name: row["slug"] for name, row in (*fold.branches.items(), *fold.groups.items())}
    return [
        {"role": one.role, "where": slugs.get(one.scope[1], one.scope[1]), "holder": one.holder,
         "shown": (fold.holders.get(one.holder) or {}).get("shown"), "since": say(one.starts),
         "until": say(min(one.until, one.over)),
         "entry": one.entry, "source": one.source}
        for one in fold.grants.values() if fold.live(one, at)
    ]  # fmt: skip


def standing(fold: Fold, at: dt.datetime) -> dict[str, Row]:
    """Returns every office whose term runs at a moment, resting ones too, as powers.json has it, by its grant."""
    return {
        one.id: {
            "grant": one.id, "entry": one.entry, "holder": one.holder,
            "name": (fold.holders.get(one.holder) or {}).get("shown"), "role": one.role, "scope": one.scope[0],
            "place": one.scope[1], "since": say(one.starts),
            "until": say(one.until if one.lender is None else min(one.until, one.lender.until)),
            "rests_until": say(one.rests_until(at)),
        }
        for one in fold.grants.values() if one.stands(at)
    }  # fmt: skip


def shown_otherwise(theirs: dict[str, Row], mine: dict[str, Row]) -> Iterator[str]:
    """Says in which offices powers.json differs from the record. A name that either lacks is not compared."""
    for name in sorted(theirs.keys() | mine.keys()):
        here, there = mine.get(name), theirs.get(name)
        if here is not None and there is not None and None in (here["name"], there.get("name")):
            here, there = {**here, "name": None}, {**there, "name": None}
        if here is None:
            yield f"powers.json shows an office that the record does not give: {there}"
        elif here != there:
            yield f"powers.json does not show this office as the record gives it: {here}"


# --- Judging a place --------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What was found. problems: whatever does not hold; notes: what somebody should know. Sentences both."""

    head: Head
    key: Key
    source: str
    fold: Fold
    entries: list[bytes]
    tree: Tree
    witnesses: list[str] = field(default_factory=list)
    missing: int = 0
    withheld: list[int] = field(default_factory=list)
    compared: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def facts(self) -> Row:
        """Returns the report as facts."""
        fold, signed = self.fold, self.fold.signatures.seen
        first = fold.chain[0][0] if fold.chain else None
        in_record = {Reader.type_of(raw) for raw in self.entries}
        return {
            "holds": not self.problems,
            "origin": self.head.origin,
            "size": self.head.size,
            "root": base64_of(self.head.root),
            "key": self.key.text,
            "checked_with": SOURCES[self.source],
            "charter": fold.charters[-1][0].version if fold.charters else None,
            "fingerprint": first.hash.hex() if first else None,
            "witnesses": self.witnesses,
            "rules": fold.rules[-1].version if fold.rules else None,
            "branches": sum(bool(row["registered_entry"]) and not row["ended_entry"] for row in fold.branches.values()),
            "groups": sum(bool(row["registered_entry"]) and not row["closed_entry"] for row in fold.groups.values()),
            "offices_held": len(offices(fold)),
            "signed_by_office_holders": len(signed),
            "words_not_there": self.missing,
            "words_withheld": self.withheld,
            "compared_with": self.compared,
            "entries_that_change_nothing": [
                {"index": one.index, "type": one.type, "why": one.why} for one in fold.void
            ],
            "not_checked": [f"{name}: {what}" for name, what in UNCHECKED.items() if name in in_record],
            "notes": self.notes,
            "problems": self.problems,
        }


SOURCES = {
    "given": "the key you gave",
    "kept": "the key kept in this folder from the first look",
    "own": "this hub's own key",
    "named": "the key the record itself names; that says only that it agrees with itself",
}
NAMES_FILE = {
    "ballot.counted": ("file", "blt"),
    "draw.made": ("file",),
    "draw.prepared": ("pool",),
    "draw.replaced": ("file",),
    "receipts.counted": ("file",),
}
BEGINNINGS = (b'"hub.founded"', b'"hub.forked"')


class Reader:
    """Reads one place into a report."""

    def __init__(self, place: Place, rehearsal: bool = False) -> None:
        self.place, self.rehearsal = place, rehearsal
        self.notes: list[str] = []
        self.problems: list[str] = []

    @staticmethod
    def type_of(raw: bytes) -> str:
        """Returns the type of an entry from its bytes, near their end."""
        found = re.search(rb'"type":"([a-z_.]+)","v":[0-9]+}$', raw)
        return found[1].decode() if found else ""

    def judge(self, key: Key | None, fingerprint: str | None) -> Report:
        """Checks everything. Raises Wrong where the log does not hold, Unjudged where it is not the one meant."""
        raw = self.place.read("log/checkpoint")
        if raw is None:
            raise Unjudged("there is no published log")
        note = note_of(raw)
        head = head_of(note.text)
        entries = read_entries(self.place, head.size)
        tree = Tree(entries)
        if tree.root(head.size) != head.root:
            raise Wrong("the entries give another root than the checkpoint says")
        check_tiles(self.place, tree, entries)
        beginnings = self.beginnings(entries, tree)
        key, source = self.key(key, beginnings)
        if not note.signers([key]):
            problem = f"the checkpoint is not signed by this key: {key.text}"
            raise Wrong(problem) if source == "named" else Unjudged(problem)
        if head.origin != key.name:
            raise Wrong("the checkpoint names another origin than its key")
        report = Report(
            head, key, source, Fold(self.rehearsal), entries, tree, notes=self.notes, problems=self.problems
        )
        state = self.state()
        self.read_all(report, state, beginnings)
        self.shown(report)
        self.blame(report, beginnings[-1].index)
        self.charters(report, note, fingerprint)
        self.files(report)
        return report

    def beginnings(self, entries: list[bytes], tree: Tree) -> list[Entry]:
        """Returns the founding and every fork; each fork continues what truly stands before it."""
        found: list[Entry] = []
        for index, raw in enumerate(entries):
            if any(name in raw for name in BEGINNINGS):
                entry = readable(index, raw)
                if entry.type == "hub.forked":
                    said = (entry.data.get("continues_size"), entry.data.get("continues_root"))
                    before = found[-1].data.get("origin") if found else None
                    if said != (index, base64_of(tree.root(index))) or before != entry.data.get("continues_origin"):
                        raise Wrong(f"entry {index} says it continues another history than the one before it")
                    if entry.data.get("origin") in {one.data.get("origin") for one in found}:
                        raise Wrong(f"entry {index} takes the name of a hub that this record continues")
                if entry.type == "hub.forked" or (entry.type == "hub.founded" and index == 0):
                    found.append(entry)
        if not found or not isinstance(found[-1].data.get("log_key"), str):
            raise Wrong("no entry names the key that signs this log")
        return found

    def key(self, key: Key | None, beginnings: list[Entry]) -> tuple[Key, str]:
        """Returns the key to judge by, and where it comes from."""
        named, source = key_of(beginnings[-1].data["log_key"]), "given"
        for path, where in (("keys/log.vkey", "own"), ("log.vkey", "kept")):
            kept = self.place.read(path) if key is None and isinstance(self.place, Folder) else None
            if kept is not None:
                key, source = key_of(kept.decode("utf-8", "replace").strip()), where
        if key is None:
            self.notes.append("No key was given or kept: compare the one above with one from somewhere you trust.")
            return named, "named"
        if key != named:
            raise Unjudged(f"the record names another key than the one you know: {named.text}")
        return key, source

    def state(self) -> Row | None:
        """Reads state.json."""
        raw = self.place.read("state.json")
        if raw is None:
            self.problems.append("There is no state.json: what the hub shows cannot be held against its record.")
            return None
        try:
            said = json.loads(raw.decode())
            if not is_whole(said["size"]) or not isinstance(said["tables"], dict):
                raise ValueError("no size or tables")
        except (ValueError, KeyError, TypeError, RecursionError):
            self.problems.append("state.json cannot be read.")
            return None
        return dict(said)

    def read_all(self, report: Report, state: Row | None, beginnings: list[Entry]) -> None:
        """Folds every entry with its words; compares with the state published where the record has its size."""
        fold, size = report.fold, report.head.size
        sealed = [index for index, raw in enumerate(report.entries) if b'"_sd":' in raw]
        opened = dict(zip(sealed, read_many(self.place, [f"openings/{index}.json" for index in sealed]), strict=True))
        gone = self.withdrawn(beginnings)
        for index, raw in enumerate(report.entries):
            entry = readable(index, raw)
            fold.read(entry, self.words(report, entry, opened.get(index), gone) if entry.sd else {})
            if state is not None and state["size"] == index + 1:
                self.compare(report, state, index + 1)
        if state is not None and state["size"] > size:
            self.notes.append("state.json is of a later size than the checkpoint; it was not compared.")

    def withdrawn(self, beginnings: list[Entry]) -> dict[int, dict[str, bool]]:
        """Reads which words were taken back: of each, whether a key of this log, or of one before it, signed for it."""
        raw, found = self.place.read("openings/withdrawn.json"), dict[int, dict[str, bool]]()
        named = [entry.data.get("log_key") for entry in beginnings]
        keys = [key_of(text) for text in named if isinstance(text, str)]
        try:
            for row in json.loads(raw.decode())["withdrawn"] if raw else ():
                index, digest = int(row["index"]), str(row["digest"])
                found.setdefault(index, {})[digest] = is_tombstone(row, keys)
                if row.get("sig") is not None and not found[index][digest]:
                    self.problems.append(f"openings/withdrawn.json: the signature for entry {index} does not hold.")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.problems.append("openings/withdrawn.json cannot be read.")
        return found

    def words(
        self, report: Report, entry: Entry, raw: bytes | None, gone: dict[int, dict[str, bool]]
    ) -> dict[str, str]:
        """Returns an entry's words; counts those that are not there."""
        try:
            found = {} if raw is None else words_of(entry, raw)
        except Wrong as problem:
            self.problems.append(f"{problem}.")
            found = {}
        lost = gone.get(entry.index, {})
        if any(digest in lost for digest, _ in found.values()):
            self.problems.append(f"openings/{entry.index}.json still holds words that were taken back.")
        absent = set(entry.sd) - {digest for digest, _ in found.values()}
        if any(not lost.get(digest, False) for digest in absent):
            report.withheld.append(entry.index)
            self.notes.append(
                f"Words of entry {entry.index} are withheld: they are neither there nor taken back under a signature."
            )
        report.missing += len(entry.sd) - len(found)
        return {name: value for name, (_, value) in found.items()}

    def compare(self, report: Report, state: Row, size: int) -> None:
        """Compares the state published with the fold at the same size."""
        same = state.get("root") == base64_of(report.tree.root(size))
        if not same or (size == report.head.size and state.get("origin") != report.head.origin):
            self.problems.append("state.json says that it is of another record.")
        report.compared = f"state.json at {size} entries"
        mine = tables(report.fold)
        self.problems += compare(state["tables"], mine)
        strange = ", ".join(sorted(state["tables"].keys() - mine.keys()))
        if strange:
            self.notes.append(f"state.json has tables that this program does not know, and did not compare: {strange}.")

    def shown(self, report: Report) -> None:
        """Compares who holds what on a hub's pages, as it tells programs, with the fold. A copy shows nothing."""
        raw = self.place.read("powers.json") if isinstance(self.place, Address) else None
        if raw is None:
            if isinstance(self.place, Address) and self.is_own(self.place):
                self.problems.append("There is no powers.json: this hub's pages cannot be held against its record.")
            return
        try:
            said = json.loads(raw.decode())
            at = dt.datetime.strptime(said["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
            size, rows = said["size"], {row["grant"]: row for row in said["offices"]}
            if not is_whole(size) or len(rows) != len(said["offices"]):
                raise ValueError("no size, or an office twice")
        except (ValueError, KeyError, TypeError, RecursionError):
            self.problems.append("powers.json cannot be read.")
            return
        if size > report.head.size:
            self.notes.append(f"powers.json is of {size} entries, more than are published; it was not compared.")
        elif size < report.head.size:
            self.problems.append(f"powers.json is of {size} entries, fewer than are published.")
        else:
            self.problems += shown_otherwise(rows, standing(report.fold, at))

    def is_own(self, place: Address) -> bool:
        """Tells whether a place is the address that the hub has by its own settings."""
        try:
            return bool(json.loads((place.read("config.json") or b"{}").decode()).get("url") == place.url)
        except (ValueError, AttributeError, RecursionError):
            return False

    def blame(self, report: Report, since: int) -> None:
        """Says which entries change nothing. An heir is not blamed for those that it copied."""
        for one in report.fold.void:
            sentence = f"Entry {one.index} ({one.type}) changes nothing: {one.why}."
            if one.forged or (one.known and one.index >= since):
                self.problems.append(sentence)
            else:
                self.notes.append(sentence)

    def charters(self, report: Report, note: Note, fingerprint: str | None) -> None:
        """Checks the charters that are served, the fingerprint, and the witnesses under the checkpoint."""
        adopted, last = report.fold.chain, None
        for charter, _, _, text in adopted:
            served = self.place.read(f"charter/{charter.version}")
            if served is None:
                self.notes.append(f"charter/{charter.version} is not served; it stands in the record.")
            elif served != text.encode():
                self.problems.append(f"charter/{charter.version} is not the one in the record.")
            last = text.encode()
        latest = self.place.read("charter/latest")
        if latest is not None and latest != last:
            self.problems.append("charter/latest is not the newest in the record.")
        known = {"charter/latest", *(f"charter/{charter.version}" for charter, *_ in adopted)}
        strange = [path.removeprefix("public/") for path in self.place.listed("charter")]
        self.problems += [f"{path} is no charter in the record." for path in strange if path not in known]
        if fingerprint is not None:
            digits = re.sub(r"[\s:-]", "", fingerprint).lower()
            if not adopted or adopted[0][0].hash.hex() != digits:
                raise Unjudged("the record's first charter does not have the fingerprint you know")
        left = adopted[0][0].continues if adopted else None
        if left is not None:
            origin, size, _ = left.split(" ")
            self.notes.append(
                f"{adopted[0][0].hub} carries on from {origin} at entry {size}, without {origin}'s trustees: its "
                "charters are its own, and whoever trusts those trustees knows another fingerprint."
            )
        if adopted:
            self.witnesses(report, note, adopted[-1][0])

    def witnesses(self, report: Report, note: Note, charter: Charter) -> None:
        """Checks who cosigned the checkpoint against the charter in force."""
        if charter.expires < dt.datetime.now(dt.UTC).date():
            self.notes.append(f"Charter {charter.version} ran out on {charter.expires}: a successor is due.")
        if charter.policy.logs[0] != report.key:
            self.notes.append(
                f"Charter {charter.version} speaks of another log's key: this record has none of its own yet."
            )
            return
        signers = note.signers([report.key, *charter.policy.witnesses.values()])
        report.witnesses = [name for name, key in charter.policy.witnesses.items() if key in signers]
        if not charter.policy.met_by(signers):
            self.problems.append("The checkpoint is not signed by as many witnesses as its charter asks for.")

    def receipts(self, row: Row) -> None:
        """Checks a day's digests of receipts: sorted, as many as the record says, with its root."""
        raw = self.place.read(f"files/{row['file']}")
        if raw is None or sha256(raw).hex() != row["file"]:
            return
        lines = raw.split(b"\n")
        sound = (
            lines.pop() == b""
            and all(re.fullmatch(rb"[0-9a-f]{64}", line) for line in lines)
            and lines == sorted(set(lines))
            and len(lines) == row["issued"] + 10
            and base64_of(Tree([bytes.fromhex(line.decode()) for line in lines]).root(len(lines))) == row["root"]
        )
        if not sound:
            self.problems.append(f"The receipts of {row['day']} are not those that entry {row['entry']} counts.")

    def files(self, report: Report) -> None:
        """Checks the files that lie beside the record by the hashes that stand in it."""
        wanted, deployed = set[str](), None
        for index, raw in enumerate(report.entries):
            kind = self.type_of(raw)
            if kind in NAMES_FILE:
                data = readable(index, raw).data
                wanted |= {data[name] for name in NAMES_FILE[kind] if KINDS["hex"](data.get(name))}
            elif kind == "software.deployed":
                deployed = readable(index, raw).data
        for name in sorted(wanted):
            served = self.place.read(f"files/{name}")
            if served is None:
                self.notes.append(f"files/{name} is not there.")
            elif sha256(served).hex() != name:
                self.problems.append(f"files/{name} was changed.")
        for row in report.fold.receipts:
            self.receipts(row)
        for path, hash_ in (("source.tar.gz", "sha256"), ("config.json", "config")):
            served = self.place.read(path) if deployed else None
            if deployed and served is not None and deployed.get(hash_) not in (None, sha256(served).hex()):
                self.problems.append(f"{path} is not the one that the record names.")
        rules = self.place.read("constitution.toml")
        if isinstance(self.place, Folder) and (self.place.folder / "hub.toml").exists():
            rules = None  # a data folder keeps there what its operator wrote, not what members adopted
        known = report.fold.rules[-1].text.encode() if report.fold.rules else None
        if rules not in (None, known) and report.compared.startswith(f"state.json at {report.head.size} "):
            self.problems.append("constitution.toml is not the one in force.")


def readable(index: int, raw: bytes) -> Entry:
    """Reads an entry, or says which one is none."""
    try:
        return entry_of(index, raw)
    except Wrong as problem:
        raise Wrong(f"entry {index} is no entry: {problem}") from problem


def same_history(one: Report, other: Report) -> bool:
    """Tells whether the shorter of two logs is the beginning of the longer."""
    short, long = sorted((one, other), key=lambda report: report.head.size)
    return long.tree.root(short.head.size) == short.head.root


# --- The command ------------------------------------------------------------------------------------------------------


def shown(facts: Row) -> str:
    """Writes facts for people."""
    lines = []
    for name, value in facts.items():
        for one in value if isinstance(value, list) else [value]:
            if one is None or one == "":
                continue
            if isinstance(one, dict):
                one = "  ".join(f"{key} {item}" for key, item in one.items() if item is not None)
            lines.append(f"{name.replace('_', ' '):<28}{'yes' if one is True else 'no' if one is False else one}")
    return "\n".join(lines)


def check(
    text: str, key: Key | None, fingerprint: str | None, against: str | None, rehearsal: bool = False
) -> tuple[Report, Row]:
    """Judges a place, and what another claims of the same record. rehearsal: takes draws that anybody could choose."""
    report = Reader(place_of(text), rehearsal).judge(key, fingerprint)
    if against is not None:
        other = Reader(place_of(against), rehearsal).judge(report.key, fingerprint)
        report.problems += [f"{against}: {problem}" for problem in other.problems]
        if not same_history(report, other):
            report.problems.insert(
                0, f"{against} serves another history than {text}: keep both, and show them to others."
            )
        elif other.head.size < report.head.size:
            report.notes.append(f"{against} serves an earlier size of the same record: {other.head.size} entries.")
    return report, report.facts()


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns its exit code."""
    asks = argparse.ArgumentParser(description="Checks a hub's public record from outside.")
    asks.add_argument("place", help="a mirror's folder, a hub's data folder, or an address")
    asks.add_argument("--key", help="the log's key, from somewhere you trust: name+id+key")
    asks.add_argument("--fingerprint", help="of the first charter: 64 digits, as printed on paper")
    asks.add_argument("--against", metavar="URL", help="another place whose claims are held against this record")
    asks.add_argument("--offices", action="store_true", help="also say who holds which office where")
    asks.add_argument("--rehearsal", action="store_true", help="take the draws of a demo, which anybody could choose")
    asks.add_argument("--json", action="store_true", help="one JSON object")
    given = asks.parse_args(arguments)
    try:
        key = key_of(given.key) if given.key else None
    except Wrong as problem:
        asks.error(f"--key: {problem}")
    code = HOLDS
    try:
        report, facts = check(given.place, key, given.fingerprint, given.against, given.rehearsal)
        if given.offices:
            facts["offices"] = offices(report.fold)
        code = HOLDS if facts["holds"] and not report.problems else DOES_NOT
    except Wrong as problem:
        code, facts = DOES_NOT, {"holds": False, "problems": [f"{given.place}: {problem}."]}
    except Unjudged as problem:
        code, facts = UNJUDGED, {"holds": None, "problems": [f"{given.place}: {problem}."]}
    print(json.dumps(facts, ensure_ascii=False) if given.json else shown(facts))
    return code


if __name__ == "__main__":
    sys.exit(main())
