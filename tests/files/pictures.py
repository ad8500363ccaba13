"""Pictures as people send them, with what tells more than they show; and what to look for afterwards."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, PngImagePlugin

MARK = b"53.9619N-OWNER-OF-THE-PHONE"
TEXT = MARK.decode()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + MARK + b"</x:xmpmeta>"


def exif(orientation: int = 1) -> bytes:
    """EXIF with a place, an owner, a note and how the camera was held."""
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010E] = told[0xA430] = TEXT
    told.get_ifd(0x8825).update({1: "N", 2: (53.0, 57.0, 42.0), 0x1B: MARK, 0x1D: TEXT})
    told.get_ifd(0x8769)[0x9286] = MARK
    return told.tobytes()


def plain(width: int = 8, height: int = 6, mode: str = "RGB", seed: int = 1) -> Image.Image:
    """A small picture in which no two neighbours are alike."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    raw = bytes((place * 37 + seed * 11) % 256 for place in range(width * height * bands))
    return Image.frombytes(mode, (width, height), raw)


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    """A picture's bytes."""
    written = io.BytesIO()
    image.save(written, kind, **more)
    return written.getvalue()


def jpeg(image: Image.Image, orientation: int = 1, tail: bytes = b"") -> bytes:
    """A JPEG with EXIF, XMP, a profile, a comment, a segment of a maker, and something behind its end."""
    told = {"exif": exif(orientation), "xmp": XMP, "icc_profile": MARK, "comment": MARK}
    raw = saved(image, "JPEG", quality=95, **told)
    return raw[:2] + segment(0xED, b"Photoshop 3.0\0" + MARK) + raw[2:] + tail


def png(image: Image.Image, orientation: int = 1, tail: bytes = b"") -> bytes:
    """A PNG with texts of all three kinds, EXIF, a profile, the time, a chunk nobody knows, and more behind its end."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", TEXT)
    told.add_text("Packed", TEXT * 9, zip=True)
    told.add_itxt("XML:com.adobe.xmp", XMP.decode())
    told.add(b"tIME", struct.pack(">HBBBBB", 2026, 11, 26, 20, 0, 0))
    told.add(b"vpAg", MARK + b"<script>")
    return saved(image, "PNG", pnginfo=told, exif=exif(orientation), icc_profile=MARK, dpi=(300, 300)) + tail


def webp(image: Image.Image, orientation: int = 1, tail: bytes = b"") -> bytes:
    """A WebP with EXIF, XMP and a profile, and something behind its end."""
    told = {"exif": exif(orientation), "xmp": XMP, "icc_profile": MARK}
    return saved(image, "WEBP", lossless=True, **told) + tail


def segment(marker: int, body: bytes) -> bytes:
    """One segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, *chunks: bytes, packed: bytes = b"\0" * 9) -> bytes:
    """A PNG that says how large it is, whatever is in it; one bit for each point."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", zlib.compress(packed)) + chunk(b"IEND", b"")


def assert_nothing_left(raw: bytes) -> None:
    """Fails where a kept picture says more than it shows, by its bytes or by what a reader finds in it."""
    assert MARK not in raw
    assert b"<script" not in raw
    image = Image.open(io.BytesIO(raw))
    image.load()
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert getattr(image, "text", {}) == {}
