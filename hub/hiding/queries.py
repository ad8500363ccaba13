"""Reads: what is hidden, why, and where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.acts.models import act_hands, acts
from hub.acts.rules import ENDINGS
from hub.constitution import queries as constitution
from hub.hiding.concealed import LIVE
from hub.hiding.models import concealments, hidings


def find(tx: Connection, act: str) -> Row[Any] | None:
    """Returns a hiding: act, kind, target, rule, reason, told_entry, hidden_entry, shown_at, shown_entry; or None."""
    return tx.execute(sa.select(hidings).where(hidings.c.act == act)).first()


def current(tx: Connection, target: str) -> Row[Any] | None:
    """Returns the hiding by which officers hide something now, or None; a measure may hide it besides."""
    mine = sa.select(hidings).where(
        hidings.c.target == target, hidings.c.hidden_entry.is_not(None), hidings.c.shown_entry.is_(None)
    )
    return tx.execute(mine).first()


@dataclass(frozen=True)
class Hidden:
    """Why something is not shown. until: when it comes back at the latest; None where others confirmed a hiding.

    rule, says: the rule of conduct, by its number and in words; None and nothing where a measure hides it. waits:
    whether others may still confirm it.
    """

    act: str
    until: dt.datetime | None
    rule: int | None
    says: str
    waits: bool = False

    @property
    def place(self) -> str:
        """The page that says why."""
        return f"/emergencies/{self.act}" if self.rule is None else f"/hidings/{self.act}"


_HIDDEN = (
    sa.select(
        concealments.c.act,
        concealments.c.target,
        concealments.c.until_at,
        hidings.c.rule,
        acts.c.outcome,
        acts.c.due_at,
        acts.c.constitution,
    )
    .join_from(concealments, acts, acts.c.id == concealments.c.act)
    .outerjoin(hidings, hidings.c.act == concealments.c.act)
    .where(concealments.c.target.in_(sa.bindparam("wanted", expanding=True)), LIVE)
    .order_by(concealments.c.entry)
)


def hidden_among(tx: Connection, targets: Collection[str]) -> dict[str, Hidden]:
    """Returns, for each of these that is hidden now, why and until when: of two reasons the one that lasts longer."""
    found: dict[str, Hidden] = {}
    for row in tx.execute(_HIDDEN, {"wanted": list(targets)}).all():
        why = _why(tx, row)
        before = found.get(row.target)
        if before is None or (before.until is not None and (why.until is None or why.until > before.until)):
            found[row.target] = why
    return found


def _why(tx: Connection, row: Any) -> Hidden:
    if row.rule is None:
        return Hidden(row.act, row.until_at, None, "", row.outcome is None)
    says = constitution.of_entry(tx, row.constitution).conduct.get(row.rule, "")
    waits = row.outcome is None
    return Hidden(row.act, row.due_at if waits else None, row.rule, says, waits)


def ended_by_date(tx: Connection, since: dt.datetime, now: dt.datetime) -> list[tuple[str, str]]:
    """Returns what came back by its date alone in some time, as (kind, target)."""
    back = sa.select(concealments.c.kind, concealments.c.target).where(
        concealments.c.until_at > since, concealments.c.until_at <= now
    )
    return [(row.kind, row.target) for row in tx.execute(back.order_by(concealments.c.entry))]


def how_many_over(tx: Connection) -> int:
    """Returns how many hidden things are hidden no more: what a page that is kept ready asks, beside the record."""
    over = sa.select(sa.func.count()).select_from(concealments).where(concealments.c.until_at <= clock.now())
    return tx.scalar(over) or 0


@dataclass(frozen=True)
class Alone:
    """One time that something was hidden by one officer, and came back unconfirmed."""

    holder: str
    since: dt.datetime
    until: dt.datetime


def unconfirmed(tx: Connection, target: str) -> list[Alone]:
    """Returns each time that something was hidden by somebody, and came back without two others' word."""
    came_back = (
        sa.select(act_hands.c.holder, concealments.c.from_at, concealments.c.until_at)
        .join_from(hidings, acts, acts.c.id == hidings.c.act)
        .join(concealments, concealments.c.act == hidings.c.act)
        .join(act_hands, act_hands.c.act == hidings.c.act)
        .where(hidings.c.target == target, acts.c.outcome.in_(ENDINGS), act_hands.c.hand == "submit")
        .order_by(concealments.c.entry)
    )
    return [Alone(row.holder, row.from_at, row.until_at) for row in tx.execute(came_back)]
