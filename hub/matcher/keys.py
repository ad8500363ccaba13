"""The matcher's keys and what they make: digests of numbers and pairs, sealed contacts, subject seeds.

verify.key   K_v: without it nobody confirms a membership from the store (HS-15)
subject.key  K_subject: subject seeds, stable through renumbering
box.key      X25519: opens handshakes sealed by the web
contact.key  seals the contacts that the roster holds
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from hub import chance

NAMES = ("verify", "subject", "box", "contact")


def framed(tag: bytes, parts: Iterable[bytes]) -> bytes:
    """Joins a tag and length-prefixed parts, so that no two lists of parts give the same bytes."""
    return tag + b"\x00" + b"".join(len(part).to_bytes(2, "big") + part for part in parts)


@dataclass(frozen=True)
class Keys:
    """All four, 32 bytes each."""

    verify: bytes
    subject: bytes
    box: bytes
    contact: bytes

    @property
    def public(self) -> bytes:
        """What the web seals to."""
        return X25519PrivateKey.from_private_bytes(self.box).public_key().public_bytes_raw()

    def number_digest(self, country: str, number: str) -> bytes:
        """The row's key: a member number of a country's organisation."""
        return self._digest(b"number", country, number)

    def pair_digest(self, country: str, number: str, postcode: str) -> bytes:
        """What a handshake is compared with."""
        return self._digest(b"pair", country, number, postcode)

    def contact_digest(self, contact: str) -> bytes:
        """Whether two rows name the same mailbox, without naming it."""
        return self._digest(b"contact", contact)

    def code_hash(self, code: str) -> bytes:
        """What is stored of a code: keyed, as 40 bits alone could be tried out."""
        return self._digest(b"code", code)

    def counter_name(self, period: bytes, *parts: str) -> bytes:
        """The name of a counter under the key of its period."""
        return hmac.digest(period, framed(b"counter", [part.encode() for part in parts]), "sha256")

    def seed(self, country: str, number: str) -> bytes:
        """The subject seed of a member. Source: DESIGN decision 5."""
        return hmac.digest(self.subject, framed(b"subject", [country.encode(), number.encode()]), "sha256")

    def seal_contact(self, contact: str) -> bytes:
        """Seals a mail address: nonce (12) | ChaCha20-Poly1305."""
        nonce = chance.octets(12)
        return nonce + ChaCha20Poly1305(self.contact).encrypt(nonce, contact.encode(), b"contact")

    def open_contact(self, sealed: bytes) -> str:
        """Opens what seal_contact made."""
        return ChaCha20Poly1305(self.contact).decrypt(sealed[:12], sealed[12:], b"contact").decode()

    def domain_digest(self, domain: str) -> bytes:
        """Whether two contacts are in one domain, without naming it."""
        return self._digest(b"domain", domain)

    def seal_domain(self, domain: str) -> bytes:
        """Seals the name of a mail domain, like a contact."""
        nonce = chance.octets(12)
        return nonce + ChaCha20Poly1305(self.contact).encrypt(nonce, domain.encode(), b"domain")

    def open_domain(self, sealed: bytes) -> str:
        """Opens what seal_domain made."""
        return ChaCha20Poly1305(self.contact).decrypt(sealed[:12], sealed[12:], b"domain").decode()

    def _digest(self, tag: bytes, *parts: str) -> bytes:
        return hmac.digest(self.verify, framed(tag, [part.encode() for part in parts]), "sha256")


def make_keys(folder: Path) -> Keys:
    """Makes the four keys in a folder that only its owner reads; keeps those that are there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in NAMES:
        path = folder / f"{name}.key"
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(descriptor, "wb") as file:
                file.write(chance.octets(32))
    return load_keys(folder)


def load_keys(folder: Path) -> Keys:
    """Reads the four keys. Raises OSError, ValueError for one of another size."""
    found = {name: (folder / f"{name}.key").read_bytes() for name in NAMES}
    for name, key in found.items():
        if len(key) != 32:
            raise ValueError(f"{folder / name}.key does not hold 32 bytes")
    return Keys(**found)
