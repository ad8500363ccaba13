"""put, and what the worker and the person read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock, ids, sealing
from hub.letters import LETTERS
from hub.outbox.models import letters

PARAMS = "letters.params"


@dataclass(frozen=True)
class Letter:
    """One letter. params: empty where nobody can read them any more; sent_at: when the matcher took it."""

    id: str
    person: str
    template: str
    params: Mapping[str, str]
    at: datetime
    sent_at: datetime | None


_PUT = sa.insert(letters)


def put(tx: Connection, *, person: str, template: str, **params: str) -> None:
    """Stores a letter with the change it tells of. Raises KeyError or ValueError for what letters.py does not list."""
    put_all(tx, persons=[person], template=template, **params)


def put_all(tx: Connection, *, persons: Sequence[str], template: str, **params: str) -> None:
    """Stores the same letter to each of many persons, in one statement. Raises as put does."""
    if tuple(sorted(params)) != tuple(sorted(LETTERS[template])):
        raise ValueError(f"{template} takes {LETTERS[template]}, not {tuple(params)}")
    now, said = clock.now(), json.dumps(params, sort_keys=True)
    sealing.new(tx, persons)
    rows = [
        {"id": ids.new("ltr"), "person": person, "template": template, "at": now,
         "params": sealing.write(tx, person, PARAMS, said)}
        for person in persons
    ]  # fmt: skip
    if rows:
        tx.execute(_PUT, rows)


def unsent(tx: Connection, limit: int = 100) -> list[Letter]:
    """Returns the oldest letters that the matcher has not taken yet."""
    waiting = sa.select(letters).where(letters.c.sent_at.is_(None)).order_by(letters.c.at, letters.c.id).limit(limit)
    return _letters(tx, tx.execute(waiting).all())


def mark_sent(tx: Connection, letter: str) -> None:
    """Notes that the matcher took a letter."""
    tx.execute(sa.update(letters).where(letters.c.id == letter).values(sent_at=clock.now()))


def notices(tx: Connection, person: str, limit: int = 200) -> list[Letter]:
    """Returns a person's letters that can be read, newest first."""
    mine = sa.select(letters).where(letters.c.person == person)
    newest = tx.execute(mine.order_by(letters.c.at.desc(), letters.c.id).limit(limit)).all()
    return [letter for letter in _letters(tx, newest) if letter.params or not LETTERS[letter.template]]


def _letters(tx: Connection, rows: Sequence[Row[tuple[object, ...]]]) -> list[Letter]:
    sealing.fetch(tx, [row.person for row in rows])
    return [
        Letter(row.id, row.person, row.template, _params(tx, row.person, row.params), row.at, row.sent_at)
        for row in rows
    ]


def _params(tx: Connection, person: str, sealed: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(sealing.read(tx, person, PARAMS, sealed) or "{}")
    return found
