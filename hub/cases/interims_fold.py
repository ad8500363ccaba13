"""The only writer of measures while a case runs: by its duty panel, over by themselves, renewed once. GO-16."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.cases import queries
from hub.cases.ending_fold import opens
from hub.cases.entries import InterimAsked, InterimBegun, InterimSigned
from hub.cases.fold import NOT_WAITED_FOR, whole_hub
from hub.cases.models import case_interims, case_signatures
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.permits import HUB, P, warrants
from hub.permits.actor import Grant
from hub.permits.entries import GrantPaused
from hub.permits.predicates import reaches

NOT_DUE = act_warrants.NOT_DUE
ALL = 3  # of the duty panel


def _of_panel(tx: Connection, entry: Entry, case: str) -> Grant | None:
    """The warrant's grant, where it is of the case's own duty panel."""
    grant = warrants.warranting_grant(tx, entry)
    if grant is None or P.SCREEN_CASES not in grant.permissions or not reaches(grant, HUB):
        return None
    return grant if grant.act == case else None


def may_ask(tx: Connection, entry: Entry, record: InterimAsked) -> Verdict:
    """By one of the case's duty panel, while it runs; a renewal of one that began, once, and nothing but a renewal."""
    state = act_queries.find(tx, record.case)
    if state is None or state.procedure != "case" or not state.is_open or entry.at >= state.due:
        return NOT_WAITED_FOR
    if _of_panel(tx, entry, record.case) is None:
        return warrants.NO_WARRANT
    earlier = queries.interims(tx, record.case)
    if record.renews is None and earlier:
        return no("cases.one_measure", "A case has one measure, which may be renewed once.")
    if record.renews is not None:
        before = next((one for one in earlier if one.act == record.renews), None)
        is_first = before is not None and before.begun_at is not None and before.renews is None
        if before is None or not is_first or len(earlier) > 1 or record.rests != before.rests:
            return RENEWED
    return act_warrants.opening("interim", whole_hub)(tx, entry, record)


RENEWED = no("cases.renewed", "A measure that began is renewed once, and no measure follows on the same facts.")


@applies(InterimAsked, warrant=may_ask)
def ask(tx: Connection, entry: Entry, record: InterimAsked, said: Said) -> None:
    """Opens it, with the signature of whoever asks."""
    acts.open_act(tx, entry, act=record.act, procedure="interim", scope=HUB, subject=record.case)
    row: dict[str, Any] = {"act": record.act, "case_act": record.case, "file": record.file, "rests": record.rests}
    row |= {"all": int(record.all), "renews": record.renews, "told_entry": entry.index}
    tx.execute(sa.insert(case_interims), {**row, "begun_at": None, "until_at": None, "grants": None})
    _note(tx, entry, record.act, record.file)


def may_sign(tx: Connection, entry: Entry, record: InterimSigned) -> Verdict:
    """By another of the panel, in time, while the case runs."""
    found, state = queries.interim(tx, record.act), act_queries.find(tx, record.act)
    if found is None or state is None or not state.is_open or state.step != record.step or entry.at >= state.due:
        return NOT_WAITED_FOR
    grant = _of_panel(tx, entry, found.case_act)
    case = act_queries.get(tx, found.case_act)
    if state.current.do != "decide" or state.fact_at("passed") or not case.is_open:
        return NOT_WAITED_FOR
    if grant is None:
        return warrants.NO_WARRANT
    signed = {one.holder for one in queries.signatures(tx, state)}
    return no("acts.signed_before", "You have signed this already.") if grant.holder in signed else YES


@applies(InterimSigned, warrant=may_sign)
def sign(tx: Connection, entry: Entry, record: InterimSigned, said: Said) -> None:
    """Notes it; once enough have, it begins."""
    found = queries.interim(tx, record.act)
    assert found is not None
    _note(tx, entry, record.act, found.file)
    state = act_queries.get(tx, record.act)
    if len(queries.signatures(tx, state)) >= (ALL if found.all else state.current.persons):
        acts.state_fact(tx, entry, act=record.act, fact="passed")


def _note(tx: Connection, entry: Entry, act: str, file: str) -> None:
    grant = warrants.warranting_grant(tx, entry)
    assert grant is not None
    row = {"act": act, "step": 0, "holder": grant.holder, "decision": file, "ends": None, "entry": entry.index}
    tx.execute(sa.insert(case_signatures), row)


def until_of(tx: Connection, state: ActState) -> dt.datetime:
    """Returns until when a measure lasts that begins now: its days, and no longer than a case that may lapse."""
    until = state.since + queries.days(state.effect.lasts)
    case = act_queries.get(tx, state.subject)
    if not case.is_open:
        return state.since
    return min(until, case.due) if case.current.short == "lapse" else until


def owes_interim(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A measure owes its beginning, with the offices that were signed for, and the rest of each that is live."""
    found = queries.interim(tx, state.id)
    until = clock.format_minute(until_of(tx, state))
    if found is None:
        return NOT_DUE
    if isinstance(record, InterimBegun):
        is_signed = opens(record.salt, record.grants, found.rests)
        return YES if is_signed and (record.until, found.begun_at) == (until, None) else NOT_DUE
    if isinstance(record, GrantPaused) and found.begun_at is not None:
        return YES if record.grant in (found.grants or ()) and record.until == until else NOT_DUE
    return NOT_DUE


def settled_interim(tx: Connection, state: ActState) -> Verdict:
    """It says until when it lasts."""
    found = queries.interim(tx, state.id)
    return NOT_DUE if found is None or found.begun_at is None else YES


@applies(InterimBegun, warrant=act_warrants.due)
def begin(tx: Connection, entry: Entry, record: InterimBegun, said: Said) -> None:
    """Notes until when it lasts, and what rests by it."""
    span = {"begun_at": clock.parse_minute(record.due), "until_at": clock.parse_minute(record.until)}
    this = sa.update(case_interims).where(case_interims.c.act == record.act)
    tx.execute(this.values(**span, grants=record.grants))
