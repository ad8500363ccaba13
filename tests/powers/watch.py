"""Whoever watches a world: after each step every invariant that applies, and the record folded a second time.

A room adds an invariant by @invariant in its rules_<room>.py, reading the watch's view and the entries that are new.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from hub import db as house
from hub.db import Database
from hub.ledger import writer
from tests.powers.laziness import Broken, ask
from tests.powers.view import Row, View
from tests.powers.world import World, prepared

EVERY = 10  # steps between two foldings of the record


class Watch:
    """Watches one world. new: the entries since the last look; untils: what each grant's last day was at first."""

    def __init__(self, world: World) -> None:
        self.world, self.steps = world, 0
        self.untils: dict[str, int] = {}
        self.seen = len(world.view.rows("entries"))
        self.replica = _replica()
        self.folded = self.replica.size
        self.replica.restore()
        self.new: list[Row] = []
        self.ticked = False
        self.memory: dict[str, Any] = {}  # what an invariant keeps from one step to the next

    @property
    def view(self) -> View:
        """The world as it stands."""
        return self.world.view

    def check(self, *, ticked: bool) -> None:
        """Checks what a step left. ticked: the clock ran at its end."""
        self.ticked = ticked
        found = self.view.raw.execute('SELECT bytes FROM entries WHERE "index" >= ? ORDER BY "index"', (self.seen,))
        read = [json.loads(row[0]) for row in found]
        self.new = [Row(entry, index=self.seen + place) for place, entry in enumerate(read)]
        self.seen += len(read)
        self.steps += 1
        ask(INVARIANTS, self)
        if self.steps % EVERY == 0:
            self.fold()

    def fold(self) -> None:
        """Invariant 21: folding the new entries into a store without anything private gives the same public tables."""
        self.folded = self.replica.follow(self.view.raw, self.folded)
        for table in self.replica.tables:
            here, there = _rows(self.view.raw, table), _rows(self.replica.raw, table)
            if here != there:
                raise Broken(21, f"{table}: live {here - there}, folded {there - here}")


Invariant = Callable[[Watch], None]
INVARIANTS: list[Invariant] = []


def invariant(check: Invariant) -> Invariant:
    """Registers what is checked after each step."""
    INVARIANTS.append(check)
    return check


class Replica:
    """A second store in memory, to which the record alone is told. size: of the record that every world begins with.

    image: the store that every world begins with.
    """

    def __init__(self, image: bytes) -> None:
        self.db = Database("sqlite://")
        self.db.create_all()
        with self.db.engine.connect() as tx:
            self.raw: Any = tx.connection.driver_connection
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "secure_delete=OFF"):
            self.raw.execute(f"PRAGMA {pragma}")
        self.tables = sorted(t.name for t in house.metadata.sorted_tables if t.info["kind"] == "public")
        self.size = self._tell(image)
        self.image = self.raw.serialize()

    def restore(self) -> None:
        """Goes back to where every world begins."""
        self.raw.deserialize(self.image)

    def follow(self, raw: Any, start: int) -> int:
        """Folds what a store's record holds from an index on; returns up to where."""
        lines = lines_of(raw, start)
        with self.db.write() as tx:
            ignored = list(writer.replay(tx, lines, start))
        if ignored:
            raise Broken(21, f"the fold ignores entry {ignored[0].index}: {ignored[0].verdict.code}")
        return start + len(lines)

    def _tell(self, image: bytes) -> int:
        import sqlite3  # the image is a store of its own, for this once

        other = sqlite3.connect(":memory:")
        other.deserialize(image)
        return self.follow(other, 0)


@functools.cache
def _replica() -> Replica:
    return Replica(prepared().image)


def lines_of(raw: Any, start: int) -> list[tuple[bytes, list[str]]]:
    said: dict[int, list[str]] = {}
    for index, disclosure in raw.execute('SELECT "index", disclosure FROM openings WHERE "index" >= ?', (start,)):
        said.setdefault(index, []).append(disclosure)
    rows = raw.execute('SELECT "index", bytes FROM entries WHERE "index" >= ? ORDER BY "index"', (start,))
    return [(row[1], said.get(row[0], [])) for row in rows]


def _rows(raw: Any, table: str) -> set[tuple[Any, ...]]:
    return set(raw.execute(f'SELECT * FROM "{table}"'))
