"""The verbs of those drawn to decide, and of the sides while they are chosen: strike, propose a decision, sign one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.state import ActState
from hub.cases import queries, rules, sealed
from hub.cases.actions import tell
from hub.cases.entries import CaseDecided, PanelStruck
from hub.cases.rules import Ruling
from hub.draws import queries as draws
from hub.draws import ticking
from hub.errors import NotFound, RuleViolation, insist
from hub.permits import HUB, Actor, P, R, require, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members


def strike(tx: Connection, *, act: str, ticket: str, actor: Actor) -> None:
    """Strikes one of those drawn, as a side; the next in the order is asked. act: of the case, or of its appeal.

    Raises NotFound, Forbidden, RuleViolation cases.not_waiting once somebody has decided, cases.struck_enough.
    """
    ledger.hold(tx)
    state = act_queries.get(tx, act)
    side = queries.side_of(tx, queries.case_of(tx, state), actor.person)
    if side is None:
        raise NotFound
    if side == rules.COMPLAINANT:
        require_right(actor, R.COMPLAIN, HUB)
    ledger.append(tx, PanelStruck(act, state.step, side, ticket), by=right_of_members(tx))
    seat = draws.seat(tx, ticket)
    assert seat is not None
    ticking.replace(tx, seat, "struck")


def propose(tx: Connection, *, act: str, ruling: Ruling, actor: Actor) -> str:
    """Lays a decision before the panel to be signed, as one of it; returns its id. Signs nothing.

    Raises NotFound, Forbidden, RuleViolation cases.* for what no panel may decide.
    """
    require(actor, P.DECIDE_CASES, HUB, act=act)
    state = act_queries.get(tx, act)
    assert actor.person is not None
    _insist_may_rule(tx, state, ruling)
    return sealed.put_paper(tx, act=act, kind="ruling", person=actor.person, body=body_of(ruling, state.step))


def sign(tx: Connection, *, act: str, decision: str, actor: Actor) -> None:
    """Signs a decision that lies before the panel; an earlier signature of one's own for another falls.

    Raises NotFound, Forbidden, RuleViolation cases.undisclosed, cases.too_soon, cases.not_waiting.
    """
    grant = require(actor, P.DECIDE_CASES, HUB, act=act)
    state = act_queries.get(tx, act)
    paper = proposed(tx, act, decision)
    if paper is None or paper.body["step"] != state.step:
        raise NotFound
    ruling = ruling_of(paper.body)
    _insist_may_rule(tx, state, ruling)
    ends = sealed.commit(paper.body["salt"], list(ruling.grants)) if ruling.grants else None
    rehears = True if ruling.outcome == rules.REHEAR else None
    ledger.append(tx, CaseDecided(act, state.step, decision, ends, list(ruling.cites), rehears), by=grant.entry)
    acts.run(tx, act)
    if act_queries.get(tx, act).step != state.step:
        found = queries.parties(tx, queries.case_of(tx, state))
        assert found is not None
        tell(tx, found.act, found.complainant, found.respondent)


def body_of(ruling: Ruling, step: int) -> dict[str, Any]:
    """What the hash of a decision is made of. step: for which panel; salt: of the hash of the offices that it ends."""
    return {
        **asdict(ruling),
        "cites": list(ruling.cites),
        "grants": list(ruling.grants),
        "step": step,
        "salt": sealed.salt(),
    }


def ruling_of(body: dict[str, Any]) -> Ruling:
    """Reads a decision from its paper."""
    told = {name: value for name, value in body.items() if name not in ("step", "salt")}
    return Ruling(**{**told, "cites": tuple(body["cites"]), "grants": tuple(body["grants"])})


def proposed(tx: Connection, act: str, decision: str | None) -> sealed.Paper | None:
    """Returns a decision that lies before the panel of an act, or None."""
    return next((one for one in sealed.read(tx, act).of_kind("ruling") if one.id == decision), None)


def decision_of(tx: Connection, case: str) -> sealed.Paper | None:
    """Returns the paper of a case's decision as it stands: that of its appeal, where one was decided."""
    found, review = queries.complaint(tx, case), queries.appeal_of(tx, case)
    if found is None or found.decision is None:
        return None
    return proposed(tx, case, found.decision) or (proposed(tx, review.act, found.decision) if review else None)


def _insist_may_rule(tx: Connection, state: ActState, ruling: Ruling) -> None:
    insist(rules.may_rule(ruling, _bound(tx, state)))
    if ruling.outcome == rules.REHEAR:
        insist(queries.may_send_back(tx, state, clock.now()))
    _insist_on_theirs(tx, queries.case_of(tx, state), ruling)


def _bound(tx: Connection, state: ActState) -> Ruling | None:
    """What an appeal may not make worse; None where nothing was proved against anybody, or it is no appeal."""
    if state.procedure != "appeal_case":
        return None
    first = decision_of(tx, state.subject)
    ruling = None if first is None else ruling_of(first.body)
    return ruling if ruling is not None and ruling.proved else None


def _insist_on_theirs(tx: Connection, case: str, ruling: Ruling) -> None:
    """A decision ends offices of the accused, and nobody else's."""
    found = queries.parties(tx, case)
    holder = None if found is None else permits.holder_of_person(tx, found.respondent)
    theirs = {one.id for one in permits.standing_grants(tx, holder=holder)} if holder else set()
    if not set(ruling.grants) <= theirs:
        raise RuleViolation("cases.other_offices", "It can end offices of the accused, and nobody else's.")
