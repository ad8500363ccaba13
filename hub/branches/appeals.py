"""The verbs of an appeal: a founder sends a refusal to a panel drawn by lot, and the panel judges it.

The same for branches and groups. What the panel does not refuse begins: its silence is a yes.
Source: governance.md 1.9.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub import ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.state import APPEALS, ActState
from hub.branches import actions as letters
from hub.branches import appeals_fold
from hub.branches.entries import AppealDismissed, AppealSent, AppealUpheld
from hub.errors import Forbidden, NotFound
from hub.permits import HUB, Actor, P, R, require, require_right
from hub.permits.actions import right_of_members


@dataclass(frozen=True)
class Said:
    """What somebody said in public of a founding. holder: who; reason: None where it was withdrawn."""

    holder: str
    reason: str | None
    entry: int


def get(tx: Connection, act: str) -> ActState:
    """Returns an appeal. Raises NotFound, also for an act of another kind."""
    state = act_queries.get(tx, act)
    if state.procedure not in APPEALS.values():
        raise NotFound
    return state


def of_founding(tx: Connection, founding: ActState) -> ActState | None:
    """Returns the appeal that follows a refused founding, or None."""
    return act_queries.newest_of(tx, founding.subject, tuple(APPEALS.values()))


def send(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Sends a refusal to a panel, with a public reason why it should begin.

    Raises NotFound, Invalid without a reason, Forbidden for who did not found it, RuleViolation acts.not_waiting.
    """
    state = get(tx, act)
    require_right(actor, R.APPEAL, HUB)
    if not is_founder(tx, state, actor):
        raise Forbidden(appeals_fold.NOT_FOUNDER)
    assert actor.holder is not None
    letters.insist_on_reason(reason)
    ledger.append(tx, AppealSent(act, actor.holder), by=right_of_members(tx), words={"reason": reason.strip()})
    acts.run(tx, act)


def is_founder(tx: Connection, state: ActState, actor: Actor) -> bool:
    """Tells whether the actor is one of those who founded what an appeal is about."""
    return actor.holder is not None and actor.holder in act_queries.founders(tx, state)


def uphold(tx: Connection, *, act: str, actor: Actor) -> None:
    """Finds, as one of the panel, that it should begin. Raises NotFound, Forbidden, RuleViolation acts.*."""
    ledger.append(tx, AppealUpheld(act), by=_seat(tx, act, actor))
    acts.run(tx, act)


def dismiss(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Finds, as one of the panel, that it was refused rightly.

    Raises NotFound, Invalid without a reason, Forbidden, RuleViolation acts.*.
    """
    by = _seat(tx, act, actor)
    letters.insist_on_reason(reason)
    ledger.append(tx, AppealDismissed(act), by=by, words={"reason": reason.strip()})
    acts.run(tx, act)


def refusals(tx: Connection, state: ActState) -> list[Said]:
    """Returns who refused what an act founds, or appeals, and why, in the order of the record."""
    return _said(tx, act_queries.founding_of(tx, state).id, "no")


def answers(tx: Connection, state: ActState) -> list[Said]:
    """Returns why a founder says that it should begin."""
    return _said(tx, state.id, "submit")


def _said(tx: Connection, act: str, hand: str) -> list[Said]:
    found = []
    for row in act_queries.hands(tx, act):
        entry = ledger.get(tx, row.entry) if row.hand == hand else None
        if entry is not None:
            found.append(Said(row.holder, ledger.words_of(tx, entry).get("reason"), row.entry))
    return found


def _seat(tx: Connection, act: str, actor: Actor) -> int:
    get(tx, act)
    return require(actor, P.JUDGE_FOUNDINGS, HUB, act=act).entry
