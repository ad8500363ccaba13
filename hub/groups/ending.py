"""What closing a group and merging it into another share: who is asked and told, and that its offices end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.engine import Connection

from hub import clock, ledger, outbox
from hub.acts.state import ActState
from hub.branches import actions as letters
from hub.groups import electorate
from hub.groups.queries import Group
from hub.permits import Grant, P
from hub.permits import queries as permits
from hub.permits.entries import GrantEnded
from hub.permits.fold import CLOSED


def ask_signers(tx: Connection, group: Group, template: str, page: str, *, but: str | None = None) -> None:
    """Writes to whoever may sign that a group ends. but: the holder who signed first."""
    held = permits.standing_grants(tx, scope=group.scope)
    asked = {one.holder for one in held if P.CLOSE_GROUP in one.permissions} - {but}
    letters.tell_holders(tx, sorted(asked), template, page)


def tell_members(tx: Connection, group: Group, template: str, page: str) -> None:
    """Writes to everybody who belongs to a group."""
    for person in sorted(map(str, tx.scalars(electorate.persons_at(group.scope, clock.now())))):
        outbox.put(tx, person=person, template=template, place=page)


def end_offices(tx: Connection, grants: Iterable[Grant], state: ActState, due: dt.datetime) -> None:
    """Ends a group's offices, as the effect of an act: but a stand-in's falls with the one that it was lent from."""
    for grant in grants:
        if grant.lender is None:
            record = GrantEnded(grant.id, CLOSED, state.id, state.step, clock.format_minute(due))
            ledger.append(tx, record, by=None)
