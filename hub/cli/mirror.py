"""hub mirror: keep a verified copy of a hub."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from hub.cli.log import FINGERPRINT, JSON, KEY, SOURCES, fingerprint_given, given, key_of_place, told_of_charters
from hub.cli.outcome import facts, outcomes
from hub.ledger import catalogue, reading
from hub.mirror import publish as publishing
from hub.mirror import pull as pulling
from hub.mirror.git import records
from hub.mirror.pins import Fingerprints, known_logs
from hub.mirror.sources import source_of
from hub.tlog.hashes import format_base64
from hub.tlog.note import format_vkey


@click.group()
def mirror() -> None:
    """A copy of a hub's public side that anyone can keep, check and fork from."""


@mirror.command()
@click.argument("url")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@KEY
@FINGERPRINT
@JSON
def pull(url: str, folder: Path, key: str | None, fingerprint: str | None, as_json: bool) -> None:
    """Bring the mirror in DIR up to date with the hub at URL (or a folder). Everything written was verified."""
    catalogue.load()
    known = fingerprint_given(fingerprint)
    with outcomes(), closing(source_of(url)) as source:
        log_key = given(key) or reading.own_key(folder, None) or key_of_place(url)
        pins = Fingerprints(known_logs())
        done = pulling.pull(source, folder, log_key, known or pins.of_address(source.name))
        if known and pins.of_address(source.name):
            pins.keep(source.name, done.charters.chain[0])
    facts(
        {
            "origin": done.head.origin,
            "size": done.head.size,
            "root": format_base64(done.head.root),
            "new_entries": done.head.size - done.old,
            "new_openings": done.opened,
            "openings_forgotten": done.erased,
            "openings_not_there": done.missing,
            "key": format_vkey(done.key.verifier),
            "checked_with": SOURCES[done.key.source],
            **told_of_charters(replace(done.charters, notes=[])),
            "notes": done.notes,
            "problems": done.problems,
        },
        as_json,
    )


@mirror.command("git")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@KEY
@JSON
def git_(folder: Path, key: str | None, as_json: bool) -> None:
    """Write the record of the copy in DIR as a history for git, in DIR/git/hub.git. Any copy gives the same ids."""
    catalogue.load()
    given(key)
    with outcomes():
        view = folder / publishing.GIT
        done = records.write_of_copy(folder, reading.own_key(folder, key), view)
    facts({"commit": done.commit.hex(), "size": done.size, "next": f"git clone {view}"}, as_json)
