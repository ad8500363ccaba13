"""Verbs of a panel: have the sides read its looks at them later, by order of two of it, 30 days at most."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.cases import delaying, delays_fold, looking, queries, sealed
from hub.cases.entries import DelayAsked, DelaySigned
from hub.cases.queries import Case
from hub.errors import YES, Invalid, NotFound, insist
from hub.looks import MOST
from hub.permits import HUB, Actor, Grant, P, require

__all__ = ["ask", "delaying", "delays_fold", "sign"]


def ask(tx: Connection, *, case: Case, days: int, reasons: str, actor: Actor) -> str:
    """Asks that looks of the actor's own panel are read later, and signs it; returns the order. Alone it does nothing.

    case: as one of those drawn sees it; days: from now, 1 to 30; reasons: the panel reads them, and the sides once it
    is over. Raises Forbidden, Invalid, RuleViolation cases.*.
    """
    ledger.hold(tx)
    grant = _require(tx, case, actor)
    if not reasons.strip() or not 1 <= days <= MOST.days:
        raise Invalid({"reasons": f"Enter your reasons, and from 1 to {MOST.days} days."})
    insist(delays_fold.ORDERED if delays_fold.has_ordered(tx, case.act, grant) else YES)
    assert actor.person is not None
    now = clock.now()
    until = clock.format_minute(clock.minute(now) + dt.timedelta(days=days))
    body = {"reasons": reasons.strip(), "until": until, "act": grant.act, "role": grant.role}
    order = sealed.put_paper(tx, act=case.act, kind="delay", person=actor.person, body=body)
    ledger.append(tx, DelayAsked(order, case.act, until), by=grant.entry, at=now)
    return order


def sign(tx: Connection, *, case: Case, order: str, actor: Actor) -> None:
    """Signs one as another of the same panel: from now on it holds. Raises NotFound, Forbidden, RuleViolation."""
    found = queries.delay(tx, order)
    if found is None or found.case_act != case.act:
        raise NotFound
    ledger.append(tx, DelaySigned(order), by=_require(tx, case, actor).entry)


def _require(tx: Connection, case: Case, actor: Actor) -> Grant:
    """The actor's grant in their panel of a case. Raises Forbidden for whoever is of none."""
    power = P.SCREEN_CASES if case.you == queries.DUTY else P.DECIDE_CASES
    return require(actor, power, HUB, act=looking.panel_of(case))
