"""Imports and undoings that pass a stop: asked for by one operator, carried out by a second one within seven days."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.errors import Forbidden, NotFound, no
from hub.matcher.intake.apply import Batch
from hub.matcher.intake.rules import make_stored, written
from hub.matcher.intake.staging import COLUMNS, prepare, staged
from hub.matcher.intake.stops import Allowed
from hub.matcher.models import waiting, waiting_rows

PATIENCE = dt.timedelta(days=7)
NAMES = [column.name for column in COLUMNS]


def keep(tx: Connection, batch: Batch, allowed: Allowed, operator: str, *, rows: int, rejected: int) -> None:
    """Keeps what is staged: digests and sealed contacts, as they will be applied."""
    asked = {
        "batch": {"source": batch.source, "sha256": batch.sha256, "mode": batch.mode, "headers": batch.headers},
        "rules": written(batch.rules), "allowed": asdict(allowed), "rows": rows, "rejected": rejected,
    }  # fmt: skip
    keep_asked(tx, batch.id, "import", operator, asked)
    chosen = sa.select(sa.literal(batch.id), *staged.c)
    tx.execute(sa.insert(waiting_rows).from_select(["waiting_id", *NAMES], chosen))


def keep_asked(tx: Connection, name: str, kind: str, operator: str, asked: dict[str, object]) -> None:
    """Keeps what was asked for. name: of the import that waits, or is to be taken back."""
    tx.execute(sa.delete(waiting).where(waiting.c.id == name))
    row = {"id": name, "kind": kind, "operator": operator, "at": clock.now(), "asked": asked}
    tx.execute(sa.insert(waiting), row)


def asked_for(tx: Connection, name: str, *, operator: str) -> Row[tuple[object, ...]]:
    """Returns what waits under a name, for a second operator. Raises NotFound, Forbidden for the first one."""
    row = tx.execute(sa.select(waiting).where(waiting.c.id == name)).first()
    if row is None or row.at < clock.now() - PATIENCE:
        raise NotFound("roster.not_waiting", f"Nothing called {name} waits for a second operator.")
    if row.operator == operator:
        raise Forbidden(no("roster.same_operator", "Whoever asked for it cannot approve it: somebody else has to."))
    return row


def stage_again(tx: Connection, name: str) -> None:
    """Puts the rows that wait back where an import is compared."""
    prepare(tx)
    chosen = sa.select(*(waiting_rows.c[column] for column in NAMES)).where(waiting_rows.c.waiting_id == name)
    tx.execute(sa.insert(staged).from_select(NAMES, chosen))
    tx.exec_driver_sql("CREATE INDEX ix_staged_id_digest ON staged (id_digest)")


def batch_of(row: Row[tuple[object, ...]]) -> tuple[Batch, Allowed, int, int]:
    """Returns the import that waits, what was allowed, and its rows and refused rows."""
    asked = row.asked
    batch = Batch(row.id, **asked["batch"], rules=make_stored(asked["rules"]))
    return batch, Allowed(**asked["allowed"]), asked["rows"], asked["rejected"]


def drop(tx: Connection, name: str) -> None:
    """Forgets what waits under a name."""
    tx.execute(sa.delete(waiting_rows).where(waiting_rows.c.waiting_id == name))
    tx.execute(sa.delete(waiting).where(waiting.c.id == name))


def forget_old(tx: Connection) -> None:
    """Forgets what waited in vain."""
    for name in tx.scalars(sa.select(waiting.c.id).where(waiting.c.at < clock.now() - PATIENCE)).all():
        drop(tx, name)
