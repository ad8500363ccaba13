"""Public identifiers: a kind, an underscore, 128 random bits in lower-case Crockford base32.

The prefix says what a thing is wherever it turns up; nothing about it can be guessed from its neighbours.

Whatever random part an entry has is drawn here: identifiers, and the salts of its openings. An act that somebody has to
sign is made twice, once to show it and once to record it, and must come out the same: ``drawn_from(seed)`` repeats the
draws. That is a context variable because ``new`` is called in every verb and takes no unit of work; it changes which
random bits are drawn and nothing else, and only inside the ``with``. Secrets (tokens, challenges) are never drawn here.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hub import chance

KINDS = {
    "per": "person (private, for life)",
    "hld": "holder: a person's only name in the record",
    "grt": "grant",
    "key": "a holder's public key in the record",
    "act": "act",
    "brn": "branch",
    "grp": "group",
    "bal": "ballot",
    "ppr": "paper in a ballot's box (private; made anew whenever the box is shuffled)",
    "lnk": "link to where a group meets",
    "cli": "relying party: a site of a group that signs members in",
    "sgn": "a member's sign-in at a relying party (private; the sid of its tokens)",
    "ask": "a sign-in that a relying party asked for (private)",
    "inv": "invitation (private)",
    "ses": "session (private)",
    "lok": "number of a key by which a member lets an office look (private)",
    "rec": "recovery of an account (private)",
    "ltr": "letter in the outbox (private)",
    "imp": "roster import",
    "stm": "official statement",
    "tkt": "ticket of a draw by lot; whose it is, only the hub knows",
    "fil": "file that somebody sent (private)",
    "ent": "entry ref: the matcher's opaque name for a roster row",
}

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26


def new(kind: str) -> str:
    """Mints an identifier of a known kind. Raises KeyError for a kind not in KINDS."""
    KINDS[kind]
    number = int.from_bytes(draw(kind, 16), "big")
    return f"{kind}_" + "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(_LENGTH)))


def draw(purpose: str, size: int) -> bytes:
    """Returns random bytes, at most 32: fresh ones, or the next of the stream that the context repeats.

    purpose: draws for one do not shift those for another.
    """
    stream = _stream.get()
    return chance.octets(size) if stream is None else stream.draw(purpose, size)


@contextmanager
def drawn_from(seed: bytes) -> Iterator[None]:
    """Inside, draws are those of a seed (32 random bytes), from its beginning: the same seed, the same draws."""
    before = _stream.set(_Stream(seed))
    try:
        yield
    finally:
        _stream.reset(before)


class _Stream:
    """HMAC-SHA-256 under the seed over purpose and place: who does not know the seed learns nothing from some draws."""

    def __init__(self, seed: bytes) -> None:
        self.seed, self.drawn = seed, Counter[str]()

    def draw(self, purpose: str, size: int) -> bytes:
        self.drawn[purpose] += 1
        block = hmac.digest(self.seed, f"{purpose} {self.drawn[purpose]}".encode(), hashlib.sha256)
        if size > len(block):
            raise ValueError("at most 32 bytes at a time")
        return block[:size]


_stream: ContextVar[_Stream | None] = ContextVar("folkmoot_draws", default=None)


def is_id(text: str, kind: str) -> bool:
    """Tells whether a text has the shape of an identifier of this kind."""
    return _shape(kind).fullmatch(text) is not None


@functools.lru_cache(maxsize=64)
def _shape(kind: str) -> re.Pattern[str]:
    return re.compile(rf"{kind}_[{ALPHABET}]{{{_LENGTH}}}")


def is_slug(text: str) -> bool:
    """Tells whether a text can stand in an address: 2 to 60 of a-z, 0-9 and single hyphens, a letter first."""
    return len(text) <= 60 and re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) is not None and len(text) >= 2
