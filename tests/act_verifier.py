"""A second reading of signed acts, from docs/signing.md: standard library and ``cryptography`` only, nothing of hub/.

``check(lines)`` takes the bytes of a record's entries and says of each whether it is signed as it must be.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

WAITS = timedelta(days=7)


class Bad(Exception):
    """The entry is not signed as it must be; the text says why."""


def plain(value: Any) -> bytes:
    """Canonical JSON, for keys of plain letters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def unbase(text: Any) -> bytes:
    """Strict base64url without padding."""
    if not isinstance(text, str) or "=" in text:
        raise Bad("base64url")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as problem:
        raise Bad("base64url") from problem
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text or not raw:
        raise Bad("base64url")
    return raw


def cbor(raw: bytes, place: int = 0) -> tuple[Any, int]:
    """Reads one value of RFC 8949's definite-length maps, byte strings and whole numbers."""
    head, kind, size = raw[place], raw[place] >> 5, raw[place] & 31
    place += 1
    if size >= 24:
        width = {24: 1, 25: 2, 26: 4}[size]
        size, place = int.from_bytes(raw[place : place + width], "big"), place + width
    if kind == 0:
        return size, place
    if kind == 1:
        return -1 - size, place
    if kind == 2:
        return raw[place : place + size], place + size
    if kind == 5:
        found = {}
        for _ in range(size):
            key, place = cbor(raw, place)
            found[key], place = cbor(raw, place)
        return found, place
    raise Bad(f"CBOR {head:#x}")


def signed_by(cose: bytes, signature: bytes, data: bytes) -> bool:
    """Tells whether a COSE key signed."""
    key, end = cbor(cose)
    if end != len(cose):
        raise Bad("bytes after the key")
    try:
        if key[3] == -7:
            point = ec.EllipticCurvePublicNumbers(
                int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big"), ec.SECP256R1()
            )
            point.public_key().verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif key[3] == -8:
            ed25519.Ed25519PublicKey.from_public_bytes(key[-2]).verify(signature, data)
        elif key[3] == -257:
            numbers = rsa.RSAPublicNumbers(int.from_bytes(key[-2], "big"), int.from_bytes(key[-1], "big"))
            numbers.public_key().verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise Bad("an algorithm that is not used")
    except InvalidSignature:
        return False
    return True


@dataclass
class Key:
    """A key in the record, as far as it was read."""

    holder: str
    cose: bytes
    hub: int
    since: datetime
    gone: bool = False


@dataclass
class Reader:
    """Reads a record from its first entry on."""

    keys: dict[str, Key] = field(default_factory=dict)
    grants: dict[int, str] = field(default_factory=dict)
    acts: set[bytes] = field(default_factory=set)
    signers: set[tuple[str, int]] = field(default_factory=set)
    hub: int = 0
    netloc: str = ""

    def read(self, index: int, raw: bytes) -> bool:
        """Takes the next entry; returns whether it is signed. Raises Bad where it must be and is not."""
        try:
            entry = json.loads(raw)
            if plain(entry) != raw:
                raise Bad("not canonical")
            known = {"at", "by", "data", "type", "v", "_sd", "sig"}
            if entry.keys() - known or not {"at", "by", "data", "type", "v"} <= entry.keys() or entry["v"] != 1:
                raise Bad("not an entry")
            is_signed = self.check(entry, index)
        except Bad:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as problem:
            raise Bad(repr(problem)) from problem
        self.take(entry, index)
        return is_signed

    def check(self, entry: dict[str, Any], index: int) -> bool:
        """Checks one entry's signature against what was read before it."""
        holder, sig, data = self.holder(entry), entry.get("sig"), entry["data"]
        is_key = entry["type"] == "key.registered"
        had_one = any(key.holder == holder for key in self.keys.values())
        if holder is None or not had_one or (is_key and (holder, self.hub) not in self.signers):
            if sig is not None:
                raise Bad("needless")
            return False
        if sig is None:
            raise Bad("unsigned")
        if sig.keys() - {"acts"} != {"authenticatorData", "clientDataJSON", "key", "signature"}:
            raise Bad("parts")
        name, at = sig["key"], datetime.fromisoformat(entry["at"])
        key = self.keys.get(name)
        if key is None and is_key and data["key"] == name:
            cose = unbase(data["public_key"])
        elif key is None or key.holder != holder or key.gone or key.hub != self.hub or key.since > at:
            raise Bad("no live key of theirs")
        else:
            cose = key.cose
        act = {part: value for part, value in entry.items() if part not in ("at", "sig")}
        digest = hashlib.sha256(b"hub-act-v1\n" + plain(act)).digest()
        challenge = digest
        if "acts" in sig:
            acts = [unbase(text) for text in sig["acts"]]
            if not 2 <= len(acts) <= 64 or digest not in acts or len(set(acts)) != len(acts):
                raise Bad("acts")
            if any(len(one) != 32 for one in acts):
                raise Bad("acts")
            challenge = hashlib.sha256(b"hub-acts-v1\n" + b"".join(acts)).digest()
        if digest in self.acts:
            raise Bad("signed before")
        self.assertion(sig, cose, challenge)
        self.acts.add(digest)
        self.signers.add((holder, self.hub))
        return True

    def assertion(self, sig: dict[str, Any], cose: bytes, challenge: bytes) -> None:
        """Checks the three parts of an assertion."""
        data, client, signature = (unbase(sig[part]) for part in ("authenticatorData", "clientDataJSON", "signature"))
        host = self.netloc.partition(":")[0]
        if len(data) < 37 or data[:32] != hashlib.sha256(host.encode()).digest():
            raise Bad("site")
        if data[32] & 0x45 != 0x05 or (data[32] >> 7) != (len(data) > 37):
            raise Bad("flags")
        said = json.loads(client)
        home = [f"https://{self.netloc}"] + [f"http://{self.netloc}"] * (host.split(".")[-1] == "localhost")
        if said["type"] != "webauthn.get" or said["origin"] not in home or said.get("crossOrigin", False) is not False:
            raise Bad("client")
        if "topOrigin" in said or unbase(said["challenge"]) != challenge:
            raise Bad("client")
        if not signed_by(cose, signature, data + hashlib.sha256(client).digest()):
            raise Bad("signature")

    def holder(self, entry: dict[str, Any]) -> str | None:
        """Whose act it is."""
        by, kind, data = entry["by"], entry["type"], entry["data"]
        if by is None or kind == "holder.named":
            return None
        if kind == "key.withdrawn":
            return self.keys[data["key"]].holder
        return self.grants.get(by) or data.get("holder")

    def take(self, entry: dict[str, Any], index: int) -> None:
        """Notes what later entries rest on."""
        kind, data = entry["type"], entry["data"]
        if kind in ("hub.founded", "hub.forked"):
            self.hub, self.netloc = index, data["origin"].partition("/")[0]
        elif kind in ("grant.made", "seat.taken"):
            self.grants[index] = data["holder"]
        elif kind == "key.registered":
            since = datetime.fromisoformat(entry["at"])
            alone = entry.get("sig", {}).get("key") == data["key"]
            key = Key(data["holder"], unbase(data["public_key"]), self.hub, since + WAITS if alone else since)
            self.keys[data["key"]] = key
        elif kind == "key.withdrawn":
            self.keys[data["key"]].gone = True


def check(lines: list[bytes]) -> list[str]:
    """Says of each entry: signed, plain, or why not."""
    reader, found = Reader(), []
    for index, raw in enumerate(lines):
        try:
            found.append("signed" if reader.read(index, raw) else "plain")
        except Bad as bad:
            found.append(f"bad: {bad}")
    return found
