"""The only writer of relying parties."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.errors import YES, Verdict, no
from hub.groups import queries as groups
from hub.groups.fold import group_of
from hub.ledger import Entry, Said, applies
from hub.ledger.models import entries
from hub.oidc import clients as queries
from hub.oidc.entries import (
    AddressesRefused,
    ClientConfirmed,
    ClientObjected,
    ClientProposed,
    ClientRegistered,
    ClientStopped,
)
from hub.oidc.models import clients
from hub.oidc.recipes import RECIPES
from hub.oidc.rules import TELLS
from hub.permits import HUB, P, Scope, warrants
from hub.permits import queries as permits

_ADD = sa.insert(clients)
ONCE_IN = dt.timedelta(days=90)


def may_propose(tx: Connection, entry: Entry, record: ClientProposed) -> Verdict:
    """By an organiser of the group, for a public link of it whose whole host is proved, with a tool that is known.

    A profile's own proof is not enough: sites are answered anywhere on their host.
    """
    link, recipe = groups.link(tx, record.link), RECIPES.get(record.tool)
    if link is None or not link.is_host_proved or groups.group_of_link(tx, record.link) != record.group:
        return no("oidc.not_proved", "Prove first that the site is the group's own, by a record or a file.")
    if recipe is None or not recipe.redirects or record.tells not in TELLS:
        return no("oidc.no_recipe", "This tool cannot sign members in here.")
    if not record.pkce and recipe.pkce:
        return no("oidc.pkce", "This tool can prove each request as its own (PKCE), and has to.")
    if queries.find(tx, record.client) is not None:
        return act_warrants.NOT_DUE
    return act_warrants.opening("register_client", group_of)(tx, entry, record)


@applies(ClientProposed, warrant=may_propose)
def propose(tx: Connection, entry: Entry, record: ClientProposed, said: Said) -> None:
    """Adds the client and opens its act, with its proposer's signature."""
    row = {
        "id": record.client,
        "group": record.group,
        "link": record.link,
        "tool": record.tool,
        "tells": record.tells,
        "pkce": record.pkce,
        "act": record.act,
        "proposed_entry": entry.index,
        "proposed_at": entry.at,
        "registered_entry": None,
        "registered_at": None,
        "stopped_entry": None,
    }
    tx.execute(_ADD, row)
    scope = groups.get(tx, record.group).scope
    acts.open_act(tx, entry, act=record.act, procedure="register_client", scope=scope, subject=record.client)
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(ClientConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: ClientConfirmed, said: Said) -> None:
    """Notes an organiser's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(ClientObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: ClientObjected, said: Said) -> None:
    """Notes an organiser's no."""
    acts.sign(tx, entry, act=record.act, yes=False)


@applies(ClientRegistered, warrant=warrants.due)
def register(tx: Connection, entry: Entry, record: ClientRegistered, said: Said) -> None:
    """The site may sign members in from the moment the act was due."""
    at = clock.parse_minute(record.due)
    mine = sa.update(clients).where(clients.c.id == record.client)
    tx.execute(mine.values(registered_entry=entry.index, registered_at=at))


def owes_registration(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """The act owes one registration, of its own client, unless it was stopped or its proof is gone."""
    client = queries.find(tx, state.subject)
    is_owed = (
        isinstance(record, ClientRegistered)
        and client is not None
        and record.client == client.id
        and may_begin(tx, client)
    )
    return YES if is_owed else act_warrants.NOT_DUE


def may_begin(tx: Connection, client: queries.Client) -> bool:
    """Tells whether a client whose act is done may begin: not begun or stopped, and its address still proved."""
    link = groups.link(tx, client.link)
    is_fit = link is not None and link.is_host_proved
    return client.registered_entry is None and client.stopped_entry is None and is_fit


def client_scope(tx: Connection, record: ClientStopped | AddressesRefused) -> Scope | None:
    """The scope of the group whose site this is; nothing for one that was stopped before."""
    client = queries.find(tx, record.client)
    group = None if client is None or client.stopped_entry is not None else groups.find(tx, client.group)
    return None if group is None else group.scope


def hub_scope(tx: Connection, record: ClientStopped) -> Scope | None:
    """The hub, for a site that may still be stopped: whose group it is of makes no difference to the council."""
    return None if client_scope(tx, record) is None else HUB


_BY_ORGANISER = warrants.office(P.CLIENTS_REGISTER, client_scope, ends=True)
_BY_COUNCIL = warrants.office(P.CLIENTS_STOP, hub_scope)


def may_stop(tx: Connection, entry: Entry, record: ClientStopped) -> Verdict:
    """By an organiser of its group, or by who may stop any site of the hub (OP-15).

    The council stops the site of one address once in 90 days, as long as between two emergency measures in one place:
    what two organisers start again after that stays, unless they or the members stop it.
    """
    own = _BY_ORGANISER(tx, entry, record)
    if own:
        return own
    verdict = _BY_COUNCIL(tx, entry, record)
    if verdict and _stopped_lately(tx, record.client, entry.at):
        return no(
            "oidc.stopped_lately",
            "The council stopped a site at this address within the last 90 days, and two organisers started it again. "
            "From here on it is theirs to stop.",
        )
    return verdict


def _stopped_lately(tx: Connection, client: str, at: dt.datetime) -> bool:
    """Tells whether somebody at the hub stopped another site at this one's address within 90 days."""
    link = sa.select(clients.c.link).where(clients.c.id == client).scalar_subquery()
    stops = sa.select(entries.c.by).join(clients, clients.c.stopped_entry == entries.c.index)
    here = stops.where(clients.c.link == link, entries.c.at > at - ONCE_IN)
    found = [permits.grant_by_entry(tx, by) for by in tx.scalars(here) if by is not None]
    return any(grant is not None and grant.scope == HUB for grant in found)


@applies(ClientStopped, warrant=may_stop)
def stop(tx: Connection, entry: Entry, record: ClientStopped, said: Said) -> None:
    """The site signs nobody in any more; its row stays."""
    tx.execute(sa.update(clients).where(clients.c.id == record.client).values(stopped_entry=entry.index))


def may_refuse(tx: Connection, entry: Entry, record: AddressesRefused) -> Verdict:
    """By any one organiser of the group, of a site that signs members in. Source: GO-10."""
    client = queries.find(tx, record.client)
    if client is None or client.registered_entry is None:
        return act_warrants.NOT_DUE
    return _BY_ORGANISER(tx, entry, record)


@applies(AddressesRefused, warrant=may_refuse)
def refuse(tx: Connection, entry: Entry, record: AddressesRefused, said: Said) -> None:
    """Writes nothing: addresses that wait are private, and the hub drops them; the reason stands in its opening."""
