"""The only writer of groups and of acts about offices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger, search
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import seats
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.branches import queries as branches
from hub.branches import resting
from hub.branches.fold import founding_grant_owed
from hub.constitution import queries as constitution
from hub.constitution.model import Constitution
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
    OfficeAccepted,
    OfficeChallenged,
    OfficeConfirmed,
    OfficeObjected,
    OfficeOffered,
)
from hub.groups.models import groups, office_acts
from hub.groups.rules import JOINING
from hub.hiding import Target, hideable
from hub.ledger import Entry, Said, after_withdrawal, applies, tells
from hub.permits import Scope, warrants
from hub.permits import queries as permits
from hub.permits.actor import DERIVED, Grant
from hub.permits.entries import GrantEnded, GrantMade
from hub.permits.fold import awaken, let_sleep
from hub.permits.live import stands
from hub.permits.models import grants
from hub.permits.rules import may_end_held, most_replaced
from hub.permits.scope import branch_scope

for _column in ("name", "purpose"):
    tells(groups, _column, "told_entry", entry_types=("group.proposed", "naming.proposed"))
_LIVE_OF_SLUG = sa.select(groups.c.id).where(groups.c.slug == sa.bindparam("slug"), groups.c.ended_entry.is_(None))
_ADD, _ADD_OFFICE_ACT = sa.insert(groups), sa.insert(office_acts)
_REGISTER = (
    sa.update(groups)
    .where(groups.c.id == sa.bindparam("key"))
    .values(registered_entry=sa.bindparam("index"), registered_at=sa.bindparam("at", type_=groups.c.proposed_at.type))
)
_END = sa.update(groups).where(groups.c.id == sa.bindparam("key")).values(ended_entry=sa.bindparam("index"))
_MADE = sa.select(grants.c.id).where(grants.c.act == sa.bindparam("act"))


SOURCES = {"appoint_moderator": "appointment", "admit_helper": "consent"}  # of what is offered, by procedure


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


def may_offer(tx: Connection, entry: Entry, record: OfficeOffered) -> Verdict:
    """By an organiser of the group; the role is one that is appointed, or that members consent to."""
    rules, _ = constitution.in_force(tx)
    procedure = opened_for(rules, record.role)
    if procedure is None:
        return no("groups.not_appointed", "Nobody is appointed to this role.")
    scope = group_of(tx, record)
    if scope is None or queries.office_act(tx, record.act) is not None:
        return act_warrants.NOT_DUE
    by = warrants.warranting_grant(tx, entry)
    if by is None:
        return warrants.NO_WARRANT
    mine = [one for one in unanswered(tx, scope) if inviter(tx, one) == by.holder]
    if len(mine) >= rules.numbers["offers_at_once"]:
        return no("groups.too_many_offers", "Nobody has answered your other invitations yet. Take one back first.")
    # What nobody accepted takes no seat from what others offer: a seat is promised to who accepted, first come.
    open_to = {one.id for one in unanswered(tx, scope)} - {one.id for one in mine}
    promised = sum(one.id not in open_to for one in offered_there(tx, scope, record.role))
    return seats.has_room(tx, rules, record.role, scope, entry.at, promised=promised) and act_warrants.opening(
        procedure, group_of
    )(tx, entry, record)


def opened_for(rules: Constitution, role: str) -> str | None:
    """Returns the procedure by which somebody is offered a role of a group; None where nobody is."""
    found = rules.roles.get(role)
    by = found.by if found is not None and "group" in found.scopes else ()
    return next((procedure for procedure, source in SOURCES.items() if source in by), None)


def unanswered(tx: Connection, scope: Scope) -> list[ActState]:
    """Returns the appointments that run in a place, to whichever role, and that nobody has accepted."""
    return [one for one in act_queries.running(tx, scope) if one.procedure in SOURCES and one.current.do == "submit"]


def inviter(tx: Connection, state: ActState) -> str | None:
    """Returns the holder who opened an act by an office."""
    opening = ledger.get(tx, state.opened_entry)
    by = None if opening is None or opening.by is None else permits.grant_by_entry(tx, opening.by)
    return None if by is None else by.holder


def offered_there(tx: Connection, scope: Scope, role: str) -> list[ActState]:
    """Returns the appointments to a role that run in a place: each may fill a seat."""
    running = [one for one in act_queries.running(tx, scope) if one.procedure in SOURCES]
    return [one for one in running if (about := queries.office_act(tx, one.id)) is not None and about.role == role]


@applies(OfficeOffered, warrant=may_offer)
def offer(tx: Connection, entry: Entry, record: OfficeOffered, said: Said) -> None:
    """Opens the appointment."""
    scope = queries.get(tx, record.group).scope
    tx.execute(_ADD_OFFICE_ACT, {"act": record.act, "group": record.group, "role": record.role, "grant": None})
    procedure = opened_for(constitution.in_force(tx)[0], record.role)
    assert procedure is not None
    acts.open_act(tx, entry, act=record.act, procedure=procedure, scope=scope, subject=record.group)


def may_accept(tx: Connection, entry: Entry, record: OfficeAccepted) -> Verdict:
    """While the appointment waits for it, and never by who opened it: nobody proposes what is their own.

    Source: governance.md 9.1 number 9.
    """
    state = act_queries.find(tx, record.act)
    if state is not None and inviter(tx, state) == record.holder:
        return no("acts.own_case", "Nobody appoints themselves. Another organiser has to invite you.")
    offered = queries.office_act(tx, record.act)
    if state is not None and offered is not None:
        others = [one for one in offered_there(tx, state.scope, offered.role) if one.id != state.id]
        accepted = sum(any(hand.hand == "submit" for hand in one.hands) for one in others)
        text = constitution.of_entry(tx, state.constitution)
        room = seats.has_room(tx, text, offered.role, state.scope, entry.at, promised=accepted)
        if not room:
            return room
    return act_warrants.submitting(tx, entry, record)


@applies(OfficeAccepted, warrant=may_accept)
def accept(tx: Connection, entry: Entry, record: OfficeAccepted, said: Said) -> None:
    """Notes who accepted."""
    acts.submit(tx, entry, act=record.act, holder=record.holder)


def may_challenge(tx: Connection, entry: Entry, record: OfficeChallenged) -> Verdict:
    """By another organiser of the group, against a derived grant in it whose term runs. No mandate falls this way."""
    grant, by = permits.grant_by_id(tx, record.grant), warrants.warranting_grant(tx, entry)
    if grant is None or by is None or not stands(grant, entry.at) or grant.scope.id != record.group:
        return warrants.NO_WARRANT
    if grant.source not in DERIVED:
        return no("permits.mandate", "A mandate is ended only by its term, its holder, or those who gave it.")
    if grant.holder == by.holder:
        return no("acts.own_case", "Nobody decides in what is about themselves. You can resign.")
    if grant.stands_for == by.holder:
        return no("groups.take_back", "You lent this office. You take it back at once, and need nobody else for it.")
    numbers = constitution.in_force(tx)[0].numbers
    return (
        may_end_office(tx, by, grant, numbers, entry.at)
        and may_replace(tx, grant.scope, numbers, entry.at)
        and act_warrants.opening("withdraw_moderator", group_of)(tx, entry, record)
    )


def may_end_office(tx: Connection, by: Grant, grant: Grant, numbers: Mapping[str, int], at: dt.datetime) -> Verdict:
    """Says whether an organiser has been one for long enough to propose, or to second, the end of an office (GO-04)."""
    mine, theirs = permits.held_since(tx, by), permits.held_since(tx, grant)
    return may_end_held(mine, theirs, numbers["tenure_days"], at)


def may_sign_withdrawal(tx: Connection, state: ActState, at: dt.datetime, by: Grant) -> Verdict:
    """Says whether a second organiser may sign the end of an office."""
    challenged = queries.office_act(tx, state.id)
    grant = None if challenged is None else permits.grant_by_id(tx, challenged.grant)
    if grant is None:
        return act_warrants.NOT_DUE
    return may_end_office(tx, by, grant, constitution.of_entry(tx, state.constitution).numbers, at)


def may_replace(tx: Connection, scope: Scope, numbers: Mapping[str, int], at: dt.datetime) -> Verdict:
    """Says whether one more appointed office may be withdrawn: in any days that count, a third, or one (GO-05).

    Withdrawals that run are counted, so that those that take effect within any such days are never more.
    """
    since = at - dt.timedelta(days=numbers["replace_days"])
    there = [grant for grant in permits.all_grants(tx, scope) if grant.source in DERIVED]
    gone = {grant.holder for grant in there if grant.ended_why == "withdrawn" and (grant.ended_at or at) > since}
    running = {state.subject for state in act_queries.running(tx, scope, "withdraw_moderator")}
    of = {grant.holder for grant in there if stands(grant, at)} | gone
    if len(gone | running) < most_replaced(len(of)):
        return YES
    return no(
        "groups.too_many_withdrawn",
        f"Within {numbers['replace_days']} days organisers withdraw at most a third of the offices here, or one.",
    )


@applies(OfficeChallenged, warrant=may_challenge)
def challenge(tx: Connection, entry: Entry, record: OfficeChallenged, said: Said) -> None:
    """Opens the withdrawal, with its opener's signature."""
    grant, scope = permits.grant_by_id(tx, record.grant), queries.get(tx, record.group).scope
    assert grant is not None
    row = {"act": record.act, "group": record.group, "role": grant.role, "grant": record.grant}
    tx.execute(_ADD_OFFICE_ACT, row)
    acts.open_act(tx, entry, act=record.act, procedure="withdraw_moderator", scope=scope, subject=grant.holder)
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(OfficeConfirmed, warrant=act_warrants.signing)
def confirm_office(tx: Connection, entry: Entry, record: OfficeConfirmed, said: Said) -> None:
    """Notes an organiser's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(OfficeObjected, warrant=act_warrants.objecting)
def object_to_office(tx: Connection, entry: Entry, record: OfficeObjected, said: Said) -> None:
    """Notes an organiser's no."""
    acts.sign(tx, entry, act=record.act, yes=False)


def days_of_appointment(tx: Connection, state: ActState) -> int:
    """Returns for how long an act appoints: under the rules, and the branch's choice, with which it was opened."""
    rules = constitution.of_entry(tx, state.constitution)
    if SOURCES[state.procedure] == "consent":
        return rules.terms["helper"]
    return constitution.chosen(tx, rules, "terms.appointment", state.scope.branch, state.opened_entry)


def owes_appointment(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """An appointment or admission owes one grant: to who accepted, in the role offered there, for exactly its term."""
    offered = queries.office_act(tx, state.id)
    until = state.since + dt.timedelta(days=days_of_appointment(tx, state))
    is_owed = (
        offered is not None
        and isinstance(record, GrantMade)
        and record.holder in {hand.holder for hand in state.hands if hand.hand == "submit"}
        and (record.role, record.source, record.scope) == (offered.role, SOURCES[state.procedure], offered.group)
        and record.branch == state.scope.branch
        and record.until == clock.format_minute(until)
        and tx.scalar(_MADE, {"act": state.id}) is None
    )
    return YES if is_owed else act_warrants.NOT_DUE


def owes_withdrawal(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A withdrawal owes the end of the grant that was challenged."""
    challenged = queries.office_act(tx, state.id)
    is_owed = (
        challenged is not None
        and isinstance(record, GrantEnded)
        and (record.grant, record.why) == (challenged.grant, "withdrawn")
    )
    return YES if is_owed else act_warrants.NOT_DUE


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
