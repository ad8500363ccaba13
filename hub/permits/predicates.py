"""Small questions about (actor, what is asked, scope, moment), each with the reason it gives when the answer is no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from hub.errors import YES, Verdict, no
from hub.permits.actor import Actor, Grant
from hub.permits.live import is_asleep, is_live, rests_until, stands
from hub.permits.permissions import MEANINGS
from hub.permits.rules import frozen, has_tenure
from hub.permits.scope import Scope

Predicate = Callable[[Actor, str, Scope, dt.datetime], Verdict]

DORMANT = no(
    "permits.dormant",
    "Nobody belongs to this place now, so nobody has power in it. Once somebody does, organisers are elected anew.",
)

LENT = no("permits.lent_rests", "The office that was lent to you gives no power now.")  # why is for its owner to say


def reaches(grant: Grant, scope: Scope) -> bool:
    """Tells whether a grant's role reaches a scope: here, branch_and_below, or hub."""
    if grant.reach == "hub":
        return True
    if grant.reach == "branch_and_below":
        return grant.scope.branch is not None and grant.scope.branch == scope.branch
    return (grant.scope.kind, grant.scope.id) == (scope.kind, scope.id)


def carrying(actor: Actor, permission: str, scope: Scope, at: dt.datetime) -> Grant | None:
    """Returns the live grant that carries a permission here: the one that ends last, or None."""
    awake = (grant for grant in actor.grants if grant.id not in actor.resting)
    found = [g for g in awake if permission in g.permissions and reaches(g, scope) and is_live(g, at)]
    return max(found, key=lambda grant: (grant.until, grant.entry), default=None)


def is_signed_in(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """Somebody, not a visitor."""
    return no("permits.sign_in", "Sign in first.") if actor.is_visitor else YES


def carries_a_grant(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """A live grant here carries the permission."""
    if carrying(actor, asked, scope, at):
        return YES
    held = [g for g in actor.grants if asked in g.permissions and reaches(g, scope) and stands(g, at)]
    if any(is_asleep(grant, at) for grant in held):
        return DORMANT
    if rest := max((until for g in held if (until := rests_until(g, at)) is not None), default=None):
        day = f"{rest.day} {rest:%B %Y}"
        return no("permits.paused", f"A measure rests your office until {day}. It gives no power meanwhile.")
    if any(grant.id in actor.resting for grant in held):
        return LENT
    return no("permits.no_grant", f"Nobody gave you the power to {MEANINGS[asked]} here, or its term is over.")


def is_settled(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """The office has been held for the days it takes (GO-04)."""
    grant = carrying(actor, asked, scope, at)
    return YES if grant is None else has_tenure(grant, grant.held_since or grant.starts, at)


def is_not_frozen(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """No organiser stopped this power here for some days (GO-08)."""
    found = next((freeze for freeze in actor.freezes if freeze.stops(asked, scope, at)), None)
    return YES if found is None else frozen(found.until)


def code_is_fresh(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """The code that proved who this is was typed within the last office_hours."""
    hours = actor.office_hours
    if actor.proven_at is not None and at < actor.proven_at + dt.timedelta(hours=hours):
        return YES
    return no("permits.code_too_old", f"Acts of office need a code from the last {hours} hours. Sign in again first.")


def is_awake(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """Not within a week of a recovery: whoever took an account over gains no power by it (AU-07)."""
    if actor.rests_until is None or at >= actor.rests_until:
        return YES
    return no("permits.rests", "This account was recovered lately. Its offices rest for a week.")


def is_not_suspended(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """No decision of a case suspends them at this moment: by its date, and by nothing that would have to run."""
    until = actor.suspended_until
    if until is None or at >= until:
        return YES
    day = f"{until.day} {until:%B %Y}"
    return no("permits.suspended", f"By the decision of a case you are suspended until {day}. Your vote is yours.")


def may_publish(actor: Actor, at: dt.datetime) -> Verdict:
    """Says whether somebody publishes words of their own at this moment, or is limited by the decision of a case."""
    until = actor.limited_until
    if until is None or at >= until:
        return YES
    day = f"{until.day} {until:%B %Y}"
    return no("permits.limited", f"By the decision of a case you publish nothing of your own until {day}.")


def is_proved_alone(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """Proved by a letter, in person, or by a code to a contact nobody else shares (HS-26, HS-33)."""
    if actor.proved_by != "shared":
        return YES
    return no(
        "permits.shared_contact",
        "Your code went to an address that another member uses too. For an office, prove it by letter or in person.",
    )


def is_verified(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """Standing as a member, now."""
    standing = actor.standing
    if standing is not None and (standing.until is None or at < standing.until):
        return YES
    return no("permits.no_standing", "This is for verified members. Join or sign in with your member number first.")


def is_verified_or_claims(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """Standing as a member, or an office claimed on a fork by whom no roster there names yet: GO-32."""
    return YES if actor.is_claimant else is_verified(actor, asked, scope, at)


def lives_here(actor: Actor, asked: str, scope: Scope, at: dt.datetime) -> Verdict:
    """Verified for the scope's area; a scope without an area is open to every verified member."""
    if scope.area is None or (actor.standing is not None and actor.standing.area == scope.area):
        return YES
    return no("permits.other_area", "This is for verified members of this area.")
