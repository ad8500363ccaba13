"""Reads: what a record says of its hubs, as far as their receipts go; how many a member took today."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.charter import queries as charters
from hub.constitution.models import hub_facts
from hub.ledger import files
from hub.receipts import rules
from hub.receipts.days import parse_day
from hub.receipts.models import receipt_days, receipts_taken
from hub.receipts.rules import Challenge, Checked, Day, Hub
from hub.receipts.text import parse
from hub.tlog.hashes import Spoilt

LARGEST = 1 << 26  # bytes of a day's file: a million receipts
Read = Callable[[str], tuple[bytes, ...] | None]
_BEGUN = sa.select(hub_facts.c.entry, hub_facts.c.origin).order_by(hub_facts.c.entry)


def hubs(tx: Connection, read: Read, only: str | None = None) -> tuple[Hub, ...]:
    """Returns the hubs of a record, the newest last, each with the days that it counted itself.

    read: the name of a day's file to its digests, None where it is not here; only: the one day whose file is read.
    """
    begun = tx.execute(_BEGUN).all()
    ends = [*(row.entry for row in begun[1:]), None]
    adopted = charters.adopted(tx)
    counted = tx.execute(sa.select(receipt_days).order_by(receipt_days.c.entry)).all()
    found = []
    for row, end in zip(begun, ends, strict=True):
        inside = [signed.charter for entry, signed in adopted if row.entry <= entry and (end is None or entry < end)]
        mine = [one for one in counted if row.entry <= one.entry and (end is None or one.entry < end)]
        days = {
            one.day: Day(
                one.entry, one.day, one.issued, one.root, frozenset(one.keys),
                read(one.file) if only in (None, one.day) else None,
            )
            for one in mine
        }  # fmt: skip
        keys = frozenset(one.federation_key for one in inside if one.federation_key)
        found.append(Hub(row.origin, row.entry, end, keys, frozenset(one.issuer for one in inside), days))
    return tuple(found)


def check(
    tx: Connection,
    file: str,
    folder: Path,
    now: dt.datetime,
    *,
    must_be_counted: bool = True,
    challenge: Challenge | None = None,
) -> Checked:
    """Checks a receipt against a verified record in a store. folder: where the files lie that the record names."""
    try:
        day = parse(file).day.isoformat()
    except Spoilt:
        day = ""
    found = hubs(tx, from_folder(folder), only=day)
    return rules.verdict(file, found, now, must_be_counted=must_be_counted, challenge=challenge)


def name_of(raw: bytes) -> str:
    """Returns the name of a day's file: SHA-256 of its bytes."""
    return hashlib.sha256(raw).hexdigest()


def from_folder(folder: Path) -> Read:
    """Returns what reads days' files in a folder. One that does not have its name's bytes is as good as none."""
    return functools.partial(_read, folder)


def _read(folder: Path, name: str) -> tuple[bytes, ...] | None:
    raw = files.read(folder / name, LARGEST)
    try:
        return None if raw is None or name_of(raw) != name else tuple(parse_day(raw))
    except Spoilt:
        return None


def taken_today(tx: Connection, person: str, day: str) -> int:
    """Returns how many receipts a person took on a day."""
    mine = receipts_taken.c.person == person, receipts_taken.c.day == day
    return tx.scalar(sa.select(receipts_taken.c.many).where(*mine)) or 0
