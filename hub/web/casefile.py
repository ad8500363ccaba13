"""A case as somebody may read it: where it stands, its items, what the reader can do. Nobody else learns that it is.

Every page of a case begins here (``seen``): a side, or one who was drawn for it, gets it; anybody else the same 404.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hub import clock
from hub.acts import queries as acts
from hub.acts.state import ActState
from hub.cases import exhibits, filing, looking, own, queries, rules, sealed
from hub.cases.queries import APPEAL_PANEL, DUTY, PANEL, Case
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.files import File
from hub.people import passkeys
from hub.permits import P
from hub.web import case_words as words
from hub.web.context import Asked
from hub.web.texts import _

PROCEDURES = ("case", "appeal_case")
COMPLAINED, ACCUSED = _("whoever complained"), _("whoever is accused")


@dataclass(frozen=True)
class Item:
    """An item as a page tells it. number: by which people name it; entry: that laid it before both sides, or None."""

    number: int
    kept: sealed.Evidence
    got_from: str
    entry: int | None


@dataclass(frozen=True)
class Seen:
    """A case that somebody may read. state: of the case; now: of what runs, the case or its appeal.

    is_hidden: the accused is not told who complained. complainant, respondent: nicknames; None where one is not told
    to the reader, or gone; for those drawn words, where a page does not name the sides (named). files: those that items
    name, by SHA-256. lacks_passkey: nothing can be sent yet. may: what the reader can do.
    """

    case: Case
    state: ActState
    now: ActState
    where: words.Where
    is_hidden: bool
    complainant: str | None
    respondent: str | None
    rule: str
    items: tuple[Item, ...]
    files: dict[str, File]
    lacks_passkey: bool
    may: dict[str, bool]

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/cases/{self.case.act}"


def named(asked: Asked, found: Seen) -> Seen:
    """Returns a case with what its sides are called, also for those drawn for it: they look, and the sides are told."""
    if not looking.is_drawn(found.case):
        return found
    names, case = looking.open_sides(asked.tx, case=found.case, actor=asked.actor), found.case
    complained = names.get(case.complainant or "", COMPLAINED)
    return replace(found, complainant=complained, respondent=names.get(case.respondent, ACCUSED))


def seen(asked: Asked) -> Seen:
    """Returns the case of an address. Raises NotFound for whoever may not read it."""
    return look(asked, asked.params["act"])


def lacks_passkey(asked: Asked) -> bool:
    """Tells whether the reader has to add a passkey before anything of theirs is taken: said before they type."""
    return not passkeys.has_any(asked.tx, asked.actor.person or "")


def in_order(paper: sealed.Paper) -> tuple[Any, ...]:
    """By time; of one minute, as a case goes."""
    return paper.at, list(words.PAPERS).index(paper.kind), paper.id


def look(asked: Asked, act: str) -> Seen:
    """Returns a case by its own act or its appeal's. Raises NotFound for whoever may not read it."""
    tx, found = asked.tx, acts.find(asked.tx, act)
    if found is None or found.procedure not in PROCEDURES:
        raise NotFound
    case = queries.view(tx, queries.case_of(tx, found), asked.actor.person)
    case = replace(case, file=replace(case.file, papers=tuple(sorted(case.file.papers, key=in_order))))
    state, review = acts.get(tx, case.act), queries.appeal_of(tx, case.act)
    appealed = None if review is None else acts.get(tx, review.act)
    now = appealed if appealed is not None and appealed.is_open else state
    entries = own.shown_in(tx, case.act)
    items = tuple(
        Item(number, one, words.GOT_FROM[one.body["got_from"]][0], entries.get(one.id))
        for number, one in enumerate(case.file.items, 1)
    )
    return Seen(
        case, state, now, words.where(case.state, state, appealed, None if review is None else review.side),
        own.is_hidden(tx, case.act), *_called(asked, case),
        constitution.of_entry(tx, case.version).conduct.get(case.rule, ""), items,
        exhibits.shown(tx, case), lacks_passkey(asked),
        _may(asked, case, state, now),
    )  # fmt: skip


def _called(asked: Asked, case: Case) -> tuple[str | None, str | None]:
    """What the sides are called: by one another their nicknames; by those drawn what they are, until they look."""
    if looking.is_drawn(case):
        return COMPLAINED, ACCUSED
    return own.called(asked.tx, case.complainant), own.called(asked.tx, case.respondent)


def _may(asked: Asked, case: Case, state: ActState, now: ActState) -> dict[str, bool]:
    """What the reader can do now: to decide what a page offers; the verbs ask again."""
    tx, you, side = asked.tx, case.you, case.you in rules.SIDES
    is_deciding = now.is_open and now.current.by == P.DECIDE_CASES
    struck = len(queries.strikes(tx, now, you)) if is_deciding and side else rules.STRIKES
    waits = clock.now() < state.due
    decides = is_deciding and ((you == PANEL and now is state) or (you == APPEAL_PANEL and now is not state))
    return {
        "screen": you == DUTY and case.state == "filed" and not _has_signed(asked, state),
        "measure": you == DUTY and state.is_open,
        "delay": looking.is_drawn(case),
        "lay": side and filing.may_lay(tx, case.act, you) and _is_turn(you, case, asked),
        "charge": you == rules.COMPLAINANT and case.state == "admitted" and waits,
        "answer": you == rules.RESPONDENT and case.state == "charged" and waits,
        "prolong": you == rules.RESPONDENT and case.state == "charged" and waits and not state.fact_at("delayed"),
        "strike": is_deciding and side and struck < rules.STRIKES and not queries.signatures(tx, now),
        "propose": decides,
        "sign": decides and clock.now() >= now.since + rules.SETTLE,
        "appeal": side and case.state == "appealable" and waits and _may_still_appeal(asked, case),
        "again": you == rules.COMPLAINANT and not state.is_open,
    }


def _is_turn(you: str, case: Case, asked: Asked) -> bool:
    """A side lays items before the other until its turn is over; in an appeal only whoever may appeal has one."""
    return case.state != "appealable" or _may_still_appeal(asked, case)


def _may_still_appeal(asked: Asked, case: Case) -> bool:
    """Whether it went against the reader, and nobody has appealed yet: a case has one appeal."""
    if case.review is not None:
        return False
    decided = own.rulings(asked.tx, case)
    return bool(decided) and bool(rules.may_appeal(case.you, proved=bool(decided[-1].body["proved"])))


def _has_signed(asked: Asked, state: ActState) -> bool:
    return (asked.actor.holder or "") in {hand.holder for hand in state.hands_now("yes", "no")}


def mine(asked: Asked) -> dict[str, Any]:
    """What one's own page tells of cases: those of a side, those to decide, complaints that wait."""
    person = asked.actor.person or ""
    found = [_line(asked, act) for act in queries.mine(asked.tx, person)]
    drawn = [_line(asked, act) for act in queries.to_decide(asked.tx, asked.actor.holder)]
    return {"cases": [one for one in found if one], "to_decide": [one for one in drawn if one],
            "waiting": own.waiting(asked.tx, person), "dropped": words.DROPPED}  # fmt: skip


def _line(asked: Asked, act: str) -> tuple[str, words.Where, str] | None:
    try:
        found = look(asked, act)
    except NotFound:
        return None
    return found.path, found.where, words.YOU[found.case.you]
