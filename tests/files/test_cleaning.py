"""What is kept of a file: its pixels or its text, nothing that came with it; all else is refused in words."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from hub.errors import RuleViolation
from hub.files import decoding
from hub.files.cleaning import TEXT, Clean, clean
from hub.files.kinds import LARGEST, LONGEST_TEXT, WHY_NOT
from hub.files.shapes import is_bare_jpeg, is_bare_png
from tests.files.pictures import (
    MARK,
    assert_nothing_left,
    chunk,
    exif,
    jpeg,
    plain,
    png,
    png_of,
    saved,
    segment,
    webp,
)

FORMATS = {"jpeg": jpeg, "png": png, "webp": webp}
sizes = st.integers(1, 40)


def opened(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw))


def refused(raw: bytes, declared: str = "") -> str:
    """The code by which a file is refused; that its sentence is the one of the list."""
    with pytest.raises(RuleViolation) as told:
        clean(raw, declared)
    code = told.value.code.removeprefix("files.")
    assert told.value.sentence == WHY_NOT[code]
    return code


def outcome(raw: bytes) -> Clean | str:
    """The clean file, or the sentence of a refusal."""
    try:
        return clean(raw)
    except RuleViolation as why:
        return why.sentence


# Pictures


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(sorted(FORMATS)), sizes, sizes, st.sampled_from(["RGB", "RGBA", "L"]), st.integers(1, 8),
    st.binary(max_size=60),
)  # fmt: skip
def test_nothing_but_what_is_seen_survives(
    name: str, width: int, height: int, mode: str, turned: int, tail: bytes
) -> None:
    image = plain(width, height, "RGB" if mode == "RGBA" and name == "jpeg" else mode)
    raw = FORMATS[name](image, turned, MARK + tail + b"<script>alert(1)</script>")
    with pytest.raises(AssertionError):
        assert_nothing_left(raw)  # it was there before

    found = clean(raw)

    assert_nothing_left(found.raw)
    assert found == Clean(found.raw, found.media, hashlib.sha256(found.raw).hexdigest())
    shown = ImageOps.exif_transpose(opened(raw))
    assert opened(found.raw).size == shown.size
    if found.media == "image/png":
        assert opened(found.raw).convert("RGBA").tobytes() == shown.convert("RGBA").tobytes()


@pytest.mark.filterwarnings("ignore:Truncated File Read")
@pytest.mark.parametrize(
    ("raw", "media"),
    [
        (saved(plain(mode="L"), "JPEG"), "image/jpeg"),
        (saved(plain(mode="CMYK"), "JPEG"), "image/jpeg"),
        (saved(plain(40, 40), "JPEG", progressive=True), "image/jpeg"),
        (saved(plain(), "JPEG", exif=exif()[:40]), "image/jpeg"),  # EXIF that nobody can read
        (saved(plain().quantize(4), "PNG"), "image/png"),
        (saved(plain(mode="L").convert("1"), "PNG"), "image/png"),
        (saved(plain(mode="LA"), "PNG"), "image/png"),
        (saved(Image.new("I;16", (8, 6), 40_000), "PNG"), "image/png"),
        (saved(plain(mode="L"), "PNG", transparency=0), "image/png"),
        (saved(plain(mode="RGBA"), "WEBP", lossless=True), "image/png"),
        (saved(plain(), "WEBP"), "image/jpeg"),
        (saved(plain(), "MPO", save_all=True, append_images=[plain(seed=2)]), "image/jpeg"),  # as some phones do
    ],
)
def test_pictures_of_every_mode_are_taken(raw: bytes, media: str) -> None:
    found = clean(raw)

    assert (found.media, opened(found.raw).size) == (media, opened(raw).size)
    assert (is_bare_jpeg if media == "image/jpeg" else is_bare_png)(found.raw)


def test_dark_and_light_of_sixteen_bits_stay() -> None:
    image = Image.frombytes("I;16", (3, 1), b"\x00\x00\x00\x80\xff\xff")

    assert list(opened(clean(saved(image, "PNG")).raw).convert("L").tobytes()) == [0, 128, 255]


def test_name_and_declared_type_decide_nothing() -> None:
    raw = saved(plain(), "PNG")

    assert clean(raw, "text/html") == clean(raw, "") == clean(raw, "video/mp4")


def zip_behind(raw: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("run.exe", MARK)
    return raw + held.getvalue()


def test_what_is_a_picture_and_something_else_is_a_picture_afterwards() -> None:
    both = zip_behind(saved(plain(), "JPEG"))
    page = png_of(8, 1, chunk(b"teXt", b"<html><script>alert(1)</script>"), packed=b"\0\xaa")
    assert zipfile.is_zipfile(io.BytesIO(both))

    found = [clean(both).raw, clean(page).raw]

    assert not zipfile.is_zipfile(io.BytesIO(found[0]))
    assert [MARK in raw or b"<" + b"html" in raw for raw in found] == [False, False]


# Refusals


def nested(depth: int) -> bytes:
    raw = b"0" * 100_000
    for level in range(depth):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{level}.zip", raw)
        raw = held.getvalue()
    return raw


GIF = saved(plain().quantize(4), "GIF")
PACKED = b"a\0\0" + zlib.compress(b"\0" * 90_000_000)
REFUSED = {
    "nothing": (b"", "empty"),
    "white": (b" \n\t\n", "empty"),
    "a byte too many": (b"a" * (LARGEST + 1), "large"),
    "a picture with too much behind it": (saved(plain(), "JPEG") + b"\0" * LARGEST, "large"),
    "a PDF": (b"%PDF-1.7\n1 0 obj", "pdf"),
    "a PDF behind something": (b"hello\n" * 100 + b"%PDF-1.7\n", "pdf"),
    "an archive": (nested(1), "archive"),
    "an archive in archives": (nested(30), "archive"),
    "an old document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 90, "archive"),
    "a rich text": (b"{\\rtf1 hello}", "archive"),
    "packed": (zlib.compress(b"x", wbits=31), "archive"),
    "film": (b"\0\0\0\x18ftypisom" + b"\0" * 90, "sound"),
    "film of the web": (b"\x1aE\xdf\xa3" + b"\0" * 90, "sound"),
    "sound": (b"ID3\x04\0\0" + b"\0" * 90, "sound"),
    "sound without a head": (b"\xff\xfb\x90\x64" + b"\0" * 90, "sound"),
    "a wave": (b"RIFF\x24\0\0\0WAVEfmt ", "sound"),
    "a picture of a phone": (b"\0\0\0\x18ftypheic" + b"\0" * 90, "picture"),
    "an old picture": (GIF, "picture"),
    "a bitmap": (saved(plain(), "BMP"), "picture"),
    "a scan": (saved(plain(), "TIFF"), "picture"),
    "a drawing": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "page"),
    "a drawing behind words": (b"hello\n<SVG onload=alert(1)>", "page"),
    "a page": (b"\xef\xbb\xbf  <!DOCTYPE html><p>", "page"),
    "a script in a page": (b"see <script>alert(1)</script>", "page"),
    "a program": (b"\x7fELF\2\1\1\0" + b"\xfe" * 90, "unknown"),
    "half a character": ("é".encode()[:1], "unknown"),
    "a NUL": (b"hello\0there", "unknown"),
    "text of another encoding": ("hello".encode("utf-16"), "encoding"),
    "a bell": (b"hello\x07", "characters"),
    "an escape": (b"\x1b[2Jhello", "characters"),
    "turned text": ("photo\u202egpj.exe".encode(), "characters"),
    "a long text": (b"a" * (LONGEST_TEXT + 1), "long"),
    "a huge picture": (png_of(100_000, 100_000), "pixels"),
    "a bomb": (png_of(30_000, 30_000, packed=b"\0" * (3_751 * 30_000)), "pixels"),
    "a picture with a packed text": (png_of(8, 1, chunk(b"zTXt", PACKED)), "damaged"),
    "half a JPEG": (saved(plain(400, 400), "JPEG")[:3000], "damaged"),
    "half a PNG": (saved(plain(40, 40), "PNG")[:90], "damaged"),
    "half a WebP": (saved(plain(40, 40), "WEBP")[:60], "damaged"),
    "only a head": (b"\xff\xd8\xff\xe0", "damaged"),
    "only a WebP's head": (b"RIFF\x04\0\0\0WEBP", "damaged"),
    "a huge WebP": (b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x3f\0\xff\x3f\0", "pixels"),
    "a PNG that moves": (saved(plain(), "PNG", save_all=True, append_images=[plain(seed=2)]), "moves"),
    "a WebP that moves": (saved(plain(), "WEBP", save_all=True, append_images=[plain(seed=2)]), "moves"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_each_is_refused_with_its_sentence(what: str) -> None:
    raw, code = REFUSED[what]

    assert refused(raw) == code


@pytest.mark.parametrize(
    ("declared", "code"),
    [("application/pdf", "pdf"), ("audio/mp4", "sound"), ("VIDEO/x", "sound"), ("image/raw; a=b", "picture"),
     ("text/plain", "encoding"), ("application/octet-stream", "unknown"), ("\0é", "unknown")],
)  # fmt: skip
def test_declared_type_chooses_the_words_for_what_nobody_knows(declared: str, code: str) -> None:
    assert refused(b"\x01\xff\xfe\xfd", declared) == code


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(FORMATS)), st.data())
def test_spoiled_pictures_are_cleaned_or_refused_in_words(name: str, data: st.DataObject) -> None:
    raw = bytearray(FORMATS[name](plain(30, 30)))
    for _turn in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(8, len(raw) - 1))] = data.draw(st.integers(0, 255))

    found = outcome(bytes(raw[: data.draw(st.integers(8, len(raw)))]))

    assert found in WHY_NOT.values() or isinstance(found, Clean)
    if isinstance(found, Clean):
        assert_nothing_left(found.raw)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_cleaned_or_refused_in_words(raw: bytes) -> None:
    found = outcome(raw)

    assert found in WHY_NOT.values() or (isinstance(found, Clean) and found.media == TEXT)


# Text


def test_text_stays_what_it_says() -> None:
    found = clean("\ufeffHe said: “stop”.\r\nThen\rnothing.\t\U0001f600".encode())

    assert (found.media, found.raw.decode()) == (TEXT, "He said: “stop”.\nThen\nnothing.\t\U0001f600")


@pytest.mark.parametrize("text", ["FORM 12", "RIFFRAFF", "ID3 is a format", "the wide road", "a < b and b > c", "BM 1"])
def test_text_that_begins_like_something_else_is_text(text: str) -> None:
    assert clean(text.encode()).raw == text.encode()


# Planted faults


def test_cleaner_that_passes_bytes_through_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_ask", lambda raw, kind: kind.encode() + b"\n" + raw)

    assert {name: refused(make(plain())) for name, make in FORMATS.items()} == dict.fromkeys(FORMATS, "damaged")
    monkeypatch.setattr(decoding, "IS_BARE", {media: lambda raw: True for media in decoding.IS_BARE})
    with pytest.raises(AssertionError):
        assert_nothing_left(clean(jpeg(plain())).raw)


JPEG, PNG = saved(plain(), "JPEG"), saved(plain(), "PNG")
IEND = chunk(b"IEND", b"")
NOT_BARE = {
    "a comment": JPEG[:20] + segment(0xFE, b"x") + JPEG[20:],
    "EXIF": JPEG[:20] + segment(0xE1, b"Exif\0\0") + JPEG[20:],
    "a second head": JPEG[:20] + segment(0xE0, b"JFXX\0\x10") + JPEG[20:],
    "no head": JPEG[:2] + JPEG[20:],
    "a thumbnail in the head": JPEG[:4] + b"\0\x13JFIF\0\1\1\0\0\1\0\1\1\1abc" + JPEG[20:],
    "behind the end": JPEG + b"\0",
    "two": JPEG + JPEG,
    "no end": JPEG[:-2],
    "a comment in the scan": JPEG[:-2] + segment(0xFE, b"x") + JPEG[-2:],
    "cut": JPEG[:100],
    "a text": PNG[:33] + chunk(b"tEXt", b"a\0b") + PNG[33:],
    "behind IEND": PNG + b"\0",
    "in IEND": PNG[: -len(IEND)] + chunk(b"IEND", b"x"),
    "no IEND": PNG[: -len(IEND)],
    "a wrong checksum": PNG[:-1] + b"\0",
    "other bytes": b"hello",
}


def test_bare_pictures_are_known() -> None:
    assert (is_bare_jpeg(JPEG), is_bare_png(PNG), is_bare_jpeg(PNG), is_bare_png(JPEG)) == (True, True, False, False)


@pytest.mark.parametrize("what", NOT_BARE)
def test_whatever_is_added_is_seen(what: str) -> None:
    assert (is_bare_jpeg(NOT_BARE[what]), is_bare_png(NOT_BARE[what])) == (False, False)
