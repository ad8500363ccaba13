"""Keys of logs, and fingerprints of hubs, that this user has seen before: a line for each hub looked at by address.

    known_logs        <address> <origin> <vkey>
    known_charters    <address> <hub> <fingerprint>

Trusted: who can write them can make a false log look like the one seen first. What is given by hand needs no pin.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from hub.charter.rules import Signed
from hub.charter.text import parse_fingerprint
from hub.errors import Unsafe
from hub.ledger import files
from hub.ledger.reading import Key
from hub.tlog.hashes import Spoilt
from hub.tlog.note import Verifier, format_vkey, parse_vkey


def known_logs() -> Path:
    """Returns the file of this user's pins: in XDG_STATE_HOME, or ~/.local/state."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local/state")
    return Path(state) / "folkmoot/known_logs"


class Lines:
    """One file of pins: address, name, what is pinned."""

    def __init__(self, path: Path) -> None:
        self.path = path
        raw = (files.read(path) or b"").decode("utf-8", "replace")
        self.lines = [tuple(line.split(" ")) for line in raw.splitlines() if line.count(" ") == 2]

    def add(self, address: str, name: str, pinned: str) -> None:
        """Writes a line more."""
        self.lines.append((address, name, pinned))
        files.put({self.path: "".join(f"{' '.join(line)}\n" for line in self.lines).encode()})


class Pins(Lines):
    """Keys of logs."""

    def of_address(self, address: str) -> Key | None:
        """Returns the key seen first at an address, or None."""
        return self._found(vkey for name, _, vkey in self.lines if name == address)

    def of_origin(self, origin: str) -> Key | None:
        """Returns the key seen first for an origin, at any address, or None."""
        return self._found(vkey for _, name, vkey in self.lines if name == origin)

    def keep(self, address: str, origin: str, verifier: Verifier) -> None:
        """Pins a key to an address."""
        self.add(address, origin, format_vkey(verifier))

    def _found(self, vkeys: Iterable[str]) -> Key | None:
        for vkey in vkeys:
            try:
                return Key(parse_vkey(vkey), "pinned")
            except Spoilt as problem:
                raise Unsafe(f"{self.path} holds a line that is no key. Mend or remove it.") from problem
        return None


class Fingerprints(Lines):
    """Fingerprints of hubs, in a file beside the keys."""

    def __init__(self, logs: Path) -> None:
        super().__init__(logs.with_name("known_charters"))

    def of_address(self, address: str) -> bytes | None:
        """Returns the fingerprint seen first at an address, or None."""
        for name, _, digits in self.lines:
            if name == address:
                try:
                    return parse_fingerprint(digits)
                except Spoilt as problem:
                    raise Unsafe(f"{self.path} holds a line that is no fingerprint. Mend or remove it.") from problem
        return None

    def keep(self, address: str, first: Signed) -> None:
        """Pins a hub's first charter to an address: where none is yet, or where somebody chose another by hand."""
        known = self.of_address(address)
        if known != first.hash:
            self.lines = [line for line in self.lines if line[0] != address]
            self.add(address, first.charter.hub, first.hash.hex())
