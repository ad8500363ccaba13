"""The only writer of appeals: a founding was refused, its founders send that to a panel, and the panel judges it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import APPEALS
from hub.branches.entries import AppealDismissed, AppealOpened, AppealSent, AppealUpheld
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.permits import HUB, Scope

NOT_FOUNDER = no("branches.not_founder", "Only those who founded it can have its refusal judged.")


def hub_scope(_tx: Connection, _record: Any) -> Scope:
    """Appeals are judged at the hub, by members of any branch."""
    return HUB


def may_open(tx: Connection, entry: Entry, record: AppealOpened) -> Verdict:
    """By the clock, once, of a founding that was refused."""
    founding = act_queries.find(tx, record.founding)
    if founding is None or not founding.is_appealable:
        return act_warrants.NOT_DUE
    appeal = APPEALS[founding.procedure]
    is_new = act_queries.newest_of(tx, founding.subject, (appeal,)) is None
    owed = YES if is_new else act_warrants.NOT_DUE
    return act_warrants.opening(appeal, hub_scope, clock_owes=lambda *_: owed)(tx, entry, record)


@applies(AppealOpened, warrant=may_open)
def open_appeal(tx: Connection, entry: Entry, record: AppealOpened, said: Said) -> None:
    """Opens the act: its days count from the refusal."""
    founding, since = act_queries.get(tx, record.founding), act_queries.closed_at(tx, record.founding)
    procedure, about = APPEALS[founding.procedure], founding.subject
    acts.open_act(tx, entry, act=record.act, procedure=procedure, scope=HUB, subject=about, since=since)


def may_send(tx: Connection, entry: Entry, record: AppealSent) -> Verdict:
    """By any one of those who founded it, in time."""
    state = act_queries.find(tx, record.act)
    if state is None or state.procedure not in APPEALS.values():
        return act_warrants.NO_ACT
    if record.holder not in act_queries.founders(tx, state):
        return NOT_FOUNDER
    return act_warrants.submitting(tx, entry, record)


@applies(AppealSent, warrant=may_send)
def send(tx: Connection, entry: Entry, record: AppealSent, said: Said) -> None:
    """Notes which founder asked for a panel; the reason stands in its opening."""
    acts.submit(tx, entry, act=record.act, holder=record.holder)


@applies(AppealUpheld, warrant=act_warrants.signing)
def uphold(tx: Connection, entry: Entry, record: AppealUpheld, said: Said) -> None:
    """Notes a panellist's yes: it begins."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(AppealDismissed, warrant=act_warrants.objecting)
def dismiss(tx: Connection, entry: Entry, record: AppealDismissed, said: Said) -> None:
    """Notes a panellist's no: it was refused rightly; the reason stands in its opening."""
    acts.sign(tx, entry, act=record.act, yes=False)
