"""Pages of two groups becoming one: ask, answer, sign, object, and read where it stands."""

from __future__ import annotations

from hub.acts import queries as acts
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.groups import merging, queries
from hub.permits import P, can
from hub.web.acts import progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader, read_reason
from hub.web.pages import page, see_other
from hub.web.texts import _


def show(asked: Asked) -> Answer:
    """Shows what is being decided, which group asks to merge into this one, and how it would go."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    state = next(iter(acts.running(asked.tx, group.scope, "merge_group")), None)
    act = None if state is None else progress(asked.tx, state.id, asked.actor)
    may = bool(can(asked.actor, P.CLOSE_GROUP, group.scope))
    asking = queries.asking_to_merge(asked.tx, group.id)
    return page(
        asked,
        "groups/merger.html",
        group=group,
        act=act,
        found=None if state is None else queries.merger(asked.tx, state.id),
        into=queries.find(asked.tx, group.merged_into) if group.merged_into else None,
        asking=[(row, queries.get(asked.tx, row.ends)) for row in asking],
        steps=constitution.steps_of(asked.tx, "merge_group"),
        may={"propose": may and act is None, "sign": may and act is not None and act.do == "decide" and act.may_sign},
    )


def propose(asked: Asked) -> Answer:
    """Proposes that the group merges into another, by that one's address."""
    group, read = queries.by_slug(asked.tx, asked.params["group"]), Reader(asked.form)
    slug = read.text("into", missing=_("Enter the address of the other group"), most=200)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    into = queries.find_slug(asked.tx, slug.rstrip("/").rpartition("/")[2])
    if slug and into is None:
        read.mistake("into", _("No group has this address"))
    read.done()
    assert into is not None
    merging.propose(asked.tx, group=group, into=into, reason=reason, actor=asked.actor)
    return see_other(f"/groups/{group.slug}/merger", _("You signed first. It takes a second organiser."))


def answer(asked: Asked) -> Answer:
    """Proposes that the group takes in another that asks for it."""
    group, act = queries.by_slug(asked.tx, asked.params["group"]), asked.params["act"]
    reason = read_reason(asked.form)
    merging.propose(asked.tx, group=group, into=group, reason=reason, actor=asked.actor, answers=act)
    return see_other(f"/groups/{group.slug}/merger", _("You signed first. It takes a second organiser."))


def confirm(asked: Asked) -> Answer:
    """Signs."""
    back = _back(asked)
    merging.confirm(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other(back, _("You signed. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """Objects."""
    back = _back(asked)
    merging.object_to(asked.tx, act=asked.params["act"], reason=read_reason(asked.form), actor=asked.actor)
    return see_other(back, _("You objected. Your reason stands in the public record."))


def _back(asked: Asked) -> str:
    found = queries.merger(asked.tx, asked.params["act"])
    if found is None:
        raise NotFound
    return f"/groups/{queries.get(asked.tx, found.group).slug}/merger"
