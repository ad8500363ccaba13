"""The seed: what nobody could know when the pool was frozen, and anybody can compute once the source is known.

seed    SHA-256( ACT "|" POOL HASH "|" SIGNATURE ), ASCII, 64 hexadecimal digits
"""

from __future__ import annotations

import hashlib

from hub import ids
from hub.lot.pool import Unreadable
from hub.lot.sources import is_form


def make_seed(act: str, pool_hash: str, said: str) -> str:
    """Returns the seed of a draw. act: its id; pool_hash: as published; said: the round's signature, in small letters.

    Raises Unreadable for what is no act's id, or no signature: nothing that is hashed may be read in two ways.
    """
    if not ids.is_id(act, "act"):
        raise Unreadable(f"{ascii(act)[:40]} is not the id of an act.")
    if not is_form(said):
        raise Unreadable("A seed takes a signature of 96 hexadecimal digits.")
    return _hash(f"{act}|{pool_hash}|{said}")


def dummy_seed(pool_hash: str, number: int) -> str:
    """Returns a seed that draws nobody: for odds, and for trying the quotas beforehand. number: from 0."""
    return _hash(f"dummy|{pool_hash}|{number}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()
