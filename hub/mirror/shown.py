"""What a hub shows, held against a verified copy of its record: its state.json, and who holds what on its pages.

Whoever edits rows of the database changes what pages show, and no entry. So the hub tells its offices to programs from
the same rows (/powers.json), and here the copy is folded and asked the same, for the same moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import Connection

from hub.db import scratch
from hub.ledger import files, published
from hub.ledger.reading import lines_of, read_entries
from hub.ledger.state import differences as differing
from hub.ledger.state import parse_state
from hub.ledger.verify import fold
from hub.mirror.config import parse_config
from hub.mirror.pull import differs
from hub.mirror.sources import Source
from hub.permits import shown

PATH, STATE = "powers.json", "state.json"
LARGEST = 1 << 28  # bytes of it
NONE = "{name} shows no /powers.json, though it is the hub's own address: its pages cannot be held against its record."


@dataclass
class Seen:
    """What one look found. problems: sentences; waits: what was not compared, as it speaks of another size.

    mark: of offices that were found to agree, so that the same need not be folded again.
    """

    problems: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    mark: str = ""


def look(source: Source, folder: Path, size: int, known: str = "") -> Seen:
    """Looks at what a hub shows. folder: a copy of ``size`` entries, verified; known: an earlier look's mark.

    Raises Unreachable where it does not answer.
    """
    seen = Seen(mark=known)
    _state(source, folder, size, seen)
    _offices(source, folder, size, seen)
    return seen


def _state(source: Source, folder: Path, size: int, seen: Seen) -> None:
    """The copy's own state.json is what its record gives, byte for byte what an honest hub serves."""
    raw, ours = source.get(STATE, published.LARGEST), files.read(folder / STATE)
    if raw is not None and raw == ours:
        return
    said = published.read(raw)
    if said.fault:
        seen.problems.append(f"{said.fault} The record's own result was written instead.")
    elif said.size != size or ours is None:
        seen.waits.append(f"its state.json speaks of {said.size} entries")
    else:
        found = differing(said.said, parse_state(ours)[1])
        seen.problems += [differs(found)] if found else []


def _offices(source: Source, folder: Path, size: int, seen: Seen) -> None:
    raw = source.get(PATH, LARGEST)
    if raw is None:
        seen.problems += [NONE.format(name=source.name)] if _is_own(source, folder) else []
        return
    try:
        said = shown.parse_shown(raw)
    except ValueError:
        seen.problems.append(f"/{PATH} cannot be read.")
        return
    if said.size < size:
        seen.problems.append(f"/{PATH} speaks of {said.size} entries, fewer than the {size} that were published.")
    elif said.size > size:
        seen.waits.append(f"its offices are those after {said.size} entries")
    else:
        _compare(folder, said, seen)


def _compare(folder: Path, said: shown.Shown, seen: Seen) -> None:
    offices = shown.format_shown(shown.Shown(said.size, said.at.replace(year=2000, month=1, day=1), said.offices))
    mark = hashlib.sha256(offices).hexdigest()
    if mark == seen.mark:
        return
    with folded(folder, said.size) as tx:
        found = shown.differences(said, shown.shown(tx, said.at))
    seen.problems += [f"What the hub shows differs from what its record gives: it shows {one}." for one in found]
    seen.mark = "" if found else mark


def _is_own(source: Source, folder: Path) -> bool:
    """Tells whether a source is the very address that the hub has by its own settings, and no copy elsewhere."""
    with suppress(ValueError):
        return bool(parse_config(files.read(folder / "config.json") or b"{}").get("url") == source.name)
    return False


@contextmanager
def folded(folder: Path, size: int) -> Iterator[Connection]:
    """Folds a copy into an empty database of its own, which is gone afterwards."""
    with scratch() as tx:
        fold(tx, lines_of(folder, read_entries(folder, size)))
        yield tx
