"""State as a machine reads it: raw rows of the stores, without a query of the house. Moves choose from it.

Everything comes in an order of its own (by entry, by name), never by a random id: so indices mean the same twice.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, NamedTuple

MANDATES = ("founding", "election", "lot")


class Row(dict[str, Any]):
    """A row, its columns as attributes."""

    __getattr__ = dict.__getitem__


class Place(NamedTuple):
    """A scope: kind hub, branch or group; id; the branch it is or lies in."""

    kind: str
    id: str
    branch: str | None


HUB = Place("hub", "hub", None)


class View:
    """One look at the whole store. now: the moment of the look, in seconds; only: who may act at all, None for all."""

    def __init__(self, raw: Any, people: dict[str, str], now: dt.datetime, only: frozenset[str] | None = None) -> None:
        self.raw, self.people, self.now, self.only = raw, people, int(now.timestamp()), only
        self._read: dict[tuple[str, str], list[Row]] = {}

    def acting(self, names: list[str]) -> list[str]:
        """Those of some people who do anything in this world."""
        return names if self.only is None else [name for name in names if name in self.only]

    def rows(self, table: str, order: str = "1") -> list[Row]:
        """Every row of a table, read once: a look is of one moment."""
        if (table, order) not in self._read:
            self._read[table, order] = self._rows(table, order)
        return self._read[table, order]

    def _rows(self, table: str, order: str) -> list[Row]:
        found = self.raw.execute(f'SELECT * FROM "{table}" ORDER BY {order}')
        names = [column[0] for column in found.description]
        return [Row(zip(names, row, strict=True)) for row in found]

    @cached_property
    def grants(self) -> list[Row]:
        return self.rows("grants", "entry")

    @cached_property
    def pauses(self) -> list[Row]:
        return self.rows("grant_pauses", "entry")

    @cached_property
    def dormancies(self) -> list[Row]:
        return self.rows("dormancies", "entry")

    @cached_property
    def dormant(self) -> set[str]:
        """Ids of the groups to which, by the record, nobody belongs now."""
        return {row.scope_id for row in self.dormancies if row.until_entry is None}

    @cached_property
    def acts(self) -> list[Row]:
        return self.rows("acts", "opened_entry")

    @cached_property
    def hands(self) -> list[Row]:
        return self.rows("act_hands", "entry")

    @cached_property
    def facts(self) -> list[Row]:
        return self.rows("act_facts", "entry, act")

    @cached_property
    def moves(self) -> list[Row]:
        return self.rows("act_moves", "entry")

    @cached_property
    def petitions(self) -> list[Row]:
        return self.rows("petitions", "told_entry")

    @cached_property
    def hidings(self) -> list[Row]:
        return self.rows("hidings", "told_entry")

    @cached_property
    def groups(self) -> list[Row]:
        return self.rows("groups", "proposed_entry")

    @cached_property
    def branches(self) -> list[Row]:
        return self.rows("branches", "proposed_entry")

    @cached_property
    def constitutions(self) -> list[Row]:
        return self.rows("constitutions", "entry")

    @cached_property
    def powers(self) -> dict[str, dict[str, str]]:
        """Role to permission to reach, under the rules in force."""
        found: dict[str, dict[str, str]] = {}
        for row in self.rows("role_powers"):
            found.setdefault(row.role, {})[row.permission] = row.reach
        return found

    @cached_property
    def holder_of(self) -> dict[str, str]:
        """Person to holder."""
        return {row.person: row.holder for row in self.rows("holdings")}

    @cached_property
    def name_of(self) -> dict[str, str]:
        """Holder to the name a machine calls them by."""
        named = {person: name for name, person in self.people.items()}
        return {holder: named[person] for person, holder in self.holder_of.items()}

    @cached_property
    def area_of(self) -> dict[str, str | None]:
        """Person with running standing to their area."""
        return {row.person: row.area for row in self.rows("standings") if row.until_at is None}

    @cached_property
    def inside(self) -> dict[str, set[str]]:
        """Group to the persons who belong to it."""
        found: dict[str, set[str]] = {}
        for row in self.rows("memberships"):
            if row.until_at is None:
                found.setdefault(row.group, set()).add(row.person)
        return found

    def stands(self, grant: Row) -> bool:
        """Whether a grant's term runs now, paused or not."""
        if grant.lender and not self.stands(self.lender_of(grant)):
            return False
        return grant.from_at <= self.now < grant.until_at and (grant.ended_at is None or self.now < grant.ended_at)

    def lender_of(self, grant: Row) -> Row:
        """The grant that a stand-in's was lent from."""
        return next(row for row in self.grants if row.id == grant.lender)

    def is_live(self, grant: Row, at: int | None = None) -> bool:
        """The naive oracle of the one predicate: dates, ending, pauses, and whether anybody belongs to its place."""
        moment = self.now if at is None else at
        if not grant.from_at <= moment < grant.until_at or (grant.ended_at is not None and moment >= grant.ended_at):
            return False
        sleeps = [row for row in self.dormancies if row.scope_id == grant.scope_id and row.from_at <= moment]
        if any(row.until_at is None or moment < row.until_at for row in sleeps):
            return False
        if grant.lender and not self.is_live(self.lender_of(grant), moment):
            return False
        return not any(p.grant == grant.id and p.from_at <= moment < p.until_at for p in self.pauses)

    def stood(self, grant: str, at: int) -> bool:
        """Whether a grant's term ran at a moment, by its dates and its ending alone."""
        found = next(row for row in self.grants if row.id == grant)
        return found.from_at <= at < min(found.until_at, found.until_at if found.ended_at is None else found.ended_at)

    def is_frozen(self, permission: str, scope: str) -> bool:
        """Whether somebody who still holds their office froze a power in a place, and it holds now."""
        return any(
            (row.permission, row.scope_id) == (permission, scope)
            and row.from_at <= self.now < row.until_at
            and self.stood(row.grant, self.now)
            for row in self.rows("power_freezes", "told_entry")
        )

    @cached_property
    def live(self) -> list[Row]:
        """The grants live now."""
        return [grant for grant in self.grants if self.is_live(grant)]

    def carries(self, grant: Row, permission: str, place: Place) -> bool:
        """Whether a grant's role carries a permission as far as a place."""
        reach = self.powers.get(grant.role, {}).get(permission)
        if reach is None or (grant.lender and not self.carries(self.lender_of(grant), permission, place)):
            return False
        if reach == "hub":
            return True
        if reach == "branch_and_below":
            return grant.branch_id is not None and grant.branch_id == place.branch
        return (grant.scope_kind, grant.scope_id) == (place.kind, place.id)

    def holders_with(self, permission: str, place: Place) -> list[str]:
        """Names of who may use a power in a place."""
        found = {self.name_of[g.holder]: None for g in self.live if self.carries(g, permission, place)}
        return sorted(found)

    @cached_property
    def names(self) -> list[str]:
        """Everybody."""
        return list(self.people)

    @cached_property
    def members(self) -> list[str]:
        """Everybody with running standing."""
        return [name for name, person in self.people.items() if person in self.area_of]

    def belonging(self, place: Place) -> list[str]:
        """Names of who belongs to a place, by the naive reading."""
        if place.kind == "hub":
            return self.members
        if place.kind == "branch":
            area = next(branch.area for branch in self.branches if branch.id == place.id)
            return [name for name in self.members if self.area_of[self.people[name]] == area]
        here = self.inside.get(place.id, set())
        return [name for name in self.members if self.people[name] in here]

    @cached_property
    def open_acts(self) -> list[Row]:
        """Acts that run."""
        return [act for act in self.acts if act.outcome is None]

    def open_of(self, *procedures: str) -> list[Row]:
        """Running acts of some procedures."""
        return [act for act in self.open_acts if act.procedure in procedures]

    @cached_property
    def registered(self) -> list[Row]:
        """Groups that exist."""
        return [group for group in self.groups if group.registered_entry is not None]

    @cached_property
    def signed(self) -> dict[str, set[str]]:
        """Act to the persons who signed its petition."""
        found: dict[str, set[str]] = {}
        for row in self.rows("signatures"):
            found.setdefault(row.act, set()).add(row.person)
        return found


def place_of(row: Row) -> Place:
    """The scope of an act or a grant."""
    return Place(row.scope_kind, row.scope_id, row.branch_id)


def group_place(group: Row) -> Place:
    """The scope of a group."""
    return Place("group", group.id, group.branch)
