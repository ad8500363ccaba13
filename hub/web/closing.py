"""Pages of a group's end: propose it, sign, object, and read where it stands."""

from __future__ import annotations

from hub.acts import queries as acts
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.groups import closing, queries
from hub.permits import P, can
from hub.web.acts import progress
from hub.web.context import Answer, Asked
from hub.web.forms import read_reason
from hub.web.pages import page, see_other
from hub.web.texts import _


def show(asked: Asked) -> Answer:
    """Shows whether it is being decided that the group closes, or how it would be."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    state = next(iter(acts.running(asked.tx, group.scope, "close_group")), None)
    act = None if state is None else progress(asked.tx, state.id, asked.actor)
    found = None if state is None else queries.closure(asked.tx, state.id)
    may = bool(can(asked.actor, P.CLOSE_GROUP, group.scope))
    return page(
        asked,
        "groups/closure.html",
        group=group,
        act=act,
        reason=None if found is None else found.reason,
        reason_entry=None if found is None else found.told_entry,
        steps=constitution.steps_of(asked.tx, "close_group"),
        may={"propose": may and act is None, "sign": may and act is not None and act.do == "decide" and act.may_sign},
    )


def propose(asked: Asked) -> Answer:
    """Proposes that the group closes."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    closing.propose(asked.tx, group=group, reason=read_reason(asked.form), actor=asked.actor)
    return see_other(f"/groups/{group.slug}/closure", _("You signed first. It takes a second organiser."))


def confirm(asked: Asked) -> Answer:
    """Signs."""
    back = _back(asked)
    closing.confirm(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other(back, _("You signed. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """Objects."""
    back = _back(asked)
    closing.object_to(asked.tx, act=asked.params["act"], reason=read_reason(asked.form), actor=asked.actor)
    return see_other(back, _("You objected. Your reason stands in the public record."))


def _back(asked: Asked) -> str:
    found = queries.closure(asked.tx, asked.params["act"])
    if found is None:
        raise NotFound
    return f"/groups/{queries.get(asked.tx, found.group).slug}/closure"
