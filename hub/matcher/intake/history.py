"""What was imported before: whether these bytes were, under which headers, and each area's last 30 days."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.matcher.intake.stops import Window
from hub.matcher.models import area_counts, imports, priors, sources

LOOKS_BACK = dt.timedelta(days=30)


def was_applied(tx: Connection, sha256: str, mode: str) -> bool:
    """Tells whether the same bytes were applied in the same way before, and not taken back."""
    same = (imports.c.sha256 == sha256, imports.c.mode == mode, imports.c.undone_at.is_(None))
    return tx.scalar(sa.select(imports.c.id).where(*same).limit(1)) is not None


def headers_of(tx: Connection, source: str) -> list[str] | None:
    """Returns the headers of a source's last import, sorted, or None for a source nobody has met."""
    kept = tx.scalar(sa.select(sources.c.headers).where(sources.c.name == source))
    return None if kept is None else list(json.loads(kept))


def format_headers(headers: Iterable[str]) -> str:
    """Writes a set of headers as it is kept: another order of columns is no change (D15)."""
    return json.dumps(sorted(set(headers)), ensure_ascii=False)


def windows(tx: Connection) -> dict[str, Window]:
    """Returns each area's last 30 days. An area whose first import lies within them starts at what that one brought."""
    asked = sa.select(area_counts).order_by(area_counts.c.area, area_counts.c.number)
    return {area: _window(list(rows)) for area, rows in groupby(tx.execute(asked), key=lambda row: row.area)}


def _window(rows: list[Row[Any]]) -> Window:
    inside = [row for row in rows if row.at > clock.now() - LOOKS_BACK]
    start = inside[0].before if inside else 0
    if inside and inside[0] is rows[0]:
        first = inside.pop(0)
        start = first.before - first.left + first.joined
    return Window(start, sum(row.left for row in inside), sum(row.joined for row in inside), is_first=False)


def forget_old(tx: Connection) -> None:
    """Deletes what could take back imports that are more than 30 days old."""
    old = sa.select(imports.c.id).where(imports.c.at < clock.now() - LOOKS_BACK)
    tx.execute(sa.delete(priors).where(priors.c.import_id.in_(old)))
