"""Reads: what is hidden, why, and where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.acts.models import acts
from hub.constitution import queries as constitution
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


@dataclass(frozen=True)
class Hidden:
    """Why something is not shown. until: when it comes back unless others confirm; None once they have.

    rule, says: the rule of conduct, by its number and in words.
    """

    act: str
    until: dt.datetime | None
    rule: int
    says: str


def hidden_among(tx: Connection, targets: Collection[str]) -> dict[str, Hidden]:
    """Returns, for each of these that is hidden now, why and until when."""
    told = (
        sa.select(hidings, acts.c.outcome, acts.c.due_at, acts.c.constitution)
        .join(acts, acts.c.id == hidings.c.act)
        .where(hidings.c.target.in_(list(targets)), hidings.c.hidden_entry.is_not(None))
        .where(hidings.c.shown_entry.is_(None))
    )
    return {
        row.target: Hidden(
            row.act,
            row.due_at if row.outcome is None else None,
            row.rule,
            constitution.of_entry(tx, row.constitution).conduct.get(row.rule, ""),
        )
        for row in tx.execute(told).all()
    }
