"""What those drawn for a case do: the duty panel reads a complaint and orders measures, the panel decides."""

from __future__ import annotations

from hub import clock
from hub.acts import queries as acts
from hub.cases import actions, deciding, interims, own, queries, rules
from hub.cases.queries import APPEAL_PANEL, DUTY, PANEL
from hub.cases.rules import Ruling
from hub.errors import Forbidden, NotFound, no
from hub.web import case_words as words
from hub.web.casefile import Seen, seen
from hub.web.cases import about, office
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _

LONGEST = 20_000
NOT_DUTY = no("cases.not_duty", _("This is for the duty panel of the case."))
NOT_PANEL = no("cases.not_panel", _("This is for those who were drawn to decide the case."))
SIGNED = _("You signed. The record has that you did, and a hash of what you found, and no word of it.")


def screening_form(asked: Asked) -> Answer:
    """GET /cases/{act}/screening: the complaint, and what one of the duty panel says of it."""
    found = _drawn(asked, DUTY)
    return page(asked, "cases/screening.html", seen=found, results=words.options(words.RESULTS), **about(asked, found))


def screen(asked: Asked) -> Answer:
    """POST /cases/{act}/screening: signed."""
    found, read = _drawn(asked, DUTY), Reader(asked.form)
    result = read.choice("result", actions.RESULTS, missing=_("Select what you find"))
    reasons = read.text("reasons", missing=_("Enter your reasons. The sides read them."), most=LONGEST, lines=True)
    hides = read.tick("hides")
    read.done()
    actions.screen(asked.tx, act=found.case.act, result=result, reasons=reasons, hides=hides, actor=asked.actor)
    return see_other(found.path, SIGNED)


def ruling_form(asked: Asked) -> Answer:
    """GET /cases/{act}/rulings: what lies before the panel, who signed it, and a form for another decision."""
    found = _drawn(asked, PANEL, APPEAL_PANEL)
    drafts = [
        one
        for one in found.case.file.of_kind("ruling")
        if one.act == found.now.id and one.body["step"] == found.now.step
    ]
    signed = [(row.decision, row.holder) for row in queries.signatures(asked.tx, found.now)]
    return page(
        asked, "cases/rulings.html", seen=found, drafts=drafts, mine=_signed_by(signed, asked.actor.holder),
        wanted=found.now.current.persons,
        many={one.id: sum(name == one.id for name, _holder in signed) for one in drafts},
        findings=words.options(words.FINDINGS, *_findings(asked, found)),
        outcomes=words.options(words.OUTCOMES, *rules.OUTCOMES), held=_held(asked, found),
        settle=rules.SETTLE.days, opens=found.now.since + rules.SETTLE, **about(asked, found),
    )  # fmt: skip


def propose(asked: Asked) -> Answer:
    """POST /cases/{act}/rulings: lays a decision before the others. It signs nothing."""
    found, read = _drawn(asked, PANEL, APPEAL_PANEL), Reader(asked.form)
    found_out = read.choice("proved", _findings(asked, found), missing=_("Select what you found"))
    rehears = found_out == rules.REHEAR
    outcome = rules.REHEAR if rehears else read.choice("outcome", rules.OUTCOMES, missing=_("Select what follows"))
    most = rules.OUTCOMES.get(outcome or "", 0)
    missing = _("Enter a number of days from 1 to {most}").format(most=most)
    days = read.number("days", missing=missing, least=1, most=most) if most else 0
    reasons = read.text("reasons", missing=_("Enter the reasons. They answer each point."), most=LONGEST, lines=True)
    cites = () if rehears else tuple(dict.fromkeys(asked.form.all("cites")))
    if not set(cites) <= {one.kept.id for one in found.items if one.kept.shown}:
        read.mistake("cites", _("Select items that lie before both sides"))
    read.done()
    grants = () if rehears else tuple(dict.fromkeys(asked.form.all("grants")))
    ruling = Ruling(found_out == "yes", outcome, reasons, days, cites, grants)
    deciding.propose(asked.tx, act=found.now.id, ruling=ruling, actor=asked.actor)
    return see_other(f"{found.path}/rulings", _("It lies before the panel. Nothing is signed yet, not by you either."))


def sign(asked: Asked) -> Answer:
    """POST /cases/{act}/rulings/{ruling}/signature: signed."""
    found = _drawn(asked, PANEL, APPEAL_PANEL)
    deciding.sign(asked.tx, act=found.now.id, decision=asked.params["ruling"], actor=asked.actor)
    return see_other(found.path, SIGNED)


def measures_form(asked: Asked) -> Answer:
    """GET /cases/{act}/measures: what was asked for and until when it holds; and a form for one, or to renew it."""
    found = _drawn(asked, DUTY)
    earlier = queries.interims(asked.tx, found.case.act)
    renews = earlier[0] if len(earlier) == 1 and earlier[0].begun_at is not None else None
    mine = {row.act: _has_signed(asked, row.act) for row in earlier}
    return page(
        asked, "cases/measures.html", seen=found, kinds=words.options(words.MEASURES, *interims.MEASURES), mine=mine,
        held=_held(asked, found), renews=renews, may_ask=found.state.is_open and (not earlier or renews is not None),
        **about(asked, found),
    )  # fmt: skip


def ask_measure(asked: Asked) -> Answer:
    """POST /cases/{act}/measures: signed."""
    found, read = _drawn(asked, DUTY), Reader(asked.form)
    measure = read.choice("measure", interims.MEASURES, missing=_("Select a measure"))
    risk = read.text("risk", missing=_("Enter what is at risk at present"), most=LONGEST, lines=True)
    why = read.text("why", missing=_("Enter why nothing milder meets it"), most=LONGEST, lines=True)
    renews = read.text("renews", most=60) or None
    read.done()
    if renews is not None and renews not in {row.act for row in queries.interims(asked.tx, found.case.act)}:
        raise NotFound
    grants = tuple(dict.fromkeys(asked.form.all("grants"))) if measure == "rest_office" else ()
    interims.ask(
        asked.tx, case=found.case.act, measure=measure, risk=risk, why_nothing_milder=why, grants=grants, renews=renews,
        actor=asked.actor,
    )  # fmt: skip
    return see_other(f"{found.path}/measures", _("You asked for it, and signed. It begins once another of you signs."))


def sign_measure(asked: Asked) -> Answer:
    """POST /cases/{act}/measures/{measure}/signature: signed."""
    found, measure = _drawn(asked, DUTY), asked.params["measure"]
    if measure not in {row.act for row in queries.interims(asked.tx, found.case.act)}:
        raise NotFound
    interims.sign(asked.tx, act=measure, actor=asked.actor)
    return see_other(f"{found.path}/measures", SIGNED)


def _findings(asked: Asked, found: Seen) -> list[str]:
    """What can be found: of an appeal also, once and in time, that nothing is, as others hear the case again."""
    may_send_back = queries.may_send_back(asked.tx, found.now, clock.now())
    return ["yes", "no", *([rules.REHEAR] if may_send_back else [])]


def _has_signed(asked: Asked, act: str) -> bool:
    signed = queries.signatures(asked.tx, acts.get(asked.tx, act))
    return (asked.actor.holder or "") in {row.holder for row in signed}


def _signed_by(signed: list[tuple[str, str]], holder: str | None) -> str:
    return next((decision for decision, one in signed if one == holder), "")


def _held(asked: Asked, found: Seen) -> list[tuple[str, str]]:
    return [(one.id, office(asked, one)) for one in own.offices_of(asked.tx, found.case.respondent)]


def _drawn(asked: Asked, *only: str) -> Seen:
    """The case, for those drawn for it as one of these. Raises NotFound, Forbidden."""
    found = seen(asked)
    if found.case.you not in only:
        raise Forbidden(NOT_DUTY if DUTY in only else NOT_PANEL)
    return found
