"""Reads: the Actor behind a token, a person's account, sessions and standing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.people.models import accounts, persons, sessions, standings
from hub.people.tokens import hash_token
from hub.permits import VISITOR, Actor, Standing, freezes
from hub.permits import queries as permits
from hub.permits.models import holdings

_SESSION = (
    sa.select(
        sessions,
        accounts.c.nickname,
        accounts.c.shown,
        accounts.c.rests_until,
        accounts.c.locked_at,
        holdings.c.holder,
        standings.c.id.label("spell"),
        standings.c.area,
        standings.c.since,
        standings.c.until_at,
        standings.c.proved_by,
        # By a claim alone: nobody's roster row, and the name of an office-holder.
        sa.and_(persons.c.entry_ref.is_(None), holdings.c.holder.is_not(None)).label("is_claimant"),
    )
    .select_from(
        sessions.join(persons, persons.c.id == sessions.c.person)
        .outerjoin(accounts, accounts.c.person == sessions.c.person)
        .outerjoin(holdings, holdings.c.person == sessions.c.person)
        .outerjoin(standings, sa.and_(standings.c.person == sessions.c.person, standings.c.until_at.is_(None)))
    )
    .where(sessions.c.token_hash == sa.bindparam("token"), sessions.c.ended_at.is_(None))
)
_STANDING = sa.select(standings).where(standings.c.person == sa.bindparam("person"), standings.c.until_at.is_(None))


KNOWN_IN = (
    persons.join(standings, sa.and_(standings.c.person == persons.c.id, standings.c.until_at.is_(None)))
    .outerjoin(accounts, accounts.c.person == persons.c.id)
    .outerjoin(holdings, holdings.c.person == persons.c.id)
)
"""Members, as far as sites may know of them: whoever has no running standing is not among the rows."""
KNOWN = (persons.c.seed, accounts.c.nickname, accounts.c.shown, holdings.c.holder)
"""What known_in reads."""
_KNOWN = sa.select(*KNOWN).select_from(KNOWN_IN).where(persons.c.id == sa.bindparam("person"))


BOOTSTRAP = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Lives:
    """How long sessions last. days, idle_days: by a code, before there is a passkey; the others: by a passkey.

    office_hours: how fresh the proof must be for an act of office, and how long an office-holder's session lasts.
    """

    days: int = 30
    idle_days: int = 14
    office_hours: int = 12
    passkey_hours: int = 24
    passkey_idle_minutes: int = 60
    holder_idle_minutes: int = 15

    def of(self, kind: str, *, holds_office: bool) -> tuple[dt.timedelta, dt.timedelta]:
        """Returns how long a session lasts at most, and without a visit, by its kind (AU-03, AU-11)."""
        if kind == "bootstrap":
            return BOOTSTRAP, BOOTSTRAP
        if kind == "code":
            return dt.timedelta(days=self.days), dt.timedelta(days=self.idle_days)
        if holds_office:
            return dt.timedelta(hours=self.office_hours), dt.timedelta(minutes=self.holder_idle_minutes)
        return dt.timedelta(hours=self.passkey_hours), dt.timedelta(minutes=self.passkey_idle_minutes)


@dataclass(frozen=True)
class Known:
    """A member as the provider meets them. seed: what pairwise subjects are made from."""

    seed: bytes | None
    nickname: str | None
    shown: str | None
    holder: str | None


@dataclass(frozen=True)
class Session:
    """One of a person's sign-ins. id is shown to them alone."""

    id: str
    started_at: dt.datetime
    seen_at: dt.datetime


@dataclass(frozen=True)
class Spell:
    """What the handshake proved, for the person's own eyes. proved_by: ``code`` or ``letter``."""

    area: str | None
    since: dt.date
    proved_by: str
    proved_at: dt.datetime


def actor_of(tx: Connection, token: str, lives: Lives) -> tuple[Actor, dt.datetime | None]:
    """Returns the actor behind a session token, and when they were last seen; a visitor for any other token."""
    row = tx.execute(_SESSION, {"token": hash_token(token)}).first()
    now = clock.now()
    if row is None or (row.locked_at is not None and row.kind != "bootstrap"):
        return VISITOR, None
    actor = person_as_actor(tx, row.person, row, lives)
    most, idle = lives.of(row.kind, holds_office=bool(actor.grants))
    if now >= row.started_at + most or now >= row.seen_at + idle:
        return VISITOR, None
    return actor, row.seen_at


def person_as_actor(tx: Connection, person: str, row: Row[Any], lives: Lives) -> Actor:
    """Builds the Actor of a session: standing, holder and running grants as they are now."""
    holder = row.holder
    grants = permits.carried_by(tx, holder) if holder else ()
    standing = None if row.spell is None else Standing(row.area, row.since, row.until_at)
    return Actor(
        person=person,
        nickname=row.nickname,
        shown=row.shown,
        holder=holder,
        standing=standing,
        grants=grants,
        proven_at=row.proven_at,
        session=row.id,
        kind=row.kind,
        passkey_at=row.passkey_at,
        proved_by=row.proved_by,
        rests_until=row.rests_until,
        office_hours=lives.office_hours,
        freezes=freezes.all_live(tx) if grants else (),
        is_claimant=bool(row.is_claimant),
    )


def session_of(tx: Connection, token: str) -> str | None:
    """Returns the id of the session behind a token."""
    return tx.scalar(sa.select(sessions.c.id).where(sessions.c.token_hash == hash_token(token)))


def area_of(tx: Connection, person: str) -> str | None:
    """Returns the area in which a person has standing, or None."""
    found = standing_of(tx, person)
    return None if found is None else found.area


def standing_of(tx: Connection, person: str) -> Standing | None:
    """Returns a person's running standing, or None."""
    row = tx.execute(_STANDING, {"person": person}).first()
    return None if row is None else Standing(row.area, row.since, row.until_at)


def known(tx: Connection, person: str) -> Known | None:
    """Returns what a site of a group may be told of a member, or None for who has no running standing."""
    row = tx.execute(_KNOWN, {"person": person}).first()
    return None if row is None else known_in(row)


def known_in(row: Any) -> Known:
    """Returns the member that a row with the columns KNOWN tells of."""
    return Known(None if row.seed is None else bytes(row.seed), row.nickname, row.shown, row.holder)


def seed_of(tx: Connection, person: str) -> bytes | None:
    """Returns what a person's pairwise subjects are made from, member or not any more."""
    found = tx.scalar(sa.select(persons.c.seed).where(persons.c.id == person))
    return None if found is None else bytes(found)


def spell_of(tx: Connection, person: str) -> Spell | None:
    """Returns the running spell of a person's standing with how it was proved, or None."""
    row = tx.execute(_STANDING, {"person": person}).first()
    return None if row is None else Spell(row.area, row.since, row.proved_by, row.proved_at)


def person_of_entry(tx: Connection, entry_ref: str) -> str | None:
    """Returns the person of a roster row, or None where nobody has come yet."""
    return tx.scalar(sa.select(persons.c.id).where(persons.c.entry_ref == entry_ref))


def entry_of_person(tx: Connection, person: str) -> str | None:
    """Returns the matcher's name for a person's roster row."""
    return tx.scalar(sa.select(persons.c.entry_ref).where(persons.c.id == person))


def nicknames(tx: Connection, people: list[str]) -> dict[str, tuple[str, str]]:
    """Returns person to (nickname, shown), for those with an account."""
    rows = tx.execute(sa.select(accounts).where(accounts.c.person.in_(people)))
    return {row.person: (row.nickname, row.shown) for row in rows}


def sessions_of(tx: Connection, person: str, lives: Lives) -> list[Session]:
    """Returns a person's running sessions, the newest visit first."""
    now = clock.now()
    mine = sa.select(sessions).where(
        sessions.c.person == person,
        sessions.c.ended_at.is_(None),
    )
    holder = permits.holder_of_person(tx, person)
    holds_office = bool(permits.carried_by(tx, holder)) if holder else False
    found = []
    for row in tx.execute(mine.order_by(sessions.c.seen_at.desc(), sessions.c.id)):
        most, idle = lives.of(row.kind, holds_office=holds_office)
        if now < row.started_at + most and now < row.seen_at + idle:
            found.append(Session(row.id, row.started_at, row.seen_at))
    return found
