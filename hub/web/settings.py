"""Pages of a group's settings: propose other ones, sign, object."""

from __future__ import annotations

from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.groups import queries, rules, settings
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _


def edit(asked: Asked) -> Answer:
    """Shows the settings as they are."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    return page(asked, "groups/settings.html", group=group, steps=constitution.steps_of(asked.tx, "change_settings"))


def propose(asked: Asked) -> Answer:
    """Proposes other settings."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    read, most = Reader(asked.form), asked.hub.settings.seats_most
    joining = read.choice("joining", rules.JOINING, missing=_("Select who may join"))
    seats = read_seats(read, most)
    read.done()
    settings.propose(asked.tx, group=group, joining=joining, seats=seats, seats_most=most, actor=asked.actor)
    return see_other(f"/groups/{group.slug}/power", _("You signed first. It takes a second organiser."))


def edit_naming(asked: Asked) -> Answer:
    """Shows name and purpose as they are."""
    group = queries.by_slug(asked.tx, asked.params["group"])
    return page(asked, "groups/naming.html", group=group, steps=constitution.steps_of(asked.tx, "change_settings"))


def propose_naming(asked: Asked) -> Answer:
    """Proposes another name and purpose."""
    group, read = queries.by_slug(asked.tx, asked.params["group"]), Reader(asked.form)
    name = read.text("name", missing=_("Enter a name"), most=80)
    purpose = read.text("purpose", missing=_("Say what the group is for"), most=500, lines=True)
    read.done()
    settings.propose_naming(asked.tx, group=group, name=name, purpose=purpose, actor=asked.actor)
    return see_other(f"/groups/{group.slug}/power", _("You signed first. It takes a second organiser."))


def read_seats(read: Reader, most: int) -> int | None:
    """Returns the number of places that was typed; None for no limit."""
    if not read.form.first("seats").strip():
        return None
    wrong = _("Places must be a number from 2 to %d, or empty") % most
    return read.number("seats", missing=wrong, least=2, most=most)


def confirm(asked: Asked) -> Answer:
    """Signs a change."""
    back = _back(asked)
    settings.confirm(asked.tx, act=asked.params["act"], actor=asked.actor)
    return see_other(back, _("You signed. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """Objects to a change."""
    back, read = _back(asked), Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    settings.object_to(asked.tx, act=asked.params["act"], reason=reason, actor=asked.actor)
    return see_other(back, _("You objected. Your reason stands in the public record."))


def _back(asked: Asked) -> str:
    found = queries.settings_change(asked.tx, asked.params["act"])
    if found is None:
        raise NotFound
    return f"/groups/{queries.get(asked.tx, found.group).slug}/power"
