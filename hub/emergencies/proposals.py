"""What an emergency measure would do, in words."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import Change, Proposal, proposes, role_name
from hub.acts.rules import ActState
from hub.emergencies import queries
from hub.groups.proposals import name_of
from hub.hiding import targets


@proposes("measure.begin")
def measure(tx: Connection, state: ActState) -> Proposal:
    """What is paused, where, why, and until when."""
    found = queries.find(tx, state.id)
    assert found is not None
    where = name_of(tx, found.scope_id)
    what = {
        "pause_role": f"rest the office of {role_name(tx, state, found.role or '')} in {where}",
        "freeze_settings": f"close the settings of {where}",
        "pause_posting": f"stop new public links of {where}",
        "hide_content": f"hide {targets.called(tx, found.target_kind or '', found.target or '')}",
    }
    lasts = f"{state.effect.lasts} days from the last signature that it takes"
    until = Change("Until", None, f"{found.until_at:%-d %B %Y}") if found.until_at else Change("For", None, lasts)
    changes = (until, Change("The reason given", None, found.reason or "(words withdrawn)"))
    return Proposal(f"{what.get(found.kind, found.kind)}, by an emergency measure", changes)
