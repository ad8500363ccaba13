"""The words by which somebody showed themselves in the record: withdrawn when they are erased. What they did stays."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import ledger
from hub.ballots.models import candidacies
from hub.ledger.models import openings
from hub.permits.models import holders as rows

OWN = (
    (rows.c.id, rows.c.told_entry, ("shown",)),
    (candidacies.c.holder, candidacies.c.told_entry, ("statement", "interests")),
)
"""Whose row it is, the entry that told it, and that entry's openings that are about whoever wrote them."""
_WHOSE: sa.BindParameter[Any] = sa.bindparam("holders", expanding=True)
_OPEN = sa.union_all(
    *(
        sa.select(openings.c.index, openings.c.name)
        .join(told.table, told == openings.c.index)
        .where(whose.in_(_WHOSE), openings.c.name.in_(names))
        for whose, told, names in OWN
    )
).order_by("index", "name")


def withdraw_of(tx: Connection, holders: Collection[str]) -> int:
    """Withdraws how holders are shown, and what they wrote of themselves when they stood; returns how many words."""
    mine = tx.execute(_OPEN, {"holders": list(holders)}).all() if holders else []
    for index, name in mine:
        ledger.withdraw(tx, index, name)
    return len(mine)
