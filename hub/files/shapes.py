"""Whether a picture is bare: what shows it and nothing else. Pure.

The decoder runs in a process of its own and may be taken over by what it reads; so what it gives back is read here by
its outer form alone, which needs no decoder. JPEG: the segments that the standard needs, one JFIF head, the end at the
very end. PNG: IHDR, PLTE, tRNS, IDAT, IEND, each with its checksum, and nothing behind them.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
JFIF, SCAN = 0xE0, 0xDA
# Quantisation, the frame (baseline or progressive), Huffman tables, a scan, the restart interval.
SEGMENTS = frozenset({0xDB, 0xC0, 0xC2, 0xC4, SCAN, 0xDD})
# In a scan FF is followed by 00 or by a restart mark.
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7]")


def is_bare_jpeg(raw: bytes) -> bool:
    """Tells whether these are the bytes of one JPEG picture and nothing besides."""
    if not raw.startswith(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"):
        return False
    place, first = 2, True
    while raw[place : place + 2] != b"\xff\xd9":
        if place + 4 > len(raw) or raw[place] != 0xFF:
            return False
        marker, size = raw[place + 1], struct.unpack_from(">H", raw, place + 2)[0]
        if marker not in SEGMENTS and not (marker == JFIF and first):
            return False
        place, first = place + 2 + size, False
        if marker == SCAN:
            behind = _NEXT.search(raw, place)
            place = behind.start() if behind else len(raw)
    return place + 2 == len(raw)


def is_bare_png(raw: bytes) -> bool:
    """Tells whether these are the bytes of one PNG picture and nothing besides."""
    if not raw.startswith(SIGNATURE):
        return False
    place, name = len(SIGNATURE), b""
    while name != b"IEND":
        if place + 12 > len(raw):
            return False
        size, name = struct.unpack_from(">I4s", raw, place)
        end = place + 12 + size
        if name not in CHUNKS or end > len(raw) or (name == b"IEND" and size):
            return False
        if struct.unpack_from(">I", raw, end - 4)[0] != zlib.crc32(raw[place + 4 : end - 4]):
            return False
        place = end
    return place == len(raw)


IS_BARE: Mapping[str, Callable[[bytes], bool]] = {"image/jpeg": is_bare_jpeg, "image/png": is_bare_png}
