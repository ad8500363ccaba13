"""What says of a steward: who may name one, accept it and withdraw one, and what the acts then owe."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import seats
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.permits import HUB, Grant, Scope, warrants
from hub.permits import queries as permits
from hub.permits.actor import DERIVED
from hub.permits.entries import GrantEnded, GrantMade
from hub.permits.live import stands
from hub.permits.models import grants
from hub.stewards.entries import (
    StewardAccepted,
    StewardChallenged,
    StewardConfirmed,
    StewardObjected,
    StewardOffered,
)

NAME, WITHDRAW, ROLE, SOURCE = "name_steward", "withdraw_steward", "steward", "appointment"
_MADE = sa.select(grants.c.id).where(grants.c.act == sa.bindparam("act"))


def of_hub(_tx: Connection, _record: Any) -> Scope:
    """The machine is the whole hub's."""
    return HUB


def may_offer(tx: Connection, entry: Entry, record: StewardOffered) -> Verdict:
    """By a member of the council, where a seat is free; each has one invitation waiting, and it keeps no seat."""
    by, rules = warrants.warranting_grant(tx, entry), constitution.in_force(tx)[0]
    waiting = [one for one in act_queries.running(tx, HUB, NAME) if one.current.do == "submit"]
    if by is not None and by.holder in {opener(tx, one) for one in waiting}:
        return no("stewards.offered_before", "Nobody has answered your other invitation yet. Wait until it is over.")
    room = seats.has_room(tx, rules, ROLE, HUB, entry.at)
    return act_warrants.opening(NAME, of_hub)(tx, entry, record) if room else room


def opener(tx: Connection, state: ActState) -> str | None:
    """Returns the holder who opened an act by an office."""
    opening = ledger.get(tx, state.opened_entry)
    by = None if opening is None or opening.by is None else permits.grant_by_entry(tx, opening.by)
    return None if by is None else by.holder


@applies(StewardOffered, warrant=may_offer)
def offer(tx: Connection, entry: Entry, record: StewardOffered, said: Said) -> None:
    """Opens the act."""
    acts.open_act(tx, entry, act=record.act, procedure=NAME, scope=HUB, subject=HUB.id)


def may_accept(tx: Connection, entry: Entry, record: StewardAccepted) -> Verdict:
    """While it waits, by another than who opened it, who holds no other office (GO-31), where a seat is free."""
    state = act_queries.find(tx, record.act)
    if state is None or state.procedure != NAME:
        return act_warrants.NO_ACT
    if opener(tx, state) == record.holder:
        return no("acts.own_case", "Nobody appoints themselves. Another member of the council has to invite you.")
    text = constitution.of_entry(tx, state.constitution)
    others = [one for one in act_queries.running(tx, HUB, NAME) if one.id != state.id]
    promised = sum(any(hand.hand == "submit" for hand in one.hands) for one in others)
    return (
        permits.is_compatible(tx, record.holder, ROLE, entry.at)
        and seats.has_room(tx, text, ROLE, HUB, entry.at, promised=promised)
        and act_warrants.submitting(tx, entry, record)
    )


@applies(StewardAccepted, warrant=may_accept)
def accept(tx: Connection, entry: Entry, record: StewardAccepted, said: Said) -> None:
    """Notes who accepted."""
    acts.submit(tx, entry, act=record.act, holder=record.holder)


def may_challenge(tx: Connection, entry: Entry, record: StewardChallenged) -> Verdict:
    """By a member of the council, once at a time, of a steward whom the council named: no founding seat falls so."""
    grant = permits.grant_by_id(tx, record.grant)
    if grant is None or grant.role != ROLE or grant.scope != HUB or not stands(grant, entry.at):
        return no("stewards.nobody", "There is no such steward.")
    if grant.source not in DERIVED:
        return no("permits.mandate", "A mandate is ended only by its term, its holder, or those who gave it.")
    if any(one.subject == grant.holder for one in act_queries.running(tx, HUB, WITHDRAW)):
        return no("stewards.withdrawn_already", "It is being decided already whether this steward is withdrawn.")
    return act_warrants.opening(WITHDRAW, of_hub)(tx, entry, record)


@applies(StewardChallenged, warrant=may_challenge)
def challenge(tx: Connection, entry: Entry, record: StewardChallenged, said: Said) -> None:
    """Opens the withdrawal, with its opener's signature."""
    grant = permits.grant_by_id(tx, record.grant)
    assert grant is not None
    acts.open_act(tx, entry, act=record.act, procedure=WITHDRAW, scope=HUB, subject=grant.holder)
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(StewardConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: StewardConfirmed, said: Said) -> None:
    """Notes a council member's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(StewardObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: StewardObjected, said: Said) -> None:
    """Notes a council member's no."""
    acts.sign(tx, entry, act=record.act, yes=False)


def until_of(tx: Connection, state: ActState) -> dt.datetime:
    """Returns until when an act names somebody."""
    return state.since + dt.timedelta(days=constitution.of_entry(tx, state.constitution).terms[ROLE])


def named(tx: Connection, holder: str, at: dt.datetime) -> tuple[Grant, ...]:
    """Returns the offices of a steward that the council gave, and that stand at a moment."""
    held = permits.standing_grants(tx, holder=holder, scope=HUB, at=at)
    return tuple(one for one in held if one.role == ROLE and one.source in DERIVED)


def owes_naming(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A naming owes one grant: to who accepted, at the hub, for exactly its term."""
    is_owed = (
        isinstance(record, GrantMade)
        and record.holder in {hand.holder for hand in state.hands if hand.hand == "submit"}
        and (record.role, record.source, record.scope, record.branch) == (ROLE, SOURCE, HUB.id, None)
        and record.until == clock.format_minute(until_of(tx, state))
        and tx.scalar(_MADE, {"act": state.id}) is None
    )
    return YES if is_owed else act_warrants.NOT_DUE


def owes_withdrawal(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A withdrawal owes the end of what the council gave to whom it is about."""
    owed = {one.id for one in named(tx, state.subject, state.since)}
    is_owed = (
        isinstance(record, GrantEnded) and record.grant in owed and (record.why, record.ends) == ("withdrawn", None)
    )
    return YES if is_owed else act_warrants.NOT_DUE
