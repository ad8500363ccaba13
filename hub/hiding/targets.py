"""What can be hidden: each kind registered by the room that owns it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub.permits import Scope


@dataclass(frozen=True)
class Target:
    """Something published. scope: whose officers may hide it; author: the holder who published it; place: its page.

    barred: holders with a stake in it, who neither hide it nor decide on that. called: what it is and whose, in words
    that say nothing of it.
    """

    scope: Scope
    author: str | None
    place: str
    barred: frozenset[str] = frozenset()
    called: str = "something"


Find = Callable[[Connection, str], Target | None]
Changed = Callable[[Connection, str], None]


def _nothing(_tx: Connection, _target: str) -> None:
    """For what is found nowhere but on its page."""


@dataclass(frozen=True)
class Kind:
    """find: the target by its id, or None; by_measure: whether an emergency measure may hide it.

    changed: what its room does, beside its queries, when it is hidden or back: its search, for one.
    """

    find: Find
    by_measure: bool = True
    changed: Changed = _nothing


KINDS: dict[str, Kind] = {}


def hideable(kind: str, *, by_measure: bool = True, changed: Changed = _nothing) -> Callable[[Find], Find]:
    """Registers a kind of thing that can be hidden."""

    def register(find: Find) -> Find:
        if kind in KINDS:
            raise RuntimeError(f"two rooms hide a {kind}")
        KINDS[kind] = Kind(find, by_measure, changed)
        return find

    return register


def find(tx: Connection, kind: str, target: str) -> Target | None:
    """Returns what would be hidden, or None where there is nothing of this kind and id."""
    known = KINDS.get(kind)
    return None if known is None else known.find(tx, target)


def called(tx: Connection, kind: str, target: str) -> str:
    """Says what something is and whose, in a sentence; also of what is there no more."""
    found = find(tx, kind, target)
    return "something that is there no more" if found is None else found.called
