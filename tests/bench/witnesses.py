"""What a round of witnesses costs: python -m tests.bench.witnesses [ROUNDS]. Prints figures; asserts nothing.

Three branches' witnesses run as processes of their own on this machine, each with its disk; the hub asks all three at
once, as its worker does after each publication (aim: under 100 ms for a round).
"""

from __future__ import annotations

import dataclasses
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hub.charter import actions
from hub.charter.gathering import Cosigners
from hub.constitution.actions import default_text, found_hub
from hub.db import Database
from hub.ledger import catalogue
from hub.tlog.checkpoint import Checkpoint, sign_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.note import format_vkey
from hub.tlog.policy import Group, Policy, Witness
from hub.witness import store as stores
from tests import vaults
from tests.charters_for_tests import FIRST, LOG, POLICY, note
from tests.stories.conftest import free_port

BEGUN = 1000  # entries before the first round


def main(rounds: int) -> None:
    """Starts the witnesses, asks them so often, and tells how long it took."""
    catalogue.load()
    with tempfile.TemporaryDirectory() as name:
        folder, ports = Path(name), [free_port() for _ in range(3)]
        db = chartered(folder, ports)
        running = [serve(folder / f"w{n}", port) for n, port in enumerate(ports)]
        try:
            measure(Cosigners(db), rounds)
        finally:
            for process in running:
                process.terminate()
                process.wait()
            db.close()


def chartered(folder: Path, ports: list[int]) -> Database:
    """A hub whose charter names three witnesses at these ports, and the witnesses' folders."""
    keys = []
    for number in range(3):
        stores.make(folder / f"w{number}", f"w{number}.example/w")
        store = stores.Store(folder / f"w{number}")
        store.add(LOG.verifier)
        keys.append(store.signer.verifier)
    named = tuple(Witness(f"w{n}", key, f"http://127.0.0.1:{ports[n]}") for n, key in enumerate(keys))
    policy = Policy(POLICY.logs, named, (Group("branches", 2, ("w0", "w1", "w2")),), "branches")
    db = Database(f"sqlite:///{folder}/hub.db")
    vaults.beside(db, Path(folder))
    db.create_all()
    with db.write() as tx:
        origin = LOG.verifier.name
        found_hub(tx, name="Bench", origin=origin, log_key=format_vkey(LOG.verifier), text=default_text())
        actions.adopt(tx, note(dataclasses.replace(FIRST, policy=policy), 0, 1, 2))
    return db


def serve(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Starts a witness, as a branch does."""
    words = ["witness", "serve", "--data", str(folder), "--port", str(port)]
    process = subprocess.Popen([sys.executable, "-m", "hub.cli.main", *words])
    while socket.socket().connect_ex(("127.0.0.1", port)):
        time.sleep(0.05)
    return process


def measure(cosigners: Cosigners, rounds: int) -> None:
    """Asks for a signature under one checkpoint after another, each with one entry more."""
    tree, took, cpu = Tree(leaf_hash(str(n).encode()) for n in range(BEGUN)), [], time.process_time()
    for number in range(rounds):
        tree.extend([leaf_hash(f"more {number}".encode())])
        head = Checkpoint(LOG.verifier.name, tree.size, tree.root())
        raw = sign_checkpoint(head, LOG)
        begun = time.perf_counter()
        cosigned = cosigners(raw, head, tree.read)
        took.append((time.perf_counter() - begun) * 1000)
        assert cosigned is not None
        assert cosigned.count(b".example/w ") == 3
    cpu = (time.process_time() - cpu) * 1000 / rounds
    first, *others = took
    print(f"first round {first:.0f} ms; then the median of {len(others)} {statistics.median(others):.0f} ms", end="")
    print(f" ({min(others):.0f} to {max(others):.0f}); {cpu:.0f} ms of the hub's CPU each")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
