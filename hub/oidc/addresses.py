"""Other addresses of a site begin after three days, unless any organiser objects, whoever named them (OP-14, GO-10).

Those of its recipe, which two organisers signed, begin at once where a site has none; and so do those it has. What is
known to work now stands in client_keys, what waits in redirect_changes: no request ever reads the latter.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.branches import actions as letters
from hub.errors import NotFound, RuleViolation
from hub.groups import queries as groups
from hub.oidc import clients, registering
from hub.oidc.clients import Client
from hub.oidc.entries import AddressesRefused
from hub.oidc.models import client_keys, redirect_changes
from hub.oidc.registering import Chosen, Where
from hub.permits import Actor, P, require

LATER = dt.timedelta(hours=1)
AT_ONCE = 5


def keep(
    tx: Connection, client: Client, chosen: Chosen, *, secret: str | None, registration: str
) -> dt.datetime | None:
    """Keeps what a tool says of itself; returns when its other addresses begin, or None where none has to wait."""
    known = _known(tx, client)
    back = chosen.backchannel_uri if chosen.backchannel_uri in known else None
    at_once = replace(
        chosen,
        redirect_uris=[uri for uri in chosen.redirect_uris if uri in known],
        post_logout_uris=[uri for uri in chosen.post_logout_uris if uri in known],
        backchannel_uri=back,
    )
    registering.keep_keys(tx, client, at_once, secret=secret, registration=registration)
    return None if at_once == chosen else registering.let_wait(tx, client, Where.of(chosen))


def due(tx: Connection) -> list[Client]:
    """Returns the clients whose wait is over."""
    over = sa.select(redirect_changes.c.client).where(redirect_changes.c.next_at <= clock.now())
    found = [
        clients.find(tx, key) for key in tx.scalars(over.order_by(redirect_changes.c.next_at).limit(AT_ONCE)).all()
    ]
    return [client for client in found if client is not None]


def begin(tx: Connection, client: str) -> bool:
    """Lets the addresses begin whose wait is over. Tells whether they did: not of a site that may sign nobody in."""
    row, found = registering.waiting(tx, client), clients.find(tx, client)
    if row is None or row.next_at > clock.now():
        return False
    registering.forget_change(tx, client)
    if found is None or not found.is_live:
        return False
    mine = sa.update(client_keys).where(client_keys.c.client == client)
    return bool(tx.execute(mine.values(Where.of(row)._asdict())).rowcount)


def refuse(tx: Connection, client: str) -> None:
    """Drops addresses whose site is not proved any more, and tells the organisers."""
    found = clients.find(tx, client)
    registering.forget_change(tx, client)
    if found is not None:
        registering.tell_organisers(tx, groups.get(tx, found.group), "client_stays")


def object_to(tx: Connection, *, client: str, reason: str, actor: Actor) -> None:
    """Objects to addresses that wait, alone, as an organiser of the site's group: they do not begin.

    The site goes on with what it has. Raises NotFound, Forbidden, Invalid without a reason, RuleViolation where none
    wait.
    """
    found = clients.find(tx, client)
    if found is None:
        raise NotFound
    group = groups.get(tx, found.group)
    grant = require(actor, P.CLIENTS_REGISTER, group.scope, ends=True)
    letters.insist_on_reason(reason)
    if registering.waiting(tx, client) is None:
        raise RuleViolation("oidc.none_wait", "No addresses of this site wait any more.")
    ledger.append(tx, AddressesRefused(client), by=grant.entry, words={"reason": reason.strip()})
    registering.forget_change(tx, client)
    registering.tell_organisers(tx, group, "addresses_refused", but=grant.holder)


def put_off(tx: Connection, client: str) -> None:
    """Lets them wait on: nobody could look just now."""
    mine = sa.update(redirect_changes).where(redirect_changes.c.client == client)
    tx.execute(mine.values(next_at=clock.now() + LATER))


def _known(tx: Connection, client: Client) -> set[str]:
    has = clients.keys_of(tx, client.id) or registering.chosen_by_recipe(client)
    found = [*has.redirect_uris, *has.post_logout_uris, has.backchannel_uri]
    return {uri for uri in found if uri is not None}
