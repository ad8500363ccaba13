"""hub demo: a hub of invented members, seeded by playing its story, and served on localhost."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

import click

from hub import clock
from hub import settings as house
from hub.cli import stores
from hub.cli.demo.people import Invented, invent
from hub.cli.demo.rules import demo_rules
from hub.cli.demo.story import DAYS, tell
from hub.cli.demo.telling import Equip, Story, empty_handed
from hub.cli.init import found
from hub.cli.outcome import outcomes
from hub.cli.serve import Supervisor, parts_of
from hub.mirror import publish

ROLES = (
    ("york_one", "organises the York branch and York Tenants"),
    ("york_three", "organises Night Workers, where somebody waits to be accepted; may confirm York Allotments"),
    ("quiet_otter_42", "moderates York Tenants"),
    ("merry_robin_17", "sits on the founding council"),
    ("plain_swift_58", "speaks for the press, with clear_gull_26"),
)


@click.command()
@click.option("--members", type=click.IntRange(48, 1_000_000), default=96, help="How many invented members.")
@click.option("--seed", type=int, default=7, help="The same seed invents the same members.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="Where to serve.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep the hub in this folder.")
def demo(members: int, seed: int, port: int, data: Path | None) -> None:
    """Found a hub of invented members, tell how it came about, and serve it."""
    kept = data is not None
    folder = data or Path(tempfile.mkdtemp(prefix="folkmoot-demo-"))
    try:
        with outcomes():
            if not (folder / house.FILE).exists():
                click.echo("Founding a hub and playing its story ...", err=True)
                story = seed_demo(folder, port=port, members=invent(members, seed))
                click.echo(guide(story, f"http://localhost:{port}"))
        Supervisor(parts_of(folder, workers=1)).run()
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def seed_demo(
    folder: Path,
    *,
    port: int,
    members: list[Invented],
    database: str = "",
    rules: str = "",
    equip: Equip = empty_handed,
) -> Story:
    """Founds a demo hub in a folder and plays its story; returns who is who. database: empty for SQLite.

    rules: a constitution, the demo's own without; equip: gives whoever comes the devices that such rules ask for.
    """
    values: dict[str, object] = {
        "name": "Example Union",
        "url": f"http://localhost:{port}",
        # The same machine by another name: browsers keep the two apart, as they keep two hosts apart.
        "aside": f"http://127.0.0.1:{port}",
        "port": port,
        "demo": True,
        **({"database": database} if database else {}),
    }
    began = clock.now()
    clock.set_source(lambda: clock.minute(began) - dt.timedelta(days=DAYS))
    settings, links = found(folder, values, delays=(0.0, 2.0), rules=rules or demo_rules())
    store = stores.open_hub(settings)
    story = tell(settings, store, links, members, equip)
    publish.deploy(settings, store)
    publish.publish(settings, store)
    clock.set_source(None)
    store.close()
    settings.clock.write_text("0")
    shutil.rmtree(settings.matcher / "outgoing", ignore_errors=True)
    return story


def guide(story: Story, url: str) -> str:
    """Returns where to go and who to be."""
    newcomer = story.next_of("york")
    letters = next(member for member in story.members if not member.mail)
    lines = [
        "",
        f"  Folkmoot runs at  {url}",
        f"  Codes arrive at   {url}/dev/mail",
        f"  Move the clock at {url}/dev/clock",
        "",
        "  To be somebody, go to /join and type a member number and postcode:",
        "",
    ]
    people = [(story.known[nickname], nickname, what) for nickname, what in ROLES]
    people += [
        (newcomer, "(nobody yet)", "a member of York who has not come yet"),
        (letters, "(nobody yet)", "has no contact on the roster: by letter"),
    ]
    lines += [f"    {who.number}  {who.postcode:<9} {called:<16} {what}" for who, called, what in people]
    return "\n".join([*lines, "", "  Stop with Ctrl-C.", ""])
