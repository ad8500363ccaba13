"""The only writer of orders that delay looks: by two of one panel of the case, for 30 days at most, once for a panel.

Checks from public tables alone. Source: issue point "who looked", PR-04; docs/privacy.md.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries as act_queries
from hub.cases import queries
from hub.cases.entries import DelayAsked, DelaySigned
from hub.cases.fold import NOT_WAITED_FOR
from hub.cases.models import case_delays
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.looks import MOST
from hub.permits import HUB, P, warrants
from hub.permits.actor import Grant
from hub.permits.predicates import reaches

TOO_LONG = no("cases.delay_too_long", f"Looks are delayed until a moment ahead, {MOST.days} days away at most.")
ORDERED = no("cases.one_delay", "A panel delays its looks once, and no order follows on the first.")
OTHER_PANEL = no("cases.other_panel", "This is for another of those who asked for it.")


def may_ask(tx: Connection, entry: Entry, record: DelayAsked) -> Verdict:
    """By one of a panel of the case, while it runs, until 30 days later at most."""
    if not _runs(tx, entry, record.case):
        return NOT_WAITED_FOR
    grant = of_panel(tx, entry, record.case)
    if grant is None:
        return warrants.NO_WARRANT
    if queries.delay(tx, record.order) is not None or has_ordered(tx, record.case, grant):
        return ORDERED
    return YES if entry.at < clock.parse_minute(record.until) <= entry.at + MOST else TOO_LONG


@applies(DelayAsked, warrant=may_ask)
def ask(tx: Connection, entry: Entry, record: DelayAsked, said: Said) -> None:
    """Notes it, with the signature of whoever asks: it delays nothing yet."""
    grant = warrants.warranting_grant(tx, entry)
    assert grant is not None
    row = dict.fromkeys(("signed_by", "signed_entry", "begun_at"))
    panel = {"act": grant.act, "role": grant.role, "asked_by": grant.holder, "asked_entry": entry.index}
    until = clock.parse_minute(record.until)
    told = {"order": record.order, "case_act": record.case, **panel, "until_at": until}
    tx.execute(sa.insert(case_delays), {**row, **told})


def may_sign(tx: Connection, entry: Entry, record: DelaySigned) -> Verdict:
    """By another of the same panel, before its end, while the case runs."""
    found = queries.delay(tx, record.order)
    if found is None or found.signed_entry is not None or not _runs(tx, entry, found.case_act):
        return NOT_WAITED_FOR
    grant = of_panel(tx, entry, found.case_act)
    if grant is None:
        return warrants.NO_WARRANT
    if (grant.act, grant.role) != (found.act, found.role):
        return OTHER_PANEL
    if has_ordered(tx, found.case_act, grant):
        return ORDERED
    if entry.at >= found.until_at:
        return TOO_LONG
    return _are_two(tx, entry, found.case_act, found.asked_by, grant.holder)


@applies(DelaySigned, warrant=may_sign)
def sign(tx: Connection, entry: Entry, record: DelaySigned, said: Said) -> None:
    """From now on it holds."""
    grant = warrants.warranting_grant(tx, entry)
    assert grant is not None
    this = sa.update(case_delays).where(case_delays.c.order == record.order)
    tx.execute(this.values(signed_by=grant.holder, signed_entry=entry.index, begun_at=entry.at))


def of_panel(tx: Connection, entry: Entry, case: str) -> Grant | None:
    """Returns the warrant's grant, where it is of a panel of the case: its duty panel, or the newest that decides."""
    grant = warrants.warranting_grant(tx, entry)
    if grant is None or not reaches(grant, HUB):
        return None
    if P.SCREEN_CASES in grant.permissions:
        return grant if grant.act == case else None
    review = queries.appeal_of(tx, case)
    acts = {case} if review is None else {case, review.act}
    if P.DECIDE_CASES not in grant.permissions or grant.act is None or grant.act not in acts:
        return None
    return grant if grant.holder in {row.holder for row in queries.seats(tx, grant.act)} else None


def has_ordered(tx: Connection, case: str, grant: Grant) -> bool:
    """Tells whether a grant's panel has delayed its looks before."""
    signed = [row for row in queries.delays(tx, case) if row.signed_entry is not None]
    return (grant.act, grant.role) in {(row.act, row.role) for row in signed}


def _runs(tx: Connection, entry: Entry, case: str) -> bool:
    state = act_queries.find(tx, case)
    if state is None or state.procedure != "case" or not state.is_open:
        return False
    return entry.at < queries.running(tx, case).due


def _are_two(tx: Connection, entry: Entry, case: str, first: str, second: str) -> Verdict:
    """Says whether a second signature is another person's."""
    if first == second:
        return no("acts.signed_before", "You have signed this already.")
    numbers = constitution.of_entry(tx, act_queries.get(tx, case).constitution).numbers
    lately = entry.at - queries.days(numbers["appointee_days"])
    if first in act_queries.one_with(tx, second, lately) | act_queries.tied_to(tx, second, lately):
        return no("acts.one_person", "Two of whom one stands in for, or appointed, the other do not do this together.")
    return YES
