"""What the ballot on the end of a group asks: the group's room lies below, and knows no ballots."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.rules import ActState
from hub.ballots.questions import Question, question
from hub.groups import queries as groups

WITHDRAWN = "(words withdrawn)"


@question("group.close")
def ask(tx: Connection, state: ActState) -> Question:
    """Asks members whether their group closes, with the reason of who proposed it."""
    group, found = groups.get(tx, state.subject), groups.closure(tx, state.id)
    reason = None if found is None else found.reason
    beside = (("The reason of the organisers who ask", reason or WITHDRAWN),)
    words = f"Shall {group.name or group.slug} close for good?"
    return Question(words, group.id, f"/groups/{group.slug}/closure", beside=beside)
