"""The verbs of a branch's own rules: propose a number within its range, sign, object."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.proposals import proposed
from hub.acts.state import ActState
from hub.branches import actions as letters
from hub.branches import own_rules_fold, queries
from hub.branches.entries import BranchRuleChanged, BranchRuleConfirmed, BranchRuleObjected, BranchRuleProposed
from hub.branches.queries import Branch
from hub.constitution import queries as constitution
from hub.errors import Invalid, NotFound
from hub.permits import Actor, P, require
from hub.permits import queries as permits


def propose(tx: Connection, *, branch: Branch, rule: str, value: int, actor: Actor) -> str:
    """Proposes a number for the branch and its groups, with the actor's signature; returns the act.

    Raises Forbidden, Invalid for another number than the rules leave to branches, RuleViolation branches.*.
    """
    grant = require(actor, P.CHANGE_SETTINGS, branch.scope)
    rules, _ = constitution.in_force(tx)
    least, most = rules.branch_may.get(rule, (0, -1))
    if not least <= value <= most:
        raise Invalid({"value": f"Choose a number between {least} and {most}."})
    act = ids.new("act")
    ledger.append(tx, BranchRuleProposed(act, branch.id, rule, value), by=grant.entry)
    acts.run(tx, act)
    what = proposed(tx, act_queries.get(tx, act)).words
    held = permits.standing_grants(tx, scope=branch.scope)
    others = {one.holder for one in held if P.CHANGE_SETTINGS in one.permissions} - {grant.holder}
    letters.tell_holders(tx, sorted(others), "settings_wait", f"/branches/{branch.slug}/rules", what=what)
    return act


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs it. Raises NotFound, Forbidden, RuleViolation acts.* for who may not or has already."""
    ledger.append(tx, BranchRuleConfirmed(act), by=_warrant(tx, act, actor))
    acts.run(tx, act)


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects. Raises NotFound, Invalid without a reason, Forbidden, RuleViolation acts.*."""
    by = _warrant(tx, act, actor, ends=True)
    letters.insist_on_reason(reason)
    ledger.append(tx, BranchRuleObjected(act), by=by, words={"reason": reason.strip()})
    acts.run(tx, act)


def _warrant(tx: Connection, act: str, actor: Actor, *, ends: bool = False) -> int:
    if queries.branch_rule_change(tx, act) is None:
        raise NotFound
    return require(actor, P.CHANGE_SETTINGS, act_queries.get(tx, act).scope, ends=ends).entry


@effect("branch_rule.change", owes=own_rules_fold.owes_change)
def change(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Puts the number in force."""
    found = queries.branch_rule_change(tx, state.id)
    assert found is not None
    moment = clock.format_minute(due)
    record = BranchRuleChanged(state.id, state.step, moment, found.branch, found.rule, found.value)
    ledger.append(tx, record, by=None)
