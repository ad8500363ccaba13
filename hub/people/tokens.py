"""Secrets that are handed out once and kept only as their hash."""

from __future__ import annotations

import hashlib

from hub import chance


def new_token() -> str:
    """Returns 256 random bits, URL-safe."""
    return chance.token(32)


def hash_token(token: str) -> str:
    """Returns what is stored of a token: SHA-256, in hexadecimal. 256 random bits need no slower hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
