"""The page of a case, and its file to keep: for its sides and those drawn for it, and for nobody else."""

from __future__ import annotations

import json
from typing import Any

from hub import clock
from hub.acts import queries as acts
from hub.cases import own, queries, rules, sealed
from hub.cases.queries import DUTY, HIDDEN
from hub.permits import Grant
from hub.permits import queries as permits
from hub.web import case_words as words
from hub.web.casefile import Seen, named, seen
from hub.web.context import Answer, Asked
from hub.web.me import office_of
from hub.web.pages import page
from hub.web.words import machine


def show(asked: Asked) -> Answer:
    """GET /cases/{act}."""
    found = named(asked, seen(asked))
    return page(asked, "cases/show.html", seen=found, **about(asked, found))


def about(asked: Asked, found: Seen) -> dict[str, Any]:
    """What templates ask about a case beside itself: its decisions, who sits, what holds meanwhile; and all words."""
    tx = asked.tx
    seats = found.case.seats
    names = permits.shown_names(tx, {row.holder for row in seats if row.holder})
    measures = [(row, acts.get(tx, row.act)) for row in queries.interims(tx, found.case.act)]
    return {
        "words": words,
        "rulings": own.rulings(tx, found.case),
        "seats": [(row, names.get(row.holder) if row.holder else None) for row in seats],
        "measures": [one for one in measures if one[0].begun_at is not None or found.case.you == DUTY],
        "numbers": {item.kept.id: item.number for item in found.items},
        "offices": offices(asked, found),
        "by": _writer(asked, found),
        "now": clock.now(),
    }


def file(asked: Asked) -> Answer:
    """GET /cases/{act}/file: all that the reader may read, as one file, with what the record's hashes are made of.

    It names the sides to each other alone: nobody drawn takes records of two members along (PR-06).
    """
    found = seen(asked)
    told = {
        "case": found.case.act, "state": found.case.state, "you": found.case.you, "written_at": machine(clock.now()),
        "complainant": found.complainant or HIDDEN, "accused": found.respondent,
        "rule": {"number": found.case.rule, "says": found.rule, "version": found.case.version},
        "happened_on": found.case.happened_on.isoformat(),
        "papers": [_paper(one) for one in found.case.file.papers],
        "items": [{**_item(one.kept), "number": one.number, "entry": one.entry} for one in found.items],
        "check": "hash = SHA-256(salt | canonical JSON of body); the record names it in the entry given",
    }  # fmt: skip
    body = json.dumps(told, ensure_ascii=False, indent=2).encode()
    headers = {"Content-Disposition": 'attachment; filename="case.json"', "Cache-Control": "no-store"}
    return Answer(body=body + b"\n", media="application/json", headers=headers)


def _paper(paper: sealed.Paper) -> dict[str, Any]:
    """A paper with its salt; of a complaint, which names persons as the hub does, only what it says of the facts."""
    told = {"kind": paper.kind, "at": machine(paper.at), "hash": paper.id}
    if paper.kind == "complaint":
        said = ("rule", "version", "happened_on", "learned_on", "words")
        return {**told, "body": {name: paper.body[name] for name in said}}
    return {**told, "salt": paper.salt, "body": paper.body}


def _item(item: sealed.Evidence) -> dict[str, Any]:
    told = {"side": item.side, "at": machine(item.at), "hash": item.id, "sha256": item.sha256, "body": item.body}
    return told if item.body["collector"] == HIDDEN else {**told, "salt": item.salt}


def offices(asked: Asked, found: Seen) -> dict[str, str]:
    """Returns the offices that papers of a case name, in words: by grant."""
    bodies = [paper.body for paper in found.case.file.papers]
    named = {grant for body in bodies for grant in body.get("grants", ())}
    known = {grant: permits.grant_by_id(asked.tx, grant) for grant in named}
    return {grant: office(asked, one) for grant, one in known.items() if one is not None}


def office(asked: Asked, grant: Grant) -> str:
    """Returns an office as people name it."""
    found = office_of(asked, grant)
    return f"{found.role}, {found.place}"


def _writer(asked: Asked, found: Seen) -> Any:
    """Returns what says whose paper one is: a side by its nickname, one who was drawn as the record shows them."""

    def by(paper: sealed.Paper) -> str:
        if paper.kind in ("complaint", "charge"):
            return found.complainant or ""
        if paper.kind == "answer" or (paper.kind == "appeal" and paper.body["side"] == rules.RESPONDENT):
            return found.respondent or ""
        if paper.kind == "appeal":
            return found.complainant or ""
        holder = permits.holder_of_person(asked.tx, paper.person)
        return permits.shown_names(asked.tx, [holder]).get(holder) or "" if holder else ""

    return by
