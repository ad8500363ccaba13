"""What a token opens, in one look: the token, its sign-in, the site it was given to, and the member as they are now.

Userinfo and introspection ask for nothing else. Every right is read anew: a token, sign-in or standing that ended, a
site that was stopped or whose address is proved no more, leaves no row.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.groups.models import group_links
from hub.oidc.clients import LIVE
from hub.oidc.models import client_keys, clients, sign_ins, tokens
from hub.people.models import persons
from hub.people.queries import KNOWN, KNOWN_IN, Known, known_in
from hub.people.tokens import hash_token

_NOW = sa.bindparam("now", type_=tokens.c.until_at.type)
_BEARER = (
    sa.select(
        tokens.c.kind, tokens.c.client, tokens.c.scope, tokens.c.made_at, tokens.c.until_at, sign_ins.c.person,
        clients.c.group, clients.c.tells, client_keys.c.sector, *KNOWN,
    )
    .select_from(
        tokens.join(sign_ins, sign_ins.c.id == tokens.c.sign_in)
        .join(clients, clients.c.id == tokens.c.client)
        .join(group_links, group_links.c.id == clients.c.link)
        .join(client_keys, client_keys.c.client == clients.c.id)
        .join(KNOWN_IN, persons.c.id == sign_ins.c.person)
    )
    .where(tokens.c.hash == sa.bindparam("key"), tokens.c.ended_at.is_(None), tokens.c.until_at > _NOW)
    .where(sign_ins.c.ended_at.is_(None), LIVE, persons.c.seed.is_not(None))
)  # fmt: skip


@dataclass(frozen=True)
class Bearer:
    """A token that works. kind: access or refresh; group, tells, sector: the site's; known: the member, with a seed."""

    kind: str
    client: str
    scope: str
    made_at: dt.datetime
    until_at: dt.datetime
    person: str
    group: str
    tells: str
    sector: str
    known: Known


def find(tx: Connection, token: str) -> Bearer | None:
    """Returns what a token opens at this moment, or None."""
    row = tx.execute(_BEARER, {"key": hash_token(token), "now": clock.now()}).first()
    if row is None:
        return None
    known = known_in(tx, row)
    return None if known.seed is None else Bearer(*row[:9], known)
