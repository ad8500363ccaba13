"""What nobody belongs to any more: branches and groups fall asleep, their offices end in time, and they wake again.

Who belongs to a branch is who is verified in its area; to a group, who joined it. No entry says who, or how many.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.branches import actions as letters
from hub.branches import queries as branches
from hub.branches import resting
from hub.branches.entries import BranchDormant, BranchRevived
from hub.branches.models import branches as branch_rows
from hub.branches.queries import Branch
from hub.groups import queries
from hub.groups.entries import GroupDormant, GroupRevived
from hub.groups.models import group_seats, groups
from hub.groups.queries import Group
from hub.people.models import standings
from hub.permits import queries as permits
from hub.permits.entries import GrantEnded
from hub.permits.fold import EMPTIED
from hub.permits.live import stands
from hub.permits.models import dormancies

_ASLEEP = sa.select(dormancies.c.scope_id).where(dormancies.c.until_at.is_(None))
_ALL_ASLEEP = _ASLEEP.order_by(dormancies.c.entry)
_EMPTY_GROUPS = (
    sa.select(groups.c.id)
    .join(group_seats, sa.and_(groups.c.id == group_seats.c.group, groups.c.registered_entry.is_not(None)))
    .where(group_seats.c.taken == 0, groups.c.ended_entry.is_(None), groups.c.id.not_in(_ASLEEP))
    .order_by(groups.c.registered_entry)
)
_HAS_MEMBERS = sa.exists().where(standings.c.area == branch_rows.c.area, standings.c.until_at.is_(None))
_HAD_MEMBERS = sa.or_(
    sa.exists().where(standings.c.area == branch_rows.c.area),
    sa.exists().where(standings.c.area_before == branch_rows.c.area),
)
_REGISTERED = (
    sa.select(branch_rows.c.id)
    .where(branch_rows.c.registered_entry.is_not(None), branch_rows.c.ended_entry.is_(None))
    .order_by(branch_rows.c.registered_entry)
)
_EMPTY_BRANCHES = _REGISTERED.where(branch_rows.c.id.not_in(_ASLEEP), ~_HAS_MEMBERS, _HAD_MEMBERS)
_RETURNED_TO = _REGISTERED.where(branch_rows.c.id.in_(_ASLEEP), _HAS_MEMBERS)


def let_empty_rest(tx: Connection) -> int:
    """Makes every branch and group dormant whose last member has gone, and ends what ends with it; wakes branches.

    Returns how many entries it came to. Where nobody ever was counted in, as on a fork before members come, nothing is
    known, and nothing is said.
    """
    woken = wake_branches(tx)
    empty: list[Branch | Group] = [branches.get(tx, key) for key in tx.scalars(_EMPTY_BRANCHES).all()]
    empty += [queries.get(tx, key) for key in tx.scalars(_EMPTY_GROUPS).all()]
    for place in empty:
        _let_rest(tx, place)
    return woken + len(empty) + end_offices(tx)


def wake_branches(tx: Connection) -> int:
    """Wakes every dormant branch in whose area a member is verified again; returns how many."""
    found = tx.scalars(_RETURNED_TO).all()
    if found:
        end_offices(tx)
    for key in found:
        ledger.append(tx, BranchRevived(key), by=None)
    return len(found)


def wake_group(tx: Connection, group: str) -> None:
    """Wakes a group if it was dormant: somebody belongs to it again."""
    if queries.get(tx, group).is_dormant:
        end_offices(tx)
        ledger.append(tx, GroupRevived(group), by=None)


def end_offices(tx: Connection) -> int:
    """Ends the offices of dormant places that are due to end for it; returns how many.

    Before a place wakes, too: what was due before somebody came has ended, however late the clock.
    """
    ended, now = 0, clock.now()
    for key in tx.scalars(_ALL_ASLEEP).all():
        place = branches.find(tx, key) or queries.get(tx, key)
        for grant in permits.all_grants(tx, place.scope):
            at = resting.emptied_at(tx, grant)
            at = None if at is None else max(at, grant.starts)
            if at is not None and at <= now and stands(grant, at):
                ledger.append(tx, GrantEnded(grant.id, EMPTIED, due=clock.format_minute(at)), by=None)
                ended += 1
    return ended


def _let_rest(tx: Connection, place: Branch | Group) -> None:
    kind = "branch" if isinstance(place, Branch) else "group"
    record = BranchDormant(place.id) if isinstance(place, Branch) else GroupDormant(place.id)
    ledger.append(tx, record, by=None)
    holding = sorted({grant.holder for grant in permits.standing_grants(tx, scope=place.scope)})
    page = f"/branches/{place.slug}" if kind == "branch" else f"/groups/{place.slug}"
    letters.tell_holders(tx, holding, f"{kind}_dormant", page)
