"""What the ballots on the end of a group and on a merger ask: the group's room lies below, and knows no ballots."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.state import ActState
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


@question("group.merge")
def ask_merger(tx: Connection, state: ActState) -> Question:
    """Asks members whether two groups become one, with the reason of who proposed it in theirs."""
    group, found = groups.get(tx, state.subject), groups.merger(tx, state.id)
    assert found is not None
    ends, into = groups.get(tx, found.ends), groups.get(tx, found.into)
    beside = (("The reason of the organisers who ask", found.reason or WITHDRAWN),)
    words = f"Shall {ends.name or ends.slug} merge into {into.name or into.slug}, and end?"
    return Question(words, group.id, f"/groups/{group.slug}/merger", beside=beside)
