"""Hubs, witnesses and verifiers as processes, and commands as they are typed: for the drill, and for attacks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx2
from click.testing import CliRunner

from hub import ledger, settings
from hub.cli import stores
from hub.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
TYPED: set[str] = set()  # every command that was typed or started: its first two words, as docs/drill.md has them


def note_typed(words: tuple[object, ...]) -> None:
    """Keeps which command it was."""
    TYPED.update({str(words[0]), " ".join(map(str, words[:2]))})


def hub(*words: object, code: int = 0) -> str:
    """Types a command of hub; returns what it printed."""
    note_typed(words)
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == code, f"hub {' '.join(map(str, words))}\n{done.output}\n{done.exception!r}"
    return done.output


def asked(*words: object, code: int = 0) -> dict[str, Any]:
    """The same for a command that prints facts."""
    return dict(json.loads(hub(*words, "--json", code=code)))


def program(place: object, code: int | None = None) -> dict[str, Any]:
    """What the stand-alone verifier says of a place, a folder or an address. code: with which it has to end."""
    command = [sys.executable, ROOT / "deploy/verify/verify.py", str(place), "--json"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert code in (None, done.returncode), done.stdout
    return dict(json.loads(done.stdout))


class Started:
    """A command of hub with every process it starts. It ends as machines do: at once."""

    def __init__(self, *words: object) -> None:
        note_typed(words)
        command = [sys.executable, "-m", "hub.cli.main", *map(str, words)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **quiet)

    def kill(self) -> None:
        """kill -9, all of them."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


def start_witnesses(folder: Path, ports: Sequence[int]) -> list[Started]:
    """The branches' witnesses: each serves what lies in w0, w1 ... of a folder."""
    return [Started("witness", "serve", "--data", folder / f"w{n}", "--port", port) for n, port in enumerate(ports)]


class Machine:
    """A hub's machine. folder: all that is on it."""

    def __init__(self, folder: Path, url: str, *words: object) -> None:
        self.folder, self.url = folder, url
        self.hub = Started("serve", "--data", folder, *words)

    def has_published(self, words: bytes) -> None:
        """Waits until its checkpoint says something."""
        eventually(lambda: words in self.checkpoint())

    def checkpoint(self) -> bytes:
        """The checkpoint that it serves; nothing while it serves none."""
        try:
            answer = httpx2.get(f"{self.url}/log/checkpoint", trust_env=False)
        except httpx2.TransportError:
            return b""
        return answer.content if answer.status_code == 200 else b""

    def size(self) -> int:
        """How many entries it has published with their state, once it shows no more than these; else 0."""
        try:
            size = int(self.checkpoint().split(b"\n")[1])
            found = [httpx2.get(f"{self.url}/{name}", trust_env=False) for name in ("powers.json", "state.json")]
            said = [answer.json()["size"] for answer in found]
        except (IndexError, ValueError, httpx2.TransportError):
            return 0
        return size if said == [size, size] else 0

    def has_caught_up(self) -> None:
        """Waits until it has published all that it has by now: until then a claim of an office gives nothing."""
        db = stores.open_hub(settings.load(self.folder))
        with db.read() as tx:
            size = ledger.size(tx)
        db.close()
        eventually(lambda: self.size() >= size)

    def lost(self) -> None:
        """Somebody carries it away."""
        self.hub.kill()
        shutil.rmtree(self.folder)


def eventually(holds: Callable[[], Any], seconds: float = 120) -> Any:
    """Waits until something holds; returns it."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def saying(report: dict[str, Any], where: str, words: str) -> dict[str, Any]:
    """A report in which some words stand in a list; else nothing."""
    return report if any(words in one for one in report[where]) else {}
