"""Pages of appeals: what was refused and why; its founders send it to a panel, and the panel judges it."""

from __future__ import annotations

from hub.acts import queries as acts
from hub.branches import appeals
from hub.branches.appeals import Said
from hub.constitution import queries as constitution
from hub.draws import queries as draws
from hub.groups.proposals import name_of
from hub.permits import queries as permits
from hub.web.acts import Progress, progress
from hub.web.context import Answer, Asked
from hub.web.forms import read_reason
from hub.web.pages import page, see_other
from hub.web.texts import _


def show(asked: Asked) -> Answer:
    """Shows an appeal: who refused what and why, what a founder says, and where it stands."""
    state = appeals.get(asked.tx, asked.params["act"])
    refused, answers = appeals.refusals(asked.tx, state), appeals.answers(asked.tx, state)
    act = progress(asked.tx, state.id, asked.actor)
    may_send = act.do == "submit" and act.is_open and appeals.is_founder(asked.tx, state, asked.actor)
    rules = constitution.of_entry(asked.tx, state.constitution)
    return page(
        asked,
        "appeals/show.html",
        act=act,
        name=name_of(asked.tx, state.subject),
        kind=_("branch") if state.procedure == "appeal_branch" else _("group"),
        founding=acts.founding_of(asked.tx, state),
        refused=_named(asked, refused),
        answers=_named(asked, answers),
        judged=[hand for hand in act.hands if hand.hand != "submit"],
        is_drawn=bool(draws.of_act(asked.tx, state.id)),
        steps=rules.procedures[state.procedure].steps,
        may={"send": may_send, "judge": act.may_sign},
    )


def of_founding(asked: Asked, founding: str) -> Progress | None:
    """Returns the appeal that follows a refused founding, as its page tells it; None where there is none."""
    found = appeals.of_founding(asked.tx, acts.get(asked.tx, founding))
    return None if found is None else progress(asked.tx, found.id, asked.actor)


def send(asked: Asked) -> Answer:
    """A founder sends the refusal to a panel."""
    appeals.send(asked.tx, act=asked.params["act"], reason=read_reason(asked.form), actor=asked.actor)
    return _back(asked, _("It is sent. A panel is drawn by lot."))


def uphold(asked: Asked) -> Answer:
    """One of the panel lets it begin."""
    appeals.uphold(asked.tx, act=asked.params["act"], actor=asked.actor)
    return _back(asked, _("You signed. It stands in the public record."))


def dismiss(asked: Asked) -> Answer:
    """One of the panel confirms the refusal."""
    appeals.dismiss(asked.tx, act=asked.params["act"], reason=read_reason(asked.form), actor=asked.actor)
    return _back(asked, _("You confirmed the refusal. Your reason stands in the public record."))


def _named(asked: Asked, said: list[Said]) -> list[tuple[str | None, Said]]:
    names = permits.shown_names(asked.tx, {one.holder for one in said})
    return [(names.get(one.holder), one) for one in said]


def _back(asked: Asked, notice: str) -> Answer:
    return see_other(f"/appeals/{asked.params['act']}", notice)
