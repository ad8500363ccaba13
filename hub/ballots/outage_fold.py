"""The only writer of outages, and of the closes that they move. What moves is worked out from public tables alone."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.ballots import outages, queries
from hub.ballots.entries import OutageNoted
from hub.ballots.models import ballots
from hub.ballots.models import outages as rows
from hub.ballots.outages import Outage
from hub.ballots.queries import Ballot
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict
from hub.ledger import Entry, Said, applies

MOVES = "outage_moves"


def hits(tx: Connection, outage: Outage) -> list[Ballot]:
    """Returns the ballots not yet counted that were open during an outage, in the order of the record."""
    return [ballot for ballot in queries.uncounted(tx) if outage.within(ballot.opens, ballot.closes)]


def moves(tx: Connection, outage: Outage) -> dict[Ballot, dt.datetime]:
    """Returns which ballots an outage moves, and to which close."""
    found = {}
    for ballot in hits(tx, outage):
        state = act_queries.get(tx, ballot.act)
        most = constitution.of_entry(tx, state.constitution).numbers[MOVES]
        before = queries.outages_since(tx, ballot.moved_entry or ballot.called_entry)
        later = outages.later_close(ballot.opens, ballot.closes, outage, before, ballot.moves, most)
        if later is not None and state.is_open and state.step == ballot.step:
            found[ballot] = later
    return found


def may_note(tx: Connection, entry: Entry, record: OutageNoted) -> Verdict:
    """The clock alone, of a time that is past and was not noted before, in which a ballot was open.

    That nobody could reach it then rests on the hub's word; how many ballots that moves, and how far, does not.
    """
    outage = _outage(record, entry.index)
    is_new = all(one.ends <= outage.begins for one in queries.outages_since(tx, 0))
    is_sound = (
        entry.by is None
        and outage.ends - outage.begins >= outages.GAP
        and outage.ends <= entry.at
        and is_new
        and bool(hits(tx, outage))
        and len(moves(tx, outage)) == record.moved
    )
    return YES if is_sound else act_warrants.NOT_DUE


@applies(OutageNoted, warrant=may_note)
def note(tx: Connection, entry: Entry, record: OutageNoted, said: Said) -> None:
    """Notes the outage, and moves the close of each ballot that it moves, with its act."""
    outage = _outage(record, entry.index)
    later = moves(tx, outage)
    tx.execute(sa.insert(rows), {"entry": entry.index, "begins_at": outage.begins, "ends_at": outage.ends})
    for ballot, closes in later.items():
        values = {"closes_at": closes, "moves": ballot.moves + 1, "moved_entry": entry.index}
        tx.execute(sa.update(ballots).where(ballots.c.id == ballot.id).values(values))
        acts.delay(tx, entry, act=ballot.act, until=closes)


def _outage(record: OutageNoted, index: int) -> Outage:
    return Outage(clock.parse_minute(record.begins), clock.parse_minute(record.ends), index)
