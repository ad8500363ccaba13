"""Pages of branches: found one, follow its founding, confirm or object, see its groups and powers."""

from __future__ import annotations

from typing import Any

from hub.ballots import owing
from hub.branches import actions, boundaries, queries
from hub.constitution import queries as constitution
from hub.groups import queries as groups
from hub.permits import HUB, P, R, area_scope, can, can_right
from hub.permits import queries as permits
from hub.web import appeals, powers
from hub.web.acts import progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.passkeys import takes
from hub.web.texts import _


def show(asked: Asked) -> Answer:
    """Shows a branch: its groups, who organises it, and its founding while that runs."""
    branch = queries.by_slug(asked.tx, asked.params["branch"])
    act = progress(asked.tx, branch.act, asked.actor)
    return page(
        asked,
        "branches/show.html",
        branch=branch,
        alive=queries.takes_acts(branch),
        area=queries.area(asked.tx, branch.area),
        act=act,
        appeal=appeals.of_founding(asked, branch.act),
        groups=groups.of_branch(asked.tx, branch.id),
        proposed=groups.of_branch(asked.tx, branch.id, registered=False),
        powers=groups.powers(asked.tx, branch.scope),
        elections=owing.running_in(asked.tx, branch.scope),
        may={
            "found_group": bool(can_right(asked.actor, R.FOUND_GROUP, branch.scope)) and branch.is_registered,
            "invite": act.is_party and act.do == "submit" and act.is_open,
            "decide": act.may_sign,
        },
    )


def new(asked: Asked) -> Answer:
    """Shows the form to found the branch of the actor's area."""
    standing = asked.actor.standing
    area = queries.find_area(asked.tx, standing.area) if standing and standing.area else None
    taken = queries.of_area(asked.tx, area.slug) if area else None
    return page(asked, "branches/new.html", area=area, taken=taken, takes=takes(asked, role=actions.FOUNDER))


def create(asked: Asked) -> Answer:
    """Proposes the branch."""
    read = Reader(asked.form)
    name = read.text("name", missing=_("Enter a name for the branch"), most=80)
    area = read.text("area", missing=_("Your standing names no area, so there is nothing to found yet"), most=60)
    shown = shown_name(asked, read)
    read.done()
    queries.area(asked.tx, area)
    branch = actions.propose(asked.tx, area=area, name=name, shown=shown, actor=asked.actor)
    return see_other(f"/branches/{branch.slug}", _("Your branch is proposed. Now invite the other founders."))


def invite(asked: Asked) -> Answer:
    """Makes a one-use link for a co-founder, and shows it once."""
    branch = queries.by_slug(asked.tx, asked.params["branch"])
    token = actions.invite(asked.tx, branch=branch.id, actor=asked.actor)
    link = f"{asked.hub.settings.url}/invitations/{token}"
    return page(asked, "invitations/made.html", link=link, back=f"/branches/{branch.slug}", office=_("founder"))


def confirm(asked: Asked) -> Answer:
    """A council member confirms."""
    branch = queries.by_slug(asked.tx, asked.params["branch"])
    actions.confirm(asked.tx, branch=branch.id, actor=asked.actor)
    return see_other(f"/branches/{branch.slug}", _("You confirmed name and boundary. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """A council member objects."""
    branch = queries.by_slug(asked.tx, asked.params["branch"])
    read = Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    actions.object_to(asked.tx, branch=branch.id, reason=reason, actor=asked.actor)
    return see_other("/record", _("You objected. Your reason stands in the public record."))


def boundary(asked: Asked) -> Answer:
    """Shows which other boundaries are proposed for a branch's area, and who agreed."""
    branch = queries.by_slug(asked.tx, asked.params["branch"])
    found = boundaries.waiting(asked.tx, branch.id)
    names = permits.shown_names(asked.tx, [holder for one in found for holder, _at in one["agreed"]])
    return page(
        asked,
        "branches/boundary.html",
        branch=branch,
        waiting=[{**one, **_agreed(one, names, asked.actor.holder)} for one in found],
        needed=boundaries.PERSONS,
        days=boundaries.NOTICE.days,
        may={"agree": bool(can(asked.actor, P.AREAS_AGREE, branch.scope))},
    )


def _agreed(one: dict[str, Any], names: dict[str, str | None], me: str | None) -> dict[str, object]:
    """Who agreed to a boundary so far, by name, and whether the viewer did."""
    holders = [holder for holder, _at in one["agreed"]]
    return {"by": [names.get(holder) for holder in holders], "mine": me in holders}


def agree(asked: Asked) -> Answer:
    """An organiser of the branch agrees."""
    branch = queries.by_slug(asked.tx, asked.params["branch"])
    boundaries.agree(asked.tx, proposal=asked.params["proposal"], area=branch.area, actor=asked.actor)
    return see_other(f"/branches/{branch.slug}/boundary", _("You agreed. It stands in the public record."))


def council(asked: Asked) -> Answer:
    """Shows what waits for the council: branches and areas."""
    waiting = queries.listing(asked.tx, registered=False)
    acts = [(branch, progress(asked.tx, branch.act, asked.actor)) for branch in waiting]
    return page(
        asked,
        "branches/council.html",
        powers=powers.held(asked, HUB),
        branches=[(branch, act) for branch, act in acts if act.is_open],
        proposals=queries.proposals_of_areas(asked.tx),
        moving=boundaries.waiting(asked.tx),
        days=boundaries.NOTICE.days,
        check=next(step for step in constitution.steps_of(asked.tx, "found_branch") if step.do == "decide").days,
        may={"declare": bool(can(asked.actor, P.AREAS_DECLARE, HUB))},
    )


def confirm_areas(asked: Asked) -> Answer:
    """A council member declares the areas that the operator proposed."""
    actions.confirm_areas(asked.tx, proposal=asked.params["proposal"], actor=asked.actor)
    return see_other("/council", _("The areas are declared."))


def may_found(asked: Asked, area: str) -> bool:
    """Tells whether the actor could found this area's branch."""
    return bool(can_right(asked.actor, R.FOUND_BRANCH, area_scope(area)))


def shown_name(asked: Asked, read: Reader) -> str:
    """Returns how an office-holder is shown: asked for at the first office only."""
    if asked.actor.holder is not None:
        return "-"
    return read.text("shown", missing=_("Enter the name that the public record shows for you"), most=60)
