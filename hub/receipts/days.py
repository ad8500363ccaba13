"""A day's digests as everybody has them: a file, a tree, a root, and the proof that one digest is among them. Pure.

The file is text: each digest in hexadecimal, a line each, sorted, so that its order says nothing. There are always
issued + 10 lines, issued being the number in tens that the record says: up to ten of them are random. So neither the
file nor the length of a proof tells how many receipts there were, and no hub can hide more than nine.

A proof is text, kept with its receipt:

    entry <index of receipts.counted>
    index <place in the file, from 0>
    size <lines of the file>
    <base64>            the audit path of RFC 6962 section 2.1.1, a line each
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hub.tlog.hashes import SIZE, Spoilt, Tree, format_base64, leaf_hash, parse_hash, parse_number
from hub.tlog.proofs import check_inclusion, prove_inclusion

TENS = 10
_LINE = re.compile(rb"[0-9a-f]{64}")


@dataclass(frozen=True)
class Proof:
    """Where a digest stands in a day's tree."""

    entry: int
    index: int
    size: int
    path: tuple[bytes, ...]


def rounded(many: int) -> int:
    """Returns a number of receipts as everybody reads it: rounded down to ten, as all counts are."""
    return many // TENS * TENS


def size_of(issued: int) -> int:
    """Returns how many lines a day's file has, by the number that the record says."""
    return issued + TENS


def padded(digests: Iterable[bytes], random: Callable[[int], bytes]) -> list[bytes]:
    """Returns a day's digests among random ones, sorted."""
    real = set(digests)
    found = set(real)
    while len(found) < size_of(rounded(len(real))):
        found.add(random(SIZE))
    return sorted(found)


def format_day(digests: Sequence[bytes]) -> bytes:
    """Writes a day's file. parse_day(format_day(d)) == d for a sorted list."""
    return b"".join(b"%s\n" % digest.hex().encode() for digest in digests)


def parse_day(raw: bytes) -> list[bytes]:
    """Reads a day's file. Raises Spoilt for any other bytes."""
    lines = raw.split(b"\n")
    if lines.pop() != b"" or not all(_LINE.fullmatch(line) for line in lines) or sorted(set(lines)) != lines:
        raise Spoilt("not a day's digests: each once, sorted, in hexadecimal")
    return [bytes.fromhex(line.decode()) for line in lines]


def root_of(digests: Sequence[bytes]) -> bytes:
    """Returns the root over a day's digests."""
    return _tree(digests).root()


def prove(entry: int, digests: Sequence[bytes], digest: bytes) -> Proof | None:
    """Returns the proof that a digest is among a day's, or None where it is not."""
    if digest not in digests:
        return None
    index = digests.index(digest)
    return Proof(entry, index, len(digests), tuple(prove_inclusion(index, len(digests), _tree(digests).read)))


def check(proof: Proof, digest: bytes, issued: int, root: bytes) -> None:
    """Checks that a digest stands in the tree that the record names. Raises Spoilt."""
    if proof.size != size_of(issued):
        raise Spoilt("a proof for another number of receipts than the record says")
    check_inclusion(leaf_hash(digest), proof.index, proof.size, proof.path, root)


def format_proof(proof: Proof) -> str:
    """Writes a proof's text. parse_proof(format_proof(p)) == p."""
    head = f"entry {proof.entry}\nindex {proof.index}\nsize {proof.size}\n"
    return head + "".join(f"{format_base64(hash_)}\n" for hash_ in proof.path)


def parse_proof(text: str) -> Proof:
    """Reads a proof. Raises Spoilt for any other text."""
    lines = text.strip().split("\n")
    if len(lines) > 67 or [line.partition(" ")[0] for line in lines[:3]] != ["entry", "index", "size"]:
        raise Spoilt("not the proof of a receipt")
    entry, index, size = (parse_number(line.partition(" ")[2]) for line in lines[:3])
    return Proof(entry, index, size, tuple(parse_hash(line) for line in lines[3:]))


def _tree(digests: Sequence[bytes]) -> Tree:
    return Tree(leaf_hash(digest) for digest in digests)
