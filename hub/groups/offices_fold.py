"""The only writer of acts about offices: who is offered one and accepts it, and whose is withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import seats
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.branches import queries as branches
from hub.constitution import queries as constitution
from hub.constitution.model import Constitution
from hub.errors import YES, Verdict, no
from hub.groups import queries
from hub.groups.entries import (
    OfficeAccepted,
    OfficeChallenged,
    OfficeConfirmed,
    OfficeObjected,
    OfficeOffered,
)
from hub.groups.fold import group_of
from hub.groups.models import office_acts
from hub.ledger import Entry, Said, applies
from hub.permits import HUB, Scope, warrants
from hub.permits import queries as permits
from hub.permits.actor import DERIVED, Grant
from hub.permits.entries import GrantEnded, GrantMade
from hub.permits.live import stands
from hub.permits.models import grants
from hub.permits.rules import may_end_held, most_replaced

_ADD_OFFICE_ACT = sa.insert(office_acts)
_MADE = sa.select(grants.c.id).where(grants.c.act == sa.bindparam("act"))
# Of what is offered, by procedure; and to which roles of the hub somebody is appointed, by which procedure.
SOURCES = {"appoint_moderator": "appointment", "admit_helper": "consent", "name_press": "appointment"}
AT_HUB = {"press": "name_press"}


def place_of(tx: Connection, record: OfficeOffered | OfficeChallenged) -> Scope | None:
    """The scope of the group or of the branch that a record names, registered; not of two. The hub's, of neither."""
    if record.branch is None:
        return HUB if record.group is None else group_of(tx, record)
    branch = branches.find(tx, record.branch)
    return branch.scope if record.group is None and branch is not None and branch.is_registered else None


def may_offer(tx: Connection, entry: Entry, record: OfficeOffered) -> Verdict:
    """By an organiser of the place; the role is one that is appointed there, or that members consent to."""
    rules, _ = constitution.in_force(tx)
    scope = place_of(tx, record)
    procedure = None if scope is None else opened_for(rules, record.role, scope.kind)
    if scope is not None and procedure is None:
        return no("groups.not_appointed", "Nobody is appointed to this role.")
    if scope is None or procedure is None or queries.office_act(tx, record.act) is not None:
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
        procedure, place_of
    )(tx, entry, record)


def opened_for(rules: Constitution, role: str, kind: str) -> str | None:
    """Returns the procedure by which somebody is offered a role in a kind of place; None where nobody is."""
    found = rules.roles.get(role)
    if found is None or kind not in found.scopes:
        return None
    if kind == "hub":
        return AT_HUB.get(role)
    return next((one for one in ("appoint_moderator", "admit_helper") if SOURCES[one] in found.by), None)


def withdrawn_by(scope: Scope) -> str:
    """Returns the procedure by which an appointed office in a place is withdrawn."""
    return "withdraw_press" if scope.kind == "hub" else "withdraw_moderator"


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
    scope = place_of(tx, record)
    assert scope is not None
    tx.execute(_ADD_OFFICE_ACT, {"act": record.act, "group": record.group, "role": record.role, "grant": None})
    procedure = opened_for(constitution.in_force(tx)[0], record.role, scope.kind)
    assert procedure is not None
    acts.open_act(tx, entry, act=record.act, procedure=procedure, scope=scope, subject=scope.id)


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
    """By another organiser of the place, against a derived grant in it whose term runs. No mandate falls this way."""
    grant, by = permits.grant_by_id(tx, record.grant), warrants.warranting_grant(tx, entry)
    if grant is None or by is None or not stands(grant, entry.at) or grant.scope != place_of(tx, record):
        return warrants.NO_WARRANT
    if grant.scope == HUB and grant.role not in AT_HUB and grant.source in DERIVED:
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
        and act_warrants.opening(withdrawn_by(grant.scope), place_of)(tx, entry, record)
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
    there = [one for one in permits.all_grants(tx, scope) if one.source in DERIVED]
    there = [one for one in there if scope != HUB or one.role in AT_HUB]
    gone = {grant.holder for grant in there if grant.ended_why == "withdrawn" and (grant.ended_at or at) > since}
    running = {state.subject for state in act_queries.running(tx, scope, withdrawn_by(scope))}
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
    grant, scope = permits.grant_by_id(tx, record.grant), place_of(tx, record)
    assert grant is not None
    assert scope is not None
    row = {"act": record.act, "group": record.group, "role": grant.role, "grant": record.grant}
    tx.execute(_ADD_OFFICE_ACT, row)
    acts.open_act(tx, entry, act=record.act, procedure=withdrawn_by(scope), scope=scope, subject=grant.holder)
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
    if state.procedure in AT_HUB.values():
        return rules.terms[next(role for role, procedure in AT_HUB.items() if procedure == state.procedure)]
    return constitution.chosen(tx, rules, "terms.appointment", state.scope.branch, state.opened_entry)


def owes_appointment(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """An appointment or admission owes one grant: to who accepted, in the role offered there, for exactly its term."""
    offered = queries.office_act(tx, state.id)
    until = state.since + dt.timedelta(days=days_of_appointment(tx, state))
    is_owed = (
        offered is not None
        and isinstance(record, GrantMade)
        and record.holder in {hand.holder for hand in state.hands if hand.hand == "submit"}
        and (record.role, record.source, record.scope) == (offered.role, SOURCES[state.procedure], state.scope.id)
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
