"""What the web and the matcher must both know: how a handshake is written, normalised and sealed; what a proof says.

A sealed handshake is always SIZE bytes, whatever was typed, so that nobody who watches the socket learns anything:

    ephemeral X25519 public key (32) | nonce (12) | ChaCha20-Poly1305 of the padded JSON (BODY + 16)

The key is HKDF-SHA-256 of the shared secret. Only the matcher's private key opens it.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub import chance

BODY = 900
SIZE = 32 + 12 + BODY + 16
PURPOSE = b"folkmoot handshake v1"
# The longest a form may send, before anything else is looked at (HS-30).
LONGEST = {"country": 2, "number": 40, "postcode": 16}
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
CODE_LENGTH, LETTER_LENGTH = 8, 10


@dataclass(frozen=True)
class Handshake:
    """What was typed, in which browser (nonce_digest), from where (client: an address, only ever in memory)."""

    country: str
    number: str
    postcode: str
    nonce_digest: str
    client: str


@dataclass(frozen=True)
class Proof:
    """What a redeemed code proves: the matcher's name for the row, area, since when.

    kind: code, letter, in_person, or shared: a code to a contact that another row has too.
    """

    entry_ref: str
    area: str | None
    since: dt.date
    seed: bytes
    kind: str


class Unreadable(ValueError):
    """Bytes that are no sealed handshake of ours."""


def normal(text: str) -> str:
    """Returns the letters and digits of a text, upper case, after NFKC: normal(normal(t)) == normal(t) (HS-29)."""
    upper = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    return "".join(char for char in upper if char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def normal_code(text: str) -> str:
    """Returns a typed code as it was printed: spaces and hyphens off, and the letters people mistake put right."""
    return normal(text).translate(str.maketrans("ILOU", "110V"))


def seal(public_key: bytes, handshake: Handshake) -> bytes:
    """Seals a handshake to the matcher; SIZE bytes. Raises ValueError for one longer than a form may send."""
    plain = json.dumps(asdict(handshake), ensure_ascii=True).encode()
    if len(plain) > BODY:
        raise ValueError("a handshake longer than the form allows")
    ephemeral, nonce = X25519PrivateKey.from_private_bytes(chance.octets(32)), chance.octets(12)
    public = ephemeral.public_key().public_bytes_raw()
    key = _key(ephemeral.exchange(X25519PublicKey.from_public_bytes(public_key)), public)
    return public + nonce + ChaCha20Poly1305(key).encrypt(nonce, plain.ljust(BODY), PURPOSE)


def open_sealed(private_key: bytes, sealed: bytes) -> Handshake:
    """Opens what seal made: open_sealed(private, seal(public, h)) == h. Raises Unreadable."""
    if len(sealed) != SIZE:
        raise Unreadable("another size")
    public, nonce, box = sealed[:32], sealed[32:44], sealed[44:]
    try:
        shared = X25519PrivateKey.from_private_bytes(private_key).exchange(X25519PublicKey.from_public_bytes(public))
        fields = json.loads(ChaCha20Poly1305(_key(shared, public)).decrypt(nonce, box, PURPOSE))
        return Handshake(**{name: str(fields[name]) for name in Handshake.__dataclass_fields__})
    except (InvalidTag, ValueError, KeyError, TypeError) as problem:
        raise Unreadable("not sealed to this key") from problem


def _key(shared: bytes, public: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=public, info=PURPOSE).derive(shared)
