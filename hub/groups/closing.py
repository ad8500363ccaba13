"""The verbs of an end: propose that a group closes, sign, object. Its members decide; nobody outside of it can."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.branches import actions as letters
from hub.errors import NotFound, insist
from hub.groups import closing_fold, ending, membership, queries
from hub.groups.entries import ClosureConfirmed, ClosureObjected, ClosureProposed, GroupClosed
from hub.groups.queries import Group
from hub.permits import Actor, Grant, P, require
from hub.permits import queries as permits
from hub.permits.live import stands


def propose(tx: Connection, *, group: Group, reason: str, actor: Actor) -> str:
    """Proposes that the group closes, with a public reason and the actor's signature; returns the act.

    Raises Invalid without a reason, Forbidden, RuleViolation where it is being decided already.
    """
    grant = require(actor, P.CLOSE_GROUP, group.scope)
    insist(queries.takes_acts(tx, group))
    letters.insist_on_reason(reason)
    act = ids.new("act")
    ledger.append(tx, ClosureProposed(act, group.id), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)
    ending.ask_signers(tx, group, "closure_waits", _page(group), but=grant.holder)
    return act


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs; with the second signature every member is told. Raises NotFound, Forbidden, RuleViolation acts.*."""
    group, grant = _asked(tx, act, actor)
    ledger.append(tx, ClosureConfirmed(act), by=grant.entry)
    acts.run(tx, act)
    if act_queries.get(tx, act).current.do == "notice":
        ending.tell_members(tx, group, "group_closing", _page(group))


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects. Raises NotFound, Invalid without a reason, Forbidden, RuleViolation acts.*."""
    _group, grant = _asked(tx, act, actor)
    letters.insist_on_reason(reason)
    ledger.append(tx, ClosureObjected(act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)


@effect("group.close", owes=closing_fold.owes_closing, ends="closed")
def close(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Ends every office in the group, closes it, tells its members, and ends that they belong to it."""
    group, moment = queries.get(tx, state.subject), clock.format_minute(due)
    ending.end_offices(tx, [one for one in permits.all_grants(tx, group.scope) if stands(one, due)], state, due)
    ledger.append(tx, GroupClosed(group.id, state.id, state.step, moment), by=None)
    ending.tell_members(tx, group, "group_closed", _page(group))
    membership.end_all(tx, group)


def _asked(tx: Connection, act: str, actor: Actor) -> tuple[Group, Grant]:
    found = queries.closure(tx, act)
    if found is None:
        raise NotFound
    group = queries.get(tx, found.group)
    return group, require(actor, P.CLOSE_GROUP, group.scope)


def _page(group: Group) -> str:
    return f"/groups/{group.slug}/closure"
