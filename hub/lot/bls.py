"""Signatures of drand's scheme bls-unchained-g1-rfc9380: who made up a round's value is found out by anybody.

    signature   48 bytes, a point of G1: the hashed message times the secret
    key         96 bytes, a point of G2: the base times the secret
    message     SHA-256 of the round as 8 bytes, big-endian

It is right if pairing(signature, base) = pairing(hash of the message, key). For each round and key there is exactly
one, so nobody can try several. Source: drand's documentation of its schemes; draft-irtf-cfrg-bls-signature.
"""

from __future__ import annotations

import functools
import hashlib

from hub.lot.curve import BASE_G2, NoPoint, Pair, format_point, parse_point, parse_twisted, times
from hub.lot.hashing import hash_to_point
from hub.lot.pairing import are_equal

TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


@functools.lru_cache(maxsize=10_000)
def is_signed(key: bytes, round_: int, signature: bytes) -> bool:
    """Tells whether a signature is a chain's for a round. It takes half a second the first time, none after that."""
    try:
        point, base = parse_point(signature), _key(key)
    except NoPoint:
        return False
    return are_equal((point, BASE_G2), (hash_to_point(message(round_), TAG), base))


def message(round_: int) -> bytes:
    """Returns what a chain signs for a round."""
    return hashlib.sha256(round_.to_bytes(8, "big")).digest()


def sign(secret: int, round_: int) -> bytes:
    """Signs a round: for chains whose secret everybody knows, and no others. It takes no care to hide the secret."""
    point = times(secret, hash_to_point(message(round_), TAG))
    assert point is not None
    return format_point(point)


@functools.lru_cache(maxsize=16)
def _key(raw: bytes) -> tuple[Pair, Pair]:
    return parse_twisted(raw)
