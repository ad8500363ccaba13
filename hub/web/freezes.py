"""Pages of freezes: freeze a power of a branch or group, see one and why, take it back, lift another's."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries as acts
from hub.branches import queries as branches
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.freezing import actions
from hub.groups import queries as groups
from hub.permits import P, Scope, can, freezes
from hub.permits import queries as permits
from hub.permits.permissions import MEANINGS
from hub.permits.rules import FREEZABLE
from hub.web import places
from hub.web.acts import progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _


class Frozen(NamedTuple):
    """A line of a power page: which power, in words, until when, and the act that says why."""

    act: str
    what: str
    until: dt.datetime


def frozen_in(tx: Connection, scope: Scope) -> list[Frozen]:
    """Returns what is frozen in a scope now."""
    return [Frozen(row.act, MEANINGS[row.permission], row.until_at) for row in freezes.live(tx, scope=scope)]


def new(asked: Asked) -> Answer:
    """Asks which power, and why; tells others that this is not theirs to do."""
    scope = _scope(asked)
    there = {
        power
        for role in constitution.in_force(asked.tx)[0].roles.values()
        if scope.kind in role.scopes
        for power in role.can
    }
    powers = [(str(power), MEANINGS[power], "") for power in FREEZABLE if power in there]
    effect = constitution.in_force(asked.tx)[0].procedures["freeze"].steps[0]
    return page(
        asked, "freezes/new.html", place=places.of(asked.tx, scope), powers=powers, lasts=effect.lasts,
        window=constitution.in_force(asked.tx)[0].numbers["freeze_window_days"],
        verdict=can(asked.actor, P.FREEZE_POWERS, scope), address=f"{places.of(asked.tx, scope).path}/freezes",
    )  # fmt: skip


def freeze(asked: Asked) -> Answer:
    """Freezes it."""
    scope, read = _scope(asked), Reader(asked.form)
    power = read.choice("power", tuple(FREEZABLE), missing=_("Select what should be frozen"))
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    act = actions.freeze(asked.tx, power=power, scope=scope, reason=reason, actor=asked.actor)
    return see_other(f"/freezes/{act}", _("It is frozen from now on. Everybody who has this power was told."))


def show(asked: Asked) -> Answer:
    """Shows one freeze: what, by whom, why, until when, and who has signed its end."""
    found = freezes.find(asked.tx, asked.params["act"])
    if found is None:
        raise NotFound
    state = acts.get(asked.tx, found.act)
    holds = any(row.act == found.act for row in freezes.live(asked.tx, scope=state.scope))
    act, is_mine = progress(asked.tx, found.act, asked.actor), asked.actor.holder == found.holder
    may = bool(can(asked.actor, P.FREEZE_POWERS, state.scope)) and holds
    return page(
        asked, "freezes/show.html", found=found, act=act, what=MEANINGS.get(found.permission, found.permission),
        who=permits.shown_names(asked.tx, [found.holder]).get(found.holder), place=places.of(asked.tx, state.scope),
        holds=holds, wanted=state.current.persons, is_mine=is_mine,
        may={"lift": may and act.may_sign, "take_back": may and is_mine}, now=clock.now(),
    )  # fmt: skip


def lift(asked: Asked) -> Answer:
    """Signs the end of another's freeze."""
    act = asked.params["act"]
    actions.lift(asked.tx, act=act, actor=asked.actor)
    return see_other(f"/freezes/{act}", _("You signed that it ends. At the second signature it does."))


def withdraw(asked: Asked) -> Answer:
    """Takes one's own freeze back."""
    act = asked.params["act"]
    actions.withdraw(asked.tx, act=act, actor=asked.actor)
    return see_other(f"/freezes/{act}", _("You took it back. It can be used again."))


def _scope(asked: Asked) -> Scope:
    if "group" in asked.params:
        group = groups.by_slug(asked.tx, asked.params["group"])
        if not group.is_registered:
            raise NotFound
        return group.scope
    return branches.by_slug(asked.tx, asked.params["branch"]).scope
