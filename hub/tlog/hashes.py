"""The Merkle tree of RFC 6962 section 2.1 over SHA-256.

    empty tree   SHA-256()
    leaf         SHA-256(0x00, entry)
    node         SHA-256(0x01, left, right)

A tree of n leaves splits at the largest power of two below n. The *subtree* (level, index) is the complete one of
2**level leaves that begins at leaf index * 2**level; a Reader gives its hash.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable

EMPTY = hashlib.sha256(b"").digest()
SIZE = 32  # bytes of a hash

Reader = Callable[[int, int], bytes]
"""(level, index) to the hash of that complete subtree. Raises Spoilt where the hash cannot be had."""


class Spoilt(ValueError):
    """Bytes, a signature or a proof are not what the format or the mathematics asks for."""


def leaf_hash(entry: bytes) -> bytes:
    """Returns the hash of an entry as a leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Returns the hash of an inner node, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Cuts leaves start..end-1 into complete subtrees, left to right, where start is a multiple of what follows.

    Result: (level, index) each. Joined from the right they give the hash of the range: RFC 6962's split.
    """
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append((level, start >> level))
        start += 1 << level
    return parts


def range_hash(start: int, end: int, read: Reader) -> bytes:
    """Returns MTH(D[start:end]) of RFC 6962 for a range that the tree's own splitting yields; end > start."""
    hashes = [read(level, index) for level, index in subtrees(start, end)]
    return join(hashes)


def root_hash(size: int, read: Reader) -> bytes:
    """Returns the root of the tree of the first ``size`` leaves."""
    return range_hash(0, size, read) if size else EMPTY


def join(hashes: list[bytes]) -> bytes:
    """Joins the hashes of neighbouring subtrees, the largest first, into the hash of their range."""
    joined = hashes[-1]
    for left in reversed(hashes[:-1]):
        joined = node_hash(left, joined)
    return joined


class Tree:
    """A tree in memory that grows by leaf hashes and knows every complete subtree.

    levels[l][i] is the hash of subtree (l, i). About 64 bytes of hashes for each leaf.
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.levels: list[list[bytes]] = [[]]
        self.extend(leaves)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return len(self.levels[0])

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Grows the tree by leaf hashes, left to right."""
        self.levels[0].extend(leaves)
        level = 0
        while len(self.levels[level]) > 1:
            if level + 1 == len(self.levels):
                self.levels.append([])
            below, here = self.levels[level], self.levels[level + 1]
            for index in range(len(here), len(below) // 2):
                here.append(node_hash(below[2 * index], below[2 * index + 1]))
            level += 1

    def read(self, level: int, index: int) -> bytes:
        """Returns the hash of a complete subtree: a Reader."""
        try:
            return self.levels[level][index]
        except IndexError as problem:
            raise Spoilt(f"the tree of {self.size} leaves has no subtree ({level}, {index})") from problem

    def root(self, size: int | None = None) -> bytes:
        """Returns the root of the whole tree, or of its first ``size`` leaves."""
        return root_hash(self.size if size is None else size, self.read)


def format_base64(raw: bytes) -> str:
    """Writes bytes in standard base64 (RFC 4648 section 4). parse_base64(format_base64(b)) == b."""
    return base64.b64encode(raw).decode("ascii")


def parse_base64(text: str) -> bytes:
    """Reads standard base64 with padding, and nothing that format_base64 would have written otherwise."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as problem:
        raise Spoilt("not base64") from problem
    if format_base64(raw) != text:
        raise Spoilt("not base64 as the standard writes it")
    return raw


def parse_hash(text: str) -> bytes:
    """Reads a hash from base64. format_base64 is its inverse."""
    raw = parse_base64(text)
    if len(raw) != SIZE:
        raise Spoilt("not a hash of 32 bytes")
    return raw


def parse_number(text: str) -> int:
    """Reads a whole number in ASCII decimal without leading zeros, at most 18 digits. str is its inverse."""
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or (text[0] == "0" and text != "0"):
        raise Spoilt("not a whole number")
    return int(text)
