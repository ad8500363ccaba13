"""An authenticator made of software, that can also lie: what a device answers, with any part of it changed.

Source: W3C Web Authentication Level 3, sections 5.8.1 (client data), 6.1 (authenticator data), 6.5.4 (attestation).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from webauthn.helpers import bytes_to_base64url as b64

PRESENT, VERIFIED, COPIES, ATTESTED = 0x01, 0x04, 0x08, 0x40


Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
MAKERS: dict[str, Any] = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "eddsa": ed25519.Ed25519PrivateKey.generate,
    "rs256": lambda: rsa.generate_private_key(65537, 2048),
}


def cose_of(key: Key) -> bytes:
    """A key's public half as authenticators give it (RFC 9052 section 7, RFC 9053, RFC 8230)."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()})
    numbers = key.public_key().public_numbers()
    return cbor2.dumps({1: 3, 3: -257, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")})


def signature_by(key: Key, data: bytes) -> bytes:
    """A signature as an authenticator with this key makes it."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(hashes.SHA256()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@dataclass
class Authenticator:
    """One device with one key. count: of signatures so far; copies: whether its keys may be copied to other devices."""

    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    copies: bool = False

    def make(self, options: dict[str, Any], home: str, **lies: Any) -> str:
        """Answers what was asked in order to add it. lies: origin, rp_id, challenge, type, verified, present."""
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose_of(self.key)
        data = self._data(options["rp"]["id"], ATTESTED, lies) + attested
        response = {
            "clientDataJSON": b64(self._client("webauthn.create", options, home, lies)),
            "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._answer(response)

    def sign(self, options: dict[str, Any], home: str, **lies: Any) -> str:
        """Answers what was asked in order to sign in. lies: also count, and spoiled for a wrong signature."""
        self.count = lies.get("count", self.count + 1)
        data = self._data(options["rpId"], 0, lies)
        client = self._client("webauthn.get", options, home, lies)
        signature = signature_by(self.key, data + hashlib.sha256(client).digest())
        if lies.get("spoiled"):
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        response = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
        return self._answer(response)

    def _data(self, rp_id: str, flags: int, lies: dict[str, Any]) -> bytes:
        flags |= (VERIFIED if lies.get("verified", True) else 0) | (PRESENT if lies.get("present", True) else 0)
        flags |= COPIES if lies.get("copies", self.copies) else 0
        rp_id = lies.get("rp_id", rp_id)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any], home: str, lies: dict[str, Any]) -> bytes:
        said = {
            "type": lies.get("type", kind), "challenge": lies.get("challenge", options["challenge"]),
            "origin": lies.get("origin", home), "crossOrigin": False,
        }  # fmt: skip
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})
