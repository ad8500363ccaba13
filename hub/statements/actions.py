"""The verbs: draft, correct, take back, sign, object. One of the press begins, another signs; nobody does it alone."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.branches import actions as letters
from hub.errors import insist
from hub.permits import HUB, Actor, P, require
from hub.permits import queries as permits
from hub.statements import fold, queries, rules
from hub.statements.entries import (
    CorrectionProposed,
    RetractionProposed,
    StatementConfirmed,
    StatementDrafted,
    StatementObjected,
    StatementPublished,
)


def draft(tx: Connection, *, kind: str, title: str, text: str, actor: Actor, group: str | None = None) -> str:
    """Drafts a statement or a reminder, with the actor's signature; returns the act.

    group: of a reminder, the group where something was said, or None. Raises Forbidden, RuleViolation statements.*.
    """
    grant = require(actor, P.PUBLISH_STATEMENT, HUB)
    insist(rules.kind_ok(kind, group is not None) and rules.words_ok(title, text))
    act = ids.new("act")
    record = StatementDrafted(act, ids.new("stm"), kind, group)
    return _begin(tx, record, grant.entry, grant.holder, {"title": title.strip(), "text": text.strip()})


def correct(tx: Connection, *, statement: str, title: str, text: str, reason: str, actor: Actor) -> str:
    """Proposes other words, with the reason and the actor's signature; returns the act.

    Raises Invalid without a reason, Forbidden, RuleViolation statements.*.
    """
    grant = require(actor, P.PUBLISH_STATEMENT, HUB)
    insist(rules.words_ok(title, text))
    letters.insist_on_reason(reason)
    words = {"title": title.strip(), "text": text.strip(), "reason": reason.strip()}
    return _begin(tx, CorrectionProposed(ids.new("act"), statement), grant.entry, grant.holder, words)


def take_back(tx: Connection, *, statement: str, reason: str, actor: Actor) -> str:
    """Proposes to take it back, with the reason and the actor's signature; returns the act.

    Raises Invalid without a reason, Forbidden, RuleViolation statements.*.
    """
    grant = require(actor, P.PUBLISH_STATEMENT, HUB)
    letters.insist_on_reason(reason)
    record = RetractionProposed(ids.new("act"), statement)
    return _begin(tx, record, grant.entry, grant.holder, {"reason": reason.strip()})


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs as the second. Raises NotFound, Forbidden, RuleViolation acts.* for who began it or has signed already."""
    queries.of_act(tx, act)
    grant = require(actor, P.PUBLISH_STATEMENT, HUB)
    ledger.append(tx, StatementConfirmed(act), by=grant.entry)
    acts.run(tx, act)


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects. Raises NotFound, Invalid without a reason, Forbidden, RuleViolation acts.*."""
    queries.of_act(tx, act)
    grant = require(actor, P.PUBLISH_STATEMENT, HUB, ends=True)
    letters.insist_on_reason(reason)
    ledger.append(tx, StatementObjected(act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)


@effect("statement.publish", owes=fold.owes_publication)
def publish(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Says it, says it otherwise, or takes it back."""
    ledger.append(tx, StatementPublished(state.id, state.step, clock.format_minute(due)), by=None)


def _begin(
    tx: Connection,
    record: StatementDrafted | CorrectionProposed | RetractionProposed,
    entry: int,
    holder: str,
    words: dict[str, str],
) -> str:
    ledger.append(tx, record, by=entry, words=words)
    acts.run(tx, record.act)
    press = permits.standing_grants(tx, scope=HUB)
    others = {one.holder for one in press if P.PUBLISH_STATEMENT in one.permissions} - {holder}
    letters.tell_holders(tx, sorted(others), "statement_waits", f"/statements/drafts/{record.act}")
    return record.act
