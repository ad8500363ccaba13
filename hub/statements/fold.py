"""The only writer of statements: drafted, corrected, taken back; each by two of the press."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.errors import YES, Verdict
from hub.groups import queries as groups
from hub.ledger import Entry, Said, applies, tells
from hub.permits import HUB, Scope, warrants
from hub.statements import queries, rules
from hub.statements.entries import (
    CorrectionProposed,
    RetractionProposed,
    StatementConfirmed,
    StatementDrafted,
    StatementObjected,
    StatementPublished,
)
from hub.statements.models import statements, versions

PROCEDURE = "publish_statement"
DRAFTED, CORRECTED, RETRACTED = "statement.drafted", "correction.proposed", "retraction.proposed"

tells(versions, "title", "told_entry", entry_types=(DRAFTED, CORRECTED))
tells(versions, "text", "told_entry", entry_types=(DRAFTED, CORRECTED))
tells(versions, "reason", "told_entry", entry_types=(CORRECTED, RETRACTED))


def of_hub(_tx: Connection, _record: Any) -> Scope:
    """What is said in the name of all is the whole hub's."""
    return HUB


def may_draft(tx: Connection, entry: Entry, record: StatementDrafted) -> Verdict:
    """By one of the press; a reminder is about a group that is registered, or about none."""
    group = None if record.group is None else groups.find(tx, record.group)
    if record.group is not None and (group is None or not group.is_registered):
        return act_warrants.NOT_DUE
    if queries.find(tx, record.statement) is not None:
        return act_warrants.NOT_DUE
    return rules.kind_ok(record.kind, group is not None) and act_warrants.opening(PROCEDURE, of_hub)(tx, entry, record)


@applies(StatementDrafted, warrant=may_draft)
def draft(tx: Connection, entry: Entry, record: StatementDrafted, said: Said) -> None:
    """Adds what is not said yet."""
    row = {"id": record.statement, "kind": record.kind, "group": record.group, "told_entry": entry.index}
    tx.execute(sa.insert(statements), row)
    _open(tx, entry, record, rules.PUBLISH, said)


def may_change(tx: Connection, entry: Entry, record: CorrectionProposed | RetractionProposed) -> Verdict:
    """By one of the press, of what stands, one change at a time."""
    found = queries.find(tx, record.statement)
    done = () if found is None else [one.does for one in found.done]
    running = {one.subject for one in act_queries.running(tx, HUB, PROCEDURE)}
    return rules.may_change(done, record.statement in running) and act_warrants.opening(PROCEDURE, of_hub)(
        tx, entry, record
    )


@applies(CorrectionProposed, warrant=may_change)
def propose_correction(tx: Connection, entry: Entry, record: CorrectionProposed, said: Said) -> None:
    """Notes the other words; those that stand go on standing."""
    _open(tx, entry, record, rules.CORRECT, said)


@applies(RetractionProposed, warrant=may_change)
def propose_retraction(tx: Connection, entry: Entry, record: RetractionProposed, said: Said) -> None:
    """Notes why it would be taken back."""
    _open(tx, entry, record, rules.WITHDRAW, said)


def _open(tx: Connection, entry: Entry, record: Any, does: str, said: Said) -> None:
    """Opens the act, with its opener's signature."""
    words = {name: said.get(name) for name in ("title", "text", "reason")}
    row = {"act": record.act, "statement": record.statement, "does": does, "told_entry": entry.index, **words}
    tx.execute(sa.insert(versions), {**row, "done_entry": None, "done_at": None})
    acts.open_act(tx, entry, act=record.act, procedure=PROCEDURE, scope=HUB, subject=record.statement)
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(StatementConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: StatementConfirmed, said: Said) -> None:
    """Notes a yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(StatementObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: StatementObjected, said: Said) -> None:
    """Notes a no."""
    acts.sign(tx, entry, act=record.act, yes=False)


@applies(StatementPublished, warrant=warrants.due)
def publish(tx: Connection, entry: Entry, record: StatementPublished, said: Said) -> None:
    """It is said, said otherwise or taken back from the moment that was due."""
    done = {"done_entry": entry.index, "done_at": clock.parse_minute(record.due)}
    tx.execute(sa.update(versions).where(versions.c.act == record.act).values(done))


def owes_publication(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """Two signatures owe one entry."""
    done = sa.select(versions.c.done_entry).where(versions.c.act == state.id)
    is_owed = isinstance(record, StatementPublished) and tx.execute(done).all() == [(None,)]
    return YES if is_owed else act_warrants.NOT_DUE
