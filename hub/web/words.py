"""How pages write days, moments and counts."""

from __future__ import annotations

import datetime as dt

from hub import clock
from hub.web.texts import _, ngettext

MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"),
    _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip


def day(moment: dt.date | None) -> str:
    """Writes ``21 November 2026``; nothing for None."""
    if moment is None:
        return ""
    return _("%(day)d %(month)s %(year)d") % {
        "day": moment.day, "month": MONTHS[moment.month - 1], "year": moment.year,
    }  # fmt: skip


def moment(when: dt.datetime | None) -> str:
    """Writes ``21 November 2026 at 20:00 UTC``; nothing for None."""
    if when is None:
        return ""
    utc = when.astimezone(dt.UTC)
    return _("%(day)s at %(time)s UTC") % {"day": day(utc.date()), "time": utc.strftime("%H:%M")}


def distance(when: dt.datetime | None) -> str:
    """Writes how far off a moment is: ``in 3 days``, ``2 hours ago``, ``now``."""
    if when is None:
        return ""
    seconds = int((when - clock.now()).total_seconds())
    number, unit = _largest(abs(seconds))
    if not number:
        return _("now")
    return (_("in %s") if seconds > 0 else _("%s ago")) % _span(number, unit)


def left(when: dt.datetime) -> str:
    """Writes how long it is until a moment: ``9 days``; ``no time`` once it is over."""
    number, unit = _largest(max(0, int((when - clock.now()).total_seconds())))
    return _span(number, unit) if number else _("no time")


def machine(when: dt.date | dt.datetime) -> str:
    """Writes a day or moment for the datetime attribute of a time element."""
    return clock.format_minute(when) if isinstance(when, dt.datetime) else when.isoformat()


def _largest(seconds: int) -> tuple[int, str]:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return seconds // length, unit
    return 0, ""


def _span(number: int, unit: str) -> str:
    if unit == "day":
        return ngettext("%d day", "%d days", number) % number
    if unit == "hour":
        return ngettext("%d hour", "%d hours", number) % number
    return ngettext("%d minute", "%d minutes", number) % number
