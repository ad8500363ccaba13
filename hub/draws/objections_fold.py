"""The only writer of objections, of what people found of them, and of voided pools. From public tables alone."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.draws import queries, rules
from hub.draws.conflicts import concerned
from hub.draws.entries import DrawJudged, DrawObjected, DrawVoided
from hub.draws.models import draw_judgements, draw_objections, draw_voids, draws
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies, tells
from hub.permits import HUB, P, warrants
from hub.permits import queries as permits

tells(draw_objections, "reason", "entry", entry_types=("draw.objected",))

NOT_WAITING = no("draws.not_waiting", "No draw waits for this.")
JUDGED_BEFORE = no("draws.judged_before", "You have judged this already. It takes a second person.")
OBJECTED_BEFORE = no("draws.objected_before", "You have objected to this pool already.")
OWN_OBJECTION = no("draws.own_objection", "Whoever objected to this pool judges no objection to it.")


def may_object(tx: Connection, entry: Entry, record: DrawObjected) -> Verdict:
    """By a member, against the pool that stands, as long as the rules give."""
    found = _waiting(tx, record)
    if found is None or found.prepared_entry != record.pool:
        return NOT_WAITING
    if found.objections_until is None or entry.at >= found.objections_until:
        return no("draws.objections_over", "The days in which this pool can be objected to are over.")
    return warrants.right(tx, entry, record)


@applies(DrawObjected, warrant=may_object)
def object_to(tx: Connection, entry: Entry, record: DrawObjected, said: Said) -> None:
    """Notes an objection."""
    row = {"entry": entry.index, "act": record.act, "step": record.step, "pool_entry": record.pool}
    tx.execute(sa.insert(draw_objections), {**row, "reason": said["reason"], "at": entry.at})


def may_judge(tx: Connection, entry: Entry, record: DrawJudged) -> Verdict:
    """Before its source is known, and once, by an office where the act is; by any member once the objections are over.

    Never by whoever operates the machine: the hub made the pool that is in question.
    """
    state, found = act_queries.find(tx, record.act), _waiting(tx, record)
    objection = queries.objection(tx, record.act, record.step, record.objection)
    if state is None or found is None or objection is None or objection.pool_entry != found.prepared_entry:
        return NOT_WAITING
    if entry.at >= found.stands_from:
        return no("draws.known", "The source is known by now: this pool stands, whatever is found of it.")
    if objection.settled is not None:
        return no("draws.settled", "Two people have settled this objection already.")
    if record.holder is not None and record.holder in {holder for holder, _upheld, _at in objection.judgements}:
        return JUDGED_BEFORE
    grant = warrants.warranting_grant(tx, entry)
    if grant is not None:
        may = (grant.scope.kind, grant.scope.id) == (state.scope.kind, state.scope.id) and grant.holder == record.holder
        return YES if may and grant.holder in judges(tx, state, entry.at) else warrants.NO_WARRANT
    if record.holder is not None or not members_may_judge(tx, state, found, entry.at):
        return no("draws.officers_first", "As long as members can object, those who hold an office here judge it.")
    return warrants.right(tx, entry, record)


def judges(tx: Connection, state: ActState, at: dt.datetime) -> set[str]:
    """Returns who judges objections for their office: whoever holds one where the act is, and is not concerned.

    Nobody chooses who decides on them; nor does whoever operates the machine, whose pool is in question.
    """
    here = {grant.holder for grant in permits.recorded_grants(tx, scope=state.scope, at=at)}
    return here - concerned(tx, state, at) - operators(tx, at)


def operators(tx: Connection, at: dt.datetime) -> set[str]:
    """Returns who operates the machine."""
    return {grant.holder for grant in permits.recorded_grants(tx, scope=HUB, at=at) if P.OPERATE in grant.permissions}


def members_may_judge(tx: Connection, state: ActState, found: queries.Draw, at: dt.datetime) -> bool:
    """Tells whether any member of the scope may judge objections: so that no officers can pass over one."""
    return at >= (found.objections_until or found.stands_from) or len(judges(tx, state, at)) < rules.TWO


@applies(DrawJudged, warrant=may_judge)
def judge(tx: Connection, entry: Entry, record: DrawJudged, said: Said) -> None:
    """Notes what somebody found."""
    row = {"entry": entry.index, "objection": record.objection, "holder": record.holder, "at": entry.at}
    tx.execute(sa.insert(draw_judgements), {**row, "upheld": int(record.upheld)})


def may_void(tx: Connection, entry: Entry, record: DrawVoided) -> Verdict:
    """Two found it wrong before its source was known, and nobody was drawn."""
    verdict = act_warrants.working("draw")(tx, entry, record)
    found = _waiting(tx, record)
    if not verdict or found is None:
        return verdict if not verdict else act_warrants.NOT_DUE
    first = queries.upheld(tx, found)
    if first is None or (record.objection, record.due) != (first.entry, clock.format_minute(first.settled_at)):
        return no("draws.not_upheld", "Two people have to uphold an objection first.")
    return YES


@applies(DrawVoided, warrant=may_void)
def void(tx: Connection, entry: Entry, record: DrawVoided, said: Said) -> None:
    """Puts the pool aside; the step waits for another."""
    found = queries.find(tx, record.act, record.step)
    assert found is not None
    row = {"prepared_entry": found.prepared_entry, "act": found.act, "step": found.step, "tickets": found.tickets}
    row |= {"pool": found.pool, "source": found.source, "frozen_at": found.frozen_at}
    row |= {"known_at": found.known_at, "objection": record.objection}
    row |= {"voided_at": clock.parse_minute(record.due), "voided_entry": entry.index}
    tx.execute(sa.insert(draw_voids), row)
    tx.execute(sa.delete(draws).where(draws.c.act == record.act, draws.c.step == record.step))


def _waiting(tx: Connection, record: DrawObjected | DrawJudged | DrawVoided) -> queries.Draw | None:
    """Returns the pool that stands at the present step of a running act, and from which nobody was drawn."""
    state, found = act_queries.find(tx, record.act), queries.find(tx, record.act, record.step)
    is_here = state is not None and state.is_open and state.step == record.step
    return found if is_here and found is not None and not found.is_made else None
