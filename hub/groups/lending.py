"""The verbs of standing in: lend an office for some days, accept, take it back. One organiser gives of their own."""

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
from hub.errors import Forbidden, NotFound, insist, no
from hub.groups import electorate, lending_fold, queries
from hub.groups.entries import StandinAccepted, StandinOffered
from hub.groups.lending_fold import ROLE, SOURCE
from hub.groups.queries import Group
from hub.people import invitations
from hub.permits import Actor, P, R, require, require_right
from hub.permits import actions as permit_actions
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.entries import GrantMade
from hub.permits.live import stands


def offer(tx: Connection, *, group: Group, days: int, actor: Actor) -> tuple[str, str]:
    """Lends the actor's office; returns the act and the secret of its one-use link. Raises Forbidden, RuleViolation."""
    grant = require(actor, P.LEND_OFFICE, group.scope)
    insist(queries.takes_acts(tx, group))
    act = ids.new("act")
    ledger.append(tx, StandinOffered(act, group.id, days), by=grant.entry)
    waits = act_queries.get(tx, act).current.days
    assert waits is not None
    token = invitations.issue(tx, kind="lend", scope=group.scope, act=act, role=ROLE, by=actor.person, days=waits)
    return act, token


def accept(tx: Connection, *, token: str, shown: str, actor: Actor) -> Group:
    """Accepts to stand in, by a one-use link. Raises NotFound, Forbidden for who does not belong to the group."""
    invitation = invitations.look(tx, token)
    if invitation.kind != "lend" or invitation.act is None:
        raise NotFound
    group = queries.get(tx, invitation.scope.id)
    require_right(actor, R.ACCEPT_OFFICE, group.scope)
    if not electorate.belongs(tx, group.scope, actor.person):
        raise Forbidden(no("groups.not_of_it", "Only a member of the group stands in for an organiser. Join it first."))
    rules = constitution.of_entry(tx, act_queries.get(tx, invitation.act).constitution)
    holder = accept_office(tx, role=ROLE, rules=rules, shown=shown, actor=actor)
    ledger.append(tx, StandinAccepted(invitation.act, holder), by=right_of_members(tx))
    assert actor.person is not None
    invitations.consume(tx, token, actor.person)
    acts.run(tx, invitation.act)
    held = permits.standing_grants(tx, scope=group.scope)
    told = {grant.holder for grant in held if grant.is_mandate} | {holder}
    letters.tell_holders(tx, sorted(told), "standin_begins", _page(group))
    return group


def take_back(tx: Connection, *, group: Group, grant: str, actor: Actor) -> None:
    """Takes the actor's office back from who stands in, at once. Raises NotFound, Forbidden for another's."""
    whose = permit_actions.take_back(tx, grant=grant, actor=actor)
    letters.tell_holders(tx, [whose], "standin_ended", _page(group))


@effect("office.lend", owes=lending_fold.owes_lending)
def lend(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Makes the grant, and tells its holder; none once the office has ended, or its holder left or organises by now."""
    lender = lending_fold.lender_of(tx, state)
    holder = next(hand.holder for hand in state.hands if hand.hand == "submit")
    if lender is None or not stands(lender, due) or letters.has_left(tx, holder):
        return
    if not lending_fold.may_stand_in(tx, holder, state.scope, due) or not permits.is_compatible(
        tx, holder, ROLE, clock.now()
    ):
        return
    if not seats.has_room(tx, constitution.of_entry(tx, state.constitution), ROLE, state.scope, due):
        return
    until = clock.format_minute(lending_fold.until_of(tx, state, lender))
    grant = GrantMade(
        ids.new("grt"), holder, ROLE, state.scope.id, state.scope.branch, SOURCE,
        state.id, state.step, clock.format_minute(due), until, lender.id,
    )  # fmt: skip
    ledger.append(tx, grant, by=None)
    letters.tell_holders(tx, [holder], "appointed", f"/offices/{grant.grant}/receipt")


def _page(group: Group) -> str:
    return f"/groups/{group.slug}/power"
