"""The verbs: hide, confirm, contest, restore."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger, outbox
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.errors import Invalid, NotFound
from hub.hiding import fold, queries, targets
from hub.hiding.entries import ContentHidden, ContentRestored, HidingConfirmed, HidingContested, HidingOpened
from hub.permits import Actor, P, require
from hub.permits import queries as permits
from hub.permits.protecting import insist_on_peace

SEARCHED = dt.timedelta(days=2)  # a worker that was away for longer finds the rest when the group next changes


def hide(tx: Connection, *, kind: str, target: str, rule: int, reason: str, actor: Actor) -> str:
    """Hides something at once, with a reason and the number of a rule; returns the act. Its author is told at once.

    It comes back in three days unless two others confirm. Raises NotFound, Forbidden, Invalid, RuleViolation hiding.*:
    of who stands in the same election, too.
    """
    found = targets.find(tx, kind, target)
    if found is None:
        raise NotFound
    grant = require(actor, P.HIDE_CONTENT, found.scope)
    insist_on_peace(tx, actor, holder=found.author)
    if not reason.strip():
        raise Invalid({"reason": "Enter your reason. Its author reads it, and so does everybody."})
    act = ids.new("act")
    ledger.append(tx, HidingOpened(act, kind, target, rule), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)
    author: set[str] = {found.author} if found.author else set()
    _tell(tx, author, "hidden", found.place)
    others = {one.holder for one in permits.live_grants(tx, scope=found.scope) if P.HIDE_CONTENT in one.permissions}
    _tell(tx, others - {grant.holder} - author, "hiding_waits", found.place)
    return act


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Confirms that a rule was broken. Raises NotFound, Forbidden, RuleViolation acts.* for opener and author."""
    grant = _insist(tx, act, actor)
    insist_on_peace(tx, actor, holder=act_queries.get(tx, act).subject)
    ledger.append(tx, HidingConfirmed(act), by=grant)
    acts.run(tx, act)


def contest(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Says that no rule was broken. Raises NotFound, Invalid without a reason, Forbidden, RuleViolation acts.*."""
    grant = _insist(tx, act, actor)
    if not reason.strip():
        raise Invalid({"reason": "Enter your reason."})
    ledger.append(tx, HidingContested(act), by=grant, words={"reason": reason.strip()})
    acts.run(tx, act)


def restore(tx: Connection, *, act: str, actor: Actor) -> None:
    """Shows again what stayed hidden; not by its author. Raises NotFound, Forbidden, RuleViolation hiding.*."""
    grant = _insist(tx, act, actor)
    ledger.append(tx, ContentRestored(act), by=grant)


def came_back(tx: Connection) -> list[tuple[str, str]]:
    """Returns what came back by its date lately, as (kind, target)."""
    now = clock.now()
    return queries.ended_by_date(tx, now - SEARCHED, now)


def come_back(tx: Connection) -> None:
    """Lets searches find what came back by its date alone. Pages show it without anybody's doing."""
    for kind, target in came_back(tx):
        targets.KINDS[kind].changed(tx, target)


@effect("content.hide", owes=fold.owes_hiding, ended=fold.undo, signs=fold.may_decide)
def carry_out(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Hides it, at once."""
    ledger.append(tx, ContentHidden(state.id, state.step, clock.format_minute(due)), by=None)


def _insist(tx: Connection, act: str, actor: Actor) -> int:
    if queries.find(tx, act) is None:
        raise NotFound
    return require(actor, P.HIDE_CONTENT, act_queries.get(tx, act).scope, ends=True).entry


def _tell(tx: Connection, holders: set[str], template: str, place: str) -> None:
    for holder in sorted(holders):
        person = permits.person_of_holder(tx, holder)
        if person is not None:
            outbox.put(tx, person=person, template=template, place=place)
