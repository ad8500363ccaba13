"""The reading service: the only code by which an office opens another person's fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, sealing
from hub.errors import Forbidden, TooMany, no
from hub.looks import matrix
from hub.looks.delaying import DELAYED
from hub.looks.matrix import Purpose
from hub.looks.models import looks
from hub.people.models import accounts, persons, standings
from hub.people.sealed import NICKNAME
from hub.permits import Actor, Grant
from hub.permits.models import holders

_AT_ONCE = 5000  # a database takes no more than some ten thousand values in one statement
_A_DAY = dt.timedelta(days=1)
_FIELDS = (
    sa.select(persons.c.id, accounts.c.nickname, accounts.c.shown, standings.c.area, standings.c.since)
    .select_from(
        persons.outerjoin(accounts, accounts.c.person == persons.c.id).outerjoin(
            standings, sa.and_(standings.c.person == persons.c.id, standings.c.until_at.is_(None))
        )
    )
    .where(persons.c.id.in_(sa.bindparam("people", expanding=True)))
)


def open_fields(
    tx: Connection,
    *,
    actor: Actor,
    grant: Grant,
    purpose: Purpose,
    about: str,
    people: Sequence[str],
    delay: str | None = None,
) -> dict[str, dict[str, Any]]:
    """Returns what the grant's holder sees of these people, person to field to value; and writes that they looked.

    The caller has found the grant by the power that the purpose takes, and the people by its one key. about: the
    group, ballot or key. Nobody's look at themselves is written, or counts; without a budget (a roll), the same look
    again within a day is not written twice. delay: the order of a panel by which its own look is read later. Raises
    Forbidden where the matrix shows this role nothing, TooMany beyond the day's budget: then nobody is opened. Source:
    PR-04 to PR-06.
    """
    if delay is not None and purpose not in DELAYED:
        raise ValueError(f"nobody delays looks for {purpose}")
    fields = matrix.sees(grant.role, purpose)
    if not fields:
        raise Forbidden(no("looks.not_this_role", "This office sees nothing of a member for this purpose.", "PR-20"))
    hold_still(tx, grant.holder)
    _insist_on_budget(tx, grant, purpose, [person for person in people if person != actor.person])
    found = {row["id"]: {name: row[name] for name in fields if name in row} for row in _rows(tx, people)}
    look = {
        "at": clock.now(), "holder": grant.holder, "role": grant.role, "scope_kind": grant.scope.kind,
        "scope_id": grant.scope.id, "purpose": purpose, "about": about, "fields": " ".join(fields), "delay": delay,
    }  # fmt: skip
    _write(tx, look, [person for person in found if person != actor.person])
    return found


def hold_still(tx: Connection, holder: str) -> None:
    """Lets nobody else count what a holder opened today before this unit of work is over."""
    tx.execute(sa.select(holders.c.id).where(holders.c.id == holder).with_for_update())


def _rows(tx: Connection, people: Sequence[str]) -> Iterator[dict[str, Any]]:
    for place in range(0, len(people), _AT_ONCE):
        some = people[place : place + _AT_ONCE]
        sealing.fetch(tx, some)
        for row in tx.execute(_FIELDS, {"people": some}).mappings():
            yield {**row, "nickname": sealing.read(tx, row["id"], NICKNAME, row["nickname"])}


def _insist_on_budget(tx: Connection, grant: Grant, purpose: Purpose, people: Sequence[str]) -> None:
    a_day = matrix.rule(purpose).a_day
    if a_day and len(_seen_today(tx, grant.holder) | set(people)) > a_day:
        sentence = f"You opened the records of {a_day} members within a day. Tomorrow you can open more."
        raise TooMany("looks.budget", sentence, int(_A_DAY.total_seconds()))


def _seen_today(tx: Connection, holder: str) -> set[str]:
    """Returns whom a holder opened in the last 24 hours, for purposes that have a budget."""
    counted = [purpose for purpose in matrix.PURPOSES if matrix.rule(purpose).a_day]
    mine = sa.select(looks.c.person).distinct().where(looks.c.holder == holder, looks.c.at > clock.now() - _A_DAY)
    return set(tx.scalars(mine.where(looks.c.purpose.in_(counted))))


def _write(tx: Connection, look: dict[str, Any], people: Sequence[str]) -> None:
    # A roll that is opened again the same day says nothing new to the thousands on it.
    is_counted = matrix.rule(look["purpose"]).a_day
    said = set() if is_counted else _said_today(tx, look["holder"], look["purpose"], look["about"])
    told = [{"person": person, **look} for person in people if person not in said]
    if told:
        tx.execute(sa.insert(looks), told)


def _said_today(tx: Connection, holder: str, purpose: Purpose, about: str) -> set[str]:
    c = looks.c
    mine = sa.select(c.person).where(c.holder == holder, c.purpose == purpose, c.about == about)
    return set(tx.scalars(mine.where(c.at > clock.now() - _A_DAY)))
