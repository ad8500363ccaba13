"""The verbs: open an account, take a nickname, give and end standing, begin and end sessions."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, sealing
from hub.errors import Conflict, Invalid
from hub.people import sealed
from hub.people.models import accounts, persons, sessions, standings
from hub.people.nicknames import nickname_ok, tidy
from hub.people.tokens import hash_token, new_token

SHOWN = ("nickname", "member")


def open_account(tx: Connection, *, entry_ref: str, seed: bytes) -> str:
    """Returns the person of a roster row, making it the first time. One row, one person, whoever comes at once."""
    person = ids.new("per")
    known = sealed.take_row(tx, person, entry_ref)
    if known != person:
        return known
    kept = sealed.row_and_seed(tx, person, entry_ref, seed)
    tx.execute(sa.insert(persons), {"id": person, "made_at": clock.now(), **kept})
    return person


def give_standing(tx: Connection, *, person: str, area: str | None, since: dt.date, proved_by: str) -> None:
    """Notes what was proved: verified member of an area since a day. proved_by: ``code`` or ``letter``.

    The running spell goes on; its area follows the roster. After an ended one a new spell begins.
    """
    running = sa.update(standings).where(standings.c.person == person, standings.c.until_at.is_(None))
    now = clock.now()
    move_standing(tx, person=person, area=area)
    renewed = tx.execute(running.values(proved_by=proved_by, proved_at=now))
    if not renewed.rowcount:
        row = {"person": person, "area": area, "since": since, "proved_by": proved_by, "proved_at": now}
        tx.execute(sa.insert(standings), {**row, "begun_at": now, "area_since": now})


def move_standing(tx: Connection, *, person: str, area: str | None) -> None:
    """Follows the roster to another area."""
    running = sa.update(standings).where(standings.c.person == person, standings.c.until_at.is_(None))
    elsewhere = running.where(standings.c.area.is_distinct_from(area))
    tx.execute(elsewhere.values(area=area, area_since=clock.now(), area_before=standings.c.area))


def end_standing(tx: Connection, *, person: str, at: dt.datetime | None = None) -> None:
    """Ends the running spell and every session, at once (HS-27). at: since when it is over, where the clock is late."""
    running = sa.update(standings).where(standings.c.person == person, standings.c.until_at.is_(None))
    tx.execute(running.values(until_at=at or clock.now()))
    end_all_sessions(tx, person=person)


def take_nickname(tx: Connection, *, person: str, nickname: str, shown: str) -> None:
    """Makes the account: a nickname, and how the person is shown (``nickname`` or ``member``).

    Raises Invalid for what is missing or unfit, Conflict for a nickname that is taken.
    """
    name = tidy(nickname)
    verdict, mistakes = nickname_ok(name), {}
    if not verdict:
        mistakes["nickname"] = verdict.sentence
    if shown not in SHOWN:
        mistakes["shown"] = "Choose how your groups see you."
    if mistakes:
        raise Invalid(mistakes)
    if sealed.take_nickname(tx, person, name) != person:
        raise Conflict("people.nickname_taken", "That nickname is taken. Choose another.", "nickname")
    values = {"nickname": sealing.write(tx, person, sealed.NICKNAME, name), "shown": shown}
    changed = tx.execute(sa.update(accounts).where(accounts.c.person == person).values(values))
    if not changed.rowcount:
        tx.execute(sa.insert(accounts), {"person": person, "made_at": clock.now(), **values})


_BEGIN = sa.insert(sessions)


def start_session(tx: Connection, *, person: str, kind: str = "code") -> str:
    """Begins a session; returns its token. Every sign-in has a token of its own (no fixation).

    kind: code, passkey, or bootstrap: the short one of a code where the account has a passkey.
    """
    token, now = new_token(), clock.now()
    row = {
        "token_hash": hash_token(token),
        "id": ids.new("ses"),
        "person": person,
        "started_at": now,
        "seen_at": now,
        "proven_at": now,
        "kind": kind,
        "passkey_at": now if kind == "passkey" else None,
        "ended_at": None,
    }
    tx.execute(_BEGIN, row)
    return token


def step_up(tx: Connection, *, session: str, person: str) -> str:
    """Notes that a session's owner used a passkey just now; returns the session's new token (AU-11)."""
    token, now = new_token(), clock.now()
    mine = sa.update(sessions).where(sessions.c.id == session, sessions.c.person == person)
    values = {"token_hash": hash_token(token), "kind": "passkey", "passkey_at": now, "proven_at": now, "seen_at": now}
    tx.execute(mine.where(sessions.c.ended_at.is_(None)).values(values))
    return token


def end_other_sessions(tx: Connection, *, person: str, session: str | None) -> None:
    """Ends every session of a person but one."""
    mine = sa.update(sessions).where(
        sessions.c.person == person, sessions.c.ended_at.is_(None), sessions.c.id != (session or "")
    )
    tx.execute(mine.values(ended_at=clock.now()))


def touch_session(tx: Connection, token: str) -> None:
    """Notes a visit, so that the idle time counts from it."""
    mine = sa.update(sessions).where(sessions.c.token_hash == hash_token(token), sessions.c.ended_at.is_(None))
    tx.execute(mine.values(seen_at=clock.now()))


def end_session(tx: Connection, *, person: str, session: str) -> None:
    """Ends one of a person's sessions by its id; another person's is left as it is."""
    mine = sa.update(sessions).where(
        sessions.c.id == session, sessions.c.person == person, sessions.c.ended_at.is_(None)
    )
    tx.execute(mine.values(ended_at=clock.now()))


def end_all_sessions(tx: Connection, *, person: str) -> None:
    """Ends every session of a person."""
    mine = sa.update(sessions).where(sessions.c.person == person, sessions.c.ended_at.is_(None))
    tx.execute(mine.values(ended_at=clock.now()))


def join_entries(tx: Connection, *, former: str, entry_ref: str) -> None:
    """Lets a person's new roster row follow the old one, as the office says: a return joins the old person (HS-24)."""
    person = sealed.person_of_row(tx, former)
    if person is not None and sealed.take_row(tx, person, entry_ref) == person:
        follows = sealing.write(tx, person, sealed.ROW, entry_ref)
        tx.execute(sa.update(persons).where(persons.c.id == person).values(entry_ref=follows))


def forget_old_sessions(tx: Connection, *, days: int) -> int:
    """Deletes sessions that began more than so many days ago; returns how many."""
    old = clock.now() - dt.timedelta(days=days)
    return tx.execute(sa.delete(sessions).where(sessions.c.started_at < old)).rowcount
