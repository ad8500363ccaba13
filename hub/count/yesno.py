"""Yes or no: a majority, a ratio where one is stated, and a floor of yes votes. Abstentions count for turnout alone.

A floor asks how many said yes, never how many took part: so another *no* can only ever hurt a *yes*, and nobody gains
by staying away. Whole numbers and exact fractions throughout.
Source: governance.md section 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

NOT_MORE_YES = "count.not_more_yes"
RATIO_MISSED = "count.ratio_missed"
FLOOR_MISSED = "count.floor_missed"
BRANCHES_MISSED = "count.branches_missed"  # stated by whoever counts by branch, beside what is decided here


@dataclass(frozen=True)
class Decision:
    """A decided question. floor: yes votes needed; ratio: of yes among yes and no; missed: codes, none if it passed."""

    yes: int
    no: int
    abstain: int
    floor: int
    ratio: Fraction
    missed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tells whether it passed."""
        return not self.missed

    @property
    def turnout(self) -> int:
        """How many took part, abstentions included."""
        return self.yes + self.no + self.abstain


def decide(yes: int, no: int, abstain: int = 0, *, floor: int = 0, ratio: Fraction = Fraction(1, 2)) -> Decision:
    """Decides a question: it passes if yes > no, yes is at least ratio of yes and no, and at least floor.

    yes, no, abstain: papers (>= 0). floor: from ``threshold``. ratio: 1/2 to 1; a plain majority needs more than half.
    """
    if min(yes, no, abstain, floor) < 0 or not Fraction(1, 2) <= ratio <= 1:
        raise ValueError("votes and a floor are not negative, and a ratio lies between 1/2 and 1")
    met = {NOT_MORE_YES: yes > no, RATIO_MISSED: yes >= ratio * (yes + no), FLOOR_MISSED: yes >= floor}
    return Decision(yes, no, abstain, floor, ratio, tuple(code for code, holds in met.items() if not holds))


def threshold(members: int, *, share: Fraction, root: Fraction | int, floor: int) -> int:
    """Returns how many signatures open a petition, or how many yes votes a ballot needs.

    members: on the roll (count, >= 0). share: of them, 0 to 1; root: times their square root; floor: for small scopes.
    Result: count, >= 1: max(min(floor, members / 2), min(share * members, root * sqrt(members))), rounded up.
    Source: governance.md section 2.1; the square root as in the Debian constitution.
    """
    if members < 0 or floor < 0 or not 0 <= share <= 1 or root < 0:
        raise ValueError("members, share, root and floor are not negative, and a share is at most 1")
    small = min(floor, _up(Fraction(members, 2)))
    large = min(_up(share * members), _root_up(Fraction(root) ** 2 * members))
    return max(small, large, 1)


def sentences(decision: Decision) -> list[str]:
    """Says in plain words how it ended and why."""
    told = [f"{decision.yes} yes, {decision.no} no, {decision.abstain} abstained: {decision.turnout} took part."]
    reasons = {
        NOT_MORE_YES: "There were not more yes than no.",
        RATIO_MISSED: f"Yes needed {decision.ratio.numerator} of every {decision.ratio.denominator} yes and no.",
        FLOOR_MISSED: f"At least {decision.floor} yes were needed.",
        BRANCHES_MISSED: "It needed more yes than no in more than half of the branches.",
    }
    told += [reasons[code] for code in decision.missed]
    return [*told, "It passed." if decision.passed else "It did not pass."]


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def _root_up(square: Fraction) -> int:
    """Returns the least whole number whose square is at least this."""
    whole = _up(square)
    return isqrt(whole - 1) + 1 if whole else 0
