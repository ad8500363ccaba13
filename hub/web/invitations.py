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
from hub.permits import queries as permits
from hub.stewards import actions as stewards
from hub.web.branches import shown_name
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.passkeys import takes
from hub.web.texts import _


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
        return see_other(_safe(asked, grant), _("You are seated. It stands in the public record."))
    if invitation.kind == "cofound_branch":
        branch = branches.cofound(asked.tx, token=token, shown=shown, actor=asked.actor)
        return see_other(f"/branches/{branch.slug}", _("You joined in founding this branch."))
    if invitation.kind == "cofound_group":
        group = founding.cofound(asked.tx, token=token, shown=shown, actor=asked.actor)
        return see_other(f"/groups/{group.slug}", _("You joined in founding this group."))
    if invitation.kind == "name_steward":
        stewards.accept(asked.tx, token=token, shown=shown, actor=asked.actor)
        return see_other("/power", _("You accepted. Two members of the council sign next."))
    if invitation.kind == "lend":
        group = lending.accept(asked.tx, token=token, shown=shown, actor=asked.actor)
        return see_other(f"/groups/{group.slug}/power", _("You accepted. You stand in in some days; it says when."))
    group = offices.accept(asked.tx, token=token, shown=shown, actor=asked.actor)
    return see_other(f"/groups/{group.slug}/power", _("You accepted. Two organisers sign next."))


def _safe(asked: Asked, grant: str) -> str:
    """Returns the page on which a new office is kept safe; of powers while it does not count yet."""
    holder = permits.holder_of_person(asked.tx, str(asked.actor.person))
    counts = holder is not None and any(one.id == grant for one in permits.carried_by(asked.tx, holder))
    return f"/offices/{grant}/receipt" if counts else "/power"


def _where(asked: Asked, invitation: Invitation) -> str:
    if invitation.act is None or invitation.kind == "name_steward":
        return asked.hub.settings.name
    if invitation.kind == "cofound_branch":
        return branch_queries.of_act(asked.tx, invitation.act).name or _("a branch")
    if invitation.kind == "cofound_group":
        return group_queries.of_act(asked.tx, invitation.act).name or _("a group")
    if invitation.kind in ("appoint", "lend"):
        return group_queries.get(asked.tx, invitation.scope.id).name or _("a group")
    raise NotFound
