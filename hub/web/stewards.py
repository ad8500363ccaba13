"""Pages of a steward: invite one, sign, object, withdraw. Who it is, and what is being decided, stands on /power."""

from __future__ import annotations

from hub.errors import NotFound
from hub.groups import queries
from hub.permits import HUB
from hub.permits.actor import DERIVED
from hub.stewards import actions
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _

BACK = "/power"


def offer(asked: Asked) -> Answer:
    """POST /stewards: opens the naming, and shows its one-use link once."""
    _act, token = actions.offer(asked.tx, actor=asked.actor)
    link = f"{asked.hub.settings.url}/invitations/{token}"
    return page(asked, "invitations/made.html", link=link, back=BACK, office=_("steward"))


def confirm(asked: Asked) -> Answer:
    """POST /stewards/{act}/confirmation."""
    actions.confirm(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other(BACK, _("You signed. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """POST /stewards/{act}/objection."""
    read = Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    actions.object_to(asked.tx, act=asked.params["act"], reason=reason, actor=asked.actor)
    return see_other(BACK, _("You objected. Your reason stands in the public record."))


def challenge_form(asked: Asked) -> Answer:
    """GET /stewards/{grant}/withdrawal: asks once more, and says who will be told."""
    return page(asked, "power/withdraw_steward.html", power=_power(asked))


def challenge(asked: Asked) -> Answer:
    """POST /stewards/{grant}/withdrawal: opens it, with the first signature."""
    actions.challenge(asked.tx, grant=asked.params["grant"], actor=asked.actor)
    return see_other(BACK, _("You signed first. It takes a second member of the council."))


def _power(asked: Asked) -> queries.Power:
    for power in queries.powers(asked.tx, HUB):
        grant = power.grant
        if grant.id == asked.params["grant"] and grant.role == "steward" and grant.source in DERIVED:
            return power
    raise NotFound
