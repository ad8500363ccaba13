"""The only writer of freezes, by the fold of the room that keeps powers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.freezing.entries import FreezeLifted, FreezeOpened, FreezeWithdrawn, PowerFrozen
from hub.ledger import Entry, Said, applies, tells
from hub.permits import Scope, freezes, warrants
from hub.permits import fold as permits_fold
from hub.permits import queries as permits
from hub.permits.models import power_freezes
from hub.permits.rules import FREEZABLE, longest_freeze
from hub.permits.scope import branch_scope, group_scope

tells(power_freezes, "reason", "told_entry", entry_types=("freeze.opened",))

NOTHING = dt.timedelta(0)


def place_of(_tx: Connection, record: FreezeOpened) -> Scope:
    """The branch or group where the power is stopped."""
    if record.scope == record.branch:
        return branch_scope(record.branch)
    return group_scope(record.scope, record.branch)


def left_to(tx: Connection, holder: str, power: str, scope: Scope, at: dt.datetime) -> dt.timedelta:
    """Returns for how long a holder may freeze a power in a place from a moment on."""
    text, _ = constitution.in_force(tx)
    most = dt.timedelta(days=text.procedures["freeze"].steps[0].lasts)
    window = dt.timedelta(days=text.numbers["freeze_window_days"])
    return longest_freeze(freezes.counted(tx, holder, power, scope), most, window, at)


def may_open(tx: Connection, entry: Entry, record: FreezeOpened) -> Verdict:
    """Of a power that can be frozen and is not, by an organiser there who has some of their days left."""
    scope, by = place_of(tx, record), warrants.warranting_grant(tx, entry)
    if record.power not in FREEZABLE:
        return no("freezing.no_power", "Nobody can freeze this.")
    if by is None:
        return warrants.NO_WARRANT
    if any(row.permission == record.power for row in freezes.live(tx, scope=scope, at=entry.at)):
        return no("freezing.frozen_before", "This is frozen already.")
    if left_to(tx, by.holder, record.power, scope, entry.at) == NOTHING:
        days = constitution.in_force(tx)[0].numbers["freeze_window_days"]
        return no("freezing.used_up", f"You have frozen this for as long as you may within {days} days.")
    return act_warrants.opening("freeze", place_of)(tx, entry, record)


@applies(FreezeOpened, warrant=may_open)
def open_freeze(tx: Connection, entry: Entry, record: FreezeOpened, said: Said) -> None:
    """Opens the act; whoever freezes is a party to it, and so lifts nothing. Its effect is due at once."""
    by = warrants.warranting_grant(tx, entry)
    assert by is not None
    scope = place_of(tx, record)
    acts.open_act(tx, entry, act=record.act, procedure="freeze", scope=scope, subject=record.scope)
    acts.submit(tx, entry, act=record.act, holder=by.holder)
    until = entry.at + left_to(tx, by.holder, record.power, scope, entry.at)
    permits_fold.add_freeze(
        tx, act=record.act, frozen_entry=None, grant=by.id, holder=by.holder, permission=record.power,
        scope_kind=scope.kind, scope_id=scope.id, reason=said["reason"], told_entry=entry.index, from_at=entry.at,
        until_at=until, counts_until=until,
    )  # fmt: skip


def owes_freeze(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A freeze owes the one entry that says until when it holds."""
    found = freezes.find(tx, state.id)
    is_owed = (
        isinstance(record, PowerFrozen)
        and found is not None
        and record.until == clock.format_minute(found.until_at)
        and found.frozen_entry is None
    )
    return YES if is_owed else act_warrants.NOT_DUE


@applies(PowerFrozen, warrant=warrants.due)
def freeze(tx: Connection, entry: Entry, record: PowerFrozen, said: Said) -> None:
    """The power is stopped."""
    permits_fold.begin_freeze(tx, record.act, entry)


@applies(FreezeLifted, warrant=act_warrants.objecting)
def lift(tx: Connection, entry: Entry, record: FreezeLifted, said: Said) -> None:
    """Notes that another organiser ends it."""
    acts.sign(tx, entry, act=record.act, yes=False)


def may_withdraw(tx: Connection, entry: Entry, record: FreezeWithdrawn) -> Verdict:
    """By whoever froze it, while it holds."""
    found, by = freezes.find(tx, record.act), warrants.warranting_grant(tx, entry)
    if found is None or by is None or by.holder != found.holder:
        return warrants.NO_WARRANT
    return YES if entry.at < found.until_at else no("freezing.over", "This freeze is over.")


@applies(FreezeWithdrawn, warrant=may_withdraw)
def withdraw(tx: Connection, entry: Entry, record: FreezeWithdrawn, said: Said) -> None:
    """It ends, and what was left of it counts for nothing."""
    permits_fold.end_freeze(tx, record.act, entry.at, counts=False)


def undo(tx: Connection, state: ActState, entry: Entry) -> None:
    """Two others ended it, or its time is over: what two others ended counts in full against whoever made it."""
    permits_fold.end_freeze(tx, state.id, clock.parse_minute(entry.data["due"]), counts=True)


def may_freeze(tx: Connection, holder: str, power: str, scope: Scope, at: dt.datetime) -> dt.timedelta:
    """Returns for how long somebody could freeze a power now; nothing where it is frozen already."""
    if any(row.permission == power for row in freezes.live(tx, scope=scope, at=at)):
        return NOTHING
    return left_to(tx, holder, power, scope, at)


def others(tx: Connection, scope: Scope, power: str, but: str) -> set[str]:
    """Returns who has a power in a place, and who may freeze there, without one of them."""
    live = permits.live_grants(tx, scope=scope)
    return {one.holder for one in live if {power, "powers.freeze"} & one.permissions} - {but}
