"""hub area import: which postcode districts make an area."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import click

from hub import clock
from hub import settings as house
from hub.branches import actions as branches
from hub.cli import stores
from hub.cli.outcome import facts, outcomes
from hub.db import Database
from hub.ledger.files import put
from hub.settings import Settings


@click.group()
def area() -> None:
    """Declare postcode areas."""


@area.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--operator", help="Who does this; default: the name of the system's user.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="The hub's folder.")
def import_(file: Path, operator: str | None, as_json: bool, data: Path) -> None:
    """Declare the areas of FILE: JSON, a list of {slug, name, aliases, districts}.

    Until a council member is seated this declares them; afterwards it proposes them, and a council member confirms.
    """
    with outcomes():
        settings = house.load(data)
        if settings.demo:
            clock.follow(settings.clock)
        areas = read_areas(file)
        declared = import_areas(settings, areas, operator or getpass.getuser())
    if as_json:
        facts({"areas": len(areas), "state": "declared" if declared else "proposed"}, as_json)
    else:
        click.echo(f"{len(areas)} areas " + ("declared." if declared else "proposed: a council member confirms them."))


def read_areas(file: Path) -> list[dict[str, Any]]:
    """Reads a list of areas. Raises click.ClickException for any other shape."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        return [
            {
                "slug": str(row["slug"]),
                "names": [str(row["name"]), *map(str, row.get("aliases", []))],
                "districts": [*map(str, row["districts"]), *map(str, row.get("fictitious", []))],
            }
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise click.ClickException(f"{file} is no list of areas: {problem}") from problem


def import_areas(settings: Settings, areas: list[dict[str, Any]], operator: str) -> bool:
    """Declares or proposes areas, and leaves the public list where the matcher reads it."""
    database = stores.open_hub(settings)
    with database.write() as tx:
        declared = branches.declare_at_founding(tx, areas, operator=operator)
    leave_for_matcher(settings, database)
    database.close()
    return declared


def leave_for_matcher(settings: Settings, database: Database) -> None:
    """Leaves the public list of areas where the matcher's import reads it, when it changed."""
    with database.read() as tx:
        wanted = json.dumps(branches.areas_for_matcher(tx), ensure_ascii=False, indent=1).encode()
    path = settings.matcher / "areas/areas.json"
    if not path.exists() or path.read_bytes() != wanted:
        put({path: wanted})
