"""hub serve: a supervisor without keys that starts web, worker and matcher as processes, and starts again what ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import click

from hub import settings as house
from hub.cli.outcome import outcomes
from hub.cli.prepare import prepare

DATA = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="The hub's folder."
)
HOST = click.option("--host", help="The address to listen on; default: the folder's settings.")
PORT = click.option("--port", type=int, help="The port to listen on; default: the folder's settings.")
WORKERS = click.option("--workers", type=click.IntRange(1, 64), default=1, help="How many web processes.")


@click.command()
@DATA
@HOST
@PORT
@WORKERS
def serve(data: Path, host: str | None, port: int | None, workers: int) -> None:
    """Run the hub in DATA: web, worker and matcher."""
    with outcomes():
        prepare(house.load(data)).close()
    chosen = [*(["--host", host] if host else []), *(["--port", str(port)] if port else [])]
    Supervisor(parts_of(data, workers, *chosen)).run()


def parts_of(data: Path, workers: int, *chosen: str) -> dict[str, list[str]]:
    """Returns the three parts of a hub, in the order they start: name to arguments of hub."""
    return {
        "matcher": ["matcher", "serve", "--data", str(data)],
        "worker": ["work", "--data", str(data)],
        "web": ["web", "--data", str(data), "--workers", str(workers), *chosen],
    }


@click.command()
@DATA
@HOST
@PORT
@WORKERS
def web(data: Path, host: str | None, port: int | None, workers: int) -> None:
    """Run the web process of the hub in DATA."""
    import uvicorn  # slow to import, and for this command only

    with outcomes():
        settings = house.load(data)
    # Each web process reads the folder's settings for itself.
    os.environ["FOLKMOOT_DATA"] = str(settings.data)
    uvicorn.run(
        "hub.app:served",
        factory=True,
        host=host or settings.host,
        port=port or settings.port,
        workers=workers if workers > 1 else None,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
        env_file=None,
    )


class Supervisor:
    """Starts parts, starts again what ends, and ends all of them together. parts: name to arguments of hub."""

    def __init__(self, parts: dict[str, list[str]]) -> None:
        self.parts = parts
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.ending = threading.Event()

    def run(self) -> None:
        """Runs until told to end."""
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: self.ending.set())
        self.start()
        while not self.ending.wait(0.5):
            self.look_after()
        self.stop()

    def start(self) -> None:
        """Starts every part."""
        for name in self.parts:
            self._start(name)

    def look_after(self) -> None:
        """Starts again what has ended, after a moment."""
        for name, process in self.running.items():
            code = process.poll()
            if code is not None:
                print(f"{name} ended with {code}; it is started again", file=sys.stderr, flush=True)
                time.sleep(1.0)
                self._start(name)
                return

    def stop(self) -> None:
        """Ends every part, the web first, and waits for each."""
        for process in reversed(self.running.values()):
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()

    def _start(self, name: str) -> None:
        self.running[name] = subprocess.Popen([sys.executable, "-m", "hub.cli.main", *self.parts[name]])
