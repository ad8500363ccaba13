"""What the ballot about a helper asks."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import role_name, shown
from hub.acts.state import ActState
from hub.ballots.questions import Question, question
from hub.groups import offices_fold
from hub.groups import queries as groups


@question("office.admit")
def ask(tx: Connection, state: ActState) -> Question:
    """Asks members whether they let somebody help, by name, with what the office can do and for how long."""
    group, offered = groups.get(tx, state.subject), groups.office_act(tx, state.id)
    assert offered is not None
    helper = next(hand.holder for hand in state.hands if hand.hand == "submit")
    days = offices_fold.days_of_appointment(tx, state)
    role, place = role_name(tx, state, offered.role), group.name or group.slug
    words = f"Shall {shown(tx, helper)} be admitted as {role} of {place}, for {days} days?"
    beside = (("What a helper can do", "Accept members who wait, and nothing else. They may come from outside."),)
    return Question(words, group.id, f"/groups/{group.slug}/power", beside=beside)
