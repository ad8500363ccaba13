"""Checks of the hands and the clock's moves, from public tables alone, the same live and on replay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries, rules, seats
from hub.acts.effects import EFFECTS, of_act
from hub.acts.entries import ActAdvanced, ActExtended
from hub.acts.rules import Move
from hub.acts.state import SCRUTINEERS, ActState
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.ledger import Entry
from hub.ledger.entries import Warrant
from hub.permits import queries as grants
from hub.permits import warrants as permits
from hub.permits.actor import DERIVED, Grant
from hub.permits.entries import GrantEnded, GrantMade
from hub.permits.live import stands
from hub.permits.permissions import P
from hub.permits.predicates import DORMANT, reaches
from hub.permits.scope import Scope, stored_scope

NO_ACT = no("acts.unknown", "No such act is in the record.")
NOT_DUE = no("acts.not_due", "No running act owes this now.")

OTHER_ACT = no("acts.drawn_for_another", "Whoever is drawn for one act decides in that act alone.")
LEFT_IN_OFFICE = no("acts.left_in_office", "An office that this ends has no end in the record.")
NOT_THERE = no("acts.no_procedure", "The rules in force have no such procedure.")
CLOSED = no("acts.closed", "A measure has closed this for some days. Its page says until when.")


def _no_clock(tx: Connection, entry: Entry, record: Any) -> Verdict:
    return NOT_DUE


def opening(
    procedure: str, scope_of: Callable[[Connection, Any], Scope | None], *, clock_owes: Warrant = _no_clock
) -> Warrant:
    """Returns the check of an entry that opens an act (record.act): by the right or the office the procedure names.

    clock_owes: where the procedure is opened by the clock, what says from public tables that it must be opened now.
    """

    def check(tx: Connection, entry: Entry, record: Any) -> Verdict:
        if queries.find(tx, record.act) is not None:
            return no("acts.opened_before", "This act was opened already.")
        scope = scope_of(tx, record)
        if scope is not None and queries.is_closed(tx, procedure, scope, entry.at):
            return CLOSED
        if scope is not None and grants.dormant_since(tx, scope.id) is not None:
            return DORMANT
        rules_now, _ = constitution.in_force(tx)
        if procedure not in rules_now.procedures:
            return NOT_THERE
        opens = rules_now.procedures[procedure].opens
        if opens == "clock":
            return clock_owes(tx, entry, record) if entry.by is None else NOT_DUE
        ends = rules_now.procedures[procedure].only_ends
        return (permits.right if opens == "member" else permits.office(opens, scope_of, ends=ends))(tx, entry, record)

    return check


def submitting(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Checks an entry by which ``record.holder`` joins in ``record.act``: a right, while the act waits for it."""
    state = queries.find(tx, record.act)
    if state is None:
        return NO_ACT
    if grants.dormant_since(tx, state.scope.id) is not None:
        return DORMANT
    if not grants.is_holder(tx, record.holder):
        return no("acts.nobody", "Nobody has this name in the record.")
    verdict = rules.may_submit(state, record.holder, entry.at)
    if verdict and state.current.by != "subject":
        verdict = grants.is_compatible(tx, record.holder, "", entry.at)
    return permits.right(tx, entry, record) if verdict else verdict


def signing(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Checks an entry by which the holder of its warrant says yes in ``record.act``."""
    return _deciding(tx, entry, record, ends=False)


def objecting(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Checks an entry by which the holder of its warrant says no in ``record.act``: that nobody freezes."""
    return _deciding(tx, entry, record, ends=True)


def _deciding(tx: Connection, entry: Entry, record: Any, *, ends: bool) -> Verdict:
    state = queries.find(tx, record.act)
    if state is None:
        return NO_ACT
    if state.current.by == P.DECIDE_CASES or state.effect.what == "interim.begin":
        return no("acts.signed_apart", "What is decided here is signed word for word, by entries of its own.")
    grant = permits.warranting_grant(tx, entry)
    if grant is None or state.current.by not in grant.permissions or not reaches(grant, state.scope):
        return permits.NO_WARRANT
    return may_sign(tx, state, grant, entry.at, ends=ends)


def may_sign(tx: Connection, state: ActState, grant: Grant, at: dt.datetime, *, ends: bool = False) -> Verdict:
    """Says whether a grant that carries the power decides in an act at a moment: pages and the fold ask the same.

    ends: whether the hand only takes away, which nobody freezes and no measure closes.
    """
    if not grant.holds_in(state.drawn_for):
        return OTHER_ACT
    if not ends and state.is_open and queries.is_closed(tx, state.procedure, state.scope, at):
        return CLOSED
    numbers = constitution.of_entry(tx, state.constitution).numbers
    lately = at - dt.timedelta(days=numbers["appointee_days"])
    tied, one_with = queries.tied_to(tx, grant.holder, lately), queries.one_with(tx, grant.holder, lately)
    return (
        rules.may_sign(state, grant.holder, at, tied, one_with)
        and permits.may_use(tx, grant, state.current.by, state.scope, at, ends=ends or state.only_ends)
        and of_act(state).signs(tx, state, at, grant)
    )


def moves(tx: Connection, entry: Entry, record: ActAdvanced) -> Verdict:
    """Checks a move of the clock: it is the one that rules.next_move gives, and nobody's hand is named.

    An effect is over once all that it may not leave out is in the record.
    """
    state = queries.find(tx, record.act)
    verdict = may_move(state, claimed(record), entry)
    if state is None or not verdict or state.current.do != "effect":
        return verdict
    return EFFECTS[state.current.what].settled(tx, state) and _ended_all(tx, state, entry)


def _ended_all(tx: Connection, state: ActState, entry: Entry) -> Verdict:
    """Says whether each office that an effect ends has an end: nobody stays in one that members took from them.

    Of those alone that stood when it was due and still do: what ended otherwise, or came later, is no matter of its.
    """
    if not EFFECTS[state.current.what].ends:
        return YES
    there = grants.standing_grants(tx, scope=state.scope, at=entry.at)
    is_left = any(stands(grant, state.since) and _still_ends(tx, state, entry, grant) for grant in there)
    return LEFT_IN_OFFICE if is_left else YES


def _still_ends(tx: Connection, state: ActState, entry: Entry, grant: Grant) -> bool:
    """Tells whether an effect still owes the end of an office: at once, or, of one that others gave, after some days.

    A later end stands in the record as soon as it is decided: so nobody waits for the day to see that it is missing.
    """
    effect = EFFECTS[state.current.what]
    owed = GrantEnded(grant.id, effect.ends, state.id, state.step, clock.format_minute(state.since))
    if grant.ended_at is None and effect.owes(tx, state, entry, owed):
        return True
    if effect.later is None or grant.source not in DERIVED:
        return False
    handed_over = clock.format_minute(effect.later(tx, state))
    return bool(effect.owes(tx, state, entry, replace(owed, ends=handed_over)))


def claimed(record: ActAdvanced) -> Move:
    """Returns the move that a record says was made."""
    return Move(record.act, record.step, clock.parse_minute(record.due), record.outcome)


def may_move(state: ActState | None, move: Move, entry: Entry) -> Verdict:
    """Says whether a move is the one that an act owes by the time of its entry."""
    if state is None:
        return NO_ACT
    return YES if entry.by is None and rules.next_move(state, entry.at) == move else NOT_DUE


def working(do: str) -> Warrant:
    """Returns the check of an entry by which the clock does the work of a kind of step (record.act, record.step).

    A ballot that has scrutineers of its own draws them while it is open: that is the work of a draw, too.
    """

    def check(tx: Connection, entry: Entry, record: Any) -> Verdict:
        state = queries.find(tx, record.act)
        if state is None or not state.is_open or entry.by is not None:
            return NOT_DUE
        works = {state.current.do, "draw"} if state.current.by == SCRUTINEERS else {state.current.do}
        return YES if do in works and record.step == state.step else NOT_DUE

    return check


def extends(tx: Connection, entry: Entry, record: ActExtended) -> Verdict:
    """Checks an extension: the present step's deadline passed with too little, and its consequence is to wait on."""
    return moves(tx, entry, ActAdvanced(record.act, record.step, record.due, "extended"))


def _scope_of(record: GrantMade) -> Scope | None:
    kind = {"h": "hub", "b": "branch", "g": "group"}[record.scope[0]]
    return None if kind == "group" and record.branch is None else stored_scope(kind, record.scope, record.branch)


@permits.answer_due
def due(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Checks an effect: its act stands at this effect now, and owes exactly this entry."""
    state = queries.find(tx, record.act)
    if state is None or not state.is_open or entry.by is not None:
        return NOT_DUE
    if state.current.do != "effect" or record.step != state.step or record.due != clock.format_minute(state.since):
        return NOT_DUE
    if isinstance(record, GrantMade):
        if not rules.may_grant_in(state, record.scope):
            return no("acts.elsewhere", "Nothing that is decided in one place gives anybody a role in another.")
        scope = _scope_of(record)
        if scope is None:
            return NOT_DUE
        room = seats.has_room(tx, constitution.of_entry(tx, state.constitution), record.role, scope, state.since)
        if not room:
            return room
    return EFFECTS[state.current.what].owes(tx, state, entry, record)
