"""The matcher's counts change no table: they are there to be read, and compared."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from hub.ledger import Entry, Said, applies, unwarranted
from hub.roster.entries import MatcherCounted, OperatorsCounted, RosterImported, RosterUndone


def note(tx: Connection, entry: Entry, record: Any, said: Said) -> None:
    """Writes nothing: the entry itself is all there is."""


for _record in (MatcherCounted, OperatorsCounted, RosterImported, RosterUndone):
    applies(_record, warrant=unwarranted)(note)
