"""Tiles and entry bundles: the static files of c2sp.org/tlog-tiles.

    tile/<L>/<N>[.p/<W>]        256 (or W) hashes of 32 bytes; a hash of level L+1 covers one whole tile of level L
    tile/entries/<N>[.p/<W>]    each entry as length (2 bytes, big-endian) and bytes

N is written in groups of three digits, all but the last with an x before them: 1234067 is x001/x234/067.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.tlog.hashes import SIZE, Reader, Spoilt, node_hash

HEIGHT = 8
FULL = 1 << HEIGHT
ENTRIES = -1  # the level of an entry bundle
LONGEST = 0xFFFF  # bytes of one entry

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True)
class Tile:
    """One file. level: 0..63, or ENTRIES; n: place in its level; width: hashes or entries in it, 1..256."""

    level: int
    n: int
    width: int = FULL

    @property
    def start(self) -> int:
        """The first entry an entry bundle holds, or the first leaf a tile of level 0 holds."""
        return self.n * FULL


def format_path(tile: Tile) -> str:
    """Writes the path below the log's prefix. parse_path(format_path(t)) == t."""
    level = "entries" if tile.level == ENTRIES else str(tile.level)
    groups = [f"{tile.n % 1000:03}"]
    rest = tile.n // 1000
    while rest:
        groups.insert(0, f"x{rest % 1000:03}")
        rest //= 1000
    partial = "" if tile.width == FULL else f".p/{tile.width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def parse_path(path: str) -> Tile:
    """Reads a path as format_path writes it, and no other spelling."""
    found = _PATH.fullmatch(path)
    if not found:
        raise Spoilt("not the path of a tile")
    level, groups, width = found.groups()
    n = int(groups.replace("x", "").replace("/", ""))
    tile = Tile(ENTRIES if level == "entries" else int(level), n, int(width or FULL))
    if format_path(tile) != path or tile.level > 63:
        raise Spoilt("not the path of a tile")
    return tile


def new_tiles(old: int, new: int, height: int = HEIGHT) -> list[Tile]:
    """Returns the hash tiles that a log must write to grow from ``old`` to ``new`` leaves, the lowest level first.

    All tiles that become full, and at each level the partial one at its end, unless the level did not grow.
    """
    tiles, full, level = [], 1 << height, 0
    while new >> height * level:
        before, after = old >> height * level, new >> height * level
        if before != after:
            tiles += [Tile(level, n, full) for n in range(before >> height, after >> height)]
            if after % full:
                tiles.append(Tile(level, after >> height, after % full))
        level += 1
    return tiles


def new_bundles(old: int, new: int) -> list[Tile]:
    """Returns the entry bundles a log must write to grow from ``old`` to ``new`` entries."""
    return [Tile(ENTRIES, tile.n, tile.width) for tile in new_tiles(old, new) if tile.level == 0]


def width_at(level: int, n: int, size: int) -> int:
    """Returns how wide the tile (level, n) is in a log of ``size`` entries: 0 where there is none."""
    return max(0, min(FULL, (size >> HEIGHT * max(level, 0)) - n * FULL))


def format_tile(tile: Tile, read: Reader) -> bytes:
    """Writes a hash tile's bytes from a tree. parse_tile gives the hashes back."""
    base = tile.n * FULL
    return b"".join(read(tile.level * HEIGHT, base + place) for place in range(tile.width))


def parse_tile(raw: bytes, width: int) -> list[bytes]:
    """Cuts a hash tile of a known width into its hashes."""
    if len(raw) != width * SIZE:
        raise Spoilt("a tile of another width")
    return [raw[at : at + SIZE] for at in range(0, len(raw), SIZE)]


def tile_root(hashes: Sequence[bytes]) -> bytes:
    """Returns the hash of a run of hashes whose count is a power of two: one whole tile, or a subtree inside it."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def reader(size: int, fetch: Callable[[Tile], bytes]) -> Reader:
    """Reads subtree hashes of a log of ``size`` entries from its tiles. fetch: a tile to its bytes.

    Tiles are read once each. The hashes are as trustworthy as the tiles: compare a root before believing them.
    """
    kept: dict[tuple[int, int], list[bytes]] = {}

    def hashes(level: int, n: int) -> list[bytes]:
        if (level, n) not in kept:
            width = width_at(level, n, size)
            if not width:
                raise Spoilt(f"a log of {size} entries has no tile {n} at level {level}")
            kept[level, n] = parse_tile(fetch(Tile(level, n, width)), width)
        return kept[level, n]

    def read(level: int, index: int) -> bytes:
        row, height = divmod(level, HEIGHT)
        n, place = divmod(index << height, FULL)
        run = hashes(row, n)[place : place + (1 << height)]
        if len(run) != 1 << height:
            raise Spoilt(f"a log of {size} entries has no subtree ({level}, {index})")
        return tile_root(run)

    return read


def format_bundle(entries: Sequence[bytes]) -> bytes:
    """Writes an entry bundle. parse_bundle(format_bundle(e)) == e. Raises Spoilt for an entry over 65 535 bytes."""
    if any(len(entry) > LONGEST for entry in entries):
        raise Spoilt("an entry is longer than 65 535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(raw: bytes, width: int) -> list[bytes]:
    """Reads an entry bundle of a known width. Raises Spoilt for a short, long or torn one."""
    entries: list[bytes] = []
    at = 0
    while at < len(raw) and len(entries) < width:
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        if at + 2 > len(raw) or end > len(raw):
            raise Spoilt("a torn entry bundle")
        entries.append(raw[at + 2 : end])
        at = end
    if at != len(raw) or len(entries) != width:
        raise Spoilt("an entry bundle of another width")
    return entries
