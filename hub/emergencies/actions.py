"""The verbs: declare a measure, sign it, object, extend it once; and its end by itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger, outbox
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.ballots import elections
from hub.ballots import queries as ballots
from hub.branches import actions as letters
from hub.emergencies import extending_fold, fold, queries
from hub.emergencies.entries import (
    ElectionCalled,
    ExtensionProposed,
    MeasureBegun,
    MeasureConfirmed,
    MeasureDeclared,
    MeasureExtended,
    MeasureObjected,
)
from hub.errors import Invalid, NotFound
from hub.groups import electorate
from hub.permits import HUB, Actor, P, Scope, require
from hub.permits import queries as permits
from hub.permits.entries import GrantPaused
from hub.permits.live import stands


def declare(
    tx: Connection,
    *,
    kind: str,
    scope: Scope,
    reason: str,
    actor: Actor,
    role: str | None = None,
    target: tuple[str, str] | None = None,
) -> str:
    """Declares a measure in a branch or group, with the actor's signature and a public reason; returns the act.

    kind: pause_role (role), pause_posting, freeze_settings, hide_content (target: kind and id), or open_election. It
    begins at the second signature, and whoever holds an office there is told then: until that only the council is. It
    lasts days, and is undone unless a panel drawn by lot confirms it. Raises Forbidden, Invalid, RuleViolation.
    """
    grant = require(actor, P.DECLARE_EMERGENCY, HUB)
    if not reason.strip():
        raise Invalid({"reason": "Enter your reason. It is public at once."})
    act = ids.new("act")
    target_kind, target_id = target or (None, None)
    assert scope.branch is not None
    record = MeasureDeclared(act, kind, scope.id, scope.branch, role, target_kind, target_id)
    ledger.append(tx, record, by=grant.entry, words={"reason": reason.strip()})
    others = permits.carriers(tx, P.DECLARE_EMERGENCY, HUB, clock.now()) - {grant.holder}
    letters.tell_holders(tx, sorted(others), "measure_declared", f"/emergencies/{act}")
    acts.run(tx, act)
    return act


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs a measure: as a council member before it begins, as one of the panel afterwards. Or signs its extension.

    Raises NotFound, Forbidden, RuleViolation acts.* for who may not or has already.
    """
    ledger.append(tx, MeasureConfirmed(act), by=_warrant(tx, act, actor))
    acts.run(tx, act)


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects to a measure or its extension. Raises NotFound, Invalid, Forbidden, RuleViolation acts.*."""
    by = _warrant(tx, act, actor)
    letters.insist_on_reason(reason)
    ledger.append(tx, MeasureObjected(act), by=by, words={"reason": reason.strip()})
    acts.run(tx, act)


def extend(tx: Connection, *, measure: str, reason: str, actor: Actor) -> str:
    """Proposes that a confirmed measure lasts longer, with the signature of one of its panel; returns the act.

    Raises NotFound, Forbidden for who is not of that panel, Invalid without a reason, RuleViolation emergencies.*
    where it was extended before, is over, or is an election.
    """
    if queries.find(tx, measure) is None:
        raise NotFound
    grant = require(actor, P.EMERGENCIES_CONFIRM, HUB, act=measure)
    letters.insist_on_reason(reason)
    act = ids.new("act")
    ledger.append(tx, ExtensionProposed(act, measure), by=grant.entry, words={"reason": reason.strip()})
    others = {one.holder for one in permits.all_grants(tx, HUB) if one.act == measure} - {grant.holder}
    letters.tell_holders(tx, sorted(others), "measure_declared", f"/emergencies/{measure}")
    acts.run(tx, act)
    return act


@effect("measure.extend", owes=extending_fold.owes_longer, signs=extending_fold.still_lasts)
def lengthen(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Says until when the measure lasts now, and tells those concerned."""
    moment, until = clock.format_minute(due), clock.format_minute(extending_fold.until_of(tx, state))
    ledger.append(tx, MeasureExtended(state.id, state.step, moment, state.subject, until), by=None)
    _tell_those_concerned(tx, state.subject, "measure_extended")


def tell_undone(tx: Connection, state: ActState) -> None:
    """Lets an election end that the measure had asked for, and tells the members of where it was."""
    found = queries.find(tx, state.id)
    if found is not None and found.election is not None:
        elections.announce_undone(tx, found.election, clock.now())


@effect("measure.begin", owes=fold.owes_measure, ended=fold.undo, tell=tell_undone, signs=fold.no_candidate)
def begin(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Rests the grants it is about, or opens the election it asks for, then says that it is in force."""
    moment, until = clock.format_minute(due), clock.format_minute(fold.until_of(tx, state))
    called = _call_election(tx, state, moment)
    for grant in fold.paused_by(tx, state):
        ledger.append(tx, GrantPaused(grant, state.id, state.step, moment, until), by=None)
    ledger.append(tx, MeasureBegun(state.id, state.step, moment, until), by=None)
    _tell_those_concerned(tx, state.id, "measure_begun")
    if called is not None:
        elections.announce(tx, ballots.election(tx, called).scope, called, due)


def _call_election(tx: Connection, state: ActState, moment: str) -> str | None:
    wanted = fold.election_of(tx, state)
    if wanted is None:
        return None
    act = ids.new("act")
    ledger.append(tx, ElectionCalled(state.id, state.step, moment, act, wanted.seats), by=None)
    return act


def _warrant(tx: Connection, act: str, actor: Actor) -> int:
    if queries.find(tx, act) is None and queries.find_extension(tx, act) is None:
        raise NotFound
    state = act_queries.get(tx, act)
    permission = P(state.current.by) if state.current.do == "decide" else P.DECLARE_EMERGENCY
    return require(actor, permission, HUB, act=state.drawn_for).entry


def _tell_those_concerned(tx: Connection, act: str, template: str) -> None:
    """Writes to everybody of the place, and to who holds an office there, whose office rests too (GO-07).

    They hear of it within the hour.
    """
    found = queries.find(tx, act)
    assert found is not None
    scope = Scope(found.scope_kind, found.scope_id)
    held = {one.holder for one in permits.all_grants(tx, scope) if stands(one, clock.now())}
    officers = {person for holder in held if (person := permits.person_of_holder(tx, holder)) is not None}
    for person in sorted(officers | set(map(str, tx.scalars(electorate.persons_in(scope))))):
        outbox.put(tx, person=person, template=template, place=f"/emergencies/{act}")
