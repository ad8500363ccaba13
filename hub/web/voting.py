"""Voting in a browser: the paper, a look before it is sent, the receipt, a change.

A vote is answered without a redirect: its receipt is shown once, and stands in no address, cookie or notice.
"""

from __future__ import annotations

from typing import Any

from hub.ballots import casting, rules
from hub.ballots.queries import Ballot
from hub.count import RON
from hub.count.ranks import read_ranks
from hub.errors import RuleViolation
from hub.hiding.queries import Hidden
from hub.web import results
from hub.web.ballots import RON_SHOWN, about, ballot_of, in_words
from hub.web.context import Answer, Asked
from hub.web.elections import candidates
from hub.web.forms import Reader
from hub.web.pages import page
from hub.web.results import ANSWERS
from hub.web.texts import _

RON_MEANS = _("For whoever would have none of the rest: a seat it wins stays vacant, and nominations open again.")


def vote(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/vote, and POST to come back: the paper, with a code printed before anything is typed."""
    ballot = ballot_of(asked)
    verdict = casting.may_vote(asked.tx, ballot, asked.actor)
    nonce = _nonce(asked, ballot) or casting.new_nonce()
    return page(
        asked,
        "ballots/vote.html",
        **about(asked, ballot),
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
    ballot = ballot_of(asked)
    choice, nonce, phrase = _read_paper(asked, ballot)
    return page(
        asked,
        "ballots/check.html",
        **about(asked, ballot),
        choice=in_words(asked, ballot, choice),
        phrase=phrase,
        nonce=nonce,
        kept=_kept(asked),
    )


def cast(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/papers: casts the vote, and shows its receipt once."""
    ballot = ballot_of(asked)
    choice, nonce, phrase = _read_paper(asked, ballot)
    tracker = casting.cast(asked.tx, ballot=ballot.id, choice=choice, nonce=nonce, phrase=phrase, actor=asked.actor)
    return _receipt(asked, ballot, tracker, nonce, phrase, changed=False)


def change_form(asked: Asked) -> Answer:
    """GET /ballots/{ballot}/change: the paper once more, with room for the receipt."""
    ballot = ballot_of(asked)
    return page(
        asked, "ballots/vote.html", **about(asked, ballot), options=_options(asked, ballot), answers=ANSWERS,
        nonce="", paper="", verdict=casting.may_change(asked.tx, ballot, asked.actor), changes=True,
        why_not=results.why_not(asked, ballot),
    )  # fmt: skip


def change(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/changes: another choice in place of the one whose receipt was typed."""
    ballot = ballot_of(asked)
    read = Reader(asked.form)
    nonce = rules.read_nonce(read.text("nonce", missing=_("Type the first part of your receipt"), most=80))
    phrase = rules.read_phrase(read.text("phrase", missing=_("Type your phrase"), most=rules.LONGEST_PHRASE))
    choice = _choice(read, asked, ballot)
    read.done()
    tracker = casting.change(asked.tx, ballot=ballot.id, choice=choice, nonce=nonce, phrase=phrase, actor=asked.actor)
    return _receipt(asked, ballot, tracker, nonce, phrase, changed=True)


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


def _kept(asked: Asked) -> list[tuple[str, str]]:
    """Returns the fields of the paper, to be sent on from the page that shows it once more."""
    return [(name, value) for name, value in asked.form.items if name not in ("token", "answer", "step")]


def _receipt(asked: Asked, ballot: Ballot, code: str, nonce: str, phrase: str, *, changed: bool) -> Answer:
    return page(
        asked, "ballots/receipt.html", **about(asked, ballot), code=code, nonce=nonce, phrase=phrase, changed=changed
    )
