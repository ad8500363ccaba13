"""Applying what is staged: all of it or nothing, in one unit of work, row sets at a time.

Nobody is ended on one list's silence: whoever a full file lacks keeps working for 14 days or until a second full file;
a lapse takes effect after 28 days; a suspension or an expulsion without a case changes nothing (D20).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.db import Moment
from hub.matcher.intake.difference import Difference, absent, b, beside, is_current, r, s
from hub.matcher.intake.rows import HELD
from hub.matcher.intake.rules import Rules
from hub.matcher.intake.staging import staged
from hub.matcher.models import area_counts, former_pairs, imports, priors, roster_entries, sources
from hub.matcher.tellings import tell, tell_feed

FORMER, GRACE, LAPSE = dt.timedelta(days=180), dt.timedelta(days=14), dt.timedelta(days=28)
ENDS = {"ends_now": "left", "not_current": "unsaid"}  # what ends here at once, and the reason that the hub is told
REMEMBERED = [column.name for column in priors.c if column.name != "import_id"]


@dataclass(frozen=True)
class Batch:
    """One import. mode: full or partial; headers: of its files, as one text; approved: by a second operator."""

    id: str
    source: str
    sha256: str
    mode: str
    headers: str
    rules: Rules
    approved: bool = False

    @property
    def full(self) -> bool:
        """Whether its files list everybody."""
        return self.mode == "full"

    def approve(self) -> Batch:
        """Returns it as a second operator has approved it."""
        return replace(self, approved=True)


def apply(tx: Connection, batch: Batch, difference: Difference) -> None:
    """Writes what compare() laid beside the roster, what takes it back, and what the hub is to be told."""
    _remember(tx, batch)
    feed = _feed(tx, batch)
    _keep_former_pairs(tx)
    _update(tx, batch)
    if batch.full:
        _note_absent(tx, batch)
    _insert(tx, batch)
    _write_import(tx, batch, difference)
    fact = {
        "kind": "imported", "batch": batch.id, "file": batch.sha256, "mode": batch.mode,
        "approved": int(batch.approved), "current_before": difference.before, "current_after": difference.after,
        "joined": difference.joiners, "left": difference.removals, "no_effect": difference.no_effect,
    }  # fmt: skip
    tell(tx, fact)
    tell_feed(tx, feed)


def _remember(tx: Connection, batch: Batch) -> None:
    columns = [sa.literal(batch.id), *(r[name] for name in REMEMBERED)]
    names = ["import_id", *REMEMBERED]
    known = beside.join(roster_entries, b.ref == r.ref)
    tx.execute(sa.insert(priors).from_select(names, sa.select(*columns).select_from(known).where(b.applies)))
    if batch.full:
        tx.execute(sa.insert(priors).from_select(names, sa.select(*columns).where(absent(batch.source))))


def _feed(tx: Connection, batch: Batch) -> list[dict[str, Any]]:
    """Returns what the hub must follow, of people who have been let in, each end with its reason.

    ending says beforehand what ends in some days, so that the hub's own days run at the same time as ours.
    """
    known = beside.join(roster_entries, b.ref == r.ref)
    works = r.current | r.ends_at.is_not(None)
    doubted = sa.or_(~r.current, r.ends_at.is_not(None), r.missing_since.is_not(None))
    asked = sa.select(r.ref, b.effect, b.to_area, b.changed_area, r.current, works, doubted).select_from(known)
    feed: list[dict[str, Any]] = []
    for ref, effect, area, is_elsewhere, was_current, worked, was_doubted in tx.execute(
        asked.where(b.applies, r.redeemed_at.is_not(None))
    ):
        if effect == "current" and was_doubted:
            feed.append({"entry_ref": ref, "change": "restored"})
        if effect in ENDS and worked:
            feed.append({"entry_ref": ref, "change": "ended", "why": ENDS[effect]})
            continue
        if effect == "ends_in_28_days" and was_current:
            feed.append({"entry_ref": ref, "change": "ending", "why": "unpaid"})
        if is_elsewhere and (worked or effect == "current"):
            feed.append({"entry_ref": ref, "change": "moved", "area": area})
    if batch.full:
        lacking = sa.select(r.ref, r.missing_since).where(absent(batch.source), r.redeemed_at.is_not(None))
        for ref, since in tx.execute(lacking):
            feed.append({"entry_ref": ref, "change": "ending" if since is None else "ended", "why": "absent"})
    return feed + _returns(tx)


def _returns(tx: Connection) -> list[dict[str, Any]]:
    """New numbers of people who were here under a former one, as the office says (HS-24)."""
    new = staged.join(roster_entries, s.former_digest == r.id_digest).join(beside, b.line == s.line)
    asked = sa.select(r.ref, s.ref).select_from(new)
    rows = tx.execute(asked.where(b.ref.is_(None), s.effect == "current", r.redeemed_at.is_not(None)))
    return [{"entry_ref": ref, "change": "joined", "former": former} for former, ref in rows]


def _keep_former_pairs(tx: Connection) -> None:
    until = sa.literal(clock.now() + FORMER, Moment)
    known = beside.join(roster_entries, b.ref == r.ref)
    had = sa.select(r.pair_digest, r.ref, until).select_from(known)
    had = had.where(b.applies, b.moved, r.pair_digest.is_not(None))
    pairs = had.subquery()
    tx.execute(sa.delete(former_pairs).where(former_pairs.c.pair_digest.in_(sa.select(pairs.c.pair_digest))))
    tx.execute(sa.insert(former_pairs).from_select(["pair_digest", "ref", "until_at"], had))


def _update(tx: Connection, batch: Batch) -> None:
    lapses = sa.literal(clock.now() + LAPSE, Moment)
    ends_at = sa.case(
        (s.effect.in_(("current", "ends_now", "not_current")), sa.null()),
        (r.current, lapses),
        else_=r.ends_at,
    )
    values = {
        "pair_digest": s.pair_digest, "contact_digest": s.contact_digest, "area": s.area, "renewal": s.renewal,
        # The address is sealed anew each time; the same address keeps its seal.
        "contact": sa.case((b.changed_contact, s.contact), else_=r.contact),
        "current": is_current, "ends_at": ends_at, "missing_since": None,
        "source": batch.source, "last_import": batch.id,
    }  # fmt: skip
    tx.execute(sa.update(roster_entries).where(b.applies, b.ref == r.ref, s.line == b.line).values(values))


def _note_absent(tx: Connection, batch: Batch) -> None:
    """The first full file without somebody starts their days; the second ends them."""
    now = clock.now()
    again = sa.and_(absent(batch.source), r.missing_since.is_not(None))
    ended = {"current": False, "ends_at": None, "missing_since": None, "last_import": batch.id}
    tx.execute(sa.update(roster_entries).where(again).values(ended))
    missing = {"missing_since": now, "ends_at": now + GRACE, "last_import": batch.id}
    tx.execute(sa.update(roster_entries).where(absent(batch.source)).values(missing))


def _insert(tx: Connection, batch: Batch) -> None:
    columns = {
        "ref": s.ref, "id_digest": s.id_digest, "pair_digest": s.pair_digest, "contact_digest": s.contact_digest,
        "contact": s.contact, "area": s.area, "current": is_current, "renewal": s.renewal,
        "first_seen": sa.literal(clock.today(), sa.Date), "source": sa.literal(batch.source),
        "first_import": sa.literal(batch.id), "last_import": sa.literal(batch.id),
    }  # fmt: skip
    new = beside.join(staged, s.line == b.line)
    chosen = sa.select(*columns.values()).select_from(new).where(b.ref.is_(None), b.effect != HELD)
    tx.execute(sa.insert(roster_entries).from_select(list(columns), chosen))


def _write_import(tx: Connection, batch: Batch, difference: Difference) -> None:
    now, rules = clock.now(), batch.rules
    before = tx.scalar(sa.select(sources.c.headers).where(sources.c.name == batch.source))
    written = {"id_case": rules.id_case, "id_pad_to": rules.id_pad_to, "headers": batch.headers}
    if not tx.execute(sa.update(sources).where(sources.c.name == batch.source).values(written)).rowcount:
        tx.execute(sa.insert(sources), {"name": batch.source, **written})
    # In the order they were applied, also within a second; one import runs at a time.
    number = (tx.scalar(sa.select(sa.func.max(imports.c.number))) or 0) + 1
    row = {
        "id": batch.id,
        "source": batch.source,
        "sha256": batch.sha256,
        "mode": batch.mode,
        "number": number,
        "at": now,
    }
    tx.execute(sa.insert(imports), {**row, "headers_before": before})
    counts = [
        {"import_id": batch.id, "area": area, "number": number, "at": now, "before": difference.before_by_area[area],
         "left": difference.ended[area], "joined": difference.joined[area]}
        for area in sorted({*difference.ended, *difference.joined})
    ]  # fmt: skip
    if counts:
        tx.execute(sa.insert(area_counts), counts)
