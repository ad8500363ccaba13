"""What tests begin with, built once by the verbs and copied for each: of(db, build, ...).

Founding a branch takes three hundred statements, and half of all tests begin with one. So a builder runs once in each
process for an engine, a choice and a moment; whoever asks for the same again is given the same rows in a store of
their own: the same ids, hours and people, and nothing of what another test did to them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from hub import clock, sealing
from hub.db import Database
from tests.databases import Store
from tests.images import Image, put, take

T = TypeVar("T")
MOST = 40  # kept at a time, of a megabyte or two each; what was asked for longest ago goes first


class Clock(Protocol):
    """A clock that stands still where it was put (tests/conftest.py)."""

    moment: datetime

    def put(self, moment: datetime) -> object:
        """Puts it to a moment."""


@dataclass(frozen=True)
class Kept:
    """What a builder left. image: every row; vault: the keys to them; value: what it returned.

    moment: where the clock stood then, if it did.
    """

    image: Image
    vault: sealing.Memory
    value: Any
    moment: datetime | None


KEPT: dict[Hashable, Kept] = {}
STORE, CLOCK = object(), object()  # stand in what is kept for the store and the clock of whoever asks


def of(db: Database, build: Callable[..., T], *chosen: Hashable, at: Clock | None = None) -> T:
    """Does to a store what build(db, *chosen) does, or build(db, *chosen, at); returns the like of what that returns.

    The store is empty, or as other builders left it; to any other, the builder itself does it. build: a module's
    function or class, which reads nothing but the store, what it is given, and the clock; at: that clock, if it moves
    it or keeps it. Raises TypeError for a function that each test makes anew.
    """
    if getattr(build, "__closure__", None) or "<" in build.__qualname__:
        raise TypeError(f"{build.__qualname__} is another function in each test: what it built is never found again")
    given = chosen if at is None else (*chosen, at)
    if not isinstance(db, Store) or db.is_touched:
        return build(db, *given)
    key = (db.is_sqlite, db.built, build, chosen, _standing())
    kept = KEPT.pop(key, None)
    if kept is None:
        value = build(db, *given)
        kept = Kept(take(db), _keys(db).copy(), _apart(value, [(db, STORE), (at, CLOCK)]), _standing())
    else:
        put(db, kept.image, is_empty=db.built is None)
        sealing.attach(db, kept.vault.copy())
        value = _apart(kept.value, [(STORE, db), (CLOCK, at)])
        if at is not None and kept.moment is not None:
            at.put(kept.moment)
    db.is_left(key)
    _keep(key, kept)
    return value


def _keys(db: Database) -> sealing.Memory:
    """Returns a test's vault, which is in memory."""
    found = sealing.vault_of(db.engine)
    assert isinstance(found, sealing.Memory)
    return found


def _standing() -> datetime | None:
    """Returns where the clock stands; None while it is the machine's, which moves from test to test."""
    return None if clock._source is clock._machine else clock.now()


def _apart(value: T, instead: Sequence[tuple[Any, Any]]) -> T:
    """Returns the like of a value, with other things in the place of some: no test adds to another's list."""
    return copy.deepcopy(value, {id(old): new for old, new in instead if old is not None})


def _keep(key: Hashable, kept: Kept) -> None:
    KEPT[key] = kept
    while len(KEPT) > MOST:
        del KEPT[next(iter(KEPT))]
