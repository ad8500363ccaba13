"""What the git view costs: python -m tests.bench.gitview [ENTRIES]. Prints figures; asserts nothing.

export         so many entries into packs, from nothing (aim: at most 5 ms each)
one by one     the last five hundred of them, a turn for each
clone          by git over plain HTTP from a bare file server, and git fsck --strict, where git is installed
"""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hub.db import Database
from hub.ledger import catalogue
from hub.mirror.git.export import export
from hub.mirror.git.records import Stored
from tests import vaults
from tests.bench.ledger import build

TURNS = 500


def main(count: int) -> None:
    """Builds a record of ``count`` entries, and measures."""
    catalogue.load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db = Database(f"sqlite:///{folder}/hub.db")
        vaults.beside(db, Path(folder))
        db.create_all()
        build(db, folder, count)
        view = folder / "hub.git"
        told("export", count - TURNS, lambda: written(db, view, count - TURNS))
        told("one by one", TURNS, lambda: turns(db, view, count))
        size = sum(path.stat().st_size for path in view.rglob("*") if path.is_file())
        print(f"on disk: {size / count:.0f} bytes an entry, {len(list(view.rglob('*.pack')))} packs")
        db.close()
        if shutil.which("git"):
            clone(view, folder / "clone", count)


def told(what: str, count: int, act: Callable[[], object]) -> None:
    """Runs something once and prints how long it took, and how much of that was this process's CPU."""
    begun, busy = time.perf_counter(), time.process_time()
    act()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - busy
    print(f"{what:<12} {seconds:8.2f} s  {cpu:8.2f} s CPU  {seconds / count * 1e3:8.3f} ms each of {count}")


def written(db: Database, view: Path, size: int) -> None:
    """Exports up to a size."""
    with db.read() as tx:
        while export(view, Stored(tx), size).size < size:
            pass


def turns(db: Database, view: Path, size: int) -> None:
    """Exports the last entries one by one."""
    for end in range(size - TURNS + 1, size + 1):
        written(db, view, end)


def clone(view: Path, copy: Path, count: int) -> None:
    """Clones from a file server that knows nothing of git."""
    handler = functools.partial(Quiet, directory=str(view))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        told("clone", count, lambda: subprocess.run(["git", "clone", "-q", address, copy], check=True))
        told("fsck", count, lambda: subprocess.run(["git", "-C", copy, "fsck", "--strict"], check=True))
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing about it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the parent's name for it
        """Keeps silent."""


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
