"""The outer limits of any constitution. To change one takes a release, that is a public difference.

Source: reference for terms is the table of sources of a grant; each limit says why it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

LARGEST = 60_000  # characters: it must fit into one entry of the record


@dataclass(frozen=True)
class Limit:
    """A number may lie between least and most, both included. why: for whoever meets the refusal."""

    least: int
    most: int
    why: str


TERMS = {
    "founding": Limit(1, 365, "founders hold on until others can be chosen, and no longer than a year"),
    "election": Limit(1, 800, "whoever is elected is elected again, or goes, within about two years"),
    "appointment": Limit(1, 400, "appointed power ends within about a year"),
    "council": Limit(1, 365, "the founding council is a beginning, not a government"),
    "steward": Limit(1, 400, "whoever runs the machine is named anew each year"),
}

NUMBERS = {
    "branch_founders": Limit(3, 50, "a branch is more than a household, and must remain possible to found"),
    "group_founders": Limit(2, 20, "no group hangs on one person"),
    "request_days": Limit(1, 28, "nobody waits at a door for ever"),
    "eligible_after_days": Limit(0, 90, "nobody brings voters in for one vote, and nobody new waits for years"),
    "handover_days": Limit(1, 14, "whoever is elected chooses anew whom they appoint"),
}

STEP_DAYS = Limit(1, 60, "a step has a deadline that people live to see")
BALLOT_DAYS = Limit(3, 28, "people need days to vote, and a result")
MEASURE_DAYS = Limit(1, 14, "what was done in haste ends soon")
DECIDERS = Limit(2, 9, "no power moves by one person's hand")
SUBMITTERS = Limit(1, 50, "a submission needs somebody, and must remain possible")
SIGNERS = Limit(2, 50, "a demand has more than one behind it, and must remain possible")
DRAWN_SEATS = Limit(1, 50, "a body drawn by lot has few seats")
SEATS = Limit(0, 30, "a role has few holders")
RATIO = (Fraction(1, 2), Fraction(4, 5))
WHY_RATIO = "at least half, and never so many that nothing can change"

# A formula's parts: max(min(floor, n/2), min(share of n, root times the square root of n)). Source: reference, 2.1.
_PARTS = {
    "share_percent": Limit(5, 34, "few enough to be reached, enough to mean something"),
    "root": Limit(1, 10, "in a large body the square root keeps it reachable"),
    "floor": Limit(2, 20, "in a small body somebody must stand behind it"),
}
FORMULAS = {"petition": _PARTS, "yes_floor": _PARTS}

STEPS = ("submit", "support", "decide", "notice", "draw", "ballot", "effect")
DECIDING = ("decide", "ballot")
BALLOTS = ("yesno", "stv")
DRAWN = ("scrutineers",)
CONSEQUENCES = {
    "submit": ("next", "lapse", "fail", "extend"),
    "support": ("lapse", "fail"),
    "decide": ("next", "lapse", "fail", "undo"),
    "draw": ("next", "lapse", "undo", "extend"),
}
SCOPES = ("hub", "branch", "group")
REACHES = ("here", "branch_and_below", "hub")
EFFECTS = (
    "branch.register",
    "group.register",
    "office.appoint",
    "office.withdraw",
    "client.register",
    "office.elect",
)

# Which sources may give a role at all: an organiser is founded or elected, never installed.
SOURCES = {
    "admin": ("founding", "election"),
    "moderator": ("appointment", "election"),
    "council": ("founding", "lot"),
    "steward": ("founding", "appointment"),
    "scrutineer": ("lot",),
}

# What a role may never carry. The steward keeps the machine, headquarters holds nothing in a branch.
ONLY = {
    "steward": {"hub.operate"},
    "council": {"areas.declare", "branches.confirm"},
    "moderator": {"memberships.accept"},
    "scrutineer": {"ballots.scrutinise"},
}

REQUIRED_PROCEDURES = {
    "found_branch": "branch.register",
    "register_group": "group.register",
    "appoint_moderator": "office.appoint",
    "withdraw_moderator": "office.withdraw",
    "register_client": "client.register",
    "elect": "office.elect",
}

# Steps that no constitution may take out of a procedure: what members decide stays theirs.
NEEDS: dict[str, tuple[str, ...]] = {
    "elect": ("submit", "ballot", "decide"),
}
# What no constitution changes of a procedure: who opens it, how its ballots ask, who decides.
OPENED_BY = {"elect": "clock"}
KINDS = {"elect": "stv"}
DECIDED_BY = {"elect": "ballots.scrutinise"}
WHY_FIXED = "nobody in office opens an election, asks it otherwise or judges it"
WHY_NEEDED = "what members decide cannot be taken from them"
