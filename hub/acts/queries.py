"""Reads: an act's state, and which acts wait."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.acts.models import act_closures, act_facts, act_hands, act_moves, acts
from hub.acts.rules import repeated
from hub.acts.state import APPEALS, ActState, Fact, Hand
from hub.constitution import queries as constitution
from hub.constitution.model import Step
from hub.constitution.models import constitutions
from hub.db import among
from hub.errors import NotFound
from hub.permits.actor import DERIVED
from hub.permits.models import grants
from hub.permits.scope import Scope, stored_scope

# Each act with the rules that it was opened with.
_ROWS = sa.select(acts, constitutions.c.text.label("rules")).join(
    constitutions, constitutions.c.entry == acts.c.constitution
)
_ACT = _ROWS.where(acts.c.id == sa.bindparam("act"))
_HANDS = sa.select(act_hands).where(act_hands.c.act == sa.bindparam("act")).order_by(act_hands.c.entry)
# An act is read at every move and every hand: its hands and facts come in one go, in the order of the record.
_SAID = sa.union_all(
    sa.select(
        sa.literal_column("0").label("is_fact"),
        act_hands.c.entry,
        act_hands.c.step,
        act_hands.c.holder,
        act_hands.c.hand.label("word"),
        act_hands.c.at,
    ).where(act_hands.c.act == sa.bindparam("act")),
    sa.select(
        sa.literal_column("1"),
        act_facts.c.entry,
        act_facts.c.step,
        sa.literal_column("''"),
        act_facts.c.fact,
        act_facts.c.at,
    ).where(act_facts.c.act == sa.bindparam("act")),
).order_by("entry")
_RESTS_ON = (act_hands, act_facts, act_moves)
# Of many acts the rules are read once for each version: with each row they were a third of the time. And no column is
# read that says nothing of where an act stands.
_SOME = among(
    sa.select(*(column for column in acts.c if column.name not in ("due_at", "closed_at", "closed_entry"))),
    acts.c.id,
)
_SOME_HANDS = among(
    sa.select(act_hands.c.act, act_hands.c.step, act_hands.c.holder, act_hands.c.hand, act_hands.c.at).order_by(
        act_hands.c.entry
    ),
    act_hands.c.act,
)
_SOME_FACTS = among(
    sa.select(act_facts.c.act, act_facts.c.step, act_facts.c.fact, act_facts.c.at).order_by(act_facts.c.entry),
    act_facts.c.act,
)
_NEWEST = sa.select(
    sa.func.max(
        sa.union_all(
            sa.select(acts.c.opened_entry.label("entry")).where(acts.c.id == sa.bindparam("act")),
            *(sa.select(rows.c.entry).where(rows.c.act == sa.bindparam("act")) for rows in _RESTS_ON),
        )
        .subquery()
        .c.entry
    )
)
_MOMENT = sa.bindparam("at", type_=act_closures.c.from_at.type)
_CLOSED = (
    sa.select(act_closures.c.entry)
    .where(
        act_closures.c.procedure == sa.bindparam("procedure"),
        act_closures.c.scope_id == sa.bindparam("scope"),
        act_closures.c.from_at <= _MOMENT,
        act_closures.c.until_at > _MOMENT,
    )
    .limit(1)
)
_LENDERS = grants.alias("lenders")
_DUE = (
    sa.select(acts.c.id)
    .where(acts.c.outcome.is_(None), acts.c.due_at <= sa.bindparam("now", type_=acts.c.due_at.type))
    .order_by(acts.c.due_at, acts.c.opened_entry)
)


def find(tx: Connection, act: str) -> ActState | None:
    """Returns an act's state, or None."""
    row = tx.execute(_ACT, {"act": act}).first()
    return None if row is None else _state(tx, row)


def newest_entry(tx: Connection, act: str) -> int:
    """Returns the last entry of those on which an act rests: its opening, hands, facts and moves."""
    return int(tx.scalar(_NEWEST, {"act": act}) or 0)


def get(tx: Connection, act: str) -> ActState:
    """Returns an act's state. Raises NotFound."""
    state = find(tx, act)
    if state is None:
        raise NotFound
    return state


def some(tx: Connection, wanted: Sequence[str]) -> dict[str, ActState]:
    """Returns the states of acts by id, read together. wanted: at most some hundred that exist."""
    asked, engine = {"wanted": list(wanted)}, tx.dialect.name
    hands: dict[str, list[Hand]] = defaultdict(list)
    facts: dict[str, list[Fact]] = defaultdict(list)
    for hand in tx.execute(_SOME_HANDS[engine], asked).all():
        hands[hand.act].append(Hand._make(hand[1:]))
    for fact in tx.execute(_SOME_FACTS[engine], asked).all():
        facts[fact.act].append(Fact._make(fact[1:]))
    rows = tx.execute(_SOME[engine], asked).all()
    steps: dict[tuple[int, str], tuple[Step, ...]] = {}
    found = {}
    for row in rows:
        kind = row.constitution, row.procedure
        if kind not in steps:
            steps[kind] = constitution.of_entry(tx, kind[0]).procedures[kind[1]].steps
        found[row.id] = _built(row, steps[kind], hands.get(row.id, ()), facts.get(row.id, ()))
    return found


def about(tx: Connection, subject: str) -> ActState | None:
    """Returns the newest act about a subject (a branch, a group, a grant), or None."""
    newest = _ROWS.where(acts.c.subject == subject).order_by(acts.c.opened_entry.desc()).limit(1)
    row = tx.execute(newest).first()
    return None if row is None else _state(tx, row)


def newest_of(tx: Connection, subject: str, procedures: Sequence[str]) -> ActState | None:
    """Returns the newest act of some procedures about a subject, or None."""
    mine = _ROWS.where(acts.c.subject == subject, acts.c.procedure.in_(procedures))
    row = tx.execute(mine.order_by(acts.c.opened_entry.desc()).limit(1)).first()
    return None if row is None else _state(tx, row)


def founding_of(tx: Connection, state: ActState) -> ActState:
    """Returns the act by which members found what an act registers: itself, or the one whose refusal it appeals."""
    if state.procedure not in APPEALS.values():
        return state
    founding = newest_of(tx, state.subject, tuple(APPEALS))
    assert founding is not None
    return founding


def founders(tx: Connection, state: ActState) -> tuple[str, ...]:
    """Returns who founded what an act registers, in the order they joined in."""
    return tuple(hand.holder for hand in founding_of(tx, state).hands if hand.hand == "submit")


def running(tx: Connection, scope: Scope, procedure: str | None = None) -> tuple[ActState, ...]:
    """Returns the acts that run in a scope, the one due soonest first."""
    here = _ROWS.where(acts.c.outcome.is_(None), acts.c.scope_kind == scope.kind, acts.c.scope_id == scope.id)
    if procedure is not None:
        here = here.where(acts.c.procedure == procedure)
    rows = tx.execute(here.order_by(acts.c.due_at, acts.c.opened_entry)).all()
    return tuple(_state(tx, row) for row in rows)


def is_closed(tx: Connection, procedure: str, scope: Scope, at: dt.datetime) -> bool:
    """Tells whether a measure closes a procedure in a place at a moment."""
    return tx.scalar(_CLOSED, {"procedure": procedure, "scope": scope.id, "at": at}) is not None


def all_running(tx: Connection) -> tuple[ActState, ...]:
    """Returns every act that runs anywhere, the one due soonest first."""
    rows = tx.execute(_ROWS.where(acts.c.outcome.is_(None)).order_by(acts.c.due_at, acts.c.opened_entry))
    return tuple(_state(tx, row) for row in rows.all())


def hands(tx: Connection, act: str) -> list[Row[Any]]:
    """Returns every hand of an act, with its entry, in the order of the record."""
    return list(tx.execute(_HANDS, {"act": act}))


def tied_to(tx: Connection, holder: str, since: dt.datetime) -> frozenset[str]:
    """Returns who appointed a holder since a moment, and whom they appointed: by a signature under a grant's act."""
    signed = sa.select(act_hands.c.holder, grants.c.holder).join(grants, grants.c.act == act_hands.c.act)
    lately = signed.where(act_hands.c.hand == "yes", grants.c.source.in_(DERIVED), grants.c.from_at > since)
    mine = lately.where(sa.or_(grants.c.holder == holder, act_hands.c.holder == holder))
    return frozenset(one for pair in tx.execute(mine) for one in pair) - {holder}


def one_with(tx: Connection, holder: str, since: dt.datetime) -> frozenset[str]:
    """Returns who counts as one person with a holder: whom they stood in for since a moment, who stood in for them, and
    who did so for the same. Source: governance.md 1.3, invariant 10.
    """
    running = sa.and_(grants.c.until_at > since, sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > since))
    pairs = sa.select(_LENDERS.c.holder, grants.c.holder).join(_LENDERS, _LENDERS.c.id == grants.c.lender)
    lent_to = {one for one, _ in tx.execute(pairs.where(running, grants.c.holder == holder))}
    alike = pairs.where(running, _LENDERS.c.holder.in_(sorted({holder, *lent_to})))
    return frozenset({*lent_to, *(other for _, other in tx.execute(alike))}) - {holder}


def due_by(tx: Connection, now: dt.datetime) -> tuple[str, ...]:
    """Returns the running acts whose present deadline has passed, the oldest first."""
    return tuple(tx.scalars(_DUE, {"now": now}).all())


def moves(tx: Connection, act: str) -> dict[int, dt.datetime]:
    """Returns when each step of an act that is over ended."""
    rows = tx.execute(sa.select(act_moves.c.step, act_moves.c.due_at).where(act_moves.c.act == act))
    return {row.step: row.due_at for row in rows}


def closed_at(tx: Connection, act: str) -> dt.datetime | None:
    """Returns when an act ended, by its own time; None while it runs."""
    return tx.scalar(sa.select(acts.c.closed_at).where(acts.c.id == act))


def _state(tx: Connection, row: Row[Any]) -> ActState:
    steps = constitution.parsed(row.rules).procedures[row.procedure].steps
    hands, facts = [], []
    for is_fact, _entry, step, holder, word, at in tx.execute(_SAID, {"act": row.id}):
        if is_fact:
            facts.append(Fact(step, word, at))
        else:
            hands.append(Hand(step, holder, word, at))
    return _built(row, steps, hands, facts)


def _built(row: Row[Any], steps: tuple[Step, ...], hands: Sequence[Hand], facts: Sequence[Fact]) -> ActState:
    for fact in facts:
        steps = repeated(steps, fact)
    return ActState(
        id=row.id,
        procedure=row.procedure,
        scope=stored_scope(row.scope_kind, row.scope_id, row.branch_id),
        subject=row.subject,
        steps=steps,
        step=row.step,
        since=row.since_at,
        hands=tuple(hands),
        outcome=row.outcome,
        constitution=row.constitution,
        opened_entry=row.opened_entry,
        opened_at=row.opened_at,
        facts=tuple(facts),
    )
