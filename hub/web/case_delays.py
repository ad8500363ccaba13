"""A panel has the sides read its looks at them later: the form, and the signature of a second of it."""

from __future__ import annotations

from hub.cases import delays, looking, queries
from hub.errors import Forbidden, no
from hub.looks import MOST
from hub.web.casefile import Seen, seen
from hub.web.cases import about
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _

LONGEST = 20_000
NOT_DRAWN = no("cases.not_drawn", _("This is for those who were drawn for the case."))


def form(asked: Asked) -> Answer:
    """GET /cases/{act}/delays: the orders of one's own panel, and a form for one."""
    found = _drawn(asked)
    role = "duty" if found.case.you == queries.DUTY else "juror"
    rows = queries.delays(asked.tx, found.case.act)
    mine = [row for row in rows if (row.act, row.role) == (looking.panel_of(found.case), role)]
    may_ask = found.state.is_open and all(row.signed_entry is None for row in mine)
    holder = asked.actor.holder
    return page(
        asked, "cases/delays.html", seen=found, orders=mine, holder=holder, may_ask=may_ask, most=MOST.days,
        **about(asked, found),
    )  # fmt: skip


def ask(asked: Asked) -> Answer:
    """POST /cases/{act}/delays: signed."""
    found, read = _drawn(asked), Reader(asked.form)
    missing = _("Enter a number of days from 1 to {most}").format(most=MOST.days)
    days = read.number("days", missing=missing, least=1, most=MOST.days)
    reasons = read.text("reasons", missing=_("Enter your reasons"), most=LONGEST, lines=True)
    read.done()
    delays.ask(asked.tx, case=found.case, days=days, reasons=reasons, actor=asked.actor)
    done = _("You asked for it, and signed. It holds once another of you signs.")
    return see_other(f"{found.path}/delays", done)


def sign(asked: Asked) -> Answer:
    """POST /cases/{act}/delays/{order}/signature: signed."""
    found = _drawn(asked)
    delays.sign(asked.tx, case=found.case, order=asked.params["order"], actor=asked.actor)
    return see_other(f"{found.path}/delays", _("You signed. From now on it holds."))


def _drawn(asked: Asked) -> Seen:
    found = seen(asked)
    if not looking.is_drawn(found.case):
        raise Forbidden(NOT_DRAWN)
    return found
