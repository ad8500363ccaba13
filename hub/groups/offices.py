"""The verbs of appointed office: offer, accept, confirm, challenge, object. Two organisers; never against a mandate.

Where an office is the hub's, as the press's are, it takes two of the council.
"""

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
from hub.branches import queries as branches
from hub.branches.queries import Branch
from hub.constitution import queries as constitution
from hub.constitution.actions import accept_office
from hub.errors import Forbidden, NotFound, insist
from hub.groups import offices_fold, queries
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
from hub.permits import HUB, Actor, P, R, Scope, require, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.entries import GrantEnded, GrantMade
from hub.permits.live import is_live
from hub.permits.predicates import code_is_fresh
from hub.permits.protecting import insist_on_peace
from hub.permits.warrants import NO_WARRANT


def offer(tx: Connection, *, place: Group | Branch | None, actor: Actor, role: str = "moderator") -> tuple[str, str]:
    """Opens an appointment in a group, a branch, or for None at the hub; returns the act and the secret of its link.

    Raises Forbidden, RuleViolation.
    """
    scope = _scope(place)
    grant = require(actor, _power(scope), scope)
    if place is not None:
        insist(branches.takes_acts(place) if isinstance(place, Branch) else queries.takes_acts(tx, place))
    act = ids.new("act")
    ledger.append(tx, OfficeOffered(act, role=role, **_named(place)), by=grant.entry)
    days = act_queries.get(tx, act).current.days
    assert days is not None
    token = invitations.issue(tx, kind="appoint", scope=scope, act=act, role=role, by=actor.person, days=days)
    return act, token


def accept(tx: Connection, *, token: str, shown: str, actor: Actor) -> Scope:
    """Accepts an office by a one-use link; two organisers sign next. Returns where it is.

    Raises NotFound, Forbidden, RuleViolation.
    """
    invitation = invitations.look(tx, token)
    if invitation.kind != "appoint" or invitation.act is None:
        raise NotFound
    state = act_queries.get(tx, invitation.act)
    # A helper may come from anywhere: they are there by the consent of the group's members alone.
    where = HUB if offices_fold.SOURCES[state.procedure] == "consent" else _scope(_found(tx, invitation.scope))
    require_right(actor, R.ACCEPT_OFFICE, where)
    rules = constitution.of_entry(tx, state.constitution)
    holder = accept_office(tx, role=invitation.role, rules=rules, shown=shown, actor=actor)
    ledger.append(tx, OfficeAccepted(invitation.act, holder), by=right_of_members(tx))
    assert actor.person is not None
    invitations.consume(tx, token, actor.person)
    acts.run(tx, invitation.act)
    organisers = _organisers(tx, state.scope) - {holder}
    letters.tell_holders(tx, sorted(organisers), "appointment_waits", _page(tx, state.scope))
    return state.scope


def take_offer_back(tx: Connection, *, act: str, actor: Actor) -> None:
    """Takes an invitation back that nobody has accepted, also one to stand in; its link stops working.

    Raises Forbidden without an office there, RuleViolation groups.offer_over or groups.not_your_offer.
    """
    state = act_queries.get(tx, act)
    grant = next((one for one in actor.grants if one.scope == state.scope and is_live(one, clock.now())), None)
    if grant is None:
        raise Forbidden(NO_WARRANT)
    fresh = code_is_fresh(actor, _power(state.scope), state.scope, clock.now())
    if not fresh:
        raise Forbidden(fresh)
    ledger.append(tx, OfferWithdrawn(act), by=grant.entry)
    acts.run(tx, act)
    invitations.revoke(tx, act=act)


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs an appointment or a withdrawal. Raises Forbidden, RuleViolation acts.* for who may not or has already."""
    state = act_queries.get(tx, act)
    grant = require(actor, _power(state.scope), state.scope, ends=state.only_ends)
    if state.only_ends:
        insist_on_peace(tx, actor, holder=state.subject)
    ledger.append(tx, OfficeConfirmed(act), by=grant.entry)
    acts.run(tx, act)
    state = act_queries.get(tx, act)
    if state.procedure in ("appoint_moderator", *offices_fold.AT_HUB.values()) and state.current.do == "notice":
        told = _organisers(tx, state.scope) | {hand.holder for hand in state.hands if hand.hand == "submit"}
        letters.tell_holders(tx, sorted(told), "appointment_begins", _page(tx, state.scope))


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects to an appointment or a withdrawal. Raises Invalid without a reason, Forbidden, RuleViolation acts.*."""
    scope = act_queries.get(tx, act).scope
    grant = require(actor, _power(scope), scope, ends=True)
    letters.insist_on_reason(reason)
    ledger.append(tx, OfficeObjected(act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)


def challenge(tx: Connection, *, place: Group | Branch | None, grant: str, actor: Actor) -> str:
    """Opens the withdrawal of an appointed office, as offer says where, with the actor's signature; returns the act.

    Raises Forbidden for who may not appoint, RuleViolation permits.mandate: no mandate falls this way.
    """
    scope = _scope(place)
    mine = require(actor, _power(scope), scope, ends=True)
    challenged = permits.grant_by_id(tx, grant)
    insist_on_peace(tx, actor, holder=None if challenged is None else challenged.holder)
    act = ids.new("act")
    ledger.append(tx, OfficeChallenged(act, grant=grant, **_named(place)), by=mine.entry)
    acts.run(tx, act)
    waiting = _organisers(tx, scope) - {mine.holder}
    letters.tell_holders(tx, [act_queries.get(tx, act).subject], "withdrawal_waits", _page(tx, scope))
    letters.tell_holders(tx, sorted(waiting), "appointment_waits", _page(tx, scope))
    return act


@effect("office.admit", owes=offices_fold.owes_appointment)
@effect("office.appoint", owes=offices_fold.owes_appointment)
def appoint(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Makes the grant, and tells its holder; none for who is no member any more (GO-02), nor where no seat is free."""
    offered = queries.office_act(tx, state.id)
    assert offered is not None
    days = offices_fold.days_of_appointment(tx, state)
    until = clock.format_minute(due + dt.timedelta(days=days))
    holder = next(hand.holder for hand in state.hands if hand.hand == "submit")
    text = constitution.of_entry(tx, state.constitution)
    if not seats.has_room(tx, text, offered.role, state.scope, due):
        return
    if letters.has_left(tx, holder) or not permits.is_compatible(tx, holder, offered.role, clock.now()):
        return
    grant = GrantMade(
        ids.new("grt"), holder, offered.role, state.scope.id, state.scope.branch, offices_fold.SOURCES[state.procedure],
        state.id, state.step, clock.format_minute(due), until,
    )  # fmt: skip
    ledger.append(tx, grant, by=None)
    letters.tell_holders(tx, [holder], "appointed", f"/offices/{grant.grant}/receipt")


@effect("office.withdraw", owes=offices_fold.owes_withdrawal, signs=offices_fold.may_sign_withdrawal, ends="withdrawn")
def withdraw(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Ends the grant that was challenged, and tells its holder; one that ended meanwhile stays as it is."""
    challenged = queries.office_act(tx, state.id)
    assert challenged is not None
    held = {grant.id for grant in permits.standing_grants(tx, scope=state.scope)}
    if challenged.grant in held:
        moment = clock.format_minute(due)
        ledger.append(tx, GrantEnded(challenged.grant, "withdrawn", state.id, state.step, moment), by=None)
        letters.tell_holders(tx, [state.subject], "withdrawn", _page(tx, state.scope))


def _named(place: Group | Branch | None) -> dict[str, str | None]:
    """How a record names a place: one of the two, or neither."""
    here = "branch" if isinstance(place, Branch) else "group"
    return {"group": None, "branch": None, here: None if place is None else place.id}


def _scope(place: Group | Branch | None) -> Scope:
    return HUB if place is None else place.scope


def _power(scope: Scope) -> P:
    """The power by which somebody is appointed and withdrawn in a place."""
    return P.NAME_PRESS if scope == HUB else P.APPOINTMENTS_MAKE


def _found(tx: Connection, scope: Scope) -> Group | Branch | None:
    if scope == HUB:
        return None
    return branches.get(tx, scope.id) if scope.kind == "branch" else queries.get(tx, scope.id)


def _page(tx: Connection, scope: Scope) -> str:
    """Where it is said who has power in a place."""
    place = _found(tx, scope)
    if place is None:
        return "/power"
    return f"/{'branches' if scope.kind == 'branch' else 'groups'}/{place.slug}/power"


def _organisers(tx: Connection, scope: Scope) -> set[str]:
    held = permits.standing_grants(tx, scope=scope)
    return {grant.holder for grant in held if _power(scope) in grant.permissions}
