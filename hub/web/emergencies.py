"""Pages of measures: what is in force where, declare one, sign, object, extend."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row

from hub import clock
from hub.acts import queries as acts
from hub.branches import queries as branches
from hub.constitution import queries as constitution
from hub.emergencies import actions, extending_fold, queries, rules
from hub.errors import NotFound
from hub.groups import queries as groups
from hub.permits import HUB, P, Scope, can
from hub.permits.scope import stored_scope
from hub.web import places
from hub.web.acts import progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _


def listing(asked: Asked) -> Answer:
    """Shows every measure there was, the newest first."""
    found = [(row, places.of(asked.tx, _scope(asked, row))) for row in queries.newest(asked.tx)]
    may = bool(can(asked.actor, P.DECLARE_EMERGENCY, HUB))
    text, _entry = constitution.in_force(asked.tx)
    steps, numbers = text.procedures["emergency"].steps, text.numbers
    return page(asked, "emergencies/list.html", found=found, steps=steps, numbers=numbers, may={"declare": may})


def show(asked: Asked) -> Answer:
    """Shows one measure: what, where, why, until when, what it still needs, and how it was extended.

    By the act of an extension: the measure it is about.
    """
    found = queries.find(asked.tx, _measure(asked, asked.params["act"]))
    if found is None:
        raise NotFound
    rules_then = constitution.of_entry(asked.tx, acts.get(asked.tx, found.act).constitution)
    role = rules_then.roles.get(found.role or "")
    act = progress(asked.tx, found.act, asked.actor)
    place = places.of(asked.tx, _scope(asked, found))
    extensions = [(row, progress(asked.tx, row.act, asked.actor)) for row in queries.extensions(asked.tx, found.act)]
    return page(
        asked, "emergencies/show.html", found=found, act=act, place=place, role=role.name if role else "",
        is_over=act.outcome == "done" and found.until_at is not None and clock.now() >= found.until_at,
        election=acts.find(asked.tx, found.election) if found.election else None, extensions=extensions,
        more=constitution.steps_of(asked.tx, "extend_measure")[-1].lasts, most=rules_then.numbers["measure_most_days"],
        may={"sign": act.may_sign, "extend": _may_extend(asked, found.act)},
    )  # fmt: skip


def extend(asked: Asked) -> Answer:
    """Proposes that a measure lasts longer."""
    read, measure = Reader(asked.form), asked.params["act"]
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    actions.extend(asked.tx, measure=measure, reason=reason, actor=asked.actor)
    return see_other(f"/emergencies/{measure}", _("You signed first. It takes a second of the panel."))


def _may_extend(asked: Asked, measure: str) -> bool:
    mine = can(asked.actor, P.EMERGENCIES_CONFIRM, HUB, act=measure)
    return bool(mine) and bool(extending_fold.may_extend(asked.tx, measure, clock.now()))


def _measure(asked: Asked, act: str) -> str:
    extension = queries.find_extension(asked.tx, act)
    return act if extension is None else str(extension.measure)


def new(asked: Asked) -> Answer:
    """Asks what should be paused where, and why; tells others that this is not theirs to do."""
    verdict = can(asked.actor, P.DECLARE_EMERGENCY, HUB)
    in_force, _entry = constitution.in_force(asked.tx)
    roles = [
        (role.key, role.name) for role in in_force.roles.values() if rules.may_rest(role.scopes, role.key, role.by)
    ]
    return page(
        asked, "emergencies/new.html", roles=roles, steps=in_force.procedures["emergency"].steps, verdict=verdict,
        numbers=in_force.numbers,
    )  # fmt: skip


def declare(asked: Asked) -> Answer:
    """Declares a measure."""
    read = Reader(asked.form)
    kind = read.choice("kind", rules.KINDS, missing=_("Select what the measure should do"))
    where = read.text("where", missing=_("Enter the address of the branch or group"), most=200)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    role = read.text("role", most=40) if kind == "pause_role" else None
    scope = _place_at(asked, where)
    if where and scope is None:
        read.mistake("where", _("There is no branch or group of this address. It reads like groups/york-tenants"))
    read.done()
    assert scope is not None
    target = ("group", scope.id) if kind == "hide_content" else None
    act = actions.declare(asked.tx, kind=kind, scope=scope, reason=reason, actor=asked.actor, role=role, target=target)
    return see_other(f"/emergencies/{act}", _("You signed first. It takes a second member of the council."))


def confirm(asked: Asked) -> Answer:
    """Signs."""
    actions.confirm(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other(
        f"/emergencies/{_measure(asked, asked.params['act'])}", _("You signed. It stands in the public record.")
    )


def object_to(asked: Asked) -> Answer:
    """Objects."""
    read = Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    actions.object_to(asked.tx, act=asked.params["act"], reason=reason, actor=asked.actor)
    place = f"/emergencies/{_measure(asked, asked.params['act'])}"
    return see_other(place, _("You objected. Your reason stands in the public record."))


def _scope(asked: Asked, row: Row[Any]) -> Scope:
    kind, scope_id = row.scope_kind, row.scope_id
    branch = scope_id if kind == "branch" else groups.get(asked.tx, scope_id).branch
    return stored_scope(kind, scope_id, branch)


def _place_at(asked: Asked, where: str) -> Scope | None:
    """Returns the branch or group of an address such as groups/york-tenants, or None."""
    kind, _slash, slug = where.strip().strip("/").removeprefix(asked.hub.settings.url).strip("/").partition("/")
    try:
        if kind == "branches":
            return branches.by_slug(asked.tx, slug).scope
        return groups.by_slug(asked.tx, slug).scope if kind == "groups" else None
    except NotFound:
        return None
