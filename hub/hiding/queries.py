"""Reads: what is hidden, why, and where it stands."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.hiding.models import hidings


def find(tx: Connection, act: str) -> Row[Any] | None:
    """Returns a hiding: act, kind, target, rule, reason, told_entry, hidden_entry, shown_at, shown_entry; or None."""
    return tx.execute(sa.select(hidings).where(hidings.c.act == act)).first()


def current(tx: Connection, target: str) -> Row[Any] | None:
    """Returns the hiding by which something is hidden now, or None."""
    mine = sa.select(hidings).where(
        hidings.c.target == target, hidings.c.hidden_entry.is_not(None), hidings.c.shown_entry.is_(None)
    )
    return tx.execute(mine).first()
