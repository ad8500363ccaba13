"""Vouching: two organisers met somebody, who showed them a number on a screen of their own. Source: HS-22.

A number stands for one browser that asked for a code (or for one recovery); it is the same whatever was typed there,
and says nothing. Whoever vouches was proved by a code or a letter, never by vouching (depth one, no cycles), at most
ten times in 30 days, each time by a passkey.
"""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import audit, clock
from hub.envelope import ALPHABET, normal_code
from hub.errors import Forbidden, Invalid, RuleViolation, Verdict, no
from hub.people.models import vouches
from hub.permits import Actor, P, can

LENGTH, FRESH, MOST, MONTH = 8, dt.timedelta(hours=24), 10, dt.timedelta(days=30)
BY_CONTACT = ("code", "letter")


def number_of(secret: str) -> str:
    """Returns the request number of a browser's nonce or of a recovery: 40 bits of a hash, for people to read out."""
    bits = int.from_bytes(hashlib.sha256(b"folkmoot request " + secret.encode()).digest()[:5], "big")
    return "".join(ALPHABET[(bits >> 5 * place) & 31] for place in reversed(range(LENGTH)))


def vouch(tx: Connection, *, number: str, actor: Actor) -> None:
    """Gives one organiser's word for a number; once, however often. Raises Invalid, Forbidden, RuleViolation."""
    typed = normal_code(number)
    if len(typed) != LENGTH or any(char not in ALPHABET for char in typed):
        raise Invalid({"number": "A request number has 8 letters and numbers."})
    if not may_vouch(actor):
        raise Forbidden(may_vouch(actor))
    assert actor.person is not None
    mine = sa.select(sa.func.count()).select_from(vouches).where(vouches.c.by_person == actor.person)
    known = tx.scalar(mine.where(vouches.c.number == typed))
    if known:
        return
    if (tx.scalar(mine.where(vouches.c.at > clock.now() - MONTH)) or 0) >= MOST:
        raise RuleViolation("people.vouched_enough", f"You vouched {MOST} times in 30 days. Another organiser can.")
    tx.execute(sa.insert(vouches), {"number": typed, "by_person": actor.person, "at": clock.now()})
    audit.note(tx, person=actor.person, what="members.vouched", by="self", why="for a request number")


def may_vouch(actor: Actor) -> Verdict:
    """Says whether the actor may vouch: an organiser somewhere, proved by contact and not by vouching."""
    verdicts = [can(actor, P.MEMBERS_VOUCH, grant.scope) for grant in actor.grants]
    held = next((verdict for verdict in verdicts if verdict), None)
    if held is None:
        return verdicts[0] if verdicts else no("permits.no_grant", "Only organisers vouch for somebody.")
    if actor.proved_by not in BY_CONTACT:
        return no("people.vouched_oneself", "Whoever was vouched for, or shares an address, does not vouch for others.")
    return held


def is_vouched(tx: Connection, number: str, *, but: str = "", since: dt.datetime | None = None) -> bool:
    """Tells whether two organisers vouched for a number lately. but: whose own word counts for nothing."""
    lately = since or clock.now() - FRESH
    found = sa.select(sa.func.count(sa.distinct(vouches.c.by_person))).where(
        vouches.c.number == number, vouches.c.at >= lately, vouches.c.by_person != but
    )
    return (tx.scalar(found) or 0) >= 2


def forget(tx: Connection) -> None:
    """Deletes what no rule counts any more."""
    tx.execute(sa.delete(vouches).where(vouches.c.at < clock.now() - MONTH))
