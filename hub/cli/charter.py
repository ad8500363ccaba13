"""hub charter: carry a charter that trustees signed into the hub, and say which one is in force."""

from __future__ import annotations

from pathlib import Path

import click

from hub import settings as house
from hub.charter import actions, changes, queries
from hub.charter.rules import Signed
from hub.charter.text import is_expired
from hub.cli import stores
from hub.cli.outcome import facts, holding, outcomes
from hub.clock import today
from hub.ledger import files
from hub.ledger.reading import own_key
from hub.oidc.keys import ProviderKeys
from hub.tlog.note import format_vkey

DATA = click.option("--data", type=click.Path(path_type=Path), default=".", help="The hub's folder; here by default.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
LARGEST = 1 << 18


@click.group()
def charter() -> None:
    """Who signs and witnesses this hub's record, and who may change that."""


@charter.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@DATA
@JSON
def adopt(file: Path, data: Path, as_json: bool) -> None:
    """Put a charter in force. Its trustees' signatures decide, not you: one that does not count is refused."""
    with outcomes(), holding():
        database = stores.open_hub(house.load(data))
        with database.write() as tx:
            signed, entry = actions.adopt(tx, files.read(file, LARGEST) or b"")
        database.close()
    facts({**told(signed), "entry": entry.index}, as_json)


@charter.command()
@DATA
@JSON
def show(data: Path, as_json: bool) -> None:
    """Say which charter is in force, and how far its witnesses have signed."""
    with outcomes():
        database = stores.open_hub(house.load(data))
        with database.read() as tx:
            chain, seal = queries.chain_of(tx), queries.seal_of(tx)
            left = [changes.fingerprint_of(one[0].text) for one in queries.earlier_chains(tx)]
        database.close()
    if not chain:
        raise click.ClickException("No charter is in force: only the log's own key vouches for this record.")
    sealed = {"sealed": seal.size, "signed_by": list(seal.witnesses), "at": seal.at.isoformat()} if seal else {}
    facts(
        {
            "hub_fingerprint": changes.fingerprint_of(chain[0].text),
            **told(chain[-1]),
            **sealed,
            "charters_before": left,
        },
        as_json,
    )


@charter.command()
@DATA
@JSON
def keys(data: Path, as_json: bool) -> None:
    """Print what a charter of this hub has to name: its address, its log's key, its federation key."""
    with outcomes():
        settings = house.load(data)
        known = own_key(settings.data, None)
        federation = ProviderKeys(settings.keys, "federation.json").signing("ES256").id
    facts(
        {
            "issuer": settings.url,
            "log": format_vkey(known.verifier) if known else "",
            "log_url": f"{settings.url}/log/",
            "federation_key": federation,
        },
        as_json,
    )


def told(signed: Signed) -> dict[str, object]:
    """Returns a charter as facts."""
    return {
        "version": signed.charter.version,
        "fingerprint": changes.fingerprint_of(signed.text),
        "says": changes.told(signed.charter),
        "expired": is_expired(signed.charter, today()),
    }
