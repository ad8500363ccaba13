"""Where an act stands: its hands, what the record states of its steps, and what follows from these alone. Pure."""

from __future__ import annotations

import datetime as dt
from operator import attrgetter
from typing import NamedTuple

from hub.constitution.model import ENDS, Step
from hub.permits.scope import Scope

SCRUTINEERS = "scrutineers"
# Which procedure follows where a founding is refused: its founders can have that judged by others.
APPEALS = {"found_branch": "appeal_branch", "register_group": "appeal_group"}
FACTS = (
    "reached", "drawn", "passed", "failed", "extended", "held", "released", "stopped", "delayed", "undone", "upheld",
    "voided", "tied", "redrawn", "sent_back", "reheard",
)  # fmt: skip


class Hand(NamedTuple):
    """One holder's part in one step. hand: submit, yes or no."""

    step: int
    holder: str
    hand: str
    at: dt.datetime


class Fact(NamedTuple):
    """What the record states of one step, without a holder's name.

    reached: a support has its signatures; drawn: a draw was made; passed, failed: a ballot was counted; extended: a
    deadline was moved on; held, released, stopped: members turned a notice into a ballot, and what they decided, or
    (stopped) what the act would change is there no more, or nobody needs it; delayed: an outage, or a measure that
    closes such acts, moved the deadline on, to this moment; undone: what opened the act was undone, so that it ends
    without effect; upheld: scrutineers found an objection to a count right; voided: so the ballot is held once more;
    redrawn: a panel was not drawn, or did not decide, so that another is drawn; reached, passed: also that somebody
    whom the record does not name did what a step waits for, and that enough of those drawn signed the same decision;
    sent_back, reheard: enough of those drawn for an appeal signed that others hear it again, and so it is;
    tied: only a lot can decide a ballot that has closed, and its count waits for a beacon's round, to this moment.
    """

    step: int
    fact: str
    at: dt.datetime


class ActState(NamedTuple):
    """Where an act stands. steps come from the constitution it was opened under; outcome is None while it runs.

    Where a count was voided, its ballot and what follows it stand in steps once more, behind the step that voided it.
    What follows from a state is found whenever it is asked, and cheaply: the clock asks it of thousands, once each.
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
        return self.steps[self.step] if self.step < len(self.steps) else self.steps[-1]

    @property
    def effect(self) -> Step:
        """The step that does what the act is for."""
        for step in self.steps:
            if step.do == "effect":
                return step
        raise ValueError(f"{self.procedure} has no effect")

    @property
    def is_effective(self) -> bool:
        """Tells whether the effect was carried out: what follows it can only undo it."""
        return any(step.do == "effect" for step in self.steps[: self.step])

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
        return self.step - 1 if self.judges_count(self.step) else None

    def judges_count(self, step: int) -> bool:
        """Tells whether one of its steps judges the count of the ballot before it."""
        return step > 0 and self.steps[step].do == "decide" and self.steps[step - 1].do == "ballot"

    @property
    def was_voided(self) -> bool:
        """Tells whether a count of it was voided, and its ballot held once more."""
        return any(fact.fact == "voided" for fact in self.facts)

    @property
    def was_sent_back(self) -> bool:
        """Tells whether it is heard again by others than those who judged it first."""
        return any(fact.fact == "reheard" for fact in self.facts)

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
        """When the present step's deadline is missed; an effect is due at once. Each extension is as long again, and
        of those who have but one, half as long.

        A delay, and a count that waits, say themselves until when, and make nothing due earlier.
        """
        facts = self.facts_now()
        if not facts:
            return self.since + dt.timedelta(days=self.current.days or 0)
        more = sum(fact.fact == "extended" for fact in facts)
        days = dt.timedelta(days=self.current.days or 0)
        due = self.since + days + more * (days / 2 if self.current.short == "renew" else days)
        return max([due, *(fact.at for fact in facts if fact.fact in ("delayed", "tied"))])

    def hands_now(self, *kinds: str) -> tuple[Hand, ...]:
        """Returns the hands of these kinds in the present step, in order of time."""
        found = [hand for hand in self.hands if hand.step == self.step and hand.hand in kinds]
        return tuple(sorted(found, key=_AT) if len(found) > 1 else found)

    def facts_now(self) -> tuple[Fact, ...]:
        """Returns what the record states of the present step, in its order."""
        return self.facts and tuple(fact for fact in self.facts if fact.step == self.step)

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


_AT = attrgetter("at")


def draws_by_lot(step: Step) -> bool:
    """Tells whether somebody is drawn in a step: by itself, or for the ballot that it holds."""
    return step.do == "draw" or step.by == SCRUTINEERS
