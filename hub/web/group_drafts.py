"""Registering a group: a task list that is saved and returned to, then sent."""

from __future__ import annotations

from typing import Any

from hub.branches import queries as branches
from hub.branches.actions import FOUNDER
from hub.branches.queries import Branch
from hub.constitution import queries as constitution
from hub.groups import founding, queries, rules
from hub.permits import R, require_right
from hub.web.branches import shown_name
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.passkeys import takes
from hub.web.settings import read_seats
from hub.web.texts import _


def show(asked: Asked) -> Answer:
    """Shows the task list."""
    branch, draft = _open(asked)
    missing = takes(asked, role=FOUNDER)
    check = next(step for step in constitution.steps_of(asked.tx, "register_group") if step.do == "decide")
    tasks = _tasks(asked, draft)
    return page(asked, "groups/new.html", branch=branch, draft=draft, tasks=tasks, takes=missing, check=check.days)


def edit_about(asked: Asked) -> Answer:
    """Shows the form for name and purpose again."""
    return _edit(asked, "about")


def edit_joining(asked: Asked) -> Answer:
    """Shows the form for who may join again."""
    return _edit(asked, "joining")


def edit_links(asked: Asked) -> Answer:
    """Shows the form for links again."""
    return _edit(asked, "links")


def save_about(asked: Asked) -> Answer:
    """Saves name and purpose."""
    read = Reader(asked.form)
    name = read.text("name", missing=_("Enter a name for the group"), most=80)
    purpose = read.text("purpose", missing=_("Enter what the group is for"), most=500, lines=True)
    return _save(asked, read, {"name": name, "purpose": purpose}, ("name", "purpose"))


def save_joining(asked: Asked) -> Answer:
    """Saves who may join, and how many places there are."""
    read = Reader(asked.form)
    joining = read.choice("joining", rules.JOINING, missing=_("Select who may join"))
    seats = read_seats(read, asked.hub.settings.seats_most)
    return _save(asked, read, {"joining": joining, "seats": seats}, ("joining", "seats"))


def add_link(asked: Asked) -> Answer:
    """Adds a place where the group meets."""
    branch, draft = _open(asked)
    read = Reader(asked.form)
    link = read_link(read)
    links = [*draft.get("links", ()), link]
    if len(links) > rules.MOST_LINKS:
        read.mistake("url", _("A group shows at most %d links") % rules.MOST_LINKS)
    read.done()
    founding.save_draft(asked.tx, branch=branch, fields={**draft, "links": links}, actor=asked.actor)
    return see_other(f"/branches/{branch.slug}/groups/new/links", _("The link is saved."))


def remove_link(asked: Asked) -> Answer:
    """Takes a planned link out again."""
    branch, draft = _open(asked)
    place = asked.form.one("place")
    links = [link for number, link in enumerate(draft.get("links", ())) if str(number) != place]
    founding.save_draft(asked.tx, branch=branch, fields={**draft, "links": links}, actor=asked.actor)
    return see_other(f"/branches/{branch.slug}/groups/new/links", _("The link is removed."))


def send(asked: Asked) -> Answer:
    """Sends the plan: from here on it is public."""
    branch, draft = _open(asked)
    read = Reader(asked.form)
    shown = shown_name(asked, read)
    read.done()
    plan = plan_of(draft)
    most = asked.hub.settings.seats_most
    group = founding.propose(asked.tx, branch=branch, plan=plan, shown=shown, actor=asked.actor, seats_most=most)
    return see_other(f"/groups/{group.slug}", _("Your group is proposed. Now invite the other founder."))


def plan_of(draft: dict[str, Any]) -> founding.Plan:
    """Returns a draft as a plan; what is missing is empty."""
    return founding.Plan(
        str(draft.get("name", "")),
        str(draft.get("purpose", "")),
        str(draft.get("joining", "")),
        draft.get("seats"),
        draft.get("links", ()),
    )


def read_link(read: Reader) -> dict[str, str]:
    """Reads a link's fields; the kind decides who sees it unless the form says otherwise."""
    kind = read.choice("kind", rules.LINK_KINDS, missing=_("Select what kind of place it is"))
    url = read.text("url", missing=_("Enter an address that starts with https://"), most=500)
    title = read.text("title", missing=_("Enter a name for the link"), most=80)
    said = read.form.first("audience")
    audience = said if said in rules.AUDIENCES else rules.default_audience(kind)
    if not read.mistakes:
        verdict = rules.link_ok(kind, url, title, audience)
        if not verdict:
            read.mistake("audience" if verdict.code == "groups.link_invite" else "url", verdict.sentence)
    return {"kind": kind, "url": url, "title": title, "audience": audience}


def _edit(asked: Asked, part: str) -> Answer:
    branch, draft = _open(asked)
    return page(asked, f"groups/new_{part}.html", branch=branch, draft=draft, kinds=rules.LINK_KINDS)


def _open(asked: Asked) -> tuple[Branch, dict[str, Any]]:
    branch = branches.by_slug(asked.tx, asked.params["branch"])
    require_right(asked.actor, R.FOUND_GROUP, branch.scope)
    return branch, queries.draft(asked.tx, person=str(asked.actor.person), branch=branch.id)


def _save(asked: Asked, read: Reader, fields: dict[str, Any], checked: tuple[str, ...]) -> Answer:
    branch, draft = _open(asked)
    if not read.mistakes:
        found = founding.problems(plan_of({**draft, **fields}), seats_most=asked.hub.settings.seats_most)
        for name in checked:
            if name in found:
                read.mistake(name, found[name])
    read.done()
    founding.save_draft(asked.tx, branch=branch, fields={**draft, **fields}, actor=asked.actor)
    return see_other(f"/branches/{branch.slug}/groups/new", _("Saved."))


def _tasks(asked: Asked, draft: dict[str, Any]) -> list[tuple[str, str, str]]:
    lacks = founding.problems(plan_of(draft), seats_most=asked.hub.settings.seats_most)
    about = not {"name", "purpose"} & lacks.keys()
    joining = not {"joining", "seats"} & lacks.keys()
    return [
        ("about", _("Name and purpose"), _("Completed") if about else _("Not yet started")),
        ("joining", _("Who may join"), _("Completed") if joining else _("Not yet started")),
        ("links", _("Where it meets"), _("Completed") if draft.get("links") else _("Optional")),
    ]
