"""The clock's work of a ballot: call it when its act comes to it, count it at its close. No officer has a hand in it.

In the unit of work that counts, every paper is taken out of its box and the roll is written anew in random order: what
is left of the papers is the published file, sorted by tracker; of fewer than ten, nothing (GO-29).
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts.effects import work
from hub.acts.state import SCRUTINEERS, ActState
from hub.ballots import box, letters, owing, published, queries, roll, rules, watching
from hub.ballots.entries import BallotCalled, BallotCounted
from hub.ballots.models import ballot_files
from hub.ballots.queries import Ballot
from hub.ballots.questions import asked_by
from hub.constitution import queries as constitution
from hub.count.yesno import BRANCHES_MISSED, decide
from hub.draws import drawing

log = logging.getLogger("folkmoot.ballots")


@work("ballot")
def hold(tx: Connection, state: ActState, now: dt.datetime) -> bool:
    """Calls the ballot an act stands at, or counts it once it has closed; tells whether there was something to do.

    While it is open its scrutineers are drawn, where it has some of its own.
    """
    found = queries.of_step(tx, state.id, state.step)
    if found is None:
        call(tx, state)
        return True
    if state.current.by == SCRUTINEERS and found.takes_papers(now) and drawing.hold(tx, state, now):
        return True
    if found.is_counted or now < found.closes or watching.is_unsure(tx, found.closes, now):
        return False
    count(tx, state, found)
    return True


def call(tx: Connection, state: ActState) -> None:
    """Fixes the roll as it was when the step began, opens the box, and tells everybody on the roll."""
    text, step, ballot = constitution.of_entry(tx, state.constitution), state.current, ids.new("bal")
    question = asked_by(tx, state)
    found = roll.members(tx, state.scope, state.since, text.numbers)
    root = roll.freeze(tx, ballot, found, by_branch=step.branches)
    box.make(tx, ballot)
    called = BallotCalled(
        ballot, state.id, state.step, step.kind, question.seats, len(found), root,
        clock.format_minute(state.since), clock.format_minute(state.due), owing.floor_of(tx, state, len(found)),
        rules.SEED,
    )  # fmt: skip
    ledger.append(tx, called, by=None)
    letters.tell_roll(tx, ballot, "ballot_opens")


@dataclass(frozen=True)
class _Result:
    """What a count found, before anything is published. outcome: passed or failed; sheet: as values for the file."""

    outcome: str
    winners: tuple[str, ...]
    sheet: dict[str, Any]
    blt: bytes | None = None


def count(tx: Connection, state: ActState, ballot: Ballot) -> None:
    """Counts, empties the box, writes the roll anew, publishes what may be, and tells everybody."""
    box.lock(tx, ballot.id)
    papers, marked = box.papers(tx, ballot.id), roll.marked(tx, ballot.id)
    flaw = _flaw(tx, ballot, len(papers), marked)
    is_sound = flaw is None
    result = _result(tx, state, ballot, papers if is_sound else [])
    root = roll.root(tx, ballot.id, closing=True)
    box.empty(tx, ballot.id)
    roll.write_anew(tx, ballot.id)
    due = clock.format_minute(ballot.closes)
    told: dict[str, Any] = {"flaw": flaw}
    if is_sound and marked >= rules.FEW:
        whole = published.sheet_bytes(ballot, papers, root, result.sheet, queries.receipts_of(tx, ballot))
        told = {"papers": marked, "root": root, "file": _keep(tx, whole)}
        told["blt"] = _keep(tx, result.blt) if result.blt is not None else None
    counted = BallotCounted(ballot.id, state.id, state.step, due, result.outcome, list(result.winners), **told)
    ledger.append(tx, counted, by=None)
    letters.tell_roll(tx, ballot.id, "ballot_counted")


def _flaw(tx: Connection, ballot: Ballot, papers: int, marked: int) -> str | None:
    """Returns why a ballot cannot be counted: its box or its roll is not what it was; None where both are.

    On a copy of a hub neither papers nor roll are there: nobody voted here. Source: GO-22, a roll changed in silence.
    """
    if papers != marked:
        log.error("a box holds another number of papers than its roll has marks; its ballot fails")
        return "box_spoilt"
    if roll.persons_of(tx, ballot.id) and roll.root(tx, ballot.id, closing=False) != ballot.root:
        log.error("a roll is not the one whose root stands in the record; its ballot fails")
        return "roll_changed"
    return None


def _result(tx: Connection, state: ActState, ballot: Ballot, papers: list[sa.Row[Any]]) -> _Result:
    choices = [json.loads(paper.choice) for paper in papers]
    if ballot.kind == "yesno":
        return _decided(tx, state, ballot, papers, choices)
    standing = [candidate.holder for candidate in queries.candidates(tx, ballot.act)]
    contest = rules.contest_of(ballot.id, ballot.seats, standing, choices)
    seed = rules.seed_of(ballot.id, [paper.tracker for paper in papers])
    winners = rules.winners_of(contest, seed)
    sheet, blt = published.count_sheet(contest, seed) if papers else ({}, None)
    return _Result("passed" if winners else "failed", winners, sheet, blt)


def _decided(tx: Connection, state: ActState, ballot: Ballot, papers: list[sa.Row[Any]], choices: list[Any]) -> _Result:
    said = Counter(choices)
    step, question = state.steps[ballot.step], asked_by(tx, state)
    decision = decide(said["yes"], said["no"], said["abstain"], floor=ballot.floor, ratio=question.ratio or step.ratio)
    if not step.branches:
        return _Result("passed" if decision.passed else "failed", (), published.decision_sheet(decision))
    votes = Counter((paper.branch or rules.SMALL, choice) for paper, choice in zip(papers, choices, strict=True))
    branches = rules.by_branch(votes, roll.places(tx, ballot.id))
    if not branches.is_most:
        decision = replace(decision, missed=(*decision.missed, BRANCHES_MISSED))
    return _Result("passed" if decision.passed else "failed", (), published.decision_sheet(decision, branches))


def _keep(tx: Connection, raw: bytes) -> str:
    """Keeps a file until the worker has published it; returns its name."""
    name = published.name_of(raw)
    if queries.waiting_file(tx, name) is None:
        tx.execute(sa.insert(ballot_files), {"sha256": name, "bytes": raw})
    return name
