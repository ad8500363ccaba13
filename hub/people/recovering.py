"""Locking an account, and coming back into it without its passkey. Source: AU-07, AU-14.

A recovery takes two proofs of three (a posted letter's code, two organisers in person, a second passkey) and three
days; letters go out at once and after 24 and 48 hours, and any of them, or any session that still runs, stops it. The
code that a mailbox receives counts for nothing here: it only opens the short session in which a recovery is begun.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import audit, clock, ids, outbox
from hub.errors import NotFound, RuleViolation
from hub.people import vouching
from hub.people.actions import end_all_sessions, end_other_sessions
from hub.people.models import accounts, passkeys, recoveries, sessions
from hub.people.tokens import hash_token, new_token

WAIT, REST = dt.timedelta(hours=72), dt.timedelta(days=7)
TOLD_AT = (dt.timedelta(0), dt.timedelta(hours=24), dt.timedelta(hours=48))
PROOFS = ("letter_at", "vouched_at", "passkey_at")
Sign = Callable[[str], str]


@dataclass(frozen=True)
class Recovery:
    """Where a recovery stands. number: what two organisers are shown; ready_at: not before, and with two proofs."""

    id: str
    begun_at: dt.datetime
    letter: bool
    vouched: bool
    passkey: bool
    number: str

    @property
    def ready_at(self) -> dt.datetime:
        """When the wait is over."""
        return self.begun_at + WAIT

    @property
    def proofs(self) -> int:
        """How many proofs there are."""
        return sum((self.letter, self.vouched, self.passkey))


def lock(tx: Connection, *, person: str) -> None:
    """Locks an account: every session ends, a running recovery stops, nobody signs in until one is finished."""
    mine = sa.update(accounts).where(accounts.c.person == person, accounts.c.locked_at.is_(None))
    fresh = tx.execute(mine.values(locked_at=clock.now())).rowcount
    end_all_sessions(tx, person=person)
    _end(tx, person, "stopped")
    if fresh:
        audit.note(tx, person=person, what="account.locked", by="self", why="from a letter")
        outbox.put(tx, person=person, template="account_locked")


def is_locked(tx: Connection, person: str) -> bool:
    """Tells whether an account is locked."""
    return tx.scalar(sa.select(accounts.c.locked_at).where(accounts.c.person == person)) is not None


def begin(tx: Connection, *, person: str, sign_lock: Sign) -> Recovery:
    """Begins a recovery, or returns the one that runs. Every way to reach the member is told at once."""
    running = find(tx, person)
    if running is not None:
        return running
    row = {"id": ids.new("rec"), "person": person, "begun_at": clock.now(), "told": 1}
    tx.execute(sa.insert(recoveries), row)
    outbox.put(tx, person=person, template="recovery_waits", lock=sign_lock(person))
    audit.note(tx, person=person, what="recovery.begun", by="self", why="without a passkey")
    found = find(tx, person)
    assert found is not None
    return found


def find(tx: Connection, person: str) -> Recovery | None:
    """Returns a person's running recovery, or None; notes what organisers vouched for meanwhile."""
    row = _running(tx, person)
    if row is None:
        return None
    number = vouching.number_of(row.id)
    vouched = row.vouched_at is not None or vouching.is_vouched(tx, number, but=person, since=row.begun_at)
    return Recovery(row.id, row.begun_at, row.letter_at is not None, vouched, row.passkey_at is not None, number)


def note_proof(tx: Connection, *, person: str, proof: str) -> None:
    """Notes a letter's code or a second passkey. Raises NotFound where no recovery runs."""
    if proof not in PROOFS:
        raise ValueError(proof)
    row = _running(tx, person)
    if row is None:
        raise NotFound
    tx.execute(sa.update(recoveries).where(recoveries.c.id == row.id).values({proof: clock.now()}))


def stop(tx: Connection, *, person: str) -> bool:
    """Stops a running recovery, by any notice or session; tells whether there was one."""
    if not _end(tx, person, "stopped"):
        return False
    outbox.put(tx, person=person, template="recovery_stopped")
    return True


def finish(tx: Connection, *, person: str, session: str, sign_lock: Sign) -> str:
    """Finishes a recovery in the browser that asks: old passkeys are off, other sessions end, offices rest a week.

    Returns the session's new token: whoever knew the short one's gains nothing by it (AU-11).
    Raises NotFound where none runs, RuleViolation before its time or without two proofs.
    """
    found = find(tx, person)
    if found is None:
        raise NotFound
    if clock.now() < found.ready_at:
        raise RuleViolation("people.recovery_waits", "The three days are not over. Come back then, the same way.")
    if found.proofs < 2:
        raise RuleViolation("people.recovery_proofs", "It takes two proofs. One or both are still missing.")
    now = clock.now()
    _end(tx, person, "done")
    off = sa.update(passkeys).where(passkeys.c.person == person, passkeys.c.removed_at.is_(None))
    tx.execute(off.values(removed_at=now))
    opened = {"locked_at": None, "rests_until": now + REST}
    tx.execute(sa.update(accounts).where(accounts.c.person == person).values(opened))
    end_other_sessions(tx, person=person, session=session)
    token = new_token()
    full = {"token_hash": hash_token(token), "kind": "code", "started_at": now, "seen_at": now}
    tx.execute(sa.update(sessions).where(sessions.c.id == session).values(full))
    outbox.put(tx, person=person, template="recovery_done", lock=sign_lock(person))
    audit.note(tx, person=person, what="recovery.done", by="self", why="two proofs and three days")
    return token


def tell_waiting(tx: Connection, *, sign_lock: Sign) -> int:
    """Tells members again, 24 and 48 hours after somebody began a recovery; returns how many letters."""
    running = sa.select(recoveries).where(recoveries.c.ended_at.is_(None), recoveries.c.told < len(TOLD_AT))
    told = 0
    for row in tx.execute(running).all():
        if clock.now() < row.begun_at + TOLD_AT[row.told]:
            continue
        tx.execute(sa.update(recoveries).where(recoveries.c.id == row.id).values(told=row.told + 1))
        outbox.put(tx, person=row.person, template="recovery_waits", lock=sign_lock(row.person))
        told += 1
    return told


def _running(tx: Connection, person: str) -> Row[Any] | None:
    return tx.execute(
        sa.select(recoveries).where(recoveries.c.person == person, recoveries.c.ended_at.is_(None))
    ).first()


def _end(tx: Connection, person: str, outcome: str) -> int:
    mine = sa.update(recoveries).where(recoveries.c.person == person, recoveries.c.ended_at.is_(None))
    return tx.execute(mine.values(ended_at=clock.now(), outcome=outcome)).rowcount
