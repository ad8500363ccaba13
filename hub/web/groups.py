"""Pages of groups: see one, join and leave, follow its founding, confirm or object, say where it meets."""

from __future__ import annotations

from hub.ballots import owing
from hub.constitution import queries as constitution
from hub.errors import TooMany, Verdict
from hub.groups import founding, membership, queries, rules
from hub.groups import links as places
from hub.groups.queries import Group
from hub.groups.waiting import Waiting, look_at_requests
from hub.hiding import queries as hidings
from hub.permits import HUB, P, can, claims
from hub.permits import queries as permits
from hub.statements import queries as statements
from hub.web import appeals
from hub.web.acts import due_of, progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.group_drafts import read_link
from hub.web.pages import page, see_other
from hub.web.texts import _


def show(asked: Asked) -> Answer:
    """Shows a group as the viewer may see it."""
    group = _group(asked)
    act = progress(asked.tx, group.act, asked.actor)
    since = queries.member_since(asked.tx, group.id, asked.actor)
    accepts = bool(can(asked.actor, P.MEMBERSHIPS_ACCEPT, group.scope))
    return page(
        asked,
        "groups/show.html",
        group=group,
        act=act,
        appeal=appeals.of_founding(asked, group.act),
        since=since,
        alive=queries.takes_acts(asked.tx, group),
        open_to=queries.may_be_joined(asked.tx, group),
        asks=_asks(asked, group),
        joining=membership.may_join(asked.actor, group),
        asked_at=queries.open_request(asked.tx, group.id, asked.actor),
        links=(links := queries.links_for(asked.tx, group, viewer=asked.actor)),
        hidden=hidings.hidden_among(asked.tx, [group.id, queries.NAME_OF + group.id, *(link.id for link in links)]),
        waits=due_of(asked.tx, links),
        hidden_links=since is None and queries.has_member_links(asked.tx, group),
        kept=_keepers(asked, group),
        powers=queries.powers(asked.tx, group.scope),
        unkept=[
            grant.id
            for grant in asked.actor.grants
            if grant.scope == group.scope and claims.key_of(asked.tx, grant.id) is None
        ],
        elections=owing.running_in(asked.tx, group.scope),
        reminders=statements.reminders_of(asked.tx, group.id),
        count=queries.published_count(asked.tx, group.id),
        waiting=len(queries.open_requests(asked.tx, group.id)) if accepts else 0,
        may={
            "invite": act.is_party and act.do == "submit" and act.is_open,
            "decide": act.may_sign,
            "links": bool(can(asked.actor, P.LINKS_DECLARE, group.scope)),
            "stop_sites": bool(can(asked.actor, P.CLIENTS_STOP, HUB)),
            "accept": accepts,
            "hide": bool(can(asked.actor, P.HIDE_CONTENT, group.scope)) and group.is_registered,
            "remind": bool(can(asked.actor, P.PUBLISH_STATEMENT, HUB)) and group.is_registered,
        },
    )


def join_form(asked: Asked) -> Answer:
    """Asks once more before joining, and says who will know."""
    group = _group(asked)
    since = queries.member_since(asked.tx, group.id, asked.actor)
    verdict: Verdict = membership.may_join(asked.actor, group)
    return page(asked, "groups/join.html", group=group, since=since, verdict=verdict, asks=_asks(asked, group))


def join(asked: Asked) -> Answer:
    """Joins, or asks to."""
    group = _group(asked)
    done = membership.join(asked.tx, group=group, actor=asked.actor)
    asked_for = _("You asked to join. The organisers are told; silence for some days counts as a yes.")
    welcome = _("Welcome. You belong to this group now.")
    return see_other(f"/groups/{group.slug}", asked_for if done == "asked" else welcome)


def leave(asked: Asked) -> Answer:
    """Leaves, or takes the request back."""
    group = _group(asked)
    membership.leave(asked.tx, group=group, actor=asked.actor)
    return see_other(f"/groups/{group.slug}", _("Done. You do not belong to this group."))


def invite(asked: Asked) -> Answer:
    """Makes a one-use link for a co-founder, and shows it once."""
    group = _group(asked)
    token = founding.invite(asked.tx, group=group, actor=asked.actor)
    link = f"{asked.hub.settings.url}/invitations/{token}"
    return page(asked, "invitations/made.html", link=link, back=f"/groups/{group.slug}", office=_("founder"))


def confirm(asked: Asked) -> Answer:
    """An organiser of the branch confirms."""
    group = _group(asked)
    founding.confirm(asked.tx, group=group, actor=asked.actor)
    return see_other(f"/groups/{group.slug}", _("You confirmed name and boundary. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """An organiser of the branch objects."""
    group = _group(asked)
    read = Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    founding.object_to(asked.tx, group=group, reason=reason, actor=asked.actor)
    return see_other(f"/branches/{group.branch_slug}", _("You objected. Your reason stands in the public record."))


def requests(asked: Asked) -> Answer:
    """Shows who asked to join, to organisers who accept; each of them reads that they looked."""
    group = _group(asked)
    verdict = can(asked.actor, P.MEMBERSHIPS_ACCEPT, group.scope)
    waiting: list[Waiting] = []
    many, full = 0, ""
    if verdict:
        try:
            waiting, many = look_at_requests(asked.tx, group=group, actor=asked.actor)
        except TooMany as refusal:
            full = refusal.sentence
    more = many - len(waiting)
    return page(asked, "groups/requests.html", group=group, verdict=verdict, waiting=waiting, more=more, full=full)


def accept(asked: Asked) -> Answer:
    """Accepts a member."""
    group = _group(asked)
    membership.accept(asked.tx, group=group, request=asked.params["request"], actor=asked.actor)
    return see_other(f"/groups/{group.slug}/requests", _("Accepted. They are told."))


def decline(asked: Asked) -> Answer:
    """Declines a member."""
    group = _group(asked)
    membership.decline(asked.tx, group=group, request=asked.params["request"], actor=asked.actor)
    return see_other(f"/groups/{group.slug}/requests", _("Declined. They are told."))


def links_form(asked: Asked) -> Answer:
    """Shows where the group meets, to change it."""
    group = _group(asked)
    verdict = can(asked.actor, P.LINKS_DECLARE, group.scope)
    shown = queries.links_for(asked.tx, group, viewer=asked.actor)
    (notice, *_rest) = constitution.steps_of(asked.tx, "declare_link")
    return page(
        asked, "groups/links.html", group=group, verdict=verdict, links=shown, kinds=rules.LINK_KINDS,
        waits=due_of(asked.tx, shown), days=notice.days,
    )  # fmt: skip


def add_link(asked: Asked) -> Answer:
    """Says where the group meets."""
    group = _group(asked)
    read = Reader(asked.form)
    link = read_link(read)
    read.done()
    places.add_link(asked.tx, group=group, actor=asked.actor, **link)
    return see_other(
        f"/groups/{group.slug}/links",
        _("The link is announced. It is shown after some days, unless an organiser or members object."),
    )


def withdraw_link(asked: Asked) -> Answer:
    """Takes a link down."""
    group = _group(asked)
    places.withdraw_link(asked.tx, group=group, link=asked.params["link"], actor=asked.actor)
    return see_other(f"/groups/{group.slug}/links", _("The link is taken down."))


def _group(asked: Asked) -> Group:
    return queries.by_slug(asked.tx, asked.params["group"])


def _asks(asked: Asked, group: Group) -> bool:
    """Tells whether whoever would join asks to first: organisers accept members, and there are some."""
    return group.joining == "accept" and not queries.is_left_alone(asked.tx, group)


def _keepers(asked: Asked, group: Group) -> dict[str, str | None]:
    """Returns how those are shown who last confirmed a members' link."""
    links = queries.links_for(asked.tx, group, viewer=asked.actor)
    return permits.shown_names(asked.tx, {link.kept_by for link in links if link.kept_by})
