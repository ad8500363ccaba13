"""hub fork: carry on where another hub stopped."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from hub.cli import stores
from hub.cli.area import leave_for_matcher
from hub.cli.init import seat_links
from hub.cli.log import FINGERPRINT, JSON, KEY, SOURCES, fingerprint_given, given, key_of_place
from hub.cli.outcome import facts, outcomes
from hub.cli.prepare import prepare
from hub.ledger import catalogue
from hub.mirror import fork as forking
from hub.mirror.pins import Fingerprints, known_logs
from hub.mirror.sources import source_of
from hub.tlog.hashes import format_base64
from hub.tlog.note import format_vkey

MISSING = (
    "Not copied, because it was never public: the roster, accounts and memberships, the matcher's keys. "
    "Whoever kept the receipt of an office claims it at /claim. Import a roster, and members prove themselves again."
)

NEXT = (
    "Before anybody comes back, where three trustees joined the two keys: hub keys take subject.key --data {folder}",
    "and: hub keys take pair.key --data {folder}",
    "hub roster import members.csv --source hq --full --data {folder}; look; then again with --apply",
    "hub serve --data {folder}",
    "docs/drill.md goes through the whole day.",
)


@click.command()
@click.argument("source")
@click.argument("newdir", type=click.Path(path_type=Path, file_okay=False))
@click.option("--url", required=True, help="Where the new hub will be reached: https://hub.example.org")
@click.option("--at", type=click.IntRange(min=1), metavar="SIZE", help="Carry on from the first SIZE entries only.")
@KEY
@FINGERPRINT
@JSON
def fork(
    source: str, newdir: Path, url: str, at: int | None, key: str | None, fingerprint: str | None, as_json: bool
) -> None:
    """Make an heir of a hub in NEWDIR. SOURCE is a hub's address or a mirror folder."""
    catalogue.load()
    first = fingerprint_given(fingerprint)
    with outcomes(), closing(source_of(source)) as origin:
        known = given(key) or key_of_place(source)
        first = first or Fingerprints(known_logs()).of_address(origin.name)
        done = forking.fork(origin, newdir, url, at=at, key=known, fingerprint=first, make=prepare)
        database = stores.open_hub(done.settings)
        with database.write() as tx:
            links = seat_links(tx, done.settings)
        leave_for_matcher(done.settings, database)
        database.close()
    facts(
        {
            "made": str(newdir),
            "origin": done.head.origin,
            "size": done.head.size,
            "root": format_base64(done.head.root),
            "continues": {
                "origin": done.continues.origin,
                "size": done.continues.size,
                "root": format_base64(done.continues.root),
            },
            "checked_with": SOURCES[done.key.source],
            "notes": [*done.notes, MISSING],
            "operator_link": [link for role, link in links if role == "steward"],
            "founder_links": [link for role, link in links if role == "council"],
            "log_key": format_vkey(done.verifier),
            "next": [step.format(folder=newdir) for step in NEXT],
        },
        as_json,
    )
