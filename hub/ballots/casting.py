"""The verbs of voters: cast a vote, change it by its receipt. Nothing here writes the record, or a trail.

Source: reference for governance, section 2.5, level 1; GO-25 (the last vote counts).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy.engine import Connection

from hub import chance, clock
from hub.ballots import box, queries, roll, rules
from hub.ballots.queries import Ballot
from hub.count import RON
from hub.errors import YES, Forbidden, Invalid, RuleViolation, Verdict, no
from hub.ids import ALPHABET
from hub.permits import HUB, Actor, R, require_right

NOT_ON_ROLL = no(
    "ballots.not_on_roll",
    "You are not on the roll of this ballot. It was fixed when the ballot opened, and holds whoever was a member here "
    "by then, for as many days as the rules say.",
)
CLOSED = no("ballots.closed", "This ballot is closed: no more votes are taken.")
VOTED = no("ballots.voted_before", "You have voted. To change your vote, use the receipt you got.")
NOT_VOTED = no("ballots.not_voted", "You have not voted in this ballot, so there is nothing to change.")
NO_RECEIPT = no("ballots.no_receipt", "No vote in this ballot has this receipt. Look at both parts of it again.")


def new_nonce() -> str:
    """Returns what a form prints before a phrase is typed: 80 random bits, in a shape that can be typed again."""
    return "-".join("".join(chance.one_of(ALPHABET) for _place in range(4)) for _part in range(4))


def may_vote(tx: Connection, ballot: Ballot, actor: Actor) -> Verdict:
    """Says whether somebody is on the roll of a ballot that takes votes, and has not voted."""
    require_right(actor, R.VOTE, HUB)
    if not ballot.takes_papers(clock.now()):
        return CLOSED
    line = queries.line_of(tx, ballot.id, actor.person)
    if line is None:
        return NOT_ON_ROLL
    return VOTED if line.voted else YES


def may_change(tx: Connection, ballot: Ballot, actor: Actor) -> Verdict:
    """Says whether somebody could put another choice in a receipt's place."""
    verdict = may_vote(tx, ballot, actor)
    if verdict.code == VOTED.code:
        return YES
    return NOT_VOTED if verdict else verdict


def cast(tx: Connection, *, ballot: str, choice: str | Sequence[str], nonce: str, phrase: str, actor: Actor) -> str:
    """Casts a vote; returns its tracker. choice: yes, no or abstain; or references, the first preference first.

    nonce: from the form, printed before the phrase was typed. Raises Forbidden for who is not on the roll,
    RuleViolation ballots.* when it is closed or they have voted, Invalid for the fields. One person, one paper.
    """
    found = queries.get(tx, ballot)
    require_right(actor, R.VOTE, HUB)
    written = _written(tx, found, choice)
    _insist_on_receipt(nonce, phrase)
    line = queries.line_of(tx, ballot, actor.person)
    if line is None:
        raise Forbidden(NOT_ON_ROLL)
    assert actor.person is not None
    _insist_open(tx, found)
    if not roll.mark(tx, ballot, actor.person):
        raise RuleViolation(VOTED.code, VOTED.sentence)
    tracker = rules.tracker_of(ballot, nonce, phrase)
    if box.has(tx, ballot, tracker):
        raise Invalid({"phrase": "Choose another phrase."})
    box.put(tx, ballot=ballot, tracker=tracker, choice=written, branch=roll.branch_on_paper(tx, ballot, line))
    return tracker


def change(tx: Connection, *, ballot: str, choice: str | Sequence[str], nonce: str, phrase: str, actor: Actor) -> str:
    """Puts another choice in the place of the one whose receipt this is; returns its tracker, which stays.

    Raises as cast does, and RuleViolation ballots.no_receipt. Whoever has voted may use any receipt: nothing says whose
    it is, so keep it as you keep a key.
    """
    found = queries.get(tx, ballot)
    require_right(actor, R.VOTE, HUB)
    written = _written(tx, found, choice)
    line = queries.line_of(tx, ballot, actor.person)
    if line is None:
        raise Forbidden(NOT_ON_ROLL)
    _insist_open(tx, found)
    tracker = rules.tracker_of(ballot, nonce, phrase)
    if not line.voted or not box.has(tx, ballot, tracker):
        raise RuleViolation(NO_RECEIPT.code, NO_RECEIPT.sentence)
    box.put(tx, ballot=ballot, tracker=tracker, choice=written, branch=None)
    return tracker


def options_of(tx: Connection, ballot: Ballot) -> tuple[str, ...]:
    """Returns what a paper may name: answers, or who stands, and re-open nominations."""
    if ballot.kind == "yesno":
        return rules.ANSWERS
    return (*(candidate.holder for candidate in queries.candidates(tx, ballot.act)), RON)


def _insist_open(tx: Connection, ballot: Ballot) -> None:
    """Raises unless votes are taken. Holds the box, so that no count comes between."""
    if not box.lock(tx, ballot.id) or not ballot.takes_papers(clock.now()):
        raise RuleViolation(CLOSED.code, CLOSED.sentence)


def _insist_on_receipt(nonce: str, phrase: str) -> None:
    verdict = rules.phrase_ok(phrase)
    if not verdict:
        raise Invalid({"phrase": verdict.sentence})
    if rules.read_nonce(nonce) != nonce:
        raise Invalid({"": "Open the ballot paper again: the code printed on it is missing."})


def _written(tx: Connection, ballot: Ballot, choice: str | Sequence[str]) -> str:
    """Returns a choice as a paper keeps it. Raises Invalid for what is no choice here."""
    options = options_of(tx, ballot)
    if ballot.kind == "yesno":
        if choice not in options:
            raise Invalid({"choice": "Select one option."})
        return json.dumps(choice)
    ranked = list(choice)
    if len(set(ranked)) < len(ranked) or not set(options).issuperset(ranked):
        raise Invalid({"": "This paper ranks somebody twice, or who does not stand. Open it again."})
    return json.dumps(ranked)
