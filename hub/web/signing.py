"""Signed values, one serializer for each purpose: own salt, SHA-256, own longest age, keys oldest to newest.

The keys stand in keys/web.key, one to a line. Whoever reads them can forge a form token or a passing notice: neither is
a sign-in. To change them, add a line; remove the old one a day later.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

AGES = {"form": 86_400, "notice": 300, "passkey": 300, "act": 300, "lock": 1_209_600, "ballot": 86_400, "file": 60}
"""Purpose to the longest age, in seconds."""


class Signer:
    """Signs and reads short texts. keys: oldest to newest; the newest signs."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or any(len(key) < 32 for key in keys):
            raise ValueError("keys/web.key needs at least one line of 32 characters or more")
        self._digest_key = hashlib.sha256(b"folkmoot digests " + keys[-1].encode()).digest()
        self._by_purpose = {purpose: _serializer(keys, purpose) for purpose in AGES}

    def sign(self, purpose: str, text: str) -> str:
        """Returns the text, signed and dated. Raises KeyError for an unknown purpose."""
        return str(self._by_purpose[purpose].dumps(text))

    def digest(self, text: str) -> str:
        """Returns a digest of a text that nobody without the key can try out."""
        return hmac.digest(self._digest_key, text.encode("utf-8", "replace"), hashlib.sha256).hex()

    def read(self, purpose: str, signed: str) -> str | None:
        """Returns what was signed, or None where it was not us, for something else, or too long ago."""
        try:
            found = self._by_purpose[purpose].loads(signed, max_age=AGES[purpose])
        except (BadData, UnicodeError):
            return None
        return found if isinstance(found, str) else None


def load(path: Path) -> Signer:
    """Reads the keys. Raises OSError, ValueError."""
    return Signer([line.strip() for line in path.read_text(encoding="ascii").splitlines() if line.strip()])


def _serializer(keys: Sequence[str], purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        list(keys), salt=f"folkmoot.{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
    )
