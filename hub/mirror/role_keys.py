"""Keys of offices: made on the holder's own device, locked there with a passphrase, and never sent anywhere.

    {"folkmoot":"locked","kind":"role key","grant":...,"public":...,"pbkdf2":600000,"salt":...,"nonce":...,"box":...}

The secret is an Ed25519 seed, 32 bytes; public is its public half in base64url. The box is AES-256-GCM of the seed,
under PBKDF2-HMAC-SHA-256 of the passphrase (NFC), bound to ``role key <grant> <public>``: what browsers have by
themselves (Web Cryptography), so that a page of the hub and ``hub role`` open the same file. Who alters it gains
nothing: it no longer opens.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from joserfc import jws
from joserfc.jwk import OKPKey

from hub import chance, ids
from hub.errors import Invalid
from hub.ledger.signed import from_text, to_text
from hub.permits.binding import NONCE, Binding, format_payload, is_key, sd_hash_of

KIND = "role key"
ROUNDS, MOST_ROUNDS = 600_000, 10_000_000
LEAST = 10  # characters of a passphrase
HEADER = {"alg": "Ed25519", "typ": "kb+jwt"}
NO_KEY = "This file holds no key of an office. Choose the one that you saved when you made the key."


@dataclass(frozen=True)
class LockedKey:
    """A locked role key. grant: whose it is; public: its public half, base64url."""

    grant: str
    public: str
    rounds: int
    salt: bytes
    nonce: bytes
    box: bytes


def make(grant: str, passphrase: str, rounds: int = ROUNDS) -> LockedKey:
    """Makes a new key for a grant and locks it. Raises Invalid for a passphrase that is too short to keep anything."""
    if len(unicodedata.normalize("NFC", passphrase)) < LEAST:
        raise Invalid({"passphrase": f"Use at least {LEAST} characters: four words that do not belong together do."})
    seed, salt, nonce = chance.octets(32), chance.octets(16), chance.octets(12)
    public = public_of(seed)
    box = AESGCM(_key(passphrase, salt, rounds)).encrypt(nonce, seed, _bound(grant, public))
    return LockedKey(grant, public, rounds, salt, nonce, box)


def unlock(key: LockedKey, passphrase: str) -> bytes:
    """Returns the seed. Raises Invalid for another passphrase, or a file that was altered."""
    try:
        seed = AESGCM(_key(passphrase, key.salt, key.rounds)).decrypt(key.nonce, key.box, _bound(key.grant, key.public))
    except InvalidTag as problem:
        raise Invalid({"passphrase": "This passphrase does not open the key, or the file was altered."}) from problem
    if len(seed) != 32 or public_of(seed) != key.public:
        raise Invalid({"key": "The file holds another key than it says."})
    return seed


def public_of(seed: bytes) -> str:
    """Returns the public half of a seed, base64url."""
    return to_text(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def bind(seed: bytes, *, audience: str, nonce: str, entry: bytes) -> str:
    """Signs the token of a claim. audience: the fork's address; nonce: the fork's; entry: the key's registration.

    Raises Invalid for a nonce that no fork gives.
    """
    try:
        raw = from_text(nonce.strip())
    except ValueError:
        raw = b""
    if len(raw) != NONCE:
        raise Invalid({"nonce": "This is not the number that the page shows. Copy all of it."})
    payload = format_payload(Binding(audience.rstrip("/"), raw, sd_hash_of(entry)))
    key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(seed))
    return jws.serialize_compact(HEADER, payload, key, algorithms=["Ed25519"])


def format_key(key: LockedKey) -> bytes:
    """Writes the file of a key alone. parse_key(format_key(k)) == k."""
    return json.dumps(value_of(key), indent=1).encode() + b"\n"


def parse_key(raw: bytes) -> LockedKey:
    """Reads the file of a key alone. Raises Invalid for any other."""
    try:
        return key_in(json.loads(raw))
    except (ValueError, RecursionError) as problem:
        raise Invalid({"key": NO_KEY}) from problem


def value_of(key: LockedKey) -> dict[str, Any]:
    """Returns a key as it stands in a file. key_in(value_of(k)) == k."""
    boxed = {name: base64.b64encode(getattr(key, name)).decode() for name in ("salt", "nonce", "box")}
    named = {"folkmoot": "locked", "kind": KIND, "grant": key.grant, "public": key.public}
    return {**named, "pbkdf2": key.rounds, **boxed}


def key_in(value: Any) -> LockedKey:
    """Reads a key as it stands in a file. Raises ValueError for any other shape."""
    try:
        if (value["folkmoot"], value["kind"]) != ("locked", KIND):
            raise ValueError("no role key")
        parts = [base64.b64decode(value[name], validate=True) for name in ("salt", "nonce", "box")]
        found = LockedKey(value["grant"], value["public"], value["pbkdf2"], *parts)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError("no role key") from problem
    is_whole = isinstance(found.rounds, int) and not isinstance(found.rounds, bool)
    texts = isinstance(found.grant, str) and isinstance(found.public, str)
    if not texts or not ids.is_id(found.grant, "grt") or not is_key(found.public):
        raise ValueError("a role key of no office")
    if not is_whole or not 1 <= found.rounds <= MOST_ROUNDS or len(found.nonce) != 12:
        raise ValueError("costs that no file of ours asks for")
    return found


def _key(passphrase: str, salt: bytes, rounds: int) -> bytes:
    text = unicodedata.normalize("NFC", passphrase).encode()
    return PBKDF2HMAC(SHA256(), length=32, salt=salt, iterations=rounds).derive(text)


def _bound(grant: str, public: str) -> bytes:
    return f"{KIND} {grant} {public}".encode()
