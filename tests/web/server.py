"""A hub served on a real port, for tests in a real browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from hub import app
from hub.db import Database
from tests.matchers import eventually
from tests.web.conftest import House, prepare


@contextmanager
def serving(folder: Path, db: Database) -> Iterator[House]:
    """Serves a hub whose store is open, until the block ends."""
    port = _free_port()
    settings = prepare(folder, url=f"http://localhost:{port}", port=port)
    house = House(settings, db, app.build(settings, db))
    config = uvicorn.Config(house.app, host="127.0.0.1", port=port, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    try:
        yield house
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
