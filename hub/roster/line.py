"""The line to the matcher: its three verbs over two sockets. Whatever goes wrong, nobody learns more than "not now"."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hub.envelope import Handshake, Proof, seal
from hub.settings import Settings

PATIENCE = 5.0  # seconds for a call; a handshake that is handed over is never waited for


class Line:
    """Knows where the matcher listens, and its public key."""

    def __init__(self, settings: Settings) -> None:
        self.run = settings.matcher / "run"
        self.key_file = settings.keys / "matcher.pub"
        self._key: bytes | None = None

    def hand_over(self, *, country: str, number: str, postcode: str, nonce: str, client: str) -> None:
        """Seals what was typed and lets go of it: full or dead means dropped, and nobody is told."""
        handshake = Handshake(country, number, postcode, nonce_digest(nonce), client)
        with suppress(OSError, ValueError):
            sealed = seal(self._public_key(), handshake)
            with _socket(socket.SOCK_DGRAM) as line, _short(self.run / "hand.sock") as address:
                line.setblocking(False)
                line.sendto(sealed, address)

    def redeem(self, *, nonce: str, code: str) -> Proof | None:
        """Returns what a mailed code proves in this browser, or None for every other case."""
        return self._proof({"verb": "redeem", "nonce_digest": nonce_digest(nonce), "code": code[:64]})

    def redeem_letter(self, *, country: str, number: str, postcode: str, client: str, code: str) -> Proof | None:
        """Returns what a posted letter's code proves together with the same pair, or None for every other case."""
        try:
            sealed = seal(self._public_key(), Handshake(country, number, postcode, "", client))
        except (OSError, ValueError):
            return None
        return self._proof({"verb": "redeem_letter", "sealed": sealed.hex(), "code": code[:64]})

    def redeem_vouched(self, *, nonce: str) -> Proof | None:
        """Returns what a browser's pair proves, of a row without contact, where two organisers vouched for it."""
        return self._proof({"verb": "redeem_vouched", "nonce_digest": nonce_digest(nonce)})

    def deliver(self, *, entry_ref: str, template: str, params: Mapping[str, str]) -> bool:
        """Gives the matcher a letter to send; whether it took it."""
        asked = {"verb": "deliver", "entry_ref": entry_ref, "template": template, "params": dict(params)}
        return bool(self._call(asked) == "queued")

    def _proof(self, asked: Mapping[str, Any]) -> Proof | None:
        found = self._call(asked)
        if not isinstance(found, dict):
            return None
        since = dt.date.fromisoformat(found["since"])
        return Proof(found["entry_ref"], found["area"], since, bytes.fromhex(found["seed"]), found["kind"])

    def _call(self, asked: Mapping[str, Any]) -> Any:
        try:
            with _socket(socket.SOCK_STREAM) as line, _short(self.run / "call.sock") as address:
                line.settimeout(PATIENCE)
                line.connect(address)
                line.sendall(json.dumps(asked).encode() + b"\n")
                with line.makefile("rb") as lines:
                    return json.loads(lines.readline(8192))["answer"]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _public_key(self) -> bytes:
        if self._key is None:
            self._key = bytes.fromhex(self.key_file.read_text().strip())
        return self._key


def nonce_digest(nonce: str) -> str:
    """Returns what the matcher knows a browser by: SHA-256 of the nonce in its cookie."""
    return hashlib.sha256(nonce.encode("utf-8", "replace")).hexdigest()


def _socket(kind: int) -> socket.socket:
    return socket.socket(socket.AF_UNIX, kind)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    # A socket's path may have some hundred bytes only; through its open folder every path is short.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
