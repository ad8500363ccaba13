"""Having a picture drawn anew by a process apart (decoder.py): bounded in time, memory and bytes; few at a time."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from hub.errors import TooMany
from hub.files.kinds import LARGEST, WHY_NOT, Picture, refusal
from hub.files.shapes import IS_BARE

log = logging.getLogger("folkmoot.web")
DECODER = Path(__file__).with_name("decoder.py")
PIXELS = 40_000_000
SECONDS, PROCESSOR = 40, 30  # in all, and at work
MEMORY = 900_000_000  # bytes of address space
AT_ONCE, PATIENCE = threading.BoundedSemaphore(2), 20.0  # decoders in one process of the web, and a wait for one
MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png"}


def redraw(raw: bytes, kind: Picture) -> tuple[str, bytes]:
    """Returns (media type, bytes) of a picture drawn anew. Raises RuleViolation files.*; TooMany where all are busy."""
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise TooMany("files.busy", "Many files are being cleaned now, so we kept nothing. Try again in a minute.", 60)
    try:
        told = _ask(raw, kind)
    finally:
        AT_ONCE.release()
    word, _line, drawn = told.partition(b"\n")
    media = MEDIA.get(word.decode("latin-1"), "")
    if media and len(drawn) <= LARGEST and IS_BARE[media](drawn):
        return media, drawn
    if media:  # a decoder that was taken over, or one that changed: either way it gave us more than a picture
        log.error("a decoder gave back something that is no bare picture")
        raise refusal("damaged")
    code = word.decode("latin-1")
    if code == "unable":
        log.error("no picture can be cleaned: the decoder could not bound itself")
    raise refusal(code if code in WHY_NOT else "damaged")


def _ask(raw: bytes, kind: Picture) -> bytes:
    """Returns what the decoder said, at most a few bytes more than a file may have. Raises RuleViolation files.*."""
    bounds = [PIXELS, LARGEST, PROCESSOR, MEMORY]
    # -I: neither the folder it runs in nor the environment says what it loads.
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", str(DECODER), kind, *map(str, bounds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
    except OSError:
        log.exception("no decoder can be started")
        raise refusal("unable") from None
    assert process.stdin is not None
    assert process.stdout is not None
    late = threading.Timer(SECONDS, process.kill)
    late.start()
    try:
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(raw)
        told = process.stdout.read(LARGEST + 100)
    finally:
        late.cancel()
        process.kill()
        process.stdout.close()
        process.wait()
    return _checked(told, process.returncode)


def _checked(told: bytes, code: int) -> bytes:
    if told:
        return told
    if code < 0:  # killed: by us, or for the seconds it worked
        raise refusal("slow")
    log.error("the decoder did not begin: code %s", code)
    raise refusal("unable")
