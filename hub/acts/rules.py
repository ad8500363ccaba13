"""How an act moves: values in, moves out. Pure and idempotent; a clock that runs late makes the same moves.

Source: reference model of one mechanism (a procedure is a list of steps, each with a deadline and a consequence).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.constitution.model import Step
from hub.errors import YES, Verdict, no
from hub.permits.scope import Scope

ENDINGS = ("refused", "lapsed", "failed")
CONSEQUENCE = {"next": "silence", "lapse": "lapsed", "fail": "failed"}


@dataclass(frozen=True)
class Hand:
    """One holder's part in one step. hand: submit, yes or no."""

    step: int
    holder: str
    hand: str
    at: dt.datetime


@dataclass(frozen=True)
class ActState:
    """Where an act stands. steps come from the constitution it was opened under; outcome is None while it runs."""

    id: str
    procedure: str
    scope: Scope
    subject: str
    steps: tuple[Step, ...]
    step: int
    since: dt.datetime
    hands: tuple[Hand, ...] = ()
    outcome: str | None = None
    constitution: int = 0
    opened_entry: int = 0
    opened_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tells whether anything can still happen."""
        return self.outcome is None

    @property
    def current(self) -> Step:
        """The step the act waits at; of a closed act, its last."""
        return self.steps[min(self.step, len(self.steps) - 1)]

    @property
    def due(self) -> dt.datetime:
        """When the present step's deadline is missed; an effect is due at once."""
        return self.since + dt.timedelta(days=self.current.days or 0)

    def hands_now(self, *kinds: str) -> tuple[Hand, ...]:
        """Returns the hands of these kinds in the present step, in order of time."""
        found = [hand for hand in self.hands if hand.step == self.step and hand.hand in kinds]
        return tuple(sorted(found, key=lambda hand: hand.at))

    @property
    def parties(self) -> frozenset[str]:
        """The holders whom the act is about: whoever submitted, and the subject. They decide nothing in it."""
        return frozenset({self.subject, *(hand.holder for hand in self.hands if hand.hand == "submit")})


@dataclass(frozen=True)
class Move:
    """The end of one step. outcome: done, silence, refused, lapsed or failed; due: the moment it holds from."""

    act: str
    step: int
    due: dt.datetime
    outcome: str


def next_move(state: ActState, now: dt.datetime) -> Move | None:
    """Returns the one move that is due by now, or None."""
    if not state.is_open:
        return None
    step = state.current
    if step.do == "effect":
        return Move(state.id, state.step, state.since, "done")
    if step.do == "submit" and (enough := _nth(state.hands_now("submit"), step.persons)):
        return Move(state.id, state.step, enough, "done")
    if step.do == "decide":
        yes, nay = _nth(state.hands_now("yes"), step.persons), _nth(state.hands_now("no"), step.persons)
        if nay and (yes is None or nay < yes):
            return Move(state.id, state.step, nay, "refused")
        if yes:
            return Move(state.id, state.step, yes, "done")
    if now >= state.due:
        outcome = "done" if step.do == "notice" else CONSEQUENCE[step.short]
        return Move(state.id, state.step, state.due, outcome)
    return None


def after(state: ActState, move: Move) -> ActState:
    """Returns the state once a move is made: the next step counts from the moment the last was due."""
    if move.outcome in ENDINGS:
        return replace(state, outcome=move.outcome)
    if move.step == len(state.steps) - 1:
        return replace(state, step=state.step + 1, since=move.due, outcome="done")
    return replace(state, step=state.step + 1, since=move.due)


def tick(state: ActState, now: dt.datetime) -> list[Move]:
    """Returns every move due by now, in order. tick after tick gives nothing; late gives what daily would have."""
    moves: list[Move] = []
    while move := next_move(state, now):
        moves.append(move)
        state = after(state, move)
    return moves


def may_submit(state: ActState, holder: str, at: dt.datetime) -> Verdict:
    """Says whether a holder may join in: the act waits for it, in time, and they have not yet."""
    if not state.is_open or state.current.do != "submit" or at >= state.due:
        return no("acts.not_waiting", "This no longer waits for anybody to join in.")
    if holder in {hand.holder for hand in state.hands_now("submit")}:
        return no("acts.joined_before", "You have joined in already.")
    return YES


def may_sign(state: ActState, holder: str, at: dt.datetime) -> Verdict:
    """Says whether a holder may decide: in time, once, and not in an act that is about them."""
    if not state.is_open or state.current.do != "decide" or at >= state.due:
        return no("acts.not_deciding", "This no longer waits for a decision.")
    if holder in state.parties:
        return no("acts.own_case", "Nobody decides in what is about themselves.")
    if holder in {hand.holder for hand in state.hands_now("yes", "no")}:
        return no("acts.signed_before", "You have signed this already. It takes a second person.")
    return YES


def _nth(hands: Sequence[Hand], wanted: int) -> dt.datetime | None:
    """The moment of the wanted-th distinct holder's hand, or None."""
    seen: set[str] = set()
    for hand in hands:
        seen.add(hand.holder)
        if len(seen) == wanted:
            return hand.at
    return None
