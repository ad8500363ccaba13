"""The only writer of what people read at the sources of a draw. From public tables alone."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries as act_queries
from hub.acts.rules import ActState
from hub.draws import queries, rules
from hub.draws.conflicts import concerned
from hub.draws.entries import DrawRevealed
from hub.draws.models import draw_readings
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.lot.sources import check_value
from hub.permits import queries as permits
from hub.permits import warrants

NOT_WAITING = no("draws.not_waiting", "No draw waits for this.")
READ_BEFORE = no("draws.read_before", "You have read the sources already. It takes a second person.")


def may_reveal(tx: Connection, entry: Entry, record: DrawRevealed) -> Verdict:
    """By an office where the act is; by any member where there is none, or a day after the sources became known."""
    state, found = act_queries.find(tx, record.act), queries.find(tx, record.act, record.step)
    if state is None or found is None or found.is_made or not state.is_open or state.step != record.step:
        return NOT_WAITING
    if entry.at < found.known_at:
        return no("draws.not_known", f"The sources become known {clock.format_minute(found.known_at)}, not before.")
    if queries.upheld(tx, found):
        return no("draws.found_wrong", "Two people found this pool wrong in time: another follows, with other sources.")
    before = {reading.holder for reading in queries.readings(tx, record.act, record.step)}
    if record.holder is not None and record.holder in before:
        return READ_BEFORE
    try:
        for source, text in zip(found.named, record.said, strict=True):
            check_value(source, rules.parse_reading(text))
    except ValueError as problem:
        return no("draws.no_reading", str(problem))
    if record.holder is not None and record.holder in concerned(tx, state, entry.at):
        return no("acts.own_case", "Nobody has a hand in what is about themselves.")
    grant = warrants.warranting_grant(tx, entry)
    if grant is not None:
        is_here = (grant.scope.kind, grant.scope.id) == (state.scope.kind, state.scope.id)
        return YES if is_here and grant.holder == record.holder else warrants.NO_WARRANT
    if record.holder is not None or not members_may_read(tx, state, found, entry.at):
        return no("draws.officers_first", "For a day, those who hold an office here read the sources.")
    return warrants.right(tx, entry, record)


def members_may_read(tx: Connection, state: ActState, found: queries.Draw, at: dt.datetime) -> bool:
    """Tells whether any member of the scope may read the sources: so that no officers can hold a draw up."""
    return at >= found.known_at + rules.OFFICERS_FIRST or len(readers(tx, state, at)) < 2


def readers(tx: Connection, state: ActState, at: dt.datetime) -> set[str]:
    """Returns the holders of an office where the act is, but for whom it concerns: nobody draws who decides on them."""
    return {grant.holder for grant in permits.recorded_grants(tx, scope=state.scope, at=at)} - concerned(tx, state, at)


@applies(DrawRevealed, warrant=may_reveal)
def reveal(tx: Connection, entry: Entry, record: DrawRevealed, said: Said) -> None:
    """Notes a reading."""
    row = {"entry": entry.index, "act": record.act, "step": record.step, "holder": record.holder}
    tx.execute(sa.insert(draw_readings), {**row, "said": list(record.said), "at": entry.at})
