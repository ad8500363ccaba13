"""Where a view is made from: a store, whose public tables say which rules and charters took effect.

A copy's record is folded into a store of its own first: whoever doubts a hub's view makes theirs and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.charter.models import charters
from hub.constitution.models import constitutions
from hub.db import scratch
from hub.ledger.models import entries
from hub.ledger.reading import Key, lines_of, read_log
from hub.ledger.verify import fold
from hub.mirror.git.export import export
from hub.mirror.git.view import CHARTERS, RULES, Change, View

_RANGE = (
    sa.select(entries.c.bytes)
    .where(entries.c.index >= sa.bindparam("start"), entries.c.index < sa.bindparam("end"))
    .order_by(entries.c.index)
)


class Stored:
    """The record in a hub's store, or in one that a mirror was folded into."""

    def __init__(self, tx: Connection) -> None:
        self.tx = tx

    def entries(self, start: int, end: int) -> list[bytes]:
        """Returns entries' bytes."""
        return [bytes(raw) for raw in self.tx.scalars(_RANGE, {"start": start, "end": end})]

    def changes(self, start: int, end: int) -> Mapping[int, Change]:
        """Returns the rules and charters that entries put in force."""
        rules = sa.select(constitutions.c.entry, constitutions.c.text)
        notes = sa.select(charters.c.entry, charters.c.version, charters.c.signed)
        found = {int(row.entry): (RULES, str(row.text).encode()) for row in self.tx.execute(rules)}
        found |= {
            int(row.entry): (f"{CHARTERS}/{row.version}", str(row.signed).encode()) for row in self.tx.execute(notes)
        }
        return {index: change for index, change in found.items() if start <= index < end}


def write_of_copy(folder: Path, key: Key | None, view: Path) -> View:
    """Verifies the log in a folder, and writes its view; returns it. Raises Unverified."""
    log = read_log(folder, key)
    with scratch() as tx:
        fold(tx, lines_of(folder, log.entries))
        while (done := export(view, Stored(tx), log.head.size)).size < log.head.size:
            pass
    return done
