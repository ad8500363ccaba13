"""What an act about a statement would do, in words: all of them, so that nobody signs what they did not read."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import WITHDRAWN, Change, Proposal, proposes, still
from hub.acts.state import ActState
from hub.groups import queries as groups
from hub.statements import queries

ASKS = {
    ("statement", "publish"): "publish an official statement",
    ("reminder", "publish"): "publish a reminder of what was not said in our name",
    ("statement", "correct"): "correct an official statement",
    ("reminder", "correct"): "correct a reminder",
    ("statement", "withdraw"): "take back an official statement",
    ("reminder", "withdraw"): "take back a reminder",
}


@proposes("statement.publish")
def publish(tx: Connection, state: ActState) -> Proposal:
    """The words that would stand, those that stand now, and why."""
    found, version = queries.of_act(tx, state.id)
    before = found.said if found.done else None
    changes = [
        Change(called, None if before is None else still(state, getattr(before, name) or WITHDRAWN), words)
        for called, name, words in (("Title", "title", version.title), ("Text", "text", version.text))
        if words is not None
    ]
    if version.reason is not None:
        changes.append(Change("The reason given", None, version.reason))
    if found.group is not None:
        group = groups.get(tx, found.group)
        changes.append(Change("About what was said in", None, group.name or group.slug))
    return Proposal(ASKS[found.kind, version.does], tuple(changes))
