"""Sealing and opening with one key: AES-256-GCM, which also says for whom and for which place it was sealed.

version (1) | nonce (12) | ciphertext and tag (16)
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub import chance

VERSION, NONCE, TAG = b"\x01", 12, 16
LEAST = len(VERSION) + NONCE + TAG


class Unreadable(ValueError):
    """No key opens it: it was erased, or was sealed for somebody else or somewhere else."""


def seal(key: bytes, subject: str, place: str, value: bytes) -> bytes:
    """Returns a value sealed for a subject and a place. key: 32 bytes."""
    nonce = chance.octets(NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, value, _about(subject, place))


def open_sealed(key: bytes, subject: str, place: str, sealed: bytes) -> bytes:
    """Returns what was sealed: open_sealed(k, s, p, seal(k, s, p, v)) == v. Raises Unreadable for anything else."""
    if not looks_sealed(sealed):
        raise Unreadable("it is not sealed")
    nonce, box = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, box, _about(subject, place))
    except InvalidTag:
        raise Unreadable("it was sealed with another key, or for another place") from None


def looks_sealed(value: bytes) -> bool:
    """Tells whether bytes have the shape of what seal returns; whether they open, only their key says."""
    return len(value) >= LEAST and value[:1] == VERSION


def _about(subject: str, place: str) -> bytes:
    return f"folkmoot {len(subject)} {subject} {place}".encode()
