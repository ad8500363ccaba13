"""The only writer of the numbers that branches are about to choose; the constitution keeps what they chose."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.branches import queries
from hub.branches.entries import BranchRuleChanged, BranchRuleConfirmed, BranchRuleObjected, BranchRuleProposed
from hub.branches.models import branch_rule_changes
from hub.constitution import fold as constitution_fold
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.permits import Scope, warrants


def branch_of(tx: Connection, record: BranchRuleProposed) -> Scope | None:
    """The branch itself decides."""
    branch = queries.find(tx, record.branch)
    return None if branch is None or not branch.is_registered else branch.scope


def may_propose(tx: Connection, entry: Entry, record: BranchRuleProposed) -> Verdict:
    """A number that is left to branches, within its range; one change of a branch at a time."""
    rules, _ = constitution.in_force(tx)
    if record.rule not in rules.branch_may:
        return no("branches.not_its_own", "The rules leave this number to no branch.")
    least, most = rules.branch_may[record.rule]
    if not least <= record.value <= most:
        return no("branches.out_of_range", f"A branch may choose a number between {least} and {most} here.")
    scope = branch_of(tx, record)
    if scope is None or act_queries.running(tx, scope, "change_branch_rule"):
        return no("branches.change_runs", "Another change of this branch's rules runs. Wait for it to end.")
    return act_warrants.opening("change_branch_rule", branch_of)(tx, entry, record)


@applies(BranchRuleProposed, warrant=may_propose)
def propose(tx: Connection, entry: Entry, record: BranchRuleProposed, said: Said) -> None:
    """Opens the change, with its opener's signature."""
    row = {"act": record.act, "branch": record.branch, "rule": record.rule, "value": record.value}
    tx.execute(sa.insert(branch_rule_changes), row)
    scope = queries.get(tx, record.branch).scope
    acts.open_act(tx, entry, act=record.act, procedure="change_branch_rule", scope=scope, subject=record.branch)
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(BranchRuleConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: BranchRuleConfirmed, said: Said) -> None:
    """Notes an organiser's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(BranchRuleObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: BranchRuleObjected, said: Said) -> None:
    """Notes an organiser's no."""
    acts.sign(tx, entry, act=record.act, yes=False)


@applies(BranchRuleChanged, warrant=warrants.due)
def change(tx: Connection, entry: Entry, record: BranchRuleChanged, said: Said) -> None:
    """The branch goes by its own number."""
    due = clock.parse_minute(record.due)
    constitution_fold.set_branch_rule(tx, entry, branch=record.branch, rule=record.rule, value=record.value, due=due)


def owes_change(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A change owes exactly the number that was proposed."""
    found = queries.branch_rule_change(tx, state.id)
    is_owed = (
        found is not None
        and isinstance(record, BranchRuleChanged)
        and (record.branch, record.rule, record.value) == (found.branch, found.rule, found.value)
    )
    return YES if is_owed else act_warrants.NOT_DUE
