"""What hiding would do, in words; never the words that are hidden."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import Change, Proposal, proposes
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.hiding import queries, targets


@proposes("content.hide")
def hide(tx: Connection, state: ActState) -> Proposal:
    """What, by which rule, and why."""
    found = queries.find(tx, state.id)
    assert found is not None
    rule = constitution.of_entry(tx, state.constitution).conduct.get(found.rule, "")
    changes = (
        Change(f"Rule {found.rule}", None, rule),
        Change("The reason given", None, found.reason or "(words withdrawn)"),
    )
    return Proposal(f"hide {targets.called(tx, found.kind, found.target)}", changes)
