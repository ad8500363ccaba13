"""Chance. Nobody else asks the machine for it, so that a test can let the whole house draw from a seed.

What is drawn hangs on the octets of the source and on nothing else: the same source, the same draws. In earnest the
source is the operating system's, which is fit for keys. Only RSA keys, and the passkeys and role keys that others make
on their own devices, do not come from here: no library takes an RSA key's octets from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import random
import secrets
from collections.abc import Callable, MutableSequence, Sequence
from itertools import count
from typing import Any, TypeVar

Item = TypeVar("Item")

_source: Callable[[int], bytes] = secrets.token_bytes


def octets(size: int) -> bytes:
    """Draws so many random bytes."""
    return _source(size)


def token(size: int = 32) -> str:
    """Draws a secret of so many bytes, for an address or a cookie: base64url without padding."""
    return base64.urlsafe_b64encode(octets(size)).rstrip(b"=").decode("ascii")


def below(end: int) -> int:
    """Draws a whole number, 0 to end - 1, each as likely."""
    return _DRAW.randrange(end)


def one_of(items: Sequence[Item]) -> Item:
    """Draws one of some, each as likely. Raises IndexError where there are none."""
    return _DRAW.choice(items)


def shuffle(items: MutableSequence[Any]) -> None:
    """Puts a list in a random order, each order as likely."""
    _DRAW.shuffle(items)


def set_source(source: Callable[[int], bytes] | None) -> None:
    """Puts another source in the machine's place; None puts the machine's back."""
    global _source
    _source = source or secrets.token_bytes


def seeded(seed: int) -> Callable[[int], bytes]:
    """A source for tests: a seed to the octets that it always gives. Whoever knows the seed knows all of them."""
    number = count()

    def source(size: int) -> bytes:
        return hashlib.shake_256(b"%d %d" % (seed, next(number))).digest(size)

    return source


class _Draw(random.Random):
    """Python's own ways to draw fairly, from our octets."""

    def getrandbits(self, k: int) -> int:
        """Draws k bits as a whole number."""
        return int.from_bytes(octets(-(-k // 8)), "big") >> -k % 8

    def random(self) -> float:
        """Draws a number from 0 to below 1, in steps of 2 ** -53."""
        return self.getrandbits(53) * 2.0**-53


_DRAW = _Draw()
