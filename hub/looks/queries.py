"""Reads: who looked at somebody, and the key that they gave; for that person's eyes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.looks.delaying import ends, told
from hub.looks.models import look_keys, looks
from hub.permits.scope import ScopeKind

_c = looks.c
_TOLD = sa.select(
    _c.at, _c.holder, _c.role, _c.scope_kind, _c.scope_id, _c.purpose, _c.about, _c.fields, _c.id, _c.delay
)


@dataclass(frozen=True)
class Look:
    """One look. holder: the looker's name in the record; fields: names of the matrix; about: group, ballot or key.

    number: by which its member asks about it; delayed_until: where a panel delayed that they read it, until when.
    """

    at: dt.datetime
    holder: str
    role: str
    scope_kind: ScopeKind
    scope_id: str
    purpose: str
    about: str
    fields: tuple[str, ...]
    number: int
    delayed_until: dt.datetime | None = None


def looks_at(tx: Connection, person: str, *, most: int = 1000) -> list[Look]:
    """Returns who looked at a person's fields, the newest first; without what a panel delays at present."""
    mine = _TOLD.where(looks.c.person == person, told(tx)).order_by(looks.c.id.desc()).limit(most)
    return _looks(tx, list(tx.execute(mine)))


def look_at(tx: Connection, person: str, number: int) -> Look | None:
    """Returns one look at a person; None for a number that is no look at them, or that a panel delays."""
    mine = _TOLD.where(looks.c.person == person, looks.c.id == number, told(tx))
    return next(iter(_looks(tx, list(tx.execute(mine)))), None)


def key_of(tx: Connection, person: str) -> tuple[str, dt.datetime] | None:
    """Returns the place that a member's key is for, and until when; None without one."""
    mine = sa.select(look_keys).where(look_keys.c.person == person, look_keys.c.until_at > clock.now())
    row = tx.execute(mine).first()
    return (row.scope_id, row.until_at) if row else None


def _looks(tx: Connection, rows: Sequence[Sequence[Any]]) -> list[Look]:
    until = ends(tx, {row[-1] for row in rows if row[-1] is not None})
    return [_look(row[:-1], until.get(row[-1])) for row in rows]


def _look(row: Sequence[Any], until: dt.datetime | None) -> Look:
    at, holder, role, kind, scope_id, purpose, about, fields, number = row
    return Look(at, holder, role, kind, scope_id, purpose, about, tuple(fields.split()), number, until)
