"""What a freeze does, in words."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import Change, Proposal, proposes, shown
from hub.acts.state import ActState
from hub.permits import freezes
from hub.permits.permissions import MEANINGS


@proposes("power.freeze")
def freeze(tx: Connection, state: ActState) -> Proposal:
    """Which power, where, by whom, until when, and why."""
    found = freezes.find(tx, state.id)
    assert found is not None
    changes = (
        Change("Frozen by", None, shown(tx, found.holder)),
        Change("Until", None, f"{found.until_at:%-d %B %Y}"),
        Change("The reason given", None, found.reason or "(words withdrawn)"),
    )
    what = MEANINGS.get(found.permission, found.permission)
    return Proposal(f"end the freeze of a power here: {what}", changes)
