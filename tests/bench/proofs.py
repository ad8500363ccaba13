"""What a proof costs: python -m tests.bench.proofs [ENTRIES]. Prints figures; asserts nothing.

For logs of ever more entries, up to so many: the receipt of one, made from the folder and checked, and how many files
are read for it (aim: as many as the logarithm of the size, and under 5 ms at 1 000 000 entries).
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.ledger import files
from hub.ledger.files import HASTY, put
from hub.ledger.reading import Key, prove
from hub.tlog.checkpoint import Checkpoint, sign_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.note import Signer
from hub.tlog.tiles import FULL, format_bundle, format_path, format_tile, new_bundles, new_tiles

ORIGIN = "bench.example/log"
PROOFS = 300


def main(most: int) -> None:
    """Writes logs of a hundredth, a tenth and all of so many entries, and proves some of each."""
    signer = Signer(ORIGIN, b"B" * 32)
    for size in (most // 100, most // 10, most):
        with tempfile.TemporaryDirectory() as name:
            write(Path(name), size, signer)
            told(Path(name), size, signer)


def write(folder: Path, size: int, signer: Signer) -> None:
    """Writes a log of entries that say their number."""
    raws = [b'{"number":%d}' % number for number in range(size)]
    tree = Tree(map(leaf_hash, raws))
    for tile in new_bundles(0, size):
        put({folder / "log" / format_path(tile): format_bundle(raws[tile.start : tile.start + FULL])}, HASTY)
    for tile in new_tiles(0, size):
        put({folder / "log" / format_path(tile): format_tile(tile, tree.read)}, HASTY)
    put({folder / "log/checkpoint": sign_checkpoint(Checkpoint(ORIGIN, size, tree.root()), signer)}, HASTY)


def told(folder: Path, size: int, signer: Signer) -> None:
    """Proves some entries, and prints what one took."""
    chance, wall, busy, most = random.Random(size), [], [], 0
    for _ in range(PROOFS):
        with counted() as reads:
            begun, cpu = time.perf_counter(), time.process_time()
            prove(folder, chance.randrange(size), Key(signer.verifier, "given"))
            wall.append(time.perf_counter() - begun)
            busy.append(time.process_time() - cpu)
        most = max(most, len(reads))
    times = f"{statistics.median(wall) * 1e3:.2f} ms by the clock, {statistics.median(busy) * 1e3:.2f} ms of CPU"
    print(f"{size:>9} entries: a proof in {times} (medians of {PROOFS}), {most} files read at most")


@contextmanager
def counted() -> Iterator[list[object]]:
    """Counts the files that are read meanwhile."""
    read, found = files.read, []

    def told(path: Path | str, most: int = -1) -> bytes | None:
        found.append(path)
        return read(path, most)

    files.read = told
    try:
        yield found
    finally:
        files.read = read


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
