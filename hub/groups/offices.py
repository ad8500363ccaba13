"""The verbs of appointed office: offer, accept, confirm, challenge, object. Two organisers; never against a mandate."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts import seats
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.branches import actions as letters
from hub.constitution import queries as constitution
from hub.constitution.actions import accept_office
from hub.errors import Forbidden, NotFound, insist
from hub.groups import fold, queries
from hub.groups.entries import (
    OfferWithdrawn,
    OfficeAccepted,
    OfficeChallenged,
    OfficeConfirmed,
    OfficeObjected,
    OfficeOffered,
)
from hub.groups.queries import Group
from hub.people import invitations
from hub.permits import HUB, Actor, P, R, require, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.entries import GrantEnded, GrantMade
from hub.permits.live import is_live
from hub.permits.predicates import code_is_fresh
from hub.permits.warrants import NO_WARRANT


def offer(tx: Connection, *, group: Group, actor: Actor, role: str = "moderator") -> tuple[str, str]:
    """Opens an appointment; returns the act and the secret of its one-use link. Raises Forbidden, RuleViolation."""
    grant = require(actor, P.APPOINTMENTS_MAKE, group.scope)
    insist(queries.takes_acts(tx, group))
    act = ids.new("act")
    ledger.append(tx, OfficeOffered(act, group.id, role), by=grant.entry)
    days = act_queries.get(tx, act).current.days
    assert days is not None
    token = invitations.issue(tx, kind="appoint", scope=group.scope, act=act, role=role, by=actor.person, days=days)
    return act, token


def accept(tx: Connection, *, token: str, shown: str, actor: Actor) -> Group:
    """Accepts an office by a one-use link; two organisers sign next. Raises NotFound, Forbidden, RuleViolation."""
    invitation = invitations.look(tx, token)
    if invitation.kind != "appoint" or invitation.act is None:
        raise NotFound
    group, state = queries.get(tx, invitation.scope.id), act_queries.get(tx, invitation.act)
    # A helper may come from anywhere: they are there by the consent of the group's members alone.
    require_right(actor, R.ACCEPT_OFFICE, HUB if fold.SOURCES[state.procedure] == "consent" else group.scope)
    rules = constitution.of_entry(tx, state.constitution)
    holder = accept_office(tx, role=invitation.role, rules=rules, shown=shown, actor=actor)
    ledger.append(tx, OfficeAccepted(invitation.act, holder), by=right_of_members(tx))
    assert actor.person is not None
    invitations.consume(tx, token, actor.person)
    acts.run(tx, invitation.act)
    organisers = _organisers(tx, group) - {holder}
    letters.tell_holders(tx, sorted(organisers), "appointment_waits", f"/groups/{group.slug}/power")
    return group


def take_offer_back(tx: Connection, *, act: str, actor: Actor) -> None:
    """Takes an invitation back that nobody has accepted, also one to stand in; its link stops working.

    Raises Forbidden without an office there, RuleViolation groups.offer_over or groups.not_your_offer.
    """
    state = act_queries.get(tx, act)
    grant = next((one for one in actor.grants if one.scope == state.scope and is_live(one, clock.now())), None)
    if grant is None:
        raise Forbidden(NO_WARRANT)
    fresh = code_is_fresh(actor, P.APPOINTMENTS_MAKE, state.scope, clock.now())
    if not fresh:
        raise Forbidden(fresh)
    ledger.append(tx, OfferWithdrawn(act), by=grant.entry)
    acts.run(tx, act)
    invitations.revoke(tx, act=act)


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs an appointment or a withdrawal. Raises Forbidden, RuleViolation acts.* for who may not or has already."""
    state = act_queries.get(tx, act)
    grant = require(actor, P.APPOINTMENTS_MAKE, state.scope, ends=state.only_ends)
    ledger.append(tx, OfficeConfirmed(act), by=grant.entry)
    acts.run(tx, act)
    state, offered = act_queries.get(tx, act), queries.office_act(tx, act)
    if state.procedure == "appoint_moderator" and state.current.do == "notice" and offered is not None:
        group = queries.get(tx, offered.group)
        told = _organisers(tx, group) | {hand.holder for hand in state.hands if hand.hand == "submit"}
        letters.tell_holders(tx, sorted(told), "appointment_begins", f"/groups/{group.slug}/power")


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects to an appointment or a withdrawal. Raises Invalid without a reason, Forbidden, RuleViolation acts.*."""
    grant = require(actor, P.APPOINTMENTS_MAKE, act_queries.get(tx, act).scope, ends=True)
    letters.insist_on_reason(reason)
    ledger.append(tx, OfficeObjected(act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)


def challenge(tx: Connection, *, group: Group, grant: str, actor: Actor) -> str:
    """Opens the withdrawal of an appointed office, with the actor's signature; returns the act.

    Raises Forbidden for who may not appoint, RuleViolation permits.mandate: no mandate falls this way.
    """
    mine = require(actor, P.APPOINTMENTS_MAKE, group.scope, ends=True)
    act = ids.new("act")
    ledger.append(tx, OfficeChallenged(act, group.id, grant), by=mine.entry)
    acts.run(tx, act)
    waiting = _organisers(tx, group) - {mine.holder}
    letters.tell_holders(tx, [act_queries.get(tx, act).subject], "withdrawal_waits", f"/groups/{group.slug}/power")
    letters.tell_holders(tx, sorted(waiting), "appointment_waits", f"/groups/{group.slug}/power")
    return act


@effect("office.admit", owes=fold.owes_appointment)
@effect("office.appoint", owes=fold.owes_appointment)
def appoint(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Makes the grant, and tells its holder; none for who is no member any more (GO-02), nor where no seat is free."""
    offered = queries.office_act(tx, state.id)
    assert offered is not None
    days = fold.days_of_appointment(tx, state)
    until = clock.format_minute(due + dt.timedelta(days=days))
    holder = next(hand.holder for hand in state.hands if hand.hand == "submit")
    text = constitution.of_entry(tx, state.constitution)
    if not seats.has_room(tx, text, offered.role, state.scope, due):
        return
    if letters.has_left(tx, holder) or not permits.is_compatible(tx, holder, offered.role, clock.now()):
        return
    grant = GrantMade(
        ids.new("grt"), holder, offered.role, offered.group, state.scope.branch, fold.SOURCES[state.procedure],
        state.id, state.step, clock.format_minute(due), until,
    )  # fmt: skip
    ledger.append(tx, grant, by=None)
    letters.tell_holders(tx, [holder], "appointed", f"/groups/{queries.get(tx, offered.group).slug}/power")


@effect("office.withdraw", owes=fold.owes_withdrawal, signs=fold.may_sign_withdrawal, ends="withdrawn")
def withdraw(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Ends the grant that was challenged, and tells its holder; one that ended meanwhile stays as it is."""
    challenged = queries.office_act(tx, state.id)
    assert challenged is not None
    held = {grant.id for grant in permits.standing_grants(tx, scope=state.scope)}
    if challenged.grant in held:
        moment = clock.format_minute(due)
        ledger.append(tx, GrantEnded(challenged.grant, "withdrawn", state.id, state.step, moment), by=None)
        letters.tell_holders(
            tx, [state.subject], "withdrawn", f"/groups/{queries.get(tx, challenged.group).slug}/power"
        )


def _organisers(tx: Connection, group: Group) -> set[str]:
    held = permits.standing_grants(tx, scope=group.scope)
    return {grant.holder for grant in held if P.APPOINTMENTS_MAKE in grant.permissions}
