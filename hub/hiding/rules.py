"""How long one officer alone may hide the same thing. Pure.

Source: reference for governance, 1.4: nobody hides for more than seven days without a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from hub.errors import YES, Verdict, no

ALONE = dt.timedelta(days=7)  # in all, however many do it one after another
WITHIN = dt.timedelta(days=28)


class Spell(Protocol):
    """One time that something was hidden by one officer, and came back unconfirmed."""

    @property
    def holder(self) -> str:
        """Who hid it."""

    @property
    def since(self) -> dt.datetime:
        """From when."""

    @property
    def until(self) -> dt.datetime:
        """When it came back."""


def may_hide_again(holder: str, earlier: Iterable[Spell], lasts: dt.timedelta, now: dt.datetime) -> Verdict:
    """Says whether somebody may hide a thing that came back unconfirmed before.

    Nobody does so twice within 28 days; and within any 28 days it is hidden for at most seven without a second person's
    word, whoever they are. lasts: how long it would be hidden unless others confirm.
    """
    spells = list(earlier)
    if any(one.holder == holder and now < one.until + WITHIN for one in spells):
        return no(
            "hiding.again",
            f"You hid this before, and nobody confirmed it. You cannot hide it again within {WITHIN.days} days;"
            " somebody else can.",
        )
    begin = now + lasts - WITHIN
    alone = sum((one.until - max(one.since, begin) for one in spells if one.until > begin), dt.timedelta())
    if alone + lasts > ALONE:
        return no(
            "hiding.too_long",
            f"Within {WITHIN.days} days this would be hidden for more than {ALONE.days} without anybody confirming it."
            " Wait, or let a decided matter rest.",
        )
    return YES
