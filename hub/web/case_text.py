"""A case's file as text, to read, print or take to whoever helps: the same that the reader's page has, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent
from typing import Any

from hub import clock
from hub.cases import own, rules, sealed
from hub.web import case_words as words
from hub.web import words as dates
from hub.web.casefile import Item, Seen, seen
from hub.web.cases import about
from hub.web.context import Answer, Asked
from hub.web.texts import _

NOT_TOLD = _("(not told to you)")


def text(asked: Asked) -> Answer:
    """GET /cases/{act}/text: all that the reader may read, as one file of plain text.

    It names the sides to each other alone, as the file for machines does.
    """
    found = seen(asked)
    body = "\n".join(written(asked, found)) + "\n"
    headers = {"Content-Disposition": 'attachment; filename="case.txt"', "Cache-Control": "no-store"}
    return Answer(body=body.encode(), media="text/plain; charset=utf-8", headers=headers)


def written(asked: Asked, found: Seen) -> Iterator[str]:
    """Returns the lines of a case: what it is about, what was decided and said, and every item with its provenance."""
    told = about(asked, found)
    yield from _head(found)
    yield from _titled(_("What was decided"))
    for ruling in own.rulings(asked.tx, found.case):
        yield from _said(ruling, told)
    yield from _titled(_("What was said"))
    for paper in found.case.file.papers:
        if paper.kind != "ruling":
            yield from _said(paper, told)
    yield from _titled(_("The items"))
    for item in found.items:
        yield from _item(item, found)
    yield ""
    yield _("The same file as JSON has what the hashes in the public record are made of.")


def _head(found: Seen) -> Iterator[str]:
    yield _("A case under rule %(number)s") % {"number": found.case.rule}
    yield words.YOU[found.case.you]
    yield ""
    yield f"{_('Where it stands')}: {found.where.state}. {found.where.next}"
    if found.where.until:
        yield f"{_('Until')}: {dates.moment(found.where.until)}. {_('If not')}: {found.where.missed}"
    yield f"{_('Written down')}: {dates.moment(clock.now())}"
    yield f"{_('Who complained')}: {found.complainant or NOT_TOLD}"
    yield f"{_('Of whom')}: {found.respondent or _('an account that is closed')}"
    yield f"{_('The rule')}: {found.rule}"
    yield f"{_('It happened on')}: {dates.day(found.case.happened_on)}"


def _titled(title: str) -> Iterator[str]:
    yield from ("", title, "=" * len(title))


def _said(paper: sealed.Paper, told: dict[str, Any]) -> Iterator[str]:
    who = told["by"](paper) or NOT_TOLD
    yield ""
    yield f"{words.PAPERS[paper.kind]}, {who}, {dates.moment(paper.at)}"
    for line in _words_of(paper.kind, paper.body, told):
        yield indent(line, "    ")


def _words_of(kind: str, body: dict[str, Any], told: dict[str, Any]) -> Iterator[str]:
    """What a paper says, in the words of the page."""
    if kind == "ruling":
        yield from _ruling(body, told)
    elif kind == "screening":
        yield from (words.RESULTS[body["result"]][0] + ".", body["reasons"])
    elif kind == "interim":
        yield words.MEASURES[body["measure"]][0] + "."
        yield from (f"{_('What is at risk:')} {body['risk']}", f"{_('Why nothing milder meets it:')} {body['why']}")
        yield from _offices(body, told)
    elif kind == "delay":
        yield from (_("Looks of this panel are read later, until %(until)s.") % {"until": until(body)}, body["reasons"])
    elif kind == "appeal":
        yield from (words.GROUNDS[body["ground"]][0] + ".", body["words"])
    else:
        yield body["facts"] if kind == "charge" else body["words"]
        if body.get("companion"):
            yield _("With them: %(who)s") % {"who": body["companion"]}


def until(body: dict[str, Any]) -> str:
    """Until when a paper asks that looks are delayed."""
    return dates.moment(clock.parse_minute(body["until"]))


def _ruling(body: dict[str, Any], told: dict[str, Any]) -> Iterator[str]:
    if body["outcome"] != rules.REHEAR:
        yield _("Proved.") if body["proved"] else _("Not proved.")
    days = ", " + _("%d days") % body["days"] if body["days"] else ""
    yield words.OUTCOMES[body["outcome"]][0] + days + "."
    yield from _offices(body, told)
    yield body["reasons"]
    numbers = [str(told["numbers"][one]) for one in body["cites"] if one in told["numbers"]]
    if numbers:
        yield f"{_('It rests on items')}: {', '.join(numbers)}"


def _offices(body: dict[str, Any], told: dict[str, Any]) -> Iterator[str]:
    yield from (f"- {told['offices'].get(grant, grant)}" for grant in body["grants"])


def _item(item: Item, found: Seen) -> Iterator[str]:
    body, file = item.kept.body, found.files.get(item.kept.body["file"])
    whose = words.SIDES[item.kept.side] if item.kept.shown else _("only you have it")
    yield ""
    yield f"{_('Item %(number)s') % {'number': item.number}} ({whose})"
    facts = [
        (_("Where it stood"), body["source"]), (_("From whom"), item.got_from),
        (_("Who took it down"), body["collector"]), (_("How"), body["how"]), (_("Who agreed"), body["consent"]),
        (_("Its file"), file.name if file else ""), (_("SHA-256 of it"), item.kept.sha256),
        (_("Laid before both sides by entry"), str(item.entry or "")),
    ]  # fmt: skip
    yield from (f"    {name}: {value}" for name, value in facts if value)
    if body["text"]:
        yield from ("", indent(body["text"], "    > "))
