"""The only writer of groups, public links and acts about offices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger, search
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.rules import ActState
from hub.branches import queries as branches
from hub.branches.fold import founding_grant_owed
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.groups import queries, rules
from hub.groups.entries import (
    GroupCofounded,
    GroupConfirmed,
    GroupObjected,
    GroupProposed,
    GroupRegistered,
    LinkConfirmed,
    LinkDeclared,
    LinkLapsed,
    LinkProved,
    LinkShown,
    LinkWithdrawn,
    OfficeAccepted,
    OfficeChallenged,
    OfficeConfirmed,
    OfficeObjected,
    OfficeOffered,
)
from hub.groups.models import group_links, groups, office_acts
from hub.groups.rules import JOINING, LINK_KINDS
from hub.hiding import Target, hideable
from hub.ledger import Entry, Said, after_withdrawal, applies, tells
from hub.permits import P, Scope, warrants
from hub.permits import queries as permits
from hub.permits.actor import DERIVED, Grant
from hub.permits.entries import GrantEnded, GrantMade
from hub.permits.live import is_live
from hub.permits.models import grants
from hub.permits.rules import may_end_held, most_replaced
from hub.permits.scope import branch_scope

for _column in ("name", "purpose"):
    tells(groups, _column, "told_entry", entry_types=("group.proposed",))
for _column in ("url", "title"):
    tells(group_links, _column, "told_entry", entry_types=("link.declared",))

_LIVE_OF_SLUG = sa.select(groups.c.id).where(groups.c.slug == sa.bindparam("slug"), groups.c.ended_entry.is_(None))
_ADD, _ADD_LINK, _ADD_OFFICE_ACT = sa.insert(groups), sa.insert(group_links), sa.insert(office_acts)
_REGISTER = (
    sa.update(groups)
    .where(groups.c.id == sa.bindparam("key"))
    .values(registered_entry=sa.bindparam("index"), registered_at=sa.bindparam("at", type_=groups.c.proposed_at.type))
)
_END = sa.update(groups).where(groups.c.id == sa.bindparam("key")).values(ended_entry=sa.bindparam("index"))
_MADE = sa.select(grants.c.id).where(grants.c.act == sa.bindparam("act"))
_LINK = sa.select(group_links).where(group_links.c.id == sa.bindparam("link"), group_links.c.withdrawn_entry.is_(None))
_TAKE_DOWN = (
    sa.update(group_links).where(group_links.c.id == sa.bindparam("key")).values(withdrawn_entry=sa.bindparam("index"))
)


def branch_of(_tx: Connection, record: GroupProposed) -> Scope:
    """Groups are confirmed by organisers of their branch."""
    return branch_scope(record.branch)


def group_of(tx: Connection, record: Any) -> Scope | None:
    """The scope of the group a record names."""
    group = queries.find(tx, record.group)
    return None if group is None or not group.is_registered else group.scope


def may_propose(tx: Connection, entry: Entry, record: GroupProposed) -> Verdict:
    """The branch is registered, the slug is free, the way of joining is known."""
    branch = branches.find(tx, record.branch)
    if branch is None or not branch.is_registered or record.joining not in JOINING:
        return no("groups.no_branch", "No such branch is registered.")
    if not rules.slug_ok(record.slug):
        return rules.slug_ok(record.slug)
    if tx.scalar(_LIVE_OF_SLUG, {"slug": record.slug}) is not None:
        return no("groups.name_taken", "Another group has this name.")
    return act_warrants.opening("register_group", branch_of)(tx, entry, record)


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
        "hidden_entry": None,
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


def owes_registration(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A founding owes the registration once, and each founder one founding mandate of exactly its term."""
    if isinstance(record, GroupRegistered):
        group = queries.find(tx, record.group)
        is_owed = group is not None and group.id == state.subject and not group.is_registered
        return YES if is_owed else act_warrants.NOT_DUE
    return founding_grant_owed(tx, state, record, "group")


def end(tx: Connection, state: ActState, entry: Entry) -> None:
    """A founding that came to nothing frees the slug."""
    tx.execute(_END, {"key": state.subject, "index": entry.index})


def may_declare_link(tx: Connection, entry: Entry, record: LinkDeclared) -> Verdict:
    """By an organiser of the group, or as planned, while the founding takes effect; the kind of place is known."""
    if record.kind not in LINK_KINDS:
        return no("groups.link_kind", "This is no kind of place where groups meet.")
    if entry.by is None:
        is_planned = record.act is None and _first_mandate(tx, record.group) is not None
        return YES if is_planned else act_warrants.NOT_DUE
    if record.act is None:
        return no("groups.link_waits", "A link is announced first, and shown some days later.")
    return act_warrants.opening("declare_link", group_of)(tx, entry, record)


@applies(LinkDeclared, warrant=may_declare_link)
def declare_link(tx: Connection, entry: Entry, record: LinkDeclared, said: Said) -> None:
    """Adds a public link."""
    row = {
        "id": record.link,
        "group": record.group,
        "kind": record.kind,
        "url": said["url"],
        "title": said["title"],
        "told_entry": entry.index,
        "declared_at": entry.at,
        "act": record.act,
        "shown_at": entry.at if record.act is None else None,
        # A planned link counts as the first founder's: whoever confirms it must be another.
        "declared_by": _first_mandate(tx, record.group) if entry.by is None else entry.by,
        "confirmed_by": None,
        "confirmed_entry": None,
        "proved_by": None,
        "proved_entry": None,
        "lapsed_entry": None,
        "withdrawn_entry": None,
        "hidden_entry": None,
    }
    tx.execute(_ADD_LINK, row)
    if record.act is not None:
        scope = queries.get(tx, record.group).scope
        acts.open_act(tx, entry, act=record.act, procedure="declare_link", scope=scope, subject=record.link)


@applies(LinkShown, warrant=warrants.due)
def show_announced(tx: Connection, entry: Entry, record: LinkShown, said: Said) -> None:
    """The link is the group's from the moment its announcement was due."""
    _mark(tx, record.link, shown_at=clock.parse_minute(record.due))


def owes_link(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """An announcement owes that its link is shown, once, unless it was taken down."""
    row = tx.execute(_LINK, {"link": state.subject}).first()
    is_owed = isinstance(record, LinkShown) and row is not None and (record.link, row.shown_at) == (row.id, None)
    return YES if is_owed else act_warrants.NOT_DUE


def drop_link(tx: Connection, state: ActState, entry: Entry) -> None:
    """Members voted against it: it is taken down before it was ever shown."""
    if tx.execute(_LINK, {"link": state.subject}).first() is not None:
        tx.execute(_TAKE_DOWN, {"key": state.subject, "index": entry.index})


def _first_mandate(tx: Connection, key: str) -> int | None:
    """Returns the first founding mandate of a group whose founding act takes effect just now, or None."""
    group = queries.find(tx, key)
    state = None if group is None else act_queries.find(tx, group.act)
    if group is None or state is None or not state.is_open or state.current.do != "effect":
        return None
    founders = [grant.entry for grant in permits.all_grants(tx, group.scope) if grant.act == group.act]
    return min(founders, default=None)


def link_scope(tx: Connection, record: LinkWithdrawn | LinkConfirmed) -> Scope | None:
    """The scope of the group whose link this is."""
    row = tx.execute(_LINK, {"link": record.link}).first()
    group = None if row is None else queries.find(tx, row.group)
    return None if group is None else group.scope


@applies(LinkWithdrawn, warrant=warrants.office(P.LINKS_DECLARE, link_scope, ends=True))
def withdraw_link(tx: Connection, entry: Entry, record: LinkWithdrawn, said: Said) -> None:
    """Takes a public link down; its row stays."""
    tx.execute(_TAKE_DOWN, {"key": record.link, "index": entry.index})


def may_confirm_link(tx: Connection, entry: Entry, record: LinkConfirmed) -> Verdict:
    """By an organiser of the group who did not declare it, once."""
    verdict = warrants.office(P.LINKS_DECLARE, link_scope)(tx, entry, record)
    row, by = tx.execute(_LINK, {"link": record.link}).first(), warrants.warranting_grant(tx, entry)
    if not verdict or row is None or by is None:
        return verdict if not verdict else warrants.NO_WARRANT
    declared = permits.grant_by_entry(tx, row.declared_by)
    days = constitution.in_force(tx)[0].numbers["appointee_days"]
    tied = act_queries.tied_to(tx, by.holder, entry.at - dt.timedelta(days=days))
    before = declared.holder if declared else ""
    return rules.may_confirm_link(by.holder, before, row.confirmed_entry is not None, before in tied)


@applies(LinkConfirmed, warrant=may_confirm_link)
def confirm_link(tx: Connection, entry: Entry, record: LinkConfirmed, said: Said) -> None:
    """A second organiser's word."""
    _mark(tx, record.link, confirmed_by=entry.by, confirmed_entry=entry.index)


def may_note_proof(tx: Connection, entry: Entry, record: LinkProved | LinkLapsed) -> Verdict:
    """By the hub alone, about a public link that stands; only a proved one lapses."""
    row = tx.execute(_LINK, {"link": record.link}).first()
    if row is None or entry.by is not None or (isinstance(record, LinkProved) and record.method not in rules.METHODS):
        return no("groups.no_link", "No such public link stands in the record.")
    is_proved = row.proved_entry is not None and row.lapsed_entry is None
    return YES if is_proved == isinstance(record, LinkLapsed) else no("groups.link_proof", "That is so already.")


@applies(LinkProved, warrant=may_note_proof)
def note_proof(tx: Connection, entry: Entry, record: LinkProved, said: Said) -> None:
    """The proof was seen at the address."""
    _mark(tx, record.link, proved_by=record.method, proved_entry=entry.index, lapsed_entry=None)


@applies(LinkLapsed, warrant=may_note_proof)
def note_lapse(tx: Connection, entry: Entry, record: LinkLapsed, said: Said) -> None:
    """The proof is gone."""
    _mark(tx, record.link, lapsed_entry=entry.index)


def _mark(tx: Connection, link: str, **values: object) -> None:
    tx.execute(sa.update(group_links).where(group_links.c.id == link).values(**values))


def may_offer(tx: Connection, entry: Entry, record: OfficeOffered) -> Verdict:
    """By an organiser of the group; the role is one that is appointed."""
    rules, _ = constitution.in_force(tx)
    role = rules.roles.get(record.role)
    if role is None or "appointment" not in role.by or "group" not in role.scopes:
        return no("groups.not_appointed", "Nobody is appointed to this role.")
    if queries.office_act(tx, record.act) is not None:
        return act_warrants.NOT_DUE
    return act_warrants.opening("appoint_moderator", group_of)(tx, entry, record)


@applies(OfficeOffered, warrant=may_offer)
def offer(tx: Connection, entry: Entry, record: OfficeOffered, said: Said) -> None:
    """Opens the appointment."""
    scope = queries.get(tx, record.group).scope
    tx.execute(_ADD_OFFICE_ACT, {"act": record.act, "group": record.group, "role": record.role, "grant": None})
    acts.open_act(tx, entry, act=record.act, procedure="appoint_moderator", scope=scope, subject=record.group)


def may_accept(tx: Connection, entry: Entry, record: OfficeAccepted) -> Verdict:
    """While the appointment waits for it, and never by who opened it: nobody proposes what is their own.

    Source: governance.md 9.1 number 9.
    """
    state = act_queries.find(tx, record.act)
    opening = None if state is None else ledger.get(tx, state.opened_entry)
    by = None if opening is None else warrants.warranting_grant(tx, opening)
    if by is not None and by.holder == record.holder:
        return no("acts.own_case", "Nobody appoints themselves. Another organiser has to invite you.")
    return act_warrants.submitting(tx, entry, record)


@applies(OfficeAccepted, warrant=may_accept)
def accept(tx: Connection, entry: Entry, record: OfficeAccepted, said: Said) -> None:
    """Notes who accepted."""
    acts.submit(tx, entry, act=record.act, holder=record.holder)


def may_challenge(tx: Connection, entry: Entry, record: OfficeChallenged) -> Verdict:
    """By another organiser of the group, against a live derived grant in it. No mandate falls this way."""
    grant, by = permits.grant_by_id(tx, record.grant), warrants.warranting_grant(tx, entry)
    if grant is None or by is None or not is_live(grant, entry.at) or grant.scope.id != record.group:
        return warrants.NO_WARRANT
    if grant.source not in DERIVED:
        return no("permits.mandate", "A mandate is ended only by its term, its holder, or those who gave it.")
    if grant.holder == by.holder:
        return no("acts.own_case", "Nobody decides in what is about themselves. You can resign.")
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


def may_sign_withdrawal(tx: Connection, state: ActState, entry: Entry, by: Grant) -> Verdict:
    """Says whether a second organiser may sign the end of an office."""
    challenged = queries.office_act(tx, state.id)
    grant = None if challenged is None else permits.grant_by_id(tx, challenged.grant)
    if grant is None:
        return act_warrants.NOT_DUE
    return may_end_office(tx, by, grant, constitution.of_entry(tx, state.constitution).numbers, entry.at)


def may_replace(tx: Connection, scope: Scope, numbers: Mapping[str, int], at: dt.datetime) -> Verdict:
    """Says whether one more appointed office may be withdrawn: in any days that count, a third, or one (GO-05).

    Withdrawals that run are counted, so that those that take effect within any such days are never more.
    """
    since = at - dt.timedelta(days=numbers["replace_days"])
    there = [grant for grant in permits.all_grants(tx, scope) if grant.source in DERIVED]
    gone = {grant.holder for grant in there if grant.ended_why == "withdrawn" and (grant.ended_at or at) > since}
    running = {state.subject for state in act_queries.running(tx, scope, "withdraw_moderator")}
    of = {grant.holder for grant in there if is_live(grant, at)} | gone
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
    return constitution.chosen(tx, rules, "terms.appointment", state.scope.branch, state.opened_entry)


def owes_appointment(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """An appointment owes one grant: to who accepted, in the role offered, in the group, for exactly its term."""
    offered = queries.office_act(tx, state.id)
    until = state.since + dt.timedelta(days=days_of_appointment(tx, state))
    is_owed = (
        offered is not None
        and isinstance(record, GrantMade)
        and record.holder in {hand.holder for hand in state.hands if hand.hand == "submit"}
        and (record.role, record.source, record.scope) == (offered.role, "appointment", offered.group)
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
    if entry.type == "group.proposed":
        group = queries.find(tx, str(entry.data["group"]))
        if group is not None and group.is_registered:
            index(tx, group.id)


def show_purpose(tx: Connection, group: str, hidden_by: int | None) -> None:
    """Notes by which entry a group's purpose is hidden, or that it is not."""
    tx.execute(sa.update(groups).where(groups.c.id == group).values(hidden_entry=hidden_by))
    index(tx, group)


@hideable("group", show=show_purpose)
def hideable_purpose(tx: Connection, group: str) -> Target | None:
    """A registered group's purpose, which its first founder wrote."""
    found = queries.find(tx, group)
    if found is None or not found.is_registered:
        return None
    founders = [hand.holder for hand in act_queries.get(tx, found.act).hands if hand.hand == "submit"]
    return Target(found.scope, founders[0] if founders else None, f"/groups/{found.slug}")


def show_link(tx: Connection, link: str, hidden_by: int | None) -> None:
    """Notes by which entry a public link is hidden, or that it is not."""
    _mark(tx, link, hidden_entry=hidden_by)


@hideable("link", show=show_link)
def hideable_link(tx: Connection, link: str) -> Target | None:
    """A public link that stands, of whoever declared it."""
    row = tx.execute(_LINK, {"link": link}).first()
    group = None if row is None else queries.find(tx, row.group)
    if row is None or group is None:
        return None
    by = permits.grant_by_entry(tx, row.declared_by) if row.declared_by is not None else None
    return Target(group.scope, by.holder if by else None, f"/groups/{group.slug}")
