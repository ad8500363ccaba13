"""The sealed files on the disk: one folder, each named by its row's id; a name is of that shape before it is a path.

On the disk and not in the database: pictures would soon be most of it, and whatever writes the database whole (a
backup, the rewriting after a count) would carry them along; nor does a file of 20 MB hold the one lock of SQLite, or go
twice through PostgreSQL's journal. Web and worker share the data folder already. A file is on the disk before its row
is kept, and goes after it: what lies in between is a file without a row, which nobody can open, and which is swept.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from hub import clock, ids
from hub.files.kinds import LARGEST
from hub.ledger.files import DISK, Disk

MODE = 0o640
LARGEST_SEALED = LARGEST + 100  # bytes; what sealing adds is less


class Shelf:
    """The folder of one hub. disk: whose steps a test can let fail."""

    def __init__(self, folder: Path, disk: Disk = DISK) -> None:
        self.folder, self.disk = folder, disk

    def put(self, name: str, sealed: bytes) -> None:
        """Writes a file under a new name; when it returns, the disk has it. name: a fil_ id."""
        path = self._path(name)
        self.folder.mkdir(mode=0o770, exist_ok=True)
        try:
            self.disk.write(path, sealed, MODE)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        # By the house's clock: it is what the sweep goes by.
        os.utime(path, (clock.now().timestamp(),) * 2)
        self.disk.sync(self.folder)

    def get(self, name: str) -> bytes | None:
        """Returns a file's sealed bytes, or None where it cannot be read."""
        try:
            with self._path(name).open("rb") as file:
                return file.read(LARGEST_SEALED)
        except OSError:  # gone, or this process may not read it
            return None

    def remove(self, names: Collection[str]) -> None:
        """Removes files, those that are there."""
        for name in names:
            self.disk.remove(self._path(name))

    def older(self, than: float) -> Iterator[str]:
        """Yields the names of files that were put before a moment. than: seconds since 1970."""
        if self.folder.is_dir():
            for entry in os.scandir(self.folder):
                if ids.is_id(entry.name, "fil") and entry.stat(follow_symlinks=False).st_mtime < than:
                    yield entry.name

    def _path(self, name: str) -> Path:
        if not ids.is_id(name, "fil"):
            raise ValueError(f"no name of a file of ours: {name[:40]!r}")
        return self.folder / name
