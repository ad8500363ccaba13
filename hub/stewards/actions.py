"""The verbs: invite somebody to run the machine, accept, sign, object, withdraw. Two of the council, and some days."""

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
from hub.errors import NotFound
from hub.people import invitations
from hub.permits import HUB, Actor, P, R, require, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.entries import GrantEnded, GrantMade
from hub.stewards import fold
from hub.stewards.entries import (
    StewardAccepted,
    StewardChallenged,
    StewardConfirmed,
    StewardObjected,
    StewardOffered,
)

PAGE, KIND = "/power", "name_steward"


def offer(tx: Connection, *, actor: Actor) -> tuple[str, str]:
    """Opens the naming of a steward; returns the act and the secret of its one-use link. Raises Forbidden."""
    grant = require(actor, P.NAME_STEWARD, HUB)
    act = ids.new("act")
    ledger.append(tx, StewardOffered(act), by=grant.entry)
    days = act_queries.get(tx, act).current.days
    assert days is not None
    return act, invitations.issue(tx, kind=KIND, scope=HUB, act=act, role=fold.ROLE, by=actor.person, days=days)


def accept(tx: Connection, *, token: str, shown: str, actor: Actor) -> None:
    """Accepts, by a one-use link; two of the council sign next. Raises NotFound, Forbidden, RuleViolation."""
    invitation = invitations.look(tx, token)
    if invitation.kind != KIND or invitation.act is None:
        raise NotFound
    require_right(actor, R.ACCEPT_OFFICE, HUB)
    rules = constitution.of_entry(tx, act_queries.get(tx, invitation.act).constitution)
    holder = accept_office(tx, role=fold.ROLE, rules=rules, shown=shown, actor=actor)
    ledger.append(tx, StewardAccepted(invitation.act, holder), by=right_of_members(tx))
    assert actor.person is not None
    invitations.consume(tx, token, actor.person)
    acts.run(tx, invitation.act)
    letters.tell_holders(tx, sorted(_council(tx) - {holder}), "appointment_waits", PAGE)


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs. Raises NotFound, Forbidden, RuleViolation acts.* for who may not or has already."""
    state = _state(tx, act)
    grant = require(actor, P.NAME_STEWARD, HUB, ends=state.only_ends)
    ledger.append(tx, StewardConfirmed(act), by=grant.entry)
    acts.run(tx, act)
    state = act_queries.get(tx, act)
    if state.procedure == fold.NAME and state.current.do == "notice":
        told = _council(tx) | {hand.holder for hand in state.hands if hand.hand == "submit"}
        letters.tell_holders(tx, sorted(told), "appointment_begins", PAGE)


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects. Raises NotFound, Invalid without a reason, Forbidden, RuleViolation acts.*."""
    _state(tx, act)
    grant = require(actor, P.NAME_STEWARD, HUB, ends=True)
    letters.insist_on_reason(reason)
    ledger.append(tx, StewardObjected(act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)


def challenge(tx: Connection, *, grant: str, actor: Actor) -> str:
    """Opens the withdrawal of a steward, with the actor's signature, and tells them; returns the act.

    Raises Forbidden, RuleViolation permits.mandate for the founding's: it ends with its term.
    """
    mine = require(actor, P.NAME_STEWARD, HUB, ends=True)
    act = ids.new("act")
    ledger.append(tx, StewardChallenged(act, grant), by=mine.entry)
    acts.run(tx, act)
    letters.tell_holders(tx, [act_queries.get(tx, act).subject], "withdrawal_waits", PAGE)
    letters.tell_holders(tx, sorted(_council(tx) - {mine.holder}), "appointment_waits", PAGE)
    return act


@effect("steward.name", owes=fold.owes_naming)
def name(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Makes the grant, and tells its holder; none for who left, holds another office by now, or where no seat is."""
    holder = next(hand.holder for hand in state.hands if hand.hand == "submit")
    if letters.has_left(tx, holder) or not permits.is_compatible(tx, holder, fold.ROLE, clock.now()):
        return
    if not seats.has_room(tx, constitution.of_entry(tx, state.constitution), fold.ROLE, HUB, due):
        return
    until = clock.format_minute(fold.until_of(tx, state))
    grant = GrantMade(
        ids.new("grt"), holder, fold.ROLE, HUB.id, None, fold.SOURCE, state.id, state.step,
        clock.format_minute(due), until,
    )  # fmt: skip
    ledger.append(tx, grant, by=None)
    letters.tell_holders(tx, [holder], "appointed", f"/offices/{grant.grant}/receipt")


@effect("steward.withdraw", owes=fold.owes_withdrawal, ends="withdrawn")
def withdraw(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Ends what the council gave; an office that ended meanwhile stays as it is."""
    for grant in fold.named(tx, state.subject, due):
        moment = clock.format_minute(due)
        ledger.append(tx, GrantEnded(grant.id, "withdrawn", state.id, state.step, moment), by=None)
        letters.tell_holders(tx, [state.subject], "withdrawn", PAGE)


def _state(tx: Connection, act: str) -> ActState:
    state = act_queries.get(tx, act)
    if state.procedure not in (fold.NAME, fold.WITHDRAW):
        raise NotFound
    return state


def _council(tx: Connection) -> set[str]:
    held = permits.standing_grants(tx, scope=HUB)
    return {grant.holder for grant in held if P.NAME_STEWARD in grant.permissions}
