"""The provider's keys, in files of the web's own: what tokens are signed with, and what subjects are made with.

    keys/oidc.json    {"keys":[{"use_from":"2026-11-21T20:00Z","jwk":{...private...}},...]}
    keys/federation.json   the same, for statements and trust marks alone (OpenID Federation section 3.1.1)
    keys/pair.key     32 bytes in hexadecimal: K_pair, split among trustees and in no database

Whoever reads oidc.json can forge what sites are told, and nothing at the hub. Whoever reads pair.key and hub.db can
link what two sites know. To change the signing keys, ``rotate``: the new ones are published a day before they sign.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import stat
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from hub import chance, clock

LEAD = dt.timedelta(hours=24)  # a key is published this long before it signs
KEPT = dt.timedelta(days=7)  # and this long after the next one began
LIFE = dt.timedelta(days=90)
BITS = 2048


@dataclass(frozen=True)
class SigningKey:
    """One private key. algorithm: RS256 or ES256; use_from: it signs from then on, until a newer one does."""

    algorithm: str
    key: RSAKey | ECKey
    use_from: dt.datetime

    @property
    def id(self) -> str:
        """Its RFC 7638 thumbprint."""
        return str(self.key.kid)


@dataclass(frozen=True)
class Ready:
    """What was read once from the files. jwks: the public set, as bytes to serve; etag: of these bytes."""

    keys: tuple[SigningKey, ...]
    jwks: bytes
    etag: str


class ProviderKeys:
    """The keys of one hub; reads the files again when they change."""

    def __init__(self, folder: Path, name: str = "oidc.json") -> None:
        self.folder, self.name, self._lock = folder, name, threading.Lock()
        self._path = str(folder / name)  # ready() is asked for every token and every look at the keys
        self._ready: tuple[int, Ready] | None = None
        self._pair: bytes | None = None

    @property
    def pair(self) -> bytes:
        """K_pair. Raises OSError, ValueError."""
        if self._pair is None:
            self._pair = bytes.fromhex((self.folder / "pair.key").read_text(encoding="ascii").strip())
        return self._pair

    def ready(self) -> Ready:
        """Returns all keys. Raises OSError, ValueError."""
        changed = os.stat(self._path).st_mtime_ns
        with self._lock:
            if self._ready is None or self._ready[0] != changed:
                self._ready = changed, _read(self.folder / self.name)
            return self._ready[1]

    def signing(self, algorithm: str) -> SigningKey:
        """Returns the key that signs now. Raises LookupError where there is none."""
        now = clock.now()
        fit = [key for key in self.ready().keys if key.algorithm == algorithm and key.use_from <= now]
        if not fit:
            raise LookupError(f"no key for {algorithm}")
        return max(fit, key=lambda key: key.use_from)

    def sign(self, kind: str, claims: dict[str, Any], algorithm: str = "RS256") -> str:
        """Returns a signed token. kind: its ``typ``."""
        key = self.signing(algorithm)
        return jwt.encode({"alg": algorithm, "kid": key.id, "typ": kind}, claims, key.key, [algorithm])

    def read(self, token: str) -> dict[str, Any] | None:
        """Returns the claims of a token that one of our keys signed, however old; None for any other text."""
        keys = KeySet([key.key for key in self.ready().keys])
        try:
            return dict(jwt.decode(token, keys, ["RS256", "ES256"]).claims)
        except Exception:
            # A hostile text may end in nearly any error of the parser's; none of them is a token of ours.
            return None

    def seal(self, text: str, purpose: str) -> bytes:
        """Seals a text to its purpose: 12 bytes of nonce, then ChaCha20-Poly1305."""
        nonce = chance.octets(12)
        return nonce + ChaCha20Poly1305(self._derived(purpose)).encrypt(nonce, text.encode(), None)

    def open_sealed(self, sealed: bytes, purpose: str) -> str:
        """Opens what seal made. Raises cryptography's InvalidTag for another purpose."""
        return ChaCha20Poly1305(self._derived(purpose)).decrypt(sealed[:12], sealed[12:], None).decode()

    def _derived(self, purpose: str) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(self.pair)


def make(folder: Path) -> None:
    """Makes the files where they are missing; keeps what is there."""
    if not (folder / "pair.key").exists():
        _write(folder / "pair.key", chance.octets(32).hex() + "\n")
    for name, algorithms in SETS.items():
        if not (folder / name).exists():
            _write(folder / name, _format([_new_key(algorithm, clock.now()) for algorithm in algorithms]))


def rotate_when_old(folder: Path) -> list[str]:
    """Rotates each file whose newest key began 90 days ago (OP-16); returns the names of those."""
    old = []
    for name in SETS:
        newest = max(key.use_from for key in _read(folder / name).keys)
        if clock.now() - newest >= LIFE:
            rotate(folder, name)
            old.append(name)
    return old


def rotate(folder: Path, name: str = "oidc.json") -> None:
    """Adds keys that sign a day from now, and takes off those that stopped signing a week ago.

    Federation's old keys stay: they are its history.
    """
    now, known = clock.now(), list(_read(folder / name).keys)
    begun = {kind: max(k.use_from for k in known if k.algorithm == kind and k.use_from <= now) for kind in SETS[name]}
    keeps_all = name == "federation.json"
    kept = [
        key for key in known if keeps_all or key.use_from >= begun[key.algorithm] or now - begun[key.algorithm] < KEPT
    ]
    fresh = (folder / name).with_suffix(".new")
    # Where web and worker are two users, a group of both reads the file; it has to read the new one, too.
    mode = stat.S_IMODE((folder / name).stat().st_mode) & 0o440
    _write(fresh, _format([*kept, *(_new_key(algorithm, now + LEAD) for algorithm in SETS[name])]), mode)
    fresh.replace(folder / name)


SETS = {"oidc.json": ("RS256", "ES256"), "federation.json": ("ES256",)}
"""File to the algorithms it has keys for."""


def _new_key(algorithm: str, use_from: dt.datetime) -> SigningKey:
    made: Any = RSAKey.generate_key(BITS) if algorithm == "RS256" else ECKey.generate_key("P-256")
    return SigningKey(algorithm, _named(made), clock.minute(use_from))


def _named(key: Any) -> Any:
    key.ensure_kid()
    return key


def _format(keys: list[SigningKey]) -> str:
    rows = [
        {"use_from": clock.format_minute(key.use_from), "jwk": {**key.key.as_dict(private=True), "alg": key.algorithm}}
        for key in keys
    ]
    return json.dumps({"keys": rows}, indent=1) + "\n"


def _read(path: Path) -> Ready:
    rows = json.loads(path.read_text(encoding="ascii"))["keys"]
    keys = tuple(_key(row) for row in rows)
    public = [{**key.key.as_dict(private=False), "alg": key.algorithm, "use": "sig"} for key in keys]
    jwks = json.dumps({"keys": public}, separators=(",", ":")).encode("ascii")
    return Ready(keys, jwks, f'"{hashlib.sha256(jwks).hexdigest()[:32]}"')


def _key(row: dict[str, Any]) -> SigningKey:
    jwk = dict(row["jwk"])
    algorithm = jwk.pop("alg")
    key = RSAKey.import_key(jwk) if jwk["kty"] == "RSA" else ECKey.import_key(jwk)
    return SigningKey(algorithm, _named(key), clock.parse_minute(row["use_from"]))


def _write(path: Path, text: str, mode: int = 0o400) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        os.fchmod(descriptor, mode)
        file.write(text)
