"""What those drawn for a case see of its sides: their nicknames, by the reading service, which tells each of them.

A panel needs no more of a side: a nickname says who is who in what was laid before it, and whether one knows them.
Where a side lives and since when bear on nothing that it decides; the hub checks both itself (other branches, days).
"""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub import clock, looks
from hub.cases import delaying, queries, rules
from hub.cases.queries import Case
from hub.looks import Purpose
from hub.permits import Actor, Grant
from hub.permits import queries as permits


def open_sides(tx: Connection, *, case: Case, actor: Actor) -> dict[str, str | None]:
    """Returns whose nicknames somebody drawn for a case may read, person to nickname; and writes that they looked.

    Of a complaint that is no case yet, only of whoever complained: the accused is told of none before that, and so is
    not looked at either. case: as one of those drawn sees it.
    """
    assert case.complainant is not None  # nothing is hidden from those drawn
    is_case = queries.is_case(tx, case.act)
    purpose: Purpose = "case" if is_case else "complaint"
    people = [case.complainant, case.respondent] if is_case else [case.complainant]
    grant = _grant(tx, case, actor)
    delay = delaying.order_of(tx, grant, case.act, clock.now())
    found = looks.open_fields(tx, actor=actor, grant=grant, purpose=purpose, about=case.act, people=people, delay=delay)
    return {person: fields["nickname"] for person, fields in found.items()}


def is_drawn(case: Case) -> bool:
    """Tells whether whoever reads a case was drawn for it, and is no side of it."""
    return case.you not in rules.SIDES


def panel_of(case: Case) -> str:
    """Returns the act for which whoever reads a case was drawn: the case, or its appeal."""
    return (case.review or "") if case.you == queries.APPEAL_PANEL else case.act


def _grant(tx: Connection, case: Case, actor: Actor) -> Grant:
    held = permits.standing_grants(tx, holder=actor.holder or "")
    role, act = "duty" if case.you == queries.DUTY else "juror", panel_of(case)
    return next(one for one in held if (one.role, one.act) == (role, act))
