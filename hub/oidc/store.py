"""What the provider keeps: asks, sign-ins, codes and tokens. As hashes; each is used up in one conditional update."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import chance, clock, ids
from hub.oidc import rules
from hub.oidc.models import address_proofs, asks, assertions, codes, logouts, sign_ins, tokens
from hub.people.tokens import hash_token, new_token

PREFIX = "urn:ietf:params:oauth:request_uri:"
_ADD_SIGN_IN, _ADD_CODE, _ADD_TOKEN = sa.insert(sign_ins), sa.insert(codes), sa.insert(tokens)
_NOW = sa.bindparam("now", type_=codes.c.until_at.type)
_TAKE_CODE = (
    sa.update(codes)
    .where(codes.c.hash == sa.bindparam("key"), codes.c.client == sa.bindparam("of"))
    .where(codes.c.used_at.is_(None), codes.c.until_at > _NOW)
    .values(used_at=_NOW)
    .returning(*codes.c)
)
_TAKE_REFRESH = (
    sa.update(tokens)
    .where(tokens.c.hash == sa.bindparam("key"), tokens.c.client == sa.bindparam("of"), tokens.c.kind == "refresh")
    .where(tokens.c.ended_at.is_(None), tokens.c.until_at > _NOW)
    .values(ended_at=_NOW)
    .returning(*tokens.c)
)
_SIGN_IN = sa.select(sign_ins).where(sign_ins.c.id == sa.bindparam("key"), sign_ins.c.ended_at.is_(None))


@dataclass(frozen=True)
class Ask:
    """What a client sent a browser for. params: first values by name."""

    client: str
    params: dict[str, str]
    asked_at: dt.datetime


def keep_ask(tx: Connection, *, client: str, params: dict[str, str], seconds: int) -> str:
    """Keeps what was asked; returns its request_uri: 256 random bits, kept as their hash (RFC 9126)."""
    token, now = new_token(), clock.now()
    row = {"client": client, "params": params, "asked_at": now, "until_at": now + dt.timedelta(seconds=seconds)}
    tx.execute(sa.insert(asks), {"hash": hash_token(token), **row})
    return PREFIX + token


def find_ask(tx: Connection, request_uri: str, client: str) -> Ask | None:
    """Returns what a client asked, while it is fresh."""
    wanted = sa.select(asks).where(
        asks.c.hash == hash_token(request_uri.removeprefix(PREFIX)), asks.c.client == client,
        asks.c.until_at > clock.now(),
    )  # fmt: skip
    row = tx.execute(wanted).first() if request_uri.startswith(PREFIX) else None
    return None if row is None else Ask(row.client, row.params, row.asked_at)


def drop_ask(tx: Connection, request_uri: str) -> bool:
    """Uses an ask up; tells whether it was there."""
    mine = sa.delete(asks).where(asks.c.hash == hash_token(request_uri.removeprefix(PREFIX)))
    return tx.execute(mine).rowcount == 1


def begin_sign_in(tx: Connection, **row: Any) -> str:
    """Begins a member's sign-in at a site; returns its id, the ``sid`` of its tokens."""
    key = ids.new("sgn")
    tx.execute(_ADD_SIGN_IN, {"id": key, "at": clock.now(), "ended_at": None, **row})
    return key


def sign_in_of(tx: Connection, key: str) -> Row[Any] | None:
    """Returns a sign-in that has not ended."""
    return tx.execute(_SIGN_IN, {"key": key}).first()


def add_code(tx: Connection, code: str, **row: Any) -> None:
    """Keeps a code, for a minute."""
    until = clock.now() + dt.timedelta(seconds=rules.CODE_SECONDS)
    tx.execute(_ADD_CODE, {"hash": hash_token(code), "until_at": until, "used_at": None, **row})


def take_code(tx: Connection, code: str, client: str) -> Row[Any] | None:
    """Uses a code up, once, whoever comes at the same moment. Used twice, it ends what came of it."""
    key = hash_token(code)
    row = tx.execute(_TAKE_CODE, {"key": key, "of": client, "now": clock.now()}).first()
    if row is None:
        used = sa.select(codes.c.sign_in).where(codes.c.hash == key, codes.c.used_at.is_not(None))
        family = tx.scalar(used.where(codes.c.client == client))
        if family is not None:
            end_tokens(tx, family)
    return row


def add_token(
    tx: Connection, token: str, *, kind: str, sign_in: str, client: str, scope: str, until: dt.datetime
) -> None:
    """Keeps a token as its hash."""
    row = {"kind": kind, "sign_in": sign_in, "client": client, "scope": scope, "until_at": until, "ended_at": None}
    tx.execute(_ADD_TOKEN, {"hash": hash_token(token), "made_at": clock.now(), **row})


def take_refresh(tx: Connection, token: str, client: str) -> Row[Any] | None:
    """Uses a refresh token up. Used twice, it ends its whole family (RFC 9700 section 4.14.2)."""
    key = hash_token(token)
    row = tx.execute(_TAKE_REFRESH, {"key": key, "of": client, "now": clock.now()}).first()
    if row is None:
        used = sa.select(tokens.c.sign_in).where(tokens.c.hash == key, tokens.c.kind == "refresh")
        family = tx.scalar(used.where(tokens.c.client == client, tokens.c.ended_at.is_not(None)))
        if family is not None:
            end_tokens(tx, family)
    return row


def end_tokens(tx: Connection, sign_in: str) -> None:
    """Ends every token of a sign-in."""
    mine = sa.update(tokens).where(tokens.c.sign_in == sign_in, tokens.c.ended_at.is_(None))
    tx.execute(mine.values(ended_at=clock.now()))


def end_token(tx: Connection, token: str, client: str) -> None:
    """Ends one token of a client; a refresh token takes its family along (RFC 7009 section 2.1)."""
    mine = sa.select(tokens).where(tokens.c.hash == hash_token(token), tokens.c.client == client)
    row = tx.execute(mine).first()
    if row is not None and row.kind == "refresh":
        end_tokens(tx, row.sign_in)
    elif row is not None:
        tx.execute(sa.update(tokens).where(tokens.c.hash == row.hash).values(ended_at=clock.now()))


def use_assertion(tx: Connection, name: str, until: dt.datetime) -> bool:
    """Notes that an assertion was used; tells whether it was the first time."""
    key = hash_token(name)
    if tx.scalar(sa.select(assertions.c.hash).where(assertions.c.hash == key)) is not None:
        return False
    tx.execute(sa.insert(assertions), {"hash": key, "until_at": until})
    return True


def forget(tx: Connection) -> None:
    """Deletes what is over: asks, codes, tokens and assertions past their time, sign-ins and logouts a month old."""
    now = clock.now()
    old = now - dt.timedelta(days=31)
    for table in (asks, codes, assertions):
        tx.execute(sa.delete(table).where(table.c.until_at < now - dt.timedelta(hours=1)))
    tx.execute(sa.delete(address_proofs).where(address_proofs.c.asked_at < now - dt.timedelta(days=2)))
    # A refresh token that was used is known for as long as its family may live: using it twice is noticed.
    tx.execute(sa.delete(tokens).where(tokens.c.until_at < now - dt.timedelta(days=1)))
    tx.execute(
        sa.delete(sign_ins).where(sa.or_(sign_ins.c.ended_at < old, sign_ins.c.at < now - dt.timedelta(days=90)))
    )
    tx.execute(sa.delete(logouts).where(logouts.c.owed_at < old))


def new_code() -> str:
    """Returns a new code: 256 random bits."""
    return chance.token(32)
