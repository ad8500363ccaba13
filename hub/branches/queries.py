"""Reads: areas by slug or district, branches by slug."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.branches.models import area_districts, area_proposals, areas, branch_rule_changes, branches
from hub.errors import YES, NotFound, Verdict, no
from hub.permits import Scope, branch_scope
from hub.permits.predicates import DORMANT
from hub.permits.queries import sleep_of

_AREA = sa.select(areas).where(areas.c.slug == sa.bindparam("area"))
_DISTRICTS = sa.select(area_districts).order_by(area_districts.c.area, area_districts.c.district)
_MINE = _DISTRICTS.where(area_districts.c.area == sa.bindparam("area"))
_EVERY = sa.select(branches, *sleep_of(branches.c.id))
_BRANCH = _EVERY.where(branches.c.id == sa.bindparam("branch"))
_OF_ACT = _EVERY.where(branches.c.act == sa.bindparam("act"))
_OF_AREA = _EVERY.where(branches.c.area == sa.bindparam("area"), branches.c.ended_entry.is_(None))
_SLUG = _EVERY.where(branches.c.slug == sa.bindparam("slug"), branches.c.ended_entry.is_(None))


@dataclass(frozen=True)
class Area:
    """Postcode districts under names; the first name is the usual one."""

    slug: str
    names: tuple[str, ...]
    districts: tuple[str, ...]
    entry: int

    @property
    def name(self) -> str:
        """The name to show."""
        return self.names[0]


@dataclass(frozen=True)
class Branch:
    """A branch, proposed or registered. name is None where the words were withdrawn.

    dormant_entry: the entry that says that nobody belongs to it now; revived_at: since when somebody does again.
    """

    id: str
    slug: str
    area: str
    name: str | None
    act: str
    proposed_entry: int
    proposed_at: dt.datetime
    registered_entry: int | None
    registered_at: dt.datetime | None
    ended_entry: int | None
    dormant_entry: int | None = None
    revived_at: dt.datetime | None = None

    @property
    def scope(self) -> Scope:
        """Where its powers and rights hold."""
        return branch_scope(self.id, self.area)

    @property
    def is_registered(self) -> bool:
        """Tells whether its founding act came to its effect."""
        return self.registered_entry is not None

    @property
    def is_dormant(self) -> bool:
        """Tells whether nobody belongs to it now."""
        return self.dormant_entry is not None


def takes_acts(branch: Branch) -> Verdict:
    """Says whether anything can be decided in a branch: it is registered, and somebody belongs to it."""
    if not branch.is_registered:
        return no("branches.not_registered", "This branch is still being founded.")
    return DORMANT if branch.is_dormant else YES


def all_areas(tx: Connection) -> list[Area]:
    """Returns every area, by slug."""
    districts: dict[str, list[str]] = {}
    for row in tx.execute(_DISTRICTS):
        districts.setdefault(row.area, []).append(row.district)
    rows = tx.execute(sa.select(areas).order_by(areas.c.slug))
    return [Area(row.slug, tuple(row.names), tuple(districts.get(row.slug, ())), row.entry) for row in rows]


def find_area(tx: Connection, slug: str) -> Area | None:
    """Returns an area, or None."""
    row = tx.execute(_AREA, {"area": slug}).first()
    if row is None:
        return None
    mine = tx.execute(_MINE, {"area": slug}).all()
    return Area(row.slug, tuple(row.names), tuple(found.district for found in mine), row.entry)


def area(tx: Connection, slug: str) -> Area:
    """Returns an area. Raises NotFound."""
    found = find_area(tx, slug)
    if found is None:
        raise NotFound
    return found


def by_slug(tx: Connection, slug: str) -> Branch:
    """Returns the branch at an address, proposed or registered. Raises NotFound."""
    return _one(tx.execute(_SLUG, {"slug": slug}).first())


def get(tx: Connection, branch: str) -> Branch:
    """Returns a branch by its id, also one whose founding came to nothing. Raises NotFound."""
    return _one(tx.execute(_BRANCH, {"branch": branch}).first())


def find(tx: Connection, branch: str) -> Branch | None:
    """Returns a branch by its id, or None."""
    row = tx.execute(_BRANCH, {"branch": branch}).first()
    return None if row is None else _branch(row)


def of_act(tx: Connection, act: str) -> Branch:
    """Returns the branch that an act founds. Raises NotFound."""
    return _one(tx.execute(_OF_ACT, {"act": act}).first())


def of_area(tx: Connection, slug: str) -> Branch | None:
    """Returns the branch, proposed or registered, of an area, or None."""
    row = tx.execute(_OF_AREA, {"area": slug}).first()
    return None if row is None else _branch(row)


def listing(tx: Connection, *, registered: bool = True) -> list[Branch]:
    """Returns the branches by slug: the registered ones, or those still proposed."""
    is_registered = branches.c.registered_entry.is_not(None)
    live = _EVERY.where(branches.c.ended_entry.is_(None), is_registered if registered else ~is_registered)
    return [_branch(row) for row in tx.execute(live.order_by(branches.c.slug))]


def branch_rule_change(tx: Connection, act: str) -> Row[Any] | None:
    """Returns the number that an act proposes for a branch: act, branch, rule, value; or None."""
    return tx.execute(sa.select(branch_rule_changes).where(branch_rule_changes.c.act == act)).first()


def proposals_of_areas(tx: Connection) -> list[Row[Any]]:
    """Returns what the operator proposed and no council member has confirmed yet: id, areas, operator, at."""
    waiting = sa.select(area_proposals).where(area_proposals.c.confirmed_at.is_(None))
    return list(tx.execute(waiting.order_by(area_proposals.c.at, area_proposals.c.id)))


def _one(row: Row[Any] | None) -> Branch:
    if row is None:
        raise NotFound
    return _branch(row)


def _branch(row: Row[Any]) -> Branch:
    return Branch(
        row.id, row.slug, row.area, row.name, row.act, row.proposed_entry, row.proposed_at,
        row.registered_entry, row.registered_at, row.ended_entry, row.dormant_entry, row.revived_at,
    )  # fmt: skip
