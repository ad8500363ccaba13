"""The docket: how cases came out, in counts and in tens. Nobody is named, and nothing below ten is told."""

from __future__ import annotations

from collections.abc import Mapping

from hub.branches import queries as branches
from hub.cases import delaying, docket
from hub.constitution import queries as constitution
from hub.web import case_words as words
from hub.web.context import Answer, Asked
from hub.web.pages import page
from hub.web.texts import _

TIMES = {
    "up_to_30_days": _("Up to 30 days"),
    "up_to_60_days": _("31 to 60 days"),
    "up_to_90_days": _("61 to 90 days"),
    "longer": _("Longer"),
}
CAME_OUT = {
    "not_proved": _("Not proved"),
    "not_admitted": _("Not taken up as a case"),
    "lapsed": _("Lapsed: nobody decided in time"),
    "quashed": _("Quashed on appeal"),
}


def show(asked: Asked) -> Answer:
    """GET /docket."""
    counts = docket.counts(asked.tx)
    conduct = constitution.in_force(asked.tx)[0].conduct
    tables = [
        (_("How they came out"), _("Outcome"), [(_outcome(word), many) for word, many in counts["outcome"].items()]),
        (_("How long they took"), _("Time"), [(TIMES[word], many) for word, many in _in_order(counts["time"])]),
        (
            _("Which rule they were about"),
            _("Rule"),
            [(_rule(word, conduct), many) for word, many in counts["rule"].items()],
        ),
        (
            _("In which branch the accused live"),
            _("Branch"),
            [(_branch(asked, word), many) for word, many in counts["body"].items()],
        ),
    ]
    ordered, holding = delaying.counts(asked.tx)
    return page(
        asked, "cases/docket.html", tables=tables, queued=docket.queued(asked.tx), least=docket.LEAST, ordered=ordered,
        holding=holding,
    )  # fmt: skip


def _outcome(word: str) -> str:
    if word in CAME_OUT:
        return CAME_OUT[word]
    return words.OUTCOMES[word][0] if word in words.OUTCOMES else word


def _rule(word: str, conduct: Mapping[int, str]) -> str:
    says = conduct.get(int(word), "")
    return _("Rule %(number)s: %(says)s") % {"number": word, "says": says} if says else _("Rule %s") % word


def _branch(asked: Asked, branch: str) -> str:
    found = branches.find(asked.tx, branch)
    return _("(name withdrawn)") if found is None or found.name is None else found.name


def _in_order(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(word, counts[word]) for word in TIMES if word in counts]
