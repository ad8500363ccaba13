"""The verbs of elections: the clock opens them, members stand, scrutineers sign, and the result changes the offices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger, looks
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.ballots import elected, elections_fold, letters, owing, pointless, queries, roll, rules
from hub.ballots.entries import (
    BallotObjected,
    BallotSigned,
    CandidacyDeclared,
    CandidacyWithdrawn,
    ElectionEnded,
    ElectionOpened,
)
from hub.ballots.questions import Question, question
from hub.branches import actions as branch_letters
from hub.constitution import queries as constitution
from hub.constitution.actions import accept_office
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation, no
from hub.groups import queries as groups
from hub.permits import Actor, P, R, Scope, insist_on_words, require, require_right
from hub.permits.actions import right_of_members
from hub.permits.entries import GrantEnded, GrantMade


def tick(tx: Connection) -> int:
    """Lets the clock move every act and open every election that is owed, until nothing more is; returns how many."""
    moved = 0
    while step := _round(tx):
        moved += step
    return moved


def _round(tx: Connection) -> int:
    """Moves whatever may say that an election has no vote; then what opens by it, and what ends. However late.

    The elections themselves go on only once there is nothing of that.
    """
    due = act_queries.due_by(tx, clock.now())
    waiting = pointless.waiting(tx) if due else set()
    others = [act for act in due if act not in waiting]
    moved = acts.run_all(tx, others) + open_owed(tx) + end_pointless(tx, pointless.candidates(tx))
    return moved if moved or others == list(due) else acts.tick_all(tx)


def open_owed(tx: Connection) -> int:
    """Opens the elections that the record shows to be owed by now; returns how many."""
    # Two clocks at once: the second sees what the first has opened, and opens nothing twice.
    ledger.hold(tx)
    opened, now = 0, clock.now()
    for scope in owing.scopes_short(tx, now):
        found = owing.owed_in(tx, scope, now)
        if found is None:
            continue
        act = ids.new("act")
        due = clock.format_minute(found.due)
        ledger.append(
            tx, ElectionOpened(act, scope.id, scope.branch, owing.ROLE, found.kind, found.seats, due), by=None
        )
        # It moves with the others: a clock that comes late first opens what may say that it has no vote.
        letters.tell_members(tx, scope, act, found.due)
        opened += 1
    return opened


def end_pointless(tx: Connection, some: Sequence[str]) -> int:
    """Ends those of some elections in which nobody needs to vote any more; returns how many.

    A clock that comes late first makes the moves that were due by then: an election that had come to its vote goes on.
    """
    ledger.hold(tx)
    ended = 0
    for act in some:
        found = pointless.since(tx, act_queries.get(tx, act))
        if found is not None:
            acts.move_until(tx, act, found[0])
            ended += _end(tx, act)
    return ended


def _end(tx: Connection, act: str) -> bool:
    """Ends an election unless its vote has begun, and tells who stood; tells whether it did."""
    state = act_queries.get(tx, act)
    found = pointless.since(tx, state)
    if found is None:
        return False
    ledger.append(tx, ElectionEnded(act, state.step, clock.format_minute(found[0]), found[1]), by=None)
    stood = [candidate.holder for candidate in queries.candidates(tx, act)]
    branch_letters.tell_holders(tx, stood, "election_ended", f"/elections/{act}")
    acts.run(tx, act)
    return True


def announce(tx: Connection, scope: Scope, act: str, at: dt.datetime) -> None:
    """Tells every member of a scope of an election that was opened as of a moment, and lets it move."""
    letters.tell_members(tx, scope, act, at)
    acts.run(tx, act)


def announce_undone(tx: Connection, act: str, at: dt.datetime) -> None:
    """Lets an election move that was undone, and tells every member of where it was."""
    if not act_queries.get(tx, act).was_undone:
        return
    acts.run(tx, act)
    letters.tell_members(tx, queries.election(tx, act).scope, act, at, "election_undone")


def may_stand(tx: Connection, election: queries.Election, actor: Actor) -> None:
    """Raises Forbidden unless the actor is a verified member of where the election is."""
    scope = _with_area(tx, election.scope)
    if scope.kind == "group":
        require_right(actor, R.STAND, Scope("group", scope.id, scope.branch))
        if groups.member_since(tx, scope.id, actor) is None:
            raise Forbidden(no("ballots.not_a_member", "Whoever belongs to this group may stand. You do not, yet."))
        return
    require_right(actor, R.STAND, scope)


def stand(tx: Connection, *, act: str, statement: str, interests: str, shown: str, actor: Actor) -> str:
    """Stands in an election; returns the holder. By this the member takes a name in the record, if they had none.

    statement: at most 300 words, or none; interests: what they declare, or nothing. Who is limited in what they publish
    stands without either, as anybody may. Raises Forbidden for who is no member there, or publishes nothing of their
    own, Invalid for the words, RuleViolation acts.* when nominations are closed or they stand already.
    """
    election = queries.election(tx, act)
    acts.run(tx, act)
    may_stand(tx, election, actor)
    if statement.strip() or interests.strip():
        insist_on_words(actor)
    _insist_on_words(statement, interests)
    text = constitution.of_entry(tx, act_queries.get(tx, act).constitution)
    holder = accept_office(tx, role=election.role, rules=text, shown=shown, actor=actor)
    words = {"statement": statement.strip(), "interests": interests.strip()}
    ledger.append(tx, CandidacyDeclared(act, holder), by=right_of_members(tx), words=words)
    acts.run(tx, act)
    return holder


def withdraw(tx: Connection, *, act: str, actor: Actor) -> None:
    """Stands no more, until the roll is fixed. Raises RuleViolation ballots.*."""
    queries.election(tx, act)
    acts.run(tx, act)
    if actor.holder is None:
        raise RuleViolation("ballots.not_standing", "You do not stand in this election.")
    stood = next((one.entry for one in queries.candidates(tx, act) if one.holder == actor.holder), None)
    ledger.append(tx, CandidacyWithdrawn(act, actor.holder, stood), by=right_of_members(tx))
    acts.run(tx, act)


def sign(tx: Connection, *, act: str, actor: Actor) -> None:
    """A scrutineer finds roll and count in order. Raises Forbidden, RuleViolation acts.*."""
    grant = require(actor, P.BALLOTS_SCRUTINISE, act_queries.get(tx, act).scope, act=act)
    ledger.append(tx, BallotSigned(act), by=grant.entry)
    acts.run(tx, act)


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """A scrutineer objects; two void the count. Raises Invalid without a reason, Forbidden, RuleViolation acts.*."""
    grant = require(actor, P.BALLOTS_SCRUTINISE, act_queries.get(tx, act).scope, act=act)
    branch_letters.insist_on_reason(reason)
    ledger.append(tx, BallotObjected(act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)
    open_owed(tx)


@dataclass(frozen=True)
class Voter:
    """A line of a roll as scrutineers see it. nickname: None before there is one; voted: None where it stays hidden."""

    nickname: str | None
    area: str | None
    voted: bool | None


def look_at_roll(tx: Connection, *, act: str, actor: Actor) -> list[Voter]:
    """Shows a scrutineer who was on the roll, and everybody on it that they did (/me/looks).

    Who voted is shown once the ballot is counted, and not where fewer than ten did: the outcome would tell how.
    Raises Forbidden for who is no scrutineer there, NotFound before there is a roll.
    """
    grant = require(actor, P.BALLOTS_SCRUTINISE, act_queries.get(tx, act).scope, act=act)
    ballots = queries.of_act(tx, act)
    if not ballots:
        raise NotFound
    purpose: looks.Purpose = "roll" if ballots[-1].papers is None else "count"
    voted = roll.marks(tx, ballots[-1].id)
    seen = looks.open_fields(tx, actor=actor, grant=grant, purpose=purpose, about=ballots[-1].id, people=list(voted))
    # Whoever was erased since stays on the frozen roll, as nobody.
    known = [(seen.get(person, {}), mark if purpose == "count" else None) for person, mark in voted.items()]
    voters = [Voter(fields.get("nickname"), fields.get("area"), mark) for fields, mark in known]
    return sorted(voters, key=lambda voter: (voter.nickname is None, voter.nickname or ""))


@question("office.elect")
def ask(tx: Connection, state: ActState) -> Question:
    """An election asks whom to give how many seats."""
    election = queries.election(tx, state.id)
    standing = tuple(candidate.holder for candidate in queries.candidates(tx, state.id))
    return Question("Who shall organise?", election.scope.id, f"/elections/{state.id}", standing, election.seats)


@effect(
    "office.elect",
    owes=elections_fold.owes_offices,
    settled=elections_fold.gave_offices,
    ends="superseded",
    later=owing.handed_over,
)
def elect(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Ends what the election takes the place of, gives each winner a mandate, and tells them.

    Whose membership ended before now has a mandate that lapses as it begins: their seat is vacant. Where that is too
    many at once, all of it waits under a hold: no number of them keeps an election from taking effect.
    """
    election, moment = queries.election(tx, state.id), clock.format_minute(due)
    for grant, why, ends in owing.endings(tx, state):
        ledger.append(tx, GrantEnded(grant, why, state.id, state.step, moment, ends), by=None)
    scope = election.scope
    owed = owing.mandates(tx, state)
    for holder, until in owed:
        made = GrantMade(
            ids.new("grt"), holder, election.role, scope.id, scope.branch, "election", state.id, state.step, moment,
            until,
        )  # fmt: skip
        ledger.append(tx, made, by=None)
    gone = elected.begin(tx, scope, [holder for holder, _until in owed], due)
    there = [holder for holder, _until in owed if holder not in gone]
    branch_letters.tell_holders(tx, there, "elected", f"/elections/{state.id}")


def _insist_on_words(statement: str, interests: str) -> None:
    mistakes = {}
    if not rules.words_ok(statement, rules.STATEMENT_WORDS):
        mistakes["statement"] = f"This is longer than {rules.STATEMENT_WORDS} words. Shorten it."
    if not rules.words_ok(interests, rules.INTEREST_WORDS):
        mistakes["interests"] = f"This is longer than {rules.INTEREST_WORDS} words. Shorten it."
    if mistakes:
        raise Invalid(mistakes)


def _with_area(tx: Connection, scope: Scope) -> Scope:
    return owing.scope_of(tx, scope.id) or scope
