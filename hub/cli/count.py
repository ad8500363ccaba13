"""hub count: a ballot file counted again, with every stage and every tie. Needs no hub."""

from __future__ import annotations

from pathlib import Path

import click

from hub.count.blt import MOST_BYTES, Unreadable, parse_blt
from hub.count.contest import Contest, Uncountable
from hub.count.plain import sentences
from hub.count.sheet import draw_up, sheet_bytes
from hub.count.stv import count as count_votes


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print the count sheet as JSON.")
@click.option("--seed", help="The text that decides lots in a .blt file. A ballot's own file needs none.")
@click.option("--rehearsal", is_flag=True, help="Take lots of a demo, whose beacon's secret everybody knows.")
def count(file: Path, as_json: bool, seed: str | None, rehearsal: bool) -> None:
    """Count the ballots in FILE (.blt; - for what is piped in) by Scottish STV.

    With one seat that is the alternative vote. A candidate called "Re-open nominations" is counted as that. A ballot's
    own file (JSON, as a hub publishes it) is counted again, too, and compared with the count that stands in it: the
    seed of its lots is made anew from the beacon's signature, which is checked.
    """
    raw = take(file)
    if raw.lstrip()[:1] == b"{":
        again(file, raw, as_json=as_json, rehearsal=rehearsal)
        return
    contest = read(file, raw)
    try:
        sheet = draw_up(contest, count_votes(contest, seed), seed)
    except Uncountable as problem:
        raise click.ClickException(f"{problem} (--seed TEXT)") from problem
    if as_json:
        click.echo(sheet_bytes(sheet).decode())
        return
    if contest.title:
        click.echo(contest.title)
    for sentence in sentences(sheet):
        click.echo(sentence)


def take(file: Path) -> bytes:
    """Reads the bytes of a file, or what is piped in. Raises UsageError."""
    try:
        with click.open_file(str(file), "rb") as source:
            return bytes(source.read(MOST_BYTES + 1))
    except OSError as problem:
        raise click.UsageError(f"{file}: {problem}") from problem


def read(file: Path, raw: bytes) -> Contest:
    """Reads a .blt file. Raises UsageError, with the line, for one that is none."""
    try:
        return parse_blt(raw)
    except Unreadable as problem:
        raise click.UsageError(f"{file}: {problem}") from problem


def again(file: Path, raw: bytes, *, as_json: bool, rehearsal: bool = False) -> None:
    """Counts a ballot's published file again and prints it. Raises ClickException where another count stands in it."""
    # Slow: the room of ballots brings the store along, which a .blt file needs nothing of.
    from hub.ballots import published, recounting
    from hub.lot.chains import QUICKNET, REHEARSAL

    try:
        sheet = published.parse_sheet(raw)
        counted, agrees = recounting.recount(sheet, REHEARSAL if rehearsal else QUICKNET)
    except (ValueError, RecursionError) as problem:
        raise click.UsageError(f"{file}: this is not a whole ballot file. {problem}") from problem
    if as_json:
        click.echo(sheet_bytes(counted).decode())
    else:
        for sentence in sentences(counted) if sheet["kind"] == "stv" else counted["sentences"]:
            click.echo(sentence)
    if not agrees:
        raise click.ClickException("Another count stands in the file than its papers give.")
    if not as_json:
        click.echo("It is the count that was published.")
