"""hub lot: re-run a published draw. ``python -m hub.lot.check`` does the same where nothing is installed."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

from hub.cli.outcome import facts
from hub.lot.check import LARGEST_FILE, told
from hub.lot.check import check as run_again
from hub.lot.files import parse_draw
from hub.lot.pool import Unreadable


class NotADraw(click.ClickException):
    """The file cannot be read, so nothing can be said about a draw."""

    exit_code = 2


@click.group()
def lot() -> None:
    """Draws by lot, as anyone can check them."""


@lot.command()
@click.argument("file", type=click.File("rb"))
@click.option("--pool-hash", metavar="HASH", help="The pool's hash as the public record has it since the freeze.")
@click.option("--rehearsal", is_flag=True, help="Take a draw of a demo, whose chance everybody knows.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: BinaryIO, pool_hash: str | None, rehearsal: bool, as_json: bool) -> None:
    """Re-run the draw in FILE and print what agrees and what differs. FILE is a file, or - for what is piped in."""
    try:
        draw = parse_draw(file.read(LARGEST_FILE))
    except Unreadable as problem:
        raise NotADraw(str(problem)) from problem
    found = told(draw, run_again(draw, pool_hash, rehearsal=rehearsal))
    facts(found, as_json)
    if not found["agrees"]:
        sys.exit(1)
