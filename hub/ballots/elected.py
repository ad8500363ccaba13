"""Who was elected and has no mandate yet: from the count until the election takes effect. From public tables alone.

By then the roster may call them no members any more. Rooms above say what follows, once the mandates begin.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts import queries as act_queries
from hub.acts.models import acts
from hub.ballots import owing
from hub.ballots.models import ballot_winners, ballots
from hub.permits import Scope

Begin = Callable[[Connection, Scope, Collection[str], dt.datetime], set[str]]

_COUNTED = (
    sa.select(acts.c.id)
    .join_from(acts, ballots, ballots.c.act == acts.c.id)
    .join(ballot_winners, ballot_winners.c.ballot == ballots.c.id)
    .where(acts.c.outcome.is_(None))
    .distinct()
)


def in_waiting(tx: Connection, scope_id: str | None = None) -> Mapping[str, set[str]]:
    """Returns the holders whom members elected and whose mandates have not begun, by place: in one, or in all."""
    found: dict[str, set[str]] = defaultdict(set)
    here = _COUNTED if scope_id is None else _COUNTED.where(acts.c.scope_id == scope_id)
    for act in sorted(tx.scalars(here)):
        state = act_queries.get(tx, act)
        found[state.scope.id] |= {holder for holder, _until in owing.mandates(tx, state)}
    return found


_begin: list[Begin] = []


def answer_begin(carry_out: Begin) -> Begin:
    """Lets the standing, a room above, say what follows for whoever left before: registered once, when it is loaded."""
    _begin[:] = [carry_out]
    return carry_out


def begin(tx: Connection, scope: Scope, holders: Collection[str], due: dt.datetime) -> set[str]:
    """Ends, as it begins, the mandate of whoever is no member any more, within what the roster may end; or holds it.

    due: when the mandates began. Returns whose they were: those who left.
    """
    return _begin[0](tx, scope, holders, due)
