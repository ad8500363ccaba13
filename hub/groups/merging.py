"""The verbs of two groups becoming one: propose, answer, sign, object. The members of both decide, and nobody else."""

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
from hub.groups import ending, membership, merging_fold, queries
from hub.groups.entries import GroupMerged, MergerConfirmed, MergerObjected, MergerProposed
from hub.groups.queries import Group
from hub.permits import Actor, Grant, P, require


def propose(tx: Connection, *, group: Group, into: Group, reason: str, actor: Actor, answers: str | None = None) -> str:
    """Proposes in a group that it merges into another, with a public reason and a signature; returns the act.

    answers: the other group's act, where this is the group that goes on. Raises Invalid without a reason, Forbidden,
    RuleViolation groups.no_merger or groups.merger_runs.
    """
    grant = require(actor, P.CLOSE_GROUP, group.scope)
    insist(queries.takes_acts(tx, group))
    letters.insist_on_reason(reason)
    act = ids.new("act")
    record = MergerProposed(act, group.id, into.id, answers)
    ledger.append(tx, record, by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)
    ending.ask_signers(tx, group, "merger_waits", _page(group), but=grant.holder)
    return act


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs; with the second signature every member is told, and the other group's organisers are, who can answer.

    Raises NotFound, Forbidden, RuleViolation acts.*.
    """
    group, grant = _asked(tx, act, actor)
    ledger.append(tx, MergerConfirmed(act), by=grant.entry)
    acts.run(tx, act)
    if act_queries.get(tx, act).current.do == "notice":
        ending.tell_members(tx, group, "group_merging", _page(group))
        found = queries.merger(tx, act)
        if found is not None and found.answers is None:
            into = queries.get(tx, found.into)
            ending.ask_signers(tx, into, "merger_waits", _page(into))


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects. Raises NotFound, Invalid without a reason, Forbidden, RuleViolation acts.*."""
    _group, grant = _asked(tx, act, actor)
    letters.insist_on_reason(reason)
    ledger.append(tx, MergerObjected(act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)


@effect("group.merge", owes=merging_fold.owes_merging, ends="closed")
def merge(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Once the second group has said yes: ends every office of the one that ends, and takes its members over."""
    if not merging_fold.is_decided(tx, state):
        return
    found = queries.merger(tx, state.id)
    assert found is not None
    moment = clock.format_minute(due)
    ending.end_offices(tx, merging_fold.ending(tx, found.ends, due), state, due)
    ledger.append(tx, GroupMerged(found.ends, found.into, state.id, state.step, moment), by=None)
    ends, into = queries.get(tx, found.ends), queries.get(tx, found.into)
    ending.tell_members(tx, ends, "group_merged", _page(ends))
    membership.carry_over(tx, ends, into)


def _asked(tx: Connection, act: str, actor: Actor) -> tuple[Group, Grant]:
    found = queries.merger(tx, act)
    if found is None:
        raise NotFound
    group = queries.get(tx, found.group)
    return group, require(actor, P.CLOSE_GROUP, group.scope)


def _page(group: Group) -> str:
    return f"/groups/{group.slug}/merger"
