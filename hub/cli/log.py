"""hub log: verify a log, prove an entry, check such a proof."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import click

from hub import settings
from hub.charter import checking
from hub.charter.checking import Findings
from hub.charter.rules import open_charter
from hub.charter.text import Charter, parse_fingerprint
from hub.cli.outcome import facts, outcomes
from hub.clock import today
from hub.db import Database
from hub.ledger import catalogue, entries, files, reading
from hub.ledger import verify as verifying
from hub.ledger.beginnings import Unverified
from hub.ledger.reading import Key
from hub.ledger.verify import Report
from hub.mirror import charters_in, shown
from hub.mirror.pins import Fingerprints, Pins, known_logs
from hub.mirror.pull import pull
from hub.mirror.sources import Address, Folder
from hub.tlog.hashes import Spoilt, format_base64
from hub.tlog.note import format_vkey, parse_note, parse_vkey
from hub.tlog.receipt import check_receipt, format_receipt, parse_receipt

DATA = click.option("--data", type=click.Path(path_type=Path), default=".", help="The data folder; here by default.")
KEY = click.option("--key", metavar="VKEY", help="The log's key, from somewhere you trust: name+id+key.")
FINGERPRINT = click.option(
    "--fingerprint", metavar="DIGITS", help="Of the hub's first charter, from paper or the rule book: 64 digits."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")

SOURCES = {
    "given": "the key you gave",
    "pinned": "the key kept from the first look",
    "own": "this hub's own key",
    "charter": "the key that the charter names, whose fingerprint is known",
    "named": "the key the log itself names; believed now and kept. Compare it with one you have from elsewhere",
}


@click.group()
def log() -> None:
    """The public record, as anyone can check it."""


@log.command()
@click.argument("place", required=False)
@DATA
@KEY
@FINGERPRINT
@JSON
def verify(place: str | None, data: Path, key: str | None, fingerprint: str | None, as_json: bool) -> None:
    """Recompute a log: every hash, the signature, the charters, and the state it gives.

    PLACE is a data folder, a mirror, or a hub's address; the data folder by default.
    """
    catalogue.load()
    given(key)
    known = fingerprint_given(fingerprint)
    with outcomes():
        address = place if place and place.startswith(("http://", "https://")) else None
        folder = Path(place) if place else data
        report, found = verify_address(address, key, known) if address else verify_folder(folder, key, known)
    facts({**told(report), **told_of_charters(found)}, as_json)
    if report.problems:
        sys.exit(1)


@log.command()
@click.argument("index", type=click.IntRange(min=0))
@click.option("--from", "place", type=click.Path(path_type=Path), help="A mirror; the data folder by default.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file, by custom *.tlog-proof.")
@DATA
@KEY
def prove(index: int, place: Path | None, out: Path | None, data: Path, key: str | None) -> None:
    """Write a receipt: the proof that entry INDEX stands in the log."""
    with outcomes():
        folder = place or data
        known = reading.own_key(folder, key)
        if known is None:
            raise Unverified(f"{folder} has no key to prove with. Give one with --key.")
        raw = format_receipt(reading.prove(folder, index, known))
    if out:
        out.write_bytes(raw)
    else:
        click.echo(raw, nl=False)


@log.command()
@click.argument("receipt", type=click.File("rb"))
@click.option(
    "--charter", type=click.Path(path_type=Path, exists=True),
    help="The charter in force, or a mirror that has it: its quorum of witnesses must have signed.",
)  # fmt: skip
@KEY
@JSON
def check(receipt: Any, charter: Path | None, key: str | None, as_json: bool) -> None:
    """Check a receipt without asking anybody. RECEIPT is a file, or - for what is piped in."""
    with outcomes():
        try:
            found = parse_receipt(receipt.read(1 << 20))
            by = charter_given(charter) if charter else None
            known = given(key) or (Key(by.policy.logs[0].key, "charter") if by else None)
            known = known or _key_of(parse_note(found.checkpoint)[0].split("\n")[0], key)
            if found.extra is None:
                raise Unverified("This receipt does not carry its entry, so there is nothing to check it for.")
            head = check_receipt(found, found.extra, [known.verifier])
            witnesses = checking.insist_on_quorum(by, known.verifier, found.checkpoint) if by else ()
        except Spoilt as problem:
            raise Unverified(f"The receipt does not hold: {problem}.") from problem
    entry = entries.parse_entry(found.extra, found.index)
    facts(
        {
            "index": found.index,
            "type": entry.type,
            "origin": head.origin,
            "size": head.size,
            "root": format_base64(head.root),
            "key": format_vkey(known.verifier),
            "checked_with": SOURCES[known.source],
            **(
                {"charter": by.version, "witnessed_by": list(witnesses)}
                if by
                else {"witnesses": "not asked: give the charter, or a mirror that has it, with --charter"}
            ),
            "entry": found.extra.decode(),
        },
        as_json,
    )


def charter_given(path: Path) -> Charter:
    """Reads a charter's note from a file, or the newest of a mirror. Raises Unverified where too few trustees sign."""
    places = (path / charters_in.LATEST, path / "public" / charters_in.LATEST) if path.is_dir() else (path,)
    raw = next((raw for place in places if (raw := files.read(place, charters_in.NOTE)) is not None), None)
    if raw is None:
        raise Unverified(f"There is no charter in {path}.")
    signed = open_charter(raw)
    if signed.count(signed.charter.trustees) < signed.charter.threshold:
        raise Unverified(f"This charter is not signed by {signed.charter.threshold} of its own trustees.")
    return signed.charter


def verify_folder(folder: Path, key: str | None, fingerprint: bytes | None = None) -> tuple[Report, Findings]:
    """Verifies a data folder with its database, or a mirror, and the charters that lie there."""
    known = reading.own_key(folder, key)
    log = reading.read_log(folder, known)
    with ExitStack() as stack:
        database = None
        if (folder / settings.FILE).exists():
            database = Database(settings.load(folder).database_url)
            stack.callback(database.close)
        report = verifying.verify_log(log, folder, database)
    void = {one.index for one in report.ignored}
    record, served = checking.record_of(log.entries, void, log.key.verifier), charters_in.fetch(Folder(folder), [])
    found = checking.check(served, record, log.note, today(), fingerprint)
    charters_in.insist_on_nothing_else(folder, len(served))
    report.problems += found.problems
    return report, found


def verify_address(address: str, key: str | None, fingerprint: bytes | None = None) -> tuple[Report, Findings]:
    """Verifies a hub over the network: pulls into a folder that is thrown away, and pins at the first look."""
    pins, charters = Pins(known_logs()), Fingerprints(known_logs())
    with closing(Address(address)) as source, tempfile.TemporaryDirectory(prefix="folkmoot-") as name:
        known = given(key) or pins.of_address(source.name)
        pulled = pull(source, Path(name), known, fingerprint or charters.of_address(source.name))
        report = verifying.verify(Path(name), pulled.key)
        report.problems += pulled.problems
        seen = shown.look(source, Path(name), pulled.head.size)
        report.problems += [text for text in seen.problems if text not in report.problems]
    if known is None:
        pins.keep(source.name, pulled.head.origin, pulled.key.verifier)
    if pulled.charters.chain:
        charters.keep(source.name, pulled.charters.chain[0])
    return report, pulled.charters


def told_of_charters(found: Findings) -> dict[str, Any]:
    """Returns what was found of charters as facts; nothing where there is none."""
    if not found.chain:
        return {}
    return {
        "fingerprint": found.fingerprint,
        "charter": found.chain[-1].charter.version,
        "witnessed_by": list(found.witnesses),
        "charter_notes": found.notes,
    }


def told(report: Report) -> dict[str, Any]:
    """Returns a report as facts."""
    return {
        "holds": not report.problems,
        "origin": report.head.origin,
        "size": report.head.size,
        "root": format_base64(report.head.root),
        "key": format_vkey(report.key.verifier),
        "checked_with": SOURCES[report.key.source],
        "compared_with": report.compared,
        "not_yet_published": report.unpublished,
        "words_not_there": report.missing,
        "words_withheld": report.withheld,
        "signed_by_office_holders": report.signed,
        "entries_that_change_nothing": [
            {"index": ignored.index, "why": ignored.verdict.sentence} for ignored in report.ignored
        ],
        "problems": report.problems,
    }


def _key_of(origin: str, key: str | None) -> Key:
    known = given(key) or Pins(known_logs()).of_origin(origin)
    if known is None:
        raise click.UsageError(f"No key of {origin} is known here. Give one with --key.")
    return known


def key_of_place(place: str) -> Key | None:
    """Returns the key known for a place: pinned to an address, or lying in a mirror or data folder."""
    if place.startswith(("http://", "https://")):
        return Pins(known_logs()).of_address(place.rstrip("/"))
    return reading.own_key(Path(place), None)


def fingerprint_given(typed: str | None) -> bytes | None:
    """Reads a fingerprint from the command line. Raises UsageError for a text that is none."""
    if typed is None:
        return None
    try:
        return parse_fingerprint(typed)
    except Spoilt as problem:
        raise click.UsageError(f"--fingerprint: {problem}.") from problem


def given(key: str | None) -> Key | None:
    """Reads a key from the command line. Raises UsageError for a text that is none."""
    if key is None:
        return None
    try:
        return Key(parse_vkey(key), "given")
    except Spoilt as problem:
        raise click.UsageError(f"--key: {problem}.") from problem
