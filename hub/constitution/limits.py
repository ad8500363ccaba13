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
    "drawn_council": Limit(30, 400, "a seat drawn by lot ends within about a year"),
    "panel": Limit(7, 120, "whoever is drawn for one act is not kept beyond it"),
    "caretaker": Limit(1, 28, "a caretaker bridges the days to an election, and no more"),
}

NUMBERS = {
    "branch_founders": Limit(3, 50, "a branch is more than a household, and must remain possible to found"),
    "group_founders": Limit(2, 20, "no group hangs on one person"),
    "request_days": Limit(1, 28, "nobody waits at a door for ever"),
    "recall_after_days": Limit(0, 90, "whoever is new is given a little time, and no more"),
    "recall_before_end_days": Limit(0, 60, "an election comes soon enough only when it comes soon"),
    "measure_apart_days": Limit(30, 365, "what was done in haste is not done again and again"),
    "recall_again_days": Limit(30, 365, "a failed recall is not repeated at once, nor barred for ever"),
    "office_passkeys": Limit(0, 5, "an office should not hang on one device, and must remain possible to take"),
    "freeze_window_days": Limit(28, 90, "one person does not stop the others for long"),
    "eligible_after_days": Limit(0, 90, "nobody brings voters in for one vote, and nobody new waits for years"),
    "handover_days": Limit(1, 14, "whoever is elected chooses anew whom they appoint"),
    "hold_days": Limit(14, 60, "who is put off a list must have time to be heard, and the list to be put right"),
    "hold_window_days": Limit(7, 28, "a purge in small steps is a purge"),
    "hold_mandates_percent": Limit(5, 34, "nobody empties an office through a list"),
    "hold_mandates_least": Limit(1, 3, "one or two people may leave anywhere"),
    "hold_roll_percent": Limit(1, 34, "nobody takes a vote away through a list"),
    "hold_roll_least": Limit(2, 50, "some people leave in any week"),
    "moved_days": Limit(14, 90, "whoever moves away hands over, and does not stay for ever"),
    "growth_percent": Limit(5, 34, "nobody wins a vote by members made for it"),
    "tenure_days": Limit(14, 60, "whoever came last week removes nobody"),
    "appointee_days": Limit(28, 90, "nobody is their own second person"),
    "replace_days": Limit(14, 60, "an office is not emptied one by one"),
}

# What a constitution may leave to each branch: whatever reads it asks for the branch's own.
BRANCH_MAY = ("numbers.request_days", "terms.appointment")
CONDUCT = 30  # rules of conduct: few enough to be read
STEP_DAYS = Limit(1, 60, "a step has a deadline that people live to see")
BALLOT_DAYS = Limit(3, 28, "people need days to vote, and a result")
MEASURE_DAYS = Limit(1, 14, "what was done in haste ends soon")
FREEZE_DAYS = Limit(1, 7, "one person does not stop the others for long")
DECIDERS = Limit(2, 9, "no power moves by one person's hand")
SUBMITTERS = Limit(1, 50, "a submission needs somebody, and must remain possible")
SIGNERS = Limit(2, 50, "a demand has more than one behind it, and must remain possible")
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
DECIDING = ("decide", "ballot", "draw")
BALLOTS = ("yesno", "stv")
# Who is drawn by lot, and how many at a time. Source: reference for governance, 1.4 and 3.2.
DRAWN = {
    "scrutineers": Limit(3, 5, "three check each other, and few see the roll"),
    "panel": Limit(3, 5, "a panel decides by more than one voice, and quickly"),
    "council": Limit(15, 25, "a council is a picture of the branches, and can still talk"),
    "caretakers": Limit(1, 9, "somebody stands by when the first cannot"),
}
# How many links a founding hands out, whatever the role has seats: the rest are drawn or chosen.
FOUNDING_SEATS = {"council": 3, "steward": 1}
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
    "group.change",
    "branch_rule.change",
    "content.hide",
    "link.show",
    "power.freeze",
    "measure.begin",
    "office.recall",
    "act.release",
    "constitution.amend",
    "office.seat",
    "office.caretake",
    "office.elect",
)

# Which sources may give a role at all: an organiser is founded or elected, never installed.
SOURCES = {
    "admin": ("founding", "election"),
    "moderator": ("appointment", "election"),
    "council": ("founding", "lot"),
    "steward": ("founding", "appointment"),
    "scrutineer": ("lot",),
    "panellist": ("lot",),
    "caretaker": ("caretaker",),
}

# What a role may never carry. The steward keeps the machine, headquarters holds nothing in a branch.
ONLY = {
    "steward": {"hub.operate"},
    "council": {"areas.declare", "branches.confirm", "emergencies.declare", "clients.stop"},
    "moderator": {"memberships.accept", "content.hide"},
    "scrutineer": {"ballots.scrutinise"},
    "panellist": {"emergencies.confirm"},
    "caretaker": {"memberships.accept", "ballots.call"},
}

REQUIRED_PROCEDURES = {
    "found_branch": "branch.register",
    "register_group": "group.register",
    "appoint_moderator": "office.appoint",
    "withdraw_moderator": "office.withdraw",
    "register_client": "client.register",
    "change_settings": "group.change",
    "change_branch_rule": "branch_rule.change",
    "hide": "content.hide",
    "declare_link": "link.show",
    "freeze": "power.freeze",
    "emergency": "measure.begin",
    "recall": "office.recall",
    "hold": "act.release",
    "amend": "constitution.amend",
    "draw_council": "office.seat",
    "draw_caretaker": "office.caretake",
    "elect": "office.elect",
}

# Steps that no constitution may take out of a procedure: what members decide stays theirs.
NEEDS: dict[str, tuple[str, ...]] = {
    "appoint_moderator": ("submit", "decide", "notice"),
    "withdraw_moderator": ("decide", "notice"),
    "declare_link": ("notice",),
    "freeze": ("decide",),
    "register_client": ("decide", "notice"),
    "change_settings": ("decide", "notice"),
    "change_branch_rule": ("decide", "notice"),
    "hide": ("decide",),
    "emergency": ("decide", "draw"),
    "recall": ("support", "ballot"),
    "hold": ("support", "ballot"),
    "amend": ("notice", "ballot"),
    "draw_council": ("draw",),
    "draw_caretaker": ("draw",),
    "elect": ("submit", "ballot", "decide"),
}
# What no constitution changes of a procedure: who opens it, how its ballots ask, who decides.
OPENED_BY = {"elect": "clock", "freeze": "powers.freeze"}
KINDS = {"elect": "stv"}
DECIDED_BY = {"elect": "ballots.scrutinise", "freeze": "powers.freeze"}
# What nobody takes from one organiser alone: to ask those concerned, and to stop a power for some days (GO-08, GO-10).
MUST = {"admin": {"ballots.call", "powers.freeze"}}
WHY_MUST = "one organiser alone must be able to stop what the others do in haste"
# Where nobody decides, because silence does: whoever objects opens a ballot.
ANNOUNCED = ("declare_link",)
WHY_FIXED = "nobody in office opens an election, asks it otherwise or judges it"
# Appointments, removals, changes of addresses, sites and settings are known for three days before they hold
# (GO-09, GO-10).
NOTICE_DAYS = Limit(3, 60, "whoever it is about must hear of it before it holds")
NOTICED = (
    "appoint_moderator", "withdraw_moderator", "register_client", "change_settings", "change_branch_rule",
    "declare_link",
)  # fmt: skip
WHY_NEEDED = "what members decide cannot be taken from them"
