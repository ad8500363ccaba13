"""Git's packs: many objects in one file, with an index beside it, so that a clone over plain HTTP asks for few files.

    pack    "PACK" || 2(4) || count(4) || objects || SHA-1 of all before
    object  kind and length as a varint; of a delta the id of its base(20); zlib
    index   ff744f63 || 2(4) || fan-out(256 x 4) || ids, sorted || CRC-32s || offsets || SHA-1 of the pack || SHA-1

A pack is joined to the next by putting their objects in a row: a delta names its base, not a place. Source:
gitformat-pack, version 2 of both.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from hub.mirror.git.objects import Object, delta

KINDS = {"commit": 1, "tree": 2, "blob": 3}
REF_DELTA = 7
HEAD, TAIL = 12, 20  # bytes before and after the objects
MAGIC = b"\xfftOc\x00\x00\x00\x02"

Row = tuple[bytes, int, int]
"""An object's id, its CRC-32, and where it begins among the objects."""


@dataclass(frozen=True)
class Pack:
    """Objects in a row. rows: one for each, in no order."""

    body: bytes = b""
    rows: tuple[Row, ...] = ()

    @property
    def ids(self) -> frozenset[bytes]:
        """The ids of its objects."""
        return frozenset(row[0] for row in self.rows)


def grow(pack: Pack, objects: Iterable[Object]) -> Pack:
    """Returns a pack with more objects; one that it has is left out. A tree is a delta where its base is there."""
    parts, rows, at, known = [pack.body], list(pack.rows), len(pack.body), set(pack.ids)
    for one in objects:
        if one.id in known:
            continue
        raw = _write(one, known)
        rows.append((one.id, zlib.crc32(raw), at))
        parts.append(raw)
        known.add(one.id)
        at += len(raw)
    return Pack(b"".join(parts), tuple(rows))


def join(first: Pack, second: Pack) -> Pack:
    """Returns two packs as one, with each object once."""
    known, rows = first.ids, sorted(second.rows, key=lambda row: row[2])
    ends = [*(row[2] for row in rows[1:]), len(second.body)]
    parts, moved, at = [first.body], list(first.rows), len(first.body)
    for (id_, crc, start), end in zip(rows, ends, strict=True):
        if id_ not in known:
            parts.append(second.body[start:end])
            moved.append((id_, crc, at))
            at += end - start
    return Pack(b"".join(parts), tuple(moved))


def format_pack(pack: Pack) -> tuple[str, bytes, bytes]:
    """Returns a pack's name (without ending), its file and its index. parse_pack gives it back."""
    raw = b"PACK" + struct.pack(">II", 2, len(pack.rows)) + pack.body
    sum_ = _sha1(raw)
    rows = sorted(pack.rows)
    counts = [0] * 256
    for row in rows:
        counts[row[0][0]] += 1
    numbers = [*accumulate(counts)]
    index = MAGIC + struct.pack(">256I", *numbers) + b"".join([row[0] for row in rows])
    numbers = [row[1] for row in rows] + [row[2] + HEAD for row in rows]
    index += struct.pack(f">{len(numbers)}I", *numbers) + sum_
    return f"pack-{sum_.hex()}", raw + sum_, index + _sha1(index)


def parse_pack(raw: bytes, index: bytes) -> Pack:
    """Reads what format_pack wrote. Raises ValueError for files that do not belong together, or are torn."""
    if (
        _sha1(index[:-TAIL]) != index[-TAIL:]
        or raw[-TAIL:] != index[-2 * TAIL : -TAIL]
        or _sha1(raw[:-TAIL]) != raw[-TAIL:]
    ):
        raise ValueError("a torn pack")
    start = len(MAGIC) + 1024
    count = struct.unpack(">I", index[start - 4 : start])[0]
    ids = [index[at : at + 20] for at in range(start, start + 20 * count, 20)]
    sums, places = (struct.unpack_from(f">{count}I", index, start + skip * count) for skip in (20, 24))
    rows = zip(ids, sums, (place - HEAD for place in places), strict=True)
    return Pack(raw[HEAD:-TAIL], tuple(rows))


def _write(one: Object, known: set[bytes]) -> bytes:
    if one.base is not None and one.base.id in known:
        raw = delta(one.base, one.body)
        return _size(REF_DELTA, len(raw)) + one.base.id + zlib.compress(raw, 1)
    return _size(KINDS[one.kind], len(one.body)) + zlib.compress(one.body, 1)


def _size(kind: int, length: int) -> bytes:
    """Writes kind and length: four bits of the length with the kind, then seven a byte."""
    found = bytearray([kind << 4 | length & 0x0F])
    length >>= 4
    while length:
        found[-1] |= 0x80
        found.append(length & 0x7F)
        length >>= 7
    return bytes(found)


def _sha1(raw: bytes) -> bytes:
    return hashlib.sha1(raw, usedforsecurity=False).digest()
