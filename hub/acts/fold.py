"""The only writer of acts, hands, facts and moves.

Other rooms' applies call open_act, submit, sign and state_fact for their entries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries, rules, warrants
from hub.acts.effects import of_act
from hub.acts.entries import ActAdvanced, ActExtended
from hub.acts.models import act_closures, act_facts, act_hands, act_moves, acts
from hub.acts.rules import Move
from hub.acts.state import FACTS, ActState
from hub.constitution import queries as constitution
from hub.db import put, seconds
from hub.errors import YES, Verdict
from hub.ledger import Entry, Said, applies, applies_all
from hub.permits.scope import Scope
from hub.permits.warrants import warranting_grant

_OPEN, _HAND, _FACT, _MOVE = sa.insert(acts), sa.insert(act_hands), sa.insert(act_facts), sa.insert(act_moves)
_TAKE_BACK = sa.delete(act_hands).where(
    act_hands.c.act == sa.bindparam("key"),
    act_hands.c.holder == sa.bindparam("whose"),
    act_hands.c.hand == "submit",
)
_STEP = sa.select(acts.c.step).where(acts.c.id == sa.bindparam("act"))
_EXTEND = (
    sa.update(acts)
    .where(acts.c.id == sa.bindparam("key"))
    .values(due_at=sa.bindparam("until", type_=acts.c.due_at.type))
)
_ADVANCE = (
    sa.update(acts)
    .where(acts.c.id == sa.bindparam("key"))
    .values(
        step=sa.bindparam("to_step"),
        since_at=sa.bindparam("since", type_=acts.c.since_at.type),
        due_at=sa.bindparam("until", type_=acts.c.due_at.type),
        outcome=sa.bindparam("result"),
        closed_at=sa.bindparam("closed", type_=acts.c.closed_at.type),
        closed_entry=sa.bindparam("closing"),
    )
)


def open_act(
    tx: Connection,
    entry: Entry,
    *,
    act: str,
    procedure: str,
    scope: Scope,
    subject: str,
    since: dt.datetime | None = None,
) -> None:
    """Opens an act under the constitution in force. scope: where it is decided; subject: what it is about.

    since: the moment it counts from where the clock opens it, however late; else the entry's own.
    """
    rules_now, version = constitution.in_force(tx)
    begins = since or entry.at
    state = ActState(act, procedure, scope, subject, rules_now.procedures[procedure].steps, 0, begins)
    row = {
        "id": act,
        "procedure": procedure,
        "constitution": version,
        "scope_kind": scope.kind,
        "scope_id": scope.id,
        "branch_id": scope.branch,
        "subject": subject,
        "opened_entry": entry.index,
        "opened_at": entry.at,
        "step": 0,
        "since_at": begins,
        "due_at": state.due,
        "outcome": None,
        "closed_at": None,
        "closed_entry": None,
    }
    tx.execute(_OPEN, row)


def submit(tx: Connection, entry: Entry, *, act: str, holder: str) -> None:
    """Notes that a holder joined in, at the act's present step."""
    _add_hand(tx, entry, act, holder, "submit")


def withdraw(tx: Connection, *, act: str, holder: str) -> None:
    """Takes back a holder's joining in, at whichever step: the entry that says so stands in the record."""
    tx.execute(_TAKE_BACK, {"key": act, "whose": holder})


def sign(tx: Connection, entry: Entry, *, act: str, yes: bool) -> None:
    """Notes the yes or no of the holder of the entry's warrant, at the act's present step."""
    grant = warranting_grant(tx, entry)
    if grant is None:
        raise RuntimeError(f"entry {entry.index} was applied without its warrant")
    _add_hand(tx, entry, act, grant.holder, "yes" if yes else "no")


def state_fact(tx: Connection, entry: Entry, *, act: str, fact: str, at: dt.datetime | None = None) -> None:
    """Notes a fact of the act's present step. fact: one of state.FACTS; at: since when, else the entry's own moment."""
    if fact not in FACTS:
        raise RuntimeError(f"{fact} is no fact of an act")
    step = tx.execute(_STEP, {"act": act}).scalar_one()
    tx.execute(_FACT, {"entry": entry.index, "act": act, "step": step, "fact": fact, "at": at or entry.at})


@applies(ActExtended, warrant=warrants.extends)
def extend(tx: Connection, entry: Entry, record: ActExtended, said: Said) -> None:
    """Moves the deadline of the present step on."""
    before, due = queries.get(tx, record.act), clock.parse_minute(record.due)
    state_fact(tx, entry, act=record.act, fact="extended", at=due)
    later = rules.after(before, Move(record.act, record.step, due, "extended"))
    tx.execute(_EXTEND, {"key": record.act, "until": later.due})


def delay(tx: Connection, entry: Entry, *, act: str, until: dt.datetime, fact: str = "delayed") -> None:
    """Moves the deadline of the present step on to a moment: for an outage, or a measure. Never to an earlier one.

    fact: delayed, or tied where a count waits for a lot.
    """
    state_fact(tx, entry, act=act, fact=fact, at=until)
    tx.execute(_EXTEND, {"key": act, "until": queries.get(tx, act).due})


def undo(tx: Connection, entry: Entry, *, act: str, at: dt.datetime) -> None:
    """States that what opened an act is undone: the act ends then, or not before its ballot, where that is open."""
    state = queries.get(tx, act)
    ends = state.due if state.current.do == "ballot" else max(at, state.since)
    state_fact(tx, entry, act=act, fact="undone", at=ends)
    tx.execute(_EXTEND, {"key": act, "until": ends})


@applies(ActAdvanced, warrant=warrants.moves)
def advance(tx: Connection, entry: Entry, record: ActAdvanced, said: Said) -> None:
    """Ends the present step and begins the next, or closes the act."""
    move = warrants.claimed(record)
    later = rules.after(queries.get(tx, record.act), move)
    put(tx, _MOVE, [_moved(entry, move)])
    if move.outcome in rules.REPEATS:
        state_fact(tx, entry, act=record.act, fact=move.outcome, at=move.due)
    if later.outcome in rules.ENDINGS:
        of_act(later).ended(tx, later, entry)
    put(tx, _ADVANCE, [_stands(entry, later, move)])


@applies_all(ActAdvanced)
def advance_all(tx: Connection, many: Sequence[tuple[Entry, ActAdvanced]], read: Mapping[str, ActState]) -> Verdict:
    """Does the same for many moves, of acts that change nothing but themselves: each checked against what was before.

    Ends that change something else are applied one by one.
    """
    states, moved, stands = dict(read), [], {}
    for entry, record in many:
        before, move = states.get(record.act), warrants.claimed(record)
        verdict = warrants.may_move(before, move, entry)
        if not verdict or before is None:
            return verdict
        later = states[record.act] = rules.after(before, move)
        if move.outcome in rules.REPEATS or (later.outcome in rules.ENDINGS and not of_act(later).is_quiet):
            raise RuntimeError(f"{before.procedure} ends one by one")
        moved.append(_moved(entry, move))
        stands[record.act] = _stands(entry, later, move)
    put(tx, _MOVE, moved)
    put(tx, _ADVANCE, list(stands.values()))
    return YES


def _moved(entry: Entry, move: Move) -> dict[str, object]:
    return {
        "act": move.act,
        "step": move.step,
        "due_at": seconds(move.due),
        "outcome": move.outcome,
        "entry": entry.index,
    }


def _stands(entry: Entry, later: ActState, move: Move) -> dict[str, object]:
    closed = not later.is_open
    return {
        "key": move.act,
        "to_step": later.step,
        "since": seconds(later.since),
        "until": seconds(later.due),
        "result": later.outcome,
        "closed": seconds(move.due) if closed else None,
        "closing": entry.index if closed else None,
    }


def close_procedures(
    tx: Connection,
    entry: Entry,
    *,
    act: str,
    scope_id: str,
    procedures: Iterable[str],
    since: dt.datetime,
    until: dt.datetime,
) -> None:
    """Closes procedures in a place for a time: none is opened, and what runs waits. act: the measure that does so."""
    place = {"entry": entry.index, "act": act, "scope_id": scope_id, "from_at": since, "until_at": until}
    tx.execute(sa.insert(act_closures), [{"procedure": procedure, **place} for procedure in procedures])
    _stop_clocks(tx, entry, scope_id, tuple(procedures), since, until)


def open_procedures(tx: Connection, act: str, at: dt.datetime) -> None:
    """Ends what a measure closed, from a moment on."""
    mine = sa.and_(act_closures.c.act == act, act_closures.c.until_at > at)
    closed = tx.execute(sa.select(act_closures.c.entry, act_closures.c.until_at).where(mine).limit(1)).first()
    tx.execute(sa.update(act_closures).where(mine).values(until_at=at))
    if closed is not None:
        _start_clocks(tx, closed.entry, closed.until_at - at)


def _stop_clocks(
    tx: Connection,
    entry: Entry,
    scope_id: str,
    procedures: Sequence[str],
    since: dt.datetime,
    until: dt.datetime,
) -> None:
    """Gives whatever runs there and waits for hands or for its notice the time back that a measure takes from it."""
    here = (acts.c.scope_id == scope_id, acts.c.procedure.in_(procedures))
    running = sa.select(acts.c.id).where(acts.c.outcome.is_(None), acts.c.due_at > since, *here)
    for act in tx.scalars(running.order_by(acts.c.opened_entry)).all():
        state = queries.get(tx, act)
        if state.current.do in rules.STOPPED:
            delay(tx, entry, act=act, until=state.due + (until - since))


def _start_clocks(tx: Connection, closing: int, earlier: dt.timedelta) -> None:
    """Takes from what a measure delayed whatever of the time it does not need, because it ended before."""
    delayed = sa.and_(act_facts.c.entry == closing, act_facts.c.fact == "delayed")
    for fact in tx.execute(sa.select(act_facts).where(delayed).order_by(act_facts.c.act)).all():
        mine = sa.update(act_facts).where(delayed, act_facts.c.act == fact.act)
        tx.execute(mine.values(at=fact.at - earlier))
        state = queries.get(tx, fact.act)
        if state.is_open and state.step == fact.step:
            tx.execute(_EXTEND, {"key": fact.act, "until": state.due})


def _add_hand(tx: Connection, entry: Entry, act: str, holder: str, hand: str) -> None:
    step = tx.execute(_STEP, {"act": act}).scalar_one()
    row = {"entry": entry.index, "act": act, "step": step, "holder": holder, "hand": hand, "at": entry.at}
    tx.execute(_HAND, row)
