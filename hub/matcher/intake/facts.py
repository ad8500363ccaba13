"""What an import found, as plain values with stable keys: what ``--json`` prints. docs/roster.md explains each key."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.matcher.intake import tidy
from hub.matcher.intake.batch import Outcome
from hub.matcher.intake.columns import NAMES
from hub.matcher.intake.difference import NO_AREA
from hub.matcher.intake.parts import Reading
from hub.matcher.intake.rows import HELD
from hub.matcher.intake.rules import Rules
from hub.matcher.intake.staging import staged

DETAILS = {
    "id_padded_by_cell_format": tidy.BY_FORMAT,
    "id_padded_by_pattern": tidy.BY_PATTERN,
    "id_tidied_equals_quotes": tidy.QUOTES,
    "id_tidied_invisible": tidy.UNSEEN,
    "id_tidied_trailing_zero": tidy.TRAILING_ZERO,
    "id_case_folded": tidy.CASE,
}
FIXES = {
    "id_padded": tidy.PADDED,
    "id_tidied": tidy.QUOTES | tidy.UNSEEN | tidy.TRAILING_ZERO,
    "postcode_tidied": tidy.TIDIED_POSTCODE,
}
WITHOUT_POSTCODE = {"bfpo": tidy.BFPO, "blank": tidy.BLANK, "overseas": tidy.OVERSEAS}
s = staged.c


def facts_of(outcome: Outcome) -> dict[str, Any]:
    """Returns everything that was found."""
    reading, difference = outcome.reading, outcome.difference
    names = [table.path.name for table in reading.tables]
    found: dict[str, Any] = {
        "file": names[0], "files": names, "bytes": sum(table.size for table in reading.tables),
        "sha256": outcome.batch.sha256, "settings": settings_of(reading, outcome.batch.source),
        "reading": _written(reading),
        "rows": _rows(reading), **_fixes(reading), "holding": _holding(reading),
    }  # fmt: skip
    if outcome.members is not None:
        found["members"] = outcome.members
    reasons = [stop.reason for stop in outcome.stops]
    further = [{"reason": stop.reason, "area": stop.area, "passes_with": stop.option} for stop in outcome.further]
    passes = sorted({stop.option for stop in (*outcome.stops, *outcome.further) if stop.option})
    return found | {
        "mode": outcome.batch.mode,
        "counts": dict(difference.counts),
        "current_before": difference.before,
        "current_after": difference.after,
        "removals": difference.removals,
        "joiners": difference.joiners,
        "no_effect": difference.no_effect,
        "branches": difference.areas if difference.before else {},
        "stop": {"must": outcome.must_stop, "reasons": reasons, "further": further, "passes_with": passes},
        "state": outcome.state,
        "import": outcome.batch.id if outcome.state in ("waiting", "applied") else None,
        "exit_code": 3 if outcome.must_stop else 0,
    }


def settings_of(reading: Reading, source: str) -> dict[str, Any]:
    """Returns the settings as they were understood: with the columns that were recognised."""
    rules: Rules = reading.rules
    header = reading.tables[0].header
    lists: dict[str, list[str]] = {}
    for word, effect in rules.status.items():
        lists.setdefault(effect, []).append(word)
    by = rules.branch_from or ("column" if "branch" in reading.columns else "postcode")
    return {
        "source": source, "columns": {name: header[reading.columns[name]] for name in NAMES if name in reading.columns},
        "id_pattern": rules.id_pattern, "id_pad_to": rules.id_pad_to, "id_case": rules.id_case, "status": lists,
        "tag_filter": rules.tag_filter, "one_row_per": rules.one_row_per, "date_order": rules.date_order,
        "branch_from": by,
    }  # fmt: skip


def members_of(tx: Connection) -> dict[str, Any]:
    """Counts the people in what is staged."""
    used = s.effect != HELD
    is_current = s.effect == "current"
    places: Counter[int] = Counter()
    for bits, many in tx.execute(sa.select(s.bits, sa.func.count()).where(used).group_by(s.bits)):
        places[bits] += many
    boxes = sa.select(sa.func.count().label("many")).where(used, s.contact_digest.is_not(None))
    shared = boxes.group_by(s.contact_digest).having(sa.func.count() > 1).subquery()
    count = sa.func.count()
    in_file = tx.scalar(sa.select(count).where(s.effect != HELD)) or 0
    current = tx.scalar(sa.select(count).where(is_current)) or 0
    return {
        "in_file": in_file,
        "current": current,
        "not_current": in_file - current,
        "without_uk_postcode": {name: many for name, bit in WITHOUT_POSTCODE.items() if (many := _with(places, bit))},
        "without_contact": tx.scalar(sa.select(count).where(used, s.contact_digest.is_(None))) or 0,
        "sharing_a_mailbox": int(tx.scalar(sa.select(sa.func.sum(shared.c.many))) or 0),
        "current_by_branch": _tally(tx, s.area),
        "current_by_renewal_month": _tally(tx, s.renewal),
    }


def _tally(tx: Connection, column: Any) -> dict[str, int]:
    rows = tx.execute(sa.select(column, sa.func.count()).where(s.effect == "current").group_by(column))
    found: Counter[str] = Counter()
    for value, many in rows:
        found[value or NO_AREA] += many
    return dict(sorted(found.items()))


def _written(reading: Reading) -> dict[str, Any]:
    table = reading.tables[0]
    used = {table.header[at] for at in reading.columns.values()}
    return table.facts | {"ignored_columns": [column for column in table.header if column and column not in used]}


def _rows(reading: Reading) -> dict[str, Any]:
    rejected = dict(sorted(Counter(reading.refused.values()).items()))
    return {
        "read": reading.rows, "usable": reading.used, "rejected": rejected,
        "collapsed": reading.tallies.collapsed, "superseded": reading.tallies.superseded, "filtered": reading.filtered,
        "blank": reading.blank,
    }  # fmt: skip


def _fixes(reading: Reading) -> dict[str, dict[str, int]]:
    mended = reading.tallies.used + reading.tallies.mended
    details = {name: many for name, bit in DETAILS.items() if (many := _with(mended, bit))}
    return {"fixes": {name: _with(mended, bits) for name, bits in FIXES.items()}, "fixes_detail": details}


def _holding(reading: Reading) -> dict[str, int]:
    used = reading.tallies.used
    return {"unknown_branch": _with(used, tidy.UNKNOWN_BRANCH), "unusable_email": _with(used, tidy.UNUSABLE_MAIL)}


def _with(tally: Counter[int], bits: int) -> int:
    return sum(many for found, many in tally.items() if found & bits)
