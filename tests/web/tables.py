"""Everything that a hub's database holds, to see that a refusal wrote nothing."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from hub.db import Database, metadata

VISITS = "seen_at"  # of sessions: a look is noted, and changes nothing


def everything(db: Database) -> dict[str, list[Any]]:
    """Table name to its rows, in order."""
    with db.read() as tx:
        return {
            table.name: sorted(
                (tuple(row) for row in tx.execute(sa.select(*(c for c in table.c if c.name != VISITS)))), key=repr
            )
            for table in metadata.sorted_tables
        }
