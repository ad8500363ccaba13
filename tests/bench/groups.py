"""What the list of groups and the search cost: python -m tests.bench.groups [GROUPS]. Prints figures; asserts nothing.

The hub's own web process is served beside a Django site with the same groups, each on one core with one worker, each
with SQLite in WAL and synchronous FULL; the driver has the other core. Rounds alternate. Django lives in an environment
of its own, made in a temporary folder.

list       fifty groups: the first page and the last page, asked for again and again; and ever another page, so that
           nothing is kept ready (aim: five times Django's requests per second; the last page like the first)
search     the query alone, for rare and common words (aim: under 20 ms)
"""

from __future__ import annotations

import http.client
import itertools
import os
import platform
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from hub import clock, ids, search
from hub import settings as house
from hub.branches.models import areas, branches
from hub.cli import stores
from hub.cli.init import found
from hub.db import Database
from hub.groups.models import groups
from hub.ledger import catalogue

BRANCHES, PAGE, ROUNDS, SECONDS, CONNECTIONS = 40, 50, 5, 3.0, 4
WORDS = "allotment bread choir cycle dawn garden harbour kitchen library market meadow night quilt river song".split()
TOWNS = "Aberdeen Bath Cardiff Derby Exeter Fife Goole Hull Ipswich Jarrow Kendal Leeds Møre Norwich Oban Perth".split()
PEER = ("Django==5.2", "gunicorn")


def main(many: int) -> None:
    """Builds both, measures both, and prints."""
    catalogue.load()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; medians of {ROUNDS} rounds"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in (1_000, 10_000):
            searches(build(folder / f"hub-{size}", size), size)
        hub = build(folder / "hub", many)
        searches(hub, many)
        peer = folder / "peer"
        python = make_peer(peer, many)
        lists(hub, peer, python, many)


def rows_of(many: int) -> Iterator[tuple[str, str, str, int]]:
    """Yields (slug, name, purpose, branch number) of invented groups, the same each time."""
    draw = random.Random(7)
    for number in range(many):
        words = draw.sample(WORDS, 3)
        town = draw.choice(TOWNS)
        name = f"{town} {words[0]} {words[1]} {number}"
        yield f"group-{number:07}", name, f"We meet for {words[2]} in {town}.", draw.randrange(BRANCHES)


def build(folder: Path, many: int) -> house.Settings:
    """Founds a hub and fills its public tables. A bench may: the demo and the tests never do."""
    port = free_port()
    settings, _ = found(folder, {"url": f"http://localhost:{port}", "port": port})
    db = stores.open_hub(settings)
    now = clock.now()
    with db.write() as tx:
        for number in range(BRANCHES):
            slug = f"area-{number}"
            tx.execute(sa.insert(areas), {"slug": slug, "names": [f"Area {number}"], "entry": 0})
            row = {
                "id": f"brn_{number}",
                "slug": f"branch-{number}",
                "area": slug,
                "name": f"Branch {number}",
                "act": "",
            }
            told = {
                "told_entry": 0,
                "proposed_entry": 0,
                "registered_entry": 0,
                "proposed_at": now,
                "registered_at": now,
            }
            tx.execute(sa.insert(branches), {**row, **told})
        made = []
        for slug, name, purpose, branch in rows_of(many):
            key = ids.new("grp")
            place = f"brn_{branch}"
            search.put(tx, kind="group", key=key, name=name, texts=[purpose], place=place, place_texts=[f"ZZ{branch}"])
            row = {"id": key, "slug": slug, "branch": place, "name": name, "purpose": purpose, "joining": "branch"}
            made.append({**row, **told, "act": ""})
        tx.execute(sa.insert(groups), made)
    if db.is_sqlite:
        with db.write() as tx:
            tx.exec_driver_sql("ANALYZE")
    db.close()
    return settings


def searches(settings: house.Settings, many: int) -> None:
    """Times the query alone."""
    db: Database = stores.open_hub(settings)
    questions = {
        "one name": f"{many // 2}", "a word in a fifth": "garden", "two words": "garden cardiff", "an accent": "MORE",
        "a district": "ZZ7", "a beginning": "ga", "every group": "meet", "nothing": "xylophone",
    }  # fmt: skip
    print(f"search among {many:,} groups, milliseconds (median, slowest of 20)")
    with db.read() as tx:
        for what, question in questions.items():
            times, hits = [], 0
            for _ in range(20):
                begun = time.perf_counter()
                hits = len(search.find(tx, question, kind="group", limit=PAGE))
                times.append((time.perf_counter() - begun) * 1000)
            print(f"  {what:<18} {statistics.median(times):7.2f} {max(times):7.2f}   first page: {hits}")
    db.close()


def lists(settings: house.Settings, peer: Path, python: Path, many: int) -> None:
    """Drives both servers in turn."""
    last = f"group-{many - PAGE - 1:07}"
    draw = random.Random(7)
    places = [draw.randrange(1, many // PAGE) for _ in range(4_000)]
    pages = {
        "ours, first page": (["/?after=group-"], settings.port),
        "ours, last page": ([f"/?after={last}"], settings.port),
        "ours, other pages": ([f"/?after=group-{place * PAGE:07}" for place in places], settings.port),
        "ours, front page": (["/"], settings.port),
        "ours, search": ([f"/?q={word}+{quote(town)}" for word in WORDS for town in TOWNS], settings.port),
    }
    port = free_port()
    pages |= {
        "Django, first page": (["/?page=1"], port),
        "Django, last page": ([f"/?page={many // PAGE}"], port),
        "Django, other pages": ([f"/?page={place}" for place in places], port),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
    with (
        served(hub_command(settings), settings.port) as ours,
        served(peer_command(peer, python, port), port, peer) as theirs,
    ):
        for _ in range(ROUNDS):
            for name, (paths, where) in pages.items():
                found[name].append(drive(where, paths, ours if where == settings.port else theirs))
    print(f"list of {PAGE} out of {many:,}, {CONNECTIONS} connections, one worker on one core")
    for name, rounds in found.items():
        rates, costs = [rate for rate, _ in rounds], [cost for _, cost in rounds]
        print(
            f"  {name:<20} {statistics.median(rates):8.0f} requests/s ({min(rates):.0f} to {max(rates):.0f})"
            f"   {statistics.median(costs):8.0f} us of CPU each"
        )
    for place in ("first page", "last page", "other pages"):
        ours_rate, theirs_rate = (
            statistics.median(rate for rate, _ in found[f"{who}, {place}"]) for who in ("ours", "Django")
        )
        print(f"  {place}: {ours_rate / theirs_rate:.2f} times Django's requests per second")


def drive(port: int, paths: list[str], process: int) -> tuple[float, float]:
    """Asks for pages again and again; returns requests per second and the server's microseconds of CPU for each."""
    done = [0] * CONNECTIONS
    end = time.perf_counter() + SECONDS

    def ask(place: int) -> None:
        line = http.client.HTTPConnection("localhost", port, timeout=30)
        turns = itertools.cycle(paths[place * len(paths) // CONNECTIONS :] + paths[: place * len(paths) // CONNECTIONS])
        while time.perf_counter() < end:
            path = next(turns)
            line.request("GET", path, headers={"Host": f"localhost:{port}"})
            answer = line.getresponse()
            body = answer.read()
            if answer.status != 200 or body.count(b"/groups/group-") < (PAGE if "q=" not in path else 1):
                raise RuntimeError(f"{path}: {answer.status}, {body.count(b'/groups/group-')} groups")
            done[place] += 1
        line.close()

    before, begun = cpu_of(process), time.perf_counter()
    threads = [threading.Thread(target=ask, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    return sum(done) / seconds, (cpu_of(process) - before) / sum(done) * 1e6


def cpu_of(process: int) -> float:
    """Returns user and system seconds of a process and its children."""
    total = 0.0
    for pid in [process, *children_of(process)]:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def children_of(process: int) -> list[int]:
    """Returns the processes that a process started."""
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def hub_command(settings: house.Settings) -> list[str]:
    """The hub's web process, as it is served in earnest."""
    return [sys.executable, "-m", "hub.cli.main", "web", "--data", str(settings.data), "--port", str(settings.port)]


def peer_command(peer: Path, python: Path, port: int) -> list[str]:
    """Django under gunicorn, one worker with threads that keep connections."""
    gunicorn = [str(python), "-m", "gunicorn", "--worker-class", "gthread", "--threads", "4", "--workers", "1"]
    return [*gunicorn, "--keep-alive", "30", "--bind", f"localhost:{port}", "site_of_peer:application"]


@contextmanager
def served(command: list[str], port: int, folder: Path | None = None) -> Iterator[int]:
    """Runs a server on the first core until the block ends; gives its process."""
    env = {**os.environ, "PYTHONPATH": str(folder or Path.cwd())}
    process = subprocess.Popen(command, cwd=folder, env=env, stderr=subprocess.DEVNULL)
    os.sched_setaffinity(process.pid, {0})
    wait_for(lambda: answers(port))
    for pid in [process.pid, *children_of(process.pid)]:
        os.sched_setaffinity(pid, {0})
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def answers(port: int) -> bool:
    """Whether something listens and answers."""
    try:
        line = http.client.HTTPConnection("localhost", port, timeout=5)
        line.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return line.getresponse().status == 200
    except OSError:
        return False


def wait_for(happens: Callable[[], bool]) -> None:
    """Waits until a server answers. Raises RuntimeError after a minute."""
    for _ in range(600):
        if happens():
            return
        time.sleep(0.1)
    raise RuntimeError("a server did not start")


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_peer(folder: Path, many: int) -> Path:
    """Makes the Django site with its environment and its rows; returns its Python."""
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    python = folder / "env" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEER], check=True)
    here = Path(__file__).parent
    shutil.copy(here / "site_of_peer.py", folder / "site_of_peer.py")
    (folder / "rows.tsv").write_text(
        "".join("\t".join(map(str, row)) + "\n" for row in rows_of(many)), encoding="utf-8"
    )
    subprocess.run([str(python), "site_of_peer.py"], cwd=folder, check=True)
    return python


if __name__ == "__main__":
    os.sched_setaffinity(0, {os.cpu_count() - 1} if (os.cpu_count() or 1) > 1 else {0})
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
