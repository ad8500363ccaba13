"""hub client: relying parties at the terminal, for whoever runs a group's tool. Power stays with two organisers.

``add`` takes the one-use token that an organiser makes on the recipe's page once both have signed; the command then
does what that page does. It needs no office, and without the token it can do nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub import settings as house
from hub.cli import stores
from hub.cli.outcome import facts, outcomes
from hub.db import Database
from hub.errors import NotFound
from hub.federation import proofs
from hub.fetch import Fetcher, Refused, open_fetcher
from hub.groups import queries as groups
from hub.oidc import clients, registering, rules
from hub.oidc.clients import Client
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import registration_tokens
from hub.oidc.recipes import RECIPES
from hub.people.tokens import hash_token
from hub.settings import Settings

DATA = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="The hub's folder."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")


@click.group()
def client() -> None:
    """Sites of groups that sign members in."""


@client.command("list")
@DATA
@JSON
def list_(data: Path, as_json: bool) -> None:
    """List the sites that may sign members in, and the tools there are recipes for."""
    with opened(data) as (_settings, database), database.read() as tx:
        rows = [
            {"client": one.id, "group": _slug(tx, one), "tool": one.tool, "url": one.url, "entry": one.registered_entry}
            for one in clients.listing(tx)
        ]
    facts({"sites": rows, "tools": sorted(RECIPES)}, as_json)


@client.command("recipe")
@click.argument("client_id", metavar="CLIENT")
@DATA
@JSON
def recipe(client_id: str, data: Path, as_json: bool) -> None:
    """Print what to type into the tool; the secret is shown once, when it is made."""
    with opened(data) as (settings, database), database.read() as tx:
        told = _recipe(tx, settings, _find(tx, client_id), "")
    facts(told, as_json)


@client.command("add")
@click.argument("client_id", metavar="CLIENT")
@click.option("--token", required=True, help="The one-use token from the recipe's page; an organiser makes it.")
@DATA
@JSON
def add(client_id: str, token: str, data: Path, as_json: bool) -> None:
    """Make the secret of a site that two organisers registered, and print its recipe filled in."""
    with opened(data) as (settings, database), database.write() as tx:
        found = _find(tx, client_id)
        registering.insist_live(found)
        now = clock.now()
        used = sa.update(registration_tokens).where(
            registration_tokens.c.hash == hash_token(token), registration_tokens.c.client == found.id,
            registration_tokens.c.used_at.is_(None), registration_tokens.c.until_at > now,
        )  # fmt: skip
        if not tx.execute(used.values(used_at=now)).rowcount:
            raise click.ClickException("This token is unknown, used or over. An organiser makes another.")
        secret = registering.renew_secret(tx, found)
        told = {**_recipe(tx, settings, found, secret), "secret": secret}
    facts(told, as_json)


@client.command("test")
@click.argument("client_id", metavar="CLIENT")
@DATA
@JSON
def test(client_id: str, data: Path, as_json: bool) -> None:
    """Check, one by one, what a sign-in at this site needs; exit 1 where something is missing."""
    with opened(data) as (settings, database):
        checks = check(settings, database, client_id)
    facts({name: why or "ok" for name, why in checks.items()}, as_json)
    if any(checks.values()):
        raise SystemExit(1)


def check(settings: Settings, database: Database, client_id: str) -> dict[str, str]:
    """Returns each check with what is wrong, empty where nothing is."""
    with database.read() as tx:
        found = _find(tx, client_id)
        keys, proof = clients.keys_of(tx, found.id), proofs.proof_of(tx, found.link)
    fetcher = open_fetcher(settings.fetch_also, settings.second_look)
    redirects = [] if keys is None else list(keys.redirect_uris)
    checks = {
        "hub has https": "" if settings.secure else "Sites sign members in only at a hub with an https address.",
        "two organisers registered it": "" if found.registered_entry is not None else "It is not registered.",
        "nobody stopped it": "" if found.stopped_entry is None else "It was stopped.",
        "its address is proved now": _proved(settings, fetcher, proof),
        "its secret was made": "" if keys is not None else "Make it on the recipe's page, or with hub client add.",
        "its redirect addresses are its own": _own(found, redirects),
        "the site answers there": _answers(fetcher, redirects),
        "the hub can sign tokens": _signs(settings),
    }
    fetcher.close()
    return checks


def _proved(settings: Settings, fetcher: Fetcher, proof: proofs.Proof | None) -> str:
    if proof is None:
        return "Nobody chose how to prove it."
    return proofs.look(proof, proofs.Eyes.of(settings, fetcher)).why


def _own(found: Client, redirects: list[str]) -> str:
    wrong = [uri for uri in redirects if not rules.redirect_ok(uri, found.url or "")]
    return f"Not at the proved address: {', '.join(wrong)}" if wrong else ""


def _answers(fetcher: Fetcher, redirects: list[str]) -> str:
    """A tool says no to a call without a code; that it says anything is what counts."""
    for uri in redirects[:1]:
        try:
            status = fetcher.get(uri, most=200_000).status
        except Refused as refused:
            return str(refused)
        if status == 404 or status >= 500:
            return f"{uri} answers {status}: is the tool set up?"
    return ""


def _signs(settings: Settings) -> str:
    try:
        ProviderKeys(settings.keys).sign("JWT", {"sub": "a test"})
    except (OSError, ValueError, LookupError) as problem:
        return f"The provider's keys cannot be used: {problem}"
    return ""


def _recipe(tx: Connection, settings: Settings, found: Client, secret: str) -> dict[str, Any]:
    where = clients.keys_of(tx, found.id) or registering.chosen_by_recipe(found)
    group = groups.get(tx, found.group)
    values = registering.recipe_values(found, settings.url, settings.name, group.slug, secret)
    return {
        "tool": found.title,
        "redirect address": list(where.redirect_uris),
        "address after signing out": list(where.post_logout_uris),
        "back-channel address": where.backchannel_uri or "",
        "client id": found.id,
        "discovery address": values["discovery"],
        "paste this": found.recipe.filled(values).strip().splitlines(),
        "check": found.recipe.check,
        "good to know": list(found.recipe.traps),
    }


def _slug(tx: Connection, found: Client) -> str:
    return groups.get(tx, found.group).slug


def _find(tx: Connection, client_id: str) -> Client:
    found = clients.find(tx, client_id)
    if found is None:
        raise NotFound("oidc.no_client", "There is no such site. See: hub client list")
    return found


@contextmanager
def opened(data: Path) -> Iterator[tuple[Settings, Database]]:
    """Opens a hub's store, and turns what rooms raise into sentences."""
    with outcomes():
        settings = house.load(data)
        if settings.demo:
            clock.follow(settings.clock)
        database = stores.open_hub(settings)
        try:
            yield settings, database
        finally:
            database.close()
