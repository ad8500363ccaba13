"""What acts about a steward would do, in words."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import Change, Proposal, proposes, shown
from hub.acts.state import ActState


@proposes("steward.name")
def name(tx: Connection, state: ActState) -> Proposal:
    """Who would run the machine, and until when."""
    who = [hand.holder for hand in state.hands if hand.hand == "submit"]
    called = shown(tx, who[0]) if who else "whoever accepts the invitation"
    return Proposal("name who runs the hub’s machine", (Change("Steward", None, called),))


@proposes("steward.withdraw")
def withdraw(tx: Connection, state: ActState) -> Proposal:
    """Whose office would end."""
    return Proposal("withdraw the steward", (Change("Steward", None, shown(tx, state.subject)),))
