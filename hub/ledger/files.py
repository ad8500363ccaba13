"""Files that are whole or not there: written aside, synced, renamed, and the folder synced.

A crash at any point leaves the old file, the new file, or a stray ``.new-`` file that nobody reads.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hub import chance


class Disk:
    """The four things done to a disk, so that tests can make each of them fail before or after it happened."""

    def write(self, path: Path, raw: bytes, mode: int) -> None:
        """Writes a new file and waits until the disk has it."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())

    def move(self, source: Path, target: Path) -> None:
        """Puts a file in another's place, at once."""
        source.replace(target)

    def sync(self, folder: Path) -> None:
        """Waits until the disk has the folder's names."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def remove(self, path: Path) -> None:
        """Removes a file, if it is there."""
        path.unlink(missing_ok=True)


class Hasty(Disk):
    """A disk nobody waits for: for copies that are checked whenever they are read, and can be had again."""

    def write(self, path: Path, raw: bytes, mode: int) -> None:
        """Writes a new file."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(raw)

    def sync(self, folder: Path) -> None:
        """Does not wait."""


DISK = Disk()
HASTY = Hasty()


def put(files: Mapping[Path, bytes], disk: Disk = DISK, mode: int = 0o644) -> None:
    """Writes files, each whole or not at all; when it returns, the disk has them all. mode: before the umask."""
    aside = {}
    for path, raw in files.items():
        _make_folder(path.parent, disk)
        aside[path] = path.with_name(f".new-{chance.octets(6).hex()}-{path.name}")
        disk.write(aside[path], raw, mode)
    for path, new in aside.items():
        disk.move(new, path)
    for folder in {path.parent for path in files}:
        disk.sync(folder)


def read(path: Path | str, most: int = -1) -> bytes | None:
    """Returns a file's bytes, at most so many; None where there is no such file."""
    try:
        # A text is opened a third faster than a Path, which counts where a fold reads one file for each entry.
        with open(path, "rb") as file:
            return file.read(most)
    except (FileNotFoundError, NotADirectoryError):
        return None


def sweep(folder: Path) -> None:
    """Removes what a crash left aside below a folder."""
    for stray in folder.rglob(".new-*"):
        stray.unlink(missing_ok=True)


class Held(Exception):
    """Somebody else holds the lock."""


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Holds a lock file for one process at a time. Raises Held at once when another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise Held(f"{path} is held by another process") from problem
        yield


def _make_folder(folder: Path, disk: Disk) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for child in reversed(missing):
        child.mkdir(exist_ok=True)
        disk.sync(child.parent)
