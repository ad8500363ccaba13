"""Openings: what a person typed, kept beside the record and bound to it by a digest (RFC 9901 section 4.2).

A disclosure is base64url(JSON [salt, name, value]) with 128 random bits of salt; its digest, base64url(SHA-256 of the
disclosure's ASCII bytes), stands in the entry's ``_sd``, sorted so that the order says nothing. Deleting the opening
leaves a digest that no longer means anything: the words are gone, the record still verifies.

The openings of one entry are one file, ``/openings/{index}.json``:

    {"index":7,"openings":["<disclosure>",...]}        format_file and parse_file, sorted by digest

Which words were taken back says ``/openings/withdrawn.json``, so that mirrors forget them too (tombstones.py).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from hub import ids

LONGEST = 20_000  # characters of one text: a statement of several pages
LARGEST = 4 * 6 * LONGEST // 3 + 100  # characters of one disclosure, every character of it escaped


@dataclass(frozen=True)
class Opening:
    """One disclosure as it stands in /openings/{index}.json, with what it says."""

    disclosure: str
    name: str
    value: str

    @cached_property
    def digest(self) -> str:
        """base64url without padding of SHA-256 over the disclosure."""
        return digest_of(self.disclosure)


def digest_of(disclosure: str) -> str:
    """Returns the digest that binds a disclosure to its entry."""
    return _base64url(hashlib.sha256(disclosure.encode("utf-8", "surrogatepass")).digest())


def seal_words(words: Mapping[str, str]) -> list[Opening]:
    """Makes an opening for each text a person typed, each with its own salt; sorted by digest."""
    return sorted((_seal(name, value) for name, value in words.items()), key=lambda opening: opening.digest)


def parse_opening(disclosure: str) -> Opening:
    """Reads a disclosure. Raises ValueError for any other shape."""
    if len(disclosure) > LARGEST:
        raise ValueError("a disclosure that is too long")
    raw = base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
    try:
        parts = json.loads(raw.decode("utf-8"))
    except RecursionError as problem:
        raise ValueError("nested too deep") from problem
    if not isinstance(parts, list) or len(parts) != 3 or not all(isinstance(part, str) for part in parts):
        raise ValueError("not a disclosure of a text")
    if _base64url(raw) != disclosure:
        raise ValueError("not base64url without padding")
    return Opening(disclosure, parts[1], parts[2])


def matching(sd: Iterable[str], openings: Iterable[Opening]) -> dict[str, str]:
    """Returns name to text of those openings whose digest the entry carries; the others are not the entry's words."""
    digests = set(sd)
    return {opening.name: opening.value for opening in openings if opening.digest in digests}


def format_file(index: int, disclosures: Iterable[str]) -> bytes:
    """Writes /openings/{index}.json. parse_file(format_file(i, d), i) == sorted(d) by digest."""
    opened = sorted(map(parse_opening, disclosures), key=lambda opening: opening.digest)
    body = {"index": index, "openings": [opening.disclosure for opening in opened]}
    return json.dumps(body, separators=(",", ":")).encode() + b"\n"


def parse_file(raw: bytes, index: int) -> list[str]:
    """Reads /openings/{index}.json, but not what its disclosures say. Raises ValueError for any other shape."""
    try:
        body = json.loads(raw.decode("utf-8"))
    except RecursionError as problem:
        raise ValueError("nested too deep") from problem
    if not isinstance(body, dict) or body.get("index") != index or not isinstance(body.get("openings"), list):
        raise ValueError("not the openings of this entry")
    disclosures: list[str] = body["openings"]
    if not all(isinstance(disclosure, str) for disclosure in disclosures):
        raise ValueError("not a list of disclosures")
    return disclosures


def _seal(name: str, value: str) -> Opening:
    salt = _base64url(ids.draw("salt", 16))
    disclosure = _base64url(json.dumps([salt, name, value], ensure_ascii=False).encode("utf-8"))
    return Opening(disclosure, name, value)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
