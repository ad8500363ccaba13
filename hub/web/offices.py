"""Pages of power: who holds what; appointing, standing in, withdrawing, resigning."""

from __future__ import annotations

from dataclasses import dataclass

from hub.acts import queries as acts
from hub.acts.state import ActState
from hub.ballots import queries as ballots
from hub.branches import queries as branches
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.groups import lending, offers_fold, offices, queries
from hub.permits import HUB, P, Scope, can
from hub.permits import actions as permits
from hub.permits import queries as grants
from hub.permits import shown as showing
from hub.permits.actor import DERIVED
from hub.web import places, powers
from hub.web.acts import Progress, about, progress
from hub.web.context import Answer, Asked
from hub.web.elections import coming
from hub.web.forms import Reader
from hub.web.freezes import frozen_in
from hub.web.pages import page, see_other
from hub.web.texts import _

PAGES = {
    "recall": "petitions",
    "hold": "petitions",
    "amend": "petitions",
    "elect": "elections",
    "draw_council": "draws",
    "draw_caretaker": "draws",
    "emergency": "emergencies",
    "extend_measure": "emergencies",
    "appeal_branch": "appeals",
    "appeal_group": "appeals",
    "hide": "hidings",
    "publish_statement": "statements/drafts",
}

# Of cases the docket tells, in tens; whoever has a part in one finds it on their own page, and nobody else anywhere.
OF_CASES = ("case", "appeal_case", "interim")


@dataclass(frozen=True)
class Running:
    """An act that runs, as a page of powers tells it. page: its own, or "" where it is signed here.

    is_mine: an invitation of the viewer's own, which they can take back.
    """

    procedure: str
    act: Progress
    title: str
    page: str
    is_mine: bool = False


def of_hub(asked: Asked) -> Answer:
    """Shows who holds what at the hub, and where else to look."""
    shown = branches.listing(asked.tx)
    return page(
        asked, "power/hub.html", powers=powers.held(asked, HUB), past=_past(asked, HUB), branches=shown,
        running=_running(asked, HUB), recalling=powers.recalling(asked), place=asked.hub.settings.name,
        check=next(step for step in constitution.steps_of(asked.tx, "found_branch") if step.do == "decide").days,
        may={
            "name_steward": bool(can(asked.actor, P.NAME_STEWARD, HUB)),
            "name_press": bool(can(asked.actor, P.NAME_PRESS, HUB)),
        },
        derived=DERIVED,
        known=constitution.hub(asked.tx), deployed=powers.newest_of(asked, "software.deployed"),
        counted=powers.newest_of(asked, "operators.counted"), frozen=frozen_in(asked.tx, HUB),
    )  # fmt: skip


def for_programs(asked: Asked) -> Answer:
    """GET /powers.json: who holds what everywhere, for programs that hold it against the record."""
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return Answer(body=showing.format_shown(showing.shown(asked.tx)), media="application/json", headers=headers)


def of_branch(asked: Asked) -> Answer:
    """Shows who holds what in a branch, and the appointments and withdrawals that run."""
    branch = branches.by_slug(asked.tx, asked.params["branch"])
    may = {"appoint": P.APPOINTMENTS_MAKE, "freeze": P.FREEZE_POWERS}
    return page(
        asked, "power/branch.html", branch=branch, alive=branches.takes_acts(branch),
        powers=powers.held(asked, branch.scope), past=_past(asked, branch.scope),
        running=_running(asked, branch.scope), coming=coming(asked, branch.scope),
        recalling=powers.recalling(asked), place=branch.name or branch.slug,
        frozen=frozen_in(asked.tx, branch.scope), derived=DERIVED,
        may={name: bool(can(asked.actor, power, branch.scope)) for name, power in may.items()},
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
        powers=powers.held(asked, group.scope),
        accounts=powers.accounts(asked, group),
        recalling=powers.recalling(asked),
        place=group.name or group.slug,
        past=_past(asked, group.scope),
        running=_running(asked, group.scope),
        derived=DERIVED,
        lasts=constitution.in_force(asked.tx)[0].terms["delegation"],
        coming=coming(asked, group.scope),
        frozen=frozen_in(asked.tx, group.scope),
        may={
            "appoint": bool(verdict),
            "lend": bool(can(asked.actor, P.LEND_OFFICE, group.scope)) and group.is_registered,
            "settings": bool(can(asked.actor, P.CHANGE_SETTINGS, group.scope)),
            "freeze": bool(can(asked.actor, P.FREEZE_POWERS, group.scope)) and group.is_registered,
            "close": bool(can(asked.actor, P.CLOSE_GROUP, group.scope)),
        },
    )


def offer(asked: Asked) -> Answer:
    """Opens an appointment, and shows its one-use link once."""
    return _offer(asked, "moderator", _("moderator"))


def offer_help(asked: Asked) -> Answer:
    """Opens the admission of a helper, and shows its one-use link once."""
    return _offer(asked, "helper", _("helper"))


def offer_press(asked: Asked) -> Answer:
    """Opens the naming of one of the press, and shows its one-use link once."""
    return _offer(asked, "press", _("one of the press"))


def _offer(asked: Asked, role: str, called: str) -> Answer:
    there = _there(asked)
    _act, token = offices.offer(asked.tx, place=there, actor=asked.actor, role=role)
    link = f"{asked.hub.settings.url}/invitations/{token}"
    back = places.of(asked.tx, _scope(there)).power
    return page(asked, "invitations/made.html", link=link, back=back, office=called)


def _there(asked: Asked) -> queries.Group | branches.Branch | None:
    """The group or the branch that an address names; None for the hub."""
    if "branch" in asked.params:
        return branches.by_slug(asked.tx, asked.params["branch"])
    return queries.by_slug(asked.tx, asked.params["group"]) if "group" in asked.params else None


def _scope(there: queries.Group | branches.Branch | None) -> Scope:
    return HUB if there is None else there.scope


def take_offer_back(asked: Asked) -> Answer:
    """Takes an invitation back that nobody has accepted."""
    act = asked.params["act"]
    back = _back(asked, act)
    offices.take_offer_back(asked.tx, act=act, actor=asked.actor)
    return see_other(back, _("You took it back. Its link works no more."))


def lend(asked: Asked) -> Answer:
    """Lends an office for some days, and shows its one-use link once."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    most, read = constitution.in_force(asked.tx)[0].terms["delegation"], Reader(asked.form)
    days = read.number("days", missing=_("Enter a number of days from 1 to %d") % most, least=1, most=most)
    read.done()
    _act, token = lending.offer(asked.tx, group=group, days=days, actor=asked.actor)
    link = f"{asked.hub.settings.url}/invitations/{token}"
    return page(
        asked, "invitations/made.html", link=link, back=f"/groups/{group.slug}/power", office=_("your stand-in")
    )


def take_back_form(asked: Asked) -> Answer:
    """Asks once more before an office is taken back."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    power = _power(asked, group.scope)
    if power.grant.stands_for is None or power.grant.stands_for != asked.actor.holder:
        raise NotFound
    return page(asked, "power/take_back.html", group=group, power=power)


def take_back(asked: Asked) -> Answer:
    """Takes an office back from who stands in."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    lending.take_back(asked.tx, group=group, grant=asked.params["grant"], actor=asked.actor)
    return see_other(f"/groups/{group.slug}/power", _("You took it back. It took effect at once."))


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
    scope = _scope(_there(asked))
    return page(asked, "power/withdraw.html", place=places.of(asked.tx, scope), power=_power(asked, scope))


def challenge(asked: Asked) -> Answer:
    """Opens the withdrawal of an appointed office, with the actor's signature."""
    there = _there(asked)
    offices.challenge(asked.tx, place=there, grant=asked.params["grant"], actor=asked.actor)
    back = places.of(asked.tx, _scope(there)).power
    second = _("You signed first. It takes a second member of the council.")
    return see_other(back, second if there is None else _("You signed first. It takes a second organiser."))


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


def _running(asked: Asked, scope: Scope) -> list[Running]:
    """What is being decided in a scope. Whatever has a page of its own is signed there, and not here."""
    found = []
    for state in (one for one in acts.running(asked.tx, scope) if one.procedure not in OF_CASES):
        act = progress(asked.tx, state.id, asked.actor)
        mine = bool(offers_fold.may_be_withdrawn(asked.tx, state, asked.actor.holder or ""))
        found.append(Running(state.procedure, act, about(asked.tx, state), _page_of(asked, state), mine))
    return found


def _page_of(asked: Asked, state: ActState) -> str:
    """The page of a running act, where it has one; "" for those that stand on the page of powers alone."""
    if state.judged_ballot is not None and state.procedure not in PAGES:
        return f"/ballots/{ballots.of_act(asked.tx, state.id)[-1].id}"
    if state.procedure in PAGES:
        return f"/{PAGES[state.procedure]}/{state.id}"
    if state.procedure == "register_group":
        return f"/groups/{queries.of_act(asked.tx, state.id).slug}"
    if state.procedure == "close_group":
        return f"/groups/{queries.get(asked.tx, state.subject).slug}/closure"
    if state.procedure == "merge_group":
        return f"/groups/{queries.get(asked.tx, state.subject).slug}/merger"
    if state.procedure == "found_branch":
        return f"/branches/{branches.of_act(asked.tx, state.id).slug}"
    if state.procedure == "register_client":
        return f"/groups/{queries.get(asked.tx, state.scope.id).slug}/sites"
    if state.procedure == "change_branch_rule":
        return f"/branches/{branches.get(asked.tx, state.scope.id).slug}/rules"
    return ""


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
    if queries.office_act(asked.tx, act) is None:
        raise NotFound
    return places.of(asked.tx, acts.get(asked.tx, act).scope).power
