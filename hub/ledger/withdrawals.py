"""Withdrawing words: the opening is deleted, and every public text that came from it becomes None.

The entry stays and verifies; a replay without the opening gives the same tables, row for row. A room tells here, once,
which of its columns hold words:

    tells(groups, "name", "told_entry", entry_types=("group.proposed", "group.renamed"))

Law: after withdraw(tx, index, name), the public tables equal those of a replay from which that opening is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.errors import NotFound
from hub.ledger import models
from hub.ledger.entries import Entry
from hub.ledger.openings import parse_opening
from hub.ledger.tombstones import ERASED
from hub.ledger.writer import get

After = Callable[[Connection, Entry, str], None]


@dataclass(frozen=True)
class Telling:
    """One public column of words. told: the column with the index of the entry its words came from."""

    table: sa.Table
    column: str
    told: str
    entry_types: tuple[str, ...]
    word: str


TELLINGS: list[Telling] = []
_AFTER: list[After] = []


def tells(table: sa.Table, column: str, told: str, *, entry_types: tuple[str, ...], word: str | None = None) -> None:
    """Says that a public column holds the words of some entries' opening. word: the opening, if named otherwise.

    Raises KeyError for a column the table lacks and TypeError for one that cannot become None.
    """
    if not table.c[column].nullable:
        raise TypeError(f"{table.name}.{column} must be nullable: words can be withdrawn")
    telling = Telling(table, table.c[column].name, table.c[told].name, entry_types, word or column)
    if telling not in TELLINGS:
        TELLINGS.append(telling)


def after_withdrawal(call: After) -> After:
    """Registers what must also forget the words: a search index, a cache. Called with (tx, entry, opening's name)."""
    _AFTER.append(call)
    return call


def withdraw(tx: Connection, index: int, name: str, *, why: str = ERASED) -> None:
    """Deletes an opening and blanks every public text that came from it. It cannot be undone.

    why: as its tombstone will say it (tombstones.py).

    Raises NotFound when the entry has no such opening, or no longer.
    """
    entry = get(tx, index)
    disclosure = tx.scalar(
        sa.delete(models.openings)
        .where(models.openings.c.index == index, models.openings.c.name == name)
        .returning(models.openings.c.disclosure)
    )
    if entry is None or disclosure is None:
        raise NotFound("ledger.no_such_words", "These words are not in the record, or were withdrawn before.")
    digest = parse_opening(disclosure).digest
    row = {"index": index, "digest": digest, "at": clock.now(), "why": why}
    tx.execute(sa.insert(models.withdrawals), row)
    for telling in TELLINGS:
        if entry.type in telling.entry_types and telling.word == name:
            mine = telling.table.c[telling.told] == index
            tx.execute(sa.update(telling.table).where(mine).values({telling.column: None}))
    for forget in _AFTER:
        forget(tx, entry, name)
