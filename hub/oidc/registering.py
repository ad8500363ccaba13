"""The verbs of relying parties: propose, confirm, object, stop; and making the secret that is shown once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock, ids, ledger, outbox
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.branches import actions as letters
from hub.errors import Invalid, NotFound, RuleViolation, Verdict, insist
from hub.groups import queries as groups
from hub.groups.queries import Group
from hub.oidc import clients as queries
from hub.oidc import consenting, fold, rules
from hub.oidc.clients import Client
from hub.oidc.entries import ClientConfirmed, ClientObjected, ClientProposed, ClientRegistered, ClientStopped
from hub.oidc.models import client_keys, redirect_changes, registration_tokens
from hub.oidc.recipes import RECIPES
from hub.people.tokens import hash_token, new_token
from hub.permits import HUB, Actor, P, can, require
from hub.permits import queries as permits

TOKEN_HOURS = 24
NOTICE = dt.timedelta(days=3)  # before another address begins, whoever asked for it (GO-10)


@dataclass(frozen=True)
class Chosen:
    """Where a client is answered and how it proves itself. From its recipe, or from the tool itself (RFC 7591)."""

    redirect_uris: list[str]
    post_logout_uris: list[str]
    backchannel_uri: str | None
    auth_method: str
    algorithm: str = "RS256"
    offline: bool = False
    jwks: dict[str, Any] | None = None


class Where(NamedTuple):
    """The addresses of a site: where members come back to, after signing in and out, and where it is told who left."""

    redirect_uris: list[str]
    post_logout_uris: list[str]
    backchannel_uri: str | None

    @classmethod
    def of(cls, found: Any) -> Where:
        """Those of a choice, of what a site has, or of what waits."""
        return cls(found.redirect_uris, found.post_logout_uris, found.backchannel_uri)


def propose(tx: Connection, *, group: Group, link: str, tool: str, tells: str, actor: Actor) -> Client:
    """Opens the registration of a proved site, with the actor's signature. Raises Forbidden, Invalid, RuleViolation."""
    grant = require(actor, P.CLIENTS_REGISTER, group.scope)
    insist(groups.takes_acts(tx, group))
    recipe = RECIPES.get(tool)
    if recipe is None or not recipe.redirects:
        raise Invalid({"tool": "Choose which tool the site runs."})
    if tells not in rules.TELLS:
        raise Invalid({"tells": "Choose of which groups the site learns."})
    record = ClientProposed(ids.new("cli"), ids.new("act"), group.id, link, tool, tells, recipe.pkce)
    ledger.append(tx, record, by=grant.entry)
    acts.run(tx, record.act)
    tell_organisers(tx, group, "client_waits", but=grant.holder)
    return _get(tx, record.client)


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs a registration. Raises NotFound, Forbidden, RuleViolation acts.* for who may not or has already."""
    client = _of_act(tx, act)
    grant = require(actor, P.CLIENTS_REGISTER, act_queries.get(tx, act).scope)
    ledger.append(tx, ClientConfirmed(act), by=grant.entry)
    acts.run(tx, act)
    if act_queries.get(tx, act).current.do == "notice":
        tell_organisers(tx, groups.get(tx, client.group), "client_begins")


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects to a registration. Raises NotFound, Invalid without a reason, Forbidden, RuleViolation acts.*."""
    _of_act(tx, act)
    grant = require(actor, P.CLIENTS_REGISTER, act_queries.get(tx, act).scope, ends=True)
    letters.insist_on_reason(reason)
    ledger.append(tx, ClientObjected(act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)


def may_stop(actor: Actor, group: Group) -> Verdict:
    """Says whether somebody may stop a group's sites: as its organiser, or for the whole hub (OP-15)."""
    anywhere = can(actor, P.CLIENTS_STOP, HUB)
    return anywhere if anywhere else can(actor, P.CLIENTS_REGISTER, group.scope, ends=True)


def stop(tx: Connection, *, client: str, reason: str, actor: Actor) -> None:
    """Stops a site, or one that is about to begin, by one person at once; whom it signed in is told.

    Raises NotFound, Forbidden, Invalid without a reason, RuleViolation for one that was stopped before.
    """
    found = _get(tx, client)
    group = groups.get(tx, found.group)
    if can(actor, P.CLIENTS_REGISTER, group.scope, ends=True):
        grant = require(actor, P.CLIENTS_REGISTER, group.scope, ends=True)
    else:
        grant = require(actor, P.CLIENTS_STOP, HUB)
    letters.insist_on_reason(reason)
    if found.stopped_entry is not None:
        raise RuleViolation("oidc.stopped", "This site was stopped already.")
    ledger.append(tx, ClientStopped(client), by=grant.entry, words={"reason": reason.strip()})
    forget_change(tx, client)
    told = tell_organisers(tx, group, "client_stopped")
    others = [person for person in consenting.persons_at(tx, client) if person not in told]
    outbox.put_all(tx, persons=others, template="site_stopped", place=_sites(group))


def chosen_by_recipe(client: Client) -> Chosen:
    """Returns where a client is answered, from its recipe and its proved address alone."""
    recipe, address = client.recipe, client.url or ""
    backchannel = rules.at(address, recipe.backchannel) if recipe.backchannel else None
    return Chosen(
        [rules.at(address, path) for path in recipe.redirects],
        [rules.at(address, path) for path in recipe.post_logout],
        backchannel,
        recipe.auth_method,
        recipe.algorithm,
        recipe.offline,
    )


def recipe_values(client: Client, issuer: str, hub: str, group: str, secret: str) -> dict[str, str]:
    """Returns the values that a recipe is filled in with. secret: empty unless it was made just now."""
    site = (client.url or "").rstrip("/")
    return {
        "issuer": issuer,
        "discovery": f"{issuer}/.well-known/openid-configuration",
        "client_id": client.id,
        "secret": secret or "(the secret, shown once)",
        "redirect": chosen_by_recipe(client).redirect_uris[0],
        "site": site,
        "host": urlsplit(site).hostname or "",
        "hub": hub,
        "group": group,
    }


def make_secret(tx: Connection, *, client: str, actor: Actor) -> str:
    """Makes a new secret, kept as its hash, and returns it to be shown once; the one before stops working.

    Every other organiser is told: who holds the secret speaks for the site (OP-14). Raises NotFound, Forbidden,
    RuleViolation for a site that may not sign members in.
    """
    found = _get(tx, client)
    group = groups.get(tx, found.group)
    grant = require(actor, P.CLIENTS_REGISTER, group.scope)
    insist_live(found)
    tell_organisers(tx, group, "client_secret", but=grant.holder)
    return renew_secret(tx, found)


def renew_secret(tx: Connection, client: Client) -> str:
    """Keeps a new secret's hash and returns the secret: the one before stops working at once.

    The addresses that the site has stay; where its recipe has others, those wait as any others do.
    """
    secret, kept = new_token(), queries.keys_of(tx, client.id)
    chosen = chosen_by_recipe(client)
    if kept is None:
        keep_keys(tx, client, chosen, secret=secret)
        return secret
    now = Where.of(kept)
    keep_keys(tx, client, replace(chosen, **now._asdict()), secret=secret)
    wanted = Where.of(chosen)
    if client.recipe.own_backchannel:
        wanted = wanted._replace(backchannel_uri=kept.backchannel_uri)
    if wanted != now:
        let_wait(tx, client, wanted)
    return secret


def set_backchannel(tx: Connection, *, client: str, address: str, actor: Actor) -> dt.datetime | None:
    """Asks for where a site is told that somebody left, for a tool whose recipe does not know; empty takes it back.

    Returns when that begins, unless an organiser objects before; None where it is so already. Raises NotFound,
    Forbidden, Invalid for an address elsewhere, RuleViolation before the site has a secret.
    """
    found = _get(tx, client)
    require(actor, P.CLIENTS_REGISTER, groups.get(tx, found.group).scope)
    insist_live(found)
    if not found.recipe.own_backchannel:
        raise NotFound
    if address and not rules.redirect_ok(address, found.url or ""):
        host = urlsplit(found.url or "").netloc
        raise Invalid({"backchannel": f"Enter an address that begins with https://{host}/, without spaces or #."})
    kept = queries.keys_of(tx, client)
    if kept is None:
        raise RuleViolation("oidc.no_secret", "Make the secret first: before it, nobody is signed in there.")
    wanted = Where.of(waiting(tx, client) or kept)._replace(backchannel_uri=address or None)
    forget_change(tx, client)
    return None if wanted == Where.of(kept) else let_wait(tx, found, wanted)


def make_registration_token(tx: Connection, *, client: str, actor: Actor) -> str:
    """Makes a one-use token by which the tool registers itself as this client. Raises as make_secret does."""
    found = _get(tx, client)
    require(actor, P.CLIENTS_REGISTER, groups.get(tx, found.group).scope)
    insist_live(found)
    token, until = new_token(), clock.now() + dt.timedelta(hours=TOKEN_HOURS)
    tx.execute(sa.insert(registration_tokens), {"hash": hash_token(token), "client": client, "until_at": until})
    return token


def keep_keys(
    tx: Connection, client: Client, chosen: Chosen, *, secret: str | None, registration: str | None = None
) -> None:
    """Keeps what a client proves itself with, in place of what it had or waited for.

    secret, registration: kept as hashes. Every address begins at once: they are the recipe's, which two organisers
    signed, of a site that had none, or those it has. Others go by let_wait.
    """
    forget_change(tx, client.id)
    values = {
        "secret_hash": None if secret is None else hash_token(secret),
        "auth_method": chosen.auth_method,
        "algorithm": chosen.algorithm,
        "redirect_uris": chosen.redirect_uris,
        "post_logout_uris": chosen.post_logout_uris,
        "backchannel_uri": chosen.backchannel_uri,
        "jwks": chosen.jwks,
        "sector": rules.sector(chosen.redirect_uris or [client.url or ""]),
        "offline": chosen.offline,
        "registration_hash": None if registration is None else hash_token(registration),
        "made_at": clock.now(),
    }
    if not tx.execute(sa.update(client_keys).where(client_keys.c.client == client.id).values(values)).rowcount:
        tx.execute(sa.insert(client_keys), {"client": client.id, **values})


def forget_keys(tx: Connection, client: str) -> None:
    """Forgets what a client proved itself with: it signs nobody in until its recipe is opened again."""
    tx.execute(sa.delete(client_keys).where(client_keys.c.client == client))
    forget_change(tx, client)


def let_wait(tx: Connection, client: Client, wanted: Where) -> dt.datetime:
    """Lets a site's other addresses wait, in place of what waits, and tells its organisers; returns when they begin.

    Source: GO-10: nobody changes alone and at once where people are sent, or who is told that somebody left.
    """
    forget_change(tx, client.id)
    now = clock.now()
    row = {"client": client.id, **wanted._asdict(), "asked_at": now, "next_at": now + NOTICE}
    tx.execute(sa.insert(redirect_changes), row)
    tell_organisers(tx, groups.get(tx, client.group), "client_moves")
    return now + NOTICE


def waiting(tx: Connection, client: str) -> Row[tuple[object, ...]] | None:
    """Returns the addresses of a client that wait, or None."""
    return tx.execute(sa.select(redirect_changes).where(redirect_changes.c.client == client)).first()


def forget_change(tx: Connection, client: str) -> None:
    """Forgets addresses that wait."""
    tx.execute(sa.delete(redirect_changes).where(redirect_changes.c.client == client))


def insist_live(client: Client) -> None:
    """Raises RuleViolation for a client that may not sign members in, with the reason."""
    if client.stopped_entry is not None:
        raise RuleViolation("oidc.stopped", "This site was stopped. To start again, two organisers register it anew.")
    if client.registered_entry is None:
        raise RuleViolation("oidc.waiting", "This site is not registered yet.")
    if not client.is_proved:
        raise RuleViolation("oidc.not_proved", "The proof that the address is the group's own is gone. Renew it first.")


@effect("client.register", owes=fold.owes_registration)
def register(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Lets the site begin; one that was stopped meanwhile, or lost its proof, does not."""
    client = _get(tx, state.subject)
    if fold.may_begin(tx, client):
        record = ClientRegistered(client.id, state.id, state.step, clock.format_minute(due))
        ledger.append(tx, record, by=None)
        tell_organisers(tx, groups.get(tx, client.group), "client_registered")


def tell_organisers(tx: Connection, group: Group, letter: str, but: str = "") -> set[str]:
    """Tells every organiser of a group who may register sites, but the one who acts; returns the persons told."""
    held = permits.standing_grants(tx, scope=group.scope)
    holders = {grant.holder for grant in held if P.CLIENTS_REGISTER in grant.permissions} - {but}
    persons = {permits.person_of_holder(tx, holder) for holder in holders}
    told = {person for person in persons if person is not None}
    outbox.put_all(tx, persons=sorted(told), template=letter, place=_sites(group))
    return told


def _sites(group: Group) -> str:
    return f"/groups/{group.slug}/sites"


def _get(tx: Connection, client: str) -> Client:
    found = queries.find(tx, client)
    if found is None:
        raise NotFound
    return found


def _of_act(tx: Connection, act: str) -> Client:
    found = queries.of_act(tx, act)
    if found is None:
        raise NotFound
    return found
