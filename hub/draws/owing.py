"""What public tables say of draws: which may be opened, how many seats are free, who takes care since when."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.acts import seats
from hub.acts.state import ActState
from hub.branches import queries as branches
from hub.constitution import limits
from hub.constitution import queries as constitution
from hub.draws import chain, queries, rules
from hub.draws.models import draw_seats
from hub.errors import YES, Verdict, no
from hub.groups import queries as groups
from hub.lot.sources import MINUTE, Source, first_source
from hub.permits import HUB, Scope
from hub.permits import queries as permits
from hub.permits.actor import Grant
from hub.permits.live import stands

REST = dt.timedelta(days=28)  # between two draws that nobody accepted: nobody is asked every other day
CARETAKER, ORGANISER, COUNCIL = "caretaker", "admin", "council"


def may_open(tx: Connection, procedure: str, scope: Scope, at: dt.datetime) -> Verdict:
    """Says whether the clock may open a draw in a scope now. That somebody can be drawn is the hub's word."""
    if not _is_there(tx, procedure, scope):
        return no("draws.nowhere", "There is no such branch or group, or nothing is drawn there.")
    earlier = queries.acts_in(tx, procedure, scope)
    if earlier and earlier[0].outcome is None:
        return no("draws.runs", "A draw of this kind runs there already.")
    needed = _council_needed(tx, at) if procedure == "draw_council" else _caretakers_needed(tx, scope, at, earlier)
    return YES if needed else no("draws.not_needed", "Enough were drawn there.")


def free_seats(tx: Connection, state: ActState, at: dt.datetime) -> int:
    """Returns how many seats an act's present step fills: of a council, those nobody drawn by lot sits on."""
    full = state.current.persons
    return full - _drawn_council(tx, at) if state.current.by == "council" else full


def least_tickets(tx: Connection, by: str, free: int, at: dt.datetime) -> int:
    """Returns how many tickets a pool must have: a council is not drawn smaller than any council may be."""
    if by in rules.CASES:
        return free
    if by != "council":
        return 1
    return max(1, min(free, limits.DRAWN["council"].least - _drawn_council(tx, at)))


def objections_until(tx: Connection, state: ActState, frozen: dt.datetime) -> dt.datetime | None:
    """Returns until when members may object to a pool that is frozen then; None where the draw has no time for it.

    None either while nobody takes care of a branch or group whose caretakers are drawn: each day is one too many.
    """
    if state.current.by == "caretakers" and vacant_since(tx, state.scope, frozen) is not None:
        return None
    days = constitution.of_entry(tx, state.constitution).numbers["objection_days"]
    open_for = rules.objecting(days, None if state.current.short == "extend" else state.due - frozen)
    return frozen + open_for if open_for else None


def source(tx: Connection, state: ActState, frozen: dt.datetime) -> Source:
    """Returns the source of a pool that is frozen then: the first round of the chain that may be, and nobody's choice.

    It becomes known more than a day after the objections end, and later than that of any pool that was voided.
    """
    begins = (objections_until(tx, state, frozen) or frozen) + rules.AHEAD
    begins = max([begins, *(row.known_at + MINUTE for row in queries.voids(tx, state.id, state.step))])
    return first_source(chain.in_force(), begins)


def cares(grant: Grant) -> bool:
    """Tells whether a grant keeps a branch or group cared for: an organiser's mandate, or a caretaker's."""
    return grant.role == CARETAKER or (grant.role == ORGANISER and grant.is_mandate)


def vacant_since(tx: Connection, scope: Scope, now: dt.datetime) -> dt.datetime | None:
    """Returns since when nobody takes care of a branch or group, or None. A measure that rests a grant makes no gap."""
    caring = [grant for grant in permits.all_grants(tx, scope) if cares(grant)]
    return rules.vacant_since(((grant.starts, end_of(grant)) for grant in caring), now)


def end_of(grant: Grant) -> dt.datetime:
    """Returns when a grant ends, or ended."""
    return grant.until if grant.ended_at is None else min(grant.until, grant.ended_at)


def next_caretaker(tx: Connection, scope: Scope, now: dt.datetime) -> tuple[Row[object], dt.datetime] | None:
    """Returns who takes care of a scope next, and from when on; None where nobody has to, or nobody stands by."""
    since = vacant_since(tx, scope, now)
    first = next(iter(queries.standing_by(tx, scope)), None) if since is not None else None
    if since is None or first is None or not _is_there(tx, "draw_caretaker", scope):
        return None
    if not seats.has_room(tx, constitution.in_force(tx)[0], CARETAKER, scope, now):
        return None
    return first, max(since, first.accepted_at)


def _is_there(tx: Connection, procedure: str, scope: Scope) -> bool:
    if procedure == "draw_council":
        return scope == HUB
    if procedure != "draw_caretaker" or scope.kind == "hub":
        return False
    if permits.dormant_since(tx, scope.id) is not None:
        return False
    found = branches.find(tx, scope.id) if scope.kind == "branch" else groups.find(tx, scope.id)
    is_there = found is not None and found.is_registered and found.ended_entry is None
    return is_there and found is not None and found.scope == scope


def _drawn_council(tx: Connection, at: dt.datetime) -> int:
    seated = [g for g in permits.all_grants(tx, HUB) if (g.role, g.source) == (COUNCIL, "lot") and stands(g, at)]
    return len(seated)


def _council_needed(tx: Connection, at: dt.datetime) -> bool:
    text, _entry = constitution.in_force(tx)
    full = text.procedures["draw_council"].steps[0].persons
    earlier = queries.acts_in(tx, "draw_council", HUB)
    rested = not earlier or at >= earlier[0].opened_at + REST
    return rested and _drawn_council(tx, at) <= full // 2


def _caretakers_needed(tx: Connection, scope: Scope, at: dt.datetime, earlier: list[Row[object]]) -> bool:
    if not earlier:
        return True
    newest = earlier[0]
    if any(row.outcome == "done" and row.closed_at > newest.opened_at for row in queries.acts_in(tx, "elect", scope)):
        return True
    here = sa.select(draw_seats.c.ticket).where(draw_seats.c.act.in_([row.id for row in earlier]))
    waiting = here.where(draw_seats.c.state.in_(("offered", "accepted")), draw_seats.c.grant.is_(None))
    if tx.scalar(waiting.limit(1)) is not None:
        return False
    return vacant_since(tx, scope, at) is not None or at >= newest.opened_at + REST
