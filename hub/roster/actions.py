"""The verbs of the web's side: turn a proof into a person with standing; and the worker's: deliver letters."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine import Connection

from hub import audit, outbox
from hub.db import Database
from hub.envelope import Proof
from hub.people import actions as people
from hub.people import claiming, queries
from hub.roster.line import Line

Proved = Callable[[Connection, str, Proof], None]
_PROVED: list[Proved] = []


def when_proved(told: Proved) -> Proved:
    """Registers what a room above does once a person proves a row, before they are a member by it."""
    _PROVED.append(told)
    return told


def admit(tx: Connection, proof: Proof, *, claimant: str | None = None) -> str:
    """Returns the person whom a proof names, with standing from now; the same roster row is always the same person.

    claimant: who is here by a claim of an office alone, and says that this row is theirs.
    """
    if claimant is not None and claiming.is_claimant(tx, claimant):
        person = claiming.take_row(tx, claimant=claimant, entry_ref=proof.entry_ref, seed=proof.seed)
    else:
        person = people.open_account(tx, entry_ref=proof.entry_ref, seed=proof.seed)
    for told in _PROVED:
        told(tx, person, proof)
    people.give_standing(tx, person=person, area=proof.area, since=proof.since, proved_by=proof.kind)
    audit.note(tx, person=person, what="standing.proved", by="self", why=f"by {proof.kind}")
    return person


def deliver_letters(db: Database, line: Line, limit: int = 100) -> int:
    """Hands unsent letters to the matcher; returns how many it took. One it does not take waits for the next round.

    If we die after it took one: the letter goes out twice, never not at all.
    """
    with db.read() as tx:
        waiting = [(letter, queries.entry_of_person(tx, letter.person)) for letter in outbox.unsent(tx, limit)]
    taken = 0
    for letter, entry_ref in waiting:
        delivered = entry_ref is None or line.deliver(
            entry_ref=entry_ref, template=letter.template, params=letter.params
        )
        if not delivered:
            break
        with db.write() as tx:
            outbox.mark_sent(tx, letter.id)
        taken += 1
    return taken
