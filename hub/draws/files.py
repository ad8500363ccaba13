"""Files of draws: kept in the unit of work that names them, published by the worker before the log names them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.db import Database
from hub.draws import rules
from hub.draws.models import draw_files, draws
from hub.ledger.files import put
from hub.lot.pool import parse_pool
from hub.lot.walk import odds_of


def keep(tx: Connection, act: str, step: int, raw: bytes) -> str:
    """Keeps a file until the worker has published it; returns its name, the SHA-256 of its bytes."""
    name = hashlib.sha256(raw).hexdigest()
    row = {"sha256": name, "act": act, "step": step, "bytes": raw, "published": 0, "odds": None}
    tx.execute(sa.insert(draw_files), row)
    return name


def kept(tx: Connection, name: str) -> bytes | None:
    """Returns a file that is kept here, or None: on a copy of the hub, none is."""
    raw = tx.scalar(sa.select(draw_files.c.bytes).where(draw_files.c.sha256 == name))
    return None if raw is None else bytes(raw)


def odds(tx: Connection, pool: str) -> tuple[int, ...] | None:
    """Returns the odds computed beforehand for a pool, or None."""
    found = tx.scalar(sa.select(draw_files.c.odds).where(draw_files.c.sha256 == pool))
    return None if found is None else tuple(found)


def publish(db: Database, folder: Path) -> int:
    """Puts the files that the record names where everybody reads them; returns how many. A crash puts them again."""
    with db.read() as tx:
        here = sa.select(draw_files.c.sha256, draw_files.c.bytes).where(draw_files.c.published == 0)
        waiting = {row.sha256: bytes(row.bytes) for row in tx.execute(here)}
    if waiting:
        put({folder / name: raw for name, raw in waiting.items()})
        with db.write() as tx:
            done = sa.update(draw_files).where(draw_files.c.sha256.in_(list(waiting)))
            tx.execute(done.values(published=1))
    return len(waiting)


def compute_odds(db: Database) -> int:
    """Computes the odds of one frozen pool, outside of any unit of work: half a minute for 20,000 tickets.

    There is a day's time for it before anybody can draw. Returns how many were computed.
    """
    with db.read() as tx:
        here = sa.select(draws, draw_files.c.bytes).join(draw_files, draw_files.c.sha256 == draws.c.pool)
        row = tx.execute(here.where(draws.c.made_entry.is_(None), draw_files.c.odds.is_(None)).limit(1)).first()
    if row is None:
        return 0
    found = odds_of(parse_pool(bytes(row.bytes)), row.size, rules.parse_quotas(row.quotas))
    with db.write() as tx:
        mine = sa.update(draw_files).where(draw_files.c.sha256 == row.pool)
        tx.execute(mine.values(odds=list(found)))
    return 1
