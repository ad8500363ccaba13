"""How an act moves: values in, moves out. Pure and idempotent; a clock that runs late makes the same moves.

Seven kinds of step: submit, support, decide, notice, draw, ballot, effect. Each waits for hands (of holders), for a
fact that the record states, or for its deadline; and each deadline has its stated consequence. Source: reference for
one mechanism, section 8.1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from hub.acts.state import SCRUTINEERS, ActState, Fact, Hand
from hub.constitution.model import Step
from hub.errors import YES, Verdict, no

VOIDED, REDRAWN, REHEARD = "voided", "redrawn", "reheard"
ENDINGS = ("refused", "lapsed", "failed", "undone")
CONSEQUENCE = {"next": "silence", "lapse": "lapsed", "fail": "failed", "undo": "undone", "extend": "extended"}
REPEATS = (VOIDED, REDRAWN, REHEARD)  # by which steps are gone through once more
HEARD_AGAIN = 9  # days in which those who hear something again decide it: they fit into what the appeal has left
STOPPED = ("submit", "decide", "notice")  # what waits while a measure closes its procedure; a ballot never does
FOUNDING = ("branch.register", "group.register")


class Move(NamedTuple):
    """The end of one step, or its extension. due: the moment it holds from.

    outcome: done, silence (the deadline passed, it goes on), extended, voided (the ballot before it is held once more),
    redrawn (another panel is drawn), reheard (one that was drawn to hear it again), or an ending: refused, lapsed,
    failed, undone.
    """

    act: str
    step: int
    due: dt.datetime
    outcome: str


def next_move(state: ActState, now: dt.datetime) -> Move | None:
    """Returns the one move that is due by now, or None."""
    if not state.is_open:
        return None
    found = _WAITS[state.current.do](state, now)
    return None if found is None else Move(state.id, state.step, *found)


def after(state: ActState, move: Move) -> ActState:
    """Returns the state once a move is made: the next step counts from the moment the last was due."""
    if move.outcome == "extended":
        return state._replace(facts=(*state.facts, Fact(state.step, "extended", move.due)))
    if move.outcome in ENDINGS:
        return state._replace(outcome=move.outcome)
    if move.outcome in REPEATS:
        facts = (*state.facts, Fact(move.step, move.outcome, move.due))
        steps = repeated(state.steps, facts[-1])
        return state._replace(steps=steps, step=move.step + 1, since=move.due, facts=facts)
    if move.step == len(state.steps) - 1:
        return state._replace(step=state.step + 1, since=move.due, outcome="done")
    return state._replace(step=state.step + 1, since=move.due)


def held_again(steps: tuple[Step, ...], voided: int) -> tuple[Step, ...]:
    """Returns an act's steps where the count that one of them judged was voided: from its ballot on, once more."""
    return (*steps[: voided + 1], *steps[voided - 1 :])


def heard_again(steps: tuple[Step, ...], sent: int) -> tuple[Step, ...]:
    """Returns an act's steps where those who judged it had it heard again: from their draw on, and by fewer days."""
    sooner = replace(steps[sent], days=min(HEARD_AGAIN, steps[sent].days or 0))
    return (*steps[: sent + 1], steps[sent - 1], sooner, *steps[sent + 1 :])


def repeated(steps: tuple[Step, ...], fact: Fact) -> tuple[Step, ...]:
    """Returns an act's steps after a fact of it: from a ballot on once more where it was voided, from a draw on where
    that failed, where those drawn did not decide, or where they had it heard again.
    """
    if fact.fact == REHEARD:
        return heard_again(steps, fact.step)
    if fact.fact == VOIDED or (fact.fact == REDRAWN and steps[fact.step].do == "decide"):
        return held_again(steps, fact.step)
    return (*steps[: fact.step + 1], *steps[fact.step :]) if fact.fact == REDRAWN else steps


def tick(state: ActState, now: dt.datetime) -> list[Move]:
    """Returns every move due by now, in order. tick after tick gives nothing; late gives what daily would have."""
    moves: list[Move] = []
    while move := next_move(state, now):
        moves.append(move)
        state = after(state, move)
    return moves


ONE_PERSON = no(
    "acts.one_person", "One of you stands in, or stood in lately, for the other: you count as one person. Ask another."
)


def may_submit(state: ActState, holder: str, at: dt.datetime) -> Verdict:
    """Says whether a holder may join in: the act waits for it, in time, and they have not yet."""
    if not state.is_open or state.current.do != "submit" or at >= state.due:
        return no("acts.not_waiting", "This no longer waits for anybody to join in.")
    if state.current.by == "subject" and holder != state.subject:
        return no("acts.not_concerned", "Only the person concerned answers here.")
    if holder in {hand.holder for hand in state.hands_now("submit")}:
        return no("acts.joined_before", "You have joined in already.")
    return YES


def may_sign(
    state: ActState,
    holder: str,
    at: dt.datetime,
    tied: frozenset[str] = frozenset(),
    one_with: frozenset[str] = frozenset(),
) -> Verdict:
    """Says whether a holder may decide: in time, once, and not in an act that is about them.

    tied: whom they appointed lately, or who appointed them: not a second person to one of these. one_with: who counts
    as one person with them, because one stands in for the other. Source: GO-03; governance.md 1.3.
    """
    if not state.is_open or state.current.do != "decide" or at >= state.due:
        return no("acts.not_deciding", "This no longer waits for a decision.")
    if holder in state.parties:
        return no("acts.own_case", "Nobody decides in what is about themselves.")
    if holder in {hand.holder for hand in state.hands_now("yes", "no")}:
        return no("acts.signed_before", "You have signed this already. It takes a second person.")
    if holder in state.earlier_judges:
        return no("acts.judged_before", "You judged the count that was voided. Others judge this one.")
    if one_with & (state.parties | {hand.holder for hand in state.hands_now("yes", "no")}):
        return ONE_PERSON
    if tied & {hand.holder for hand in state.hands_now("yes", "no")}:
        return no("acts.own_appointee", "One of you appointed the other lately. It takes another second person.")
    return YES


def may_grant_in(state: ActState, scope: str) -> bool:
    """Tells whether an act may give anybody a role in a scope: its own, or the place that it founds, and no other.

    So nothing that is decided at the hub gives anybody anything in a branch or a group. Source: GO-07, invariant 13.
    """
    founds = state.effect.what in FOUNDING and scope == state.subject
    return founds or (scope == state.scope.id and state.effect.what not in FOUNDING)


def may_hold(state: ActState, at: dt.datetime) -> Verdict:
    """Says whether members may turn an act into a ballot: while its notice runs, and once."""
    is_over = any(fact.fact != "delayed" for fact in state.facts_now())
    if not state.is_open or state.current.do != "notice" or at >= state.due or is_over:
        return no("acts.not_held", "This cannot be turned into a ballot any more.")
    return YES


Due = tuple[dt.datetime, str]
"""When a step ended, and how."""


def _submit(state: ActState, now: dt.datetime) -> Due | None:
    if stopped := state.fact_at("stopped"):
        return stopped.at, "lapsed"
    if undone := state.fact_at("undone"):
        return undone.at, "undone"
    # By somebody whom the record does not name: then it states that it was done, and no hand.
    reached = state.fact_at("reached")
    enough = reached.at if reached else _nth(state.hands_now("submit"), state.current.persons)
    return _enough(state, now, enough)


def _support(state: ActState, now: dt.datetime) -> Due | None:
    reached, stopped = state.fact_at("reached"), state.fact_at("stopped")
    if stopped:
        return stopped.at, "refused"
    return (reached.at, "done") if reached else _missed(state, now)


def _decide(state: ActState, now: dt.datetime) -> Due | None:
    persons = state.current.persons
    yes, nay = _nth(state.hands_now("yes"), persons), _nth(state.hands_now("no"), persons)
    against = nay if nay and (yes is None or nay < yes) else None
    if (passed := state.fact_at("passed", "sent_back")) and passed.at >= state.due:
        return _missed(state, now)  # read at once with what came before: first they had longer
    if passed:
        return (passed.at, REHEARD) if passed.fact == "sent_back" else _enough(state, now, passed.at)
    if state.judged_ballot is not None:
        return _judge_count(state, now, yes, against)
    if against:
        return against, "undone" if state.is_effective else "refused"
    return _enough(state, now, yes)


def _judge_count(state: ActState, now: dt.datetime, yes: dt.datetime | None, against: dt.datetime | None) -> Due | None:
    """A count is void by two scrutineers' hands, or by an objection that they found right; else the ballot decides.

    Void, a ballot with scrutineers of its own is held once more, and no third time; an election is opened again.
    """
    ballot, upheld = state.steps[state.step - 1], state.fact_at("upheld")
    voided = [at for at in (against, upheld.at if upheld else None) if at is not None]
    if voided:
        return min(voided), VOIDED if ballot.by == SCRUTINEERS and not state.was_voided else "refused"
    found = _enough(state, now, yes)
    has_failed = any(fact.step == state.step - 1 and fact.fact == "failed" for fact in state.facts)
    return (found[0], "failed") if found and has_failed else found


def _notice(state: ActState, now: dt.datetime) -> Due | None:
    stopped, released = state.fact_at("stopped"), state.fact_at("released")
    if stopped:
        return stopped.at, "refused"
    if state.is_held or now < state.due:
        return None
    return (max(state.due, released.at) if released else state.due), "done"


def _draw(state: ActState, now: dt.datetime) -> Due | None:
    if stopped := state.fact_at("stopped"):
        return stopped.at, "lapsed"
    if undone := state.fact_at("undone"):
        return undone.at, "undone"
    drawn = state.fact_at("drawn")
    return _enough(state, now, drawn.at if drawn else None)


def _ballot(state: ActState, now: dt.datetime) -> Due | None:
    counted = state.fact_at("passed", "failed")
    if counted is None:
        return None
    # A count that waited for a lot ends when that fell, not at the close: whoever judges it has all their days.
    ends = counted.at if state.fact_at("tied") else state.due
    if now < ends:
        return None
    if state.fact_at("undone"):
        return ends, "undone"
    # Where scrutineers judge the count, a no is one only once they did.
    return ends, "done" if counted.fact == "passed" or state.current.by == SCRUTINEERS else "failed"


def _effect(state: ActState, now: dt.datetime) -> Due | None:
    return state.since, "done"


_WAITS: dict[str, Callable[[ActState, dt.datetime], Due | None]] = {
    "submit": _submit,
    "support": _support,
    "decide": _decide,
    "notice": _notice,
    "draw": _draw,
    "ballot": _ballot,
    "effect": _effect,
}


def _enough(state: ActState, now: dt.datetime, at: dt.datetime | None) -> Due | None:
    """What is there counts at once, or at the deadline where the step stays open till then; else it is missed."""
    if at is None:
        return _missed(state, now)
    if state.current.waits == "enough":
        return at, "done"
    return (state.due, "done") if now >= state.due else None


def _missed(state: ActState, now: dt.datetime) -> Due | None:
    due = state.due
    return (due, _consequence(state)) if now >= due else None


def _consequence(state: ActState) -> str:
    """What follows a missed deadline. A draw is made once more and no third time; those drawn have half as long again
    once, then others are drawn, once, and then it lapses. Source: governance.md 4.2.
    """
    short = state.current.short
    if short not in ("redraw", "renew"):
        return CONSEQUENCE[short]
    were = {(fact.fact, state.steps[fact.step].do) for fact in state.facts}
    if short == "renew" and ("extended", "decide") not in were:
        return "extended"
    return "lapsed" if (REDRAWN, state.current.do) in were else REDRAWN


def _nth(hands: Sequence[Hand], wanted: int) -> dt.datetime | None:
    """The moment of the wanted-th distinct holder's hand, or None."""
    if len(hands) < wanted:
        return None
    seen: set[str] = set()
    for hand in hands:
        seen.add(hand.holder)
        if len(seen) == wanted:
            return hand.at
    return None
