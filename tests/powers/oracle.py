"""What the watch knows of its own: ceilings, which power an entry takes and where, the rules read by tomllib alone.

Nothing here asks a rule of the house. Sources: governance.md sections 1.3, 1.5, 2.1. A room whose entries are new adds
them: needs(...) for hands of an office, RIGHTS for hands of any member, CLOCK for what has no hand.
"""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Callable
from typing import Any

from tests.powers.view import HUB, Place, Row, View, group_place, place_of

DAY = 86400
CEILING = {"founding": 365, "election": 800, "lot": 400, "appointment": 400, "delegation": 90, "caretaker": 28}
CEILING |= {"consent": 90}
MANDATES = ("founding", "election", "lot")
_MANDATE_ENDS = {"resigned", "lapsed", "moved", "recalled", "superseded", "decided", "emptied", "closed"}
MAY_END = {
    "founding": _MANDATE_ENDS,
    "election": _MANDATE_ENDS,
    "lot": _MANDATE_ENDS,
    "appointment": _MANDATE_ENDS | {"withdrawn"},
    "delegation": _MANDATE_ENDS | {"withdrawn", "returned"},  # that it falls is in no entry
    "consent": _MANDATE_ENDS | {"withdrawn"},
    "caretaker": {"resigned", "lapsed", "moved", "superseded", "handover", "emptied", "closed"},
}
SOURCES_OF = {
    "found_branch": {"founding"},
    "register_group": {"founding"},
    "appoint_moderator": {"appointment"},
    "lend_office": {"delegation"},
    "admit_helper": {"consent", "lot"},
    **{key: {"lot"} for key in ("recall", "hold", "amend", "close_group", "merge_group")},
    "elect": {"election", "lot"},
    "appeal_branch": {"founding", "lot"},
    "appeal_group": {"founding", "lot"},
    "emergency": {"lot"},
    "draw_council": {"lot"},
    "draw_caretaker": {"caretaker"},
}
TENURED = {"links.declare", "clients.register", "members.vouch"}  # not in the first days of an office (GO-04)
FOR_ONE_ACT = {"scrutineer", "panellist", "duty", "juror"}

Where = Callable[[View, dict[str, Any]], Place | None]


def at_hub(_view: View, _data: dict[str, Any]) -> Place:
    """The hub."""
    return HUB


def in_group(view: View, data: dict[str, Any]) -> Place | None:
    """The group an entry names."""
    return next((group_place(group) for group in view.groups if group.id == data["group"]), None)


def in_branch(_view: View, data: dict[str, Any]) -> Place:
    """The branch an entry names."""
    return Place("branch", data["branch"], data["branch"])


def in_either(view: View, data: dict[str, Any]) -> Place | None:
    """The group or the branch an entry names; the hub where it names neither."""
    if data["group"] is None and data["branch"] is None:
        return HUB
    return in_group(view, data) if data["branch"] is None else in_branch(view, data)


def in_act(view: View, data: dict[str, Any]) -> Place | None:
    """The scope of the act an entry names."""
    return next((place_of(act) for act in view.acts if act.id == data["act"]), None)


def of_link(view: View, data: dict[str, Any]) -> Place | None:
    """The group of the link an entry names."""
    link = next((row for row in view.rows("group_links") if row.id == data["link"]), None)
    return None if link is None else in_group(view, {"group": link.group})


NEEDS: dict[str, tuple[str, Where]] = {}
RIGHTS = {
    "holder.named", "branch.proposed", "branch.cofounded", "group.proposed", "group.cofounded", "office.accepted",
    "recall.opened", "hold.opened", "amendment.proposed",
}  # fmt: skip
EITHER: set[str] = set()  # by an office there, or by a right
BY_STEP: dict[str, Callable[[View, dict[str, Any]], str]] = {}  # in an act, by a power that its step says
OWN = {"grant.ended", "recall.answered"}  # by the very grant, or the office it is about
CLOCK = {
    "act.advanced", "act.extended", "grant.made", "grant.ended", "branch.registered", "group.registered",
    "group.changed", "branch_rule.changed", "content.hidden", "petition.reached", "act.released",
    "constitution.adopted", "link.shown", "amendment.overtaken",
}  # fmt: skip


# Who names the press at the hub does by a power of its own what organisers do in their places.
AT_HUB = {"appointments.make": "press.name"}
# What the council gives and does not have itself: who names the press does not speak, nor who speaks name anybody.
APART = {"press"}


def power_at(permission: str, place: Place | None) -> str:
    """Which power an entry takes in a place."""
    return AT_HUB.get(permission, permission) if place == HUB else permission


def needs(permission: str, where: Where, *types: str) -> None:
    """Says which power entries of some types take, and where."""
    NEEDS.update(dict.fromkeys(types, (permission, where)))


needs("areas.declare", at_hub, "area.declared")
needs("branches.confirm", at_hub, "branch.confirmed", "branch.objected")
needs("groups.confirm", in_act, "group.confirmed", "group.objected")
needs("links.declare", in_group, "link.declared")
needs("links.declare", of_link, "link.withdrawn", "link.confirmed")
needs("appointments.make", in_either, "office.offered", "office.challenged")
needs("appointments.make", in_act, "office.confirmed", "office.objected")
needs("settings.change", in_group, "settings.proposed")
needs("settings.change", in_branch, "branch_rule.proposed")
needs("settings.change", in_act, "settings.confirmed", "settings.objected")
needs("settings.change", in_act, "branch_rule.confirmed", "branch_rule.objected")
needs("ballots.call", in_act, "ballot.demanded")
needs("content.hide", in_act, "hiding.opened", "hiding.confirmed", "hiding.contested", "content.restored")


@functools.cache
def rules_of(text: str) -> dict[str, Any]:
    """A constitution's text as plain tables."""
    return tomllib.loads(text)


def constitution_of(view: View, act: Row) -> dict[str, Any]:
    """The rules that were in force when an act was opened, by the order of entries alone."""
    before = [row for row in view.constitutions if row.entry < act.opened_entry]
    return rules_of(before[-1].text)


def steps_of(view: View, act: Row) -> list[dict[str, Any]]:
    """The steps of an act's procedure, under the rules it was opened with; from a ballot on once more for each void."""
    steps: list[dict[str, Any]] = constitution_of(view, act)["procedures"][act.procedure]["steps"]
    for fact in view.facts:
        if fact.act == act.id and fact.fact == "voided":
            steps = [*steps[: fact.step + 1], *steps[fact.step - 1 :]]
    return steps


def judges_count(steps: list[dict[str, Any]], step: int) -> bool:
    """Whether a step judges the count of a ballot."""
    return step > 0 and (steps[step - 1]["do"], steps[step]["do"]) == ("ballot", "decide")


def takes(rules: dict[str, Any], formula: str, members: int) -> int:
    """How many it takes of so many members: max(min(floor, n/2), min(share of n, root of n)), rounded up."""
    part = rules["formulas"][formula]
    at_most = min(part["share_percent"] * members / 100, part["root"] * math.sqrt(members))
    return max(1, math.ceil(round(max(min(part["floor"], members / 2), at_most), 9)))
