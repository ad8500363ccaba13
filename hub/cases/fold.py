"""The only writer of how a case begins: complaint, screening, charge, answer. Checks from public tables alone.

That a side did it rests on the hub's word: the record names no party.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.cases import queries, rules
from hub.cases.entries import CaseAnswered, CaseCharged, CaseFiled, CaseProlonged, CaseScreened
from hub.cases.models import case_disclosures, complaints
from hub.errors import Verdict, no
from hub.ledger import Entry, Said, applies
from hub.permits import HUB, P, Scope, warrants

NOT_WAITED_FOR = no("cases.not_waiting", "The case does not wait for this now.")


def whole_hub(_tx: Connection, _record: Any) -> Scope:
    """Every case is decided at the hub: where it is from, the record does not say."""
    return HUB


@applies(CaseFiled, warrant=act_warrants.opening("case", whole_hub))
def file(tx: Connection, entry: Entry, record: CaseFiled, said: Said) -> None:
    """Opens the case."""
    acts.open_act(tx, entry, act=record.act, procedure="case", scope=HUB, subject=record.act)
    row = dict.fromkeys(("charge", "charged_entry", "answer", "answered_entry", "decision", "ends", "decided_entry"))
    row |= {
        "act": record.act,
        "file": record.file,
        "filed_entry": entry.index,
        "concluded_entry": None,
        "concluded": None,
    }
    tx.execute(sa.insert(complaints), row)


def may_screen(tx: Connection, entry: Entry, record: CaseScreened) -> Verdict:
    """By one of the case's own duty panel, while it waits to be screened."""
    state = act_queries.find(tx, record.act)
    if state is None or state.procedure != "case" or state.current.by != P.SCREEN_CASES:
        return NOT_WAITED_FOR
    return (act_warrants.signing if record.admits else act_warrants.objecting)(tx, entry, record)


@applies(CaseScreened, warrant=may_screen)
def screen(tx: Connection, entry: Entry, record: CaseScreened, said: Said) -> None:
    """Notes a yes or a no: two decide."""
    acts.sign(tx, entry, act=record.act, yes=record.admits)


def _waits_for(side: str, tx: Connection, entry: Entry, record: Any) -> ActState | None:
    state = act_queries.find(tx, record.act)
    is_now = state is not None and state.is_open and state.current.do == "submit" and state.current.by == side
    return state if is_now and state is not None and state.step == record.step and entry.at < state.due else None


def may_charge(tx: Connection, entry: Entry, record: CaseCharged) -> Verdict:
    """Once admitted, in time, with something that it rests on, each item once."""
    if _waits_for(rules.COMPLAINANT, tx, entry, record) is None:
        return NOT_WAITED_FOR
    if not record.items or not queries.are_new(tx, record.act, record.items):
        return no("cases.no_items", "A charge rests on at least one item that is laid before the accused.")
    return warrants.right(tx, entry, record)


@applies(CaseCharged, warrant=may_charge)
def charge(tx: Connection, entry: Entry, record: CaseCharged, said: Said) -> None:
    """Notes the charge and what was disclosed with it: the accused answers from now on."""
    values = {"charge": record.charge, "charged_entry": entry.index}
    tx.execute(sa.update(complaints).where(complaints.c.act == record.act).values(**values))
    disclose(tx, entry, record.act, record.items)
    acts.state_fact(tx, entry, act=record.act, fact="reached")


def may_prolong(tx: Connection, entry: Entry, record: CaseProlonged) -> Verdict:
    """Once, while the answer is waited for."""
    state = _waits_for(rules.RESPONDENT, tx, entry, record)
    if state is None or state.fact_at("delayed", "reached"):
        return NOT_WAITED_FOR
    return warrants.right(tx, entry, record)


@applies(CaseProlonged, warrant=may_prolong)
def prolong(tx: Connection, entry: Entry, record: CaseProlonged, said: Said) -> None:
    """Gives seven days more."""
    acts.delay(tx, entry, act=record.act, until=act_queries.get(tx, record.act).due + rules.MORE)


def may_answer(tx: Connection, entry: Entry, record: CaseAnswered) -> Verdict:
    """Once, in time."""
    state = _waits_for(rules.RESPONDENT, tx, entry, record)
    if state is None or state.fact_at("reached"):
        return NOT_WAITED_FOR
    fits = queries.are_new(tx, record.act, record.items)
    return warrants.right(tx, entry, record) if fits else no("cases.no_items", "Each item is laid before others once.")


@applies(CaseAnswered, warrant=may_answer)
def answer(tx: Connection, entry: Entry, record: CaseAnswered, said: Said) -> None:
    """Notes the answer, and what was laid before the others with it."""
    values = {"answer": record.answer, "answered_entry": entry.index}
    tx.execute(sa.update(complaints).where(complaints.c.act == record.act).values(**values))
    disclose(tx, entry, record.act, record.items)
    acts.state_fact(tx, entry, act=record.act, fact="reached")


def disclose(tx: Connection, entry: Entry, case: str, items: list[str]) -> None:
    """Notes that items lie before both sides: nothing else can be cited."""
    if items:
        tx.execute(
            sa.insert(case_disclosures), [{"case_act": case, "item": one, "entry": entry.index} for one in items]
        )
