"""hub matcher serve: the matcher alone, as its own user, beside its own store."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path

import click

from hub.cli.outcome import outcomes
from hub.cli.stores import open_desk
from hub.matcher.service import Service


@click.group()
def matcher() -> None:
    """The process that alone can compare."""


@matcher.command("serve")
@click.option(
    # The hub's folder may be another user's, who lets this one go through and not look around.
    "--data", type=click.Path(path_type=Path, file_okay=False, readable=False), default=Path("."),
    help="The hub's folder.",
)  # fmt: skip
def serve(data: Path) -> None:
    """Run the matcher of the hub in DATA (its folder is DATA/matcher)."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with outcomes():
        service = Service(open_desk(data))
    ending = threading.Event()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: ending.set())
    service.start()
    ending.wait()
    service.stop()
