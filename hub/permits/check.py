"""Asking and insisting: the first line of every action."""

from __future__ import annotations

from dataclasses import replace

from hub import clock
from hub.errors import Forbidden, Verdict
from hub.permits.actor import Actor, Grant
from hub.permits.permissions import P, R
from hub.permits.predicates import carrying, may_publish
from hub.permits.scope import Scope
from hub.permits.table import POWERS, RIGHTS, Clause


def can(actor: Actor, permission: P, scope: Scope, *, act: str | None = None, ends: bool = False) -> Verdict:
    """Says whether the actor may use a power here, now, with the reason when not.

    act: in which they would use it; who was drawn for one act has power in no other. ends: whether it would only take
    away (withdraw, take down, object): that nobody freezes.
    """
    return _first_yes(_within(actor, act, ends), permission, scope, POWERS[permission])


def can_right(actor: Actor, right: R, scope: Scope) -> Verdict:
    """Says whether the actor has a right here, now, with the reason when not."""
    return _first_yes(actor, right, scope, RIGHTS[right])


def require(actor: Actor, permission: P, scope: Scope, *, act: str | None = None, ends: bool = False) -> Grant:
    """Returns the live grant that carries the power: its ``entry`` is the warrant. Raises Forbidden.

    act, ends: as of can.
    """
    verdict = can(actor, permission, scope, act=act, ends=ends)
    grant = carrying(_within(actor, act, ends), permission, scope, clock.now())
    if not verdict or grant is None:
        raise Forbidden(verdict)
    return grant


def require_right(actor: Actor, right: R, scope: Scope) -> None:
    """Raises Forbidden unless the actor has the right here."""
    verdict = can_right(actor, right, scope)
    if not verdict:
        raise Forbidden(verdict)


def insist_on_words(actor: Actor) -> None:
    """Raises Forbidden where the actor publishes no words of their own now: first in each verb that would."""
    verdict = may_publish(actor, clock.now())
    if not verdict:
        raise Forbidden(verdict)


def _within(actor: Actor, act: str | None, ends: bool) -> Actor:
    grants = tuple(grant for grant in actor.grants if grant.holds_in(act))
    return replace(actor, grants=grants, freezes=() if ends else actor.freezes)


def _first_yes(actor: Actor, asked: str, scope: Scope, clauses: tuple[Clause, ...]) -> Verdict:
    verdicts = [_all_of(actor, asked, scope, clause) for clause in clauses]
    return next((verdict for verdict in verdicts if verdict), verdicts[-1])


def _all_of(actor: Actor, asked: str, scope: Scope, clause: Clause) -> Verdict:
    at = clock.now()
    verdicts = [predicate(actor, asked, scope, at) for predicate in clause]
    return next((verdict for verdict in verdicts if not verdict), verdicts[-1])
