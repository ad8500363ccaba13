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
from hub.ballots import box, letters, owing, published, queries, returning, roll, rules, ties, watching
from hub.ballots.entries import BallotCalled, BallotCounted, BallotTied
from hub.ballots.models import ballot_files
from hub.ballots.queries import Ballot
from hub.ballots.questions import asked_by
from hub.constitution import queries as constitution
from hub.count import OnlyLot
from hub.count.yesno import BRANCHES_MISSED, decide
from hub.draws import chain, drawing

log = logging.getLogger("folkmoot.ballots")


@work("ballot")
def hold(tx: Connection, state: ActState, now: dt.datetime) -> bool:
    """Calls the ballot an act stands at, or counts it once it has closed; tells whether there was something to do.

    While it is open its scrutineers are drawn, where it has some of its own. Where only a lot can decide, the count
    waits for whoever brings the round (reading); in vain, it ends without a result.
    """
    found = queries.of_step(tx, state.id, state.step)
    if found is None:
        call(tx, state)
        return True
    if state.current.by == SCRUTINEERS and found.takes_papers(now) and drawing.hold(tx, state, now):
        return True
    if found.is_counted or now < (found.waits_until or found.closes):
        return False
    if not found.is_tied and watching.is_unsure(tx, found.closes, now):
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
        *ties.named(step.kind, chain.in_force()),
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


def count(tx: Connection, state: ActState, ballot: Ballot, said: str | None = None) -> None:
    """Counts, or ties where only a lot can decide and nothing is known to draw it by.

    said: of a tied ballot, what its round said, verified; None where it was waited for in vain. Counted, the box is
    emptied, the roll written anew, what may be is published, and everybody is told.
    """
    box.lock(tx, ballot.id)
    now, papers, marked = clock.minute(clock.now()), box.papers(tx, ballot.id), roll.marked(tx, ballot.id)
    flaw = ties.UNREAD if ballot.is_tied and said is None else _flaw(tx, ballot, papers, marked)
    is_sound = flaw is None
    seed = _seed(ballot, papers, said)
    try:
        result = _result(tx, state, ballot, papers if is_sound else [], seed)
    except OnlyLot:
        _tie(tx, state, ballot, papers)
        return
    root = roll.root(tx, ballot.id, closing=True)
    box.empty(tx, ballot.id)
    roll.write_anew(tx, ballot.id)
    due = now if said is not None else ballot.waits_until or ballot.closes
    told: dict[str, Any] = {"flaw": flaw}
    if is_sound and marked >= rules.FEW:
        told_by = published.chance(ballot, said)
        whole = published.sheet_bytes(ballot, papers, root, result.sheet, queries.receipts_of(tx, ballot), told_by)
        told = {"papers": marked, "root": root, "file": _keep(tx, whole)}
        told["blt"] = _keep(tx, result.blt) if result.blt is not None else None
    if said is not None:
        told |= {"said": said, "seed": ties.seed_of(ballot.id, said)}
    counted = BallotCounted(
        ballot.id, state.id, state.step, clock.format_minute(due), result.outcome, list(result.winners), **told
    )
    ledger.append(tx, counted, by=None, at=now)
    letters.tell_roll(tx, ballot.id, "ballot_counted")


def _tie(tx: Connection, state: ActState, ballot: Ballot, papers: list[sa.Row[Any]]) -> None:
    """States that only a lot decides, and by which round; papers stay in their box, and none is taken any more."""
    assert ballot.minutes is not None
    source = ties.source_of(chain.in_force(), ballot.closes, ballot.minutes)
    tied = BallotTied(
        ballot.id, state.id, state.step, clock.format_minute(ballot.closes), source.name,
        clock.format_minute(source.known), _box_hash(papers),
    )  # fmt: skip
    ledger.append(tx, tied, by=None)


def _box_hash(papers: list[sa.Row[Any]]) -> str:
    return ties.box_hash((paper.tracker, json.loads(paper.choice)) for paper in papers)


def _seed(ballot: Ballot, papers: list[sa.Row[Any]], said: str | None) -> str | None:
    """Returns what lots fall by; None before that is known. Of ballots called earlier: their trackers."""
    if ballot.seed == ties.TRACKERS:
        return rules.seed_of(ballot.id, [paper.tracker for paper in papers])
    return None if said is None else ties.seed_of(ballot.id, said)


def _flaw(tx: Connection, ballot: Ballot, papers: list[sa.Row[Any]], marked: int) -> str | None:
    """Returns why a ballot cannot be counted: its box or its roll is not what it was; None where both are.

    Nor is an election counted in which fewer voted than it takes, on an heir whose members come back.

    On a copy of a hub neither papers nor roll are there: nobody voted here. Source: GO-22, a roll changed in silence.
    """
    if ballot.box is not None and ballot.box != _box_hash(papers):
        log.error("a box does not hold what it held when its ballot closed; its ballot fails")
        return "box_spoilt"
    if len(papers) != marked:
        log.error("a box holds another number of papers than its roll has marks; its ballot fails")
        return "box_spoilt"
    if roll.persons_of(tx, ballot.id) and roll.root(tx, ballot.id, closing=False) != ballot.root:
        log.error("a roll is not the one whose root stands in the record; its ballot fails")
        return "roll_changed"
    return returning.TOO_FEW if ballot.kind == "stv" and len(papers) < ballot.floor else None


def _result(tx: Connection, state: ActState, ballot: Ballot, papers: list[sa.Row[Any]], seed: str | None) -> _Result:
    """Counts papers. Raises OnlyLot where ties need a seed that is not known yet."""
    choices = [json.loads(paper.choice) for paper in papers]
    if ballot.kind == "yesno":
        return _decided(tx, state, ballot, papers, choices)
    standing = [candidate.holder for candidate in queries.candidates(tx, ballot.act)]
    contest = rules.contest_of(ballot.id, ballot.seats, standing, choices)
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
