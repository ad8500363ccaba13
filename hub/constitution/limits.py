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
    "delegation": Limit(1, 90, "whoever is away comes back, or lays the office down"),
    "helper": Limit(1, 90, "who comes to help goes again"),
    "council": Limit(1, 365, "the founding council is a beginning, not a government"),
    "steward": Limit(1, 400, "whoever runs the machine is named anew each year"),
    "press": Limit(1, 400, "whoever speaks for all is named anew each year"),
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
    "measure_after_days": Limit(30, 365, "whoever founds something is left to begin, and answers for it like others"),
    "measure_most_days": Limit(1, 14, "what was done in haste ends soon, also where others confirm it"),
    "recall_again_days": Limit(30, 365, "a failed recall is not repeated at once, nor barred for ever"),
    "petitions_at_once": Limit(1, 10, "nobody fills the list alone, and everybody may begin one"),
    "offers_at_once": Limit(1, 6, "nobody invites more people than can be chosen, and everybody can invite somebody"),
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
    "returned_percent": Limit(5, 50, "a few who come back first decide nothing for all"),
    "outage_moves": Limit(1, 3, "nobody loses a vote to a broken machine, and no ballot stays open for ever"),
    "objection_days": Limit(1, 7, "who was left out needs days to say so, and no draw is put off for ever"),
    "tenure_days": Limit(14, 60, "whoever came last week removes nobody"),
    "appointee_days": Limit(28, 90, "nobody is their own second person"),
    "replace_days": Limit(14, 60, "an office is not emptied one by one"),
}

# What a constitution may leave to each branch: whatever reads it asks for the branch's own.
BRANCH_MAY = ("numbers.request_days", "terms.appointment")
# Where one of several words is chosen. Source: reference for governance, section 2.5, on coercion.
CHOICES = {"receipts": ("content", "inclusion")}
CONDUCT = 30  # rules of conduct: few enough to be read
STEP_DAYS = Limit(1, 60, "a step has a deadline that people live to see")
BALLOT_DAYS = Limit(3, 28, "people need days to vote, and a result")
MEASURE_DAYS = Limit(1, 7, "what was done in haste ends soon")
# How long an effect lasts, where it is no emergency measure.
LASTS = {"interim.begin": Limit(1, 14, "nobody is judged by what is done while they wait")}
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
# Ballots that the law gives to an independent scrutineer, under a code of its own. Source: GO-26.
STATUTORY = ("statutory", "statutory_union", "industrial_action", "political_fund", "transfer_of_engagements")
WHY_STATUTORY = (
    "the law gives such a ballot to an independent scrutineer; it is not held here, whatever these rules say"
)
# Who is drawn by lot, and how many at a time. Source: reference for governance, 1.4 and 3.2.
DRAWN = {
    "scrutineers": Limit(3, 5, "three check each other, and few see the roll"),
    "panel": Limit(3, 5, "a panel decides by more than one voice, and quickly"),
    "council": Limit(15, 25, "a council is a picture of the branches, and can still talk"),
    "caretakers": Limit(1, 9, "somebody stands by when the first cannot"),
    "duty": Limit(3, 3, "three decide whether a complaint is heard, by more than one voice"),
    "jurors": Limit(3, 5, "a case is decided by more than one voice"),
}
# What members may say of themselves for draws that ask for it, from closed lists; who says nothing is counted as such.
# Only where everybody in the pool offered themselves. A release may add a word, and takes none away: records have them.
STRATA = {
    "age": ("under-25", "25-to-34", "35-to-49", "50-to-64", "65-or-over"),
    "disability": ("disabled", "not-disabled"),
    "ethnicity": ("asian", "black", "mixed", "white", "another"),
    "gender": ("woman", "man", "non-binary"),
}
ASKING = ("council", "panel")
# How many links a founding hands out, whatever the role has seats: the rest are drawn or chosen.
FOUNDING_SEATS = {"council": 3, "steward": 1}
# Which step of a procedure fills as many seats as it has hands or lots, and of which role.
FILLS = {
    "found_branch": ("submit", "admin"),
    "register_group": ("submit", "admin"),
    "draw_council": ("draw", "council"),
    "elect": ("draw", "scrutineer"),
    "recall": ("ballot", "scrutineer"),
    "hold": ("ballot", "scrutineer"),
    "amend": ("ballot", "scrutineer"),
    "close_group": ("ballot", "scrutineer"),
    "merge_group": ("ballot", "scrutineer"),
    "admit_helper": ("ballot", "scrutineer"),
    "emergency": ("draw", "panellist"),
    "appeal_branch": ("draw", "panellist"),
    "appeal_group": ("draw", "panellist"),
    "case": ("draw", "juror"),
    "appeal_case": ("draw", "juror"),
}
CONSEQUENCES = {
    "submit": ("next", "lapse", "fail", "extend"),
    "support": ("lapse", "fail"),
    "decide": ("next", "lapse", "fail", "undo", "renew"),
    "draw": ("next", "lapse", "undo", "extend", "redraw"),
}
SCOPES = ("hub", "branch", "group")
REACHES = ("here",)  # nothing inherits power downwards
EFFECTS = (
    "branch.register",
    "group.register",
    "office.appoint",
    "office.lend",
    "office.admit",
    "office.withdraw",
    "client.register",
    "group.change",
    "group.close",
    "group.merge",
    "branch_rule.change",
    "content.hide",
    "link.show",
    "power.freeze",
    "measure.begin",
    "measure.extend",
    "office.recall",
    "act.release",
    "constitution.amend",
    "office.seat",
    "office.caretake",
    "office.elect",
    "steward.name",
    "steward.withdraw",
    "statement.publish",
    "case.conclude",
    "case.review",
    "interim.begin",
)

# Which sources may give a role at all: an organiser is founded or elected, never installed.
SOURCES = {
    "admin": ("founding", "election"),
    "moderator": ("appointment",),
    "standin": ("delegation",),
    "helper": ("consent",),
    "council": ("founding", "lot"),
    "steward": ("founding", "appointment"),
    "press": ("appointment",),
    "scrutineer": ("lot",),
    "panellist": ("lot",),
    "duty": ("lot",),
    "juror": ("lot",),
    "caretaker": ("caretaker",),
}

# Which of these a constitution cannot leave out: organisers can be elected, the council is drawn by lot.
COMES_BY = {
    "admin": ("founding", "election"),
    "moderator": (),
    "standin": ("delegation",),
    "helper": ("consent",),
    "council": ("founding", "lot"),
    "steward": ("founding", "appointment"),
    "press": ("appointment",),
    "scrutineer": ("lot",),
    "panellist": ("lot",),
    "duty": ("lot",),
    "juror": ("lot",),
    "caretaker": ("caretaker",),
}
WHY_COMES_BY = "whoever is chosen by members, or drawn from them, cannot be replaced by others"

# Where a role may be held, and where it must be.
PLACES = {
    "admin": (("branch", "group"), ("branch", "group")),
    "moderator": (("branch", "group"), ()),
    "standin": (("group",), ("group",)),
    "helper": (("group",), ("group",)),
    "council": (("hub",), ("hub",)),
    "steward": (("hub",), ("hub",)),
    "press": (("hub",), ("hub",)),
    "scrutineer": (("hub", "branch", "group"), ("hub", "branch", "group")),
    "panellist": (("hub", "branch", "group"), ("hub", "branch", "group")),
    "duty": (("hub",), ("hub",)),
    "juror": (("hub",), ("hub",)),
    "caretaker": (("branch", "group"), ("branch", "group")),
}

# How many hold a role at least and at most: the limits of seats.min and of seats.max.
HOLDERS = {
    "admin": (Limit(1, 7, "somebody organises every place"), Limit(2, 30, "no place hangs on one person")),
    "moderator": (Limit(0, 7, "a place need not have any"), SEATS),
    "standin": (Limit(0, 0, "a place need not have any"), SEATS),
    "helper": (Limit(0, 0, "a place need not have any"), Limit(1, 3, "a few may help, and no more")),
    "council": (Limit(0, 3, "a council begins with those who are seated"), Limit(15, 30, "a council has room")),
    "steward": (
        Limit(0, 1, "one person runs the machine"),
        Limit(1, 2, "one person runs the machine, and hands it over to the next"),
    ),
    "press": (Limit(0, 3, "nobody need speak for all"), Limit(3, 9, "few speak for all, and more than two can")),
    "scrutineer": (Limit(0, 3, "they are drawn for one act"), Limit(3, 5, "three check each other")),
    "panellist": (Limit(0, 3, "they are drawn for one act"), Limit(3, 5, "a panel decides by more than one voice")),
    "duty": (Limit(0, 3, "they are drawn for one act"), Limit(3, 3, "three look at every complaint")),
    "juror": (Limit(0, 3, "they are drawn for one act"), Limit(5, 5, "five judge an appeal")),
    "caretaker": (Limit(0, 1, "they are drawn beforehand"), Limit(1, 9, "somebody stands by")),
}

# What each role may carry at most. The steward keeps the machine, headquarters holds nothing in a branch, and whoever
# organises neither counts votes nor declares emergencies, areas or anything else of the whole hub. Who stands in for
# somebody appoints, withdraws, vouches, freezes and lends nothing, and carries no more than who lent it (permits.live).
ONLY = {
    "admin": {
        "memberships.accept",
        "appointments.make",
        "links.declare",
        "groups.confirm",
        "groups.close",
        "clients.register",
        "members.vouch",
        "settings.change",
        "content.hide",
        "areas.agree",
        "ballots.call",
        "powers.freeze",
        "offices.lend",
    },
    "steward": {"hub.operate"},
    "council": {
        "areas.declare",
        "branches.confirm",
        "emergencies.declare",
        "clients.stop",
        "stewards.name",
        "press.name",
    },
    "press": {"statements.publish"},
    "moderator": {"memberships.accept", "content.hide"},
    "standin": {"memberships.accept", "content.hide", "links.declare", "settings.change", "ballots.call"},
    "scrutineer": {"ballots.scrutinise"},
    "panellist": {"emergencies.confirm", "foundings.judge"},
    "duty": {"cases.screen"},
    "juror": {"cases.decide"},
    "caretaker": {"memberships.accept", "ballots.call"},
    "helper": {"memberships.accept", "ballots.call"},  # no more than a caretaker (governance.md 1.6)
}

# Appointments, removals, changes of addresses, sites and settings are known for three days before they hold
# (GO-09, GO-10).
NOTICE_DAYS = Limit(3, 60, "whoever it is about must hear of it before it holds")
# Any five members turn a change into a ballot; a small place may ask for fewer, none for many more.
SIGNERS_OF_HOLD = Limit(2, 10, "members must be able to stop what they do not want, and a few at least must ask")

# The sentence of the rights is the software's own: it gives them whatever a constitution says.
RIGHTS = (
    "Every verified member may read, stand, vote, sign, complain, appeal, join, and found. "
    "No office gives or takes these."
)
WHY_RIGHTS = "the software gives these rights to every member, and no rules describe them otherwise"

# What takes more than another rule to change: rights, how the rules change and what stands behind that, what is public,
# and that every office ends. Each must stand in every constitution. Source: reference for governance, 1.8.
ENTRENCHED = (
    "formulas.petition",
    "formulas.yes_floor",
    "procedures.amend",
    "rights",
    "sentences.copy",
    "sentences.entrenched",
    "sentences.expiry",
    "sentences.record",
    "sentences.versions",
)

# What stands in every constitution besides: chance is the software's own, and no rules leave out where it comes from.
SAID = ("sentences.chance",)

# What nobody takes from one organiser alone: to ask those concerned, and to stop a power for some days (GO-08, GO-10).
# Where nobody decides, because silence does, or one gives of their own: whoever objects opens a ballot.
ANNOUNCED = ("declare_link", "lend_office")
MUST = {"admin": {"ballots.call", "powers.freeze"}}
WHY_MUST = "one organiser alone must be able to stop what the others do in haste"
