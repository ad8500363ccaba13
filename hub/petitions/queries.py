"""Reads: petitions as everybody sees them; never who signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import ledger
from hub.acts import queries as acts
from hub.acts.state import ActState
from hub.ballots import queries as ballots
from hub.branches import queries as branches
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.groups import queries as groups
from hub.permits import Actor, Scope
from hub.permits import queries as permits
from hub.permits.actor import Grant
from hub.petitions.models import amendments, petition_openers, petitions, signatures

COUNTED = ("recall", "amend")  # kinds of which one member begins few at a time; a hold lasts days, one for each change


@dataclass(frozen=True)
class Petition:
    """One petition. reasons and reply are None where the words were withdrawn; reply also where there is none."""

    act: str
    kind: str
    roll: int
    needed: int
    reached_at: dt.datetime | None
    reasons: str | None
    holder: str | None
    role: str | None
    reply: str | None
    replied_entry: int | None
    target: str | None
    told_entry: int


def find(tx: Connection, act: str) -> Petition | None:
    """Returns the petition of an act, or None."""
    row = tx.execute(sa.select(petitions).where(petitions.c.act == act)).first()
    return None if row is None else Petition(**row._mapping)


def get(tx: Connection, act: str) -> Petition:
    """Returns the petition of an act. Raises NotFound."""
    found = find(tx, act)
    if found is None:
        raise NotFound
    return found


def running(tx: Connection, scope: Scope) -> list[tuple[Petition, ActState]]:
    """Returns the petitions that run in a scope, the one due soonest first."""
    return [(found, state) for state in acts.running(tx, scope) if (found := find(tx, state.id)) is not None]


def recalls_of(tx: Connection, holder: str, role: str, scope: Scope) -> list[ActState]:
    """Returns every recall of a holder in a role and scope, ended ones too."""
    here = sa.select(petitions.c.act).where(
        petitions.c.kind == "recall", petitions.c.holder == holder, petitions.c.role == role
    )
    states = [acts.get(tx, act) for act in tx.scalars(here)]
    return [state for state in states if (state.scope.kind, state.scope.id) == (scope.kind, scope.id)]


def collects(state: ActState) -> bool:
    """Tells whether a petition looks for signatures, as far as the record says."""
    waits = state.is_open and state.current.do == "support"
    return waits and state.fact_at("reached", "stopped") is None


def first_reached(tx: Connection, found: Petition) -> str | None:
    """Returns the recall that found its signatures before this one, which ended by it; None where none did."""
    ended = acts.closed_at(tx, found.act)
    same = sa.select(petitions.c.act).where(
        petitions.c.holder == found.holder, petitions.c.role == found.role, petitions.c.reached_at == ended
    )
    scope = acts.get(tx, found.act).scope
    first = [act for act in tx.scalars(same) if acts.get(tx, act).scope == scope] if found.kind == "recall" else []
    return first[0] if first and found.reached_at is None else None


def voted_down(tx: Connection, states: Iterable[ActState]) -> list[dt.datetime]:
    """Returns when those of these acts ended whose ballot was counted and got no yes.

    One that failed for a flaw (its roll was changed, its box spoilt) says nothing of what members want.
    """
    lost = [state for state in states if state.outcome == "failed" and _said_no(tx, state.id)]
    return [ended for state in lost if (ended := acts.closed_at(tx, state.id)) is not None]


def _said_no(tx: Connection, act: str) -> bool:
    """Tells whether an act came to a ballot whose count stands, that failed, and had no flaw, by the record.

    Of one that was held once more the newest: the count of the other is void.
    """
    counted = [one.counted_entry for one in ballots.of_act(tx, act)[-1:] if one.outcome == "failed"]
    told = [ledger.get(tx, entry) for entry in counted if entry is not None]
    return any(entry is not None and entry.data.get("flaw") is None for entry in told)


def begun_by(tx: Connection, person: str | None, kind: str) -> list[ActState]:
    """Returns the petitions of a kind that a person began, as far as that is kept. Nobody else is told."""
    mine = (
        sa.select(petitions.c.act)
        .join(petition_openers, petition_openers.c.act == petitions.c.act)
        .where(petition_openers.c.person == person, petitions.c.kind == kind)
    )
    return [acts.get(tx, act) for act in tx.scalars(mine.order_by(petitions.c.told_entry))]


def signed_by(tx: Connection, person: str) -> list[str]:
    """Returns the petitions that a person has signed and that still collect, for their own eyes."""
    return list(tx.scalars(sa.select(signatures.c.act).where(signatures.c.person == person).order_by(signatures.c.act)))


def overtaken_at(tx: Connection, state: ActState) -> dt.datetime | None:
    """Returns since when an amendment's present step is pointless: other rules than it would change are in force.

    None while there are none, and while its ballot runs: whoever votes is let finish.
    """
    if state.procedure != "amend" or not state.is_open or state.current.do not in ("support", "notice"):
        return None
    newest = constitution.newest(tx)
    if amendment(tx, state.id).changes == newest.entry:
        return None
    at: dt.datetime = max(state.since, newest.in_force_from)
    return at if at < state.due and state.fact_at("reached", "stopped") is None else None


def mandates(tx: Connection, holder: str, role: str, scope: Scope, at: dt.datetime) -> tuple[Grant, ...]:
    """Returns the mandates of a holder in one role and scope whose term runs, resting ones too.

    Or what members consented to by a ballot: a ballot ends it as well.
    """
    held = permits.standing_grants(tx, scope=scope, at=at)
    return tuple(grant for grant in held if (grant.holder, grant.role) == (holder, role) and grant.can_be_recalled)


def mandates_lost(tx: Connection, state: ActState, at: dt.datetime) -> tuple[Grant, ...]:
    """Returns the mandates that a recall's yes ends: those that stood when it was due, and have not ended by ``at``.

    A late clock ends no mandate that was given after the recall was decided.
    """
    role = get(tx, state.id).role or ""
    then = {grant.id for grant in mandates(tx, state.subject, role, state.scope, state.since)}
    return tuple(grant for grant in mandates(tx, state.subject, role, state.scope, at) if grant.id in then)


def holds_on(tx: Connection, target: str) -> list[str]:
    """Returns the holds on an act."""
    return list(tx.scalars(sa.select(petitions.c.act).where(petitions.c.target == target)))


def amendment(tx: Connection, act: str) -> Row[Any]:
    """Returns the rules that an amendment proposes: act, changes, text, sha256, entrenched. Raises NotFound."""
    row = tx.execute(sa.select(amendments).where(amendments.c.act == act)).first()
    if row is None:
        raise NotFound
    return row


def ratio(tx: Connection, act: str) -> Fraction:
    """Returns the part of yes in yes and no that an amendment takes: more where it touches what is entrenched.

    By the rules, and by what stood in the record, when it was opened.
    """
    vote = next(step for step in acts.get(tx, act).steps if step.do == "ballot")
    return vote.entrenched if amendment(tx, act).entrenched else vote.ratio


def has_signed(tx: Connection, act: str, actor: Actor) -> bool:
    """Tells the actor whether they signed; nobody is told of another."""
    mine = sa.select(signatures.c.act).where(signatures.c.act == act, signatures.c.person == actor.person)
    return tx.scalar(mine) is not None


def in_full(tx: Connection, scope: Scope) -> Scope:
    """Returns a stored scope with the area its members live in. Raises NotFound."""
    if scope.kind == "branch":
        return branches.get(tx, scope.id).scope
    return groups.get(tx, scope.id).scope if scope.kind == "group" else scope
