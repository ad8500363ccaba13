"""One step as it must be, and the pieces of which most procedures are made."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hub.constitution.limits import DRAWN, NOTICE_DAYS, Limit

HALF, TWO_THIRDS, THREE_QUARTERS, MOST = Fraction(1, 2), Fraction(2, 3), Fraction(3, 4), Fraction(4, 5)


@dataclass(frozen=True)
class Bound:
    """One step as it must be. days, persons, lasts: within which limits (None: the step has no such number).

    by, formula, kind, what, waits, branches: exactly so; short: which consequences are allowed; ratio, entrenched: the
    least and the most; why: for whoever meets the refusal.
    """

    do: str
    why: str
    by: str = ""
    persons: Limit | None = None
    days: Limit | None = None
    short: tuple[str, ...] = ()
    waits: str = "enough"
    formula: str = ""
    kind: str = ""
    ratio: tuple[Fraction, Fraction] = (HALF, HALF)
    entrenched: tuple[Fraction, Fraction] = (HALF, HALF)
    branches: bool = False
    what: str = ""
    lasts: Limit | None = None


@dataclass(frozen=True)
class Ceiling:
    """One procedure as it must be. opens: member, clock or a permission; why: for whoever meets the refusal."""

    opens: str
    why: str
    steps: tuple[Bound, ...]


ONE = Limit(1, 1, "one is enough, and more would shut people out")
PAIR = Limit(2, 3, "it takes a second person, and must remain possible")
SOON = Limit(1, 28, "nobody waits for ever, and nobody is hurried past a decision")
READ = Limit(14, 60, "everybody must have time to read, to object, to leave or to copy the hub")
SIGN = Limit(14, 60, "members need time to find each other, and petitions end")
VOTE = Limit(7, 28, "the roll stands a week before a vote ends, so that members can look at it")

NOT_BY_SILENCE = "silence gives no power"
MEMBERS_DECIDE = "what members decide cannot be taken from them"


def pair(by: str, why: str = NOT_BY_SILENCE) -> Bound:
    """Two office-holders decide, and nothing follows from their silence."""
    return Bound("decide", why, by=by, persons=PAIR, days=SOON, short=("lapse", "fail"))


def effect(what: str) -> Bound:
    """The step that does what it was all for."""
    return Bound("effect", "a procedure does what it is for", what=what)


NOTICE = Bound("notice", NOTICE_DAYS.why, days=NOTICE_DAYS)
READING = Bound("notice", READ.why, days=READ)
# Everybody votes yes or no: more yes than no, and a floor of yes votes. Scrutineers are drawn while members vote.
YES_OR_NO = Bound(
    "ballot",
    MEMBERS_DECIDE,
    by="scrutineers",
    persons=DRAWN["scrutineers"],
    kind="yesno",
    formula="yes_floor",
    days=VOTE,
)


def count_judged(why: str, most: int) -> Bound:
    """Scrutineers sign a count or void it, within few days: whoever does nothing puts nothing off. Source: 1.4, 2.3."""
    days = Limit(2, most, "scrutineers need days to look, and a result is not kept waiting")
    return Bound("decide", why, by="ballots.scrutinise", persons=PAIR, days=days, short=("next",), waits="deadline")


COUNT_JUDGED = count_judged("members drawn by lot look at every count, and their silence puts nothing off", 7)
PETITION = Bound("support", MEMBERS_DECIDE, formula="petition", days=SIGN, short=("lapse", "fail"))


def noticed(by: str, what: str) -> Ceiling:
    """Two office-holders decide, it is known for some days, and it holds."""
    return Ceiling(by, NOT_BY_SILENCE, (pair(by), NOTICE, effect(what)))
