"""The only writer of closures: what would close a group, and what closed it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import search
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.errors import YES, Verdict, no
from hub.groups import queries
from hub.groups.entries import ClosureConfirmed, ClosureObjected, ClosureProposed, GroupClosed
from hub.groups.fold import group_of
from hub.groups.models import closures, group_links, groups
from hub.ledger import Entry, Said, applies, tells
from hub.permits import queries as permits
from hub.permits import warrants
from hub.permits.entries import GrantEnded
from hub.permits.fold import CLOSED, let_sleep
from hub.permits.live import stands

PROCEDURE = "close_group"

tells(closures, "reason", "told_entry", entry_types=("closure.proposed",))


def may_propose(tx: Connection, entry: Entry, record: ClosureProposed) -> Verdict:
    """By an organiser of the group, once at a time. Nobody outside of it closes it. Source: governance.md 1.5."""
    group = queries.find(tx, record.group)
    if group is not None and act_queries.running(tx, group.scope, PROCEDURE):
        return no("groups.closing_runs", "It is being decided already whether this group closes.")
    return act_warrants.opening(PROCEDURE, group_of)(tx, entry, record)


@applies(ClosureProposed, warrant=may_propose)
def propose(tx: Connection, entry: Entry, record: ClosureProposed, said: Said) -> None:
    """Opens the act, with its opener's signature."""
    row = {"act": record.act, "group": record.group, "reason": said["reason"], "told_entry": entry.index}
    tx.execute(sa.insert(closures), row)
    scope = queries.get(tx, record.group).scope
    acts.open_act(tx, entry, act=record.act, procedure=PROCEDURE, scope=scope, subject=record.group)
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(ClosureConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: ClosureConfirmed, said: Said) -> None:
    """Notes an organiser's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(ClosureObjected, warrant=act_warrants.signing)
def object_to(tx: Connection, entry: Entry, record: ClosureObjected, said: Said) -> None:
    """Notes an organiser's no."""
    acts.sign(tx, entry, act=record.act, yes=False)


@applies(GroupClosed, warrant=warrants.due)
def close(tx: Connection, entry: Entry, record: GroupClosed, said: Said) -> None:
    """Nobody has power in the group any more, its links are taken down, and no search finds it. Its page stays."""
    tx.execute(sa.update(groups).where(groups.c.id == record.group).values(closed_entry=entry.index))
    shown = sa.update(group_links).where(group_links.c.group == record.group, group_links.c.withdrawn_entry.is_(None))
    tx.execute(shown.values(withdrawn_entry=entry.index))
    if permits.dormant_since(tx, record.group) is None:
        let_sleep(tx, entry, record.group)
    search.remove(tx, record.group)


def owes_closing(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A closing owes the end of each grant that stood in the group when the vote closed, and then its own entry."""
    if isinstance(record, GrantEnded):
        grant = permits.grant_by_id(tx, record.grant)
        is_owed = (
            grant is not None
            and grant.scope.id == state.subject
            and stands(grant, state.since)
            and (record.why, record.ends) == (CLOSED, None)
        )
        return YES if is_owed else act_warrants.NOT_DUE
    group = queries.find(tx, state.subject)
    is_owed = isinstance(record, GroupClosed) and group is not None and record.group == group.id and not group.is_closed
    return YES if is_owed else act_warrants.NOT_DUE
