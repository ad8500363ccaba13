"""Who may not be drawn, from public tables: parties, their appointers, colleagues, and incompatible offices.

Source: security reference GO-12, GO-31; governance reference 1.3 (nobody decides in an act that they are a party to).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts import queries as act_queries
from hub.acts.models import act_hands, acts
from hub.acts.state import ActState
from hub.draws import rules
from hub.draws.models import draw_seats
from hub.groups import queries as groups
from hub.permits import HUB, P, Scope
from hub.permits import queries as permits
from hub.permits.actor import Grant
from hub.permits.live import stands
from hub.permits.models import grants


def conflicted(tx: Connection, state: ActState, by: str, at: dt.datetime) -> frozenset[str]:
    """Returns the holders who may not be drawn in an act for what a word stands for.

    Council: who sits on it. Caretakers: who organises there, or was recalled there. Scrutineers and panels: the
    parties, who has decided in the act already, who appointed them, everybody with an office where the act is, which it
    is about, or where one of these has one, who stands in an election there, and for a panel the council. A merger is
    about both groups, and who has decided in the other's act has a hand in it. Whoever operates the machine is drawn
    for nothing.
    """
    at_hub = _standing(tx, HUB, at)
    out = {grant.holder for grant in at_hub if P.OPERATE in grant.permissions}
    council = {grant.holder for grant in at_hub if grant.role == "council"}
    if by == "council":
        return frozenset(out | council)
    if by == "caretakers":
        there = permits.all_grants(tx, state.scope)
        organise = {grant.holder for grant in there if grant.is_mandate and stands(grant, at)}
        recalled = {grant.holder for grant in there if grant.ended_why == "recalled"}
        return frozenset(out | organise | recalled)
    parties = _parties(tx, state)
    out |= concerned(tx, state, at)
    if by in rules.CASES:
        out |= _seated(tx, state)
    out |= _colleagues(tx, state.scope, parties, at) | appointers(tx, parties)
    return frozenset(out | council if by == "panel" else out)


def _seated(tx: Connection, state: ActState) -> set[str]:
    """Everybody who ever sat in a case by an earlier draw: who screened it does not decide it, nor judge its appeal."""
    mine = sa.and_(draw_seats.c.act == state.id, draw_seats.c.step < state.step)
    earlier = sa.or_(mine, draw_seats.c.act == state.subject) if state.subject != state.id else mine
    return set(tx.scalars(sa.select(draw_seats.c.holder).where(earlier, draw_seats.c.holder.is_not(None))))


def concerned(tx: Connection, state: ActState, at: dt.datetime) -> set[str]:
    """Returns the holders who have a part in an act, an office in the branch or group that it is about, or stand there.

    They judge no objection to its pools either: nobody chooses who decides on them.
    """
    found = _parties(tx, state)
    for place in _about(tx, state):
        found |= _officers_of(tx, place, at) | _candidates_of(tx, place)
    return found


def _about(tx: Connection, state: ActState) -> set[str]:
    """The branches and groups that an act is about, but the one where it is; of a merger the other group."""
    merger = groups.merger(tx, state.id)
    return {state.subject, *((merger.ends, merger.into) if merger else ())} - {state.scope.id}


def _parties(tx: Connection, state: ActState) -> set[str]:
    """Whom an act names, and whoever has a hand in it; of an appeal, in the founding that was refused, too.

    Of a hold: in the change that it puts to a ballot. Of a merger: in the other group's act.
    """
    held = act_queries.find(tx, state.subject)
    named = {holder for one in (state, held) if one for holder in one.parties if holder.startswith("hld_")}
    beside = (state, act_queries.founding_of(tx, state), held, _other(tx, state))
    return named | {hand.holder for one in beside if one for hand in one.hands}


def _other(tx: Connection, state: ActState) -> ActState | None:
    """The act of the other group of a merger, which this one answers or which answers it."""
    merger = groups.merger(tx, state.id)
    if merger is None:
        return None
    return act_queries.find(tx, merger.answers or groups.answer_to(tx, state.id) or "")


def _standing(tx: Connection, scope: Scope, at: dt.datetime) -> list[Grant]:
    return list(permits.standing_grants(tx, scope=scope, at=at))


def _officers_of(tx: Connection, subject: str, at: dt.datetime) -> set[str]:
    """Everybody with an office in the branch or group that an act is about; nobody where it is about something else."""
    there = sa.select(grants.c.holder).where(
        grants.c.scope_id == subject, grants.c.from_at <= at, grants.c.until_at > at
    )
    return set(tx.scalars(there.where(sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > at))))


def _candidates_of(tx: Connection, subject: str) -> set[str]:
    """Everybody who stands in an election that runs in the branch or group that an act is about."""
    runs = sa.select(acts.c.id).where(acts.c.procedure == "elect", acts.c.scope_id == subject, acts.c.outcome.is_(None))
    return set(tx.scalars(sa.select(act_hands.c.holder).where(act_hands.c.act.in_(runs), act_hands.c.hand == "submit")))


def _colleagues(tx: Connection, scope: Scope, parties: Iterable[str], at: dt.datetime) -> set[str]:
    """Everybody with an office in the scope of the act, or in one where a party has an office, be it paused."""
    scopes = {(scope.kind, scope.id): scope}
    for holder in parties:
        for grant in permits.standing_grants(tx, holder=holder, at=at):
            scopes[(grant.scope.kind, grant.scope.id)] = grant.scope
    return {grant.holder for there in scopes.values() for grant in _standing(tx, there, at)}


def appointers(tx: Connection, parties: Iterable[str]) -> set[str]:
    """Everybody who signed for what a party was ever appointed to."""
    acts = sa.select(grants.c.act).where(grants.c.holder.in_(list(parties)), grants.c.source == "appointment")
    signed = sa.select(act_hands.c.holder).where(act_hands.c.act.in_(acts), act_hands.c.hand == "yes")
    return set(tx.scalars(signed))
