"""Pages of power: who holds what; appointing, withdrawing, resigning."""

from __future__ import annotations

from hub.acts import queries as acts
from hub.branches import queries as branches
from hub.errors import NotFound
from hub.groups import offices, queries
from hub.permits import HUB, P, Scope, can
from hub.permits import actions as permits
from hub.permits import queries as grants
from hub.permits.actor import DERIVED
from hub.web.acts import Progress, about, progress
from hub.web.context import Answer, Asked
from hub.web.elections import coming
from hub.web.forms import Reader
from hub.web.freezes import frozen_in
from hub.web.pages import page, see_other
from hub.web.texts import _


def of_hub(asked: Asked) -> Answer:
    """Shows who holds what at the hub, and where else to look."""
    shown = branches.listing(asked.tx)
    powers, running = queries.powers(asked.tx, HUB), _running(asked, HUB)
    return page(asked, "power/hub.html", powers=powers, past=_past(asked, HUB), branches=shown, running=running)


def of_branch(asked: Asked) -> Answer:
    """Shows who holds what in a branch."""
    branch = branches.by_slug(asked.tx, asked.params["branch"])
    powers, running = queries.powers(asked.tx, branch.scope), _running(asked, branch.scope)
    return page(
        asked, "power/branch.html", branch=branch, powers=powers, past=_past(asked, branch.scope), running=running,
        coming=coming(asked, branch.scope), frozen=frozen_in(asked.tx, branch.scope),
        may={"freeze": bool(can(asked.actor, P.FREEZE_POWERS, branch.scope))},
    )  # fmt: skip


def of_group(asked: Asked) -> Answer:
    """Shows who holds what in a group, and the appointments and withdrawals that run."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    verdict = can(asked.actor, P.APPOINTMENTS_MAKE, group.scope)
    return page(
        asked,
        "power/group.html",
        group=group,
        alive=queries.takes_acts(asked.tx, group),
        powers=queries.powers(asked.tx, group.scope),
        past=_past(asked, group.scope),
        running=_running(asked, group.scope),
        derived=DERIVED,
        coming=coming(asked, group.scope),
        frozen=frozen_in(asked.tx, group.scope),
        may={
            "appoint": bool(verdict),
            "settings": bool(can(asked.actor, P.CHANGE_SETTINGS, group.scope)),
            "freeze": bool(can(asked.actor, P.FREEZE_POWERS, group.scope)) and group.is_registered,
        },
    )


def offer(asked: Asked) -> Answer:
    """Opens an appointment, and shows its one-use link once."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    _act, token = offices.offer(asked.tx, group=group, actor=asked.actor)
    link = f"{asked.hub.settings.url}/invitations/{token}"
    back = f"/groups/{group.slug}/power"
    return page(asked, "invitations/made.html", link=link, back=back, office=_("moderator"))


def confirm(asked: Asked) -> Answer:
    """Signs an appointment or a withdrawal."""
    act = asked.params["act"]
    back = _back(asked, act)
    offices.confirm(asked.tx, act=act, actor=asked.actor)
    return see_other(back, _("You signed. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """Objects to an appointment or a withdrawal."""
    act = asked.params["act"]
    back = _back(asked, act)
    read = Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    offices.object_to(asked.tx, act=act, reason=reason, actor=asked.actor)
    return see_other(back, _("You objected. Your reason stands in the public record."))


def challenge_form(asked: Asked) -> Answer:
    """Asks once more before an office is challenged, and says who will be told."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    power = _power(asked, group.scope)
    return page(asked, "power/withdraw.html", group=group, power=power)


def challenge(asked: Asked) -> Answer:
    """Opens the withdrawal of an appointed office, with the actor's signature."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    offices.challenge(asked.tx, group=group, grant=asked.params["grant"], actor=asked.actor)
    return see_other(f"/groups/{group.slug}/power", _("You signed first. It takes a second organiser."))


def resign_form(asked: Asked) -> Answer:
    """Asks once more before an office is laid down."""
    grant = grants.grant_by_id(asked.tx, asked.params["grant"])
    if grant is None or grant.holder != asked.actor.holder:
        raise NotFound
    return page(asked, "power/resign.html", power=_power(asked, grant.scope))


def resign(asked: Asked) -> Answer:
    """Lays an office down."""
    permits.resign(asked.tx, grant=asked.params["grant"], actor=asked.actor)
    return see_other("/me", _("You resigned. It took effect at once."))


def _running(asked: Asked, scope: Scope) -> list[tuple[str, Progress, str]]:
    """What is being decided in a scope: (procedure, how far it is, what it is about in words)."""
    states = acts.running(asked.tx, scope)
    return [(state.procedure, progress(asked.tx, state.id, asked.actor), about(asked.tx, state)) for state in states]


def _power(asked: Asked, scope: Scope) -> queries.Power:
    found = [power for power in queries.powers(asked.tx, scope) if power.grant.id == asked.params["grant"]]
    if not found:
        raise NotFound
    return found[0]


def _past(asked: Asked, scope: Scope) -> list[tuple[str | None, object]]:
    live = {power.grant.id for power in queries.powers(asked.tx, scope)}
    ended = [grant for grant in grants.all_grants(asked.tx, scope) if grant.id not in live]
    names = grants.shown_names(asked.tx, {grant.holder for grant in ended})
    return [(names.get(grant.holder), grant) for grant in ended]


def _back(asked: Asked, act: str) -> str:
    about = queries.office_act(asked.tx, act)
    if about is None:
        raise NotFound
    return f"/groups/{queries.get(asked.tx, about.group).slug}/power"
