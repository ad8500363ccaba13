"""Bytes that somebody sent become a clean file, or a refusal in words that they can act on (WE-08).

Pictures are drawn anew from their pixels: EXIF, places, XMP, profiles, comments, thumbnails, other pictures behind them
and whatever was appended are gone, and what else the bytes may have been they are not any more. Text is UTF-8 and no
more. Everything else is refused: of a PDF, sound or film nobody can say that nothing is left in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from hub.files.decoding import redraw
from hub.files.kinds import clean_text, kind_of

TEXT = "text/plain; charset=utf-8"
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", TEXT: "txt"}
"""Media type to how a file's name ends: all that is ever kept, and served."""


@dataclass(frozen=True)
class Clean:
    """A clean file. media: of ENDINGS; sha256: hexadecimal, of these bytes."""

    raw: bytes = field(repr=False)
    media: str
    sha256: str

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.raw)


def clean(raw: bytes, declared: str = "") -> Clean:
    """Returns what is kept of a file. declared: what the browser called it, for the words of a refusal alone.

    Raises RuleViolation files.*, with what to do; TooMany where many are being cleaned. It can take half a minute: call
    it outside of any unit of work.
    """
    kind = kind_of(raw, declared)
    media, cleaned = (TEXT, clean_text(raw)) if kind == "text" else redraw(raw, kind)
    return Clean(cleaned, media, hashlib.sha256(cleaned).hexdigest())
