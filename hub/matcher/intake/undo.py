"""Taking an import back within 30 days: the rows it changed are as they were, the rows it brought are gone.

Only the newest import that still stands can be taken back, then the one before. An undoing that ends many people is
itself a removal: beyond the limit of an import it needs the exact number and a second operator.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.errors import Conflict, NotFound
from hub.matcher.intake.history import LOOKS_BACK
from hub.matcher.models import (
    area_counts,
    codes,
    former_pairs,
    imports,
    priors,
    roster_entries,
    sendings,
    sources,
)
from hub.matcher.tellings import tell, tell_feed

RESTORED = [column.name for column in priors.c if column.name not in ("import_id", "ref")]
r, p = roster_entries.c, priors.c


def find(tx: Connection, name: str) -> Row[Any]:
    """Returns an import that can be taken back. Raises NotFound, Conflict with the reason why it cannot."""
    row = tx.execute(sa.select(imports).where(imports.c.id == name)).first()
    if row is None:
        raise NotFound("roster.no_import", f"No import is called {name}.")
    if row.undone_at is not None:
        raise Conflict("roster.undone", f"{name} was taken back on {row.undone_at:%d.%m.%Y}.")
    if row.at < clock.now() - LOOKS_BACK:
        raise Conflict("roster.too_old", f"{name} is more than 30 days old. Import a list that is right.")
    later = sa.select(imports.c.id).where(imports.c.undone_at.is_(None), imports.c.id != name)
    newest = tx.scalar(later.where(imports.c.number > row.number).order_by(imports.c.number.desc()).limit(1))
    if newest is not None:
        raise Conflict("roster.not_newest", f"{newest} came after it. Take that one back first.")
    return row


def removals(tx: Connection, name: str) -> int:
    """Returns how many current members an undoing would end."""
    brought = sa.select(sa.func.count()).where(r.first_import == name, r.current)
    back = sa.select(sa.func.count()).select_from(roster_entries.join(priors, r.ref == p.ref))
    ended = back.where(p.import_id == name, r.current, ~p.current)
    return (tx.scalar(brought) or 0) + (tx.scalar(ended) or 0)


def current(tx: Connection) -> int:
    """Returns how many members are current."""
    return tx.scalar(sa.select(sa.func.count()).where(r.current)) or 0


def undo(tx: Connection, name: str) -> int:
    """Takes an import back, and tells the hub; returns how many members are current now."""
    row = find(tx, name)
    feed = _feed(tx, name)
    mine = sa.and_(p.import_id == name, p.ref == r.ref)
    values = {column: p[column] for column in RESTORED}
    tx.execute(sa.update(roster_entries).where(mine).values(values))
    _forget_brought(tx, name)
    again = sa.select(r.pair_digest).join(priors, p.ref == r.ref).where(p.import_id == name, r.pair_digest.is_not(None))
    tx.execute(sa.delete(former_pairs).where(former_pairs.c.pair_digest.in_(again)))
    tx.execute(sa.delete(priors).where(p.import_id == name))
    tx.execute(sa.delete(area_counts).where(area_counts.c.import_id == name))
    tx.execute(sa.update(sources).where(sources.c.name == row.source).values(headers=row.headers_before))
    tx.execute(sa.update(imports).where(imports.c.id == name).values(undone_at=clock.now()))
    after = current(tx)
    tell(tx, {"kind": "undone", "batch": name, "current_after": after})
    tell_feed(tx, feed)
    return after


def _feed(tx: Connection, name: str) -> list[dict[str, Any]]:
    """Returns what the hub must follow: who was let in by what is taken back, whose end is, and who moves back."""
    was_well = sa.and_(p.current, p.ends_at.is_(None), p.missing_since.is_(None))
    is_well = sa.and_(r.current, r.ends_at.is_(None), r.missing_since.is_(None))
    beside = sa.select(
        r.ref, p.area, p.current, p.ends_at, r.current, r.area.is_distinct_from(p.area), was_well & ~is_well
    )
    known = beside.select_from(roster_entries.join(priors, r.ref == p.ref)).where(p.import_id == name)
    feed: list[dict[str, Any]] = []
    for ref, area, was_current, had_end, is_current, is_elsewhere, gets_well in tx.execute(
        known.where(r.redeemed_at.is_not(None))
    ):
        if gets_well:
            feed.append({"entry_ref": ref, "change": "restored"})
        if is_current and not was_current and had_end is None:
            feed.append({"entry_ref": ref, "change": "ended", "why": "undone"})
        elif is_elsewhere:
            feed.append({"entry_ref": ref, "change": "moved", "area": area})
    brought = sa.select(r.ref).where(r.first_import == name, r.redeemed_at.is_not(None), r.current)
    return feed + [{"entry_ref": ref, "change": "ended", "why": "undone"} for ref in tx.scalars(brought)]


def _forget_brought(tx: Connection, name: str) -> None:
    brought = sa.select(r.ref).where(r.first_import == name, r.redeemed_at.is_(None))
    for kept in (codes, former_pairs, sendings):
        tx.execute(sa.delete(kept).where(kept.c.ref.in_(brought)))
    tx.execute(sa.delete(roster_entries).where(r.first_import == name, r.redeemed_at.is_(None)))
    # Somebody has an account for such a row: its name is kept, for the day the list has them again.
    tx.execute(sa.update(roster_entries).where(r.first_import == name).values(current=False, ends_at=None))
