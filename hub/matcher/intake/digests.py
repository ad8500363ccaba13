"""Making digests by the million: the same bytes as hub.matcher.keys makes, with the work on the key done once.

HMAC(K, m) = H(K ^ opad | H(K ^ ipad | m)): both inner states, and the part of m that every row shares, are kept.
Source: RFC 2104 section 4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from hub import chance
from hub.matcher.keys import Keys, framed

BLOCK = 64
LENGTHS = [length.to_bytes(2, "big") for length in range(1024)]
Digest = Callable[[bytes], bytes]


def primed(key: bytes, start: bytes) -> Digest:
    """Returns a function of the rest of a message: HMAC-SHA-256 under a key (at most 64 bytes) of start | rest."""
    padded = key.ljust(BLOCK, b"\x00")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + start)
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def digest(rest: bytes) -> bytes:
        first, second = inner.copy(), outer.copy()
        first.update(rest)
        second.update(first.digest())
        return second.digest()

    return digest


class Digests:
    """The matcher's digests for one country's organisation."""

    def __init__(self, keys: Keys, country: str) -> None:
        shared = [country.encode()]
        self._number = primed(keys.verify, framed(b"number", shared))
        self._pair = primed(keys.verify, framed(b"pair", shared))
        self._contact = primed(keys.verify, framed(b"contact", []))
        self._seal = ChaCha20Poly1305(keys.contact).encrypt
        self._nonces = random_slices(12)

    def number(self, number: bytes) -> bytes:
        """Keys.number_digest of an encoded number."""
        return self._number(LENGTHS[len(number)] + number)

    def pair(self, number: bytes, postcode: bytes) -> bytes:
        """Keys.pair_digest of an encoded number and postcode."""
        return self._pair(LENGTHS[len(number)] + number + LENGTHS[len(postcode)] + postcode)

    def contact(self, mail: bytes) -> bytes:
        """Keys.contact_digest of an encoded address."""
        return self._contact(LENGTHS[len(mail)] + mail)

    def seal(self, mail: bytes) -> bytes:
        """Keys.seal_contact of an encoded address."""
        nonce = next(self._nonces)
        return nonce + self._seal(nonce, mail, b"contact")


def random_slices(size: int, many: int = 4096) -> Iterator[bytes]:
    """Yields random bytes for ever, asking the machine once for so many."""
    while True:
        block = chance.octets(size * many)
        for start in range(0, len(block), size):
            yield block[start : start + size]
