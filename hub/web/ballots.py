"""Pages of ballots: the paper, a look before it is sent, the receipt, a change, the count, one's own line on the roll.

A vote is answered without a redirect: its receipt is shown once, and stands in no address, cookie or notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub import clock
from hub.acts import queries as acts
from hub.ballots import casting, published, queries, reading, roll, rules
from hub.ballots.queries import Ballot
from hub.ballots.questions import asked_by
from hub.branches import queries as branches
from hub.count import RON
from hub.count.plain import sentences
from hub.count.ranks import read_ranks
from hub.draws import beacons, chain
from hub.draws.queries import source_of
from hub.errors import NotFound, RuleViolation
from hub.hiding.queries import Hidden
from hub.ledger import files, writer
from hub.lot.sources import LARGEST
from hub.permits import HUB, R, can_right
from hub.permits import queries as permits
from hub.tlog.hashes import format_base64
from hub.web import results, scrutiny
from hub.web.context import Answer, Asked
from hub.web.elections import candidates, place_of
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.results import ANSWERS
from hub.web.texts import _

RON_SHOWN = _("Re-open nominations")
RON_MEANS = _("For whoever would have none of the rest: a seat it wins stays vacant, and nominations open again.")


@dataclass(frozen=True)
class Lot:
    """What decides a tie. address: where the round is read; waits: for its reading; may_bring: the reader may, now."""

    address: str
    waits: bool
    is_known: bool
    may_bring: bool
    rehearsal: bool


@dataclass(frozen=True)
class Line:
    """A ballot in a list."""

    ballot: Ballot
    words: str
    place: Mapping[str, str]


def listing(asked: Asked) -> Answer:
    """GET /ballots: what is open, what closes soon, and results."""
    lines = [_line(asked, ballot) for ballot in queries.newest(asked.tx)]
    return page(asked, "ballots/listing.html", lines=lines, now=clock.now(), soon=clock.now() + 2 * clock.DAY)


def show(asked: Asked) -> Answer:
    """GET /ballots/{ballot}: what it asks, who votes and until when; its result once it is counted."""
    ballot = _ballot(asked)
    won = permits.shown_names(asked.tx, queries.winners(asked.tx, ballot.id))
    sheet = _sheet(asked, ballot)
    counted = sheet and sheet["count"]
    preferences = (
        results.preferences(counted, _names(asked, counted["candidates"])) if counted and ballot.kind == "stv" else []
    )
    told = writer.get(asked.tx, ballot.counted_entry) if ballot.counted_entry is not None else None
    return page(
        asked, "ballots/show.html", **_about(asked, ballot), won=won, counted=counted, preferences=preferences,
        shares=results.shares(counted, preferences), flaw=told.data.get("flaw") if told else None,
        judging=scrutiny.of_ballot(asked, ballot), lot=_lot(asked, ballot),
    )  # fmt: skip


def bring(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/readings: types in what the beacon said, where only a lot can decide."""
    read = Reader(asked.form)
    text = read.text("source", missing=_("Enter what it said"), most=LARGEST)
    read.done()
    ballot = asked.params["ballot"]
    reading.bring(asked.tx, ballot=ballot, text=text, actor=asked.actor)
    return see_other(f"/ballots/{ballot}", _("It is signed by the beacon. The count is finished."))


def vote(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/vote, and POST to come back: the paper, with a code printed before anything is typed."""
    ballot = _ballot(asked)
    verdict = casting.may_vote(asked.tx, ballot, asked.actor)
    nonce = _nonce(asked, ballot) or casting.new_nonce()
    return page(
        asked,
        "ballots/vote.html",
        **_about(asked, ballot),
        options=_options(asked, ballot),
        answers=ANSWERS,
        nonce=nonce,
        paper=asked.hub.signer.sign("ballot", f"{ballot.id} {nonce}"),
        verdict=verdict,
        why_not=results.why_not(asked, ballot),
        changes=False,
    )


def check(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/check: what would be sent, in words. Nothing is kept of it."""
    ballot = _ballot(asked)
    choice, nonce, phrase = _read_paper(asked, ballot)
    return page(
        asked,
        "ballots/check.html",
        **_about(asked, ballot),
        choice=_in_words(asked, ballot, choice),
        phrase=phrase,
        nonce=nonce,
        kept=_kept(asked),
    )


def cast(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/papers: casts the vote, and shows its receipt once."""
    ballot = _ballot(asked)
    choice, nonce, phrase = _read_paper(asked, ballot)
    tracker = casting.cast(asked.tx, ballot=ballot.id, choice=choice, nonce=nonce, phrase=phrase, actor=asked.actor)
    return _receipt(asked, ballot, tracker, nonce, phrase, changed=False)


def change_form(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/change: the paper once more, with room for the receipt."""
    ballot = _ballot(asked)
    return page(
        asked, "ballots/vote.html", **_about(asked, ballot), options=_options(asked, ballot), answers=ANSWERS,
        nonce="", paper="", verdict=casting.may_change(asked.tx, ballot, asked.actor), changes=True,
        why_not=results.why_not(asked, ballot),
    )  # fmt: skip


def change(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/changes: another choice in place of the one whose receipt was typed."""
    ballot = _ballot(asked)
    read = Reader(asked.form)
    nonce = rules.read_nonce(read.text("nonce", missing=_("Type the first part of your receipt"), most=80))
    phrase = rules.read_phrase(read.text("phrase", missing=_("Type your phrase"), most=rules.LONGEST_PHRASE))
    choice = _choice(read, asked, ballot)
    read.done()
    tracker = casting.change(asked.tx, ballot=ballot.id, choice=choice, nonce=nonce, phrase=phrase, actor=asked.actor)
    return _receipt(asked, ballot, tracker, nonce, phrase, changed=True)


def own_line(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/roll: whether the viewer is on it, and how they prove it."""
    ballot = _ballot(asked)
    line = queries.line_of(asked.tx, ballot.id, asked.actor.person)
    about = _about(asked, ballot)
    about |= {"line": line, "not_on_roll": casting.NOT_ON_ROLL.sentence, "why_not": results.why_not(asked, ballot)}
    if line is None:
        return page(asked, "ballots/roll.html", **about, proofs=[])
    assert asked.actor.person is not None
    proofs = [_proof(asked, ballot, line, closing=False)]
    if ballot.closing_root is not None:
        proofs.append(_proof(asked, ballot, line, closing=True))
    return page(asked, "ballots/roll.html", **about, proofs=proofs)


def count(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/count: every stage and every tie."""
    ballot = _ballot(asked)
    sheet = _sheet(asked, ballot)
    if sheet is None:
        raise NotFound
    counted = sheet["count"]
    names = _names(asked, counted["candidates"]) if ballot.kind == "stv" else {}
    explained = sentences(counted, names) if ballot.kind == "stv" else counted["sentences"]
    return page(
        asked, "ballots/count.html", **_about(asked, ballot), counted=counted, explained=explained, names=names,
        branches=_branches(asked, counted),
    )  # fmt: skip


def tracker(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/tracker?code=: the paper under a code."""
    ballot = _ballot(asked)
    sheet = _sheet(asked, ballot)
    typed = asked.query.first("code")
    code = rules.read_tracker(typed)
    is_there = sheet is not None and bool(code) and code in published.trackers_of(sheet)
    paper = next((one for one in sheet["papers"] if one.get("tracker") == code), None) if sheet and is_there else None
    choice = _in_words(asked, ballot, paper["choice"]) if paper else []
    return page(
        asked, "ballots/tracker.html", **_about(asked, ballot), typed=typed, code=code, found=is_there, paper=paper,
        choice=choice, is_published=sheet is not None,
    )  # fmt: skip


def _ballot(asked: Asked) -> Ballot:
    return queries.get(asked.tx, asked.params["ballot"])


def _lot(asked: Asked, ballot: Ballot) -> Lot | None:
    """Returns by what a tie falls, or fell; None where there is none. It tells nothing of who is tied."""
    if ballot.source is None or ballot.known is None:
        return None
    waits, is_known = reading.is_waiting(asked.tx, ballot), clock.now() >= ballot.known
    may_bring = waits and is_known and bool(can_right(asked.actor, R.SIGN, HUB))
    address = beacons.address_of(source_of(ballot.source))
    return Lot(address, waits, is_known, may_bring, chain.is_rehearsal())


def _line(asked: Asked, ballot: Ballot) -> Line:
    state = acts.get(asked.tx, ballot.act)
    return Line(ballot, asked_by(asked.tx, state).words, place_of(asked, state.scope))


def _about(asked: Asked, ballot: Ballot) -> dict[str, Any]:
    """Returns what every page of a ballot shows: the same whatever lies in its box."""
    state = acts.get(asked.tx, ballot.act)
    question = asked_by(asked.tx, state)
    return {
        "ballot": ballot,
        "question": question,
        "place": place_of(asked, state.scope),
        "yes_needed": results.yes_needed(state, ballot),
        "is_open": ballot.takes_papers(clock.now()),
        "shows": queries.receipts_of(asked.tx, ballot) == rules.CONTENT,
        "outage": queries.outage_of(asked.tx, ballot),
        "by_branch": state.steps[ballot.step].branches,
    }


def _options(asked: Asked, ballot: Ballot) -> list[tuple[str, str, str | None, Hidden | None]]:
    """Returns what a paper ranks: (reference, name, statement, why it is hidden), re-open nominations last."""
    if ballot.kind == "yesno":
        return []
    standing = [
        (one.holder, one.shown or _("(name withdrawn)"), one.statement, one.hidden)
        for one in candidates(asked, ballot.act)
    ]
    return [*standing, (RON, RON_SHOWN, RON_MEANS, None)]


def _nonce(asked: Asked, ballot: Ballot) -> str:
    """Returns the code printed on the form that was sent; "" where it was not one of ours for this ballot."""
    said = asked.hub.signer.read("ballot", asked.form.first("paper")) or ""
    of, _space, nonce = said.partition(" ")
    return nonce if of == ballot.id else ""


def _read_paper(asked: Asked, ballot: Ballot) -> tuple[Any, str, str]:
    """Returns (choice, nonce, phrase). Raises Invalid with every mistake beside its field."""
    read = Reader(asked.form)
    choice = _choice(read, asked, ballot)
    missing = _("Type a few words of your own: they become part of your receipt")
    phrase = rules.read_phrase(read.text("phrase", missing=missing, most=rules.LONGEST_PHRASE))
    verdict = rules.phrase_ok(phrase)
    if not verdict:
        read.mistake("phrase", verdict.sentence)
    read.done()
    nonce = _nonce(asked, ballot)
    if not nonce:
        told = _("This paper is more than a day old. A new one is printed below: send that.")
        raise RuleViolation("ballots.old_paper", told)
    return choice, nonce, phrase


def _choice(read: Reader, asked: Asked, ballot: Ballot) -> Any:
    if ballot.kind == "yesno":
        return read.choice("choice", rules.ANSWERS, missing=_("Select one option"))
    typed = {ref: read.text(f"rank_{ref}", most=20) for ref in casting.options_of(asked.tx, ballot)}
    ranks = read_ranks(typed)
    for ref, sentence in ranks.mistakes.items():
        read.mistake(f"rank_{ref}", sentence)
    return list(ranks.order)


def _in_words(asked: Asked, ballot: Ballot, choice: Any) -> list[str]:
    """Returns a choice as people read it, the first preference first; nothing for a blank paper."""
    if ballot.kind == "yesno":
        return [words for answer, words, _hint in ANSWERS if answer == choice]
    names = _names(asked, choice)
    return [names[ref] for ref in choice]


def _names(asked: Asked, refs: list[str]) -> dict[str, str]:
    shown = permits.shown_names(asked.tx, refs)
    return {ref: RON_SHOWN if ref == RON else shown.get(ref) or _("(name withdrawn)") for ref in refs}


def _kept(asked: Asked) -> list[tuple[str, str]]:
    """Returns the fields of the paper, to be sent on from the page that shows it once more."""
    return [(name, value) for name, value in asked.form.items if name not in ("token", "answer", "step")]


def _receipt(asked: Asked, ballot: Ballot, code: str, nonce: str, phrase: str, *, changed: bool) -> Answer:
    return page(
        asked, "ballots/receipt.html", **_about(asked, ballot), code=code, nonce=nonce, phrase=phrase, changed=changed
    )


def _proof(asked: Asked, ballot: Ballot, line: Any, *, closing: bool) -> dict[str, Any]:
    found = roll.prove(asked.tx, ballot.id, line.person, closing=closing)
    assert found is not None
    voted = closing and bool(line.voted)
    return {
        "closing": closing,
        "text": f"{line.salt}|{line.person}|{int(voted)}",
        "leaf": format_base64(rules.leaf_of(line.salt, line.person, voted)),
        "place": found[0],
        "path": found[1],
        "root": ballot.closing_root if closing else ballot.root,
    }


def _sheet(asked: Asked, ballot: Ballot) -> dict[str, Any] | None:
    """Returns the published file of a ballot, from where everybody reads it or on its way there; or None."""
    if ballot.file is None:
        return None
    raw = files.read(asked.hub.settings.files / ballot.file) or queries.waiting_file(asked.tx, ballot.file)
    return None if raw is None else published.parse_sheet(raw)


def _branches(asked: Asked, counted: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Returns the lines of a decision by branch, each with its name."""
    found = []
    for line in counted.get("branches", ()):
        known = branches.find(asked.tx, line["branch"]) if line["branch"] else None
        found.append((known.name or known.slug if known else _("Branches not shown, together"), line))
    return found
