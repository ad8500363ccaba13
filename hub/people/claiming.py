"""Persons who are here by a claim of their office alone: on a fork, before any roster names them. Source: GO-32.

Such a person has no roster row. Once there is a roster, their handshake, while they are signed in, gives them the row.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, sealing
from hub.errors import Conflict
from hub.people import sealed
from hub.people.actions import end_all_sessions
from hub.people.models import passkeys, persons
from hub.permits.models import holdings


def open_person(tx: Connection) -> str:
    """Returns a new person whom no roster names."""
    person = ids.new("per")
    tx.execute(sa.insert(persons), {"id": person, "entry_ref": None, "seed": None, "made_at": clock.now()})
    return person


def hold(tx: Connection, *, person: str, holder: str) -> None:
    """Notes which person a holder of the record is: private."""
    tx.execute(sa.insert(holdings), {"person": person, "holder": holder})


def is_claimant(tx: Connection, person: str) -> bool:
    """Tells whether a person is here by a claim alone."""
    named = sa.select(persons.c.id).where(persons.c.id == person, persons.c.entry_ref.is_(None))
    return tx.scalar(named) is not None


def take_row(tx: Connection, *, claimant: str, entry_ref: str, seed: bytes) -> str:
    """Returns the person of a roster row, who is the claimant from now on.

    Where somebody proved that row before, that account goes on, and takes over what was claimed and its passkeys.
    Raises Conflict where it holds offices under a name of its own.
    """
    known = sealed.take_row(tx, claimant, entry_ref)
    if known == claimant:
        named = sa.update(persons).where(persons.c.id == claimant, persons.c.entry_ref.is_(None))
        tx.execute(named.values(**sealed.row_and_seed(tx, claimant, entry_ref, seed)))
        return claimant
    if tx.scalar(sa.select(holdings.c.holder).where(holdings.c.person == known)) is not None:
        raise Conflict(
            "people.two_names",
            "This member holds offices here under another name in the record, so the claimed ones stay apart.",
        )
    tx.execute(sa.update(holdings).where(holdings.c.person == claimant).values(person=known))
    _hand_over_passkeys(tx, claimant, known)
    end_all_sessions(tx, person=claimant)
    return known


def _hand_over_passkeys(tx: Connection, claimant: str, known: str) -> None:
    """Lets another account have a claimant's passkeys; what they are called is sealed anew, for their new owner."""
    theirs = sa.select(passkeys.c.id, passkeys.c.name).where(passkeys.c.person == claimant)
    for row in tx.execute(theirs).all():
        name = sealing.read(tx, claimant, sealed.KEY_NAME, row.name) or "Passkey"
        anew = {"person": known, "name": sealing.write(tx, known, sealed.KEY_NAME, name)}
        tx.execute(sa.update(passkeys).where(passkeys.c.id == row.id).values(anew))
