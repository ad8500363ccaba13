"""Reading multipart/form-data as it arrives (RFC 7578): texts, and one file at most, never more of it than is kept.

Strict: what browsers send is read, and nothing else. Fed in parts of any size; the parts change nothing.

    --boundary CRLF  head CRLF CRLF  body  CRLF --boundary CRLF  head ...  CRLF --boundary--
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hub.web.pairs import MOST_FIELDS, Pairs, Unreadable, plain_lines

LONGEST_HEAD = 2000  # bytes
_BOUNDARY = re.compile(r"multipart/form-data; *boundary=\"?([0-9A-Za-z'()+_,./:=?-]{1,70})\"?", re.I)
_DISPOSITION = re.compile(r'form-data; name="([^"]*)"(?:; filename="([^"]*)")?')
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_ESCAPED = re.compile("%22|%0D|%0A")


class TextTooLong(ValueError):
    """The texts together are longer than a form may be."""


@dataclass
class Sent:
    """A file as it came. name, media: what the browser said; raw: its bytes, none of them where is_too_large."""

    name: str
    media: str
    raw: bytearray = field(default_factory=bytearray, repr=False)
    is_too_large: bool = False


@dataclass
class _Part:
    name: str
    sent: Sent | None
    text: bytearray = field(default_factory=bytearray)


def boundary_of(content_type: str) -> bytes:
    """Returns the boundary that a Content-Type names; empty where it is none of multipart/form-data."""
    found = _BOUNDARY.fullmatch(content_type.strip())
    return found.group(1).encode("ascii") if found else b""


class Multipart:
    """One form on its way. text_most: bytes of all texts with their heads; file_most: bytes of the file.

    feed, then end. Raises Unreadable for what is no such form; TextTooLong. A file that is too large is read on and not
    kept, so that what was typed beside it is not lost.
    """

    def __init__(self, boundary: bytes, *, text_most: int, file_most: int) -> None:
        self._mark = b"\r\n--" + boundary
        self._held, self._read = bytearray(b"\r\n"), self._before
        self._part: _Part | None = None
        self._parts: list[_Part] = []
        self._room, self._file_most = text_most, file_most

    def feed(self, raw: bytes) -> None:
        """Takes what came."""
        self._held += raw
        while self._read():
            continue

    def end(self) -> tuple[Pairs, dict[str, Sent]]:
        """Returns the texts, and the file by its field, if one was chosen. Raises Unreadable where more should come."""
        if self._read != self._after:
            raise Unreadable("cut off")
        texts = [(part.name, _text(part.text)) for part in self._parts if part.sent is None]
        sent = {part.name: part.sent for part in self._parts if part.sent and (part.sent.name or part.sent.raw)}
        return Pairs(texts), sent

    def _before(self) -> bool:
        """Reads a boundary where one must be, and the line end behind it, or the two dashes of the last."""
        if len(self._held) < len(self._mark) + 2:
            return False
        if not self._held.startswith(self._mark):
            raise Unreadable("no boundary")
        behind = bytes(self._held[len(self._mark) : len(self._mark) + 2])
        if behind not in (b"\r\n", b"--"):
            raise Unreadable("something behind a boundary")
        del self._held[: len(self._mark) + 2]
        self._read = self._after if behind == b"--" else self._head
        return True

    def _head(self) -> bool:
        """Reads the lines that say what a part is."""
        end = self._held.find(b"\r\n\r\n", 0, LONGEST_HEAD)
        if end < 0:
            if len(self._held) >= LONGEST_HEAD:
                raise Unreadable("a long head")
            return False
        self._part = _part(bytes(self._held[:end]))
        self._take_room(end)
        self._parts.append(self._part)
        if len(self._parts) > MOST_FIELDS or sum(part.sent is not None for part in self._parts) > 1:
            raise Unreadable("too many fields, or files")
        del self._held[: end + 4]
        self._read = self._body
        return True

    def _body(self) -> bool:
        """Reads a part until its boundary; what may be the beginning of one is held back."""
        end = self._held.find(self._mark)
        size = end if end >= 0 else max(0, len(self._held) - len(self._mark))
        if size:
            self._keep(bytes(self._held[:size]))
            del self._held[:size]
        if end >= 0:
            self._read = self._before
        return end >= 0

    def _after(self) -> bool:
        """Lets pass what stands behind the last boundary: the standard gives it no meaning."""
        self._held.clear()
        return False

    def _keep(self, raw: bytes) -> None:
        assert self._part is not None
        sent = self._part.sent
        if sent is None:
            self._take_room(len(raw))
            self._part.text += raw
        elif not sent.is_too_large:
            if len(sent.raw) + len(raw) > self._file_most:
                sent.is_too_large, sent.raw = True, bytearray()
            else:
                sent.raw += raw

    def _take_room(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise TextTooLong


def _part(head: bytes) -> _Part:
    told: dict[str, str] = {}
    for line in _text(head, lines=False).split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or name.strip().lower() in told:
            raise Unreadable("a head that is none")
        told[name.strip().lower()] = value.strip()
    found = _DISPOSITION.fullmatch(told.get("content-disposition", ""))
    if found is None:
        raise Unreadable("no field of a form")
    name, file = found.groups()
    sent = None if file is None else Sent(_plain(file), told.get("content-type", "")[:100])
    return _Part(_plain(name), sent)


def _text(raw: bytes | bytearray, *, lines: bool = True) -> str:
    try:
        found = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise Unreadable(str(problem)) from problem
    if "\0" in found:
        raise Unreadable("a NUL")
    return plain_lines(found) if lines else found


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES[found.group()], text)
