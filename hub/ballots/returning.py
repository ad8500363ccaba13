"""Ballots of an heir while members come back: a few who return first decide nothing for all who have not yet.

On the day a hub forks nobody belongs anywhere, and whoever comes back first would be the whole roll. So in the first 28
days what a vote takes is reckoned from the last roll that the record has of the place, drawn up before the fork, where
that is larger; and an election that fewer take part in than a share of it fails, and the clock opens it again. Where no
ballot was ever held before the fork the record has no number, and nothing is added.

All from public tables, so that whoever replays comes to the same. Rules of before this was a number have nothing of it.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts.models import acts
from hub.acts.state import ActState
from hub.ballots.models import ballots
from hub.constitution import queries as constitution

FIRST = dt.timedelta(days=28)
NUMBER = "returned_percent"
TOO_FEW = "too_few"  # the flaw of an election in which fewer voted than it takes
_LAST = (
    sa.select(ballots.c.roll)
    .join(acts, acts.c.id == ballots.c.act)
    .where(
        acts.c.scope_kind == sa.bindparam("kind"),
        acts.c.scope_id == sa.bindparam("scope"),
        ballots.c.called_entry < sa.bindparam("before"),
    )
    .order_by(ballots.c.called_entry.desc())
    .limit(1)
)


def last_roll(tx: Connection, state: ActState) -> int:
    """Returns how many stood on the last roll of an act's place before this hub forked; 0 where that counts nothing."""
    numbers, hub = constitution.of_entry(tx, state.constitution).numbers, constitution.hub(tx)
    if not numbers.get(NUMBER) or hub.continues_origin is None or state.since >= hub.since + FIRST:
        return 0
    place = {"kind": state.scope.kind, "scope": state.scope.id, "before": hub.entry}
    return tx.scalar(_LAST, place) or 0


def papers_needed(tx: Connection, state: ActState) -> int:
    """Returns how many must vote in an election for it to count; 0 where nothing is asked."""
    percent = constitution.of_entry(tx, state.constitution).numbers.get(NUMBER, 0)
    return -(-last_roll(tx, state) * percent // 100)
