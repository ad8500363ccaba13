"""What petitions would do, in words."""

from __future__ import annotations

import difflib

from sqlalchemy.engine import Connection

from hub.acts import queries as acts
from hub.acts.proposals import Change, Proposal, proposed, proposes, role_name, shown
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.groups.proposals import name_of
from hub.petitions import queries


@proposes("office.recall")
def recall(tx: Connection, state: ActState) -> Proposal:
    """Whose mandate would end."""
    found = queries.get(tx, state.id)
    role = role_name(tx, state, found.role or "")
    return Proposal(f"recall {shown(tx, state.subject)} as {role} of {name_of(tx, state.scope.id)}")


@proposes("act.release")
def hold(tx: Connection, state: ActState) -> Proposal:
    """What the held act would change, from what to what, and who decided it."""
    target = acts.get(tx, state.subject)
    held = proposed(tx, target)
    deciders = ", ".join(shown(tx, hand.holder) for hand in target.hands if hand.hand == "yes")
    changes = (*held.changes, Change("Decided by", None, deciders))
    return Proposal(f"put to a ballot what organisers decided: to {held.asks}", changes)


@proposes("constitution.amend")
def amend(tx: Connection, state: ActState) -> Proposal:
    """How much of the rules would be others; the text itself stands on the petition's page."""
    proposed_rules = queries.amendment(tx, state.id)
    before = constitution.of_entry(tx, proposed_rules.changes).text.splitlines()
    lines = list(difflib.unified_diff(before, proposed_rules.text.splitlines(), n=0, lineterm=""))[2:]
    out, into = (sum(line.startswith(sign) for line in lines) for sign in "-+")
    return Proposal("change the rules of this hub", (Change("Lines of the rules", None, f"{out} go, {into} come"),))
