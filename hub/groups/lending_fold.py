"""What says of an office that is lent for some days: who may lend it, accept it, and what the act then owes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import seats
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.errors import Verdict, no
from hub.groups import queries
from hub.groups.entries import StandinAccepted, StandinOffered
from hub.groups.fold import group_of
from hub.groups.models import office_acts
from hub.ledger import Entry, Said, applies
from hub.permits import Grant, Scope, warrants
from hub.permits import queries as permits
from hub.permits.entries import GrantMade
from hub.permits.live import stands
from hub.permits.models import grants

PROCEDURE, ROLE, SOURCE = "lend_office", "standin", "delegation"
_MADE = sa.select(grants.c.id).where(grants.c.act == sa.bindparam("act"))


def may_offer(tx: Connection, entry: Entry, record: StandinOffered) -> Verdict:
    """By who holds a mandate there, for themselves, once at a time, for no more days than the rules say.

    Source: governance.md 1.3: nobody lends what was lent or given to them by others than members.
    """
    by, scope = warrants.warranting_grant(tx, entry), group_of(tx, record)
    if by is None or scope is None or not by.is_mandate:
        return no("groups.not_lent", "Only whoever members chose, or who founded the group, lets somebody stand in.")
    rules, _ = constitution.in_force(tx)
    most = rules.terms[SOURCE]
    if not 1 <= record.days <= most:
        return no("groups.lent_days", f"Somebody stands in for 1 to {most} days.")
    waits = [one for one in act_queries.running(tx, scope, PROCEDURE) if _lender_id(tx, one) == by.id]
    if waits or by.id in {grant.lender for grant in permits.standing_grants(tx, scope=scope)}:
        return no("groups.lent_before", "Somebody stands in for you already, or was asked to. Take that back first.")
    promised = len(act_queries.running(tx, scope, PROCEDURE))
    return seats.has_room(tx, rules, ROLE, scope, entry.at, promised=promised) and act_warrants.opening(
        PROCEDURE, group_of
    )(tx, entry, record)


@applies(StandinOffered, warrant=may_offer)
def offer(tx: Connection, entry: Entry, record: StandinOffered, said: Said) -> None:
    """Opens the act, and keeps from which grant it lends."""
    by = warrants.warranting_grant(tx, entry)
    assert by is not None
    row = {"act": record.act, "group": record.group, "role": ROLE, "grant": by.id, "days": record.days}
    tx.execute(sa.insert(office_acts), row)
    scope = queries.get(tx, record.group).scope
    acts.open_act(tx, entry, act=record.act, procedure=PROCEDURE, scope=scope, subject=record.group)


def may_accept(tx: Connection, entry: Entry, record: StandinAccepted) -> Verdict:
    """While it waits, by another than who lends it, who has no such power there already."""
    state = act_queries.find(tx, record.act)
    lender = None if state is None else lender_of(tx, state)
    if state is None or lender is None or not stands(lender, entry.at):
        return no("groups.lent_no_more", "The office that this was lent from has ended.")
    if lender.holder == record.holder:
        return no("acts.own_case", "Nobody stands in for themselves. Pass the link on.")
    return may_stand_in(tx, record.holder, state.scope, entry.at) and act_warrants.submitting(tx, entry, record)


def may_stand_in(tx: Connection, holder: str, scope: Scope, at: dt.datetime) -> Verdict:
    """Says whether somebody may stand in for another in a place: nobody counts there twice."""
    there = permits.standing_grants(tx, scope=scope, at=at)
    if any(one.holder == holder and (one.is_mandate or one.lender is not None) for one in there):
        return no("groups.organises_already", "Whoever organises here, or stands in already, does so for nobody else.")
    return permits.is_compatible(tx, holder, ROLE, at)


@applies(StandinAccepted, warrant=may_accept)
def accept(tx: Connection, entry: Entry, record: StandinAccepted, said: Said) -> None:
    """Notes who accepted."""
    acts.submit(tx, entry, act=record.act, holder=record.holder)


def lender_of(tx: Connection, state: ActState) -> Grant | None:
    """Returns the grant that an act lends from, or None where it lends nothing."""
    lender = _lender_id(tx, state)
    return None if lender is None else permits.grant_by_id(tx, lender)


def until_of(tx: Connection, state: ActState, lender: Grant) -> dt.datetime:
    """Returns until when an act lends: its days from now on, and never beyond the office that it lends from."""
    lent = queries.office_act(tx, state.id)
    assert lent is not None
    return min(state.since + dt.timedelta(days=lent.days), lender.until)


def owes_lending(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A lending owes one grant, to who accepted, while the office that it lends from stands, for exactly its days."""
    lender = lender_of(tx, state)
    is_owed = (
        isinstance(record, GrantMade)
        and lender is not None
        and stands(lender, state.since)
        and record.holder in {hand.holder for hand in state.hands if hand.hand == "submit"}
        and (record.role, record.source, record.scope) == (ROLE, SOURCE, state.scope.id)
        and (record.branch, record.lender) == (state.scope.branch, lender.id)
        and record.until == clock.format_minute(until_of(tx, state, lender))
        and tx.scalar(_MADE, {"act": state.id}) is None
    )
    if not is_owed:
        return act_warrants.NOT_DUE
    return may_stand_in(tx, record.holder, state.scope, state.since)


def _lender_id(tx: Connection, state: ActState) -> str | None:
    lent = queries.office_act(tx, state.id)
    return None if lent is None or lent.role != ROLE or state.procedure != PROCEDURE else str(lent.grant)
