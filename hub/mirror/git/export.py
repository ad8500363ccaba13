"""Writing the view into a folder that any web server can serve and ``git clone`` reads (git's "dumb" protocol).

    HEAD  refs/heads/main  info/refs  objects/info/packs     what a clone reads first
    objects/pack/pack-<sum>.pack, .idx                       never changed; joined into larger ones, then left a while
    view.json                                                where the next turn goes on; not served

Packs are on disk before anything names them, but for the last one while it is small: each turn reads it, and writes it
anew. For that one, and for the names, nobody waits. What does not fit the record or its own names, or is torn, after a
restore or a crash, is made anew: it comes out with the same ids.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from hub.ledger import files
from hub.ledger.files import DISK, HASTY, put
from hub.mirror.git import packs
from hub.mirror.git.objects import Object
from hub.mirror.git.packs import Pack
from hub.mirror.git.view import Change, View, grow

BRANCH = "refs/heads/main"
STATE = "view.json"
SMALL = 64  # entries: a pack below this is written again with what comes next
LARGEST = 64 << 20  # bytes of a pack that is still joined to another
PATIENCE = 16  # turns for which a pack that was joined stays, for clones that are under way
AT_ONCE = 4096  # entries of one turn


class Record(Protocol):
    """What a view is made from."""

    def entries(self, start: int, end: int) -> list[bytes]:
        """Returns entries' bytes."""

    def changes(self, start: int, end: int) -> Mapping[int, Change]:
        """Returns what entries put beside entries/, by index: rules and charters that took effect."""


@dataclass(frozen=True)
class Kept:
    """Where a folder stands. packs: name and how many entries; left: packs that nothing names, since which turn."""

    view: View = field(default_factory=View)
    last: str = ""
    packs: tuple[tuple[str, int], ...] = ()
    left: tuple[tuple[str, int], ...] = ()
    turn: int = 0


def export(folder: Path, record: Record, size: int) -> View:
    """Brings a folder up to the first ``size`` entries of a record, AT_ONCE at most; returns how far it is."""
    kept = _load(folder, record, size)
    try:
        return _write(folder, kept, record, size)
    except (ValueError, FileNotFoundError):
        return _write(folder, Kept(), record, size)


def _write(folder: Path, kept: Kept, record: Record, size: int) -> View:
    start, end = kept.view.size, min(size, kept.view.size + AT_ONCE)
    if end <= start:
        if kept.packs and kept.packs[-1][1] < SMALL:
            _read(folder, kept.packs[-1][0])
        return kept.view
    if not kept.turn:
        files.sweep(folder)
    raw = record.entries(start, end)
    view, fresh = _grown(kept.view, raw, record)
    old, tail, many = list(kept.packs), Pack(), end - start
    if old and old[-1][1] < SMALL:
        name, count = old.pop()
        tail, many = _read(folder, name), many + count
    tail = packs.grow(tail, fresh)
    while old and old[-1][1] < 2 * many:
        before = _read(folder, old[-1][0])
        if len(before.body) + len(tail.body) > LARGEST:
            break
        tail, many = packs.join(before, tail), many + old.pop()[1]
    _put(folder, Kept(view, _hash(raw[-1]), tuple(old), kept.left, kept.turn + 1), tail, many)
    return view


def _grown(view: View, raw: Sequence[bytes], record: Record) -> tuple[View, list[Object]]:
    """Returns the history with more entries, and the objects that are new."""
    start, fresh = view.size, []
    changes = record.changes(start, start + len(raw))

    def read(index: int) -> bytes:
        return raw[index - start] if index >= start else record.entries(index, index + 1)[0]

    for index, entry in enumerate(raw, start):
        view, objects = grow(view, entry, changes.get(index), read)
        fresh += objects
    return view, fresh


def _put(folder: Path, kept: Kept, tail: Pack, many: int) -> None:
    """Writes the new pack, then what names it, then removes what nobody has named for a while."""
    name, pack, index = packs.format_pack(tail)
    put({_pack(folder, name, "pack"): pack, _pack(folder, name, "idx"): index}, HASTY if many < SMALL else DISK)
    named = (*kept.packs, (name, many))
    here = {path.stem for path in (folder / "objects/pack").glob("pack-*.pack")} - {one for one, _ in named}
    left = {one: since for one, since in kept.left if one in here}
    left = {one: left.get(one, kept.turn) for one in sorted(here)}
    # What lay here before a beginning anew may be torn: it does not stay.
    due = [one for one, since in left.items() if kept.turn == 1 or kept.turn - since >= PATIENCE]
    done = replace(kept, packs=named, left=tuple(pair for pair in left.items() if pair[0] not in due))
    put({**_names(folder, done), folder / STATE: _format(done)}, HASTY)
    for one in due:
        for ending in ("pack", "idx"):
            DISK.remove(_pack(folder, one, ending))


def _names(folder: Path, kept: Kept) -> dict[Path, bytes]:
    """Returns the files that name packs and the newest commit."""
    ref = kept.view.commit.hex()
    return {
        folder / "objects/info/packs": ("".join(f"P {one}.pack\n" for one, _ in kept.packs) + "\n").encode(),
        folder / BRANCH: f"{ref}\n".encode(),
        folder / "info/refs": f"{ref}\t{BRANCH}\n".encode(),
        folder / "HEAD": f"ref: {BRANCH}\n".encode(),
    }


def _load(folder: Path, record: Record, size: int) -> Kept:
    """Reads where a folder stands; from nothing where it does not fit the record."""
    raw = files.read(folder / STATE)
    try:
        kept = Kept() if raw is None else _parse(raw)
    except (ValueError, KeyError, TypeError):
        return Kept()
    at = kept.view.size
    if not at or at > size or _hash(record.entries(at - 1, at)[0]) != kept.last:
        return Kept()
    whole = all(_pack(folder, name, end).is_file() for name, _ in kept.packs for end in ("pack", "idx"))
    is_named = all(files.read(path) == raw for path, raw in _names(folder, kept).items())
    return kept if whole and is_named else Kept()


def _read(folder: Path, name: str) -> Pack:
    return packs.parse_pack(_pack(folder, name, "pack").read_bytes(), _pack(folder, name, "idx").read_bytes())


def _pack(folder: Path, name: str, ending: str) -> Path:
    return folder / "objects/pack" / f"{name}.{ending}"


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


BYTES = ("commit", "lower", "middle", "upper")


def _format(kept: Kept) -> bytes:
    view: dict[str, Any] = {name: base64.b64encode(getattr(kept.view, name)).decode() for name in BYTES}
    view["files"] = {path: id_.hex() for path, id_ in kept.view.files.items()}
    view |= {"size": kept.view.size, "origin": kept.view.origin}
    rest = {"last": kept.last, "packs": kept.packs, "left": kept.left, "turn": kept.turn}
    return json.dumps({"view": view, **rest}).encode()


def _parse(raw: bytes) -> Kept:
    said: dict[str, Any] = json.loads(raw)
    found = said["view"]
    commit, lower, middle, upper = (base64.b64decode(found[name]) for name in BYTES)
    beside = {path: bytes.fromhex(id_) for path, id_ in found["files"].items()}
    view = View(int(found["size"]), commit, str(found["origin"]), lower, middle, upper, beside)
    return Kept(view, said["last"], _pairs(said["packs"]), _pairs(said["left"]), int(said["turn"]))


def _pairs(rows: Sequence[Sequence[Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((str(name), int(many)) for name, many in rows)
