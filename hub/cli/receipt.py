"""hub receipt: check a membership receipt against a copy of the record, and prove that one is one's own. Offline."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from joserfc.jwk import ECKey

from hub import clock
from hub.cli.log import JSON, KEY, SOURCES, given
from hub.cli.outcome import facts, outcomes
from hub.db import scratch
from hub.ledger import catalogue, files, reading
from hub.ledger.beginnings import Unverified
from hub.ledger.reading import Key, lines_of, read_log
from hub.ledger.verify import fold
from hub.receipts import queries, rules, text
from hub.receipts.rules import Checked
from hub.tlog.hashes import Spoilt
from hub.tlog.note import format_vkey

READABLE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def receipt() -> None:
    """Receipts of membership: what a hub said of somebody on a day, and not who that is."""


@receipt.command()
@click.argument("file", type=READABLE)
@click.option("--from", "place", type=click.Path(path_type=Path), help="A mirror, or a hub's folder.")
@click.option("--federation-key", metavar="THUMBPRINT", help="Without a copy: the key of the hub, from its charter.")
@click.option("--counted", is_flag=True, help="Refuse one that its day was not counted with: as an heir must.")
@KEY
@JSON
def check(
    file: Path, place: Path | None, federation_key: str | None, counted: bool, key: str | None, as_json: bool
) -> None:
    """Check a receipt: its signature, its days, who signed it, and whether the record counted it."""
    if (place is None) == (federation_key is None):
        raise click.UsageError("Give a copy of the record with --from, or the hub's key with --federation-key.")
    raw = (files.read(file, text.LONGEST + 1) or b"").decode("ascii", "replace")
    with outcomes():
        if place is not None:
            catalogue.load()
            given(key)
            checked, more = _against(place, key, raw, counted)
        else:
            checked, more = _alone(raw, str(federation_key), counted), {"checked_with": "the key you gave"}
    facts({**told(checked), **more}, as_json)
    if not checked.verdict:
        sys.exit(1)


@receipt.command()
@click.argument("file", type=READABLE)
@click.option("--with", "own", type=READABLE, required=True, help="The key file that was saved with it.")
@click.option("--audience", required=True, metavar="URL", help="Who asked: an address.")
@click.option("--nonce", required=True, help="The number that they gave.")
def present(file: Path, own: Path, audience: str, nonce: str) -> None:
    """Sign a receipt with its own key, for whoever asked. Prints what to hand over; it holds for ten minutes."""
    with outcomes():
        try:
            key = ECKey.import_key(json.loads(own.read_text(encoding="ascii")))
            found = text.parse(file.read_text(encoding="ascii"))
        except (Spoilt, ValueError, TypeError) as problem:
            raise Unverified(f"These are no receipt and its key: {problem}.") from problem
        if found.bound is None or ECKey.import_key(dict(found.bound)).thumbprint() != key.thumbprint():
            raise Unverified("This receipt names another key, or none.")
        click.echo(text.present(file.read_text(encoding="ascii"), key, audience, nonce, clock.now()), nl=False)


def told(checked: Checked) -> dict[str, Any]:
    """Returns what was found as facts."""
    found, branch = checked.receipt, checked.branch or {}
    said = {} if found is None else {
        "signed_by": found.issuer, "key": found.key, "day": found.day.isoformat(), "until": found.until.isoformat(),
        "shows": sorted(found.shown), "area": branch.get("area"), "branch": branch.get("branch"),
        "since": checked.since, "bound_to_a_key": found.bound is not None,
    }  # fmt: skip
    return {
        "holds": bool(checked.verdict),
        "why_not": checked.verdict.sentence,
        **said,
        "counted": {"yes": "yes", "waits": "not where this record ends", "unknown": "not proved"}[checked.counted],
        "entry": checked.entry,
        "of_a_hub_before": checked.of_old,
    }


def _against(place: Path, key: str | None, raw: str, counted: bool) -> tuple[Checked, dict[str, Any]]:
    known = reading.own_key(place, key)
    log = read_log(place, known)
    with scratch() as tx:
        fold(tx, lines_of(place, log.entries))
        found = queries.check(tx, raw, place / "files", clock.now(), must_be_counted=counted)
    return found, _source(log.key, log.head.size)


def _alone(raw: str, thumbprint: str, counted: bool) -> Checked:
    """Checks with nothing but a key from a charter on paper: no day is counted there."""
    try:
        issuer = text.parse(raw).issuer
    except Spoilt:
        issuer = ""
    hub = rules.Hub("", 0, None, frozenset([thumbprint]), frozenset([issuer]), {})
    return rules.verdict(raw, (hub,), clock.now(), must_be_counted=counted)


def _source(key: Key, size: int) -> dict[str, Any]:
    return {"record_size": size, "log_key": format_vkey(key.verifier), "checked_with": SOURCES[key.source]}
