"""The curve BLS12-381, as far as a signature needs it: fields, points, and their one encoding.

    P     the prime of the field; R the prime order of both groups
    G1    y^2 = x^3 + 4 over the numbers below P; a point is (x, y), or None for the point at infinity
    G2    y^2 = x^3 + 4(1 + u) over pairs a + b u, where u^2 = -1

    encoding    the highest three bits: compressed, infinity, and whether y is the larger of the two; then x in 48
                bytes, or in 96 (b, then a), big-endian

Nothing here is secret, so nothing needs to take the same time. Source: RFC 9380, 8.8; the format of the zcash project,
which drand uses.
"""

from __future__ import annotations

P = int("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16)
R = int("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16)
X = 0xD201000000010000  # the curve's parameter, without its sign, which is minus
SIZE = 48  # bytes of a number below P

Pair = tuple[int, int]
Point = tuple[int, int] | None
Twisted = tuple[Pair, Pair] | None

# The point of G2 from which every public key is a multiple.
BASE_G2: Twisted = (
    (
        int("024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8", 16),
        int("13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e", 16),
    ),
    (
        int("0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801", 16),
        int("0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be", 16),
    ),
)


class NoPoint(ValueError):
    """Bytes that encode no point of the group, or encode one otherwise than everybody does."""


# -- pairs --


def add2(one: Pair, other: Pair) -> Pair:
    """Adds."""
    return (one[0] + other[0]) % P, (one[1] + other[1]) % P


def sub2(one: Pair, other: Pair) -> Pair:
    """Subtracts."""
    return (one[0] - other[0]) % P, (one[1] - other[1]) % P


def mul2(one: Pair, other: Pair) -> Pair:
    """Multiplies."""
    (a, b), (c, d) = one, other
    return (a * c - b * d) % P, (a * d + b * c) % P


def inverse2(one: Pair) -> Pair:
    """Returns 1 / (a + b u). Raises ValueError for 0."""
    a, b = one
    norm = pow(a * a + b * b, -1, P)
    return a * norm % P, -b * norm % P


# -- points --


def add(one: Point, other: Point) -> Point:
    """Adds two points of the curve over numbers."""
    if one is None or other is None:
        return other if one is None else one
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    slope = _slope(one, other)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def _slope(one: tuple[int, int], other: tuple[int, int]) -> int:
    if one == other:
        return 3 * one[0] * one[0] * pow(2 * one[1], -1, P) % P
    return (other[1] - one[1]) * pow(other[0] - one[0], -1, P) % P


def times(number: int, point: Point) -> Point:
    """Adds a point so many times. number: at least 0."""
    total: Point = None
    for bit in bin(number)[2:]:
        total = add(total, total)
        total = add(total, point) if bit == "1" else total
    return total


def slope2(one: tuple[Pair, Pair], other: tuple[Pair, Pair]) -> Pair:
    """Returns the slope of the line through two points of the twist, or of the tangent where they are one."""
    if one == other:
        square = mul2(one[0], one[0])
        return mul2((3 * square[0], 3 * square[1]), inverse2((2 * one[1][0], 2 * one[1][1])))
    return mul2(sub2(other[1], one[1]), inverse2(sub2(other[0], one[0])))


def add_twisted(one: Twisted, other: Twisted) -> Twisted:
    """Adds two points of the twist."""
    if one is None or other is None:
        return other if one is None else one
    if one[0] == other[0] and add2(one[1], other[1]) == (0, 0):
        return None
    slope = slope2(one, other)
    x = sub2(sub2(mul2(slope, slope), one[0]), other[0])
    return x, sub2(mul2(slope, sub2(one[0], x)), one[1])


def times_twisted(number: int, point: Twisted) -> Twisted:
    """Adds a point of the twist so many times. number: at least 0."""
    total: Twisted = None
    for bit in bin(number)[2:]:
        total = add_twisted(total, total)
        total = add_twisted(total, point) if bit == "1" else total
    return total


# -- roots and bytes --


def root(square: int) -> int | None:
    """Returns a number whose square it is, or None. P is 3 modulo 4."""
    found = pow(square, (P + 1) // 4, P)
    return found if found * found % P == square % P else None


def root2(square: Pair) -> Pair | None:
    """Returns a pair whose square it is, or None: from the root of a^2 + b^2, and of half of a and it."""
    a, b = square
    norm = root(a * a + b * b)
    if norm is None:
        return None
    half = pow(2, -1, P)
    for sign in (norm, -norm):
        real = root((a + sign) * half)
        if real:
            return real, b * pow(2 * real, -1, P) % P
    imaginary = root(-a)  # only where b is 0 and a is no square of a number
    return None if b or imaginary is None else (0, imaginary)


def parse_point(raw: bytes) -> tuple[int, int]:
    """Reads a point of G1 from 48 bytes. Raises NoPoint; for infinity, too, which signs nothing."""
    (x,), is_larger = _numbers(raw, SIZE)
    y = root(x**3 + 4)
    if y is None:
        raise NoPoint("no point of the curve has this x")
    point = x, y if (y > P - y) == is_larger else P - y
    if times(R, point) is not None:
        raise NoPoint("the point is not in the group")
    return point


def parse_twisted(raw: bytes) -> tuple[Pair, Pair]:
    """Reads a point of G2 from 96 bytes. Raises NoPoint; for infinity, too, which is nobody's key."""
    (b, a), is_larger = _numbers(raw, 2 * SIZE)
    x = (a, b)
    y = root2(add2(mul2(mul2(x, x), x), (4, 4)))
    if y is None:
        raise NoPoint("no point of the curve has this x")
    other = (-y[0] % P, -y[1] % P)
    point = x, y if ((y[1], y[0]) > (other[1], other[0])) == is_larger else other
    if times_twisted(R, point) is not None:
        raise NoPoint("the point is not in the group")
    return point


def format_point(point: tuple[int, int]) -> bytes:
    """Writes a point of G1. parse_point(format_point(p)) == p."""
    x, y = point
    return (x | (1 << 383) | ((y > P - y) << 381)).to_bytes(SIZE, "big")


def _numbers(raw: bytes, size: int) -> tuple[list[int], bool]:
    """Reads the numbers of an encoding, and whether y is the larger one."""
    if len(raw) != size:
        raise NoPoint(f"a point has {size} bytes")
    if raw[0] >> 6 != 0b10:
        raise NoPoint("the point is not compressed, or it is infinity")
    whole = bytes([raw[0] & 0x1F]) + raw[1:]
    numbers = [int.from_bytes(whole[at : at + SIZE], "big") for at in range(0, size, SIZE)]
    if any(number >= P for number in numbers):
        raise NoPoint("a number is not below the prime")
    return numbers, bool(raw[0] & 0x20)
