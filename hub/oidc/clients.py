"""Reads: relying parties as the record has them, and as the provider meets them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.groups.models import group_links
from hub.groups.rules import OF_HOST
from hub.oidc.models import client_keys, clients
from hub.oidc.recipes import RECIPES, Recipe

_CLIENT = sa.select(
    clients, group_links.c.url, group_links.c.title.label("link_title"), group_links.c.proved_entry,
    group_links.c.proved_by, group_links.c.lapsed_entry, group_links.c.withdrawn_entry,
).join_from(clients, group_links, group_links.c.id == clients.c.link)  # fmt: skip
LIVE = sa.and_(
    clients.c.registered_entry.is_not(None), clients.c.stopped_entry.is_(None), group_links.c.proved_entry.is_not(None),
    group_links.c.lapsed_entry.is_(None), group_links.c.withdrawn_entry.is_(None), group_links.c.url.is_not(None),
)  # fmt: skip
"""Client.is_live as a condition, for statements that join clients and their links."""
_BY_ID = _CLIENT.where(clients.c.id == sa.bindparam("client"))
_PARTY = (
    _CLIENT.add_columns(*[column.label(f"key_{column.name}") for column in client_keys.c])
    .join(client_keys, client_keys.c.client == clients.c.id)
    .where(clients.c.id == sa.bindparam("client"))
)
_KEYS = sa.select(client_keys).where(client_keys.c.client == sa.bindparam("client"))


@dataclass(frozen=True)
class Client:
    """A relying party. url: the proved address, None where its words were withdrawn; title: its name for people."""

    id: str
    group: str
    link: str
    tool: str
    tells: str
    pkce: bool
    act: str
    proposed_entry: int
    registered_entry: int | None
    registered_at: dt.datetime | None
    stopped_entry: int | None
    url: str | None
    name: str | None
    is_proved: bool

    @property
    def recipe(self) -> Recipe:
        """How its tool is set up."""
        return RECIPES[self.tool]

    @property
    def title(self) -> str:
        """The tool's name."""
        return RECIPES[self.tool].title if self.tool in RECIPES else self.tool

    @property
    def is_live(self) -> bool:
        """Tells whether it may sign members in: registered, not stopped, its address proved."""
        return self.registered_entry is not None and self.stopped_entry is None and self.is_proved


def find(tx: Connection, client: str) -> Client | None:
    """Returns a client by its id, or None."""
    row = tx.execute(_BY_ID, {"client": client}).first()
    return None if row is None else _client(row)


def of_act(tx: Connection, act: str) -> Client | None:
    """Returns the client that an act is about, or None."""
    row = tx.execute(_CLIENT.where(clients.c.act == act)).first()
    return None if row is None else _client(row)


def of_group(tx: Connection, group: str) -> list[Client]:
    """Returns a group's clients, the newest first."""
    rows = tx.execute(_CLIENT.where(clients.c.group == group).order_by(clients.c.proposed_entry.desc()))
    return [_client(row) for row in rows]


def listing(tx: Connection) -> list[Client]:
    """Returns every client that is live, by its group."""
    rows = tx.execute(_CLIENT.where(clients.c.registered_entry.is_not(None)).order_by(clients.c.group, clients.c.id))
    return [client for client in map(_client, rows) if client.is_live]


@dataclass(frozen=True)
class Keys:
    """What a client proves itself with, as hashes, and where it is answered."""

    secret_hash: str | None
    auth_method: str
    algorithm: str
    redirect_uris: list[str]
    post_logout_uris: list[str]
    backchannel_uri: str | None
    jwks: dict[str, Any] | None
    sector: str
    offline: bool
    registration_hash: str | None


def party_of(tx: Connection, client: str) -> tuple[Client, Keys] | None:
    """Returns a client with its keys in one look, or None before its recipe was opened."""
    row = tx.execute(_PARTY, {"client": client}).first()
    if row is None:
        return None
    return _client(row), Keys(
        row.key_secret_hash, row.key_auth_method, row.key_algorithm, row.key_redirect_uris, row.key_post_logout_uris,
        row.key_backchannel_uri, row.key_jwks, row.key_sector, bool(row.key_offline), row.key_registration_hash,
    )  # fmt: skip


def keys_of(tx: Connection, client: str) -> Row[Any] | None:
    """Returns what a client proves itself with and where it is answered, or None before its recipe was opened."""
    return tx.execute(_KEYS, {"client": client}).first()


def _client(row: Row[Any]) -> Client:
    stands = row.lapsed_entry is None and row.withdrawn_entry is None
    is_proved = row.proved_entry is not None and row.proved_by in OF_HOST and stands
    return Client(
        row.id, row.group, row.link, row.tool, row.tells, row.pkce, row.act, row.proposed_entry, row.registered_entry,
        row.registered_at, row.stopped_entry, row.url, row.link_title, is_proved and row.url is not None,
    )  # fmt: skip
