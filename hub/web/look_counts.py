"""How often offices look at members' records, month by month: for everybody, in tens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from hub import looks
from hub.constitution import queries as constitution
from hub.looks.counting import Count
from hub.permits import Scope
from hub.web import me
from hub.web.context import Answer, Asked
from hub.web.pages import page
from hub.web.texts import _
from hub.web.words import MONTHS

WHAT_FOR = {
    "request": _("Requests to join"),
    "asked": _("Members who gave a key"),
    "roll": _("The roll of a ballot"),
    "count": _("The count of a ballot"),
    "complaint": _("Whoever complained, before it is a case"),
    "case": _("The sides of a case"),
}


@dataclass(frozen=True)
class Told:
    """One row of a month: which office, where, for what, and how often at least."""

    office: str
    place: str
    path: str
    what_for: str
    many: int


def show(asked: Asked) -> Answer:
    """GET /looks/counts."""
    newest = looks.newest_month(asked.tx)
    return page(asked, "looks/counts.html", months=months(asked), newest=_month(newest) if newest else "")


def months(asked: Asked) -> list[tuple[str, list[Told]]]:
    """Returns each month of which something is told, the newest first, with its rows."""
    found = groupby(looks.counts(asked.tx), lambda one: one.month)
    return [(_month(name), [_told(asked, one) for one in rows]) for name, rows in found]


def _told(asked: Asked, one: Count) -> Told:
    rules, _entry = constitution.in_force(asked.tx)
    office = rules.roles[one.role].name if one.role in rules.roles else one.role
    where = me.place_of(asked, Scope(one.scope_kind, one.scope_id))
    return Told(office, *where, WHAT_FOR[one.purpose], one.many)


def _month(name: str) -> str:
    first = dt.date.fromisoformat(f"{name}-01")
    return f"{MONTHS[first.month - 1]} {first.year}"
