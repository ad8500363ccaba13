"""The only writer of elections and candidacies; and what an election owes when it is over."""

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
from hub.ballots import owing, pointless, queries, rules
from hub.ballots.calendar import Owed
from hub.ballots.entries import (
    CandidacyDeclared,
    CandidacyWithdrawn,
    ElectionEnded,
    ElectionOpened,
)
from hub.ballots.models import candidacies, elections
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


def ballot_opens(state: ActState) -> dt.datetime:
    """Returns when an act that has not come to its ballot will, if nothing more is extended."""
    before = state.steps[state.step + 1 :]
    until = next((place for place, step in enumerate(before) if step.do == "ballot"), 0)
    return state.due + sum((dt.timedelta(days=step.days or 0) for step in before[:until]), dt.timedelta(0))


def may_withdraw(tx: Connection, entry: Entry, record: CandidacyWithdrawn) -> Verdict:
    """Until the roll is fixed, that is the ballot called; that the candidate did it rests on the hub's word."""
    state = act_queries.find(tx, record.act)
    standing = {candidate.holder: candidate.entry for candidate in queries.candidates(tx, record.act)}
    if state is None or record.holder not in standing or record.stood not in (None, standing[record.holder]):
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


def gave_offices(tx: Connection, state: ActState) -> Verdict:
    """Says whether each winner was given their mandate: nobody elected is left out, whatever the roster says of them.

    That they left ends it afterwards: a lapse, which everybody sees, and of which only some can be at once.
    """
    if owing.mandates(tx, state):
        return no("ballots.left_out", "Somebody was elected and was given no mandate.")
    return YES


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
