"""The verbs of the sides and of the duty panel: complain, screen, attach, charge, prolong, answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger, outbox
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.cases import exhibits, filing, queries, rules, sealed
from hub.cases.entries import CaseAnswered, CaseCharged, CaseFiled, CaseProlonged, CaseScreened
from hub.cases.models import case_facts, case_sides
from hub.cases.rules import Item
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation, insist, no
from hub.people import queries as people
from hub.permits import HUB, Actor, P, R, require, require_right
from hub.permits.actions import right_of_members

RESULTS = ("admitted", "no_case", "informal")


def complain(
    tx: Connection,
    *,
    respondent: str,
    rule: int,
    happened_on: dt.date,
    learned_on: dt.date,
    words: str,
    actor: Actor,
    again: str | None = None,
) -> str | None:
    """Complains of one member; returns the case's act, or None where it waits in the queue.

    respondent: a person; rule: the number of a rule of conduct of the time; happened_on, learned_on: days; words: what
    happened; again: the ended case whose facts it is about, where there is new evidence. Raises Forbidden, NotFound,
    Invalid, RuleViolation cases.*.
    """
    require_right(actor, R.COMPLAIN, HUB)
    assert actor.person is not None
    ledger.hold(tx)
    if not words.strip():
        raise Invalid({"words": "Enter what happened. The duty panel reads it first."})
    if respondent == actor.person or people.standing_of(tx, respondent) is None:
        raise NotFound
    insist(rules.may_complain(happened_on, learned_on, clock.today()))
    version = filing.version_at(tx, rule, happened_on)
    filing.insist_on_other_facts(tx, respondent, happened_on, again)
    filed = filing.Complaint(
        actor.person, respondent, queries.branch_of(tx, respondent), rule, version, happened_on, learned_on,
        words.strip(), again,
    )  # fmt: skip
    if filing.has_room(tx, filed):
        return open_case(tx, filed)
    filing.queue(tx, filed)
    return None


def open_case(tx: Connection, filed: filing.Complaint) -> str:
    """Opens a case for a complaint, or for one that waited; returns its act."""
    act = ids.new("act")
    name = sealed.put_paper(tx, act=act, kind="complaint", person=filed.complainant, body=filed.body)
    tx.execute(sa.insert(case_facts), {**filed.row, "act": act, "hidden": 0, "filed_at": clock.now()})
    sides = ((rules.COMPLAINANT, filed.complainant), (rules.RESPONDENT, filed.respondent))
    tx.execute(sa.insert(case_sides), [{"act": act, "side": side, "person": person} for side, person in sides])
    ledger.append(tx, CaseFiled(act, name), by=right_of_members(tx))
    acts.run(tx, act)
    return act


def screen(tx: Connection, *, act: str, result: str, reasons: str, actor: Actor, hides: bool = False) -> None:
    """Says as one of the duty panel whether a complaint becomes a case. The second of one mind decides.

    result: admitted, no_case or informal; hides: orders, with these reasons, that the accused does not learn who
    complained: where both who admit it do. Raises NotFound, Forbidden, Invalid, RuleViolation.
    """
    grant = require(actor, P.SCREEN_CASES, HUB, act=act)
    if result not in RESULTS:
        raise Invalid({"result": "Choose one of the three."})
    if not reasons.strip():
        raise Invalid({"reasons": "Enter your reasons. The sides read them."})
    assert actor.person is not None
    body = {"result": result, "reasons": reasons.strip(), "hides": hides and result == "admitted"}
    name = sealed.put_paper(tx, act=act, kind="screening", person=actor.person, body=body)
    ledger.append(tx, CaseScreened(act, result == "admitted", name), by=grant.entry)
    acts.run(tx, act)
    _after_screening(tx, act)


def _after_screening(tx: Connection, act: str) -> None:
    found = queries.parties(tx, act)
    state = act_queries.get(tx, act)
    if found is None or (state.is_open and state.step < 2):
        return
    said = [paper.body for paper in sealed.read(tx, act).of_kind("screening") if paper.body["result"] == "admitted"]
    if state.is_open and said and all(one["hides"] for one in said):
        tx.execute(sa.update(case_facts).where(case_facts.c.act == act).values(hidden=1))
    tell(tx, act, found.complainant)


def attach(tx: Connection, *, act: str, item: Item, actor: Actor) -> str:
    """Adds an item to what the actor's side will lay before the other; returns its id. Nobody else reads it before.

    Raises NotFound for who is no side, RuleViolation cases.no_provenance, cases.no_consent, cases.same_facts, Invalid
    for a file that is not the side's own, or where the side has nothing to lay before anybody now.
    """
    side, body = _side(tx, act, actor), asdict(item)
    insist(rules.may_attach(item))
    if not filing.may_lay(tx, act, side):
        raise RuleViolation("cases.not_waiting", exhibits.NOT_WAITING)
    exhibits.insist_on_own(tx, act, actor.person, item.file)
    filing.insist_on_new_evidence(tx, act, side, body)
    return sealed.put_item(tx, act=act, side=side, person=actor.person or "", body=body)


def take_off(tx: Connection, *, act: str, item: str, actor: Actor) -> None:
    """Takes an item off again that nobody has seen. Raises NotFound."""
    if not sealed.take_off(tx, act=act, side=_side(tx, act, actor), item=item):
        raise NotFound


def charge(tx: Connection, *, act: str, facts: str, actor: Actor) -> None:
    """Serves the charge with all items of the complainant; the accused is told, and reads each of them.

    Raises NotFound, Forbidden for the other side, Invalid without facts, RuleViolation cases.no_items.
    """
    found = _insist_on(tx, act, actor, rules.COMPLAINANT)
    if not facts.strip():
        raise Invalid({"facts": "Enter what is held against them: when, where, and what it broke."})
    filing.insist_on_something_new(tx, act)
    items, step = _unshown(tx, act, rules.COMPLAINANT), act_queries.get(tx, act).step
    body = {"rule": found.rule, "version": found.version, "facts": facts.strip(), "items": items}
    name = sealed.put_paper(tx, act=act, kind="charge", person=found.complainant, body=body)
    ledger.append(tx, CaseCharged(act, step, name, items), by=right_of_members(tx))
    sealed.show(tx, items)
    tell(tx, act, found.respondent)
    acts.run(tx, act)


def prolong(tx: Connection, *, act: str, actor: Actor) -> None:
    """Takes seven days more to answer, once. Raises NotFound, Forbidden, RuleViolation cases.not_waiting."""
    _insist_on(tx, act, actor, rules.RESPONDENT)
    ledger.append(tx, CaseProlonged(act, act_queries.get(tx, act).step), by=right_of_members(tx))


def answer(tx: Connection, *, act: str, words: str, actor: Actor, companion: str | None = None) -> None:
    """Answers the charge, with what the accused lays before the others. companion: who helps them, in their words.

    Raises NotFound, Forbidden, Invalid without words, RuleViolation cases.not_waiting.
    """
    found = _insist_on(tx, act, actor, rules.RESPONDENT)
    if not words.strip():
        raise Invalid({"words": "Enter your answer, or let the days pass: then it is decided on what there is."})
    items, step = _unshown(tx, act, rules.RESPONDENT), act_queries.get(tx, act).step
    body = {"words": words.strip(), "companion": (companion or "").strip(), "items": items}
    name = sealed.put_paper(tx, act=act, kind="answer", person=found.respondent, body=body)
    ledger.append(tx, CaseAnswered(act, step, name, items), by=right_of_members(tx))
    sealed.show(tx, items)
    tell(tx, act, found.complainant)
    acts.run(tx, act)


def tell(tx: Connection, act: str, *persons: str) -> None:
    """Writes to people that something happened in a case of theirs: a letter says no more, and its page all."""
    for person in persons:
        if not people.has_account(tx, person):
            continue  # erased meanwhile: the case goes on without them
        outbox.put(tx, person=person, template="case_moved", place=f"/cases/{act}")


def _unshown(tx: Connection, act: str, side: str) -> list[str]:
    return [one.id for one in sealed.read(tx, act).items if one.side == side and not one.shown]


def _side(tx: Connection, act: str, actor: Actor) -> str:
    side = queries.side_of(tx, act, actor.person)
    if side is None:
        raise NotFound
    return side


def _insist_on(tx: Connection, act: str, actor: Actor, side: str) -> sa.Row[object]:
    ledger.hold(tx)
    if side == rules.COMPLAINANT:
        require_right(actor, R.COMPLAIN, HUB)  # nothing takes from the accused the way into their own case
    if _side(tx, act, actor) != side:
        raise Forbidden(no("cases.other_side", "This is for the other side of the case."))
    found = queries.parties(tx, act)
    assert found is not None
    return found
