"""Second persons, tenure, offices that do not go together. Pure.

Source: governance.md 1.3 and 1.4; security-reliability.md GO-03 to GO-06, GO-31.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from hub.errors import YES, Verdict, no
from hub.permits.actor import Grant
from hub.permits.permissions import P

ALONE = frozenset({"steward"})  # whoever runs the machine decides nothing: no other office beside it (GO-31)
# What an organiser who came last week does not do alone with another newcomer: contacts, sites, recovery (GO-04).
TENURED = frozenset({P.LINKS_DECLARE, P.CLIENTS_REGISTER, P.MEMBERS_VOUCH})
# What nobody does where fewer than two could: then caretakers' powers are left, and an election comes (GO-06).
IN_COMPANY = frozenset({P.LINKS_DECLARE, P.CLIENTS_REGISTER, P.APPOINTMENTS_MAKE, P.CHANGE_SETTINGS, P.CLOSE_GROUP})


def held_since(grant: Grant, earlier: Iterable[Grant]) -> dt.datetime:
    """Returns since when a grant's holder has had its role in its scope without a gap.

    earlier: grants of the same holder, role and scope, in any order; a moment between two of them is a gap.
    """
    since = grant.starts
    for before in sorted(earlier, key=lambda one: one.starts, reverse=True):
        over = before.until if before.ended_at is None else min(before.until, before.ended_at)
        if before.starts < since <= over:
            since = before.starts
    return since


def has_tenure(grant: Grant, since: dt.datetime, at: dt.datetime) -> Verdict:
    """Says whether a grant has been held for long enough; founders are the first, and need not wait.

    An elected office counts from the result, however long its holder waited for it.
    """
    if grant.source == "founding" or at >= since + dt.timedelta(days=grant.tenure_days):
        return YES
    return no("permits.too_new", f"This takes an office held for {grant.tenure_days} days. Ask another organiser.")


def may_end_held(mine: dt.datetime, theirs: dt.datetime, tenure_days: int, at: dt.datetime) -> Verdict:
    """Says whether who has held an office since one moment may propose or second the end of one held since another."""
    if at >= mine + dt.timedelta(days=tenure_days) or mine <= theirs:
        return YES
    return no(
        "permits.too_new",
        f"Whoever was chosen less than {tenure_days} days ago ends no office that was held for longer.",
    )


def compatible(held: Iterable[str], role: str) -> Verdict:
    """Says whether a role goes with those that its holder has: the steward's goes with none."""
    others = set(held) - {role}
    if (role in ALONE and others) or others & ALONE:
        return no("permits.not_together", "Whoever runs the machine holds no other office. Lay one of them down first.")
    return YES


def most_replaced(of: int) -> int:
    """Returns how many of so many offices organisers may end within the days that count: a third, and at least one."""
    return max(1, of // 3)
