"""Pages of a branch's own rules: what it chose, choose another number, sign, object."""

from __future__ import annotations

from hub.acts import queries as acts
from hub.branches import own_rules, queries
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.permits import P, can
from hub.web.acts import about, progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _


def show(asked: Asked) -> Answer:
    """Shows each number that the rules leave to branches, with the branch's own."""
    branch = queries.by_slug(asked.tx, asked.params["branch"])
    rules, _version = constitution.in_force(asked.tx)
    answers = {answer.path: answer for answer in rules.answers}
    own = [
        (path, answers[path], constitution.chosen(asked.tx, rules, path, branch.id))
        for path in sorted(rules.branch_may)
    ]
    running = [
        (about(asked.tx, state), progress(asked.tx, state.id, asked.actor))
        for state in acts.running(asked.tx, branch.scope, "change_branch_rule")
    ]
    may = bool(can(asked.actor, P.CHANGE_SETTINGS, branch.scope))
    return page(asked, "branches/rules.html", branch=branch, own=own, running=running, may={"change": may})


def propose(asked: Asked) -> Answer:
    """Proposes a number."""
    branch = queries.by_slug(asked.tx, asked.params["branch"])
    rules, _version = constitution.in_force(asked.tx)
    read = Reader(asked.form)
    rule = read.choice("rule", rules.branch_may, missing=_("Select what the branch should choose for itself"))
    value = read.number("value", missing=_("Enter a whole number"), least=0, most=1000)
    read.done()
    own_rules.propose(asked.tx, branch=branch, rule=rule, value=value, actor=asked.actor)
    return see_other(f"/branches/{branch.slug}/rules", _("You signed first. It takes a second organiser."))


def confirm(asked: Asked) -> Answer:
    """Signs it."""
    back = _back(asked)
    own_rules.confirm(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other(back, _("You signed. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """Objects."""
    back, read = _back(asked), Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    own_rules.object_to(asked.tx, act=asked.params["act"], reason=reason, actor=asked.actor)
    return see_other(back, _("You objected. Your reason stands in the public record."))


def _back(asked: Asked) -> str:
    found = queries.branch_rule_change(asked.tx, asked.params["act"])
    if found is None:
        raise NotFound
    return f"/branches/{queries.get(asked.tx, found.branch).slug}/rules"
