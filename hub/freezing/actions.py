"""The verbs: freeze a power, take it back, lift another's freeze."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger, outbox
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.errors import Invalid, NotFound
from hub.freezing import fold
from hub.freezing.entries import FreezeLifted, FreezeOpened, FreezeWithdrawn, PowerFrozen
from hub.permits import Actor, P, Scope, freezes, require
from hub.permits import queries as permits


def freeze(tx: Connection, *, power: str, scope: Scope, reason: str, actor: Actor) -> str:
    """Stops a power in a branch or group at once, with a public reason; returns the act. The others are told at once.

    It ends by itself, and before when two others lift it. Raises Forbidden, Invalid without a reason, RuleViolation
    freezing.*.
    """
    grant = require(actor, P.FREEZE_POWERS, scope)
    if not reason.strip():
        raise Invalid({"reason": "Enter your reason. It is public at once."})
    if scope.branch is None:
        raise NotFound
    act = ids.new("act")
    record = FreezeOpened(act, power, scope.id, scope.branch)
    ledger.append(tx, record, by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)
    for holder in sorted(fold.others(tx, scope, power, but=grant.holder)):
        person = permits.person_of_holder(tx, holder)
        if person is not None:
            outbox.put(tx, person=person, template="power_frozen", place=f"/freezes/{act}")
    return act


def lift(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs the end of another's freeze. Raises NotFound, Forbidden, RuleViolation acts.* for who made it."""
    grant = require(actor, P.FREEZE_POWERS, _scope(tx, act))
    ledger.append(tx, FreezeLifted(act), by=grant.entry)
    acts.run(tx, act)


def withdraw(tx: Connection, *, act: str, actor: Actor) -> None:
    """Takes one's own freeze back; what was left of it can be used later. Raises NotFound, Forbidden, RuleViolation."""
    grant = require(actor, P.FREEZE_POWERS, _scope(tx, act), ends=True)
    ledger.append(tx, FreezeWithdrawn(act), by=grant.entry)


@effect("power.freeze", owes=fold.owes_freeze, ended=fold.undo)
def begin(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Says until when it holds."""
    found = freezes.find(tx, state.id)
    assert found is not None
    until = clock.format_minute(found.until_at)
    ledger.append(tx, PowerFrozen(state.id, state.step, clock.format_minute(due), until), by=None)


def _scope(tx: Connection, act: str) -> Scope:
    if freezes.find(tx, act) is None:
        raise NotFound
    return act_queries.get(tx, act).scope
