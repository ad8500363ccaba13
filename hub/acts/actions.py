"""The verbs: let an act move as far as it can, and let the clock move all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.acts import queries, rules
from hub.acts.effects import EFFECTS, WORKS, of_act
from hub.acts.entries import ActAdvanced, ActExtended
from hub.acts.rules import Move
from hub.acts.state import ActState
from hub.charter import queries as charter
from hub.constitution.model import REDUCES

MANY = 500  # acts that are read and written together


def run(tx: Connection, act: str) -> int:
    """Makes every move an act owes by now, works and effects included; returns how many. Call it after each hand."""
    # Two hands at once: the second sees what the first has moved, and moves nothing twice.
    ledger.hold(tx)
    moved, clocks = 0, _Clocks.of(tx)
    while True:
        state = queries.get(tx, act)
        now = clocks.for_(state)
        if _works(tx, state, now):
            continue
        move = rules.next_move(state, now)
        if move is None or waits_for_witnesses(tx, state):
            return moved
        _make(tx, state, move)
        moved += 1


def waits_for_witnesses(tx: Connection, state: ActState) -> bool:
    """Tells whether an act stands at its effect, and a quorum of witnesses has not signed yet all that decided it.

    Nothing is lost meanwhile: it stands there in view, and takes effect as of its own day as soon as they have. What
    only takes power away waits for nobody. Source: LG-04, DESIGN decision 6.
    """
    if not state.is_open or state.current.do != "effect" or state.current.what in REDUCES:
        return False
    return queries.newest_entry(tx, state.id) >= charter.effective_size(tx)


def move_until(tx: Connection, act: str, at: dt.datetime) -> None:
    """Makes the moves that an act owed by a moment that is past, up to its next work or effect: no more than a clock
    that ran then had made.
    """
    while (state := queries.get(tx, act)).is_open and state.current.do != "effect":
        move = rules.next_move(state, at)
        if move is None:
            return
        _make(tx, state, move)


def tick_all(tx: Connection, now: dt.datetime | None = None) -> int:
    """Moves every act whose deadline has passed, the oldest deadline first; returns how many moves were made."""
    return run_all(tx, queries.due_by(tx, now or clock.now()))


def run_all(tx: Connection, acts: Sequence[str]) -> int:
    """Makes every move these acts owe by now, the same entries as ``run`` of each in turn; returns how many.

    Acts that only move are read and written together; one that does more (an effect, a work, letters) by itself, and
    those behind it are read after that.
    """
    if not acts:
        return 0
    ledger.hold(tx)
    moved, begun, size, clocks = 0, 0, MANY, _Clocks.of(tx)
    while some := acts[begun : begun + size]:
        states = queries.some(tx, some)
        owed = (_only_moves(states[act], clocks.for_(states[act])) for act in some)
        plain = list(takewhile(lambda moves: moves is not None, owed))
        records = [_advanced(move) for moves in plain for move in moves or ()]
        ledger.append_all(tx, records, states)
        moved, begun, size = moved + len(records), begun + len(plain), min(MANY, 2 * max(1, len(plain)))
        if len(plain) < len(some):
            moved, begun = moved + run(tx, acts[begun]), begun + 1
    return moved


class _Clocks(NamedTuple):
    """By what acts wait. hub: its own clock; witnessed: the same, as far as witnesses have seen it."""

    hub: dt.datetime
    witnessed: dt.datetime

    @classmethod
    def of(cls, tx: Connection) -> _Clocks:
        return cls(clock.now(), charter.waits_by(tx, clock.now()))

    def for_(self, state: ActState) -> dt.datetime:
        """What only ends power, or undoes what was done, waits for no witness."""
        return self.hub if state.only_ends else self.witnessed


def _only_moves(state: ActState, now: dt.datetime) -> list[Move] | None:
    """Returns the moves an act owes by now, or None where they are not all: what else it does may change other acts."""
    moves: list[Move] = []
    while True:
        if state.is_open and (state.current.do in WORKS or state.current.do == "effect"):
            return None
        move = rules.next_move(state, now)
        if move is None:
            return moves
        if move.outcome in ("extended", *rules.REPEATS) or (
            move.outcome in rules.ENDINGS and not of_act(state).is_quiet
        ):
            return None
        moves.append(move)
        if move.outcome in rules.ENDINGS:
            return moves
        state = rules.after(state, move)


def _works(tx: Connection, state: ActState, now: dt.datetime) -> bool:
    """Lets the present step's kind do its work; tells whether it wrote an entry."""
    carry_out = WORKS.get(state.current.do) if state.is_open else None
    return carry_out is not None and carry_out(tx, state, now)


def _make(tx: Connection, state: ActState, move: Move) -> None:
    if state.current.do == "effect":
        EFFECTS[state.current.what].carry_out(tx, state, move.due)
    if move.outcome == "extended":
        ledger.append(tx, ActExtended(move.act, move.step, clock.format_minute(move.due)), by=None)
        return
    ledger.append(tx, _advanced(move), by=None)
    if move.outcome in rules.ENDINGS:
        of_act(state).tell(tx, rules.after(state, move))


def _advanced(move: Move) -> ActAdvanced:
    return ActAdvanced(move.act, move.step, clock.format_minute(move.due), move.outcome)
