"""The table: each power and each right, and what it takes. Any one clause suffices; all its predicates must hold."""

from __future__ import annotations

from hub.permits.permissions import P, R
from hub.permits.predicates import (
    Predicate,
    carries_a_grant,
    code_is_fresh,
    is_awake,
    is_not_frozen,
    is_not_suspended,
    is_proved_alone,
    is_settled,
    is_signed_in,
    is_verified,
    is_verified_or_claims,
    lives_here,
)
from hub.permits.rules import TENURED

Clause = tuple[Predicate, ...]

# Powers: a live grant, held by a member in good standing, with a fresh code. A code alone gives nothing. On a fork,
# whoever claimed an office holds it before there is any roster to stand in.
OFFICE: Clause = (
    is_signed_in, carries_a_grant, is_verified_or_claims, is_proved_alone, is_awake, is_not_suspended, is_not_frozen,
    code_is_fresh,
)  # fmt: skip
POWERS: dict[P, tuple[Clause, ...]] = dict.fromkeys(P, (OFFICE,))
# Contacts, sites and recovery: not in the first days of an office.
POWERS |= dict.fromkeys(TENURED, ((*OFFICE, is_settled),))

# Rights: verified standing, in the scope's area where it has one. No grant adds to them or takes from them; the
# decision of a case takes for some days what leads into an office or a place, and never a vote, signature or complaint.
MEMBER: Clause = (is_signed_in, is_verified, lives_here)
RIGHTS: dict[R, tuple[Clause, ...]] = dict.fromkeys(R, (MEMBER,))
RIGHTS |= dict.fromkeys((R.STAND, R.FOUND_BRANCH, R.FOUND_GROUP, R.JOIN), ((*MEMBER, is_not_suspended),))
RIGHTS[R.ACCEPT_OFFICE] = ((*MEMBER, is_proved_alone, is_not_suspended),)
