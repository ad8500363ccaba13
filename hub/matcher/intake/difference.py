"""What a file would change: its staged rows beside the roster, counted by kind in one pass. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.matcher.intake.rows import HELD
from hub.matcher.intake.staging import staged
from hub.matcher.models import roster_entries

COUNTS = ("new", "new_not_current", "changed", "changed_postcode", "changed_branch", "changed_contact", "now_current",
          "no_longer_current", "not_seen", "unchanged", "held", "removal_listed_not_applied")  # fmt: skip
NO_AREA = "(none)"

s, r = staged.c, roster_entries.c
is_current = s.effect == "current"
moved = s.pair_digest.is_distinct_from(r.pair_digest)
changed_area = s.area.is_distinct_from(r.area)
changed_contact = s.contact_digest.is_distinct_from(r.contact_digest)

# Each staged row beside the row of the roster that it is about: looked up once, asked often.
beside = sa.Table(
    "beside",
    sa.MetaData(),
    sa.Column("line", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("ref", sa.Text),
    sa.Column("from_area", sa.Text),
    sa.Column("to_area", sa.Text),
    sa.Column("was_current", sa.Boolean),
    sa.Column("effect", sa.Text),
    sa.Column("moved", sa.Boolean),
    sa.Column("changed_area", sa.Boolean),
    sa.Column("changed_contact", sa.Boolean),
    sa.Column("applies", sa.Boolean),
    prefixes=["TEMPORARY"],
)
b = beside.c


class Kind(NamedTuple):
    """One kind of row: where it was and is, what it says, what differs."""

    from_area: str | None
    to_area: str | None
    is_known: bool
    was_current: bool
    effect: str
    moved: bool
    changed_area: bool
    changed_contact: bool

    @property
    def is_current(self) -> bool:
        """Whether the row says that its member is one."""
        return self.effect == "current"


@dataclass
class Difference:
    """Counts of one import. areas: slug -> before, came, left. no_effect: rows of known people left as they were.

    before, after: current members of the hub; own_before: those whose row came from this source.
    """

    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTS, 0)))
    no_effect: int = 0
    before: int = 0
    own_before: int = 0
    came: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    before_by_area: Counter[str] = field(default_factory=Counter)

    @property
    def removals(self) -> int:
        """The number for --allow-removals: whoever the file ends, and whoever a full file lacks (D4)."""
        return self.counts["no_longer_current"] + self.counts["not_seen"]

    @property
    def joiners(self) -> int:
        """The number for --allow-joiners."""
        return self.counts["new"] + self.counts["now_current"]

    @property
    def after(self) -> int:
        """Current members once all of it has taken effect."""
        return self.before + self.joiners - self.removals

    @property
    def areas(self) -> dict[str, dict[str, int]]:
        """Before, came and left of every area where anything moved."""
        slugs = sorted(area for area in {*self.came, *self.left} if self.came[area] or self.left[area])
        return {
            area: {"before": self.before_by_area[area], "came": self.came[area], "left": self.left[area]}
            for area in slugs
        }


def compare(tx: Connection, source: str, *, full: bool) -> Difference:
    """Compares what is staged with the roster."""
    found = Difference()
    current = sa.select(r.area, r.source, sa.func.count()).where(r.current).group_by(r.area, r.source)
    for area, whose, many in tx.execute(current):
        found.before += many
        found.own_before += many if whose == source else 0
        found.before_by_area[area or NO_AREA] += many
    lay_beside(tx, source, full=full)
    for kind, many in _kinds(tx).items():
        _add(found, kind, many, full)
    if full:
        for area, many in _absent(tx, source).items():
            found.counts["not_seen"] += many
            found.left[area] += many
            found.ended[area] += many
    return found


def lay_beside(tx: Connection, source: str, *, full: bool) -> None:
    """Looks up every staged row. ``applies``: a known person's row that an import writes anew (D6: full files end)."""
    tx.exec_driver_sql("DROP TABLE IF EXISTS beside")
    beside.create(tx)
    ends = sa.and_(r.current, s.effect.in_(("ends_now", "not_current", "ends_in_28_days")))
    differences = sa.or_(
        moved, changed_contact, changed_area, r.current != is_current, r.missing_since.is_not(None),
        r.ends_at.is_not(None) & s.effect.in_(("current", "ends_now", "not_current")),
        s.renewal.is_distinct_from(r.renewal), r.source != source,
    )  # fmt: skip
    counts = s.effect.not_in((HELD, "no_effect"))
    applies = sa.and_(r.ref.is_not(None), counts, differences, sa.true() if full else ~ends)
    columns = (
        s.line, r.ref, r.area, s.area, sa.func.coalesce(r.current, sa.false()), s.effect,
        moved, changed_area, changed_contact, sa.func.coalesce(applies, sa.false()),
    )  # fmt: skip
    looked_up = sa.select(*columns).select_from(staged.outerjoin(roster_entries, s.id_digest == r.id_digest))
    tx.execute(sa.insert(beside).from_select([column.name for column in beside.c], looked_up))
    if tx.dialect.name != "sqlite":
        tx.exec_driver_sql("ANALYZE beside")


def absent(source: str) -> sa.ColumnElement[bool]:
    """Current members of a source's last full file whom what is staged does not name."""
    named = sa.exists().where(s.id_digest == r.id_digest).correlate(roster_entries)
    return sa.and_(r.current, r.source == source, ~named)


def _kinds(tx: Connection) -> Mapping[Kind, int]:
    """Counts rows by kind. Most rows of most files say what is known already: they are one kind, and not sorted."""
    columns = (
        b.from_area,
        b.to_area,
        b.ref.is_not(None),
        b.was_current,
        b.effect,
        b.moved,
        b.changed_area,
        b.changed_contact,
    )
    same = sa.and_(b.was_current, b.effect == "current", ~b.moved, ~b.changed_area, ~b.changed_contact)
    numbered = [column.label(f"c{place}") for place, column in enumerate(columns)]
    asked = sa.select(*numbered, sa.func.count()).where(~same).group_by(*(column.name for column in numbered))
    found = {
        Kind(row[0], row[1], bool(row[2]), bool(row[3]), row[4], bool(row[5]), bool(row[6]), bool(row[7])): row[8]
        for row in tx.execute(asked)
    }
    unchanged = tx.scalar(sa.select(sa.func.count()).where(same)) or 0
    return found | {Kind(None, None, True, True, "current", False, False, False): unchanged}


def _absent(tx: Connection, source: str) -> Mapping[str, int]:
    asked = sa.select(r.area, sa.func.count()).where(absent(source)).group_by(r.area)
    return {area or NO_AREA: many for area, many in tx.execute(asked)}


def _add(found: Difference, kind: Kind, many: int, full: bool) -> None:
    counts = found.counts
    if kind.effect == HELD:
        counts["held"] += many if kind.is_known else 0
        return
    if not kind.is_known:
        counts["new" if kind.is_current else "new_not_current"] += many
        if kind.is_current:
            found.came[kind.to_area or NO_AREA] += many
            found.joined[kind.to_area or NO_AREA] += many
        return
    if kind.effect == "no_effect":
        found.no_effect += many
        return
    _add_known(found, kind, many, full)


def _add_known(found: Difference, kind: Kind, many: int, full: bool) -> None:
    is_back = kind.is_current and not kind.was_current
    ends = kind.was_current and not kind.is_current
    happens = {
        "changed": kind.moved or kind.changed_area or kind.changed_contact,
        "changed_postcode": kind.moved,
        "changed_branch": kind.changed_area,
        "changed_contact": kind.changed_contact,
        "now_current": is_back,
        "no_longer_current": ends and full,
        "removal_listed_not_applied": ends and not full,
    }
    happens["unchanged"] = not any(happens.values())
    for name, is_so in happens.items():
        found.counts[name] += many if is_so else 0
    if (ends and full) or (kind.changed_area and not is_back):
        found.left[kind.from_area or NO_AREA] += many
    if is_back or (kind.changed_area and not ends):
        found.came[kind.to_area or NO_AREA] += many
    found.ended[kind.from_area or NO_AREA] += many if ends and full else 0
    found.joined[kind.to_area or NO_AREA] += many if is_back else 0
