"""Copies of the vault: one file each, named by its moment, and none older than seven days.

Whoever has a copy opens what it has keys for, in whatever old database: so an erasing is whole once the last copy from
before it is gone. A copy goes after six days, because whatever makes them comes by once a day.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

import sqlalchemy as sa

from hub import clock, migrate
from hub.db import Database
from hub.errors import Unsafe
from hub.sealing.models import erased, keys
from hub.sealing.vault import OWN, Stored

LIFE, BETWEEN = dt.timedelta(days=7), dt.timedelta(days=1)
NAME = re.compile(r"people-(\d{8}T\d{6})Z\.db")
_MOMENT = "%Y%m%dT%H%M%S"
_TOGETHER = 1000


def save(vault: Stored, folder: Path) -> Path:
    """Writes a copy of a vault's keys into a folder; returns its file, which is there whole or not at all.

    Whose a sealed word is, no copy says: the rows do, once they can be opened.
    """
    path = folder / f"people-{clock.now():{_MOMENT}}Z.db"
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    os.close(os.open(half, os.O_CREAT | os.O_EXCL, 0o600))
    copy = Database(f"sqlite:///{half}")
    try:
        migrate.bring_up(copy, "vault")
        with vault.db.snapshot() as source, copy.write() as tx:
            for table in (keys, erased):
                for some in source.execute(sa.select(table)).mappings().partitions(_TOGETHER):
                    tx.execute(sa.insert(table), [dict(row) for row in some])
        copy.scour()
    finally:
        copy.close()
    half.replace(path)
    return path


def made_at(path: Path) -> dt.datetime | None:
    """Returns when a copy was made, by its name; None for another file."""
    found = NAME.fullmatch(path.name)
    return None if found is None else dt.datetime.strptime(found[1], _MOMENT).replace(tzinfo=dt.UTC)


def prune(folder: Path) -> list[Path]:
    """Removes the copies in a folder that would be too old before the next round comes; returns them."""
    old = clock.now() - (LIFE - BETWEEN)
    gone = [path for path in sorted(folder.iterdir()) if (at := made_at(path)) is not None and at <= old]
    for path in gone:
        path.unlink()
    return gone


def restore(vault: Stored, path: Path) -> int:
    """Gives a vault back the keys of a copy that it lacks; returns how many. Names are the caller's to tell it again.

    Not those that the vault, or the copy, knows as destroyed. Raises Unsafe for a copy older than seven days, or none.
    """
    at = made_at(path)
    if at is None or at < clock.now() - LIFE:
        raise Unsafe(f"{path.name} is no copy of the last seven days: it could bring back who was erased since.")
    copy = Database(f"sqlite:///{path}")
    try:
        with copy.snapshot() as source, vault.db.write() as tx:
            gone = {*source.scalars(sa.select(erased.c.subject)), *tx.scalars(sa.select(erased.c.subject))}
            there = {OWN, *tx.scalars(sa.select(keys.c.subject))}
            back = [dict(row) for row in source.execute(sa.select(keys)).mappings()]
            back = [row for row in back if row["subject"] not in gone | there]
            if back:
                tx.execute(sa.insert(keys), back)
    finally:
        copy.close()
    return len(back)
