"""The only writer of how a case is decided: who is struck, who signed what, and when enough signed the same.

Checks from public tables alone: a decision cites nothing that the record does not show disclosed (GO-15).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts.state import ActState
from hub.cases import queries, rules
from hub.cases.entries import CaseDecided, PanelStruck
from hub.cases.fold import NOT_WAITED_FOR
from hub.cases.models import case_appeals, case_signatures, case_strikes, complaints
from hub.constitution import queries as constitution
from hub.draws import queries as draws
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.permits import HUB, P, warrants
from hub.permits import fold as permits_fold
from hub.permits.actor import Grant
from hub.permits.predicates import reaches


def _decides(tx: Connection, entry: Entry, record: Any) -> ActState | None:
    state = act_queries.find(tx, record.act)
    if state is None or not state.is_open or entry.at >= state.due or state.step != record.step:
        return None
    return state if state.current.by == P.DECIDE_CASES else None


def may_strike(tx: Connection, entry: Entry, record: PanelStruck) -> Verdict:
    """Before anybody of the panel has decided, two of each side, who sit or are asked to."""
    state, seat = _decides(tx, entry, record), draws.seat(tx, record.ticket)
    if state is None or record.side not in rules.SIDES or queries.signatures(tx, state):
        return NOT_WAITED_FOR
    is_drawn = seat is not None and (seat.act, seat.step) == (state.id, state.step - 1)
    if seat is None or not is_drawn or seat.state not in ("offered", "accepted"):
        return no("cases.no_seat", "Nobody with this ticket is to decide this case.")
    if len(queries.strikes(tx, state, record.side)) >= rules.STRIKES:
        return no("cases.struck_enough", f"Each side may strike {rules.STRIKES}.")
    return warrants.right(tx, entry, record)


@applies(PanelStruck, warrant=may_strike)
def strike(tx: Connection, entry: Entry, record: PanelStruck, said: Said) -> None:
    """Ends the seat of whoever had taken it; the next in the order follows by an entry of the draws."""
    row = {"entry": entry.index, "act": record.act, "step": record.step, "side": record.side, "ticket": record.ticket}
    tx.execute(sa.insert(case_strikes), row)
    seat = draws.seat(tx, record.ticket)
    if seat is not None and seat.grant is not None:
        permits_fold.strike_grant(tx, entry, seat.grant)


def may_sign(tx: Connection, state: ActState, grant: Grant | None, entry: Entry) -> Verdict:
    """Says whether a grant decides in a case at a moment: drawn for it, once the sides had their days to strike."""
    is_of_panel = grant is not None and P.DECIDE_CASES in grant.permissions and reaches(grant, HUB)
    if grant is None or not is_of_panel or not grant.holds_in(state.id):
        return warrants.NO_WARRANT
    if grant.holder not in {row.holder for row in draws.order(tx, state.id, state.step - 1)}:
        return no("cases.earlier_panel", "Others were drawn in your place. They decide it.")
    if entry.at < state.since + rules.SETTLE:
        return no(
            "cases.too_soon", f"Nobody decides in the first {rules.SETTLE.days} days: the sides may still strike."
        )
    numbers = constitution.of_entry(tx, state.constitution).numbers
    lately = entry.at - queries.days(numbers["appointee_days"])
    others = {row.holder for row in queries.signatures(tx, state)} - {grant.holder}
    one_with = act_queries.one_with(tx, grant.holder, lately) | act_queries.tied_to(tx, grant.holder, lately)
    if others & one_with:
        return no("acts.one_person", "Two of whom one stands in for, or appointed, the other do not decide together.")
    return YES


def may_decide(tx: Connection, entry: Entry, record: CaseDecided) -> Verdict:
    """By one of the panel, citing nothing but what was disclosed in this case."""
    state = _decides(tx, entry, record)
    if state is None or state.fact_at("passed", "sent_back"):
        return NOT_WAITED_FOR
    case = queries.case_of(tx, state)
    if not set(record.cites) <= queries.disclosed(tx, case) or len(set(record.cites)) < len(record.cites):
        return no("cases.undisclosed", "A decision rests on nothing that was not laid before the accused.")
    if record.rehears and not (verdict := _may_send_back(tx, state, entry, record)):
        return verdict
    return may_sign(tx, state, warrants.warranting_grant(tx, entry), entry)


def _may_send_back(tx: Connection, state: ActState, entry: Entry, record: CaseDecided) -> Verdict:
    """In an appeal, once, in time, and with nothing decided."""
    is_bare = record.ends is None and not record.cites
    return queries.may_send_back(tx, state, entry.at) if is_bare else rules.BARE


@applies(CaseDecided, warrant=may_decide)
def decide(tx: Connection, entry: Entry, record: CaseDecided, said: Said) -> None:
    """Notes the newest signature of each; once enough say the same, that is the decision."""
    state, grant = act_queries.get(tx, record.act), warrants.warranting_grant(tx, entry)
    assert grant is not None
    mine = sa.and_(case_signatures.c.act == state.id, case_signatures.c.step == state.step)
    tx.execute(sa.delete(case_signatures).where(mine, case_signatures.c.holder == grant.holder))
    row = {"act": state.id, "step": state.step, "holder": grant.holder, "decision": record.decision}
    rehears = 1 if record.rehears else None
    tx.execute(sa.insert(case_signatures), {**row, "ends": record.ends, "entry": entry.index, "rehears": rehears})
    same = [(one.decision, one.ends, one.rehears) for one in queries.signatures(tx, state)]
    if same.count((record.decision, record.ends, rehears)) < state.current.persons:
        return
    if rehears:
        acts.state_fact(tx, entry, act=state.id, fact="sent_back")
        return
    acts.state_fact(tx, entry, act=state.id, fact="passed")
    decided = {"decision": record.decision, "ends": record.ends}
    if state.procedure == "case":
        this = sa.update(complaints).where(complaints.c.act == state.id)
        tx.execute(this.values(**decided, decided_entry=entry.index))
    else:
        tx.execute(sa.update(case_appeals).where(case_appeals.c.act == state.id).values(**decided))
