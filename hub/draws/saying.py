"""The verbs of what a member says of themselves for draws: say, take back; and what the clock forgets of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.constitution import queries as constitution
from hub.constitution.limits import STRATA
from hub.draws.models import draw_said
from hub.draws.strata import NOT_SAID, asked_by
from hub.errors import Invalid
from hub.people.models import standings
from hub.permits import HUB, Actor, R, require_right

KEPT = dt.timedelta(days=400)  # then a member is asked anew: as long as a seat drawn by lot may last


def say(tx: Connection, *, said: Mapping[str, str], actor: Actor) -> None:
    """Keeps what the actor says of themselves, in place of whatever they said before. It enters no record and no file.

    said: word to answer; whatever is left out, or answered not-said, is taken back, and gone at once. It is counted in
    pools that are frozen from now on. Raises Forbidden without standing, Invalid for what no list or no rule has.
    """
    require_right(actor, R.ACCEPT_OFFICE, HUB)
    asked = asked_by(constitution.in_force(tx)[0])
    if wrong := [word for word, answer in said.items() if not _is_listed(word, answer, asked)]:
        raise Invalid(dict.fromkeys(wrong, "Choose one of the list."))
    tx.execute(sa.delete(draw_said).where(draw_said.c.person == actor.person))
    rows = [
        {"person": actor.person, "word": word, "answer": answer, "at": clock.now()}
        for word, answer in said.items()
        if answer != NOT_SAID
    ]
    if rows:
        tx.execute(sa.insert(draw_said), rows)


def said_by(tx: Connection, person: str) -> dict[str, str]:
    """Returns what a person said: for their own page, and nobody else's."""
    mine = sa.select(draw_said.c.word, draw_said.c.answer).where(draw_said.c.person == person)
    return {row.word: row.answer for row in tx.execute(mine.order_by(draw_said.c.word))}


def of_pool(tx: Connection, persons: Iterable[str], asked: Collection[str]) -> list[dict[str, str]]:
    """Returns what everybody in a pool said of what is asked, in no order that tells who: for counts alone."""
    answers: dict[str, dict[str, str]] = {person: {} for person in persons}
    for row in tx.execute(sa.select(draw_said).where(draw_said.c.word.in_(asked))) if asked else ():
        if row.person in answers:
            answers[row.person][row.word] = row.answer
    return list(answers.values())


def forget(tx: Connection) -> None:
    """Forgets what was said too long ago, by who is no member any more, and what no rule asks for any more."""
    members = sa.select(standings.c.person).where(standings.c.until_at.is_(None))
    asked = asked_by(constitution.in_force(tx)[0])
    old = (draw_said.c.at < clock.now() - KEPT, draw_said.c.person.not_in(members), draw_said.c.word.not_in(asked))
    tx.execute(sa.delete(draw_said).where(sa.or_(*old)))


def _is_listed(word: str, answer: str, asked: Collection[str]) -> bool:
    return word in asked and answer in (*STRATA[word], NOT_SAID)
