"""Pages of hiding: hide with a reason and a rule, confirm, contest, show again."""

from __future__ import annotations

from hub.acts import queries as acts
from hub.constitution import queries as constitution
from hub.errors import Forbidden, NotFound
from hub.hiding import actions, queries, targets
from hub.hiding.fold import OWN_CONTEST
from hub.permits import P, can
from hub.web.acts import about, progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _


def edit(asked: Asked) -> Answer:
    """Asks which rule was broken, and why."""
    found = targets.find(asked.tx, asked.params["kind"], asked.params["target"])
    if found is None or not can(asked.actor, P.HIDE_CONTENT, found.scope):
        raise NotFound
    if asked.actor.holder in found.barred:
        raise Forbidden(OWN_CONTEST)
    conduct = constitution.in_force(asked.tx)[0].conduct
    what = (asked.params["kind"], asked.params["target"])
    steps = constitution.steps_of(asked.tx, "hide")
    return page(asked, "hiding/new.html", found=found, what=what, conduct=sorted(conduct.items()), steps=steps)


def hide(asked: Asked) -> Answer:
    """Hides it."""
    read = Reader(asked.form)
    rule = read.choice("rule", _numbers(asked), missing=_("Select the rule that was broken"))
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    kind, target = asked.params["kind"], asked.params["target"]
    act = actions.hide(asked.tx, kind=kind, target=target, rule=int(rule), reason=reason, actor=asked.actor)
    return see_other(f"/hidings/{act}", _("It is hidden. It comes back by itself, unless others confirm."))


def show(asked: Asked) -> Answer:
    """Shows what was hidden by which rule, why, and where it stands; never the words themselves."""
    found = queries.find(asked.tx, asked.params["act"])
    if found is None:
        raise NotFound
    state = acts.get(asked.tx, found.act)
    target = targets.find(asked.tx, found.kind, found.target)
    rules = constitution.of_entry(asked.tx, state.constitution)
    is_author = asked.actor.holder is not None and asked.actor.holder == state.subject
    is_barred = target is not None and asked.actor.holder in target.barred
    may_hide = not is_barred and bool(can(asked.actor, P.HIDE_CONTENT, state.scope))
    act = progress(asked.tx, found.act, asked.actor)
    return page(
        asked,
        "hiding/show.html",
        found=found,
        act=act,
        about=about(asked.tx, state),
        rule=rules.conduct.get(found.rule, ""),
        place=target.place if target else "/",
        is_author=is_author,
        is_hidden=found.hidden_entry is not None and found.shown_entry is None,
        may={"sign": act.may_sign, "restore": may_hide and not state.is_open and not is_author},
    )


def confirm(asked: Asked) -> Answer:
    """Confirms it."""
    actions.confirm(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other(f"/hidings/{asked.params['act']}", _("You confirmed. It stands in the public record."))


def contest(asked: Asked) -> Answer:
    """Says that no rule was broken."""
    read = Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    actions.contest(asked.tx, act=asked.params["act"], reason=reason, actor=asked.actor)
    return see_other(f"/hidings/{asked.params['act']}", _("You objected. Your reason stands in the public record."))


def restore(asked: Asked) -> Answer:
    """Shows it again."""
    actions.restore(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other(f"/hidings/{asked.params['act']}", _("It is shown again."))


def _numbers(asked: Asked) -> list[str]:
    return [str(number) for number in constitution.in_force(asked.tx)[0].conduct]
