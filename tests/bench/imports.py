"""What an import costs: python -m tests.bench.imports [ROWS]. Prints figures; asserts nothing.

Beside each import runs a bare loop over the same file: csv, one HMAC, sqlite3 executemany, one commit with synchronous
FULL. Each round is a process of its own, so that its peak of resident memory is its own; rounds alternate.

first      into an empty store (aim: a third of the bare loop's speed)
again      the same people a month later against the store of the first, 1 % changed (aim: a quarter)
memory     the import's peak (aim: under 300 MB)
"""

from __future__ import annotations

import csv
import hmac
import json
import os
import platform
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AREAS = 400
ROUNDS = 3
HEADER = ["Membership No", "Postcode", "Email", "Branch", "Status", "Renewal"]
TABLE = "CREATE TABLE bare (digest BLOB PRIMARY KEY, postcode TEXT, mail TEXT, area TEXT, status TEXT) WITHOUT ROWID"


def main(rows: int) -> None:
    """Runs rounds of both loops on both files, and prints medians and ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, rows)
        found: dict[str, list[tuple[float, float]]] = {}
        for _ in range(ROUNDS):
            for what in ("bare first", "ours first", "bare again", "ours again"):
                found.setdefault(what, []).append(run(folder, what))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{rows:,} rows; {machine}; {ROUNDS} rounds")
    for what, rounds in found.items():
        seconds = [second for second, _ in rounds]
        print(
            f"{what:<12} {rows / statistics.median(seconds):>10,.0f} rows/s   {statistics.median(seconds):6.2f} s "
            f"({min(seconds):.2f} to {max(seconds):.2f})   peak {max(peak for _, peak in rounds):,.0f} MB"
        )
    for kind in ("first", "again"):
        ours, bare = (statistics.median(s for s, _ in found[f"{who} {kind}"]) for who in ("ours", "bare"))
        print(f"{kind}: {bare / ours:.3f} of the bare loop's speed")


def write_files(folder: Path, rows: int) -> None:
    """Writes two lists: everybody, and everybody a month later."""
    draw = random.Random(7)
    areas = [{"slug": f"area-{n}", "names": [f"Area {n}"], "districts": []} for n in range(AREAS)]
    (folder / "areas.json").write_text(json.dumps(areas), encoding="utf-8")
    with (folder / "first.csv").open("w", newline="") as first, (folder / "again.csv").open("w", newline="") as again:
        writers = csv.writer(first), csv.writer(again)
        for writer in writers:
            writer.writerow(HEADER)
        for number in range(rows):
            mail, area = f"member{number}@example.org", f"Area {draw.randrange(AREAS)}"
            row = [f"{number:07}", code(draw), mail, area, "Current", "2027-05-31"]
            writers[0].writerow(row)
            if draw.random() < 0.01:
                row[1] = code(draw)
            writers[1].writerow(row)


def code(draw: random.Random) -> str:
    """An invented postcode."""
    return f"YO{draw.randrange(60, 99)} {draw.randrange(10)}{draw.choice('ABDEFGH')}{draw.choice('ABDEFGH')}"


def run(folder: Path, what: str) -> tuple[float, float]:
    """Runs one loop in a process of its own; returns seconds and peak resident memory in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.imports", "--one", what, str(folder)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def one(what: str, folder: Path) -> None:
    """One round, timed within the process: loading modules is not what is measured."""
    who, kind = what.split()
    seconds = bare(folder, kind) if who == "bare" else ours(folder, kind)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def bare(folder: Path, kind: str) -> float:
    """csv, one HMAC, executemany; a second file replaces rows of the first one's store."""
    path = folder / "bare.db"
    if kind == "first":
        path.unlink(missing_ok=True)
    store = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        store.execute(f"PRAGMA {pragma}")
    if kind == "first":
        store.execute(TABLE)
    key = os.urandom(32) if kind == "first" else (folder / "bare.key").read_bytes()
    (folder / "bare.key").write_bytes(key)
    begun = time.perf_counter()
    store.execute("BEGIN IMMEDIATE")
    with (folder / f"{kind}.csv").open(newline="") as file:
        reader = csv.reader(file)
        next(reader)
        made = ((hmac.digest(key, row[0].encode(), "sha256"), row[1], row[2], row[3], row[4]) for row in reader)
        store.executemany("INSERT OR REPLACE INTO bare VALUES (?, ?, ?, ?, ?)", made)
    store.execute("COMMIT")
    seconds = time.perf_counter() - begun
    store.close()
    return seconds


def ours(folder: Path, kind: str) -> float:
    """What ``hub roster import --full --apply`` does."""
    from hub.matcher.desk import Desk
    from hub.matcher.intake.batch import take_in
    from hub.matcher.intake.rules import make_rules
    from hub.matcher.keys import make_keys
    from hub.matcher.settings import MatcherSettings

    home = folder / "matcher"
    if kind == "first":
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(exist_ok=True)
    (home / "areas").mkdir()
    shutil.copy(folder / "areas.json", home / "areas/areas.json")
    from hub.cli.stores import open_matcher

    settings = MatcherSettings(home)
    desk = Desk(open_matcher(settings), make_keys(home / "keys"), settings)
    rules = make_rules({"id_pattern": "[0-9]{7}", "id_pad_to": 7})
    begun = time.perf_counter()
    done = take_in(desk, (folder / f"{kind}.csv",), "bench", rules, full=True, is_real=True)
    seconds = time.perf_counter() - begun
    if done.state != "applied":
        raise RuntimeError(done.stops)
    desk.db.close()
    return seconds


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
