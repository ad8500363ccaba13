"""The verbs: let an act move as far as it can, and let the clock move all of them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.acts import queries, rules
from hub.acts.effects import EFFECTS, WORKS, of_act
from hub.acts.entries import ActAdvanced, ActExtended
from hub.acts.rules import ActState, Move


def run(tx: Connection, act: str) -> int:
    """Makes every move an act owes by now, works and effects included; returns how many. Call it after each hand."""
    # Two hands at once: the second sees what the first has moved, and moves nothing twice.
    ledger.hold(tx)
    moved, now = 0, clock.now()
    while True:
        state = queries.get(tx, act)
        if _works(tx, state, now):
            continue
        move = rules.next_move(state, now)
        if move is None:
            return moved
        _make(tx, state, move)
        moved += 1


def tick_all(tx: Connection, now: dt.datetime | None = None) -> int:
    """Moves every act whose deadline has passed, the oldest deadline first; returns how many moves were made."""
    return sum(run(tx, act) for act in queries.due_by(tx, now or clock.now()))


def _works(tx: Connection, state: ActState, now: dt.datetime) -> bool:
    """Lets the present step's kind do its work; tells whether it wrote an entry."""
    carry_out = WORKS.get(state.current.do) if state.is_open else None
    return carry_out is not None and carry_out(tx, state, now)


def _make(tx: Connection, state: ActState, move: Move) -> None:
    if state.current.do == "effect":
        EFFECTS[state.current.what].carry_out(tx, state, move.due)
    due = clock.format_minute(move.due)
    if move.outcome == "extended":
        ledger.append(tx, ActExtended(move.act, move.step, due), by=None)
        return
    ledger.append(tx, ActAdvanced(move.act, move.step, due, move.outcome), by=None)
    if move.outcome in rules.ENDINGS:
        of_act(state).tell(tx, rules.after(state, move))
