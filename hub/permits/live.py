"""The one predicate: is this grant live at a moment? Nothing else is consulted, and no job is between it and the clock.

from <= at < until, not ended by then, not paused, not of a place to which nobody belongs, and its entry lies below the
effective size. Source: DESIGN decision 6; governance.md 9.1 number 5. A paused grant stands, and is not vacant: it
gives no power meanwhile, and nobody else takes its seat. One of a dormant place stands likewise, until it is ended.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from hub.permits.actor import Grant
from hub.permits.models import dormancies, grant_pauses, grants


def is_live(grant: Grant, at: dt.datetime, effective_size: int | None = None) -> bool:
    """Tells whether a grant is live at a moment. effective_size: entries that count; None where loaded below it."""
    counts = effective_size is None or grant.entry < effective_size
    return stands(grant, at) and counts and rests_until(grant, at) is None and not is_asleep(grant, at)


def is_asleep(grant: Grant, at: dt.datetime) -> bool:
    """Tells whether nobody belongs to a grant's place at a moment."""
    return any(start <= at and (until is None or at < until) for start, until in grant.sleeps)


def rests_until(grant: Grant, at: dt.datetime) -> dt.datetime | None:
    """Returns until when measures rest a grant at a moment, or None where none does."""
    return max((until for start, until in grant.pauses if start <= at < until), default=None)


def stands(grant: Grant, at: dt.datetime) -> bool:
    """Tells whether a grant's term runs at a moment, paused or not: whether its seat is taken."""
    return grant.starts <= at < grant.until and (grant.ended_at is None or at < grant.ended_at)


def clause(
    at: dt.datetime | sa.BindParameter[dt.datetime], effective_size: int | sa.BindParameter[int]
) -> sa.ColumnElement[bool]:
    """Returns the same predicate over the table of grants."""
    return sa.and_(
        grants.c.from_at <= at,
        grants.c.until_at > at,
        sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > at),
        grants.c.entry < effective_size,
        ~sa.exists().where(
            grant_pauses.c.grant == grants.c.id, grant_pauses.c.from_at <= at, grant_pauses.c.until_at > at
        ),
        ~sa.exists().where(
            dormancies.c.scope_id == grants.c.scope_id,
            dormancies.c.from_at <= at,
            sa.or_(dormancies.c.until_at.is_(None), dormancies.c.until_at > at),
        ),
    )
