"""The only writer of counted days; what a record with the log's key alone could not bring about."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.receipts.days import TENS
from hub.receipts.entries import ReceiptsCounted
from hub.receipts.models import receipt_days

_NEWEST = sa.select(sa.func.max(receipt_days.c.day))


def may_count(tx: Connection, entry: Entry, record: ReceiptsCounted) -> Verdict:
    """By the hub alone, in tens, once for each day, when that is over, in order."""
    if entry.by is not None:
        return no("receipts.by_office", "Nobody's office counts receipts.")
    if record.issued % TENS:
        return no("receipts.exact", "Receipts are counted in tens.")
    newest = tx.scalar(_NEWEST)
    try:
        day = dt.date.fromisoformat(record.day)
    except ValueError:
        return no("receipts.no_day", "There is no such day.")
    if day >= entry.at.date() or (newest is not None and record.day <= newest):
        return no("receipts.other_day", "A day is counted once, when it is over, and after those before it.")
    return YES


@applies(ReceiptsCounted, warrant=may_count)
def count(tx: Connection, entry: Entry, record: ReceiptsCounted, said: Said) -> None:
    """Keeps what a day counted."""
    row = {
        "entry": entry.index, "day": record.day, "issued": record.issued, "root": record.root, "file": record.file,
        "keys": record.keys,
    }  # fmt: skip
    tx.execute(sa.insert(receipt_days), row)
