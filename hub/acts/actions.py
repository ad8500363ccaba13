"""The verbs: let an act move as far as it can, and let the clock move all of them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.acts import queries, rules
from hub.acts.effects import EFFECTS, of_act
from hub.acts.entries import ActAdvanced


def run(tx: Connection, act: str) -> int:
    """Makes every move an act owes by now, effects included; returns how many. Call it after each hand."""
    moved = 0
    while (move := rules.next_move(state := queries.get(tx, act), clock.now())) is not None:
        if state.current.do == "effect":
            EFFECTS[state.current.what].carry_out(tx, state, move.due)
        due = clock.format_minute(move.due)
        ledger.append(tx, ActAdvanced(move.act, move.step, due, move.outcome), by=None)
        if move.outcome in rules.ENDINGS:
            of_act(state).tell(tx, rules.after(state, move))
        moved += 1
    return moved


def tick_all(tx: Connection, now: dt.datetime | None = None) -> int:
    """Moves every act whose deadline has passed, the oldest deadline first; returns how many moves were made."""
    return sum(run(tx, act) for act in queries.due_by(tx, now or clock.now()))
