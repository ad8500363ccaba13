"""Keys: a member lets organisers of their branch look, for a week; without one no organiser opens a record."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import chance, clock, ids
from hub.errors import Forbidden, Invalid
from hub.looks.models import look_keys
from hub.looks.reading import open_fields
from hub.people.queries import hold_people
from hub.permits import Actor, Grant, P, Scope, can, require

GOOD_FOR = dt.timedelta(days=7)
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
LENGTH = 16  # letters: 79 bits


def give_key(tx: Connection, *, actor: Actor, scope: Scope) -> str:
    """Makes a key for organisers of a branch in place of any before, and returns it; it is told this once."""
    key = "".join(chance.one_of(ALPHABET) for _place in range(LENGTH))
    assert actor.person is not None
    hold_people(tx, [actor.person])
    take_key_back(tx, actor=actor)
    row = {"hash": _hash(key), "number": ids.new("lok"), "person": actor.person, "scope_kind": scope.kind}
    now = clock.now()
    tx.execute(sa.insert(look_keys), {**row, "scope_id": scope.id, "given_at": now, "until_at": now + GOOD_FOR})
    return "-".join(key[place : place + 4] for place in range(0, LENGTH, 4))


def take_key_back(tx: Connection, *, actor: Actor) -> bool:
    """Takes a member's key back; says whether there was one."""
    return bool(tx.execute(sa.delete(look_keys).where(look_keys.c.person == actor.person)).rowcount)


def offices_that_look(actor: Actor) -> list[Grant]:
    """Returns the offices of an actor in which members can let them look: organisers of branches, as vouching is."""
    grants = [grant for grant in actor.grants if grant.scope.kind == "branch"]
    return [grant for grant in grants if can(actor, P.MEMBERS_VOUCH, grant.scope)]


def open_by_key(tx: Connection, *, actor: Actor, key: str) -> dict[str, Any]:
    """Returns the fields of whoever gave an organiser this key, and writes that they looked.

    Raises Forbidden for who organises no branch, Invalid for a key that is not right, is over, or is for another
    branch, all alike; TooMany beyond the day's budget.
    """
    offices = offices_that_look(actor)
    if not offices:
        raise Forbidden(can(actor, P.MEMBERS_VOUCH, Scope("branch", "")))
    places = [grant.scope.id for grant in offices]
    mine = sa.select(look_keys).where(look_keys.c.hash == _hash(key), look_keys.c.until_at > clock.now())
    row = tx.execute(mine.where(look_keys.c.scope_kind == "branch", look_keys.c.scope_id.in_(places))).first()
    if row is None:
        raise Invalid({"key": "This key is not right, is over, or is for another branch. Ask for a new one."})
    scope = next(grant.scope for grant in offices if grant.scope.id == row.scope_id)
    grant = require(actor, P.MEMBERS_VOUCH, scope)
    people = [row.person]
    return open_fields(tx, actor=actor, grant=grant, purpose="asked", about=row.number, people=people)[row.person]


def _hash(key: str) -> str:
    plain = "".join(letter for letter in key.lower() if letter in ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()
