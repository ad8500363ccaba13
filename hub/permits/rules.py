"""Second persons, tenure, offices that do not go together. Pure.

Source: governance.md 1.3 and 1.4; security-reliability.md GO-03 to GO-06, GO-31.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from hub.errors import YES, Verdict, no
from hub.permits.actor import Grant
from hub.permits.permissions import P

Span = tuple[dt.datetime, dt.datetime]
"""From and until."""

ALONE = frozenset({"steward"})  # whoever runs the machine decides nothing: no other office beside it (GO-31)
# What an organiser who came last week does not do alone with another newcomer: contacts, sites, recovery (GO-04).
TENURED = frozenset({P.LINKS_DECLARE, P.CLIENTS_REGISTER, P.MEMBERS_VOUCH})
# What nobody does where fewer than two could: then caretakers' powers are left, and an election comes (GO-06).
IN_COMPANY = frozenset(
    {P.LINKS_DECLARE, P.CLIENTS_REGISTER, P.APPOINTMENTS_MAKE, P.CHANGE_SETTINGS, P.FREEZE_POWERS, P.CLOSE_GROUP}
)
# What one organiser can freeze: what organisers and moderators do of themselves. Nothing of the council, of a panel, of
# scrutineers or of the clock stands here, nor the power to freeze or to ask for a ballot; rights are no powers (GO-08).
FREEZABLE = (
    P.APPOINTMENTS_MAKE, P.CHANGE_SETTINGS, P.LINKS_DECLARE, P.CLIENTS_REGISTER, P.HIDE_CONTENT, P.MEMBERSHIPS_ACCEPT,
    P.MEMBERS_VOUCH, P.GROUPS_CONFIRM, P.LEND_OFFICE,
)  # fmt: skip


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


def frozen(until: dt.datetime) -> Verdict:
    """Returns the no of a power that is frozen until a moment at most."""
    return no(
        "permits.frozen",
        f"An organiser froze this here, until {until:%Y-%m-%d %H:%M} UTC at the latest. The power page says why; two "
        "other organisers can end it.",
    )


def longest_freeze(earlier: Iterable[Span], most: dt.timedelta, window: dt.timedelta, at: dt.datetime) -> dt.timedelta:
    """Returns for how long one holder may freeze one power in one place from now on: whole minutes, none if 0.

    earlier: what counts of their freezes of it, beyond now too where others ended one; most: how long one lasts, and
    all of them within any window. Of all the
    windows that a new freeze touches, the one that ends with it holds most. Source: GO-08.
    """
    spans = tuple(earlier)

    def fits(minutes: int) -> bool:
        new = dt.timedelta(minutes=minutes)
        begins = at + new - window
        used = sum(
            (max(dt.timedelta(0), end - max(start, begins)) for start, end in spans if start < end), dt.timedelta(0)
        )
        return used + new <= most

    least, beyond = 0, int(most.total_seconds()) // 60 + 1
    while beyond - least > 1:
        middle = (least + beyond) // 2
        least, beyond = (middle, beyond) if fits(middle) else (least, middle)
    return dt.timedelta(minutes=least)
