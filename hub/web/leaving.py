"""Closing my account: what ends, what is erased, what stays; and keeping it after all."""

from __future__ import annotations

from hub import leaving
from hub.groups import queries as groups
from hub.people import passkeys
from hub.web import me
from hub.web.context import Answer, Asked
from hub.web.pages import page, see_other
from hub.web.texts import _
from hub.web.words import moment


def show(asked: Asked) -> Answer:
    """GET /account/closing."""
    return page(
        asked,
        "account/closing.html",
        closes=leaving.closes_at(asked.tx, me.person_of(asked)),
        has_passkey=passkeys.has_any(asked.tx, me.person_of(asked)),
        offices=[(grant, me.office_of(asked, grant)) for grant in asked.actor.grants],
        groups=groups.groups_of(asked.tx, asked.actor),
    )


def ask(asked: Asked) -> Answer:
    """POST /account/closing."""
    due = leaving.ask(asked.tx, actor=asked.actor)
    return see_other("/account/closing", _("Your account closes on %s. Until then you can keep it.") % moment(due))


def keep(asked: Asked) -> Answer:
    """POST /account/closing/withdrawal."""
    leaving.keep(asked.tx, actor=asked.actor)
    return see_other("/me", _("You keep your account. Nothing has ended."))
