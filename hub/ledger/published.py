"""What a hub says of its own state, /state.json, held against what its record gives at the very size it speaks of.

It is told as soon as its rows differ, also when it lags behind the log; that there is none is a finding, too: whoever
edits rows behind the record would rather show none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy.engine import Connection

from hub.ledger.state import State, parse_state, state_of
from hub.ledger.state import differences as differing

Line = tuple[bytes, Iterable[str]]
Row = tuple[str, str, str]
LARGEST = 1 << 30  # bytes of a served state.json that are looked at

NONE = "There is no state.json: what the hub shows of its own rows cannot be held against its record."
UNREADABLE = "state.json cannot be read."


@dataclass
class Published:
    """One state.json. size: of which it speaks, None where it says nothing; fault: why, as a sentence.

    compared: whether it was held against the record; found: the rows in which it differs, theirs first.
    """

    size: int | None = None
    said: State = field(default_factory=dict)
    fault: str = ""
    compared: bool = False
    found: list[Row] = field(default_factory=list)

    def compare(self, tx: Connection) -> None:
        """Holds it against a fold of as many entries as it speaks of."""
        self.compared, self.found = True, differing(self.said, state_of(tx))

    def parts(self, lines: Iterable[Line], size: int) -> Iterator[tuple[int, Iterable[Line]]]:
        """Splits a record of ``size`` entries where this speaks of: (start, lines) of each part, in order."""
        rest = iter(lines)
        if self.size is not None and self.size <= size:
            yield 0, islice(rest, self.size)
            yield self.size, rest
        else:
            yield 0, rest


def read(raw: bytes | None) -> Published:
    """Reads a state.json, whatever it is; None: there is none."""
    if raw is None:
        return Published(fault=NONE)
    try:
        head, said = parse_state(raw)
    except ValueError:
        return Published(fault=UNREADABLE)
    if type(head.size) is not int or head.size < 0:
        return Published(fault=UNREADABLE)
    return Published(head.size, said)
