"""The seed: what nobody could know when the pool was frozen, and anybody can compute once the sources are known.

seed    SHA-256( ACT "|" POOL HASH "|" KEY ), ASCII, 64 hexadecimal digits
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from hub import ids
from hub.lot.pool import Unreadable
from hub.lot.sources import Value, format_key


def make_seed(act: str, pool_hash: str, values: Iterable[Value]) -> str:
    """Returns the seed of a draw. act: the act's id; pool_hash: as published; values: in the order of the sources.

    Raises Unreadable for what is no act's id: nothing in the text that is hashed may be read in two ways.
    """
    if not ids.is_id(act, "act"):
        raise Unreadable(f"{ascii(act)[:40]} is not the id of an act.")
    return _hash(f"{act}|{pool_hash}|{format_key(values)}")


def dummy_seed(pool_hash: str, number: int) -> str:
    """Returns a seed that draws nobody: for odds, and for trying the quotas beforehand. number: from 0."""
    return _hash(f"dummy|{pool_hash}|{number}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()
