"""By which a hub, and those it continues, began: a fork names the history before it, and bears a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub import canonical
from hub.ledger import entries
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.hashes import Spoilt, Tree, format_base64, parse_hash
from hub.tlog.note import Verifier, parse_vkey

BEGINNINGS = ("hub.founded", "hub.forked")


class Unverified(Exception):
    """The log is not what it says. The text names the file or entry."""


def beginnings(found: Iterable[bytes]) -> Iterator[entries.Entry]:
    """Yields the entries by which a hub, and those it continues, began. Raises Unverified for one that is none."""
    for index, raw in enumerate(found):
        if any(name.encode() in raw for name in BEGINNINGS):
            try:
                entry = entries.parse_entry(raw, index)
            except canonical.NotCanonical as problem:
                raise Unverified(f"Entry {index} is no entry: {problem}.") from problem
            if entry.type == "hub.forked" or (entry.type == "hub.founded" and index == 0):
                yield entry


def newest(found: Iterable[bytes]) -> int:
    """Returns where the newest founding or fork in a log stands; 0 where it has none."""
    return max((entry.index for entry in beginnings(found)), default=0)


def key_named(found: Iterable[bytes]) -> Verifier:
    """Returns the key that the newest founding or fork in a log names. Raises Spoilt where none does."""
    begun = list(beginnings(found))
    named = begun[-1].data.get("log_key") if begun else None
    if not isinstance(named, str):
        raise Spoilt("no entry names the log's key")
    return parse_vkey(named)


def continued_by(found: Iterable[bytes]) -> Checkpoint | None:
    """Returns the history that the newest beginning in a log continues, or None where it began by itself.

    Raises Spoilt for one that names none.
    """
    begun = list(beginnings(found))
    if not begun or begun[-1].type != "hub.forked":
        return None
    said = begun[-1].data
    return Checkpoint(
        str(said["continues_origin"]), int(said["continues_size"]), parse_hash(str(said["continues_root"]))
    )


def check_forks(found: list[bytes], tree: Tree) -> None:
    """A fork's beginning must name the history that truly stands before it, and bear a name of its own.

    Two histories under one name are what a reader cannot tell from one that was rewritten: that of a hub further back
    counts, too, for it may still be there, or come back.
    """
    before: entries.Entry | None = None
    names: set[str] = set()
    for entry in beginnings(found):
        if entry.type == "hub.forked":
            continued = (entry.data.get("continues_size"), entry.data.get("continues_root"))
            if continued != (entry.index, format_base64(tree.root(entry.index))):
                raise Unverified(f"Entry {entry.index} says it continues another history than the one before it.")
            if before is None or before.data.get("origin") != entry.data.get("continues_origin"):
                raise Unverified(f"Entry {entry.index} says it continues another origin than the one before it.")
        if entry.data.get("origin") in names:
            raise Unverified(f"Entry {entry.index} takes the name of a hub that this record continues.")
        before = entry
        names.add(str(entry.data.get("origin")))
