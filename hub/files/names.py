"""The name that a file keeps: what its sender called it, without what a name can do on another's machine. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

LONGEST = 80  # characters, before the ending
UNNAMED = "file"
_ENDING = re.compile(r"(?<=.)\.[A-Za-z0-9]{1,5}$")
# What no folder takes on one system or another, and what a shell or a page would read.
_UNFIT = re.compile(r'[<>:"|?*%;`$&\\/\'{}]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)


def safe_name(given: str, ending: str) -> str:
    """Returns a name for a file of ours: the last part of the given one, its ending by what the file is.

    ending: of cleaning.ENDINGS. Law: safe_name(safe_name(g, e), e) == safe_name(g, e).
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(char if _is_shown(char) else " " for char in _UNFIT.sub(" ", last))
    stem = _trimmed(_ENDING.sub("", _trimmed(shown)))
    stem = _trimmed(stem[:LONGEST])
    return f"{UNNAMED if not stem or _RESERVED.fullmatch(stem) else stem}.{ending}"


def attachment(name: str) -> str:
    """Returns a Content-Disposition for a name of ours: in ASCII for old clients, and as it is (RFC 6266, 8187)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    fallback = re.sub(r"[^A-Za-z0-9 ._()+-]", "_", plain)
    if fallback.startswith("."):
        fallback = UNNAMED + fallback
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"


def _trimmed(text: str) -> str:
    """Without the dots, blanks and dashes that hide a file or make an option of its name."""
    return " ".join(text.split()).strip(" .-~")


def _is_shown(char: str) -> bool:
    return unicodedata.category(char)[0] not in "CZ"
