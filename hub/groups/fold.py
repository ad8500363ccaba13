"""The only writer of groups."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger, search
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.branches import queries as branches
from hub.branches import resting
from hub.branches.fold import founding_grant_owed
from hub.errors import YES, Verdict, no
from hub.groups import queries, rules
from hub.groups.entries import (
    GroupCofounded,
    GroupConfirmed,
    GroupDormant,
    GroupObjected,
    GroupProposed,
    GroupRegistered,
    GroupRevived,
)
from hub.groups.models import groups
from hub.groups.rules import JOINING
from hub.hiding import Target, hideable
from hub.ledger import Entry, Said, after_withdrawal, applies, tells
from hub.permits import Scope, warrants
from hub.permits import queries as permits
from hub.permits.fold import awaken, let_sleep
from hub.permits.scope import branch_scope

for _column in ("name", "purpose"):
    tells(groups, _column, "told_entry", entry_types=("group.proposed", "naming.proposed"))
_LIVE_OF_SLUG = sa.select(groups.c.id).where(groups.c.slug == sa.bindparam("slug"), groups.c.ended_entry.is_(None))
_ADD = sa.insert(groups)
_REGISTER = (
    sa.update(groups)
    .where(groups.c.id == sa.bindparam("key"))
    .values(registered_entry=sa.bindparam("index"), registered_at=sa.bindparam("at", type_=groups.c.proposed_at.type))
)
_END = sa.update(groups).where(groups.c.id == sa.bindparam("key")).values(ended_entry=sa.bindparam("index"))


def branch_of(_tx: Connection, record: GroupProposed) -> Scope:
    """Groups are confirmed by organisers of their branch."""
    return branch_scope(record.branch)


def group_of(tx: Connection, record: Any) -> Scope | None:
    """The scope of the group a record names."""
    group = queries.find(tx, record.group)
    return None if group is None or not group.is_registered else group.scope


def may_propose(tx: Connection, entry: Entry, record: GroupProposed) -> Verdict:
    """The branch is registered, the slug is free, the way of joining is known, and so many places can be."""
    branch = branches.find(tx, record.branch)
    if branch is None or not branch.is_registered or record.joining not in JOINING:
        return no("groups.no_branch", "No such branch is registered.")
    if queries.find(tx, record.group) is not None:
        return no("groups.proposed_before", "This group was proposed before.")
    if not rules.slug_ok(record.slug):
        return rules.slug_ok(record.slug)
    if tx.scalar(_LIVE_OF_SLUG, {"slug": record.slug}) is not None:
        return no("groups.name_taken", "Another group has this name.")
    return rules.seats_ok(record.seats, rules.MOST_SEATS) and act_warrants.opening("register_group", branch_of)(
        tx, entry, record
    )


@applies(GroupProposed, warrant=may_propose)
def propose(tx: Connection, entry: Entry, record: GroupProposed, said: Said) -> None:
    """Adds the proposed group and opens its founding act, with its first founder."""
    row = {
        "id": record.group,
        "slug": record.slug,
        "branch": record.branch,
        "name": said["name"],
        "purpose": said["purpose"],
        "told_entry": entry.index,
        "joining": record.joining,
        "seats": record.seats,
        "act": record.act,
        "proposed_entry": entry.index,
        "proposed_at": entry.at,
        "registered_entry": None,
        "registered_at": None,
        "ended_entry": None,
        "closed_entry": None,
        "merged_into": None,
    }
    tx.execute(_ADD, row)
    scope = branch_of(tx, record)
    acts.open_act(tx, entry, act=record.act, procedure="register_group", scope=scope, subject=record.group)
    acts.submit(tx, entry, act=record.act, holder=record.holder)


@applies(GroupCofounded, warrant=act_warrants.submitting)
def cofound(tx: Connection, entry: Entry, record: GroupCofounded, said: Said) -> None:
    """Adds a founder."""
    acts.submit(tx, entry, act=record.act, holder=record.holder)


@applies(GroupConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: GroupConfirmed, said: Said) -> None:
    """Notes a branch organiser's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(GroupObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: GroupObjected, said: Said) -> None:
    """Notes a branch organiser's no; the reason stands in its opening."""
    acts.sign(tx, entry, act=record.act, yes=False)


@applies(GroupRegistered, warrant=warrants.due)
def register(tx: Connection, entry: Entry, record: GroupRegistered, said: Said) -> None:
    """The group exists from the moment the act was due, and can be found."""
    tx.execute(_REGISTER, {"key": record.group, "index": entry.index, "at": clock.parse_minute(record.due)})
    index(tx, record.group)


@applies(GroupDormant, warrant=resting.may_rest(lambda tx, record: queries.find(tx, record.group), "group"))
def let_rest(tx: Connection, entry: Entry, record: GroupDormant, said: Said) -> None:
    """Nobody has power in the group from now on."""
    let_sleep(tx, entry, record.group)


def may_revive(tx: Connection, entry: Entry, record: GroupRevived) -> Verdict:
    """By the hub alone, of a dormant group that its members have not closed."""
    group = queries.find(tx, record.group)
    if group is not None and group.is_closed:
        return no("groups.closed", "The members of this group closed it.")
    return resting.may_revive(lambda *_: group, "group")(tx, entry, record)


@applies(GroupRevived, warrant=may_revive)
def revive(tx: Connection, entry: Entry, record: GroupRevived, said: Said) -> None:
    """Grants that stand hold again; the election that is owed from now on takes their place."""
    awaken(tx, entry, record.group)


def owes_registration(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A founding owes the registration once, and each founder one founding mandate of exactly its term."""
    if isinstance(record, GroupRegistered):
        group = queries.find(tx, record.group)
        is_owed = group is not None and group.id == state.subject and not group.is_registered
        return YES if is_owed else act_warrants.NOT_DUE
    return founding_grant_owed(tx, state, record, "group")


def end(tx: Connection, state: ActState, entry: Entry) -> None:
    """A founding that came to nothing frees the slug; one that was refused, once that is appealed no more."""
    if not state.is_appealable:
        tx.execute(_END, {"key": state.subject, "index": entry.index})


def index(tx: Connection, key: str) -> None:
    """Keeps what a registered group is found by: name, purpose, branch, the area's names and districts."""
    group = queries.get(tx, key)
    area = branches.area(tx, group.area)
    texts = [group.purpose, group.branch_name, *area.names, *area.districts]
    search.put(tx, kind="group", key=group.id, name=group.name, texts=texts)


@after_withdrawal
def forget(tx: Connection, entry: Entry, name: str) -> None:
    """Takes withdrawn words out of the search."""
    if entry.type in ("group.proposed", "naming.proposed"):
        group = queries.find(tx, str(entry.data["group"]))
        if group is not None and group.is_registered:
            index(tx, group.id)


@hideable("group", changed=index)
def hideable_purpose(tx: Connection, group: str) -> Target | None:
    """A registered group's purpose, which its first founder wrote."""
    found = queries.find(tx, group)
    if found is None or not found.is_registered:
        return None
    called = f"what {found.name or found.slug} says of itself"
    return Target(found.scope, author_of(tx, found), f"/groups/{found.slug}", called=called)


def index_named(tx: Connection, target: str) -> None:
    """Keeps a group findable by its name, or not."""
    index(tx, target.removeprefix(queries.NAME_OF))


@hideable("group_name", changed=index_named)
def hideable_name(tx: Connection, target: str) -> Target | None:
    """A registered group's name: pages show the words of its address instead. target: name_ and the group's id."""
    found = queries.find(tx, target.removeprefix(queries.NAME_OF)) if target.startswith(queries.NAME_OF) else None
    if found is None or not found.is_registered:
        return None
    return Target(
        found.scope, author_of(tx, found), f"/groups/{found.slug}", called=f"the name of the group {found.slug}"
    )


def author_of(tx: Connection, group: queries.Group) -> str | None:
    """Returns who wrote a group's words: whoever proposed the present ones, or its first founder."""
    told = ledger.get(tx, group.told_entry)
    if told is not None and told.type == "naming.proposed":
        by = None if told.by is None else permits.grant_by_entry(tx, told.by)
        return None if by is None else by.holder
    founders = [hand.holder for hand in act_queries.get(tx, group.act).hands if hand.hand == "submit"]
    return founders[0] if founders else None
