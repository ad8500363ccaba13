"""How long each row may be there at most, said a second time: for whoever looks whether anything outlived its term.

The inventory says it in words, and each job in its own statement; this is neither. A day more than the words is what a
task has that runs once a day.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, inventory
from hub.acts.models import acts
from hub.ballots.models import ballots
from hub.db import metadata
from hub.permits.models import grants
from hub.petitions.models import petitions

LINES = inventory.private("hub")
HOUSE = "as long as the hub runs"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# Table to moments and how long after them a row may still be there.
AGES: dict[str, dict[str, dt.timedelta]] = {
    "address_proofs": {"asked_at": 2 * DAY},
    "asks": {"until_at": HOUR},
    "assertions": {"until_at": HOUR},
    "audit_notes": {"at": 730 * DAY},
    "case_queue": {"at": 90 * DAY},
    "challenges": {"until_at": dt.timedelta(minutes=5)},
    "closings": {"closed_at": 2 * DAY},
    "codes": {"until_at": HOUR},
    "draw_said": {"at": 400 * DAY},
    "failures": {"until_at": HOUR},
    "feed_changes": {"closed_at": 180 * DAY},
    "logouts": {"owed_at": 31 * DAY},
    "sessions": {"started_at": 30 * DAY},
    "sign_ins": {"ended_at": 31 * DAY, "at": 90 * DAY},
    "tokens": {"until_at": DAY},
    "vouches": {"at": 30 * DAY},
    **{line.table: {str(line.after): dt.timedelta(days=line.days)} for line in LINES.values() if line.days},
}  # fmt: skip
UNTIL_ERASED = {line.table for line in LINES.values() if line.job == "hub.inventory.own:erase"} - {"closings"}
OVER = sa.select(acts.c.id).where(acts.c.outcome.is_not(None))
COLLECTING = sa.select(acts.c.id).where(acts.c.outcome.is_(None), acts.c.step == 0)


def outlived(tx: Connection) -> dict[str, int]:
    """How many rows of each table are past their term; tables without any are left out."""
    now, found = clock.now(), dict[str, sa.ColumnElement[bool]]()
    for name, ages in AGES.items():
        columns = metadata.tables[name].c
        found[name] = sa.or_(*(columns[moment] < now - age - DAY for moment, age in ages.items()))
    found |= _events(now)
    for name in UNTIL_ERASED:
        found[name] = sa.or_(found.get(name, sa.false()), _of_nobody(name))
    many = {
        name: tx.scalar(sa.select(sa.func.count()).select_from(metadata.tables[name]).where(which)) or 0
        for name, which in found.items()
    }
    return {name: number for name, number in many.items() if number}


def said() -> set[str]:
    """Every table of which this file says a term."""
    return {*AGES, *UNTIL_ERASED, *_events(clock.now())}


def _events(now: dt.datetime) -> dict[str, sa.ColumnElement[bool]]:
    """What is kept until something else is over."""
    t = metadata.tables
    long_over = sa.select(acts.c.id).where(acts.c.closed_at < now - 401 * DAY)
    closed = sa.select(ballots.c.id).where(ballots.c.closes_at < now - 366 * DAY, ballots.c.act.in_(OVER))
    recalls = sa.select(petitions.c.act).join(acts, acts.c.id == petitions.c.act).where(acts.c.outcome.is_(None))
    lately = sa.select(acts.c.id).where(acts.c.opened_at > now - 181 * DAY)
    ended = sa.select(grants.c.id).where(sa.or_(grants.c.ended_at.is_not(None), grants.c.until_at < now - DAY))
    cases = sa.select(t["case_facts"].c.act).join(acts, acts.c.id == t["case_facts"].c.act)
    said_of, known_of = (cases.where(acts.c.closed_at < now - days * DAY) for days in (366 + 730 + 1, 3654))
    return {
        **{name: t[name].c.act.in_(said_of) for name in ("case_papers", "case_items", "case_marks")},
        "files": t["files"].c.about.in_(said_of),
        **{name: t[name].c.act.in_(known_of) for name in ("case_sides", "case_facts")},
        "ballot_roll": t["ballot_roll"].c.ballot.in_(closed),
        "ballot_papers": t["ballot_papers"].c.ballot.in_(sa.select(ballots.c.id).where(ballots.c.papers.is_not(None))),
        "count_objectors": t["count_objectors"].c.ballot.in_(sa.select(ballots.c.id).where(ballots.c.act.in_(OVER))),
        **{name: t[name].c.act.in_(long_over) for name in ("draw_files", "draw_tickets", "draw_objectors")},
        "signatures": t["signatures"].c.act.not_in(COLLECTING),
        "petition_openers": sa.and_(
            t["petition_openers"].c.act.not_in(recalls), t["petition_openers"].c.act.not_in(lately)
        ),
        "receipt_reminders": t["receipt_reminders"].c.grant.in_(ended),
        "receipts_issued": t["receipts_issued"].c.day < (now.date() - 2 * DAY).isoformat(),
        "receipts_taken": t["receipts_taken"].c.day < (now.date() - DAY).isoformat(),
        "feed_holds": t["feed_holds"].c.change.not_in(sa.select(t["feed_changes"].c.id)),
        "persons": t["persons"].c.id.in_(_away(now)),
    }


def _away(now: dt.datetime) -> sa.Select[tuple[str]]:
    """Whose last membership ended two years and a day ago, and who stands in nothing that runs."""
    spells = metadata.tables["standings"]
    here = sa.select(spells.c.person).where(sa.or_(spells.c.until_at.is_(None), spells.c.until_at >= now - 731 * DAY))
    return sa.select(spells.c.person).where(spells.c.person.not_in(here))


def _of_nobody(name: str) -> sa.ColumnElement[bool]:
    line = LINES[name]
    if name == "persons":
        return sa.false()
    return metadata.tables[name].c[str(line.of)].not_in(sa.select(metadata.tables["persons"].c.id))
