"""What an election would do, in words."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import Change, Proposal, proposes, role_name
from hub.acts.state import ActState
from hub.ballots import queries
from hub.groups.proposals import name_of


@proposes("office.elect")
def elect(tx: Connection, state: ActState) -> Proposal:
    """How many are elected as what, and where."""
    found = queries.election(tx, state.id)
    changes = (Change("The office", None, role_name(tx, state, found.role)), Change("Seats", None, str(found.seats)))
    return Proposal(f"elect by ballot in {name_of(tx, state.scope.id)}", changes)
