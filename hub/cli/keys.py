"""hub keys: an heir takes in the two keys by which branch sites know members again."""

from __future__ import annotations

import re
from pathlib import Path

import click
import sqlalchemy as sa

from hub import settings as house
from hub.cli import stores
from hub.cli.outcome import facts, outcomes
from hub.db import Database
from hub.ledger import files
from hub.matcher import settings as matcher_settings
from hub.matcher.models import codes
from hub.people.models import persons

SUBJECT, PAIR = "subject.key", "pair.key"
PLACES = {SUBJECT: "matcher/keys", PAIR: "keys"}
SHAPES = {SUBJECT: re.compile(rb".{32}", re.DOTALL), PAIR: re.compile(rb"[0-9a-f]{64}\n")}
LATE = (
    "Somebody has come to this hub already, and their sites know them by the key that is here. "
    "Fork again, and take the keys in before anybody comes."
)


@click.group()
def keys() -> None:
    """The keys that a hub hands down to its heir, by its trustees."""


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "name", type=click.Choice([SUBJECT, PAIR]), help="Which key it is; by its file's name otherwise.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="The heir's folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def take(file: Path, name: str | None, data: Path, as_json: bool) -> None:
    """Put a key that trustees joined in the place of the heir's own, before the first member comes back.

    FILE is what `hub trustee join` wrote. With both keys, every site knows its members by the same subjects as before.
    """
    name = name or file.name
    if name not in PLACES:
        raise click.UsageError(f"Say with --as which key {file} is: {SUBJECT} or {PAIR}.")
    raw = files.read(file, 1 << 10) or b""
    if not SHAPES[name].fullmatch(raw):
        raise click.ClickException(f"{file} does not hold what a {name} holds. Nothing was changed.")
    path = data / PLACES[name] / name
    with outcomes():
        if _is_in_use(data):
            raise click.ClickException(LATE)
    files.put({path: raw}, mode=0o400)
    after = [f"Remove {file}: nobody but the hub keeps this key in one piece.", "If the hub runs, start it again."]
    facts({"taken": str(path), "next": after}, as_json)


def _is_in_use(data: Path) -> bool:
    """Tells whether anybody proved membership here, or was sent a code. Who claimed an office has no seed yet.

    Raises SettingsError.
    """
    found = [_any(stores.open_hub(house.load(data)), persons.c.seed.is_not(None))]
    matcher = data / "matcher"
    if (matcher / matcher_settings.FILE).exists():
        found.append(_any(stores.open_matcher(matcher_settings.load(matcher)), codes.c.hash.is_not(None)))
    return any(found)


def _any(database: Database, row: sa.ColumnElement[bool]) -> bool:
    with database.read() as tx:
        found = tx.scalar(sa.select(sa.literal(1)).where(row).limit(1)) is not None
    database.close()
    return found
