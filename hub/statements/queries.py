"""Reads: statements as they stand, what they said before, and what waits for a second signature."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.errors import NotFound
from hub.statements.models import statements, versions
from hub.statements.rules import WITHDRAW


@dataclass(frozen=True)
class Version:
    """One act about a statement. Words are None where there are none, or where they were withdrawn."""

    act: str
    does: str
    title: str | None
    text: str | None
    reason: str | None
    told_entry: int
    done_entry: int | None
    done_at: dt.datetime | None


@dataclass(frozen=True)
class Statement:
    """A statement with its acts, the oldest first. group: where a reminder says that something was said."""

    id: str
    kind: str
    group: str | None
    versions: tuple[Version, ...]

    @property
    def done(self) -> tuple[Version, ...]:
        """What took effect, in its order."""
        found = [one for one in self.versions if one.done_entry is not None]
        return tuple(sorted(found, key=lambda one: one.done_entry or 0))

    @property
    def is_withdrawn(self) -> bool:
        """Tells whether it was taken back."""
        return any(one.does == WITHDRAW for one in self.done)

    @property
    def said(self) -> Version:
        """The words that stand, or stood last. Only of what was published."""
        return [one for one in self.done if one.does != WITHDRAW][-1]


def find(tx: Connection, statement: str) -> Statement | None:
    """Returns a statement, published or drafted, or None."""
    return next(iter(_read(tx, statements.c.id == statement)), None)


def get(tx: Connection, statement: str) -> Statement:
    """Returns a statement that was published. Raises NotFound."""
    found = find(tx, statement)
    if found is None or not found.done:
        raise NotFound
    return found


def of_act(tx: Connection, act: str) -> tuple[Statement, Version]:
    """Returns the statement that an act is about, and what the act would do. Raises NotFound."""
    about = tx.scalar(sa.select(versions.c.statement).where(versions.c.act == act))
    found = None if about is None else find(tx, about)
    if found is None:
        raise NotFound
    return found, next(one for one in found.versions if one.act == act)


def published(tx: Connection) -> list[Statement]:
    """Returns every published statement, those said last first."""
    found = [one for one in _read(tx, sa.true()) if one.done]
    return sorted(found, key=lambda one: -(one.done[0].done_entry or 0))


def reminders_of(tx: Connection, group: str) -> list[Statement]:
    """Returns the reminders that stand of a group, those said last first."""
    found = [one for one in _read(tx, statements.c.group == group) if one.done and not one.is_withdrawn]
    return sorted(found, key=lambda one: -(one.done[0].done_entry or 0))


def _read(tx: Connection, where: sa.ColumnElement[bool]) -> list[Statement]:
    rows = tx.execute(sa.select(statements).where(where).order_by(statements.c.told_entry)).all()
    told = sa.select(versions).join(statements, statements.c.id == versions.c.statement).where(where)
    acts: dict[str, list[Version]] = {}
    for row in tx.execute(told.order_by(versions.c.told_entry)):
        one = Version(
            row.act, row.does, row.title, row.text, row.reason, row.told_entry, row.done_entry, row.done_at
        )  # fmt: skip
        acts.setdefault(row.statement, []).append(one)
    return [Statement(row.id, row.kind, row.group, tuple(acts.get(row.id, ()))) for row in rows]
