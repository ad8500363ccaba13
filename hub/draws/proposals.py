"""What a draw by lot would do, in words."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import Change, Proposal, proposes
from hub.acts.state import ActState
from hub.groups.proposals import name_of


@proposes("office.seat")
def council(tx: Connection, state: ActState) -> Proposal:
    """How many seats of the council are drawn."""
    return Proposal("draw the council by lot", _size(state))


@proposes("office.caretake")
def caretakers(tx: Connection, state: ActState) -> Proposal:
    """Where members are drawn who stand by."""
    return Proposal(f"draw who stands by to take care of {name_of(tx, state.scope.id)}", _size(state))


def _size(state: ActState) -> tuple[Change, ...]:
    drawn = [step for step in state.steps if step.do == "draw"]
    return tuple(Change("Drawn at most", None, str(step.persons)) for step in drawn)
