"""Pages of ballots: what each asks, its result and its count, the paper under a code, one's own line on the roll."""

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
from hub.draws import beacons, chain
from hub.draws.queries import source_of
from hub.errors import NotFound
from hub.ledger import files, writer
from hub.permits import HUB, R, can_right
from hub.permits import queries as permits
from hub.tlog.hashes import format_base64
from hub.web import results, scrutiny
from hub.web.context import Answer, Asked
from hub.web.elections import place_of
from hub.web.forms import read_source
from hub.web.pages import page, see_other
from hub.web.results import ANSWERS
from hub.web.texts import _

RON_SHOWN = _("Re-open nominations")


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
    ballot = ballot_of(asked)
    won = permits.shown_names(asked.tx, queries.winners(asked.tx, ballot.id))
    sheet = _sheet(asked, ballot)
    counted = sheet and sheet["count"]
    preferences = (
        results.preferences(counted, _names(asked, counted["candidates"])) if counted and ballot.kind == "stv" else []
    )
    told = writer.get(asked.tx, ballot.counted_entry) if ballot.counted_entry is not None else None
    return page(
        asked, "ballots/show.html", **about(asked, ballot), won=won, counted=counted, preferences=preferences,
        shares=results.shares(counted, preferences), flaw=told.data.get("flaw") if told else None,
        judging=scrutiny.of_ballot(asked, ballot), lot=_lot(asked, ballot),
    )  # fmt: skip


def bring(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/readings: types in what the beacon said, where only a lot can decide."""
    ballot = asked.params["ballot"]
    reading.bring(asked.tx, ballot=ballot, text=read_source(asked.form), actor=asked.actor)
    return see_other(f"/ballots/{ballot}", _("It is signed by the beacon. The count is finished."))


def own_line(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/roll: whether the viewer is on it, and how they prove it."""
    ballot = ballot_of(asked)
    line = queries.line_of(asked.tx, ballot.id, asked.actor.person)
    told = about(asked, ballot)
    told |= {"line": line, "not_on_roll": casting.NOT_ON_ROLL.sentence, "why_not": results.why_not(asked, ballot)}
    if line is None:
        return page(asked, "ballots/roll.html", **told, proofs=[])
    assert asked.actor.person is not None
    proofs = [_proof(asked, ballot, line, closing=False)]
    if ballot.closing_root is not None:
        proofs.append(_proof(asked, ballot, line, closing=True))
    return page(asked, "ballots/roll.html", **told, proofs=proofs)


def count(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/count: every stage and every tie."""
    ballot = ballot_of(asked)
    sheet = _sheet(asked, ballot)
    if sheet is None:
        raise NotFound
    counted = sheet["count"]
    names = _names(asked, counted["candidates"]) if ballot.kind == "stv" else {}
    explained = sentences(counted, names) if ballot.kind == "stv" else counted["sentences"]
    return page(
        asked, "ballots/count.html", **about(asked, ballot), counted=counted, explained=explained, names=names,
        branches=_branches(asked, counted),
    )  # fmt: skip


def tracker(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/tracker?code=: the paper under a code."""
    ballot = ballot_of(asked)
    sheet = _sheet(asked, ballot)
    typed = asked.query.first("code")
    code = rules.read_tracker(typed)
    is_there = sheet is not None and bool(code) and code in published.trackers_of(sheet)
    paper = next((one for one in sheet["papers"] if one.get("tracker") == code), None) if sheet and is_there else None
    choice = in_words(asked, ballot, paper["choice"]) if paper else []
    return page(
        asked, "ballots/tracker.html", **about(asked, ballot), typed=typed, code=code, found=is_there, paper=paper,
        choice=choice, is_published=sheet is not None,
    )  # fmt: skip


def ballot_of(asked: Asked) -> Ballot:
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


def about(asked: Asked, ballot: Ballot) -> dict[str, Any]:
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


def in_words(asked: Asked, ballot: Ballot, choice: Any) -> list[str]:
    """Returns a choice as people read it, the first preference first; nothing for a blank paper."""
    if ballot.kind == "yesno":
        return [words for answer, words, _hint in ANSWERS if answer == choice]
    names = _names(asked, choice)
    return [names[ref] for ref in choice]


def _names(asked: Asked, refs: list[str]) -> dict[str, str]:
    shown = permits.shown_names(asked.tx, refs)
    return {ref: RON_SHOWN if ref == RON else shown.get(ref) or _("(name withdrawn)") for ref in refs}


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
