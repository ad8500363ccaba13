"""Proofs of inclusion and consistency: made as RFC 6962 section 2.1 says, checked as RFC 9162 section 2.1 says.

check_inclusion accepts what prove_inclusion makes, and nothing else for that leaf and root; likewise for consistency.
A check that fails raises Spoilt, so it cannot be overlooked.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.tlog.hashes import EMPTY, Reader, Spoilt, node_hash, range_hash


def prove_inclusion(index: int, size: int, read: Reader) -> list[bytes]:
    """Returns the audit path of leaf ``index`` in the tree of ``size`` leaves, from the leaf's sibling up.

    Raises Spoilt unless 0 <= index < size. Source: RFC 6962 section 2.1.1.
    """
    if not 0 <= index < size:
        raise Spoilt("the index is not in the tree")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, read))
            end = middle
        else:
            path.append(range_hash(start, middle, read))
            start = middle
    return path[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Checks that a leaf hash stands at ``index`` of the tree (size, root). Source: RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        raise Spoilt("the index is not in the tree")
    place, last, hash_ = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Spoilt("the proof is too long")
        if place & 1 or place == last:
            hash_ = node_hash(sibling, hash_)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise Spoilt("the proof is too short")
    if hash_ != root:
        raise Spoilt("the proof leads to another root")


def prove_consistency(old: int, new: int, read: Reader) -> list[bytes]:
    """Returns the proof that the tree of ``old`` leaves is a prefix of the tree of ``new`` leaves.

    Empty when old is 0 or equals new. Raises Spoilt unless 0 <= old <= new. Source: RFC 6962 section 2.1.2.
    """
    if not 0 <= old <= new:
        raise Spoilt("the old tree is larger than the new one")
    if old in (0, new):
        return []
    path = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, read))
            end = middle
        else:
            path.append(range_hash(start, middle, read))
            start, whole = middle, False
    if not whole:
        path.append(range_hash(start, end, read))
    return path[::-1]


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Checks that the tree (old, old_root) is a prefix of (new, new_root). Source: RFC 9162 section 2.1.4.2.

    The empty tree is a prefix of every tree, and proves it with no hashes.
    """
    if not 0 <= old <= new:
        raise Spoilt("the old tree is larger than the new one")
    if old in (0, new):
        if path or old_root != (EMPTY if old == 0 else new_root) or (new == 0 and new_root != EMPTY):
            raise Spoilt("the trees differ, or the proof is too long")
        return
    proof = list(path) if old & (old - 1) else [old_root, *path]
    if not proof:
        raise Spoilt("the proof is too short")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            raise Spoilt("the proof is too long")
        if place & 1 or place == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise Spoilt("the proof is too short")
    if older != old_root or newer != new_root:
        raise Spoilt("the proof leads to other roots")


def _split(leaves: int) -> int:
    """Returns the largest power of two below a count of at least 2."""
    return 1 << (leaves - 1).bit_length() - 1
