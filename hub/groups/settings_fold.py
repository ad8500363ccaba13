"""The only writer of proposed settings, and of a group's settings once they were decided."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.errors import YES, Verdict, no
from hub.groups import queries
from hub.groups.entries import GroupChanged, NamingProposed, SettingsConfirmed, SettingsObjected, SettingsProposed
from hub.groups.fold import group_of, index
from hub.groups.models import groups, settings_changes
from hub.groups.rules import JOINING, MOST_SEATS, seats_ok
from hub.ledger import Entry, Said, applies, tells
from hub.permits import warrants

_ADD = sa.insert(settings_changes)
for _column in ("name", "purpose"):
    tells(settings_changes, _column, "told_entry", entry_types=("naming.proposed",))


def may_propose(tx: Connection, entry: Entry, record: SettingsProposed) -> Verdict:
    """By an organiser of the group, so many places as can be, and something changes; one change at a time."""
    group = queries.find(tx, record.group)
    if group is None or not group.is_registered or record.joining not in JOINING:
        return no("groups.no_settings", "No such settings can be given to a group.")
    if (record.joining, record.seats) == (group.joining, group.seats):
        return no("groups.same_settings", "That is how it is already.")
    if act_queries.running(tx, group.scope, "change_settings"):
        return no("groups.change_runs", "Another change of this group's settings runs. Wait for it to end.")
    return seats_ok(record.seats, MOST_SEATS) and act_warrants.opening("change_settings", group_of)(tx, entry, record)


@applies(SettingsProposed, warrant=may_propose)
def propose(tx: Connection, entry: Entry, record: SettingsProposed, said: Said) -> None:
    """Opens the change, with its opener's signature."""
    row = {"act": record.act, "group": record.group, "joining": record.joining, "seats": record.seats}
    tx.execute(_ADD, row)
    scope = queries.get(tx, record.group).scope
    acts.open_act(tx, entry, act=record.act, procedure="change_settings", scope=scope, subject=record.group)
    acts.sign(tx, entry, act=record.act, yes=True)


def may_propose_naming(tx: Connection, entry: Entry, record: NamingProposed) -> Verdict:
    """By an organiser of the group, one change at a time. That the name is nobody else's rests on the hub's word."""
    group = queries.find(tx, record.group)
    if group is None or not group.is_registered:
        return no("groups.no_settings", "No such settings can be given to a group.")
    if act_queries.running(tx, group.scope, "change_settings"):
        return no("groups.change_runs", "Another change of this group's settings runs. Wait for it to end.")
    return act_warrants.opening("change_settings", group_of)(tx, entry, record)


@applies(NamingProposed, warrant=may_propose_naming)
def propose_naming(tx: Connection, entry: Entry, record: NamingProposed, said: Said) -> None:
    """Opens the change, with its opener's signature; who may join stays as it is."""
    group = queries.get(tx, record.group)
    row = {"act": record.act, "group": record.group, "joining": group.joining, "seats": group.seats}
    tx.execute(_ADD, {**row, "name": said["name"], "purpose": said["purpose"], "told_entry": entry.index})
    acts.open_act(tx, entry, act=record.act, procedure="change_settings", scope=group.scope, subject=record.group)
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(SettingsConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: SettingsConfirmed, said: Said) -> None:
    """Notes an organiser's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(SettingsObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: SettingsObjected, said: Said) -> None:
    """Notes an organiser's no."""
    acts.sign(tx, entry, act=record.act, yes=False)


@applies(GroupChanged, warrant=warrants.due)
def change(tx: Connection, entry: Entry, record: GroupChanged, said: Said) -> None:
    """The group has its new settings, or its new words."""
    mine, found = sa.update(groups).where(groups.c.id == record.group), queries.settings_change(tx, record.act)
    tx.execute(mine.values(joining=record.joining, seats=record.seats))
    if found is not None and found.told_entry is not None:
        tx.execute(mine.values(name=found.name, purpose=found.purpose, told_entry=found.told_entry))
        index(tx, record.group)


def owes_change(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A change owes exactly the settings that were proposed."""
    found = queries.settings_change(tx, state.id)
    is_owed = (
        found is not None
        and isinstance(record, GroupChanged)
        and (record.group, record.joining, record.seats) == (found.group, found.joining, found.seats)
    )
    return YES if is_owed else act_warrants.NOT_DUE
