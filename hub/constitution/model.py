"""A constitution as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Answer:
    """A sentence of the rules. path: where it stands in the file; numbers: what is filled into it."""

    path: str
    question: str
    says: str
    numbers: Mapping[str, int]

    @property
    def shown(self) -> dict[str, int]:
        """The numbers that stand in the sentence: others of the same table are another sentence's."""
        return {name: number for name, number in self.numbers.items() if "{" + name + "}" in self.says}

    @property
    def sentence(self) -> str:
        """The sentence with its numbers filled in."""
        text = self.says
        for name, number in self.numbers.items():
            text = text.replace("{" + name + "}", str(number))
        return text


@dataclass(frozen=True)
class Role:
    """A named set of permissions. can: permission names; by: allowed sources of its grants."""

    key: str
    name: str
    scopes: tuple[str, ...]
    can: tuple[str, ...]
    reach: str
    seats_min: int
    seats_max: int
    by: tuple[str, ...]


@dataclass(frozen=True)
class Formula:
    """How many of n members it takes: max(min(floor, n/2), min(share of n, root times the square root of n)).

    share_percent: hundredths of n; root: factor of its square root; floor: count. hub.count works it out.
    """

    key: str
    share_percent: int
    root: int
    floor: int


@dataclass(frozen=True)
class Step:
    """One step of a procedure. do: submit, support, decide, notice, draw, ballot or effect; days: its deadline.

    asks: what a draw counts of those in its pool who said it of themselves (limits.STRATA).
    by: who acts (submit: a word; decide: a permission), or who is drawn (draw; ballot: scrutineers, or nobody);
    persons: how many hands it takes (submit, support, decide) or seats are drawn (draw, ballot); short: what follows a
    missed deadline: next, lapse, fail, undo, extend, redraw or renew; waits: "enough" ends the step with the last hand
    it takes, "deadline" keeps it open to the end (submit, decide, draw).
    what: the effect's name; lasts: days of a measure.
    formula: the threshold of a support, the yes-floor of a ballot; kind: yesno or stv; ratio: the part of yes in yes
    and no that a yesno ballot takes besides more yes than no; entrenched: the part where what is entrenched would
    change; branches: whether it takes more than half of the branches as well.
    """

    do: str
    by: str = ""
    persons: int = 0
    days: int | None = None
    short: str = ""
    what: str = ""
    waits: str = "enough"
    formula: str = ""
    kind: str = ""
    ratio: Fraction = Fraction(1, 2)
    entrenched: Fraction = Fraction(1, 2)
    branches: bool = False
    lasts: int = 0
    asks: tuple[str, ...] = ()


ENDS = frozenset({"office.withdraw", "steward.withdraw"})  # effects that give nobody anything
# Effects that take power away, rest it, or shut something for a while: they wait for no witness (LG-04).
REDUCES = ENDS | {"office.recall", "power.freeze", "content.hide", "measure.begin", "measure.extend", "interim.begin"}


@dataclass(frozen=True)
class Procedure:
    """An ordered list of steps. opens: "member", "clock", or the permission it takes to open one."""

    key: str
    opens: str
    steps: tuple[Step, ...]

    @property
    def only_ends(self) -> bool:
        """Tells whether its effect gives nobody anything."""
        return any(step.what in ENDS for step in self.steps)


@dataclass(frozen=True)
class Constitution:
    """A whole constitution. terms: days by source or role; numbers: by name; conduct: number of a rule to its sentence.

    choices: the word chosen, of those that limits.CHOICES allows.
    branch_may: what a branch may set for itself and its groups, such as numbers.request_days, and within which range.

    text: exactly what was adopted.
    """

    title: str
    questions: Mapping[str, str]
    numbers: Mapping[str, int]
    formulas: Mapping[str, Formula]
    terms: Mapping[str, int]
    roles: Mapping[str, Role]
    procedures: Mapping[str, Procedure]
    conduct: Mapping[int, str]
    choices: Mapping[str, str]
    branch_may: Mapping[str, tuple[int, int]]
    answers: tuple[Answer, ...]
    text: str
