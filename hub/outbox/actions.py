"""put, and what the worker and the person read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock, ids
from hub.letters import LETTERS
from hub.outbox.models import letters


@dataclass(frozen=True)
class Letter:
    """One letter. sent_at: when the matcher took it, None until then."""

    id: str
    person: str
    template: str
    params: Mapping[str, str]
    at: datetime
    sent_at: datetime | None


def put(tx: Connection, *, person: str, template: str, **params: str) -> None:
    """Stores a letter with the change it tells of. Raises KeyError or ValueError for what letters.py does not list."""
    put_all(tx, persons=[person], template=template, **params)


def put_all(tx: Connection, *, persons: Sequence[str], template: str, **params: str) -> None:
    """Stores the same letter to each of many persons, in one statement. Raises as put does."""
    if tuple(sorted(params)) != tuple(sorted(LETTERS[template])):
        raise ValueError(f"{template} takes {LETTERS[template]}, not {tuple(params)}")
    now = clock.now()
    rows = [
        {"id": ids.new("ltr"), "person": person, "template": template, "params": params, "at": now}
        for person in persons
    ]
    if rows:
        tx.execute(sa.insert(letters), rows)


def unsent(tx: Connection, limit: int = 100) -> list[Letter]:
    """Returns the oldest letters that the matcher has not taken yet."""
    waiting = sa.select(letters).where(letters.c.sent_at.is_(None)).order_by(letters.c.at, letters.c.id).limit(limit)
    return [_letter(row) for row in tx.execute(waiting)]


def mark_sent(tx: Connection, letter: str) -> None:
    """Notes that the matcher took a letter."""
    tx.execute(sa.update(letters).where(letters.c.id == letter).values(sent_at=clock.now()))


def notices(tx: Connection, person: str, limit: int = 200) -> list[Letter]:
    """Returns a person's letters, newest first."""
    mine = sa.select(letters).where(letters.c.person == person)
    return [_letter(row) for row in tx.execute(mine.order_by(letters.c.at.desc(), letters.c.id).limit(limit))]


def _letter(row: Row[tuple[object, ...]]) -> Letter:
    return Letter(row.id, row.person, row.template, row.params, row.at, row.sent_at)
