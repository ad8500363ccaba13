"""The only writer of ballots and who won them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.ballots import owing, queries, returning, rules, ties_fold
from hub.ballots.entries import (
    BallotCalled,
    BallotCounted,
    BallotObjected,
    BallotSigned,
)
from hub.ballots.models import ballot_winners, ballots
from hub.ballots.questions import asked_by
from hub.errors import Verdict
from hub.ledger import Entry, Said, applies


def may_call(tx: Connection, entry: Entry, record: BallotCalled) -> Verdict:
    """The clock calls the ballot an act stands at, once, as its step says. Who is on the roll rests on its word."""
    verdict = act_warrants.working("ballot")(tx, entry, record)
    if not verdict:
        return verdict
    state = act_queries.get(tx, record.act)
    step, seats = state.current, asked_by(tx, state).seats
    floor = owing.floor_of(tx, state, record.roll)
    is_owed = (
        queries.of_step(tx, record.act, record.step) is None
        and queries.find(tx, record.ballot) is None
        and (record.kind, record.seats, record.floor) == (step.kind, seats, floor)
        and (record.opens, record.closes) == (clock.format_minute(state.since), clock.format_minute(state.due))
    )
    return ties_fold.names_chance(tx, record) if is_owed else act_warrants.NOT_DUE


@applies(BallotCalled, warrant=may_call)
def call(tx: Connection, entry: Entry, record: BallotCalled, said: Said) -> None:
    """Adds the ballot."""
    row = {
        "id": record.ballot,
        "act": record.act,
        "step": record.step,
        "kind": record.kind,
        "seats": record.seats,
        "roll": record.roll,
        "root": record.root,
        "closing_root": None,
        "opens_at": clock.parse_minute(record.opens),
        "closes_at": clock.parse_minute(record.closes),
        "floor": record.floor,
        "seed": record.seed,
        "called_entry": entry.index,
        "counted_entry": None,
        "outcome": None,
        "papers": None,
        "file": None,
        "blt": None,
        "moves": 0,
        "moved_entry": None,
        "chain": record.chain,
        "minutes": record.minutes,
        **dict.fromkeys(("tied_entry", "source", "known_at", "box", "said")),
    }
    tx.execute(sa.insert(ballots), row)


def may_count(tx: Connection, entry: Entry, record: BallotCounted) -> Verdict:
    """The clock counts, once: at the close, or by the round of a tie. That these papers lay in the box rests on its
    word; the rest on them.
    """
    verdict = act_warrants.working("ballot")(tx, entry, record)
    found = queries.of_step(tx, record.act, record.step)
    if not verdict or found is None or found.id != record.ballot or found.is_counted:
        return act_warrants.NOT_DUE
    timely = ties_fold.may_count(found, entry, record)
    return timely if not timely or _is_sound(tx, found, record) else act_warrants.NOT_DUE


def _is_sound(tx: Connection, found: queries.Ballot, record: BallotCounted) -> bool:
    """Tells whether a result could be one: who won stood, nothing is told of few papers, nothing passed for a flaw."""
    stood = {candidate.holder for candidate in queries.candidates(tx, record.act)}
    told = [record.papers, record.root, record.file]
    many = record.papers is not None and rules.FEW <= record.papers <= found.roll
    elects = bool(record.winners) == (record.outcome == "passed") if found.kind == "stv" else not record.winners
    return (
        record.outcome in ("passed", "failed")
        and elects
        and record.winners == sorted(set(record.winners))
        and stood.issuperset(record.winners)
        and len(record.winners) <= found.seats
        and (many if any(part is not None for part in told) else True)
        and (None not in told or told == [None] * 3)
        and (record.blt is not None) == (many and found.kind == "stv")
        and (record.flaw is None or (record.outcome == "failed" and told == [None] * 3))
        and (record.flaw != returning.TOO_FEW or (found.kind == "stv" and found.floor > 0))
        # Of few papers it is not told how many: there were fewer than FEW.
        and not (record.winners and found.floor > (record.papers or rules.FEW - 1))
    )


@applies(BallotCounted, warrant=may_count)
def count(tx: Connection, entry: Entry, record: BallotCounted, said: Said) -> None:
    """Notes the result, and states it in the act."""
    values = {
        "counted_entry": entry.index,
        "outcome": record.outcome,
        "papers": record.papers,
        "closing_root": record.root,
        "file": record.file,
        "blt": record.blt,
        "said": record.said,
    }
    tx.execute(sa.update(ballots).where(ballots.c.id == record.ballot).values(values))
    won = [{"ballot": record.ballot, "holder": holder} for holder in record.winners]
    if won:
        tx.execute(sa.insert(ballot_winners), won)
    acts.state_fact(tx, entry, act=record.act, fact=record.outcome, at=clock.parse_minute(record.due))


@applies(BallotSigned, warrant=act_warrants.signing)
def sign(tx: Connection, entry: Entry, record: BallotSigned, said: Said) -> None:
    """Notes a scrutineer's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(BallotObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: BallotObjected, said: Said) -> None:
    """Notes a scrutineer's no; the reason stands in its opening."""
    acts.sign(tx, entry, act=record.act, yes=False)
