"""hub witness serve as a branch runs it: killed and started again under the requests of two histories at once."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

import httpx2
import pytest

from hub.tlog.checkpoint import open_checkpoint
from hub.tlog.hashes import format_base64
from hub.witness import store as stores
from tests.matchers import eventually
from tests.witness.test_store import LOG, ONE, ORIGIN, OTHER, folder, held, submission

assert folder  # a fixture

ROUNDS = 5
TREES = (ONE, OTHER)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """A witness in a process of its own, at one address through all its lives."""

    def __init__(self, place):
        self.port, self.place = free_port(), place
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        words = ["witness", "serve", "--data", str(self.place), "--port", str(self.port)]
        self.process = subprocess.Popen([sys.executable, "-m", "hub.cli.main", *words])
        eventually(self.answers, seconds=60)

    def answers(self):
        assert self.process.poll() is None
        with suppress(httpx2.HTTPError):
            return httpx2.get(self.url, timeout=5).status_code == 404
        return False

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Operator(threading.Thread):
    """Asks for one history, again and again, from where the witness stands; keeps what was cosigned."""

    def __init__(self, served, tree, seed):
        super().__init__(daemon=True)
        self.served, self.tree, self.draws, self.given = served, tree, random.Random(seed), []
        self.over = threading.Event()

    def run(self):
        known = 0
        with httpx2.Client(timeout=5) as client:
            while not self.over.is_set():
                with suppress(httpx2.HTTPError):
                    known = self.ask(client, known)

    def ask(self, client, known):
        new = min(64, known + self.draws.randrange(0, 3))
        asked = submission(self.tree, known, new)
        proof = "".join(f"{format_base64(one)}\n" for one in asked.proof)
        body = f"old {known}\n{proof}\n".encode() + asked.note
        answer = client.post(f"{self.served.url}/add-checkpoint", content=body)
        if answer.status_code == 200:
            self.given.append((new, self.tree.root(new)))
            return new
        return min(64, int(answer.text)) if answer.status_code == 409 else known


@pytest.fixture
def served(folder):
    made = Served(folder)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()


def test_killed_while_it_serves_two_operators_it_signs_one_history(served):
    operators = [Operator(served, TREES[n % 2], n) for n in range(4)]
    for one in operators:
        one.start()
    draws = random.Random(5)
    for _ in range(ROUNDS):
        served.start()
        time.sleep(draws.uniform(0.02, 0.25))
        served.kill()
    served.start()
    eventually(lambda: sum(size > 4 for one in operators for size, _ in one.given) > 20, seconds=60)
    for one in operators:
        one.over.set()
    for one in operators:
        one.join(timeout=60)

    given = [head for one in operators for head in one.given]
    assert any(all(tree.root(size) == root for size, root in given) for tree in TREES)
    last = held(stores.Store(served.place))
    # Up to four entries both histories are one: beyond that one of them was chosen.
    assert last.size >= max(size for size, _ in given) > 4
    note = httpx2.get(f"{served.url}/{stores.digest_of(ORIGIN)}/checkpoint").content
    assert open_checkpoint(note, [LOG.verifier, stores.Store(served.place).signer.verifier]) == last
