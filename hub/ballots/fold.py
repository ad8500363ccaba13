"""The only writer of elections, candidacies, ballots and who won them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import proposals
from hub.acts import queries as act_queries
from hub.acts import rules as act_rules
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.ballots import owing, pointless, queries, rules, ties_fold
from hub.ballots.calendar import Owed
from hub.ballots.entries import (
    BallotCalled,
    BallotCounted,
    BallotObjected,
    BallotSigned,
    CandidacyDeclared,
    CandidacyWithdrawn,
    ElectionEnded,
    ElectionOpened,
)
from hub.ballots.models import ballot_winners, ballots, candidacies, elections
from hub.ballots.questions import asked_by
from hub.errors import YES, Verdict, no
from hub.hiding import Target, hideable
from hub.ledger import Entry, Said, applies, tells
from hub.permits import warrants
from hub.permits.entries import GrantEnded, GrantMade
from hub.permits.scope import Scope

for _column in ("statement", "interests"):
    tells(candidacies, _column, "told_entry", entry_types=("candidacy.declared",))

_WITHDRAW = (
    sa.update(candidacies)
    .where(
        candidacies.c.act == sa.bindparam("key"),
        candidacies.c.holder == sa.bindparam("whose"),
        candidacies.c.withdrawn_entry.is_(None),
    )
    .values(withdrawn_entry=sa.bindparam("index"))
)


def may_open(tx: Connection, entry: Entry, record: ElectionOpened) -> Verdict:
    """The clock opens what the record shows to be owed, and nothing else, whatever a constitution says of others."""
    if entry.by is not None or act_queries.find(tx, record.act) is not None:
        return act_warrants.NOT_DUE
    scope = owing.scope_of(tx, record.scope)
    if scope is None or record.branch != scope.branch or record.role != owing.ROLE:
        return act_warrants.NOT_DUE
    found = owing.owed_in(tx, scope, entry.at)
    claimed = (record.kind, record.seats, record.due)
    is_owed = found is not None and (found.kind, found.seats, clock.format_minute(found.due)) == claimed
    return YES if is_owed else act_warrants.NOT_DUE


@applies(ElectionOpened, warrant=may_open)
def open_election(tx: Connection, entry: Entry, record: ElectionOpened, said: Said) -> None:
    """Opens the act, from the moment it was due."""
    scope = owing.scope_of(tx, record.scope)
    assert scope is not None
    found = Owed(record.kind, record.seats, clock.parse_minute(record.due))
    begin_election(tx, entry, act=record.act, scope=scope, found=found)


def begin_election(tx: Connection, entry: Entry, *, act: str, scope: Scope, found: Owed) -> None:
    """Adds an election and opens its act: one that is owed, or that another act asks for."""
    row = {
        "act": act,
        "scope_kind": scope.kind,
        "scope_id": scope.id,
        "branch_id": scope.branch,
        "role": owing.ROLE,
        "kind": found.kind,
        "seats": found.seats,
        "due_at": found.due,
        "entry": entry.index,
        "ended_why": None,
        "ended_entry": None,
    }
    tx.execute(sa.insert(elections), row)
    acts.open_act(tx, entry, act=act, procedure="elect", scope=scope, subject=scope.id, since=found.due)


def undo_election(tx: Connection, entry: Entry, *, act: str, at: dt.datetime) -> None:
    """Lets an election end without effect, because what opened it was undone; unless its voting has closed.

    No ballot is closed by it: one that is open goes on to its close, is counted, and changes no office.
    """
    state = act_queries.get(tx, act)
    if rules.is_before_close(state, entry.at):
        acts.undo(tx, entry, act=act, at=at)


def may_end(tx: Connection, entry: Entry, record: ElectionEnded) -> Verdict:
    """By the hub alone, of an election that the record shows to be pointless, since when and why it says."""
    state = act_queries.find(tx, record.act)
    if state is None or entry.by is not None or record.step != state.step:
        return act_warrants.NOT_DUE
    found = pointless.since(tx, state)
    if found is None or act_rules.next_move(state, found[0]) is not None:
        return act_warrants.NOT_DUE
    is_so = (clock.format_minute(found[0]), found[1]) == (record.due, record.why)
    return YES if is_so else act_warrants.NOT_DUE


@applies(ElectionEnded, warrant=may_end)
def end_election(tx: Connection, entry: Entry, record: ElectionEnded, said: Said) -> None:
    """Stops the act where it stands, and keeps why."""
    mine = sa.update(elections).where(elections.c.act == record.act)
    tx.execute(mine.values(ended_why=record.why, ended_entry=entry.index))
    acts.state_fact(tx, entry, act=record.act, fact="stopped", at=clock.parse_minute(record.due))


def may_stand(tx: Connection, entry: Entry, record: CandidacyDeclared) -> Verdict:
    """While an election waits for candidates; that a member of it stands rests on the hub's word."""
    if queries.find_election(tx, record.act) is None:
        return act_warrants.NO_ACT
    return act_warrants.submitting(tx, entry, record)


@applies(CandidacyDeclared, warrant=may_stand)
def declare(tx: Connection, entry: Entry, record: CandidacyDeclared, said: Said) -> None:
    """Adds the candidacy, with its words."""
    row = {
        "told_entry": entry.index,
        "act": record.act,
        "holder": record.holder,
        "statement": said["statement"],
        "interests": said["interests"],
        "withdrawn_entry": None,
    }
    tx.execute(sa.insert(candidacies), row)
    acts.submit(tx, entry, act=record.act, holder=record.holder)


def may_withdraw(tx: Connection, entry: Entry, record: CandidacyWithdrawn) -> Verdict:
    """Until the roll is fixed, that is the ballot called; that the candidate did it rests on the hub's word."""
    state = act_queries.find(tx, record.act)
    standing = {candidate.holder for candidate in queries.candidates(tx, record.act)}
    if state is None or record.holder not in standing:
        return no("ballots.not_standing", "Nobody of this name stands in this election.")
    if not state.is_open or queries.of_act(tx, record.act) or entry.at >= ballot_opens(state):
        return no(
            "ballots.papers_printed", "The roll is fixed and papers name whoever stands. It is too late for this."
        )
    return warrants.right(tx, entry, record)


@applies(CandidacyWithdrawn, warrant=may_withdraw)
def withdraw(tx: Connection, entry: Entry, record: CandidacyWithdrawn, said: Said) -> None:
    """Ends the candidacy; its holder may stand again while candidates are waited for."""
    tx.execute(_WITHDRAW, {"key": record.act, "whose": record.holder, "index": entry.index})
    acts.withdraw(tx, act=record.act, holder=record.holder)


@hideable("candidacy", by_measure=False)
def hideable_words(tx: Connection, candidacy: str) -> Target | None:
    """What a candidate who stands wrote. Whoever stands in the same election has no hand in it."""
    found = queries.find_candidacy(tx, candidacy)
    if found is None:
        return None
    act, holder = found
    rivals = frozenset(candidate.holder for candidate in queries.candidates(tx, act))
    called = f"what {proposals.shown(tx, holder)} wrote to voters"
    return Target(queries.election(tx, act).scope, holder, f"/elections/{act}", rivals | {holder}, called)


def ballot_opens(state: ActState) -> dt.datetime:
    """Returns when an act that has not come to its ballot will, if nothing more is extended."""
    before = state.steps[state.step + 1 :]
    until = next((place for place, step in enumerate(before) if step.do == "ballot"), 0)
    return state.due + sum((dt.timedelta(days=step.days or 0) for step in before[:until]), dt.timedelta(0))


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


def owes_offices(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """An election owes each winner one mandate of exactly its term, and the end of what it takes the place of."""
    election = queries.election(tx, state.id)
    if isinstance(record, GrantMade):
        claimed = (record.holder, record.role, record.scope, record.branch, record.source, record.until)
        is_owed = any(
            claimed == (holder, election.role, election.scope.id, election.scope.branch, "election", until)
            for holder, until in owing.mandates(tx, state)
        )
        return YES if is_owed else act_warrants.NOT_DUE
    is_owed = isinstance(record, GrantEnded) and (record.grant, record.why, record.ends) in owing.endings(tx, state)
    return YES if is_owed else act_warrants.NOT_DUE
