"""What happened since, in sentences: the copy folded once more, each entry asked whether it touches the branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.engine import Connection

from hub import clock
from hub.db import scratch
from hub.ledger import Entry
from hub.ledger.entries import parse_entry
from hub.ledger.reading import lines_of, read_entries
from hub.ledger.verify import fold
from hub.monitor.touching import Touching

Tell = Callable[[Connection, Entry], str]
"""(the folded state, an entry of it) to the entry's sentence."""


def since(mirror: Path, start: int, size: int, branch: str | None, tell: Tell) -> list[str]:
    """Returns a line for each entry from ``start`` on that touches a branch (by its slug; None: any entry)."""
    found = read_entries(mirror, size)
    wanted = [entry for entry in _touching(found, branch) if entry.index >= start]
    if not wanted:
        return []
    with scratch() as tx:
        void = {ignored.index for ignored in fold(tx, lines_of(mirror, found))}
        return [_line(entry, tell(tx, entry), entry.index in void) for entry in wanted]


def _touching(found: list[bytes], branch: str | None) -> Iterator[Entry]:
    asked = None if branch is None else Touching(branch)
    for index, raw in enumerate(found):
        entry = parse_entry(raw, index)
        if asked is None or asked.takes(entry):
            yield entry


def _line(entry: Entry, sentence: str, is_void: bool) -> str:
    return f"{entry.index}  {clock.format_minute(entry.at)}  {sentence}{' (It changes nothing.)' if is_void else ''}"
