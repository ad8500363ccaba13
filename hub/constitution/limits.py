"""The outer limits of any constitution. To change one takes a release, that is a public difference.

Source: reference for terms is the table of sources of a grant; each limit says why it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 60_000  # characters: it must fit into one entry of the record


@dataclass(frozen=True)
class Limit:
    """A number may lie between least and most, both included. why: for whoever meets the refusal."""

    least: int
    most: int
    why: str


TERMS = {
    "founding": Limit(1, 365, "founders hold on until others can be chosen, and no longer than a year"),
    "appointment": Limit(1, 400, "appointed power ends within about a year"),
    "council": Limit(1, 365, "the founding council is a beginning, not a government"),
    "steward": Limit(1, 400, "whoever runs the machine is named anew each year"),
}

NUMBERS = {
    "branch_founders": Limit(3, 50, "a branch is more than a household, and must remain possible to found"),
    "group_founders": Limit(2, 20, "no group hangs on one person"),
    "request_days": Limit(1, 28, "nobody waits at a door for ever"),
    "office_passkeys": Limit(0, 5, "an office should not hang on one device, and must remain possible to take"),
}

STEP_DAYS = Limit(1, 60, "a step has a deadline that people live to see")
DECIDERS = Limit(2, 9, "no power moves by one person's hand")
SUBMITTERS = Limit(1, 50, "a submission needs somebody, and must remain possible")
SEATS = Limit(0, 30, "a role has few holders")

STEPS = ("submit", "decide", "notice", "effect")
CONSEQUENCES = ("next", "lapse", "fail")
SCOPES = ("hub", "branch", "group")
REACHES = ("here", "branch_and_below", "hub")
EFFECTS = ("branch.register", "group.register", "office.appoint", "office.withdraw", "client.register")

# Which sources may give a role at all: an organiser is founded or elected, never installed.
SOURCES = {
    "admin": ("founding", "election"),
    "moderator": ("appointment", "election"),
    "council": ("founding", "lot"),
    "steward": ("founding", "appointment"),
}

# What a role may never carry. The steward keeps the machine, headquarters holds nothing in a branch.
ONLY = {
    "steward": {"hub.operate"},
    "council": {"areas.declare", "branches.confirm", "clients.stop"},
    "moderator": {"memberships.accept"},
}

REQUIRED_PROCEDURES = {
    "found_branch": "branch.register",
    "register_group": "group.register",
    "appoint_moderator": "office.appoint",
    "withdraw_moderator": "office.withdraw",
    "register_client": "client.register",
}
