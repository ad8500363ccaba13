"""What it costs to re-derive a whole log: python -m tests.bench.fsck [ENTRIES [FLIPS [FOLDER]]]. Asserts nothing.

The log is that of tests.bench.verifier: two in five entries have words beside them, one in five is signed by a passkey.

    bare     every bundle and tile read, every leaf and node hashed, and nothing compared: what hashing alone takes
    log      what hub log verify does first: entries, every tile, root, signature
    flips    one bit of any file of the log is the other, drawn from a seed: how many are found, of so many
    whole    log, and the fold of all entries with their words and signatures (aim: 1 000 000 entries in 5 minutes)
    folds    the fold alone, of the first 20 000 entries, on both engines: by either connection (write, fold)

FOLDER: where the log is kept for the next time; else it is thrown away.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.db import Database, metadata
from hub.ledger import catalogue
from hub.ledger.beginnings import Unverified
from hub.ledger.reading import lines_of, read_entries, read_log, read_tile
from hub.ledger.verify import fold, verify
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.tiles import new_tiles
from tests import databases
from tests.bench.verifier import write

FEW = 20_000


def main(count: int, flips: int, folder: Path) -> None:
    """Writes a log of so many entries, unless it is there, and measures."""
    catalogue.load()
    if not (folder / "log/checkpoint").exists():
        write(folder, count, says_state=False)
    bare = told("bare", count, lambda: hash_all(folder, count))
    whole_log = told("log", count, lambda: read_log(folder, None))
    print(f"the log costs {whole_log / bare:.2f} times the bare hashing")
    find_flips(folder, flips)
    told("whole", count, lambda: print(f"entries that change nothing: {len(verify(folder, None).ignored)}"))
    few = read_entries(folder, count)[:FEW]
    told_folds("SQLite", databases.Sqlite(folder), folder, few)
    if databases.postgres_is_there():
        cluster = databases.start_postgres()
        try:
            told_folds("PostgreSQL", cluster, folder, few)
        finally:
            cluster.close()


def told_folds(name: str, engine: Any, folder: Path, found: list[bytes]) -> None:
    """Folds entries by either connection into empty databases; prints what it took this process."""
    for how in (Database.write, Database.fold, Database.write, Database.fold):
        database = engine.fresh(metadata)
        with how(database) as tx:
            told(f"{name}, {how.__name__}", len(found), lambda tx=tx: fold(tx, lines_of(folder, found)))
        engine.release(database)


def told(what: str, count: int, act: Callable[[], object]) -> float:
    """Does something once; prints what it took, and returns the seconds of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    each = cpu / count * 1e6
    print(f"{what:<6}{cpu:8.2f} s of CPU, {wall:8.2f} s by the clock, {each:6.1f} us an entry; {most} MB", flush=True)
    return cpu


def hash_all(folder: Path, count: int) -> None:
    """Reads every file of the log, and hashes every leaf and node once."""
    Tree(map(leaf_hash, read_entries(folder, count)))
    for tile in new_tiles(0, count):
        read_tile(folder, tile)


def find_flips(folder: Path, many: int) -> None:
    """Flips a bit of any file below log/, a byte as likely as another, looks, and flips it back; again and again."""
    draw = random.Random(many)
    files = sorted(path for path in (folder / "log").rglob("*") if path.is_file())
    drawn = draw.choices(files, [path.stat().st_size for path in files], k=many)
    found, cpu = 0, time.process_time()
    for path in drawn:
        whole = path.read_bytes()
        at = draw.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :])
        try:
            read_log(folder, None)
        except Unverified:
            found += 1
        path.write_bytes(whole)
    cpu = time.process_time() - cpu
    print(f"flips: {found} of {many} found, {cpu / max(many, 1):.2f} s of CPU each", flush=True)


if __name__ == "__main__":
    COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    FLIPS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    if len(sys.argv) > 3:
        main(COUNT, FLIPS, Path(sys.argv[3]))
    else:
        with tempfile.TemporaryDirectory() as name:
            main(COUNT, FLIPS, Path(name))
