"""The names of all powers and rights, each with its one-line meaning. New ones go here and into table.py."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class P(StrEnum):
    """Powers: they come by a live grant of a role that carries them."""

    AREAS_DECLARE = "areas.declare"
    AREAS_AGREE = "areas.agree"
    BRANCHES_CONFIRM = "branches.confirm"
    GROUPS_CONFIRM = "groups.confirm"
    MEMBERSHIPS_ACCEPT = "memberships.accept"
    APPOINTMENTS_MAKE = "appointments.make"
    LEND_OFFICE = "offices.lend"
    LINKS_DECLARE = "links.declare"
    MEMBERS_VOUCH = "members.vouch"
    CLIENTS_REGISTER = "clients.register"
    CHANGE_SETTINGS = "settings.change"
    CLOSE_GROUP = "groups.close"
    HIDE_CONTENT = "content.hide"
    CALL_BALLOT = "ballots.call"
    FREEZE_POWERS = "powers.freeze"
    DECLARE_EMERGENCY = "emergencies.declare"
    BALLOTS_SCRUTINISE = "ballots.scrutinise"
    EMERGENCIES_CONFIRM = "emergencies.confirm"
    JUDGE_FOUNDINGS = "foundings.judge"
    SCREEN_CASES = "cases.screen"
    DECIDE_CASES = "cases.decide"
    CLIENTS_STOP = "clients.stop"
    NAME_STEWARD = "stewards.name"
    NAME_PRESS = "press.name"
    PUBLISH_STATEMENT = "statements.publish"
    OPERATE = "hub.operate"


class R(StrEnum):
    """Rights: every verified member of a scope has them; no role hands them out or takes them away."""

    READ = "read"
    STAND = "stand"
    VOTE = "vote"
    SIGN = "sign"
    COMPLAIN = "complain"
    APPEAL = "appeal"
    FOUND_BRANCH = "branches.found"
    FOUND_GROUP = "groups.found"
    JOIN = "groups.join"
    ACCEPT_OFFICE = "offices.accept"
    TAKE_RECEIPT = "receipts.take"


# What is there to be done in a branch alone, or in a group alone; anything else in any place that an office reaches.
ONLY_IN: dict[str, str] = {
    P.AREAS_AGREE: "branch",
    P.GROUPS_CONFIRM: "branch",
    P.MEMBERSHIPS_ACCEPT: "group",
    P.LEND_OFFICE: "group",
    P.LINKS_DECLARE: "group",
    P.CLOSE_GROUP: "group",
    P.CLIENTS_REGISTER: "group",
}


def meanings(permissions: Iterable[str], kind: str) -> tuple[str, ...]:
    """Returns what an office with these permissions can do in a place, in words. kind: of the place."""
    there = (one for one in sorted(permissions) if ONLY_IN.get(one, kind) == kind)
    words = MEANINGS | IN_BRANCH if kind == "branch" else MEANINGS
    return tuple(words[one] for one in there)


MEANINGS: dict[str, str] = {
    P.AREAS_DECLARE: "declare which postcode districts make an area",
    P.AREAS_AGREE: "with a second organiser of the branch, agree to another boundary of its area",
    P.BRANCHES_CONFIRM: "confirm or object to the name and boundary of a new branch",
    P.GROUPS_CONFIRM: "confirm or object to the name and boundary of a new group",
    P.MEMBERSHIPS_ACCEPT: "accept members into a group whose organisers accept",
    P.APPOINTMENTS_MAKE: "with a second organiser, appoint a moderator and withdraw one",
    P.LEND_OFFICE: "let another member of the group stand in for some days",
    P.LINKS_DECLARE: "say where the group meets, and take such a link down",
    P.MEMBERS_VOUCH: "with a second organiser, say in person that somebody is who they say",
    P.CHANGE_SETTINGS: "change who may join and how many places there are, with a second organiser",
    P.CLOSE_GROUP: "with a second organiser, ask the members of a group whether it closes",
    P.HIDE_CONTENT: "hide what breaks a rule of conduct, until two others confirm it or it comes back",
    P.CALL_BALLOT: "alone, put a change or an appointment that waits to a ballot of the members",
    P.FREEZE_POWERS: "alone, freeze a power here for some days; with a second, end another's freeze",
    P.CLIENTS_REGISTER: "let the group's own sites sign members in, with a second organiser, and stop one",
    P.DECLARE_EMERGENCY: "declare an emergency measure, with a second member of the council",
    P.BALLOTS_SCRUTINISE: "sign or void the count of a ballot, with a second scrutineer",
    P.EMERGENCIES_CONFIRM: "confirm or extend an emergency measure, with a second of the panel, or let it be undone",
    P.JUDGE_FOUNDINGS: "with a second of the panel, judge whether a founding was refused rightly, or let it begin",
    P.SCREEN_CASES: "with a second of the duty panel, say whether a complaint becomes a case, and what holds meanwhile",
    P.DECIDE_CASES: "with others of the panel, decide a case, or the appeal of one, with reasons",
    P.CLIENTS_STOP: "stop any group's site from signing members in, at once and with a reason",
    P.NAME_STEWARD: "with a second member of the council, name who runs the machine, and withdraw whom it named",
    P.NAME_PRESS: "with a second member of the council, name who speaks officially, and withdraw them",
    P.PUBLISH_STATEMENT: "with a second of the press, publish an official statement, correct it and take it back",
    P.OPERATE: "run the machine; see no one's record and decide nothing",
    R.READ: "read everything that is public here",
    R.STAND: "stand for an office",
    R.VOTE: "vote",
    R.SIGN: "sign a petition",
    R.COMPLAIN: "complain",
    R.APPEAL: "appeal",
    R.FOUND_BRANCH: "found a branch of the area with other members",
    R.FOUND_GROUP: "found a group of the branch with another member",
    R.JOIN: "join a group",
    R.ACCEPT_OFFICE: "accept an office one is invited to",
    R.TAKE_RECEIPT: "take a signed receipt of one's membership",
}
# What the same power is where it is held in a branch: it has no places, and nobody joins it.
IN_BRANCH: dict[str, str] = {
    P.CHANGE_SETTINGS: "change what the rules leave to the branch, with a second organiser",
}
