"""Signed notes (c2sp.org/signed-note v1.0.0): text that keys have signed.

    text, ending in a newline
    (an empty line)
    — <key name> base64(key id, 4 bytes; signature)          one line for each signature

A key id is the first four bytes of SHA-256(name, 0x0A, kind, public key). The public form, *vkey*, is
``name+hex(key id)+base64(kind, public key)``. Kinds used here: 0x01 Ed25519 over the text; 0x04 Ed25519 cosignature,
whose signature is a time (8 bytes, big-endian) and 64 bytes over two lines and the text (c2sp.org/tlog-cosignature).
A known key with a bad signature spoils the note; unknown keys are left aside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.tlog.hashes import Spoilt, format_base64, parse_base64

ED25519 = 0x01
COSIGNATURE = 0x04
MOST = 100  # signatures in one note; the format asks for at least 16
LATEST = 2**63 - 1  # seconds since 1970


@dataclass(frozen=True)
class Signature:
    """One signature line. raw: what follows the key id."""

    name: str
    key_id: bytes
    raw: bytes

    @property
    def time(self) -> int:
        """When a cosignature was made, in seconds since 1970; means nothing for other kinds."""
        return int.from_bytes(self.raw[:8], "big")


@dataclass(frozen=True)
class Verifier:
    """A public key that may stand under notes. kind: ED25519 or COSIGNATURE; public: 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that, with the name, say which key signed."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def holds(self, text: str, signature: Signature) -> bool:
        """Tells whether this key made that signature over the text."""
        message, raw = text.encode(), signature.raw
        if self.kind == COSIGNATURE:
            if len(raw) != 72 or signature.time > LATEST:
                return False
            message, raw = cosigned_message(signature.time, text), raw[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(raw, message)
        except InvalidSignature:
            return False
        return True


class Signer:
    """A private key that signs notes under a name. Its seed never leaves it."""

    def __init__(self, name: str, seed: bytes, kind: int = ED25519) -> None:
        if not is_name(name) or len(seed) != 32 or kind not in (ED25519, COSIGNATURE):
            raise Spoilt("not a key that can sign notes")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, kind, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Signs a note's text. Raises Spoilt for a cosigning key, which needs a time: see cosign."""
        if self.verifier.kind != ED25519:
            raise Spoilt("a cosigning key signs with a time")
        return self._signature(self._key.sign(text.encode()))

    def cosign(self, text: str, time: int) -> Signature:
        """Cosigns a checkpoint's text at a time, in seconds since 1970."""
        if self.verifier.kind != COSIGNATURE or not 0 <= time <= LATEST:
            raise Spoilt("not a cosigning key, or not a time")
        return self._signature(time.to_bytes(8, "big") + self._key.sign(cosigned_message(time, text)))

    def _signature(self, raw: bytes) -> Signature:
        return Signature(self.verifier.name, self.verifier.key_id, raw)


def cosigned_message(time: int, text: str) -> bytes:
    """Returns what a cosigner signs: two lines that keep it apart from other messages, then the checkpoint's text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True)
class Note:
    """A note whose known signatures hold. signatures: by the keys asked for; unknown: by others, unchecked."""

    text: str
    signatures: tuple[Signature, ...]
    unknown: tuple[Signature, ...] = ()


def format_note(text: str, signatures: Iterable[Signature]) -> bytes:
    """Writes a note. parse_note(format_note(t, s)) == (t, list(s)).

    Raises Spoilt for a text, a name or a number of signatures that a note may not hold.
    """
    lines = list(signatures)
    below = "".join(map(format_line, lines))
    raw = f"{text}\n{below}".encode("utf-8", "surrogatepass")
    if parse_note(raw) != (text, lines):
        raise Spoilt("a text that no note can hold")
    return raw


def format_line(signature: Signature) -> str:
    """Writes one signature line, its newline included."""
    return f"— {signature.name} {format_base64(signature.key_id + signature.raw)}\n"


def parse_lines(text: str) -> list[Signature]:
    """Reads signature lines by themselves, as a witness answers. Raises Spoilt for anything else."""
    if not text.endswith("\n") or text.count("\n") > MOST:
        raise Spoilt("not lines of signatures")
    return [_parse_line(line) for line in text[:-1].split("\n")]


def parse_note(raw: bytes) -> tuple[str, list[Signature]]:
    """Reads a note's text and signature lines without checking any signature."""
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise Spoilt("a note that is not UTF-8") from problem
    if any(mark < " " and mark != "\n" for mark in whole):
        raise Spoilt("a note with a control character")
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise Spoilt("a note without text or signatures")
    lines = below[:-1].split("\n")
    if len(lines) > MOST:
        raise Spoilt("a note with too many signatures")
    return text + "\n", [_parse_line(line) for line in lines]


def open_note(raw: bytes, verifiers: Iterable[Verifier]) -> Note:
    """Reads a note and checks the signatures of known keys.

    Raises Spoilt when a known key's signature does not hold, or when no known key signed. Source: signed-note.
    """
    text, lines = parse_note(raw)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    held: dict[tuple[str, bytes], Signature] = {}
    unknown: dict[Signature, None] = {}
    for line in lines:
        verifier = known.get((line.name, line.key_id))
        if verifier is None:
            unknown[line] = None
        elif (line.name, line.key_id) not in held:
            if not verifier.holds(text, line):
                raise Spoilt(f"the signature of {line.name} does not hold")
            held[line.name, line.key_id] = line
    if not held:
        raise Spoilt("no known key signed this note")
    return Note(text, tuple(held.values()), tuple(unknown))


def format_vkey(verifier: Verifier) -> str:
    """Writes a public key as ``name+hex(key id)+base64(kind, key)``. parse_vkey(format_vkey(v)) == v."""
    return f"{verifier.name}+{verifier.key_id.hex()}+{format_base64(bytes([verifier.kind]) + verifier.public)}"


def parse_vkey(text: str) -> Verifier:
    """Reads a public key as format_vkey writes it. Raises Spoilt for any other shape, kind or key id."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = parse_base64(encoded)
    if not is_name(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
        raise Spoilt("not the public form of a key used here")
    verifier = Verifier(name, raw[0], raw[1:])
    if verifier.key_id.hex() != key_id:
        raise Spoilt("a key whose id is another's")
    return verifier


def is_name(name: str) -> bool:
    """Tells whether a key may bear this name: not empty, no space of any kind, no control character, no plus."""
    return bool(name) and "+" not in name and not any(mark.isspace() or mark < " " for mark in name)


def _parse_line(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not is_name(parts[1]):
        raise Spoilt("a line that is no signature")
    raw = parse_base64(parts[2])
    if len(raw) < 5:
        raise Spoilt("a signature that is too short")
    return Signature(parts[1], raw[:4], raw[4:])
