"""Reads: the Actor behind a token, a person's account, sessions and standing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock, sealing
from hub.db import among
from hub.people import sealed
from hub.people.models import accounts, persons, sessions, standings
from hub.people.nicknames import tidy
from hub.people.tokens import hash_token
from hub.permits import VISITOR, Actor, Standing, freezes, keeping
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
"""What known_in reads, beside the column ``person``."""
_KNOWN = (
    sa.select(persons.c.id.label("person"), *KNOWN).select_from(KNOWN_IN).where(persons.c.id == sa.bindparam("person"))
)


_NEVER = sa.literal(dt.datetime(9999, 1, 1, tzinfo=dt.UTC), standings.c.until_at.type)
_AT_ONCE = 5000  # a database takes no more than some ten thousand values in one statement
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
    if row.nickname is not None and actor.nickname is None:
        return VISITOR, None  # whoever was erased, and is back by a restored database: nobody any more
    most, idle = lives.of(row.kind, holds_office=bool(actor.grants))
    if now >= row.started_at + most or now >= row.seen_at + idle:
        return VISITOR, None
    return actor, row.seen_at


def person_as_actor(tx: Connection, person: str, row: Row[Any], lives: Lives) -> Actor:
    """Builds the Actor of a session: standing, holder and running grants as they are now."""
    holder = row.holder
    grants = permits.carried_by(tx, holder) if holder else ()
    standing = None if row.spell is None else Standing(row.area, row.since, row.until_at)
    kept = keeping.of(tx, person)
    return Actor(
        person=person,
        nickname=sealing.read(tx, person, sealed.NICKNAME, row.nickname),
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
        suspended_until=kept.suspended_until,
        limited_until=kept.limited_until,
        resting=keeping.resting(tx, grants),
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
    return None if row is None else known_in(tx, row)


def known_in(tx: Connection, row: Any) -> Known:
    """Returns the member that a row with the columns KNOWN and ``person`` tells of."""
    nickname = sealing.read(tx, row.person, sealed.NICKNAME, row.nickname)
    return Known(sealed.seed(tx, row.person, row.seed), nickname, row.shown, row.holder)


def seed_of(tx: Connection, person: str) -> bytes | None:
    """Returns what a person's pairwise subjects are made from, member or not any more."""
    return sealed.seed(tx, person, tx.scalar(sa.select(persons.c.seed).where(persons.c.id == person)))


def spell_of(tx: Connection, person: str) -> Spell | None:
    """Returns the running spell of a person's standing with how it was proved, or None."""
    row = tx.execute(_STANDING, {"person": person}).first()
    return None if row is None else Spell(row.area, row.since, row.proved_by, row.proved_at)


def person_of_entry(tx: Connection, entry_ref: str) -> str | None:
    """Returns the person of a roster row, or None where nobody has come yet."""
    return sealed.person_of_row(tx, entry_ref)


def entry_of_person(tx: Connection, person: str) -> str | None:
    """Returns the matcher's name for a person's roster row."""
    return sealed.row_of(tx, person)


def members_among(tx: Connection, people: Sequence[str]) -> set[str]:
    """Returns which of some people are members now."""
    running = sa.select(standings.c.person).where(standings.c.until_at.is_(None))
    return set(tx.scalars(running.where(standings.c.person.in_(people)))) if people else set()


def hold_people(tx: Connection, people: Sequence[str]) -> list[str]:
    """Returns who of some people is still known, and lets nobody else begin anything of theirs in this unit of work."""
    known = sa.select(persons.c.id).where(persons.c.id.in_(people)).order_by(persons.c.id).with_for_update()
    return list(tx.scalars(known))


def there_among(tx: Connection, people: Sequence[str]) -> list[str]:
    """Returns which of some people there are, however many are asked for."""
    asked = among(sa.select(persons.c.id), persons.c.id)[tx.dialect.name]
    parts = [people[place : place + _AT_ONCE] for place in range(0, len(people), _AT_ONCE)]
    return [person for some in parts for person in tx.scalars(asked, {"wanted": list(some)})]


def away_since(tx: Connection, since: dt.datetime, most: int) -> list[str]:
    """Returns people whose last membership ended before a moment, the longest away first."""
    last = sa.func.max(sa.func.coalesce(standings.c.until_at, _NEVER))
    away = sa.select(standings.c.person).group_by(standings.c.person).having(last < since)
    return list(tx.scalars(away.order_by(last, standings.c.person).limit(most)))


def strangers_since(tx: Connection, since: dt.datetime, most: int) -> list[str]:
    """Returns people whom no list ever named, and who came before a moment: by a claim, the longest ago first."""
    named = sa.select(standings.c.person)
    came = sa.select(persons.c.id).where(persons.c.made_at < since, persons.c.id.not_in(named))
    return list(tx.scalars(came.order_by(persons.c.made_at, persons.c.id).limit(most)))


def has_account(tx: Connection, person: str) -> bool:
    """Says whether somebody has taken a nickname."""
    return tx.scalar(sa.select(accounts.c.person).where(accounts.c.person == person)) is not None


def nickname_of(tx: Connection, person: str) -> str | None:
    """Returns what members see somebody called, or None for who has no account any more."""
    return sealed.nickname_of(tx, person)


def person_named(tx: Connection, nickname: str) -> str | None:
    """Returns whose nickname this is, letter by letter; None where nobody has it. Nothing is searched."""
    name = tidy(nickname)
    return sealing.owner(tx, "nickname", name, lambda person: sealed.nickname_of(tx, person) == name)


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
