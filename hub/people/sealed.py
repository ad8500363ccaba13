"""What of people's own rows is sealed, at which place each is, and how their words are read."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import sealing
from hub.db import Database
from hub.errors import Unsafe
from hub.people.models import accounts, persons

NICKNAME, ROW, SEED, KEY_NAME = "accounts.nickname", "persons.entry_ref", "persons.seed", "passkeys.name"
_TOGETHER = 500


def nickname_of(tx: Connection, person: str) -> str | None:
    """Returns a person's nickname; None where there is none, or nobody can read it any more."""
    sealed = tx.scalar(sa.select(accounts.c.nickname).where(accounts.c.person == person))
    return sealing.read(tx, person, NICKNAME, sealed)


def row_of(tx: Connection, person: str) -> str | None:
    """Returns the matcher's name for a person's roster row, likewise."""
    sealed = tx.scalar(sa.select(persons.c.entry_ref).where(persons.c.id == person))
    return sealing.read(tx, person, ROW, sealed)


def person_of_row(tx: Connection, entry_ref: str) -> str | None:
    """Returns the person of a roster row, or None where nobody has come yet."""
    return sealing.owner(tx, "row", entry_ref, lambda person: row_of(tx, person) == entry_ref)


def take_row(tx: Connection, person: str, entry_ref: str) -> str:
    """Gives a person a roster row, unless another has it; returns whose it is (HS-19)."""
    return sealing.take(tx, "row", entry_ref, person, lambda other: row_of(tx, other) == entry_ref)


def take_nickname(tx: Connection, person: str, nickname: str) -> str:
    """Gives a person a nickname, unless another has it; returns whose it is."""
    return sealing.take(tx, "nickname", nickname, person, lambda other: nickname_of(tx, other) == nickname)


def row_and_seed(tx: Connection, person: str, entry_ref: str, seed: bytes) -> dict[str, bytes]:
    """Returns what the row of a person keeps of the roster's, sealed."""
    return {
        "entry_ref": sealing.write(tx, person, ROW, entry_ref),
        "seed": sealing.seal(tx, person, SEED, seed),
    }


def seed(tx: Connection, person: str, sealed: bytes | None) -> bytes | None:
    """Returns what a person's pairwise subjects are made from, or None as for words."""
    return sealing.read_bytes(tx, person, SEED, sealed)


def insist_on_keys(db: Database) -> None:
    """Raises Unsafe where there are people and no key of any: going on would make new ones, which open nothing."""
    with db.read() as tx:
        some = list(tx.scalars(sa.select(persons.c.id).where(persons.c.entry_ref.is_not(None)).limit(_TOGETHER)))
    if some and not sealing.vault_of(db.engine).fetch(some):
        db.close()
        raise Unsafe("The vault has no key of anybody here. Give it back what it had: hub vault restore FILE")


def name_again(tx: Connection) -> int:
    """Tells the vault whose every row of the list and every nickname is, after it lost that; returns how many."""
    return _name_again(tx, "row", persons.c.id, persons.c.entry_ref, ROW) + _name_again(
        tx, "nickname", accounts.c.person, accounts.c.nickname, NICKNAME
    )


def _name_again(tx: Connection, kind: str, whose: sa.Column[str], kept: sa.Column[bytes], place: str) -> int:
    known, after = 0, ""
    some = sa.select(whose, kept).order_by(whose).limit(_TOGETHER)
    while rows := tx.execute(some.where(whose > after)).all():
        sealing.fetch(tx, [person for person, _sealed in rows])
        read = {sealing.read(tx, person, place, sealed): person for person, sealed in rows}
        words = {word: person for word, person in read.items() if word is not None}
        sealing.name(tx, kind, words)
        known, after = known + len(words), rows[-1][0]
    return known
