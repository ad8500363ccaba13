"""Elections in which nobody needs to vote any more, and since when, from public tables alone.

overtaken  a by-election beside an election of all seats that was opened after it
empty      one in a group to which nobody belongs any more, or which its members closed; where somebody joins a group
           again, another opens

Whoever votes is let finish: only what has not come to its ballot ends.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts.models import acts
from hub.acts.state import ActState
from hub.ballots import queries
from hub.ballots.models import ballots, elections
from hub.ballots.queries import Election
from hub.groups import closing_fold
from hub.permits import Scope
from hub.permits import queries as permits
from hub.permits.models import dormancies

OVERTAKEN, EMPTY = "overtaken", "empty"

_OTHERS, _OTHER_ACTS = elections.alias("others"), acts.alias("other_acts")
_RUNS = sa.and_(acts.c.id == elections.c.act, acts.c.outcome.is_(None))
_UNCALLED = elections.c.act.not_in(sa.select(ballots.c.act))
_WAITING = sa.select(elections.c.act).join_from(elections, acts, _RUNS).where(_UNCALLED).order_by(elections.c.entry)
# A general election of the same seats that runs, and was opened after this by-election.
_OVERTAKES = (
    sa.select(sa.func.max(_OTHERS.c.due_at))
    .join_from(_OTHERS, _OTHER_ACTS, sa.and_(_OTHER_ACTS.c.id == _OTHERS.c.act, _OTHER_ACTS.c.outcome.is_(None)))
    .where(
        elections.c.kind == "by",
        _OTHERS.c.kind == "general",
        _OTHERS.c.scope_id == elections.c.scope_id,
        _OTHERS.c.role == elections.c.role,
        _OTHERS.c.entry > elections.c.entry,
    )
    .correlate(elections)
    .scalar_subquery()
)
_OVERTAKEN = sa.select(_OVERTAKES).where(elections.c.act == sa.bindparam("act"))
_ASLEEP = sa.select(dormancies.c.scope_id).where(dormancies.c.until_at.is_(None))
_CANDIDATES = _WAITING.where(sa.or_(_OVERTAKES.is_not(None), elections.c.scope_id.in_(_ASLEEP)))
_CLOSED = sa.select(acts.c.closed_at).where(
    acts.c.subject == sa.bindparam("group"), acts.c.procedure == closing_fold.PROCEDURE, acts.c.outcome == "done"
)


def waiting(tx: Connection) -> set[str]:
    """Returns the acts of the elections that run and whose ballot is not called yet."""
    return set(tx.scalars(_WAITING))


def candidates(tx: Connection) -> list[str]:
    """Returns, in order, the acts of elections that may be pointless: a quick look before the exact one."""
    return list(tx.scalars(_CANDIDATES))


def since(tx: Connection, state: ActState) -> tuple[dt.datetime, str] | None:
    """Returns since when an election that runs is pointless, and why; None where it is not, or its vote has begun."""
    found = queries.find_election(tx, state.id)
    if found is None or not state.is_open or state.fact_at("stopped") or has_come_to_vote(state):
        return None
    reasons = ((_empty_since(tx, found.scope), EMPTY), (tx.scalar(_OVERTAKEN, {"act": state.id}), OVERTAKEN))
    return min(((max(at, state.since), why) for at, why in reasons if at is not None), default=None)


def _empty_since(tx: Connection, scope: Scope) -> dt.datetime | None:
    """Returns since when nobody can stand or vote in a group: by its members' vote, where that closed it sooner."""
    asleep = permits.dormant_since(tx, scope.id)
    if asleep is None:
        return None
    closed = tx.scalar(_CLOSED, {"group": scope.id})
    return asleep if closed is None else min(asleep, closed)


def has_come_to_vote(state: ActState) -> bool:
    """Tells whether an act stands at its ballot, or beyond."""
    return any(step.do == "ballot" for step in state.steps[: state.step + 1])


def beside(tx: Connection, mine: Election) -> list[Election]:
    """Returns the other elections that run for the same office in the same place, the first one first."""
    return [one for one in queries.running(tx, mine.scope, mine.role) if one.act != mine.act]
