"""Whoever holds an office that has no key in the record is told so, once, by letter: on a fork nothing gives it back.

Accepting leads to the step and the pages remind of it; somebody who was elected while they slept may see neither.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger, outbox
from hub.permits.actor import FOR_ONE_ACT
from hub.permits.models import grants, holdings, receipt_reminders, role_keys

AFTER = dt.timedelta(days=7)  # since the office began: whoever means to do it has done it by then
LASTS = dt.timedelta(days=14)  # what ends sooner is not worth a letter

_TOLD = sa.select(receipt_reminders.c.grant)
_NOW = sa.bindparam("now", type_=grants.c.until_at.type)
_KEYLESS = (
    sa.select(grants.c.id, holdings.c.person)
    .join(holdings, holdings.c.holder == grants.c.holder)
    .where(
        grants.c.ended_at.is_(None),
        grants.c.from_at <= sa.bindparam("began", type_=grants.c.from_at.type),
        grants.c.until_at > sa.bindparam("ends", type_=grants.c.until_at.type),
        grants.c.role.not_in(FOR_ONE_ACT),
        grants.c.id.not_in(sa.select(role_keys.c.grant)),
        grants.c.id.not_in(_TOLD),
    )
    .order_by(grants.c.entry)
)
_OVER = sa.select(grants.c.id).where(sa.or_(grants.c.ended_at.is_not(None), grants.c.until_at <= _NOW))


def remind(tx: Connection) -> int:
    """Writes to everybody whose office began a week ago, goes on, and has no key; returns to how many."""
    now = clock.now()
    asked = {"began": now - AFTER, "ends": now + LASTS}
    if tx.execute(_KEYLESS, asked).first() is None:
        return 0
    # The worker's clock and a page's may come at the same moment: the second of them finds who was told.
    ledger.hold(tx)
    found = tx.execute(_KEYLESS, asked).all()
    for row in found:
        outbox.put(tx, person=row.person, template="office_key_missing", place=f"/offices/{row.id}/receipt")
        tx.execute(sa.insert(receipt_reminders), {"grant": row.id})
    return len(found)


def forget(tx: Connection) -> None:
    """Deletes that somebody was told, once the office is over."""
    tx.execute(sa.delete(receipt_reminders).where(receipt_reminders.c.grant.in_(_OVER)), {"now": clock.now()})
