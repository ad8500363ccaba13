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
@click.option("--seed", help="The text that decides lots, as published with the ballots.")
def count(file: Path, as_json: bool, seed: str | None) -> None:
    """Count the ballots in FILE (.blt; - for what is piped in) by Scottish STV.

    With one seat that is the alternative vote. A candidate called "Re-open nominations" is counted as that.
    """
    contest = read(file)
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


def read(file: Path) -> Contest:
    """Reads a ballot file. Raises UsageError, with the line, for one that is none."""
    try:
        with click.open_file(str(file), "rb") as source:
            return parse_blt(source.read(MOST_BYTES + 1))
    except (Unreadable, OSError) as problem:
        raise click.UsageError(f"{file}: {problem}") from problem
