"""Splitting a secret so that any k of n trustees give it back and fewer learn nothing (Shamir 1979).

Every byte is the value at 0 of a random polynomial of degree k-1 over GF(2^8), with the field of FIPS 197; a share is
the values at one x from 1 to 255. A share is a line of text:

    folkmoot-share-v1 <name of the secret> <k> <x> <base64 of the values> <base64 of SHA-256(secret)>

The hash tells wrong or mixed shares from right ones; the secrets split here are 32 random bytes, so it tells no more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from hub import chance
from hub.tlog.hashes import Spoilt, format_base64, parse_base64, parse_number

HEADER = "folkmoot-share-v1"
SHORTEST = 32  # bytes: below it the hash beside a share could be searched for the secret
MOST_TRIES = 10_000  # ways to choose among the shares given, before joining gives up
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,60}")


@dataclass(frozen=True)
class Share:
    """One trustee's part. needed: k; x: 1 to 255; values: a byte for each of the secret's; digest: of the secret."""

    name: str
    needed: int
    x: int
    values: bytes
    digest: bytes


def split(
    name: str, secret: bytes, needed: int, shares: int, random: Callable[[int], bytes] = chance.octets
) -> list[Share]:
    """Splits a secret into shares, any ``needed`` of which give it back. Raises Spoilt for other numbers."""
    if not (2 <= needed <= shares <= 255 and len(secret) >= SHORTEST and _NAME.fullmatch(name)):
        raise Spoilt("a split needs a name, a secret of 32 bytes or more, and 2 to 255 shares with 2 or more needed")
    polynomials = [bytes([byte]) + random(needed - 1) for byte in secret]
    digest = hashlib.sha256(secret).digest()
    return [Share(name, needed, x, bytes(_value(one, x) for one in polynomials), digest) for x in range(1, shares + 1)]


@dataclass(frozen=True)
class Joined:
    """A secret put together again. wrong: which of the shares given, by their place among them, do not belong to it."""

    secret: bytes
    wrong: tuple[int, ...] = ()


def join(shares: Sequence[Share]) -> bytes:
    """Gives back the secret: join(any k of split(n, s, k, m)) == s. Raises Spoilt as join_any does."""
    return join_any(shares).secret


def join_any(shares: Sequence[Share]) -> Joined:
    """Gives back the secret from whichever of the shares give it, and says which do not.

    Raises Spoilt for too few shares, for one given twice, for shares that do not belong together, and where none of the
    first 10,000 ways to choose enough of them gives the secret that was split.
    """
    mine = _together(shares)
    needed = shares[mine[0]].needed
    if len({shares[at].x for at in mine}) != len(mine) or len(mine) < needed:
        raise Spoilt(f"{needed} different shares are needed")
    for used in islice(combinations(mine, needed), MOST_TRIES):
        secret = _secret([shares[at] for at in used])
        if secret is not None:
            right = set(used) | {at for at in mine if _secret([shares[at], *_others(shares, used, at)]) is not None}
            return Joined(secret, tuple(at for at in range(len(shares)) if at not in right))
    raise Spoilt("these shares give another secret than the one that was split; one of them is wrong")


def _together(shares: Sequence[Share]) -> list[int]:
    """Returns the places of the shares that say they are of one secret: of all, or else of enough of them."""
    alike: dict[tuple[str, int, bytes, int], list[int]] = {}
    for at, one in enumerate(shares):
        alike.setdefault((one.name, one.needed, one.digest, len(one.values)), []).append(at)
    found = max(alike.values(), key=len, default=[])
    if not found or (len(alike) > 1 and len(found) < shares[found[0]].needed):
        raise Spoilt("shares that do not belong together")
    return found


def _others(shares: Sequence[Share], used: Sequence[int], at: int) -> list[Share]:
    """Returns shares that are known to be right, one fewer than are needed, to try another one with."""
    return [shares[other] for other in used if other != at][: shares[at].needed - 1]


def _secret(used: Sequence[Share]) -> bytes | None:
    """Returns the secret that exactly enough shares give, or None where it is not the one that was split."""
    weights = [_weight([one.x for one in used], one.x) for one in used]
    secret = bytes(
        _sum(_times(weight, one.values[at]) for weight, one in zip(weights, used, strict=True))
        for at in range(len(used[0].values))
    )
    return secret if hashlib.sha256(secret).digest() == used[0].digest else None


def format_share(share: Share) -> str:
    """Writes a share's line, without a newline. parse_share(format_share(s)) == s."""
    parts = [HEADER, share.name, str(share.needed), str(share.x)]
    return " ".join([*parts, format_base64(share.values), format_base64(share.digest)])


def parse_share(line: str) -> Share:
    """Reads a share. Raises Spoilt for any other text."""
    parts = line.strip().split(" ")
    if len(parts) != 6 or parts[0] != HEADER or not _NAME.fullmatch(parts[1]):
        raise Spoilt("not a share")
    found = Share(
        parts[1], parse_number(parts[2]), parse_number(parts[3]), parse_base64(parts[4]), parse_base64(parts[5])
    )
    if not (2 <= found.needed <= 255 and 1 <= found.x <= 255 and found.values and len(found.digest) == 32):
        raise Spoilt("not a share")
    return found


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    power = a
    for _ in range(6):  # a^254: the group has 255 elements
        power = _times(_times(power, power), a)
    return _times(power, power)


def _sum(values: Iterable[int]) -> int:
    total = 0
    for value in values:
        total ^= value
    return total


def _value(polynomial: bytes, x: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = _times(value, x) ^ coefficient
    return value


def _weight(places: Sequence[int], x: int) -> int:
    """Lagrange's weight of the share at x for the value at 0."""
    weight = 1
    for other in places:
        if other != x:
            weight = _times(weight, _times(other, _inverse(other ^ x)))
    return weight
