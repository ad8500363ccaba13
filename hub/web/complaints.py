"""Complaining: of one member by the exact name, under one numbered rule of the day on which it happened.

Nobody is searched for and nobody listed. Whether anybody has a name is said last, once everything else is right.
"""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries as acts
from hub.cases import actions, filing, queries, rules
from hub.constitution import queries as constitution
from hub.constitution.model import Constitution
from hub.errors import Invalid, NotFound, RuleViolation, insist
from hub.groups import queries as groups
from hub.people import queries as people
from hub.permits import HUB, R, can_right
from hub.web import casefile
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _

NOBODY = _(
    "Nobody of whom you can complain has exactly this name. Copy it from where you saw it, such as a group’s chat."
)
TAKEN_UP = _(
    "What this member did on that day was taken up before. It takes new evidence, and whoever complained then, to take "
    "it up again."
)
RECEIVED = _("Your complaint is received. This page says what happens next, and you get a letter whenever it moves.")
WAITS = _(
    "Your complaint is received, and waits until there is room: you have three open already, or many complaints came "
    "from there this week. It is taken up by itself."
)


def new(asked: Asked) -> Answer:
    """GET /cases/new: asks of whom, by which rule, when, and what happened; says who reads it and what follows."""
    there = _rules_of(asked.tx, _day(asked.form.first("happened_on")))
    known = asked.query.first("group")
    return page(
        asked, "cases/new.html", conduct=sorted(there.conduct.items()), again=_again(asked), days=rules.LEARNED.days,
        steps=steps(asked.tx), verdict=can_right(asked.actor, R.COMPLAIN, HUB), back=_back(asked.tx, known),
        group=known, lacks_passkey=casefile.lacks_passkey(asked),
    )  # fmt: skip


def complain(asked: Asked) -> Answer:
    """POST /cases."""
    read, again = Reader(asked.form), _again(asked)
    if not steps(asked.tx):
        raise RuleViolation("cases.no_rules", _("The rules in force here know no complaints yet."))
    name = read.text("respondent", missing=_("Enter the name of whom you complain"), most=60)
    happened = _read_day(read, "happened_on", _("Enter the day on which it happened, such as 21 11 2026"))
    learned = _read_day(read, "learned_on", _("Enter the day on which you learned of it, such as 21 11 2026"))
    rule = read.number("rule", missing=_("Select the rule that was broken"), least=1, most=999)
    words = read.text("words", missing=_("Enter what happened. The duty panel reads it first."), most=8000, lines=True)
    read.done()
    # All that can be wrong is told before anybody learns whether somebody has that name.
    insist(rules.may_complain(happened, learned, clock.today()))
    filing.version_at(asked.tx, rule, happened)
    try:
        act = actions.complain(
            asked.tx, respondent=people.person_named(asked.tx, name) or "", rule=rule, happened_on=happened,
            learned_on=learned, words=words, again=again, actor=asked.actor,
        )  # fmt: skip
    except NotFound as unknown:
        raise Invalid({"respondent": NOBODY}) from unknown
    except RuleViolation as known:
        # Whether a case about it runs, and whose, is told to nobody.
        if known.code in ("cases.runs", "cases.same_facts"):
            raise RuleViolation("cases.taken_up", TAKEN_UP) from known
        raise
    return see_other("/me", WAITS) if act is None else see_other(f"/cases/{act}", RECEIVED)


def steps(tx: Connection) -> dict[str, int]:
    """Returns how many days each step of a case has, by who acts; nothing where the rules in force know no cases."""
    procedure = constitution.in_force(tx)[0].procedures.get("case")
    return {} if procedure is None else {step.by or step.do: step.days or 0 for step in procedure.steps}


def _rules_of(tx: Connection, day: dt.date | None) -> Constitution:
    """The rules of a day; of today where no day was typed yet, or there were none on it."""
    if day is not None:
        ends = dt.datetime.combine(day, dt.time(23, 59), dt.UTC)
        for row in constitution.versions(tx):  # the newest first
            if row.in_force_from <= ends:
                return constitution.of_entry(tx, row.entry)
    return constitution.in_force(tx)[0]


def _again(asked: Asked) -> str | None:
    """The ended case of one's own that new evidence is about; None where none is named. Raises NotFound."""
    act = asked.form.first("again") or asked.query.first("again")
    if not act:
        return None
    person = asked.actor.person or ""
    is_mine = act in queries.mine(asked.tx, person) and queries.side_of(asked.tx, act, person) == rules.COMPLAINANT
    if not is_mine or acts.get(asked.tx, act).is_open:
        raise NotFound
    return act


def _back(tx: Connection, slug: str) -> str:
    """The page that a complaint came from: of a group, or one's own."""
    try:
        return f"/groups/{groups.by_slug(tx, slug).slug}" if slug else "/me"
    except NotFound:
        return "/me"


def _day(text: str) -> dt.date | None:
    """Reads a day as people write it: day, month, year, with whatever between; or year first."""
    parts = re.findall(r"[0-9]+", text) if text.isascii() and len(text) <= 40 else []
    if [len(part) for part in parts][-1:] == [4]:
        parts.reverse()
    if len(parts) != 3 or len(parts[0]) != 4 or re.search(r"[A-Za-z]", text):
        return None
    try:
        return dt.date(*map(int, parts))
    except ValueError:
        return None


def _read_day(read: Reader, name: str, missing: str) -> dt.date:
    day = _day(read.text(name, most=40))
    if day is None:
        read.mistake(name, missing)
    return day or clock.today()
