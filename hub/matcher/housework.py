"""What the clock does to the roster: announced ends come, old imports are forgotten."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from hub import clock
from hub.db import Database
from hub.matcher import contacts
from hub.matcher.intake import history, waiting
from hub.matcher.models import imports, roster_entries
from hub.matcher.tellings import tell_feed

MOST_AT_ONCE = 1000
SLEEPS = dt.timedelta(days=730)
r = roster_entries.c


def end_due(db: Database) -> int:
    """Ends every membership whose announced end has come; returns how many. Rows stay, and sleep."""
    with db.write() as tx:
        due = sa.select(r.ref, r.redeemed_at, r.missing_since).where(r.ends_at <= clock.now())
        rows = tx.execute(due.order_by(r.ends_at).limit(MOST_AT_ONCE)).all()
        if not rows:
            return 0
        over = {"current": False, "ends_at": None, "missing_since": None}
        tx.execute(sa.update(roster_entries).where(r.ref.in_([row.ref for row in rows])).values(over))
        lines = [
            {"entry_ref": row.ref, "change": "ended", "why": "unpaid" if row.missing_since is None else "absent"}
            for row in rows
            if row.redeemed_at is not None
        ]
        tell_feed(tx, lines)
    return len(rows)


def forget_sleeping(db: Database) -> int:
    """Deletes rows that no list has had for two years; returns how many. Whoever comes back then comes anew."""
    lately = sa.select(imports.c.id).where(imports.c.at >= clock.now() - SLEEPS)
    old = sa.delete(roster_entries).where(r.current.is_(False), r.ends_at.is_(None), r.last_import.not_in(lately))
    with db.write() as tx:
        gone = tx.execute(old).rowcount
        contacts.forget_gone(tx)
    return gone


def forget_imports(db: Database) -> None:
    """Forgets what could take back old imports, and what waited in vain for a second operator."""
    with db.write() as tx:
        history.forget_old(tx)
        waiting.forget_old(tx)
