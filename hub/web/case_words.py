"""Words of cases: in which state one is, what comes next, who acts, until when, and what follows if nobody does."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hub.acts.state import ActState
from hub.cases import rules
from hub.web.texts import _

LAPSES = _("It lapses: everything is as if it had never been.")
OVER = _("Nothing: it is over.")
# State to: how it stands, what comes next, who acts. What follows a missed deadline depends on more (missed).
STATES = {
    "drawing_duty": (
        _("Received"),
        _("Three members of other branches are drawn by lot to read it first."),
        _("Nobody: it is a draw by lot, and whoever is drawn accepts within 48 hours"),
    ),
    "filed": (
        _("Received"),
        _("Two of the three say, with reasons, whether it becomes a case."),
        _("The duty panel"),
    ),
    "admitted": (
        _("Taken up as a case"),
        _("The charge is served: what is held against the accused, with every item that it rests on."),
        _("Whoever complained"),
    ),
    "charged": (_("Charged"), _("The accused answers."), _("The accused")),
    "drawing_panel": (
        _("Answered, or not in time"),
        _("Three other members of other branches are drawn by lot to decide it."),
        _("Nobody: it is a draw by lot, and whoever is drawn accepts within 48 hours"),
    ),
    "deciding": (
        _("Before its panel"),
        _("In the first four days each side may strike up to two of the panel; then two of the three sign a decision."),
        _("The panel"),
    ),
    "appealable": (
        _("Decided, not final"),
        _("Whoever it went against may appeal. Nothing of it holds before that time is over."),
        _("Whoever the decision went against"),
    ),
    "appealed": (
        _("Appealed"),
        _("Five others are drawn by lot, of whom none had a part in it; three of them sign a decision."),
        _("The appeal’s panel"),
    ),
    "final": (_("Final"), OVER, ""),
    "not_admitted": (_("Not taken up"), OVER, ""),
    "lapsed": (_("Lapsed"), _("Nothing: everything is as if it had never been."), ""),
    "quashed": (_("Quashed"), _("Nothing: the decision holds no more."), ""),
}

SENT_BACK = (
    _("Sent back, to be heard again"),
    _("Five others are drawn by lot, of whom none had a part in it; three of them sign a decision, and that is all."),
)

# Who appeals does so once: what five others decided is not judged again.
JUDGED = (
    _("Decided on appeal, not final"),
    _("Nobody can appeal again. Nothing of it holds before the time to appeal is over."),
    _("Nobody: that time runs out"),
)


@dataclass(frozen=True)
class Where:
    """Where a case stands, for the short table on every page of it. until: None once it is over."""

    state: str
    next: str
    who: str
    until: dt.datetime | None
    missed: str


def where(word: str, state: ActState, review: ActState | None, appellant: str | None) -> Where:
    """Says where a case stands. word: its state; review, appellant: its appeal, and the side that appealed."""
    how, then, who = STATES[word]
    running = review if word == "appealed" and review is not None and review.is_open else state
    if running is not state and running.was_sent_back:
        how, then = SENT_BACK
    if word == "appealable" and review is not None:
        how, then, who = JUDGED
    until = running.due if who and running.is_open else None
    return Where(how, then, who, until, missed(word, state, appellant) if until else "")


def missed(word: str, state: ActState, appellant: str | None) -> str:
    """Says what follows where nobody does in time what a state waits for."""
    if word == "appealed":
        quashed = _("It is as the accused asked: the decision is quashed.")
        return quashed if appellant == rules.RESPONDENT else _("The decision stands, and becomes final.")
    if word in ("drawing_panel", "deciding"):
        return _missed_by_panel(word, state)
    return {
        "charged": _("It is decided on what there is."),
        "appealable": _("The decision becomes final."),
    }.get(word, LAPSES)


def _missed_by_panel(word: str, state: ActState) -> str:
    were = {(fact.fact, state.steps[fact.step].do) for fact in state.facts}
    if word == "deciding" and ("extended", "decide") not in were:
        return _("The panel has half as long again, once.")
    if ("redrawn", "draw" if word == "drawing_panel" else "decide") in were:
        return LAPSES
    return _("Another panel is drawn, once; after that it lapses.")


# Why a complaint that waited came to nothing.
DROPPED = {
    "runs": _("While it waited, a case about the same began. What is the same is decided once."),
    "same_facts": _(
        "While it waited, the same was decided, or lapsed. With new evidence you can have a panel take it up again."
    ),
    "other_case": _("The case that it takes up again runs once more, or is about somebody else."),
    "expired": _("There was no room for it in 90 days. Nobody read it, and nothing was decided of it."),
}
SIDES = {"complainant": _("whoever complained"), "respondent": _("the accused")}
YOU = {
    "complainant": _("You complained."),
    "respondent": _("The complaint is about you."),
    "duty": _("You were drawn to read it first."),
    "panel": _("You were drawn to decide it."),
    "appeal_panel": _("You were drawn to judge its appeal."),
}
RESULTS = {
    "admitted": (_("It becomes a case"), _("What is told would break that rule, and it can be looked into.")),
    "no_case": (_("No case"), _("It would break no rule, or cannot be looked into. The accused is told nothing.")),
    "informal": (
        _("No case, and better talked over"),
        _("You think that a conversation helps more. The accused is told nothing by the hub."),
    ),
}
GOT_FROM = {
    "own_message": (_("A message to me"), _("Somebody who took part in the conversation must agree: you may be it.")),
    "public_link": (_("A public page"), _("Anybody can open it.")),
    "participant": (
        _("Somebody who took part"),
        _("From a space that not everybody reads. One who took part must agree."),
    ),
    "witness": (_("A witness"), _("Somebody who saw or heard it, and says so.")),
    "official_record": (_("An official record"), _("Minutes, a decision, an entry of the public record.")),
}
GROUNDS = {
    "procedure": (_("How it was decided"), _("A step was left out, or somebody decided who should not have.")),
    "new_evidence": (_("New evidence"), _("Attach it first. It was not before the panel.")),
    "proportionality": (_("It is out of proportion"), _("Too much for what was proved; or too little was looked at.")),
}
OUTCOMES = {
    "none": (_("Nothing follows"), _("Also where it is not proved.")),
    "advice": (_("Advice"), _("The panel says what should be done otherwise.")),
    "apology": (_("An apology, or mediation"), _("Asked for; nobody is made to.")),
    "posting_limit": (
        _("Publishing nothing for some time"),
        _("No candidacy, petition, group, name or link of their own. For so many days, 90 at most."),
    ),
    "role_ended": (_("An office ends"), _("Choose which, below.")),
    "barred": (_("No office for some time"), _("For so many days, 730 at most.")),
    "suspension": (
        _("Suspension"),
        _("They use no office, join and found nothing, and publish nothing. They vote. For so many days, 180 at most."),
    ),
    "rehear": (
        _("It is heard again"),
        _("Nothing is decided now. Five others are drawn, who decide within nine days; once. Say what went wrong."),
    ),
}
# What a panel finds; in the last case it answers nothing else but why.
FINDINGS = {
    "yes": (_("Proved"), ""),
    "no": (_("Not proved"), _("In doubt, it is not proved. Then nothing follows.")),
    "rehear": (
        _("It is heard again"),
        _("Neither is decided now. Five others are drawn, who decide within nine days; once. Give only the reasons."),
    ),
}
MEASURES = {
    "no_contact": (_("Leave each other alone"), _("The accused writes nothing to whoever complained meanwhile.")),
    "rest_office": (_("An office rests"), _("Choose which, below. They keep it, and nobody takes their seat.")),
}
PAPERS = {
    "complaint": _("The complaint"),
    "screening": _("What one of the duty panel found"),
    "charge": _("The charge"),
    "answer": _("The answer of the accused"),
    "appeal": _("The appeal"),
    "interim": _("A measure meanwhile"),
    "delay": _("Why looks are read later"),
    "ruling": _("A decision"),
}


def options(words: dict[str, tuple[str, str]], *only: str) -> list[tuple[str, str, str]]:
    """Returns radios of words: value, label, hint. only: these, where some are named."""
    return [(value, label, hint) for value, (label, hint) in words.items() if not only or value in only]
