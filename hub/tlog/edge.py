"""The right edge of a log: what it takes to grow one of any length without reading it whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hub.tlog.hashes import EMPTY, Spoilt, join
from hub.tlog.tiles import FULL, HEIGHT, Tile, parse_tile, tile_root


class Edge:
    """The open tile of every level. rows[l]: its hashes, fewer than 256. Memory: 256 hashes a level.

    Law: Edge(n, fetch) grown by leaves, with the tiles it gives written, equals Edge(n + len(leaves), fetch).
    """

    def __init__(self, size: int, fetch: Callable[[Tile], bytes]) -> None:
        """size: entries so far; fetch: a partial tile to its bytes, not called for an empty log."""
        self.size = size
        self.rows: list[list[bytes]] = []
        while size >> HEIGHT * len(self.rows):
            level = len(self.rows)
            n, width = divmod(size >> HEIGHT * level, FULL)
            self.rows.append(parse_tile(fetch(Tile(level, n, width)), width) if width else [])

    def grow(self, leaves: Iterable[bytes]) -> list[tuple[Tile, bytes]]:
        """Adds leaf hashes; returns the tiles that became full, with their bytes, in the order they did."""
        full: list[tuple[Tile, bytes]] = []
        for leaf in leaves:
            self.size += 1
            self._push(0, leaf, full)
        return full

    def partial(self, since: int = 0) -> list[tuple[Tile, bytes]]:
        """Returns the partial tile of every level that grew since the log had so many entries, with its bytes."""
        return [
            (Tile(level, (self.size >> HEIGHT * level) // FULL, len(row)), b"".join(row))
            for level, row in enumerate(self.rows)
            if row and since >> HEIGHT * level != self.size >> HEIGHT * level
        ]

    def root(self) -> bytes:
        """Returns the root of the whole log."""
        peaks: list[bytes] = []
        for row in reversed(self.rows):
            start = 0
            while start < len(row):
                end = start + (1 << (len(row) - start).bit_length() - 1)
                peaks.append(tile_root(row[start:end]))
                start = end
        if self.size and not peaks:
            raise Spoilt("a log without an edge")
        return join(peaks) if peaks else EMPTY

    def _push(self, level: int, hash_: bytes, full: list[tuple[Tile, bytes]]) -> None:
        if level == len(self.rows):
            self.rows.append([])
        row = self.rows[level]
        row.append(hash_)
        if len(row) == FULL:
            full.append((Tile(level, (self.size >> HEIGHT * level) // FULL - 1), b"".join(row)))
            self.rows[level] = []
            self._push(level + 1, tile_root(row), full)
