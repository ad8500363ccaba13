"""What public tables say is owed: elections to open, floors, mandates to give, and what these take the place of."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries as act_queries
from hub.acts.models import acts
from hub.acts.state import ActState
from hub.ballots import calendar, queries, returning, rules
from hub.ballots.calendar import Held, Mandate, Owed
from hub.ballots.models import ballot_winners, ballots, candidacies, elections
from hub.branches import queries as branches
from hub.branches.models import branches as branch_rows
from hub.branches.queries import Branch
from hub.constitution import queries as constitution
from hub.constitution.model import Constitution
from hub.groups import queries as groups
from hub.groups.models import groups as group_rows
from hub.groups.queries import Group
from hub.permits import Grant, Scope, branch_scope, group_scope
from hub.permits import queries as permits
from hub.permits.actor import MANDATES
from hub.permits.live import stands
from hub.permits.models import dormancies, grants

ROLE = "admin"  # whoever organises is elected; a role that is only appointed or drawn has no election
CARETAKER = "caretaker"

# The clock asks these in each of its rounds: built once.
_NOW = sa.bindparam("now", type_=grants.c.until_at.type)
_ENDS = (
    sa.select(grants.c.scope_id, sa.func.min(grants.c.until_at), sa.func.count())
    .where(
        grants.c.role == ROLE,
        grants.c.source.in_(MANDATES),
        grants.c.until_at > _NOW,
        sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > _NOW),
    )
    .group_by(grants.c.scope_id)
)
_RUNNING = sa.select(elections.c.scope_id, elections.c.kind).join_from(
    elections, acts, sa.and_(elections.c.act == acts.c.id, acts.c.outcome.is_(None))
)
_OPENED = (
    sa.select(sa.func.max(elections.c.due_at))
    .where(elections.c.scope_id == dormancies.c.scope_id, elections.c.kind == "general")
    .scalar_subquery()
)
_LAST_WOKE = sa.func.max(dormancies.c.until_at)
_WOKE = (
    sa.select(dormancies.c.scope_id)
    .group_by(dormancies.c.scope_id)
    .having(_LAST_WOKE.is_not(None), sa.or_(_OPENED.is_(None), _LAST_WOKE > _OPENED))
)
_TOLD = (
    sa.select(
        elections.c.scope_id,
        elections.c.seats,
        elections.c.due_at,
        acts.c.outcome,
        sa.func.count(candidacies.c.holder.distinct()),
        sa.func.count(ballot_winners.c.holder.distinct()),
    )
    .join_from(elections, acts, acts.c.id == elections.c.act)
    .outerjoin(candidacies, sa.and_(candidacies.c.act == acts.c.id, candidacies.c.withdrawn_entry.is_(None)))
    .outerjoin(ballots, ballots.c.act == acts.c.id)
    .outerjoin(ballot_winners, ballot_winners.c.ballot == ballots.c.id)
    .group_by(elections.c.act, elections.c.scope_id, elections.c.seats, elections.c.due_at, acts.c.outcome)
    .order_by(elections.c.due_at)
)
_RECALLED = (
    sa.select(grants.c.scope_id, sa.func.max(grants.c.ended_at))
    .where(grants.c.role == ROLE, grants.c.ended_why == "recalled")
    .group_by(grants.c.scope_id)
)


def scope_of(tx: Connection, scope_id: str) -> Scope | None:
    """Returns the scope of a registered branch or group that has not ended, with its area; or None.

    None, too, of a dormant one: there is nobody to elect, or to be elected.
    """
    place = branches.find(tx, scope_id) or groups.find(tx, scope_id)
    is_there = place and place.is_registered and place.ended_entry is None and not place.is_dormant
    return place.scope if place and is_there else None


def registered_at(tx: Connection, scope: Scope) -> dt.datetime:
    """Returns when a scope began."""
    began = _place(tx, scope).registered_at
    assert began is not None
    return began


def revived_at(tx: Connection, scope: Scope) -> dt.datetime | None:
    """Returns when somebody last came back to a place that everybody had left; None where that never was."""
    return _place(tx, scope).revived_at


def _place(tx: Connection, scope: Scope) -> Branch | Group:
    return branches.get(tx, scope.id) if scope.kind == "branch" else groups.get(tx, scope.id)


def lead_of(text: Constitution) -> dt.timedelta:
    """Returns how long an election takes: as many days as its steps, where nothing is extended."""
    return dt.timedelta(days=sum(step.days or 0 for step in text.procedures["elect"].steps))


def owed_in(tx: Connection, scope: Scope, now: dt.datetime) -> Owed | None:
    """Returns the election that is owed in a scope by now and not opened yet, or None."""
    text, _ = constitution.in_force(tx)
    return calendar.owed(
        [_mandate(grant) for grant in permits.all_grants(tx, scope) if grant.role == ROLE and grant.is_mandate],
        [_held(tx, election) for election in queries.elections_in(tx, scope, ROLE)],
        seats=text.roles[ROLE].seats_max,
        begins=registered_at(tx, scope),
        revived=revived_at(tx, scope),
        lead=lead_of(text),
        now=now,
        least=text.roles[ROLE].seats_min,
    )


def running_in(tx: Connection, scope: Scope) -> list[queries.Election]:
    """Returns the elections that run in a scope, the first one first."""
    return queries.running(tx, scope, ROLE)


def asked_in(tx: Connection, scope_id: str, at: dt.datetime) -> Owed | None:
    """Returns the election of all seats that may be opened in a place at a moment though none is owed; or None.

    None where one runs, or is owed anyway: the calendar's own goes first, and is never touched.
    """
    scope = scope_of(tx, scope_id)
    if scope is None or running_in(tx, scope) or owed_in(tx, scope, at) is not None:
        return None
    return Owed("general", constitution.in_force(tx)[0].roles[ROLE].seats_max, at)


def opens_next(tx: Connection, scope: Scope) -> dt.datetime | None:
    """Returns when the next general election of a scope opens, as its mandates stand; None while one runs."""
    if any(one.kind == "general" for one in running_in(tx, scope)):
        return None
    text, _ = constitution.in_force(tx)
    held = [one.until for one in permits.standing_grants(tx, scope=scope) if one.role == ROLE and one.is_mandate]
    return min(held) - lead_of(text) if held else None


def scopes_short(tx: Connection, now: dt.datetime) -> list[Scope]:
    """Returns, in order, the scopes in which an election may be owed: a quick look before the exact one."""
    text, _ = constitution.in_force(tx)
    held = {row[0]: (row[1], row[2]) for row in tx.execute(_ENDS, {"now": now})}
    runs = [(row[0], row[1]) for row in tx.execute(_RUNNING)]
    busy, late = {scope for scope, kind in runs if kind == "general"}, now + lead_of(text)
    least, any_runs = text.roles[ROLE].seats_min, {scope for scope, _kind in runs}
    fell, revived = _fell_vacant(tx), _revived(tx)
    found = []
    for scope in _registered(tx):
        until, taken = held.get(scope.id, (None, 0))
        is_short = scope.id not in busy and (until is None or until <= late)
        has_few = taken < least and scope.id not in any_runs
        if is_short or has_few or scope.id in fell | revived:
            found.append(scope)
    return found


def _revived(tx: Connection) -> set[str]:
    """Returns the places to which somebody came back, and in which no election of all seats was opened since."""
    return set(tx.scalars(_WOKE))


def _fell_vacant(tx: Connection) -> set[str]:
    """Returns the scopes where somebody was recalled, or re-open nominations won, and no election was opened since."""
    newest: dict[str, dt.datetime] = {}
    vacant: set[str] = set()
    for scope, seats, due, outcome, candidates, elected in tx.execute(_TOLD):
        newest[scope] = due
        is_vacant = outcome == "done" and rules.kept_vacant(seats, candidates, elected) > 0
        vacant = vacant | {scope} if is_vacant else vacant - {scope}
    for scope, at in tx.execute(_RECALLED):
        if scope not in newest or newest[scope] < at:
            vacant.add(scope)
    return vacant


def floor_of(tx: Connection, state: ActState, roll: int) -> int:
    """Returns how many yes votes the ballot of an act takes of a roll of so many; where it elects, how many papers.

    That is 0, and the roll is what counts, but on an heir whose members come back (returning.py).
    """
    step = state.current
    if not step.formula:
        return returning.papers_needed(tx, state) if step.kind == "stv" else 0
    formula = constitution.of_entry(tx, state.constitution).formulas[step.formula]
    return rules.floor_of(formula, max(roll, returning.last_roll(tx, state)))


def winners(tx: Connection, state: ActState) -> tuple[str, ...]:
    """Returns whom an election's ballot elected."""
    return tuple(
        sorted({holder for ballot in queries.of_act(tx, state.id) for holder in queries.winners(tx, ballot.id)})
    )


def mandates(tx: Connection, state: ActState) -> list[tuple[str, str]]:
    """Returns the mandates an election still owes: (holder, until). None where all seats were elected meanwhile."""
    if is_overtaken(tx, state):
        return []
    text = constitution.of_entry(tx, state.constitution)
    until = clock.format_minute(state.since + dt.timedelta(days=text.terms["election"]))
    given = set(tx.scalars(sa.select(grants.c.holder).where(grants.c.act == state.id)))
    wanted = (holder for holder in winners(tx, state) if holder not in given)
    # Whoever took an office meanwhile that goes with no other leaves the seat vacant.
    return [(holder, until) for holder in wanted if permits.is_compatible(tx, holder, ROLE, state.since)]


def endings(tx: Connection, state: ActState) -> list[tuple[str, str, str | None]]:
    """Returns the grants an election still has to end: (grant, why, ends).

    A general election takes the place of every grant of the role, a by-election of those its winners held; caretakers
    go with either. Whom earlier organisers appointed goes within the days of handing over, after a general one.
    Source: reference for governance, 9.1 invariant 12.
    """
    if is_overtaken(tx, state):
        return []
    election, won = queries.election(tx, state.id), set(winners(tx, state))
    handed = handed_over(tx, state)
    found: list[tuple[str, str, str | None]] = []
    for grant in permits.all_grants(tx, election.scope):
        if grant.act == state.id or not stands(grant, state.since):
            continue
        if grant.role == CARETAKER or (
            grant.role == election.role and (election.kind == "general" or grant.holder in won)
        ):
            found.append((grant.id, "superseded", None))
        elif grant.source == "delegation" and grant.holder in won and grant.stands_for not in won:
            if election.kind != "general":  # a general one ends the office that it was lent from, and it with that
                found.append((grant.id, "superseded", None))
        elif election.kind == "general" and grant.source == "appointment" and _end(grant) > handed:
            found.append((grant.id, "superseded", clock.format_minute(handed)))
    return found


def handed_over(tx: Connection, state: ActState) -> dt.datetime:
    """Returns until when those stay whom earlier organisers appointed: the days of handing over, from the effect on."""
    numbers = constitution.of_entry(tx, state.constitution).numbers
    return state.since + dt.timedelta(days=numbers["handover_days"])


def is_overtaken(tx: Connection, state: ActState) -> bool:
    """Tells whether a by-election comes after a general one that was opened later: it took all the seats."""
    mine = queries.election(tx, state.id)
    if mine.kind == "general":
        return False
    later = [one for one in queries.elections_in(tx, mine.scope, mine.role) if one.kind == "general"]
    done = [one for one in later if one.due >= mine.due and act_queries.get(tx, one.act).outcome == "done"]
    ended = [act_queries.closed_at(tx, one.act) for one in done]
    return any(at is not None and at <= state.since for at in ended)


def _end(grant: Grant) -> dt.datetime:
    return grant.until if grant.ended_at is None else min(grant.until, grant.ended_at)


def _mandate(grant: Grant) -> Mandate:
    return Mandate(grant.starts, grant.until, grant.ended_at, grant.ended_why == "recalled")


def _held(tx: Connection, election: queries.Election) -> Held:
    state, stood = act_queries.get(tx, election.act), len(queries.candidates(tx, election.act))
    closed = act_queries.closed_at(tx, election.act)
    came_true = state.outcome == "done"
    vacant = rules.kept_vacant(election.seats, stood, len(winners(tx, state))) if came_true else 0
    return Held(election.kind, election.due, closed, came_true, vacant)


def _registered(tx: Connection) -> list[Scope]:
    """Every branch and group that is registered, has not ended and is awake, in the order of the record."""
    found: list[tuple[int, Scope]] = []
    for row in tx.execute(_BRANCHES):
        found.append((row.registered_entry, branch_scope(row.id, row.area)))
    for row in tx.execute(_GROUPS):
        found.append((row.registered_entry, group_scope(row.id, row.branch)))
    return [scope for _entry, scope in sorted(found, key=lambda one: one[0])]


def _is_there(rows: sa.Table) -> sa.ColumnElement[bool]:
    asleep = sa.select(dormancies.c.scope_id).where(dormancies.c.until_at.is_(None))
    return sa.and_(rows.c.registered_entry.is_not(None), rows.c.ended_entry.is_(None), rows.c.id.not_in(asleep))


_BRANCHES = sa.select(branch_rows).where(_is_there(branch_rows))
_GROUPS = sa.select(group_rows).where(_is_there(group_rows))
