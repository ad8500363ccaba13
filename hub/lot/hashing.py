"""A message as a point of G1 of which nobody knows what multiple it is: hash_to_curve, with SSWU and SHA-256.

    numbers   two below P from expand_message_xmd(message, tag, 128): 64 bytes each, big-endian, modulo P (section 5)
    map       each to a point of SSWU's curve, and by the isogeny to the curve (6.6.2, 6.6.3)
    point     their sum, times 1 + X, which lies in the group (7, 8.8.1)

Source: RFC 9380, whose sections these are.
"""

from __future__ import annotations

import hashlib

from hub.lot import isogeny
from hub.lot.curve import P, Point, X, add, root, times
from hub.lot.isogeny import A, B, Z

COFACTOR = X + 1
BLOCK, DIGEST, WIDE = 64, 32, 64  # bytes: SHA-256's block and digest, and of which one number is made


def hash_to_point(message: bytes, tag: bytes) -> Point:
    """Returns the point of a message. tag: what kind of messages these are, at most 255 bytes."""
    first, second = numbers_of(message, tag)
    return times(COFACTOR, add(map_to_curve(first), map_to_curve(second)))


def numbers_of(message: bytes, tag: bytes) -> tuple[int, int]:
    """Returns the two numbers of a message: hash_to_field, section 5.2."""
    raw = expand(message, tag, 2 * WIDE)
    return int.from_bytes(raw[:WIDE], "big") % P, int.from_bytes(raw[WIDE:], "big") % P


def expand(message: bytes, tag: bytes, size: int) -> bytes:
    """Returns so many bytes from a message: expand_message_xmd, section 5.3.1. size: a multiple of 32, below 8,160."""
    suffix = tag + bytes([len(tag)])
    start = hashlib.sha256(bytes(BLOCK) + message + size.to_bytes(2, "big") + b"\0" + suffix).digest()
    block, found = bytes(DIGEST), b""
    for number in range(1, size // DIGEST + 1):
        mixed = bytes(one ^ other for one, other in zip(start, block, strict=True))
        block = hashlib.sha256(mixed + bytes([number]) + suffix).digest()
        found += block
    return found


def map_to_curve(number: int) -> Point:
    """Returns the point of the curve for a number: section 6.6.3."""
    x, y = simplified_swu(number)
    below, beside = _value(isogeny.X_DENOMINATOR, x), _value(isogeny.Y_DENOMINATOR, x)
    if not below or not beside:
        return None
    across = _value(isogeny.X_NUMERATOR, x) * pow(below, -1, P) % P
    return across, y * _value(isogeny.Y_NUMERATOR, x) * pow(beside, -1, P) % P


def simplified_swu(number: int) -> tuple[int, int]:
    """Returns a point of SSWU's curve for a number: section 6.6.2. x is one of two, whichever has a y."""
    scaled = Z * number * number % P
    below = (scaled * scaled + scaled) % P
    x = -B * (1 + pow(below, -1, P)) * pow(A, -1, P) % P if below else B * pow(Z * A, -1, P) % P
    y = root(x**3 + A * x + B)
    if y is None:
        x = scaled * x % P
        y = root(x**3 + A * x + B)
    assert y is not None
    return x, y if y % 2 == number % 2 else P - y


def _value(polynomial: tuple[int, ...], x: int) -> int:
    total = 0
    for coefficient in reversed(polynomial):
        total = (total * x + coefficient) % P
    return total
