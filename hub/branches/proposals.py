"""What acts about branches would do, in words."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import WITHDRAWN, Change, Proposal, proposes, still
from hub.acts.state import APPEALS, ActState
from hub.branches import appeals, queries
from hub.constitution import queries as constitution


@proposes("branch.register")
def found(tx: Connection, state: ActState) -> Proposal:
    """Which branch begins, and with which boundary."""
    branch = queries.get(tx, state.subject)
    area = queries.area(tx, branch.area)
    changes = (Change("Its area", None, area.name), Change("Postcode districts", None, " ".join(area.districts)))
    return founding(tx, state, f"the branch “{branch.name or WITHDRAWN}”", changes)


def founding(tx: Connection, state: ActState, what: str, changes: tuple[Change, ...]) -> Proposal:
    """Says that something is founded, or that it begins though it was refused, and why. For branches and groups."""
    if state.procedure not in APPEALS.values():
        return Proposal(f"found {what}", changes)
    said = [("Refused because", one) for one in appeals.refusals(tx, state)]
    said += [("A founder says", one) for one in appeals.answers(tx, state)]
    why = tuple(Change(label, None, one.reason or "(reason withdrawn)") for label, one in said)
    return Proposal(f"let {what} begin, which was refused", (*changes, *why))


@proposes("branch_rule.change")
def own_number(tx: Connection, state: ActState) -> Proposal:
    """Which number a branch would choose for itself, and what it is now."""
    found = queries.branch_rule_change(tx, state.id)
    assert found is not None
    branch, rules = queries.get(tx, found.branch), constitution.of_entry(tx, state.constitution)
    says = next((answer.sentence for answer in rules.answers if answer.path == found.rule), found.rule)
    now = str(constitution.chosen(tx, rules, found.rule, found.branch))
    changes = (Change("The number", still(state, now), str(found.value)), Change("The rule", None, says))
    return Proposal(f"choose another number for {branch.name or branch.slug} ({found.rule})", changes)
