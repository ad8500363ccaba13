"""What the sides of a case do: items, the charge, the answer, more time, strikes, an appeal."""

from __future__ import annotations

from hub.cases import actions, appealing, deciding, exhibits, own, rules
from hub.cases.rules import Item
from hub.errors import Forbidden, RuleViolation, no
from hub.web import case_words as words
from hub.web.casefile import Seen, seen
from hub.web.cases import about
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _
from hub.web.uploads import take_upload

LONGEST = 20_000
OTHER_SIDE = no("cases.other_side", _("This is for the other side of the case."))
NO_SIDE = no("cases.no_side", _("This is for a side of the case. You were drawn for it."))


def items_form(asked: Asked) -> Answer:
    """GET /cases/{act}/items: what one's side will lay before the other, and a form for one item more."""
    found = _side(asked)
    mine = exhibits.sent(asked.tx, found.case.act, asked.actor.person)
    return page(
        asked, "cases/items.html", seen=found, got_from=words.options(words.GOT_FROM), private=rules.PRIVATE,
        words=words, sent=mine, options=[(one.id, one.name) for one in mine],
        named={one.body["file"] for one in found.case.file.items},
    )  # fmt: skip


def attach(asked: Asked) -> Answer:
    """POST /cases/{act}/items."""
    found, read = _side(asked), Reader(asked.form)
    mine = {one.id: one for one in exhibits.sent(asked.tx, found.case.act, asked.actor.person)}
    file = mine.get(asked.form.first("file"))
    item = Item(
        text=read.text("text", missing="" if file else _("Enter what it says"), most=LONGEST, lines=True),
        source=read.text("source", missing=_("Enter where it stood"), most=500),
        collector=read.text("collector", missing=_("Enter who took it down"), most=100),
        how=read.text("how", missing=_("Enter how it was taken down"), most=500),
        got_from=read.choice("got_from", rules.GOT_FROM, missing=_("Select from whom you have it")),
        consent=read.text("consent", most=500),
        file=None if file is None else file.sha256,
    )
    if item.got_from in rules.PRIVATE and not item.consent:
        read.mistake("consent", _("Enter who took part in that conversation, and agreed. Without it, it is not used."))
    read.done()
    actions.attach(asked.tx, act=found.case.act, item=item, actor=asked.actor)
    return see_other(f"{found.path}/items", _("It is attached. Nobody else reads it before you serve it."))


def send(asked: Asked) -> Answer:
    """POST /cases/{act}/files: a file, cleaned, for an item to name."""
    act = asked.params["act"]
    with asked.hub.db.read() as tx:
        exhibits.insist_on_side(tx, act=act, actor=asked.actor)
    take_upload(asked, "sent", act)
    return see_other(f"/cases/{act}/items", _("The file is here. Attach an item now that says where it comes from."))


def take_back(asked: Asked) -> Answer:
    """POST /cases/{act}/files/{file}/removal."""
    found = _side(asked)
    exhibits.take_back(asked.tx, act=found.case.act, file=asked.params["file"], actor=asked.actor)
    return see_other(f"{found.path}/items", _("The file is taken back, and deleted."))


def take_off(asked: Asked) -> Answer:
    """POST /cases/{act}/items/{item}/removal."""
    found = _side(asked)
    actions.take_off(asked.tx, act=found.case.act, item=asked.params["item"], actor=asked.actor)
    return see_other(f"{found.path}/items", _("It is taken off, and deleted."))


def charge_form(asked: Asked) -> Answer:
    """GET /cases/{act}/charge: the facts, and every item that goes with them."""
    return page(asked, "cases/charge.html", seen=_side(asked, rules.COMPLAINANT), words=words)


def charge(asked: Asked) -> Answer:
    """POST /cases/{act}/charge."""
    found, read = _side(asked, rules.COMPLAINANT), Reader(asked.form)
    facts = read.text(
        "facts", missing=_("Enter what is held against them: when, where, and what it broke."), most=LONGEST, lines=True
    )
    read.done()
    actions.charge(asked.tx, act=found.case.act, facts=facts, actor=asked.actor)
    return see_other(found.path, _("The charge is served. The accused is told, and reads every item of it."))


def prolong(asked: Asked) -> Answer:
    """POST /cases/{act}/prolongation."""
    found = _side(asked, rules.RESPONDENT)
    actions.prolong(asked.tx, act=found.case.act, actor=asked.actor)
    return see_other(found.path, _("You have seven days more."))


def answer_form(asked: Asked) -> Answer:
    """GET /cases/{act}/answer."""
    found = _side(asked, rules.RESPONDENT)
    return page(asked, "cases/answer.html", seen=found, **about(asked, found))


def answer(asked: Asked) -> Answer:
    """POST /cases/{act}/answer."""
    found, read = _side(asked, rules.RESPONDENT), Reader(asked.form)
    said = read.text(
        "words", missing=_("Enter your answer, or let the days pass: then it is decided on what there is."),
        most=LONGEST, lines=True,
    )  # fmt: skip
    companion = read.text("companion", most=200)
    read.done()
    actions.answer(asked.tx, act=found.case.act, words=said, companion=companion, actor=asked.actor)
    return see_other(found.path, _("Your answer is in the file. A panel is drawn by lot now."))


def strike(asked: Asked) -> Answer:
    """POST /cases/{act}/strikes."""
    found, read = _side(asked), Reader(asked.form)
    ticket = read.choice("ticket", [row.ticket for row in found.case.seats], missing=_("Select whom you strike"))
    read.done()
    deciding.strike(asked.tx, act=found.now.id, ticket=ticket, actor=asked.actor)
    return see_other(found.path, _("Struck. The next in the order drawn is asked; nobody asks you why."))


def appeal_form(asked: Asked) -> Answer:
    """GET /cases/{act}/appeal."""
    found = _side(asked)
    return page(asked, "cases/appeal.html", seen=found, grounds=words.options(words.GROUNDS), **about(asked, found))


def appeal(asked: Asked) -> Answer:
    """POST /cases/{act}/appeal."""
    found, read = _side(asked), Reader(asked.form)
    if not own.rulings(asked.tx, found.case):
        raise RuleViolation("cases.not_waiting", _("There is nothing that you can appeal now."))
    ground = read.choice("ground", rules.GROUNDS, missing=_("Select on what ground you appeal"))
    said = read.text("words", missing=_("Enter why you appeal"), most=LONGEST, lines=True)
    read.done()
    appealing.appeal(asked.tx, case=found.case.act, ground=ground, words=said, actor=asked.actor)
    return see_other(
        found.path, _("You appealed. Five others are drawn by lot; nothing of the decision holds meanwhile.")
    )


def _side(asked: Asked, only: str = "") -> Seen:
    """The case, for a side of it; for one side alone, where one is named. Raises NotFound, Forbidden."""
    found = seen(asked)
    if found.case.you not in rules.SIDES:
        raise Forbidden(NO_SIDE)
    if only and found.case.you != only:
        raise Forbidden(OTHER_SIDE)
    return found
