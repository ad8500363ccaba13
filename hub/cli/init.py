"""hub init: a new hub in a new folder, with its first two entries and four links to pass on."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.engine import Connection

from hub import settings as house
from hub.cli.outcome import facts, outcomes
from hub.cli.prepare import prepare
from hub.constitution import actions as constitution
from hub.db import Database
from hub.ledger.keys import make_keys
from hub.mirror import publish
from hub.people import invitations
from hub.permits import HUB
from hub.settings import Settings

SEATS = ("steward", "council", "council", "council")
LINK_DAYS = 30


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", default="A new hub", help="The hub's name, as pages show it.")
@click.option("--url", default="http://localhost:8000", help="Where people will reach it: https://hub.example.org")
@click.option("--database", default="", help="A PostgreSQL address; without it, one SQLite file in the folder.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
def init(folder: Path, name: str, url: str, database: str, as_json: bool) -> None:
    """Make a hub in FOLDER."""
    with outcomes():
        values: dict[str, object] = {"name": name, "url": url, **({"database": database} if database else {})}
        settings, links = found(folder, values)
    facts(
        {
            "made": str(settings.data),
            "operator link": [link for role, link in links if role == "steward"],
            "founder links": [link for role, link in links if role == "council"],
            "next": [
                f"hub area import areas.json --data {folder}",
                f"hub roster import members.csv --source hq --full --data {folder}",
                f"hub serve --data {folder}",
                "Pass each link on to one person. It works once, after they proved membership; it seats them 180 days.",
                "Until two founders are seated, 14 days of silence confirm a new branch.",
            ],
        },
        as_json,
    )


def found(
    folder: Path, values: dict[str, object], *, delays: tuple[float, float] = (10.0, 120.0), rules: str = ""
) -> tuple[Settings, list[tuple[str, str]]]:
    """Makes a hub; returns its settings and (role, link) of the four founding seats. Raises SettingsError.

    rules: the constitution, where none stands in the folder; empty for the one that a new hub begins with.
    """
    if (folder / house.FILE).exists():
        raise house.SettingsError(f"There is a hub in {folder} already.")
    settings = house.build(folder, values)
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / "constitution.toml"
    if not written.exists():
        written.write_text(rules or constitution.default_text(), encoding="utf-8")
    database = prepare(settings, delays=delays)
    links = _begin(settings, database, written.read_text(encoding="utf-8"))
    publish.publish(settings, database, anew=True)
    database.close()
    (folder / house.FILE).write_text(house.format_toml(values), encoding="utf-8")
    return settings, links


def _begin(settings: Settings, database: Database, rules: str) -> list[tuple[str, str]]:
    vkey = make_keys(settings.keys, settings.log_origin)
    with database.write() as tx:
        constitution.found_hub(tx, name=settings.name, origin=settings.log_origin, log_key=vkey, text=rules)
        return seat_links(tx, settings)


def seat_links(tx: Connection, settings: Settings) -> list[tuple[str, str]]:
    """Makes the one-use links of the four founding seats, after a founding or a fork: (role, link) each."""
    return [(role, f"{settings.url}/invitations/{_link(tx, role)}") for role in SEATS]


def _link(tx: Connection, role: str) -> str:
    return invitations.issue(tx, kind=role, scope=HUB, act=None, role=role, by=None, days=LINK_DAYS)
