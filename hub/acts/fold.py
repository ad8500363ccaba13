"""The only writer of acts, hands and moves. Other rooms' applies call open_act, submit and sign for their entries."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries, rules, warrants
from hub.acts.effects import of_act
from hub.acts.entries import ActAdvanced
from hub.acts.models import act_hands, act_moves, acts
from hub.acts.rules import ActState, Move
from hub.constitution import queries as constitution
from hub.ledger import Entry, Said, applies
from hub.permits.scope import Scope
from hub.permits.warrants import warranting_grant

_OPEN, _HAND, _MOVE = sa.insert(acts), sa.insert(act_hands), sa.insert(act_moves)
_ADVANCE = (
    sa.update(acts)
    .where(acts.c.id == sa.bindparam("act"))
    .values(
        step=sa.bindparam("to_step"),
        since_at=sa.bindparam("since", type_=acts.c.since_at.type),
        due_at=sa.bindparam("until", type_=acts.c.due_at.type),
        outcome=sa.bindparam("result"),
        closed_at=sa.bindparam("closed", type_=acts.c.closed_at.type),
        closed_entry=sa.bindparam("closing"),
    )
)


def open_act(tx: Connection, entry: Entry, *, act: str, procedure: str, scope: Scope, subject: str) -> None:
    """Opens an act under the constitution in force. scope: where it is decided; subject: what it is about."""
    rules_now, version = constitution.in_force(tx)
    state = ActState(act, procedure, scope, subject, rules_now.procedures[procedure].steps, 0, entry.at)
    row = {
        "id": act,
        "procedure": procedure,
        "constitution": version,
        "scope_kind": scope.kind,
        "scope_id": scope.id,
        "branch_id": scope.branch,
        "subject": subject,
        "opened_entry": entry.index,
        "opened_at": entry.at,
        "step": 0,
        "since_at": entry.at,
        "due_at": state.due,
        "outcome": None,
        "closed_at": None,
        "closed_entry": None,
    }
    tx.execute(_OPEN, row)


def submit(tx: Connection, entry: Entry, *, act: str, holder: str) -> None:
    """Notes that a holder joined in, at the act's present step."""
    _add_hand(tx, entry, act, holder, "submit")


def sign(tx: Connection, entry: Entry, *, act: str, yes: bool) -> None:
    """Notes the yes or no of the holder of the entry's warrant, at the act's present step."""
    grant = warranting_grant(tx, entry)
    if grant is None:
        raise RuntimeError(f"entry {entry.index} was applied without its warrant")
    _add_hand(tx, entry, act, grant.holder, "yes" if yes else "no")


@applies(ActAdvanced, warrant=warrants.moves)
def advance(tx: Connection, entry: Entry, record: ActAdvanced, said: Said) -> None:
    """Ends the present step and begins the next, or closes the act."""
    due = clock.parse_minute(record.due)
    state = rules.after(queries.get(tx, record.act), Move(record.act, record.step, due, record.outcome))
    move = {"act": record.act, "step": record.step, "due_at": due, "outcome": record.outcome, "entry": entry.index}
    tx.execute(_MOVE, move)
    if state.outcome in rules.ENDINGS:
        of_act(state).ended(tx, state, entry)
    closed = not state.is_open
    tx.execute(
        _ADVANCE,
        {
            "act": record.act,
            "to_step": state.step,
            "since": state.since,
            "until": state.due,
            "result": state.outcome,
            "closed": due if closed else None,
            "closing": entry.index if closed else None,
        },
    )


def _add_hand(tx: Connection, entry: Entry, act: str, holder: str, hand: str) -> None:
    step = queries.get(tx, act).step
    row = {"entry": entry.index, "act": act, "step": step, "holder": holder, "hand": hand, "at": entry.at}
    tx.execute(_HAND, row)
