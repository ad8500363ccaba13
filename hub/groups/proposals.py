"""What acts about groups and appointed offices would do, in words."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import WITHDRAWN, Change, Proposal, proposes, role_name, shown, still
from hub.acts.state import ActState
from hub.branches import queries as branches
from hub.branches.proposals import founding
from hub.groups import lending_fold, offices_fold, queries
from hub.permits import queries as permits

JOINING = {
    "branch": "any member of the branch",
    "members": "every verified member",
    "accept": "whom the organisers accept",
}


def name_of(tx: Connection, scope: str) -> str:
    """How a scope is called in a sentence, by its id."""
    if scope == "hub":
        return "the hub"
    if scope.startswith("brn_"):
        branch = branches.get(tx, scope)
        return branch.name or branch.slug
    group = queries.get(tx, scope)
    return group.name or group.slug


def settings_in_words(joining: str, seats: int | None) -> tuple[str, str]:
    """Returns who may join, and how many places there are, as people say it."""
    return JOINING.get(joining, joining), "without a limit" if seats is None else str(seats)


@proposes("group.register")
def found(tx: Connection, state: ActState) -> Proposal:
    """Which group begins, and who may join it."""
    group = queries.get(tx, state.subject)
    joining, seats = settings_in_words(group.joining, group.seats)
    changes = (Change("Who may join", None, joining), Change("Places", None, seats))
    what = f"the group “{group.name or WITHDRAWN}” in {group.branch_name or group.branch_slug}"
    return founding(tx, state, what, changes)


@proposes("group.change")
def settings(tx: Connection, state: ActState) -> Proposal:
    """From which settings to which."""
    found = queries.settings_change(tx, state.id)
    assert found is not None
    group = queries.get(tx, found.group)
    if found.told_entry is not None:
        changes = (
            Change("Name", still(state, group.name or WITHDRAWN), found.name or WITHDRAWN),
            Change("What it is for", still(state, group.purpose or WITHDRAWN), found.purpose or WITHDRAWN),
        )
        return Proposal(f"give the group at {group.slug} another name and purpose", changes)
    now, then = settings_in_words(group.joining, group.seats), settings_in_words(found.joining, found.seats)
    changes = (_setting(state, "Who may join", now[0], then[0]), _setting(state, "Places", now[1], then[1]))
    return Proposal(f"change who may join {name_of(tx, state.scope.id)}, and how many", changes)


def _setting(state: ActState, what: str, now: str, then: str) -> Change:
    was = still(state, now)
    return Change(what, None, f"{then}, as now") if was == then else Change(what, was, then)


@proposes("office.appoint")
def appoint(tx: Connection, state: ActState) -> Proposal:
    """Whom, as what, and for how long."""
    offered = queries.office_act(tx, state.id)
    assert offered is not None
    who = next(
        (shown(tx, hand.holder) for hand in state.hands if hand.hand == "submit"), "whoever accepts the invitation"
    )
    changes = (Change("For", None, f"{offices_fold.days_of_appointment(tx, state)} days"),)
    return Proposal(f"appoint {who} as {role_name(tx, state, offered.role)} of {name_of(tx, state.scope.id)}", changes)


@proposes("office.admit")
def admit(tx: Connection, state: ActState) -> Proposal:
    """Who would be let in, by whose vote, and for how long."""
    proposal = appoint(tx, state)
    return Proposal(f"{proposal.asks}, if its members vote for it", proposal.changes)


@proposes("office.lend")
def lend(tx: Connection, state: ActState) -> Proposal:
    """Who would stand in for whom, for how long at most, and with which powers."""
    lent, lender = queries.office_act(tx, state.id), lending_fold.lender_of(tx, state)
    assert lent is not None
    assert lender is not None
    who = next(
        (shown(tx, hand.holder) for hand in state.hands if hand.hand == "submit"), "whoever accepts the invitation"
    )
    changes = (
        Change("For", None, f"{lent.days} days, until {lender.until:%-d %B %Y} at the latest"),
        Change("Ends", None, f"at once when {shown(tx, lender.holder)} takes it back, or holds the office no more"),
    )
    return Proposal(f"let {who} stand in for {shown(tx, lender.holder)} in {name_of(tx, state.scope.id)}", changes)


@proposes("office.withdraw")
def withdraw(tx: Connection, state: ActState) -> Proposal:
    """Whose office would end, and who proposed it."""
    challenged = queries.office_act(tx, state.id)
    assert challenged is not None
    grant = permits.grant_by_id(tx, challenged.grant)
    who, role = shown(tx, state.subject), role_name(tx, state, challenged.role)
    first = min((hand for hand in state.hands if hand.hand == "yes"), key=lambda hand: hand.at, default=None)
    changes = [] if first is None else [Change("Proposed by", None, shown(tx, first.holder))]
    if grant is not None:
        changes.append(Change("The office would run until", None, f"{grant.until:%-d %B %Y}"))
    return Proposal(f"withdraw {who} as {role} of {name_of(tx, state.scope.id)}", tuple(changes))


@proposes("link.show")
def show_link(tx: Connection, state: ActState) -> Proposal:
    """Which address would be shown as the group's, and who announced it."""
    link = queries.any_link(tx, state.subject)
    assert link is not None
    by = permits.grant_by_entry(tx, link.declared_by) if link.declared_by is not None else None
    changes = (
        Change("The address", None, link.url or "(words withdrawn)"),
        Change("Kind", None, link.kind),
        *((Change("Announced by", None, shown(tx, by.holder)),) if by is not None else ()),
    )
    return Proposal(f"show an address as a place of {name_of(tx, state.scope.id)}", changes)


@proposes("group.merge")
def merge(tx: Connection, state: ActState) -> Proposal:
    """Which group would end in which, and why."""
    found = queries.merger(tx, state.id)
    assert found is not None
    ends, into = name_of(tx, found.ends), name_of(tx, found.into)
    return Proposal(
        f"merge {ends} into {into}, if the members of both vote for it",
        (Change("The reason given", None, found.reason or "(words withdrawn)"),),
    )


@proposes("group.close")
def close(tx: Connection, state: ActState) -> Proposal:
    """That the group would end, and why."""
    found = queries.closure(tx, state.id)
    reason = found.reason if found is not None else None
    return Proposal(
        f"close {name_of(tx, state.scope.id)}, if its members vote for it",
        (Change("The reason given", None, reason or "(words withdrawn)"),),
    )
