"""Measures while a case runs: asked for and signed by its duty panel alone, and over by themselves. GO-16; 4.3."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.models import acts as act_rows
from hub.acts.state import ActState
from hub.cases import interims_fold, queries, rules, sealed
from hub.cases.actions import tell
from hub.cases.entries import InterimAsked, InterimBegun, InterimSigned
from hub.errors import Invalid, NotFound, RuleViolation
from hub.groups.models import memberships
from hub.permits import HUB, Actor, P, require
from hub.permits import queries as permits
from hub.permits.actor import FOR_ONE_ACT
from hub.permits.entries import GrantPaused
from hub.permits.live import is_live

MEASURES = ("no_contact", "rest_office")  # from mild to heavy


def ask(
    tx: Connection,
    *,
    case: str,
    measure: str,
    risk: str,
    why_nothing_milder: str,
    actor: Actor,
    grants: tuple[str, ...] = (),
    renews: str | None = None,
) -> str:
    """Asks for a measure as one of a case's duty panel, and signs it; returns its act. It begins with the others'.

    measure: no_contact, or rest_office with grants of the accused; risk: to whom or what, at present. It lasts 14 days
    at most. Raises NotFound, Forbidden, Invalid, RuleViolation cases.*.
    """
    grant = require(actor, P.SCREEN_CASES, HUB, act=case)
    found = queries.parties(tx, case)
    if found is None:
        raise NotFound
    if not risk.strip() or not why_nothing_milder.strip() or measure not in MEASURES:
        raise Invalid({"risk": "Say what is at risk at present, and why nothing milder meets it."})
    if bool(grants) != (measure == "rest_office") or not set(grants) <= _may_rest(tx, found.respondent):
        raise RuleViolation("cases.other_offices", "It rests offices of the accused, and nothing else.")
    assert actor.person is not None
    act = ids.new("act")
    salt = _salt(tx, case, renews)
    body = {
        "measure": measure, "risk": risk.strip(), "why": why_nothing_milder.strip(), "grants": list(grants),
        "salt": salt, "act": act,
    }  # fmt: skip
    name = sealed.put_paper(tx, act=case, kind="interim", person=actor.person, body=body)
    rests = sealed.commit(salt, list(grants)) if grants else None
    record = InterimAsked(act, case, name, rests, is_near_election(tx, found.respondent), renews)
    ledger.append(tx, record, by=grant.entry)
    acts.run(tx, act)
    return act


def sign(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs it as another of the panel. Raises NotFound, Forbidden, RuleViolation."""
    found = queries.interim(tx, act)
    if found is None:
        raise NotFound
    grant = require(actor, P.SCREEN_CASES, HUB, act=found.case_act)
    ledger.append(tx, InterimSigned(act, act_queries.get(tx, act).step), by=grant.entry)
    acts.run(tx, act)


@effect("interim.begin", owes=interims_fold.owes_interim, settled=interims_fold.settled_interim)
def begin(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Says until when it lasts, rests the offices that it is about, and tells the accused what it rests on."""
    moment, found = clock.format_minute(due), queries.interim(tx, state.id)
    assert found is not None
    papers = sealed.read(tx, found.case_act).of_kind("interim")
    paper = next((one for one in papers if one.id == found.file), None)
    until = clock.format_minute(interims_fold.until_of(tx, state))
    grants = list(paper.body["grants"]) if paper is not None else []
    salted = paper.body["salt"] if paper is not None and grants else None
    ledger.append(tx, InterimBegun(state.id, state.step, moment, until, grants, salted), by=None)
    for name in grants:
        one = permits.grant_by_id(tx, name)
        if one is not None and is_live(one, due) and moment < until:
            ledger.append(tx, GrantPaused(name, state.id, state.step, moment, until), by=None)
    parties = queries.parties(tx, found.case_act)
    if parties is not None:
        tell(tx, found.case_act, parties.respondent)


def _salt(tx: Connection, case: str, renews: str | None) -> str:
    """A renewal rests what rested before, under the same hash: another would be another measure."""
    before = None if renews is None else queries.interim(tx, renews)
    papers = sealed.read(tx, case).of_kind("interim")
    known = next((one.body["salt"] for one in papers if before is not None and one.id == before.file), None)
    return known or sealed.salt()


def _may_rest(tx: Connection, person: str) -> set[str]:
    """The offices of somebody that may rest: none for which they were drawn, so that no panel is emptied by it."""
    holder = permits.holder_of_person(tx, person)
    held = permits.standing_grants(tx, holder=holder) if holder else ()
    return {one.id for one in held if one.role not in FOR_ONE_ACT}


def is_near_election(tx: Connection, person: str) -> bool:
    """Tells whether an election runs, or is due within 60 days, where somebody belongs or has an office."""
    holder = permits.holder_of_person(tx, person)
    places = {one.scope.id for one in permits.standing_grants(tx, holder=holder)} if holder else set()
    inside = sa.select(memberships.c.group).where(memberships.c.person == person, memberships.c.until_at.is_(None))
    places |= set(tx.scalars(inside))
    found = queries.branch_of(tx, person)
    places |= {found} if found else set()
    runs = sa.select(act_rows.c.id).where(act_rows.c.procedure == "elect", act_rows.c.outcome.is_(None))
    if tx.scalar(runs.where(act_rows.c.scope_id.in_(places)).limit(1)) is not None:
        return True
    soon = clock.now() + rules.NEAR
    ending = permits.standing_everywhere(tx, clock.now())
    return any(
        one.scope.id in places and one.role == "admin" and one.is_mandate and one.until <= soon for one in ending
    )
