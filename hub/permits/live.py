"""The one predicate: is this grant live at a moment? Nothing else is consulted, and no job is between it and the clock.

from <= at < until, not ended by then, not paused, not of a place to which nobody belongs, and its entry lies below the
effective size; and of a stand-in's grant, the one that it was lent from is live as well: so it falls with that one in
the same moment, by no job. Source: DESIGN decision 6; governance.md 9.1 numbers 5 and 8. A paused grant stands, and is
not vacant: it gives no power meanwhile, and nobody else takes its seat. One of a dormant place stands likewise, until
it is ended.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

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


FALLEN = "fallen"  # why a stand-in's grant ended, where the one that it was lent from did


def lent(grant: Grant, lender: Grant) -> Grant:
    """Returns a stand-in's grant as the one that it was lent from lets it be: no more, no longer, at rest with it."""
    falls = lender.ended_at is not None and (grant.ended_at is None or lender.ended_at < grant.ended_at)
    return replace(
        grant,
        permissions=grant.permissions & lender.permissions,
        until=min(grant.until, lender.until),
        ended_at=lender.ended_at if falls else grant.ended_at,
        ended_why=FALLEN if falls else grant.ended_why,
        pauses=(*grant.pauses, *lender.pauses),
        lender=lender.id,
        stands_for=lender.holder,
    )


_LENDERS = grants.alias("lenders")


def clause(
    at: dt.datetime | sa.BindParameter[dt.datetime], effective_size: int | sa.BindParameter[int]
) -> sa.ColumnElement[bool]:
    """Returns the same predicate over the table of grants."""
    lender = sa.exists().where(_LENDERS.c.id == grants.c.lender, _of_its_own(_LENDERS, at, effective_size))
    return sa.and_(_of_its_own(grants, at, effective_size), sa.or_(grants.c.lender.is_(None), lender))


def _of_its_own(
    rows: sa.FromClause,
    at: dt.datetime | sa.BindParameter[dt.datetime],
    effective_size: int | sa.BindParameter[int],
) -> sa.ColumnElement[bool]:
    return sa.and_(
        rows.c.from_at <= at,
        rows.c.until_at > at,
        sa.or_(rows.c.ended_at.is_(None), rows.c.ended_at > at),
        rows.c.entry < effective_size,
        ~sa.exists().where(
            grant_pauses.c.grant == rows.c.id, grant_pauses.c.from_at <= at, grant_pauses.c.until_at > at
        ),
        ~sa.exists().where(
            dormancies.c.scope_id == rows.c.scope_id,
            dormancies.c.from_at <= at,
            sa.or_(dormancies.c.until_at.is_(None), dormancies.c.until_at > at),
        ),
    )
