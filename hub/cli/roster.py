"""hub roster import: the membership office's list, beside the matcher's store. A dry run unless --apply."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from hub import clock
from hub.cli import stores
from hub.cli.outcome import outcomes
from hub.matcher.desk import Desk
from hub.matcher.intake import batch
from hub.matcher.intake.letters import print_letters
from hub.matcher.intake.reading import Unreadable
from hub.matcher.keys import load_keys
from hub.matcher.settings import load


@click.group()
def roster() -> None:
    """Import the organisation's list of members."""


@roster.command("import")
@click.argument("files", type=click.Path(path_type=Path, exists=True, dir_okay=False), nargs=-1, required=True)
@click.option("--source", required=True, help="A name for where the list comes from.")
@click.option("--settings", "rules_file", type=click.Path(path_type=Path, exists=True), help="TOML for this source.")
@click.option("--full/--partial", "full", default=None, help="Does the file list everybody?")
@click.option("--apply", "is_real", is_flag=True, help="Write; without it nothing is changed.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="The hub's folder.")
@click.pass_context
def import_(
    context: click.Context,
    files: tuple[Path, ...],
    source: str,
    rules_file: Path | None,
    full: bool | None,
    is_real: bool,
    as_json: bool,
    data: Path,
) -> None:
    """Compare FILES with what is there, and apply them."""
    if full is None:
        raise click.UsageError("Say whether the file lists everybody: --full or --partial.")
    with outcomes():
        desk = open_desk(data)
        try:
            facts = take_in(desk, files, source, batch.rules_from(rules_file), full=full, is_real=is_real)
        except (Unreadable, ValueError, TypeError) as problem:
            raise click.ClickException(str(problem)) from problem
    _print(facts, as_json)
    context.exit(3 if facts["stop"]["must"] else 0)


def open_desk(data: Path) -> Desk:
    """Opens the matcher's store and keys of a hub's folder."""
    settings = load(data / "matcher")
    if settings.explain:
        clock.follow(data / "clock")
    return Desk(stores.open_matcher(settings), load_keys(settings.keys), settings)


def take_in(
    desk: Desk, files: tuple[Path, ...], source: str, rules: batch.Rules, *, full: bool, is_real: bool
) -> dict[str, Any]:
    """Reads, compares and, if asked to and nothing stops it, applies; returns the facts to print."""
    areas = batch.areas_known(desk)
    readings = [batch.read_file(path, rules, areas) for path in files]
    sha256 = readings[0].sha256 if len(readings) == 1 else _joined(readings)
    with desk.db.write() as tx:
        difference = batch.compare(tx, desk, readings, rules, full=full)
        reasons = batch.stops(difference, readings, full=full, already=batch.was_applied(tx, sha256))
        done = is_real and not reasons
        applied = batch.apply(tx, desk, difference, rules, source=source, sha256=sha256, full=full) if done else None
    desk.publish_imports()
    rejected = Counter(reason for reading in readings for _, reason in reading.rejected)
    return {
        "columns": readings[0].columns,
        "ignored_columns": readings[0].ignored,
        "rows": {"read": sum(reading.read for reading in readings), "rejected": dict(rejected)},
        "counts": dict(difference.counts),
        "current_before": difference.before,
        "removals": difference.removals,
        "stop": {"must": bool(reasons), "reasons": reasons},
        "applied": applied,
    }


def _joined(readings: list[batch.Reading]) -> str:
    return hashlib.sha256("".join(sorted(reading.sha256 for reading in readings)).encode()).hexdigest()


def _print(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(f"Read {facts['rows']['read']:,} rows")
    click.echo("Columns  " + " · ".join(f"{column} → {name}" for name, column in facts["columns"].items()))
    if facts["ignored_columns"]:
        click.echo("Ignored  " + " · ".join(facts["ignored_columns"]))
    changes = [f"{name.replace('_', ' ')} {count:,}" for name, count in facts["counts"].items() if count]
    click.echo("Changes  " + (" · ".join(changes) or "none"))
    for reason, count in facts["rows"]["rejected"].items():
        click.echo(f"Not used {count:,}: {reason.replace('_', ' ')}")
    if facts["stop"]["must"]:
        click.echo("STOP     " + ", ".join(reason.replace("_", " ") for reason in facts["stop"]["reasons"]))
    elif facts["applied"]:
        click.echo(f"Applied  as {facts['applied']}")
    else:
        click.echo("STOP     none. Nothing was written: add --apply to apply it.")


@roster.command("letters")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), default=Path("letters.html"), help="The file to print from.")
@click.option("--settings", "rules_file", type=click.Path(path_type=Path, exists=True), help="TOML for this source.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="The hub's folder.")
def letters(file: Path, out: Path, rules_file: Path | None, data: Path) -> None:
    """Print a letter with a code for each member of FILE who asked for one. Nothing of FILE is kept."""
    with outcomes():
        desk = open_desk(data)
        try:
            many = print_letters(desk, file, batch.rules_from(rules_file), out)
        except FileExistsError as problem:
            raise click.ClickException(f"{out} is there already. Name another file.") from problem
        except (Unreadable, ValueError, TypeError) as problem:
            raise click.ClickException(str(problem)) from problem
    click.echo(f"{many} letters in {out}. Print and post them, then delete the file: it holds codes and addresses.")
