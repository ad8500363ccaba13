"""Pages of official statements: read them, draft one, correct it, take it back, sign, object."""

from __future__ import annotations

from dataclasses import dataclass

from hub.errors import NotFound
from hub.groups import queries as groups
from hub.groups.queries import Group
from hub.permits import HUB, P, can
from hub.statements import actions, queries, rules
from hub.statements.queries import Statement, Version
from hub.web.acts import Progress, progress
from hub.web.context import Answer, Asked
from hub.web.forms import Reader, read_reason
from hub.web.pages import page, see_other
from hub.web.texts import _

REMINDER_TITLE = _("This was not said in our name")
REMINDER_TEXT = _(
    "Something was said there as if all of us had said it. It was not said in our name. If you posted abuse in our "
    "name: delete it."
)
SIGNED_FIRST = _("You signed first. It takes a second of the press.")


@dataclass(frozen=True)
class Told:
    """One act about a statement, with who signed it."""

    version: Version
    act: Progress


def listing(asked: Asked) -> Answer:
    """GET /statements: what is said officially, the newest first; taken back or not."""
    return page(asked, "statements/listing.html", found=queries.published(asked.tx), may={"draft": _may(asked)})


def show(asked: Asked) -> Answer:
    """GET /statements/{statement}: its words, who signed them and since when, and every correction."""
    found = queries.get(asked.tx, asked.params["statement"])
    told = [Told(one, progress(asked.tx, one.act, asked.actor)) for one in found.done]
    waits = next((one for one in found.versions if progress(asked.tx, one.act, asked.actor).is_open), None)
    return page(
        asked, "statements/show.html", found=found, log=told, waits=waits, group=_group_of(asked, found),
        may={"change": _may(asked) and waits is None and not found.is_withdrawn},
    )  # fmt: skip


def show_draft(asked: Asked) -> Answer:
    """GET /statements/drafts/{act}: what waits for a second signature, or came to nothing; it is not said."""
    found, version = queries.of_act(asked.tx, asked.params["act"])
    if version.done_entry is not None:
        return see_other(f"/statements/{found.id}")
    act = progress(asked.tx, version.act, asked.actor)
    return page(
        asked, "statements/draft.html", found=found, version=version, act=act, group=_group_of(asked, found),
        may={"sign": act.may_sign},
    )  # fmt: skip


def new(asked: Asked) -> Answer:
    """GET /statements/new: asks what is to be said; with ?group= a reminder, written beforehand."""
    group = _group_named(asked)
    is_reminder = group is not None or "reminder" in (asked.form.first("kind"), asked.query.first("kind"))
    words = (REMINDER_TITLE, REMINDER_TEXT) if is_reminder else ("", "")
    return page(
        asked, "statements/new.html", group=group, kind="reminder" if is_reminder else "statement", words=words,
        verdict=can(asked.actor, P.PUBLISH_STATEMENT, HUB),
    )  # fmt: skip


def draft(asked: Asked) -> Answer:
    """POST /statements: drafts it, with the first signature."""
    read = Reader(asked.form)
    kind = read.choice("kind", rules.KINDS, missing=_("Select what it is"))
    title, text = _words(read)
    read.done()
    group = _group_named(asked)
    act = actions.draft(
        asked.tx, kind=kind, title=title, text=text, group=None if group is None else group.id, actor=asked.actor
    )
    return see_other(f"/statements/drafts/{act}", SIGNED_FIRST)


def correct_form(asked: Asked) -> Answer:
    """GET /statements/{statement}/correction: asks for other words, and why."""
    return _change_form(asked, "statements/correction.html")


def correct(asked: Asked) -> Answer:
    """POST /statements/{statement}/correction: proposes them, with the first signature."""
    found, read = queries.get(asked.tx, asked.params["statement"]), Reader(asked.form)
    title, text = _words(read)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    act = actions.correct(asked.tx, statement=found.id, title=title, text=text, reason=reason, actor=asked.actor)
    return see_other(f"/statements/drafts/{act}", SIGNED_FIRST)


def take_back_form(asked: Asked) -> Answer:
    """GET /statements/{statement}/withdrawal: asks once more, and why."""
    return _change_form(asked, "statements/withdrawal.html")


def take_back(asked: Asked) -> Answer:
    """POST /statements/{statement}/withdrawal: proposes to take it back, with the first signature."""
    found = queries.get(asked.tx, asked.params["statement"])
    act = actions.take_back(asked.tx, statement=found.id, reason=read_reason(asked.form), actor=asked.actor)
    return see_other(f"/statements/drafts/{act}", SIGNED_FIRST)


def confirm(asked: Asked) -> Answer:
    """POST /statements/drafts/{act}/confirmation."""
    act = asked.params["act"]
    actions.confirm(asked.tx, act=act, actor=asked.actor)
    return see_other(f"/statements/drafts/{act}", _("You signed. It stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """POST /statements/drafts/{act}/objection."""
    act = asked.params["act"]
    actions.object_to(asked.tx, act=act, reason=read_reason(asked.form), actor=asked.actor)
    return see_other(f"/statements/drafts/{act}", _("You objected. Your reason stands in the public record."))


def _change_form(asked: Asked, template: str) -> Answer:
    found = queries.get(asked.tx, asked.params["statement"])
    return page(asked, template, found=found, verdict=can(asked.actor, P.PUBLISH_STATEMENT, HUB))


def _words(read: Reader) -> tuple[str, str]:
    title = read.text("title", missing=_("Enter a title"), most=rules.TITLE_LONGEST)
    return title, read.text("text", missing=_("Enter what is said"), most=rules.TEXT_LONGEST, lines=True)


def _may(asked: Asked) -> bool:
    return bool(can(asked.actor, P.PUBLISH_STATEMENT, HUB))


def _group_named(asked: Asked) -> Group | None:
    """The group that a form or an address names, registered; None where it names none. Raises NotFound."""
    slug = asked.form.first("group") or asked.query.first("group")
    group = groups.by_slug(asked.tx, slug) if slug else None
    if group is not None and not group.is_registered:
        raise NotFound
    return group


def _group_of(asked: Asked, found: Statement) -> Group | None:
    return None if found.group is None else groups.get(asked.tx, found.group)
