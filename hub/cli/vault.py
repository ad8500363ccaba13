"""hub vault: copies of the keys of people, which live for seven days at most."""

from __future__ import annotations

from pathlib import Path

import click

from hub import sealing
from hub import settings as house
from hub.cli import stores
from hub.cli.outcome import facts, outcomes
from hub.people.sealed import name_again
from hub.sealing import copies

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
data_option = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="The hub's folder."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def vault() -> None:
    """Copy the keys of people, and let no copy grow old."""


@vault.command()
@click.argument("folder", type=FOLDER)
@data_option
@json_option
def save(folder: Path, data: Path, as_json: bool) -> None:
    """Write a copy of the keys into FOLDER, and remove the copies there that are six days old.

    Run it once a day, into a folder that no other backup takes along.
    """
    with outcomes():
        opened = sealing.open_vault(house.load(data))
        saved = copies.save(opened, folder)
        opened.db.close()
        facts({"saved": str(saved), "removed": [str(path) for path in copies.prune(folder)]}, as_json)


@vault.command()
@click.argument("folder", type=FOLDER)
@json_option
def prune(folder: Path, as_json: bool) -> None:
    """Remove the copies in FOLDER that are six days old, wherever else you keep them."""
    with outcomes():
        facts({"removed": [str(path) for path in copies.prune(folder)]}, as_json)


@vault.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@data_option
@json_option
def restore(file: Path, data: Path, as_json: bool) -> None:
    """Give the hub back the keys of FILE that it lacks, but those of people who were erased. Stop the hub first."""
    with outcomes():
        settings = house.load(data)
        opened = sealing.open_vault(settings)
        back = copies.restore(opened, file)
        opened.db.close()
        database = stores.open_hub(settings)
        with database.write() as tx:
            known = name_again(tx)
        database.close()
        facts({"keys_given_back": back, "words_found_again": known, "next": "Start the hub again."}, as_json)
