"""Answers that people read: a page from a template, or the way to the next one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from hub import ledger
from hub.hiding import queries as hidings
from hub.places import templates_folder
from hub.web import cookies, seals, words
from hub.web.assets import Assets
from hub.web.context import Answer, Asked, Handler
from hub.web.pairs import Pairs
from hub.web.texts import _, translations

TEMPLATES = {"day": words.day, "moment": words.moment, "distance": words.distance, "left": words.left}


class Typed:
    """What a form shows: values typed before, and the mistake of each field."""

    def __init__(self, form: Pairs, mistakes: Mapping[str, str]) -> None:
        self.pairs, self.mistakes = form, mistakes

    def value(self, name: str, otherwise: object = "") -> str:
        """Returns what was typed into a field, or another value where the form was not sent yet."""
        return self.pairs.first(name) if name in self.pairs else str(otherwise)

    def chosen(self, name: str, value: str, otherwise: object = "") -> bool:
        """Tells whether a radio or checkbox was chosen."""
        return value in self.pairs.all(name) if self.pairs.items else value == otherwise

    def mistake(self, name: str) -> str:
        """Returns the sentence to show beside a field; empty if there is none."""
        return self.mistakes.get(name, "")


_ENTRY = re.compile(r'href="/record/([0-9]{1,15})"')
PROOFS = 12  # receipts that a page links at most: each entry has its own page with one


def page(asked: Asked, template: str, /, *, status: int = 200, **context: Any) -> Answer:
    """Renders a template with its context, and what every page knows: hub, me, form, csrf, told, path, here."""
    settings = asked.hub.settings
    told = asked.hub.signer.read("notice", asked.jar.get(cookies.NOTICE)) or ""
    asked.jar.drop(cookies.NOTICE)
    everywhere = {
        "hub": {
            "name": settings.name,
            "url": settings.url,
            "demo": settings.demo,
            "country": settings.country,
            "networks": settings.networks,
        },
        "me": asked.actor,
        "form": Typed(asked.form, asked.mistakes),
        "csrf": lambda: _token_field(asked),
        "reached": lambda body: _reached(asked, body),
        "told": told,
        "path": asked.path,
        "here": asked.here,
    }
    if everywhere.keys() & context.keys():
        raise ValueError(f"{template}: {sorted(everywhere.keys() & context.keys())} mean the same on every page")
    html = asked.hub.render(template, {**everywhere, **context})
    private = asked.has_form or not asked.actor.is_visitor or told
    headers = {"Cache-Control": "no-store" if private else "private, no-cache", "Vary": "Cookie"}
    return Answer(422 if asked.mistakes and status == 200 else status, html.encode("utf-8"), headers=headers)


def kept(handler: Handler) -> Handler:
    """Wraps the handler of a page that shows public state and nothing else: no clock, no counts, no viewer.

    For visitors it is kept ready until the record grows; never with a form in it, nor with a notice on top.
    """

    def shown(asked: Asked) -> Answer:
        if not asked.actor.is_visitor or asked.jar.get(cookies.NOTICE):
            return handler(asked)
        # What a measure hid comes back by its date, without an entry.
        version = (*ledger.version(asked.tx), hidings.how_many_over(asked.tx), *seals.version(asked))
        found = asked.hub.kept.find(asked.here, version)
        if found is not None:
            return Answer(body=found[0], headers=dict(found[1]))
        made = handler(asked)
        if made.status == 200 and not asked.has_form:
            asked.hub.kept.keep(asked.here, version, (made.body, made.headers))
        return made

    return shown


def see_other(path: str, notice: str = "") -> Answer:
    """Sends the browser on after a form: 303. path: on this hub; notice: a sentence for the top of that page."""
    return Answer(303, headers={"Location": _own(path)}, notice=notice)


def safe_next(text: str) -> str:
    """Returns a path on this hub to go on to, or nothing where the text leads elsewhere or nowhere."""
    plain = text.isascii() and text.isprintable() and "\\" not in text and " " not in text
    if not plain or not text.startswith("/") or text.startswith("//") or len(text) > 300:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else text


def renderer(assets: Assets) -> Callable[[str, Mapping[str, object]], str]:
    """Returns what turns (template, context) into HTML. Every value is escaped; an unknown name is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    made.globals["gettext"] = made.globals["_"] = _looked_up_once()
    made.filters.update({**TEMPLATES, "time": _time, "date": _date})
    made.globals["asset"] = assets.address
    made.globals["crowd"] = Markup(made.get_template("components/crowd.html").render())  # noqa: S704  # nobody's words
    made.globals["icon"] = _drawn_once(made)
    return lambda template, context: made.get_template(template).render(context)


def _looked_up_once() -> Callable[..., Markup]:
    """Returns the extension's gettext, with sentences that have no gaps kept ready: a page has some thirty."""
    ready = cache(lambda text: Markup(translations.gettext(text)) % {})  # noqa: S704  # ours, and the translators'

    def gettext(text: str, /, **values: object) -> Markup:
        return Markup(translations.gettext(text)) % values if values else ready(text)  # noqa: S704

    return gettext


def _drawn_once(made: jinja2.Environment) -> Callable[[str], Markup]:
    """Returns what gives an icon by its name: a list shows the same few a hundred times."""
    module: Any = made.get_template("components/icons.html").module
    return cache(lambda name: Markup(module.icon(name)))  # noqa: S704  # our own strokes


def _own(path: str) -> str:
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"not a path on this hub: {path[:60]!r}")
    return path


def _time(when: dt.datetime | dt.date | None) -> Markup | str:
    if when is None:
        return ""
    text = words.moment(when) if isinstance(when, dt.datetime) else words.day(when)
    return Markup('<time datetime="{}">{}</time>').format(words.machine(when), text)


def _date(when: dt.datetime) -> Markup:
    """The day alone, where a table has no room for the minute; the minute stands in the datetime attribute."""
    return Markup('<time datetime="{}">{}</time>').format(words.machine(when), words.day(when))


def _token_field(asked: Asked) -> Markup:
    return Markup('<input type="hidden" name="token" value="{}">').format(asked.token())


def _reached(asked: Asked, body: str) -> Markup:
    """Says below a page that shows acts how far the record has them: recorded, sealed, or witnessed by how many.

    No page can forget it: whatever links an entry shows an act. The pages of the record say it of each line.
    """
    shown = [int(index) for index in _ENTRY.findall(body)]
    if not shown or asked.unit is None or asked.path.startswith("/record"):
        return Markup("")
    sealed = seals.sealed(asked)
    said = Markup('<p class="small soft" data-sealed>{}</p>').format(sealed.told(shown))
    return said + _proofs([index for index in shown if index < sealed.size])


def _proofs(sealed: list[int]) -> Markup:
    """Links the receipts of a page's acts, the newest first: who reads it can keep them (LG-16)."""
    if not sealed:
        return Markup("")
    link = Markup('<li><a href="/record/{0}/proof" download>{1}</a></li>')
    newest = sorted(set(sealed), reverse=True)[:PROOFS]
    rows = Markup("").join(link.format(index, _("Proof of entry %d") % index) for index in newest)
    body = Markup('<details class="small"><summary>{}</summary><ul class="list">{}</ul></details>')
    return body.format(_("Keep the proofs of what this page shows"), rows)
