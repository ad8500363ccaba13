"""Effects by name, and the work that a kind of step owes. Each is registered by the room that owns it.

carry_out appends the entries the act owes; owes says, from public tables, whether an entry is one of them: so a fold
that meets an effect nobody decided on changes nothing. A ballot is called and counted, a draw prepared and made, by the
work of their kind of step: the clock's, never an officer's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from hub.acts.state import ActState
from hub.errors import YES, Verdict
from hub.ledger import Entry
from hub.permits.actor import Grant

CarryOut = Callable[[Connection, ActState, dt.datetime], None]
Ended = Callable[[Connection, ActState, Entry], None]
Tell = Callable[[Connection, ActState], None]
Owes = Callable[[Connection, ActState, Entry, Any], Verdict]
Signs = Callable[[Connection, ActState, dt.datetime, Grant], Verdict]
Settled = Callable[[Connection, ActState], Verdict]
Work = Callable[[Connection, ActState, dt.datetime], bool]
Later = Callable[[Connection, ActState], dt.datetime]


def _anybody(*_: object) -> Verdict:
    return YES


@dataclass(frozen=True)
class Effect:
    """One effect. ended: what the fold writes when the act ends without it; tell: letters about that, live only.

    signs: what the effect asks of whoever signs for it at a moment, beside their office. settled: says, from public
    tables, whether all that it owes and may not leave out stands in the record. ends: why an office ends by it, where
    it ends some; the act is not over before each of them has its end. later: when those end by it that were given by
    others, where these have some days to hand over.
    """

    carry_out: CarryOut
    owes: Owes
    ended: Ended
    tell: Tell
    signs: Signs
    settled: Settled = _anybody
    ends: str = ""
    later: Later | None = None

    @property
    def is_quiet(self) -> bool:
        """Tells whether an act that ends without it changes nothing but itself, and nobody is told."""
        return self.ended is _nothing and self.tell is _nothing


EFFECTS: dict[str, Effect] = {}
WORKS: dict[str, Work] = {}


def _nothing(*_: object) -> None:
    """For acts whose failing changes no table and concerns nobody by letter."""


def of_act(state: ActState) -> Effect:
    """Returns the effect that an act's procedure is for."""
    return EFFECTS[state.effect.what]


def effect(
    name: str,
    *,
    owes: Owes,
    ended: Ended = _nothing,
    tell: Tell = _nothing,
    signs: Signs = _anybody,
    settled: Settled = _anybody,
    ends: str = "",
    later: Later | None = None,
) -> Callable[[CarryOut], CarryOut]:
    """Registers what carries an effect out, and what says whether an entry is owed by it."""

    def register(carry_out: CarryOut) -> CarryOut:
        if name in EFFECTS:
            raise RuntimeError(f"two effects are called {name}")
        EFFECTS[name] = Effect(carry_out, owes, ended, tell, signs, settled, ends, later)
        return carry_out

    return register


def work(do: str) -> Callable[[Work], Work]:
    """Registers the work of a kind of step: appends the one entry the step owes by now, and tells whether it did."""

    def register(carry_out: Work) -> Work:
        if do in WORKS:
            raise RuntimeError(f"two works are those of {do}")
        WORKS[do] = carry_out
        return carry_out

    return register
