"""One-use links: the only way a member is named for an office. Nothing typed names anybody; the inviter passes it on.

kinds: steward and council (printed when the hub is founded), cofound_branch, cofound_group, appoint, lend, and
name_steward (of the council).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.errors import NotFound
from hub.people.models import invitations
from hub.people.tokens import hash_token, new_token
from hub.permits.scope import Scope, stored_scope

KINDS = ("steward", "council", "cofound_branch", "cofound_group", "appoint", "lend", "name_steward")


@dataclass(frozen=True)
class Invitation:
    """What a link offers. act: the act it joins, None for a founding seat; by: who made it, None for the founding."""

    kind: str
    scope: Scope
    act: str | None
    role: str
    by: str | None
    until: dt.datetime


def issue(tx: Connection, *, kind: str, scope: Scope, act: str | None, role: str, by: str | None, days: int) -> str:
    """Makes a one-use link and returns its secret, which is stored only as a hash. days: how long it works."""
    if kind not in KINDS:
        raise ValueError(f"no kind of invitation: {kind}")
    token, now = new_token(), clock.now()
    row = {
        "token_hash": hash_token(token),
        "kind": kind,
        "scope_kind": scope.kind,
        "scope_id": scope.id,
        "branch_id": scope.branch,
        "act": act,
        "role": role,
        "by_person": by,
        "made_at": now,
        "until_at": now + dt.timedelta(days=days),
        "used_at": None,
        "used_by": None,
    }
    tx.execute(sa.insert(invitations), row)
    return token


def look(tx: Connection, token: str) -> Invitation:
    """Returns what an unused link offers. Raises NotFound for one that is unknown, used or over: all look alike."""
    row = tx.execute(sa.select(invitations).where(*_usable(token))).first()
    return _invitation(row)


def consume(tx: Connection, token: str, person: str) -> Invitation:
    """Uses a link up, once, whoever comes at the same moment. Raises NotFound like look."""
    used = sa.update(invitations).where(*_usable(token)).values(used_at=clock.now(), used_by=person)
    row = tx.execute(used.returning(*invitations.c)).first()
    return _invitation(row)


def revoke(tx: Connection, *, act: str) -> None:
    """Ends the unused links of an act."""
    mine = sa.update(invitations).where(invitations.c.act == act, invitations.c.used_at.is_(None))
    tx.execute(mine.values(until_at=clock.now()))


def _usable(token: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        invitations.c.token_hash == hash_token(token),
        invitations.c.used_at.is_(None),
        invitations.c.until_at > clock.now(),
    )


def _invitation(row: Row[Any] | None) -> Invitation:
    if row is None:
        raise NotFound("invitations.over", "This link was used already, or is over. Ask for another.")
    scope = stored_scope(row.scope_kind, row.scope_id, row.branch_id)
    return Invitation(row.kind, scope, row.act, row.role, row.by_person, row.until_at)
