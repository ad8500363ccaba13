"""One import at a time: the second one is told who is at work."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub import clock
from hub.errors import Conflict

FILE = "import.lock"


class Busy(Conflict):
    """Another import is at work."""


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Holds the lock of a matcher's folder; the kernel gives it back however we end. Raises Busy."""
    with (folder / FILE).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Busy(
                "roster.busy", f"Another import is at work ({file.read(200).strip()}). Wait for its end."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {clock.format_minute(clock.now())}")
        file.flush()
        yield
        file.truncate(0)
