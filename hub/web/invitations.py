"""One-use links: look at what is offered, and accept it."""

from __future__ import annotations

from hub.branches import actions as branches
from hub.branches import queries as branch_queries
from hub.constitution import actions as constitution
from hub.constitution import queries as rules
from hub.errors import NotFound
from hub.groups import founding, lending, offices
from hub.groups import queries as group_queries
from hub.people import invitations
from hub.people.invitations import Invitation
from hub.stewards import actions as stewards
from hub.web import places
from hub.web.branches import shown_name
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.passkeys import takes
from hub.web.receipts import SEATED
from hub.web.texts import _

THEN = " " + _("When the office begins, a letter leads you to its receipt.")


def show(asked: Asked) -> Answer:
    """Says which office is offered, where, and what follows from accepting it."""
    invitation = invitations.look(asked.tx, asked.params["token"])
    return page(
        asked,
        "invitations/show.html",
        invitation=invitation,
        where=_where(asked, invitation),
        role=rules.in_force(asked.tx)[0].roles.get(invitation.role),
        takes=takes(asked, role=invitation.role, act=invitation.act),
    )


def accept(asked: Asked) -> Answer:
    """Accepts the office."""
    token = asked.params["token"]
    invitation = invitations.look(asked.tx, token)
    read = Reader(asked.form)
    shown = shown_name(asked, read)
    read.done()
    if invitation.kind in ("council", "steward"):
        grant = constitution.take_seat(asked.tx, role=invitation.role, shown=shown, actor=asked.actor)
        invitations.consume(asked.tx, token, str(asked.actor.person))
        return see_other(f"/offices/{grant}/receipt", SEATED)
    if invitation.kind == "cofound_branch":
        branch = branches.cofound(asked.tx, token=token, shown=shown, actor=asked.actor)
        return see_other(f"/branches/{branch.slug}", _("You joined in founding this branch."))
    if invitation.kind == "cofound_group":
        group = founding.cofound(asked.tx, token=token, shown=shown, actor=asked.actor)
        return see_other(f"/groups/{group.slug}", _("You joined in founding this group."))
    if invitation.kind == "name_steward":
        stewards.accept(asked.tx, token=token, shown=shown, actor=asked.actor)
        return see_other("/power", _("You accepted. Two members of the council sign next.") + THEN)
    if invitation.kind == "lend":
        group = lending.accept(asked.tx, token=token, shown=shown, actor=asked.actor)
        return see_other(f"/groups/{group.slug}/power", _("You accepted. You stand in in some days; it says when."))
    scope = offices.accept(asked.tx, token=token, shown=shown, actor=asked.actor)
    who = _("Two members of the council sign next.") if scope.kind == "hub" else _("Two organisers sign next.")
    return see_other(places.of(asked.tx, scope).power, _("You accepted.") + " " + who + THEN)


def _where(asked: Asked, invitation: Invitation) -> str:
    if invitation.act is None or invitation.kind == "name_steward":
        return asked.hub.settings.name
    if invitation.kind == "cofound_branch":
        return branch_queries.of_act(asked.tx, invitation.act).name or _("a branch")
    if invitation.kind == "cofound_group":
        return group_queries.of_act(asked.tx, invitation.act).name or _("a group")
    if invitation.kind in ("appoint", "lend"):
        return places.of(asked.tx, invitation.scope).name
    raise NotFound
