"""The only writer of mergers: which group would end in which, what both decided, and what came of it.

Two acts, one in each group: that of the group that would end comes first, the other answers it while it runs. Whichever
is decided second carries it out. Source: governance.md 1.5.
"""

from __future__ import annotations

import datetime as dt
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
from hub.groups.entries import GroupMerged, MergerConfirmed, MergerObjected, MergerProposed
from hub.groups.fold import group_of
from hub.groups.models import group_links, groups, mergers
from hub.ledger import Entry, Said, applies, tells
from hub.permits import Grant, warrants
from hub.permits import queries as permits
from hub.permits.entries import GrantEnded
from hub.permits.fold import CLOSED, let_sleep
from hub.permits.live import stands

PROCEDURE = "merge_group"

tells(mergers, "reason", "told_entry", entry_types=("merger.proposed",))


def may_propose(tx: Connection, entry: Entry, record: MergerProposed) -> Verdict:
    """By an organiser of either group, once at a time in each: first where it ends, then where it goes on."""
    group, into = queries.find(tx, record.group), queries.find(tx, record.into)
    if group is None or into is None or not into.is_registered or into.is_closed or group.branch != into.branch:
        return no("groups.no_merger", "Two groups of one branch can merge, and both must go on until then.")
    if act_queries.running(tx, group.scope, PROCEDURE):
        return no("groups.merger_runs", "It is being decided already whether this group merges with another.")
    if (record.answers is None) == (record.group == record.into):
        return no("groups.no_merger", "The group that would end asks first; the other answers.")
    if record.answers is not None and not _is_answered(tx, record):
        return no("groups.no_merger", "No group asks to merge into this one, or it is over.")
    return act_warrants.opening(PROCEDURE, group_of)(tx, entry, record)


def _is_answered(tx: Connection, record: MergerProposed) -> bool:
    """Tells whether what an answer answers runs, asks for this group, and is answered by nobody yet."""
    asked, state = queries.merger(tx, record.answers or ""), act_queries.find(tx, record.answers or "")
    if asked is None or state is None or not state.is_open or (asked.answers, asked.into) != (None, record.into):
        return False
    return queries.answer_to(tx, asked.act) is None


@applies(MergerProposed, warrant=may_propose)
def propose(tx: Connection, entry: Entry, record: MergerProposed, said: Said) -> None:
    """Opens the act of one of the two groups, with its opener's signature."""
    asked = queries.merger(tx, record.answers) if record.answers else None
    row = {"act": record.act, "group": record.group, "ends": asked.ends if asked else record.group}
    row |= {"into": record.into, "answers": record.answers, "reason": said["reason"], "told_entry": entry.index}
    tx.execute(sa.insert(mergers), row)
    scope = queries.get(tx, record.group).scope
    acts.open_act(tx, entry, act=record.act, procedure=PROCEDURE, scope=scope, subject=record.group)
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(MergerConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: MergerConfirmed, said: Said) -> None:
    """Notes an organiser's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(MergerObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: MergerObjected, said: Said) -> None:
    """Notes an organiser's no."""
    acts.sign(tx, entry, act=record.act, yes=False)


@applies(GroupMerged, warrant=warrants.due)
def merge(tx: Connection, entry: Entry, record: GroupMerged, said: Said) -> None:
    """Nobody has power in the group that ends, its links are taken down, and no search finds it. Its page stays."""
    mine = sa.update(groups).where(groups.c.id == record.group)
    tx.execute(mine.values(closed_entry=entry.index, merged_into=record.into))
    shown = sa.update(group_links).where(group_links.c.group == record.group, group_links.c.withdrawn_entry.is_(None))
    tx.execute(shown.values(withdrawn_entry=entry.index))
    if permits.dormant_since(tx, record.group) is None:
        let_sleep(tx, entry, record.group)
    search.remove(tx, record.group)


def is_decided(tx: Connection, state: ActState) -> bool:
    """Tells whether both groups said yes, the other before this act, and both are still there."""
    mine = queries.merger(tx, state.id)
    if mine is None:
        return False
    other = mine.answers or queries.answer_to(tx, state.id)
    said = None if other is None else act_queries.find(tx, other)
    ends, into = queries.get(tx, mine.ends), queries.get(tx, mine.into)
    alive = not ends.is_closed and not into.is_closed and not into.is_dormant
    return alive and said is not None and said.outcome == "done"


def ending(tx: Connection, group: str, at: dt.datetime) -> tuple[Grant, ...]:
    """Returns the offices that a merger ends: all that stand in the group that ends."""
    there = permits.all_grants(tx, queries.get(tx, group).scope)
    return tuple(grant for grant in there if stands(grant, at))


def owes_merging(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """The second yes owes the end of each grant in the group that ends, and then its own entry. It gives nothing."""
    mine = queries.merger(tx, state.id)
    if mine is None or not is_decided(tx, state):
        return act_warrants.NOT_DUE
    if isinstance(record, GrantEnded):
        owed = {grant.id for grant in ending(tx, mine.ends, state.since)}
        is_owed = record.grant in owed and (record.why, record.ends) == (CLOSED, None)
        return YES if is_owed else act_warrants.NOT_DUE
    is_owed = isinstance(record, GroupMerged) and (record.group, record.into) == (mine.ends, mine.into)
    return YES if is_owed else act_warrants.NOT_DUE
