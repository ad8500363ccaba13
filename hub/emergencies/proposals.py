"""What an emergency measure would do, and its extension, in words."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import Change, Proposal, proposes, role_name, still
from hub.acts.state import ActState
from hub.emergencies import extending_fold, queries, rules
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
        rules.ELECTION: f"have organisers elected now in {where}",
        "hide_content": f"hide {targets.called(tx, found.target_kind or '', found.target or '')}",
    }
    reason = Change("The reason given", None, found.reason or "(words withdrawn)")
    asks = f"{what.get(found.kind, found.kind)}, by an emergency measure"
    if found.kind == rules.ELECTION:
        return Proposal(asks, (Change("Offices", None, "as they are, until the result of that election"), reason))
    lasts = f"{state.effect.lasts} days from the last signature that it takes"
    until = Change("Until", None, f"{found.until_at:%-d %B %Y}") if found.until_at else Change("For", None, lasts)
    return Proposal(asks, (until, reason))


@proposes("measure.extend")
def extension(tx: Connection, state: ActState) -> Proposal:
    """How much longer the measure lasts, until when, and why."""
    asked, found = queries.find_extension(tx, state.id), queries.find(tx, state.subject)
    assert asked is not None
    assert found is not None
    later = asked.until_at or extending_fold.until_of(tx, state)
    until = Change("Until", still(state, f"{found.until_at:%-d %B %Y}"), f"{later:%-d %B %Y}")
    reason = Change("The reason given", None, asked.reason or "(words withdrawn)")
    where = name_of(tx, found.scope_id)
    return Proposal(f"let the emergency measure in {where} last longer, once", (until, reason))
