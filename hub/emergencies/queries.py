"""Reads: measures, running and past."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.acts.models import act_hands, acts
from hub.emergencies.models import measure_extensions, measures
from hub.permits import Scope


def find(tx: Connection, act: str) -> Row[Any] | None:
    """Returns a measure, or None."""
    return tx.execute(sa.select(measures).where(measures.c.act == act)).first()


def of_election(tx: Connection, election: str) -> Row[Any] | None:
    """Returns the measure that asked for an election, or None where the calendar opened it."""
    return tx.execute(sa.select(measures).where(measures.c.election == election)).first()


def find_extension(tx: Connection, act: str) -> Row[Any] | None:
    """Returns an extension by its own act, or None."""
    return tx.execute(sa.select(measure_extensions).where(measure_extensions.c.act == act)).first()


def extensions(tx: Connection, measure: str) -> list[Row[Any]]:
    """Returns what was asked for to extend a measure, the newest first, each with its act's outcome."""
    asked = sa.select(measure_extensions, acts.c.outcome).join(acts, acts.c.id == measure_extensions.c.act)
    mine = asked.where(measure_extensions.c.measure == measure)
    return list(tx.execute(mine.order_by(measure_extensions.c.told_entry.desc())))


def declared_before(tx: Connection, scope: Scope, now: dt.datetime, days: int) -> list[dt.datetime]:
    """Returns when measures in a place were declared in the days before a moment, if they ever began or still may."""
    counts = sa.or_(measures.c.begun_at.is_not(None), acts.c.outcome.is_(None))
    here = (
        sa.select(acts.c.opened_at)
        .join_from(measures, acts, acts.c.id == measures.c.act)
        .where(measures.c.scope_kind == scope.kind, measures.c.scope_id == scope.id, counts)
        .where(acts.c.opened_at > now - dt.timedelta(days=days))
    )
    return list(tx.scalars(here))


def declared_by(tx: Connection, scope: Scope, holder: str, now: dt.datetime, days: int) -> list[dt.datetime]:
    """Returns when somebody declared measures in a place in the days before a moment, whatever became of them."""
    first = sa.and_(act_hands.c.act == measures.c.act, act_hands.c.entry == measures.c.told_entry)
    here = (
        sa.select(acts.c.opened_at)
        .join_from(measures, acts, acts.c.id == measures.c.act)
        .join(act_hands, first)
        .where(measures.c.scope_kind == scope.kind, measures.c.scope_id == scope.id, act_hands.c.holder == holder)
        .where(acts.c.opened_at > now - dt.timedelta(days=days))
    )
    return list(tx.scalars(here))


def newest(tx: Connection, limit: int = 50) -> list[Row[Any]]:
    """Returns the newest measures first."""
    return list(tx.execute(sa.select(measures).order_by(measures.c.told_entry.desc()).limit(limit)))
