"""How an act moves: values in, moves out. Pure and idempotent; a clock that runs late makes the same moves.

Seven kinds of step: submit, support, decide, notice, draw, ballot, effect. Each waits for hands (of holders), for a
fact that the record states, or for its deadline; and each deadline has its stated consequence. Source: reference for
one mechanism, section 8.1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hub.constitution.model import ENDS, Step
from hub.errors import YES, Verdict, no
from hub.permits.scope import Scope

SCRUTINEERS, VOIDED = "scrutineers", "voided"
ENDINGS = ("refused", "lapsed", "failed", "undone")
CONSEQUENCE = {"next": "silence", "lapse": "lapsed", "fail": "failed", "undo": "undone", "extend": "extended"}
STOPPED = ("submit", "decide", "notice")  # what waits while a measure closes its procedure; a ballot never does
FOUNDING = ("branch.register", "group.register")
# Which procedure follows where a founding is refused: its founders can have that judged by others.
APPEALS = {"found_branch": "appeal_branch", "register_group": "appeal_group"}
FACTS = (
    "reached", "drawn", "passed", "failed", "extended", "held", "released", "stopped", "delayed", "undone", "upheld",
    "voided",
)  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """One holder's part in one step. hand: submit, yes or no."""

    step: int
    holder: str
    hand: str
    at: dt.datetime


@dataclass(frozen=True)
class Fact:
    """What the record states of one step, without a holder's name.

    reached: a support has its signatures; drawn: a draw was made; passed, failed: a ballot was counted; extended: a
    deadline was moved on; held, released, stopped: members turned a notice into a ballot, and what they decided, or
    (stopped) what the act would change is there no more, or nobody needs it; delayed: an outage, or a measure that
    closes such acts, moved the deadline on, to this moment; undone: what opened the act was undone, so that it ends
    without effect; upheld: scrutineers found an objection to a count right; voided: so the ballot is held once more.
    """

    step: int
    fact: str
    at: dt.datetime


@dataclass(frozen=True)
class ActState:
    """Where an act stands. steps come from the constitution it was opened under; outcome is None while it runs.

    Where a count was voided, its ballot and what follows it stand in steps once more, behind the step that voided it.
    """

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
    facts: tuple[Fact, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tells whether anything can still happen."""
        return self.outcome is None

    @property
    def current(self) -> Step:
        """The step the act waits at; of a closed act, its last."""
        return self.steps[min(self.step, len(self.steps) - 1)]

    @property
    def effect(self) -> Step:
        """The step that does what the act is for."""
        return next(step for step in self.steps if step.do == "effect")

    @property
    def is_effective(self) -> bool:
        """Tells whether the effect was carried out: what follows it can only undo it."""
        return self.step > self.steps.index(self.effect)

    @property
    def was_undone(self) -> bool:
        """Tells whether the record states that what opened it was undone."""
        return any(fact.fact == "undone" for fact in self.facts)

    @property
    def drawn_for(self) -> str:
        """The act for which those are drawn who decide in this one.

        Itself, where it draws; else the act that it is about, where it is about one.
        """
        draws = any(draws_by_lot(step) for step in self.steps)
        return self.subject if self.subject.startswith("act_") and not draws else self.id

    @property
    def judged_ballot(self) -> int | None:
        """The place of the ballot whose count its present step judges; None where it judges none."""
        is_next = self.current.do == "decide" and self.step > 0 and self.steps[self.step - 1].do == "ballot"
        return self.step - 1 if is_next else None

    @property
    def was_voided(self) -> bool:
        """Tells whether a count of it was voided, and its ballot held once more."""
        return any(fact.fact == "voided" for fact in self.facts)

    @property
    def earlier_judges(self) -> frozenset[str]:
        """The holders who judged an earlier count of it: they judge no other."""
        voided = {fact.step for fact in self.facts if fact.fact == "voided"}
        return frozenset(hand.holder for hand in self.hands if hand.step in voided)

    @property
    def only_ends(self) -> bool:
        """Tells whether signing it gives nobody anything: it ends an office, or confirms what holds already."""
        return self.is_effective or self.effect.what in ENDS

    @property
    def is_appealable(self) -> bool:
        """Tells whether it is a founding that was refused: its founders can have that judged, and it waits for them."""
        return self.outcome == "refused" and self.procedure in APPEALS

    @property
    def due(self) -> dt.datetime:
        """When the present step's deadline is missed; an effect is due at once. Each extension is as long again.

        A delay says itself until when, and makes nothing due earlier.
        """
        times = 1 + sum(fact.fact == "extended" for fact in self.facts_now())
        due = self.since + times * dt.timedelta(days=self.current.days or 0)
        return max([due, *(fact.at for fact in self.facts_now() if fact.fact == "delayed")])

    def hands_now(self, *kinds: str) -> tuple[Hand, ...]:
        """Returns the hands of these kinds in the present step, in order of time."""
        found = [hand for hand in self.hands if hand.step == self.step and hand.hand in kinds]
        return tuple(sorted(found, key=lambda hand: hand.at))

    def facts_now(self) -> tuple[Fact, ...]:
        """Returns what the record states of the present step, in its order."""
        return tuple(fact for fact in self.facts if fact.step == self.step)

    def fact_at(self, *names: str) -> Fact | None:
        """Returns the first of these facts of the present step, or None."""
        return next((fact for fact in self.facts_now() if fact.fact in names), None)

    @property
    def is_held(self) -> bool:
        """Tells whether members turned the present notice into a ballot that has not ended."""
        return self.fact_at("held") is not None and self.fact_at("released", "stopped") is None

    @property
    def parties(self) -> frozenset[str]:
        """The holders whom the act is about: whoever submitted, and the subject. They decide nothing in it."""
        return frozenset({self.subject, *(hand.holder for hand in self.hands if hand.hand == "submit")})


@dataclass(frozen=True)
class Move:
    """The end of one step, or its extension. due: the moment it holds from.

    outcome: done, silence (the deadline passed, it goes on), extended, voided (the ballot before it is held once more),
    or an ending: refused, lapsed, failed, undone.
    """

    act: str
    step: int
    due: dt.datetime
    outcome: str


def draws_by_lot(step: Step) -> bool:
    """Tells whether somebody is drawn in a step: by itself, or for the ballot that it holds."""
    return step.do == "draw" or step.by == SCRUTINEERS


def next_move(state: ActState, now: dt.datetime) -> Move | None:
    """Returns the one move that is due by now, or None."""
    if not state.is_open:
        return None
    found = _WAITS[state.current.do](state, now)
    return None if found is None else Move(state.id, state.step, *found)


def after(state: ActState, move: Move) -> ActState:
    """Returns the state once a move is made: the next step counts from the moment the last was due."""
    if move.outcome == "extended":
        return replace(state, facts=(*state.facts, Fact(state.step, "extended", move.due)))
    if move.outcome in ENDINGS:
        return replace(state, outcome=move.outcome)
    if move.outcome == VOIDED:
        facts = (*state.facts, Fact(move.step, VOIDED, move.due))
        steps = held_again(state.steps, move.step)
        return replace(state, steps=steps, step=move.step + 1, since=move.due, facts=facts)
    if move.step == len(state.steps) - 1:
        return replace(state, step=state.step + 1, since=move.due, outcome="done")
    return replace(state, step=state.step + 1, since=move.due)


def held_again(steps: tuple[Step, ...], voided: int) -> tuple[Step, ...]:
    """Returns an act's steps where the count that one of them judged was voided: from its ballot on, once more."""
    return (*steps[: voided + 1], *steps[voided - 1 :])


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
    enough = _nth(state.hands_now("submit"), state.current.persons)
    return _enough(state, now, enough)


def _support(state: ActState, now: dt.datetime) -> Due | None:
    reached, stopped = state.fact_at("reached"), state.fact_at("stopped")
    if stopped:
        return stopped.at, "refused"
    return (reached.at, "done") if reached else _missed(state, now)


def _decide(state: ActState, now: dt.datetime) -> Due | None:
    yes, nay = (_nth(state.hands_now(hand), state.current.persons) for hand in ("yes", "no"))
    against = nay if nay and (yes is None or nay < yes) else None
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
    if counted is None or now < state.due:
        return None
    if state.fact_at("undone"):
        return state.due, "undone"
    # Where scrutineers judge the count, a no is one only once they did.
    return state.due, "done" if counted.fact == "passed" or state.current.by == SCRUTINEERS else "failed"


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
    return (state.due, CONSEQUENCE[state.current.short]) if now >= state.due else None


def _nth(hands: Sequence[Hand], wanted: int) -> dt.datetime | None:
    """The moment of the wanted-th distinct holder's hand, or None."""
    seen: set[str] = set()
    for hand in hands:
        seen.add(hand.holder)
        if len(seen) == wanted:
            return hand.at
    return None
