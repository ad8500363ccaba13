"""Git's objects: blobs, trees and commits as bytes, their ids, and the delta of a tree that grew at its end.

    id      SHA-1 of "<kind> <length>\\0" || body
    tree    each item: "<mode> <name>\\0" || id(20), in git's order, which the caller keeps
    delta   length of the base, length of the result, then copy(0, shared) and insert(rest, 127 bytes at a time)

Source: git's documentation, gitformat-pack and "Git Objects" in its user manual.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

BLOB, TREE, COMMIT = "blob", "tree", "commit"
FILE, FOLDER = b"100644", b"40000"
INSERT = 127


@dataclass(frozen=True)
class Base:
    """What a tree grew from. shared: how many of its first bytes are the new tree's, too."""

    id: bytes
    length: int
    shared: int


@dataclass(frozen=True)
class Object:
    """An object with its id. base: what it can be written against, if that is in the same pack."""

    kind: str
    body: bytes
    id: bytes
    base: Base | None = None


def make(kind: str, body: bytes, base: Base | None = None) -> Object:
    """Returns an object with its id."""
    head = f"{kind} {len(body)}\0".encode()
    return Object(kind, body, hashlib.sha1(head + body, usedforsecurity=False).digest(), base)


def item(mode: bytes, name: str, id_: bytes) -> bytes:
    """Writes one line of a tree."""
    return mode + b" " + name.encode() + b"\0" + id_


def commit(tree: bytes, parent: bytes | None, who: tuple[str, str], hub: tuple[str, str], at: int, text: str) -> Object:
    """Returns a commit. who, hub: author and committer, each a name and an address; at: seconds since 1970, UTC."""
    lines = [f"tree {tree.hex()}"]
    lines += [f"parent {parent.hex()}"] if parent else []
    lines += [f"{role} {name} <{mail}> {at} +0000" for role, (name, mail) in (("author", who), ("committer", hub))]
    return make(COMMIT, ("\n".join(lines) + f"\n\n{text}").encode("utf-8", "backslashreplace"))


def delta(base: Base, body: bytes) -> bytes:
    """Writes a body as what it shares with its base and what comes after."""
    copied = base.shared.to_bytes(3, "little").rstrip(b"\0")
    # The bits say which bytes of the length follow; a byte of zero in their midst is left out.
    flags = sum(0x10 << place for place, byte in enumerate(copied) if byte)
    parts = [_varint(base.length), _varint(len(body))]
    if base.shared:
        parts += [bytes([0x80 | flags]), bytes(byte for byte in copied if byte)]
    rest = body[base.shared :]
    for at in range(0, len(rest), INSERT):
        part = rest[at : at + INSERT]
        parts += [bytes([len(part)]), part]
    return b"".join(parts)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
