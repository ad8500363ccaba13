"""Whoever watches a walk: after each step what is new in the record and in the files, and all properties."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from hub.cases import sealed
from tests.cases.walks.world import Bench, prepared
from tests.powers.agreeing import disagreements
from tests.powers.invariants import minute
from tests.powers.laziness import Broken, ask
from tests.powers.view import Row, View
from tests.powers.watch import Replica

Property = Callable[["Watch"], None]
PROPERTIES: list[Property] = []


def holds(check: Property) -> Property:
    """Registers what is asked after each step."""
    PROPERTIES.append(check)
    return check


class Watch:
    """Watches one walk. new: the entries since the last look, with at in seconds and who as a person.

    told: case to all of its entries so far; papers, items: whatever was ever said, by its hash, opened once; first:
    tables as the walk began; steps: of how many looks.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench, self.steps, self.ticked = bench, 0, False
        self.seen = len(bench.view.rows("entries"))
        self.new: list[Row] = []
        self.told: dict[str, list[Row]] = {}
        self.papers: dict[str, Row] = {}
        self.items: dict[str, Row] = {}
        self.filed: dict[str, Row] = {}
        self.untils = {grant.id: grant.until_at for grant in self.view.grants}
        self.members = current(self.view)

    @property
    def view(self) -> View:
        """The hub as it stands."""
        return self.bench.view

    def check(self, *, ticked: bool) -> None:
        """Asks every property of what a step left. ticked: the clock ran at its end. Raises Broken."""
        self.ticked = ticked
        self.steps += 1
        self._read()
        ask(PROPERTIES, self)

    def finish(self) -> None:
        """Once a walk is over: the record folds to the same tables here, and by the second program."""
        replica = _replica()
        replica.restore()
        replica.follow(self.view.raw, replica.size)
        for table in replica.tables:
            query = f'SELECT * FROM "{table}"'
            if set(self.view.raw.execute(query)) != set(replica.raw.execute(query)):
                raise Broken(21, f"{table} is another when the record is folded")
        if wrong := disagreements(self.bench, prepared()):
            raise Broken(21, f"the second program says otherwise: {wrong[0]}")

    def person_by(self, entry: int | None) -> str | None:
        """The person whose grant is the warrant of an entry."""
        grant = next((grant for grant in self.view.grants if grant.entry == entry), None)
        return next((p for p, h in self.view.holder_of.items() if grant is not None and h == grant.holder), None)

    def _read(self) -> None:
        found = self.view.raw.execute('SELECT bytes FROM entries WHERE "index" >= ? ORDER BY "index"', (self.seen,))
        read = [json.loads(row[0]) for row in found]
        self.new = [
            Row({**entry, "at": minute(entry["at"])}, index=self.seen + place, who=self.person_by(entry.get("by")))
            for place, entry in enumerate(read)
        ]
        self.seen += len(read)
        appealed = {act.id: act.subject for act in self.view.acts if act.procedure in ("appeal_case", "interim")}
        for entry in self.new:
            act = entry.data.get("act")
            case = entry.data.get("case") or appealed.get(act, act)
            if case is not None:
                self.told.setdefault(case, []).append(entry)
        self.filed |= {row.act: row for row in self.view.rows("case_facts")}
        self._open()

    def _open(self) -> None:
        unread = {row.act for row in self.view.rows("case_papers") if row.id not in self.papers}
        unread |= {row.act for row in self.view.rows("case_items") if row.id not in self.items}
        if unread:
            with self.bench.db.read() as tx:
                for act in sorted(unread):
                    file = sealed.read(tx, act)
                    self.papers |= {one.id: Row(vars(one)) for one in file.papers}
                    self.items |= {one.id: Row(vars(one)) for one in file.items}


def current(view: View) -> dict[str, tuple[Any, Any]]:
    """Person to area and since when, of every member."""
    return {row.person: (row.area, row.since) for row in view.rows("standings") if row.until_at is None}


@functools.cache
def _replica() -> Replica:
    return Replica(prepared().image)
