"""The one program that decodes pictures of strangers: a process of its own, bounded before it reads a byte of them.

    argv    the format (JPEG, PNG, WEBP), the most pixels, the most bytes, seconds of processor, bytes of memory
    stdin   the picture
    stdout  a line with one word: JPEG or PNG, then the picture drawn anew; or why not (kinds.WHY_NOT)

It is started by its path, with nothing of the hub's: it imports none of our modules, inherits no environment, and can
open no file, no socket and no further process once it reads. What it writes the hub looks at again (shapes.py).
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys
from collections.abc import Callable

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

READERS: dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,  # the class itself: of a picture with others behind it, the first
    "PNG": PngImagePlugin.PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
}
ORIENTATION = 0x0112
# EXIF's number to what brings the picture upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
QUALITIES = (90, 70)  # of a JPEG: the second where the first is more than a file may have


class Unfit(Exception):
    """The picture is not taken; the text is a word of kinds.WHY_NOT."""


def rehearse() -> None:
    """Draws a picture of our own in each format: whatever is loaded at its first use is there before the bounds."""
    turned = Image.Exif()
    turned[ORIENTATION] = 6
    for kind in READERS:
        written = io.BytesIO()
        Image.new("RGB", (2, 1)).save(written, kind, exif=turned)
        redraw(written.getvalue(), kind, 2, 10_000)


def bound(seconds: int, memory: int) -> None:
    """Gives up, for good, whatever decoding does not need. Raises OSError or ValueError where it cannot."""
    with contextlib.suppress(OSError):
        os.nice(10)  # politeness alone
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, 3),  # the three that are open: no other file, and no socket
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def redraw(raw: bytes, kind: str, pixels: int, most: int) -> tuple[str, bytes]:
    """Returns a picture drawn anew, with its format: upright, and without anything that was not its pixels."""
    if kind == "WEBP" and canvas(raw) > pixels:
        raise Unfit("pixels")  # its reader takes room for all of it as it opens
    image = READERS[kind](io.BytesIO(raw))
    if image.width * image.height > pixels:
        raise Unfit("pixels")
    if kind != "JPEG" and getattr(image, "is_animated", False):
        raise Unfit("moves")
    image.load()
    plain = as_shown(image)
    turn = UPRIGHT.get(orientation(image))
    upright = plain if turn is None else plain.transpose(turn)
    upright.info = {}
    target = "PNG" if kind == "PNG" or upright.mode in ("LA", "RGBA") else "JPEG"
    return target, drawn(upright, target, most)


def drawn(image: Image.Image, target: str, most: int) -> bytes:
    """Returns a picture's bytes. Raises Unfit where they are more than a file may have."""
    for quality in QUALITIES if target == "JPEG" else (None,):
        written = io.BytesIO()
        image.save(written, target, **({} if quality is None else {"quality": quality}))
        if written.tell() <= most:
            return written.getvalue()
    raise Unfit("grew")


def as_shown(image: Image.Image) -> Image.Image:
    """Returns the pixels in a mode that both formats show alike: L or RGB; LA or RGBA where one sees through."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("L", "LA", "RGB", "RGBA"):
        return image.copy()
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.mode in ("PA", "La", "RGBa") else "RGB")


def orientation(image: Image.Image) -> int:
    """Returns EXIF's number of how the camera was held; 1 where nothing says it that can be read."""
    with contextlib.suppress(Exception):
        return int(image.getexif().get(ORIENTATION, 1))
    return 1


def canvas(raw: bytes) -> int:
    """Returns how many pixels a WebP says that it has. Raises ValueError for one that says nothing."""
    part = raw[12:16]
    if part == b"VP8X":
        return (number(raw, 24, 3) + 1) * (number(raw, 27, 3) + 1)
    if part == b"VP8L":
        bits = number(raw, 21, 4)
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    return (number(raw, 26, 2) & 0x3FFF) * (number(raw, 28, 2) & 0x3FFF)


def number(raw: bytes, place: int, size: int) -> int:
    """Returns a whole number of so many bytes, the lowest first. Raises ValueError where they are not there."""
    if len(raw) < place + size:
        raise ValueError("cut off")
    return int.from_bytes(raw[place : place + size], "little")


def answer(kind: str, pixels: int, most: int) -> tuple[str, bytes]:
    """Reads the picture; returns the word to say of it, and its bytes where it is taken."""
    try:
        return redraw(sys.stdin.buffer.read(most + 1), kind, pixels, most)
    except Unfit as why:
        return str(why), b""
    except MemoryError:
        return "pixels", b""
    except Exception:
        return "damaged", b""


def main(kind: str, pixels: str, most: str, seconds: str, memory: str) -> None:
    """Bounds itself, then answers. Whatever cannot be bounded decodes nothing."""
    rehearse()
    try:
        bound(int(seconds), int(memory))
    except (OSError, ValueError):
        word, picture = "unable", b""
    else:
        word, picture = answer(kind, int(pixels), int(most))
    sys.stdout.buffer.write(word.encode() + b"\n" + picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
