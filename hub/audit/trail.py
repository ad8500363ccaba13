"""Writing and reading the trail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, sealing
from hub.audit.models import audit_notes

KEPT = dt.timedelta(days=730)
WHY = "audit_notes.why"


@dataclass(frozen=True)
class Note:
    """what: a stable word (``memberships.accepted``); by: "self", "roster", or an office; why: words for them."""

    what: str
    by: str
    why: str
    at: dt.datetime


def note(tx: Connection, *, person: str, what: str, by: str, why: str) -> None:
    """Notes what happened to a person's record. person: per_ id."""
    sealed = sealing.write(tx, person, WHY, why)
    tx.execute(sa.insert(audit_notes), {"person": person, "what": what, "by": by, "why": sealed, "at": clock.now()})


def notes_about(tx: Connection, person: str) -> list[Note]:
    """Returns a person's trail, newest first."""
    mine = sa.select(audit_notes).where(audit_notes.c.person == person).order_by(audit_notes.c.id.desc())
    return [Note(row.what, row.by, sealing.read(tx, person, WHY, row.why) or "", row.at) for row in tx.execute(mine)]


def forget_old(tx: Connection) -> int:
    """Deletes notes older than two years; returns how many."""
    return tx.execute(sa.delete(audit_notes).where(audit_notes.c.at < clock.now() - KEPT)).rowcount
