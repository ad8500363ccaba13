"""The decoder's bounds: whatever a picture makes of it, it takes no more time, memory or bytes, and reaches nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hub.errors import RuleViolation, TooMany
from hub.files import decoding
from hub.files.cleaning import clean
from tests.files.pictures import plain, saved

PICTURE = saved(plain(), "JPEG")
HERE = decoding.DECODER.parent


def carried_out(code: str, *, bounded: bool = True, seconds: int = 5) -> str:
    """What becomes of some code in the decoder's place, once it has bounded itself; its last line of complaint."""
    bound = f"decoder.bound({seconds}, 900_000_000)\n" if bounded else ""
    # Loaded before, as by the rehearsal: what these lines do must fail by the bounds alone.
    begin = (
        f"import os, socket, sys, traceback\nsys.path.insert(0, {str(HERE)!r})\nimport decoder\ndecoder.rehearse()\n"
    )
    tried = f"try:\n    {code}\n    print('done')\nexcept BaseException as why:\n    print(type(why).__name__, why)\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", begin + bound + tried], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.strip() or f"killed by {-done.returncode}"


REACHES = {
    "a file": ("open('/etc/passwd')", "Too many open files"),
    "a socket": ("socket.socket()", "Too many open files"),
    "memory": ("bytearray(1_000_000_000)", "MemoryError"),
}


@pytest.mark.parametrize("what", REACHES)
def test_decoder_that_was_taken_over_reaches_nothing(what: str) -> None:
    code, complaint = REACHES[what]

    assert (complaint in carried_out(code), carried_out(code, bounded=False)) == (True, "done")


# What ~@resources of the shipped units forbids; limits are set by another call, which every service may make.
FORBIDDEN = (
    "ioprio_set", "mbind", "migrate_pages", "move_pages", "sched_setaffinity", "sched_setattr", "sched_setparam",
    "sched_setscheduler", "set_mempolicy", "setpriority", "setrlimit",
)  # fmt: skip


@pytest.mark.parametrize(("forbidden", "said"), [(FORBIDDEN, "JPEG"), ((*FORBIDDEN, "prlimit64"), "unable")])
def test_decoder_draws_under_the_filter_of_the_service(strace: str, forbidden: tuple[str, ...], said: str) -> None:
    refused = [strace, "-f", "-qq", "-o", "/dev/null", "-e", f"inject={','.join(forbidden)}:error=EPERM"]
    bounds = map(str, (decoding.PIXELS, 10_000_000, decoding.PROCESSOR, decoding.MEMORY))

    done = subprocess.run(
        [*refused, sys.executable, "-I", str(decoding.DECODER), "JPEG", *bounds],
        input=PICTURE, capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.stdout.partition(b"\n")[0].decode() == said


def test_decoder_works_no_longer_than_it_may() -> None:
    assert carried_out("while True: pass", seconds=1).startswith("killed by")


def planted(monkeypatch: pytest.MonkeyPatch, folder: Path, source: str) -> None:
    """Puts another program in the decoder's place."""
    (folder / "decoder.py").write_text("import sys, time\n" + source)
    monkeypatch.setattr(decoding, "DECODER", folder / "decoder.py")


def code_of(raw: bytes = PICTURE) -> str:
    with pytest.raises(RuleViolation) as told:
        clean(raw)
    return told.value.code


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("time.sleep(60)", "files.slow"),
        ("sys.stdin.close(); time.sleep(60)", "files.slow"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "files.slow"),
        ("while True: sys.stdout.buffer.write(b'JPEG\\n' * 100_000)", "files.damaged"),
        ("print('JPEG'); print('hello')", "files.damaged"),
        ("print('unheard of')", "files.damaged"),
        ("print('unable')", "files.unable"),
        ("sys.exit(1)", "files.unable"),
        ("raise ImportError", "files.unable"),
    ],
)
def test_whatever_the_decoder_does_the_hub_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str, code: str
) -> None:
    monkeypatch.setattr(decoding, "SECONDS", 1.5)
    planted(monkeypatch, tmp_path, source)

    assert code_of() == code
    assert code_of(PICTURE + b"\0" * 10_000_000) == code


def test_decoder_that_cannot_bound_itself_decodes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refusing = "import resource, runpy\ndef refuse(*_): raise PermissionError\nresource.setrlimit = refuse\n"
    planted(monkeypatch, tmp_path, f"{refusing}runpy.run_path({str(HERE / 'decoder.py')!r}, run_name='__main__')")

    assert code_of() == "files.unable"


def test_environment_and_folder_say_nothing_to_the_decoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "PIL").mkdir()
    (tmp_path / "PIL" / "__init__.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert clean(PICTURE).media == "image/jpeg"


def test_machine_that_starts_no_process_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    assert code_of() == "files.unable"


def test_few_decoders_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "AT_ONCE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(decoding, "PATIENCE", 0.05)

    with decoding.AT_ONCE, pytest.raises(TooMany, match="Many files are being cleaned"):
        clean(PICTURE)
    assert clean(PICTURE).media == "image/jpeg"
