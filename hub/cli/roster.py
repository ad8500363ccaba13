"""hub roster: the membership office's list, beside the matcher's store, as its user; never through the web."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from hub import clock
from hub.cli.outcome import outcomes
from hub.cli.roster_text import summary
from hub.cli.stores import open_desk
from hub.matcher import contacts
from hub.matcher.desk import Desk
from hub.matcher.domains import CHANGED, GONE
from hub.matcher.intake import operators, second
from hub.matcher.intake.batch import Outcome, take_in
from hub.matcher.intake.confirm import confirm_contacts
from hub.matcher.intake.facts import facts_of, members_of
from hub.matcher.intake.letters import print_letters
from hub.matcher.intake.reading import Unreadable
from hub.matcher.intake.report import write_report
from hub.matcher.intake.rules import BadRules, rules_from
from hub.matcher.intake.stops import Allowed
from hub.matcher.tellings import publish

a_file = click.Path(path_type=Path, exists=True, dir_okay=False)
data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    default=Path("."),
    help="The hub's folder.",
)
rules_option = click.option("--settings", "rules_file", type=a_file, help="TOML for this source.")
operator_option = click.option("--operator", default="", help="Who you are, to pass a stop.")
key_option = click.option("--key", default="", envvar="FOLKMOOT_OPERATOR_KEY", help="Your key; asked for if not given.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
COUNT = click.IntRange(min=0)


@click.group()
def roster() -> None:
    """Import the organisation's list of members."""


@roster.command("import")
@click.argument("files", type=a_file, nargs=-1, required=True)
@click.option("--source", required=True, help="A name for where the list comes from.")
@rules_option
@click.option("--full/--partial", "full", default=None, help="Does the file list everybody?")
@click.option("--apply", "is_real", is_flag=True, help="Write; without it nothing is changed.")
@click.option("--allow-removals", "removals", type=COUNT, help="Pass that stop, by its exact number.")
@click.option("--allow-rejected", "rejected", type=COUNT, help="Pass that stop, by its exact number.")
@click.option("--allow-contacts", "contacts", type=COUNT, help="Pass that stop, by its exact number.")
@click.option("--allow-joiners", "joiners", type=COUNT, help="Pass that stop, by its exact number.")
@click.option("--accept-headers", "headers", is_flag=True, help="The columns have changed, and are right.")
@click.option("--again", is_flag=True, help="Apply a file that was applied before.")
@operator_option
@key_option
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Where to list rows that were not used."
)
@json_option
@data_option
@click.pass_context
def import_(
    context: click.Context,
    /,
    files: tuple[Path, ...],
    source: str,
    rules_file: Path | None,
    full: bool | None,
    is_real: bool,
    operator: str,
    key: str,
    report: Path | None,
    as_json: bool,
    data: Path,
    **allowed: Any,
) -> None:
    """Compare FILES with what is there, and apply them. Several files are the parts of one export."""
    if full is None:
        raise click.UsageError("Say whether the file lists everybody: --full or --partial.")
    with _outcomes():
        desk = open_desk(data)
        _check(desk, operator, key)
        with _progress(files) as on_row:
            done = take_in(
                desk, files, source, rules_from(rules_file), full=full, is_real=is_real, allowed=Allowed(**allowed),
                operator=operator, on_row=on_row, members=members_of if as_json else None,
            )  # fmt: skip
        listed = _report(done, report)
    if as_json:
        click.echo(json.dumps(facts_of(done) | {"report": listed}, ensure_ascii=False))
    else:
        click.echo(summary(done, facts_of(done), listed, _typed(files, source, rules_file, full, Allowed(**allowed))))
    context.exit(3 if done.must_stop else 0)


@roster.command("approve")
@click.argument("name", metavar="IMPORT")
@operator_option
@key_option
@json_option
@data_option
def approve(name: str, operator: str, key: str, as_json: bool, data: Path) -> None:
    """Carry out IMPORT, which another operator asked for and which passes a stop."""
    with _outcomes():
        desk = open_desk(data)
        operator = operator or click.prompt("Operator", err=True)
        _check(desk, operator, key)
        kind = second.approve(desk, name, operator=operator)
    done = "applied" if kind == "import" else "taken back"
    click.echo(json.dumps({"import": name, "state": done}) if as_json else f"{name} is {done}.")


@roster.command("undo")
@click.argument("name", metavar="IMPORT")
@click.option("--allow-removals", "removals", type=COUNT, help="Pass the stop, by its exact number.")
@operator_option
@key_option
@json_option
@data_option
def undo(name: str, removals: int | None, operator: str, key: str, as_json: bool, data: Path) -> None:
    """Take IMPORT back, within 30 days: everybody is as they were before it."""
    with _outcomes():
        desk = open_desk(data)
        _check(desk, operator, key)
        state = second.take_back(desk, name, removals=removals, operator=operator)
    sentences = {
        "undone": f"{name} is taken back.",
        "waiting": f"It waits for a second operator, for seven days:  hub roster approve {name}",
    }
    click.echo(json.dumps({"import": name, "state": state}) if as_json else sentences[state])


@roster.command("letters")
@click.argument("file", type=a_file)
@click.option("--out", type=click.Path(path_type=Path), default=Path("letters.html"), help="The file to print from.")
@rules_option
@json_option
@data_option
def letters(file: Path, out: Path, rules_file: Path | None, as_json: bool, data: Path) -> None:
    """Print a letter with a code for each member of FILE who asked for one. Nothing of FILE is kept."""
    with _outcomes():
        try:
            many = print_letters(open_desk(data), file, rules_from(rules_file), out)
        except FileExistsError as problem:
            raise click.ClickException(f"{out} is there already. Name another file.") from problem
    said = f"{many} letters in {out}. Print and post them, then delete the file: it holds codes and addresses."
    click.echo(json.dumps({"letters": many, "file": str(out)}) if as_json else said)


@roster.command("contacts")
@json_option
@data_option
def contacts_(as_json: bool, data: Path) -> None:
    """List the mail domains that lapsed or changed hands, and how many members' contacts do not count for it."""
    with _outcomes():
        desk = open_desk(data)
        with desk.db.read() as tx:
            found = contacts.report(tx, desk.keys)
    if as_json:
        click.echo(json.dumps({"checked": bool(desk.settings.registry), "domains": [asdict(one) for one in found]}))
        return
    if not desk.settings.registry:
        click.echo("No registry is named in matcher.toml: mail domains are not checked.")
    elif not found:
        click.echo("Every contact counts.")
    words = {GONE: "lapsed", CHANGED: "registered anew"}
    for one in found:
        click.echo(f"{one.domain:<40} {words[one.why]:<16} {one.rows}")


@roster.command("confirm")
@click.argument("file", type=a_file)
@rules_option
@json_option
@data_option
def confirm(file: Path, rules_file: Path | None, as_json: bool, data: Path) -> None:
    """Verify the contacts of FILE's members again, whom the office has asked. Nothing of FILE is kept."""
    with _outcomes():
        again, others = confirm_contacts(open_desk(data), file, rules_from(rules_file))
    said = f"{again} contacts count again; {others} rows had nothing to confirm."
    click.echo(json.dumps({"confirmed": again, "others": others}) if as_json else said)


@roster.group("operator")
def operator_() -> None:
    """Name who works the roster. A stop is passed by two of them."""


@operator_.command("add")
@click.argument("name")
@json_option
@data_option
def add_operator(name: str, as_json: bool, data: Path) -> None:
    """Name an operator, and print their key. The public record says that one was named, not who."""
    with _outcomes():
        desk = open_desk(data)
        with desk.db.write() as tx:
            key = operators.name_operator(tx, name)
        publish(desk.db, desk.settings)
    said = f"The key of {name}, shown once; it is theirs alone:  {key}"
    click.echo(json.dumps({"operator": name, "key": key}) if as_json else said)


@operator_.command("remove")
@click.argument("name")
@data_option
def remove_operator(name: str, data: Path) -> None:
    """Take an operator off the list."""
    with _outcomes():
        desk = open_desk(data)
        with desk.db.write() as tx:
            operators.remove_operator(tx, name)
        publish(desk.db, desk.settings)
    click.echo(f"{name} is no longer an operator.")


@contextmanager
def _outcomes() -> Iterator[None]:
    with outcomes():
        try:
            yield
        except (Unreadable, BadRules) as problem:
            raise click.ClickException(str(problem)) from problem


def _check(desk: Desk, operator: str, key: str) -> None:
    if not operator:
        return
    key = key or click.prompt("Key", hide_input=True, err=True)
    with desk.db.read() as tx:
        operators.check_operator(tx, operator, key)


@contextmanager
def _progress(files: tuple[Path, ...]) -> Iterator[Callable[[int], None] | None]:
    """Shows a bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    total, seen = sum(path.stat().st_size for path in files), [0, 0]
    with click.progressbar(length=total, label="Reading", file=sys.stderr) as bar:

        def on_row(position: int) -> None:
            # A smaller position than before is the next file's.
            before, seen[0] = (seen[0] if position >= seen[0] else 0), position
            bar.update(position - before)

        yield on_row


def _report(done: Outcome, path: Path | None) -> str | None:
    """Lists the rows that were not used, and returns where."""
    if not done.reading.refused:
        return None
    path = path or Path(f"report-{clock.today().isoformat()}.csv")
    try:
        write_report(path, done.reading)
    except OSError as problem:
        raise click.ClickException(
            f"{path} cannot be written: {problem.strerror}. Say where: --report FILE"
        ) from problem
    return str(path)


def _typed(files: tuple[Path, ...], source: str, rules_file: Path | None, full: bool, allowed: Allowed) -> str:
    words = ["hub roster import", *map(str, files), f'--source "{source}"' if " " in source else f"--source {source}"]
    words += [f"--settings {rules_file}"] if rules_file else []
    return " ".join([*words, "--full" if full else "--partial", *filter(None, [allowed.options])])
