"""What some bytes are, by the bytes alone: neither their name nor the type that a browser declared decides anything.

Pure. A picture is only named here; a decoder of its own reads it. Text is read here, whole.
"""

from __future__ import annotations

import re
from typing import Literal

from hub.errors import RuleViolation

Picture = Literal["JPEG", "PNG", "WEBP"]
MEGABYTE = 1_000_000
LARGEST, LONGEST_TEXT = 20 * MEGABYTE, MEGABYTE  # bytes
WINDOW = 1500  # bytes in which a browser, or a reader of PDF, looks for what it knows

WHY_NOT = {
    "empty": "This file is empty. Choose another one.",
    "large": "This file is larger than 20 MB. Send a smaller copy of it, or a part.",
    "pdf": "A PDF can carry more than it shows, and we cannot take that out. Print it to pictures (JPEG or PNG), or"
    " take a photo of each page, and send those.",
    "archive": "This is an archive or an office document. We take pictures (JPEG, PNG, WebP) and plain text: send what"
    " matters in one of these.",
    "sound": "We cannot clean sound or film, so we do not take it. Write down what was said and when, or send single"
    " pictures of it.",
    "picture": "We do not take pictures of this kind. Save it as JPEG or PNG, or take a screenshot, and send that.",
    "page": "This is a web page or a drawing with code in it. Take a screenshot, and send that.",
    "encoding": "We cannot read this text. Save it as plain text in UTF-8, and send that.",
    "characters": "There are characters in this text that cannot be shown. Save it as plain text in UTF-8, and send"
    " that.",
    "long": "This text is longer than a million characters. Send it in parts.",
    "unknown": "We do not know what this file is. We take pictures (JPEG, PNG, WebP) and plain text.",
    "damaged": "This picture is damaged or cut off. Open it, save it anew as JPEG or PNG, and send that.",
    "pixels": "This picture has more than 40 million points. Save it smaller, and send that.",
    "moves": "This picture moves. Send the moments that matter as single pictures.",
    "grew": "Cleaned, this picture would be larger than 20 MB. Save it smaller, or as JPEG, and send that.",
    "slow": "This picture takes too long to read. Save it anew and smaller, and send that.",
    "unable": "We cannot clean pictures at the moment, so we kept nothing. Try again later; if it stays so, tell"
    " whoever runs this hub.",
    "unkept": "We cannot keep files at the moment, so we kept nothing. Try again later; if it stays so, tell whoever"
    " runs this hub.",
}
"""Why a file is not taken, in words for whoever sent it."""

_PICTURES: tuple[tuple[re.Pattern[bytes], Picture], ...] = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"RIFF....WEBP", re.S), "WEBP"),
)
# Each with a byte that no text has, wherever a text could begin so.
_NOT_TAKEN = (
    (re.compile(rb"\x00...ftyp(hei|hev|mif|msf|avi[fs])", re.S), "picture"),
    (re.compile(rb"GIF8[79]a|BM....\x00\x00\x00\x00|II\*\x00|MM\x00\*|\x00\x00\x01\x00|8BPS\x00", re.S), "picture"),
    (re.compile(rb"\x00\x00\x00\x0cj[xP]|\x00\x00\x00\x0cJXL|\xff\x0a", re.S), "picture"),
    (
        re.compile(rb"\x00...(ftyp|moov|mdat|wide|free)|\x1aE\xdf\xa3|RIFF....(WAVE|AVI )|OggS\x00|fLaC\x00", re.S),
        "sound",
    ),
    (
        re.compile(
            rb"ID3[\x02-\x04]|FLV\x01|MThd\x00|#!AMR|\xff[\xe2-\xfd]|\x00\x00\x01[\xb3\xba]|0&\xb2u\x8ef\xcf\x11"
        ),
        "sound",
    ),
    (
        re.compile(rb"PK[\x03\x05\x07]|Rar!\x1a|7z\xbc\xaf|\x1f\x8b|BZh[1-9]1AY|\xfd7zXZ|\xd0\xcf\x11\xe0|\{\\rtf"),
        "archive",
    ),
)
_PAGE = re.compile(rb"\s*<[!?a-z]|<(svg|html|head|body|script|iframe|math|!doctype)", re.I)
_DECLARED = {"application/pdf": "pdf", "audio": "sound", "video": "sound", "image": "picture"}
# Control characters but tab and line end, marks that turn the direction of what follows, and what is no character.
_UNFIT = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufff0-\uffff\ue000-\uf8ff]")


def refusal(code: str) -> RuleViolation:
    """Returns the refusal of a file. code: of WHY_NOT."""
    return RuleViolation(f"files.{code}", WHY_NOT[code])


def kind_of(raw: bytes, declared: str = "") -> Picture | Literal["text"]:
    """Returns which picture it is, or that it may be text. Raises RuleViolation files.* for what is never taken.

    declared: the type that the browser named; it chooses the words for what nobody knows, and nothing else.
    """
    if not raw or len(raw) > LARGEST:
        raise refusal("large" if raw else "empty")
    picture = next((kind for mark, kind in _PICTURES if mark.match(raw)), None)
    if picture is not None:
        return picture
    start = raw[:WINDOW]
    if b"%PDF-" in start:
        raise refusal("pdf")
    other = next((code for mark, code in _NOT_TAKEN if mark.match(start)), None)
    if other is None and _PAGE.search(start.removeprefix(b"\xef\xbb\xbf")):
        other = "page"
    if other is None and not _may_be_text(raw):
        other = _by_declared(start, declared)
    if other is not None:
        raise refusal(other)
    return "text"


def clean_text(raw: bytes) -> bytes:
    """Returns a text in UTF-8 with plain line ends and no mark in front. Raises RuleViolation files.*."""
    if len(raw) > LONGEST_TEXT:
        raise refusal("long")
    text = raw.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise refusal("empty")
    if _UNFIT.search(text):
        raise refusal("characters")
    return text.encode("utf-8")


def _may_be_text(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _by_declared(start: bytes, declared: str) -> str:
    whole, _slash, _rest = declared.lower().partition(";")
    found = _DECLARED.get(whole.strip()) or _DECLARED.get(whole.partition("/")[0].strip())
    if found is not None:
        return found
    return "encoding" if whole.startswith("text/") or start[:2] in (b"\xff\xfe", b"\xfe\xff") else "unknown"
