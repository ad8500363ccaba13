"""The only writer of how a case ends: appeals, what they do to the case, and which offices a decision ends."""

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
from hub.cases import queries, rules
from hub.cases.entries import CaseAppealed, CaseConcluded, CaseReviewed
from hub.cases.fold import NOT_WAITED_FOR, disclose, whole_hub
from hub.cases.models import case_appeals, case_delays, case_interims, complaints
from hub.cases.sealed import commit
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.permits import HUB
from hub.permits import fold as permits_fold
from hub.permits import queries as permits
from hub.permits.entries import GrantEnded
from hub.permits.live import stands

NOT_DUE = act_warrants.NOT_DUE


def may_appeal(tx: Connection, entry: Entry, record: CaseAppealed) -> Verdict:
    """Once, by a side, while the decision can be appealed."""
    state = act_queries.find(tx, record.case)
    if state is None or state.procedure != "case" or not state.is_open or state.current.do != "notice":
        return NOT_WAITED_FOR
    if entry.at >= state.due or state.fact_at("held") or record.side not in rules.SIDES:
        return NOT_WAITED_FOR
    if not queries.are_new(tx, record.case, record.items):
        return no("cases.no_items", "Each item is laid before others once.")
    return act_warrants.opening("appeal_case", whole_hub)(tx, entry, record)


@applies(CaseAppealed, warrant=may_appeal)
def appeal(tx: Connection, entry: Entry, record: CaseAppealed, said: Said) -> None:
    """Opens the appeal; the decision holds nothing meanwhile."""
    acts.open_act(tx, entry, act=record.act, procedure="appeal_case", scope=HUB, subject=record.case)
    row: dict[str, Any] = {"act": record.act, "case_act": record.case, "side": record.side, "file": record.file}
    row |= {"decision": None, "ends": None, "told_entry": entry.index}
    tx.execute(sa.insert(case_appeals), row)
    disclose(tx, entry, record.case, record.items)
    acts.state_fact(tx, entry, act=record.case, fact="held")


def owes_review(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """An appeal owes the decision of its panel, once, as that of the case."""
    found = queries.appeal(tx, state.id)
    held = act_queries.find(tx, state.subject)
    if found is None or held is None or not held.is_held or not isinstance(record, CaseReviewed):
        return NOT_DUE
    return YES if (record.case, record.decision) == (found.case_act, found.decision) else NOT_DUE


def settled_review(tx: Connection, state: ActState) -> Verdict:
    """The case went on by the appeal."""
    held = act_queries.find(tx, state.subject)
    return NOT_DUE if held is None or held.is_held else YES


@applies(CaseReviewed, warrant=act_warrants.due)
def review(tx: Connection, entry: Entry, record: CaseReviewed, said: Said) -> None:
    """The case goes on with the decision of the appeal."""
    found = queries.appeal(tx, record.act)
    assert found is not None
    this = sa.update(complaints).where(complaints.c.act == record.case)
    tx.execute(this.values(decision=found.decision, ends=found.ends, decided_entry=entry.index))
    acts.state_fact(tx, entry, act=record.case, fact="released", at=clock.parse_minute(record.due))


def end_appeal(tx: Connection, state: ActState, entry: Entry) -> None:
    """Nobody decided it in time: it is as the accused asked, or, where the other side appealed, the decision stands."""
    found, at = queries.appeal(tx, state.id), clock.parse_minute(entry.data["due"])
    assert found is not None
    acts.state_fact(tx, entry, act=found.case_act, fact=rules.without_decision(found.side), at=at)


def end_case(tx: Connection, state: ActState, entry: Entry) -> None:
    """It lapsed, was not admitted, or an appeal undid it: whatever was ordered meanwhile ends with it."""
    end_meanwhile(tx, state.id, clock.parse_minute(entry.data["due"]))


def end_meanwhile(tx: Connection, case: str, at: dt.datetime) -> None:
    """Ends what was ordered while a case ran: its measures, and the delay of looks."""
    end_interims(tx, case, at)
    mine = sa.and_(case_delays.c.case_act == case, case_delays.c.until_at > at)
    tx.execute(sa.update(case_delays).where(mine).values(until_at=at))


def end_interims(tx: Connection, case: str, at: dt.datetime) -> None:
    """Ends the measures of a case at a moment, where they last longer."""
    mine = sa.and_(case_interims.c.case_act == case, case_interims.c.until_at > at)
    for act in list(tx.scalars(sa.select(case_interims.c.act).where(mine).order_by(case_interims.c.told_entry))):
        permits_fold.end_pauses(tx, act, at)
    tx.execute(sa.update(case_interims).where(mine).values(until_at=at))


def opens(salt: str | None, grants: list[str], signed: str | None) -> bool:
    """Tells whether offices are those that were signed for. None at all always are: a copy of the hub does not know
    them, and ends nothing that it cannot show to be signed for; the record shows that it did not.
    """
    return commit(salt, grants) == signed if salt is not None else not grants


def owes_conclusion(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A final decision owes the offices that its panel signed for, named once, and then the end of each."""
    found = queries.complaint(tx, state.id)
    if found is None:
        return NOT_DUE
    if isinstance(record, CaseConcluded):
        is_signed = opens(record.salt, record.grants, found.ends)
        return YES if is_signed and found.concluded_entry is None else NOT_DUE
    if isinstance(record, GrantEnded) and record.why == permits_fold.DECIDED and record.ends is None:
        return YES if record.grant in queries.concluded(tx, state.id) else NOT_DUE
    return NOT_DUE


def settled_conclusion(tx: Connection, state: ActState) -> Verdict:
    """Each office that it ends, and that stood when it was due, has its end."""
    found = queries.complaint(tx, state.id)
    if found is None or found.concluded_entry is None:
        return NOT_DUE
    ended = [permits.grant_by_id(tx, grant) for grant in queries.concluded(tx, state.id)]
    left = any(one is not None and one.ended_at is None and stands(one, state.since) for one in ended)
    return act_warrants.LEFT_IN_OFFICE if left else YES


@applies(CaseConcluded, warrant=act_warrants.due)
def conclude(tx: Connection, entry: Entry, record: CaseConcluded, said: Said) -> None:
    """Names the offices that the decision ends; whatever was ordered meanwhile ends."""
    this = sa.update(complaints).where(complaints.c.act == record.act)
    tx.execute(this.values(concluded_entry=entry.index, concluded=record.grants))
    end_meanwhile(tx, record.act, clock.parse_minute(record.due))
