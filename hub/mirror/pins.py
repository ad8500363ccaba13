"""Keys of logs that this user has seen before: one file, a line for each log looked at by address.

    <address> <origin> <vkey>

Trusted: who can write it can make a false log look like the one seen first. A key given by hand needs no pin.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from hub.errors import Unsafe
from hub.ledger import files
from hub.ledger.verify import Key
from hub.tlog.hashes import Spoilt
from hub.tlog.note import Verifier, format_vkey, parse_vkey


def known_logs() -> Path:
    """Returns the file of this user's pins: in XDG_STATE_HOME, or ~/.local/state."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local/state")
    return Path(state) / "folkmoot/known_logs"


class Pins:
    """The pins of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        raw = (files.read(path) or b"").decode("utf-8", "replace")
        self.lines = [tuple(line.split(" ")) for line in raw.splitlines() if line.count(" ") == 2]

    def of_address(self, address: str) -> Key | None:
        """Returns the key seen first at an address, or None."""
        return self._found(vkey for name, _, vkey in self.lines if name == address)

    def of_origin(self, origin: str) -> Key | None:
        """Returns the key seen first for an origin, at any address, or None."""
        return self._found(vkey for _, name, vkey in self.lines if name == origin)

    def keep(self, address: str, origin: str, verifier: Verifier) -> None:
        """Pins a key to an address."""
        self.lines.append((address, origin, format_vkey(verifier)))
        files.put({self.path: "".join(f"{' '.join(line)}\n" for line in self.lines).encode()})

    def _found(self, vkeys: Iterable[str]) -> Key | None:
        for vkey in vkeys:
            try:
                return Key(parse_vkey(vkey), "pinned")
            except Spoilt as problem:
                raise Unsafe(f"{self.path} holds a line that is no key. Mend or remove it.") from problem
        return None
