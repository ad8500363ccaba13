"""Secrets that people keep in a file of their own, locked with a passphrase: trustees' keys, role keys.

    {"folkmoot":"locked","kind":...,"name":...,"public":...,"scrypt":[n,r,p],"salt":...,"nonce":...,"box":...}

The key is scrypt (RFC 7914) of the passphrase; the box is ChaCha20-Poly1305 (RFC 8439) of the secret, bound to kind,
name and public form. Who alters the file gains nothing: it no longer opens.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from hub import chance
from hub.errors import Invalid

SCRYPT = (1 << 17, 8, 1)  # 128 MiB and about half a second, once a signature
MOST = (1 << 20, 16, 4)  # what a file may ask of the machine that opens it
LEAST = 10  # characters of a passphrase


@dataclass(frozen=True)
class Locked:
    """A locked secret. kind: what it is for; name: whose; public: its public form, in clear."""

    kind: str
    name: str
    public: str
    scrypt: tuple[int, int, int]
    salt: bytes
    nonce: bytes
    box: bytes


def lock(kind: str, name: str, public: str, secret: bytes, passphrase: str) -> Locked:
    """Locks a secret. Raises Invalid for a passphrase that is too short to keep anything."""
    if len(passphrase) < LEAST:
        raise Invalid({"passphrase": f"Use at least {LEAST} characters: four words that do not belong together do."})
    salt, nonce = chance.octets(16), chance.octets(12)
    box = ChaCha20Poly1305(_key(passphrase, salt, SCRYPT)).encrypt(nonce, secret, _bound(kind, name, public))
    return Locked(kind, name, public, SCRYPT, salt, nonce, box)


def unlock(locked: Locked, passphrase: str) -> bytes:
    """Opens what lock made: unlock(lock(..., secret, p), p) == secret. Raises Invalid for another passphrase."""
    key = _key(passphrase, locked.salt, locked.scrypt)
    try:
        return ChaCha20Poly1305(key).decrypt(locked.nonce, locked.box, _bound(locked.kind, locked.name, locked.public))
    except InvalidTag as problem:
        raise Invalid({"passphrase": "This passphrase does not open the key, or the file was altered."}) from problem


def format_locked(locked: Locked) -> bytes:
    """Writes the file. parse_locked(format_locked(l)) == l."""
    values = {
        "folkmoot": "locked",
        "kind": locked.kind,
        "name": locked.name,
        "public": locked.public,
        "scrypt": list(locked.scrypt),
        **{name: base64.b64encode(getattr(locked, name)).decode() for name in ("salt", "nonce", "box")},
    }
    return (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode()


def parse_locked(raw: bytes, kind: str) -> Locked:
    """Reads the file of a secret of one kind. Raises Invalid for any other file."""
    try:
        values = json.loads(raw)
        found = Locked(
            values["kind"],
            values["name"],
            values["public"],
            _costs(values["scrypt"]),
            *(base64.b64decode(values[name], validate=True) for name in ("salt", "nonce", "box")),
        )
    except (ValueError, KeyError, TypeError) as problem:
        raise Invalid({"file": "This is not a file that hub trustee new made."}) from problem
    if values.get("folkmoot") != "locked" or found.kind != kind or len(found.nonce) != 12:
        raise Invalid({"file": f"This file holds no {kind}."})
    return found


def _costs(values: list[int]) -> tuple[int, int, int]:
    n, r, p = (int(value) for value in values)
    if not (2 <= n <= MOST[0] and n & (n - 1) == 0 and 1 <= r <= MOST[1] and 1 <= p <= MOST[2]):
        raise ValueError("costs that no file of ours asks for")
    return n, r, p


def _key(passphrase: str, salt: bytes, costs: tuple[int, int, int]) -> bytes:
    n, r, p = costs
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode())


def _bound(kind: str, name: str, public: str) -> bytes:
    return json.dumps([kind, name, public], ensure_ascii=False).encode()
