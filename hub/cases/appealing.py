"""Appeal, and what the clock carries out: a decision that became final, and the end of an appeal."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.cases import deciding, ending_fold, queries, rules, sealed
from hub.cases.actions import tell
from hub.cases.entries import CaseAppealed, CaseConcluded, CaseReviewed
from hub.errors import Forbidden, Invalid, NotFound
from hub.permits import HUB, Actor, R, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.entries import GrantEnded
from hub.permits.fold import DECIDED
from hub.permits.live import stands


def appeal(tx: Connection, *, case: str, ground: str, words: str, actor: Actor) -> str:
    """Has others judge a decision that went against the actor; returns the appeal's act. It holds nothing meanwhile.

    ground: procedure, new_evidence or proportionality; new items are attached before. Raises NotFound, Forbidden,
    Invalid, RuleViolation cases.not_against_you, cases.not_waiting.
    """
    ledger.hold(tx)
    side, first = queries.side_of(tx, case, actor.person), deciding.decision_of(tx, case)
    if side is None or first is None:
        raise NotFound
    assert actor.person is not None
    if side == rules.COMPLAINANT:
        require_right(actor, R.APPEAL, HUB)
    verdict = rules.may_appeal(side, proved=deciding.ruling_of(first.body).proved)
    if not verdict:
        raise Forbidden(verdict)
    if ground not in rules.GROUNDS or not words.strip():
        raise Invalid({"words": "Choose on what ground you appeal, and say why."})
    items = [one.id for one in sealed.read(tx, case).items if one.side == side and not one.shown]
    if ground == "new_evidence" and not items:
        raise Invalid({"ground": "Attach what is new first."})
    act = ids.new("act")
    body = {"side": side, "ground": ground, "words": words.strip(), "items": items}
    name = sealed.put_paper(tx, act=case, kind="appeal", person=actor.person, body=body)
    ledger.append(tx, CaseAppealed(act, case, side, name, items), by=right_of_members(tx))
    sealed.show(tx, items)
    _tell_sides(tx, case)
    acts.run(tx, act)
    return act


def tell_of_end(tx: Connection, state: ActState) -> None:
    """Lets the case go on whose appeal nobody decided."""
    acts.run(tx, state.subject)


@effect(
    "case.review",
    owes=ending_fold.owes_review,
    ended=ending_fold.end_appeal,
    tell=tell_of_end,
    settled=ending_fold.settled_review,
)
def review(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Lets the case go on with the decision of the appeal."""
    found = queries.appeal(tx, state.id)
    assert found is not None
    assert found.decision is not None
    moment = clock.format_minute(due)
    ledger.append(tx, CaseReviewed(state.id, state.step, moment, found.case_act, found.decision), by=None)
    acts.run(tx, found.case_act)


def tell_of_lapse(tx: Connection, state: ActState) -> None:
    """Tells the sides that a case came to nothing; of one that was never admitted, whoever complained alone."""
    found = queries.parties(tx, state.id)
    if found is not None:
        tell(tx, state.id, found.complainant, *([found.respondent] if state.step >= 3 else []))


@effect(
    "case.conclude",
    ends=DECIDED,
    owes=ending_fold.owes_conclusion,
    ended=ending_fold.end_case,
    settled=ending_fold.settled_conclusion,
    tell=tell_of_lapse,
)
def conclude(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Ends the offices that the decision ends and that still stand, and tells the sides."""
    moment, paper = clock.format_minute(due), deciding.decision_of(tx, state.id)
    found = queries.complaint(tx, state.id)
    assert found is not None
    grants = list(paper.body["grants"]) if paper is not None and found.ends is not None else []
    salted = paper.body["salt"] if paper is not None and grants else None
    ledger.append(tx, CaseConcluded(state.id, state.step, moment, grants, salted), by=None)
    for grant in grants:
        one = permits.grant_by_id(tx, grant)
        if one is not None and one.ended_at is None and stands(one, due):
            ledger.append(tx, GrantEnded(grant, DECIDED, state.id, state.step, moment), by=None)
    _tell_sides(tx, state.id)


def _tell_sides(tx: Connection, case: str) -> None:
    found = queries.parties(tx, case)
    if found is not None:
        tell(tx, case, found.complainant, found.respondent)
