"""The only writer of extensions, and of what they prolong: a panel lets its measure last longer, once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.emergencies import queries, rules
from hub.emergencies.entries import ExtensionProposed, MeasureExtended
from hub.emergencies.fold import decided_at_the_hub
from hub.emergencies.models import measure_extensions, measures
from hub.errors import YES, Verdict, no
from hub.hiding import fold as hiding
from hub.ledger import Entry, Said, applies, tells
from hub.permits import HUB, Grant, warrants
from hub.permits import fold as permits_fold

tells(measure_extensions, "reason", "told_entry", entry_types=("extension.proposed",))

NO_MEASURE = no("emergencies.unknown", "No such measure is in the record.")


def may_propose(tx: Connection, entry: Entry, record: ExtensionProposed) -> Verdict:
    """One of the panel that confirmed the measure, while it is in force, and once."""
    verdict = may_extend(tx, record.measure, entry.at)
    if not verdict:
        return verdict
    by = warrants.warranting_grant(tx, entry)
    if by is None or not by.holds_in(record.measure):
        return warrants.NO_WARRANT
    return act_warrants.opening("extend_measure", decided_at_the_hub)(tx, entry, record)


def may_extend(tx: Connection, measure: str, at: dt.datetime) -> Verdict:
    """Says whether a measure may be extended at a moment, whoever asks."""
    found = queries.find(tx, measure)
    if found is None:
        return NO_MEASURE
    is_confirmed = act_queries.get(tx, measure).outcome == "done"
    is_asked = any(row.outcome in (None, "done") for row in queries.extensions(tx, measure))
    return rules.may_extend(found.kind, is_confirmed=is_confirmed, is_asked=is_asked, until=found.until_at, now=at)


@applies(ExtensionProposed, warrant=may_propose)
def propose(tx: Connection, entry: Entry, record: ExtensionProposed, said: Said) -> None:
    """Opens the act, with its opener's signature."""
    acts.open_act(tx, entry, act=record.act, procedure="extend_measure", scope=HUB, subject=record.measure)
    acts.sign(tx, entry, act=record.act, yes=True)
    row = {"act": record.act, "measure": record.measure, "reason": said["reason"], "told_entry": entry.index}
    tx.execute(sa.insert(measure_extensions), {**row, "until_at": None})


def still_lasts(tx: Connection, state: ActState, at: dt.datetime, _grant: Grant) -> Verdict:
    """Nobody signs an extension of what is over."""
    found = queries.find(tx, state.subject)
    is_there = found is not None and found.until_at is not None and at < found.until_at
    return YES if is_there else no("emergencies.over", "This measure is over. What is over is not extended.")


def until_of(tx: Connection, state: ActState) -> dt.datetime:
    """Returns when a measure ends that is extended: by so many days more, and within what any may last in all."""
    found = queries.find(tx, state.subject)
    assert found is not None
    opened_under = act_queries.get(tx, state.subject).constitution
    most = constitution.of_entry(tx, opened_under).numbers["measure_most_days"]
    return rules.ends_at(found.begun_at, found.until_at, state.effect.lasts, most)


def owes_longer(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """An extension owes its one measure the new end, once."""
    asked = queries.find_extension(tx, state.id)
    if not isinstance(record, MeasureExtended) or asked is None or asked.until_at is not None:
        return act_warrants.NOT_DUE
    claimed, until = (record.measure, record.until), clock.format_minute(until_of(tx, state))
    return YES if claimed == (state.subject, until) else act_warrants.NOT_DUE


@applies(MeasureExtended, warrant=warrants.due)
def extend(tx: Connection, entry: Entry, record: MeasureExtended, said: Said) -> None:
    """Whatever rests, is closed or is hidden by the measure stays so until its new end."""
    found, later = queries.find(tx, record.measure), clock.parse_minute(record.until)
    assert found is not None
    until = found.until_at
    mine = sa.update(measure_extensions).where(measure_extensions.c.act == record.act)
    tx.execute(mine.values(until_at=later))
    tx.execute(sa.update(measures).where(measures.c.act == record.measure).values(until_at=later))
    permits_fold.extend_pauses(tx, record.measure, until, later)
    hiding.conceal_longer(tx, record.measure, until, later)
    closes = rules.CLOSES.get(found.kind)
    if closes is not None:
        acts.close_procedures(
            tx, entry, act=record.measure, scope_id=found.scope_id, procedures=closes, since=until, until=later
        )
