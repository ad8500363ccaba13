"""How a result is told: votes by option, the bars of its picture; and by which rule somebody is not on the roll."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hub.acts import queries as acts
from hub.acts.state import ActState
from hub.ballots.queries import Ballot
from hub.constitution import queries as constitution
from hub.count.contest import RON, is_ron
from hub.groups import electorate
from hub.groups import queries as groups
from hub.web import words
from hub.web.context import Asked
from hub.web.elections import place_of
from hub.web.texts import _

ANSWERS = (
    ("yes", _("Yes"), ""),
    ("no", _("No"), ""),
    ("abstain", _("I do not want to choose"), _("Counts as having voted, and for neither side.")),
)


def yes_needed(state: ActState, ballot: Ballot) -> str:
    """Says what a yes takes, by the step that the ballot belongs to; nothing where people are elected."""
    if ballot.kind != "yesno":
        return ""
    step, told = state.steps[ballot.step], [_("more yes than no")]
    if step.ratio > Fraction(1, 2):
        told = [_("%(yes)d in %(of)d of the yes and no") % {"yes": step.ratio.numerator, "of": step.ratio.denominator}]
    if step.branches:
        told.append(_("more yes than no in more than half of the branches"))
    if ballot.floor:
        told.append(_("at least %d that say yes") % ballot.floor)
    return _("; ").join(told)


def why_not(asked: Asked, ballot: Ballot) -> str:
    """Says by which rule and since when somebody who reads it is or is not on the roll, with the days that decide."""
    state = acts.get(asked.tx, ballot.act)
    numbers = constitution.of_entry(asked.tx, state.constitution).numbers
    days = electorate.days_it_takes(asked.tx, state.scope, ballot.opens, numbers)
    fixed = words.day(ballot.opens)
    standing, place = asked.actor.standing, place_of(asked, state.scope)["name"]
    if standing is None:
        return _("The list was fixed on %(fixed)s; you were no verified member then, or are none now.") % {
            "fixed": fixed
        }
    since: dt.date = standing.since
    if state.scope.kind == "group":
        joined = groups.member_since(asked.tx, state.scope.id, asked.actor)
        if joined is None:
            told = _("The list was fixed on %(fixed)s. You do not belong to %(place)s.")
            return told % {"fixed": fixed, "place": place}
        since = max(since, joined.date())
    told = _(
        "The list was fixed on %(fixed)s, and takes whoever had been a member of %(place)s for %(days)d days by then. "
        "You have been one since %(since)s."
    )
    if state.scope.kind == "group" and days < numbers["eligible_after_days"]:
        told = _(
            "This hub is new. The list was fixed on %(fixed)s, and takes whoever belonged to %(place)s by then, and is "
            "a member for %(known)d days by the list of members. You belong to it since %(joined)s, and are a member "
            "since %(member)s."
        )
        return told % {
            "fixed": fixed, "place": place, "known": numbers["eligible_after_days"],
            "joined": words.day(joined), "member": words.day(standing.since),
        }  # fmt: skip
    if not days:
        told = _(
            "The list was fixed on %(fixed)s, and takes whoever was a member of %(place)s by then. "
            "You have been one since %(since)s."
        )
    return told % {"fixed": fixed, "place": place, "days": days, "since": words.day(since)}


@dataclass(frozen=True)
class Preference:
    """An option in the result of an election: votes in the first stage and at the end, as the count sheet has them."""

    name: str
    first: str
    last: str
    elected: bool
    stay_free: int = 0  # seats that re-open nominations won


def preferences(counted: Mapping[str, Any], names: Mapping[str, str]) -> list[Preference]:
    """Returns every option's votes, most first preferences first."""
    stages = counted["stages"]
    elected = {seat["candidate"] for seat in counted["elected"]}
    stay_free = sum(is_ron(name) for stage in stages for name in stage["elected"])
    found = []
    for ref in counted["candidates"]:
        votes = [stage["votes"][ref] for stage in stages if ref in stage["votes"]]
        first, last = (_plainly(votes[at]) if votes else "0" for at in (0, -1))
        found.append(Preference(names[ref], first, last, ref in elected, stay_free * (ref == RON)))
    return sorted(found, key=lambda one: (-float(one.first), one.name))


def _plainly(votes: str) -> str:
    """Writes whole votes without their places: 7 for 7.00000."""
    return votes.rstrip("0").rstrip(".") if "." in votes else votes


def shares(counted: Mapping[str, Any] | None, ranked: list[Preference]) -> list[tuple[str, str, int]]:
    """Returns the bars of a result: (words, number, how long in hundredths of the longest)."""
    if counted is None:
        return []
    if ranked:
        rows = [(one.name, one.first) for one in ranked]
    else:
        rows = [(said, str(counted[answer])) for answer, said, _hint in ANSWERS]
    longest = max((float(number) for _words, number in rows), default=0) or 1
    return [(said, number, round(100 * float(number) / longest)) for said, number in rows]
