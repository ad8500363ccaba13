"""What a petition takes, and when an office-holder can be recalled. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction

from hub.constitution.model import Formula, Step
from hub.count.yesno import threshold
from hub.errors import YES, Verdict, no
from hub.permits.actor import Grant

LONGEST_REASONS = 300  # words
FEWEST = 2  # who hold a change, however small the place
HOLDABLE = (
    "change_settings", "change_branch_rule", "register_client", "appoint_moderator", "declare_link", "lend_office",
)  # fmt: skip


def signatures_needed(step: Step, formulas: Mapping[str, Formula], members: int) -> int:
    """Returns how many signatures a support step takes in a scope of so many members, at least 1.

    Source: governance.md section 2.1. A hold takes a plain number of persons (section 1.5); where there are not twice
    as many members, half of them, and never one alone.
    """
    if not step.formula:
        return max(FEWEST, min(step.persons, -(-members // 2)))
    formula = formulas[step.formula]
    share = Fraction(formula.share_percent, 100)
    return threshold(members, share=share, root=formula.root, floor=formula.floor)


def reasons_ok(text: str) -> Verdict:
    """Says whether reasons can be sent: some, and at most 300 words."""
    words = len(text.split())
    if not words:
        return no("petitions.no_reasons", "Give your reasons. Everybody reads them before they sign or vote.")
    if words > LONGEST_REASONS:
        return no("petitions.reasons_long", f"Reasons may have {LONGEST_REASONS} words. Yours have {words}.")
    return YES


def may_recall(
    mandates: Iterable[Grant], failed: Iterable[dt.datetime], numbers: Mapping[str, int], now: dt.datetime
) -> Verdict:
    """Says whether the holder of these running mandates of one role in one scope can be recalled now.

    Not in their first days, nor shortly before they end anyway, nor soon after a recall that members voted down.
    failed: when earlier recalls of the same holder in this role and scope ended in a ballot without a yes; one that
    found too few signatures protects nobody. What members consented to can be ended at any time. Source: governance.md
    sections 1.6, 2.4.
    """
    live = tuple(mandates)
    if not live:
        return no(
            "petitions.no_mandate", "This office has ended, or it is an appointed one: two organisers withdraw it."
        )
    if not any(grant.is_mandate for grant in live):
        return YES
    first, last = min(grant.starts for grant in live), max(grant.until for grant in live)
    again = numbers["recall_again_days"]
    if now < first + dt.timedelta(days=numbers["recall_after_days"]):
        return no("petitions.too_new", f"A mandate is left alone for its first {numbers['recall_after_days']} days.")
    if now >= last - dt.timedelta(days=numbers["recall_before_end_days"]):
        days = numbers["recall_before_end_days"]
        return no(
            "petitions.ends_soon", f"This mandate ends within {days} days by itself, and an election comes first."
        )
    if any(now < ended + dt.timedelta(days=again) for ended in failed):
        return no(
            "petitions.failed_lately", f"Members voted down a recall of this holder within the last {again} days."
        )
    return YES


def may_begin(collecting: int, numbers: Mapping[str, int]) -> Verdict:
    """Says whether a member may begin one more petition of a kind. collecting: of theirs that look for signatures."""
    most = numbers["petitions_at_once"]
    if collecting < most:
        return YES
    return no(
        "petitions.too_many",
        f"You have begun {collecting} of these that still look for signatures, and {most} is the most. "
        "Wait until one is over. Others can begin one, and you can sign it.",
    )
