"""The verbs, in a unit of work of the hub's: seal, open, find by a sealed word; and afterwards, destroy.

A unit of work fetches a key once and keeps it to its end, never longer: nothing opens after an erasing what it opened
before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from hub import clock
from hub.db import Database
from hub.sealing import box
from hub.sealing.box import Unreadable
from hub.sealing.vault import Memory, Stored, Vault

AFTER = dt.timedelta(days=1)  # a key may wait so long for the row that it seals
MOST = 1000  # keys in one sweep: a wrong or empty database in the hub's place costs no more
_vaults: WeakKeyDictionary[Engine, Vault] = WeakKeyDictionary()
_fetched: WeakKeyDictionary[Connection, dict[str, bytes]] = WeakKeyDictionary()


def attach(db: Database, vault: Vault) -> None:
    """Says where the keys of a hub's store lie, before anything is sealed or opened; both are closed together."""
    _vaults[db.engine] = vault
    if isinstance(vault, Stored):
        sa.event.listen(db.engine, "engine_disposed", lambda _engine: vault.db.close())


def vault_of(engine: Engine) -> Vault:
    """Returns where the keys of a store lie; of one in memory, in memory. Raises RuntimeError where nobody said."""
    found = _vaults.get(engine)
    if found is not None:
        return found
    if engine.url.get_backend_name() != "sqlite" or engine.url.database not in (None, "", ":memory:"):
        raise RuntimeError("nobody said where the keys of this store lie: sealing.attach comes first")
    return _vaults.setdefault(engine, Memory())


def new(tx: Connection, subjects: Sequence[str]) -> None:
    """Makes the keys of subjects, where there are none, and fetches them all at once."""
    known = _of(tx)
    missing = [subject for subject in dict.fromkeys(subjects) if subject not in known]
    if missing:
        known |= vault_of(tx.engine).fetch(missing)
        missing = [subject for subject in missing if subject not in known]
    if missing:
        known |= vault_of(tx.engine).make(missing)


def fetch(tx: Connection, subjects: Iterable[str]) -> None:
    """Fetches many keys at once, so that opening asks for none of them."""
    known = _of(tx)
    missing = [subject for subject in dict.fromkeys(subjects) if subject not in known]
    if missing:
        known |= vault_of(tx.engine).fetch(missing)


def seal(tx: Connection, subject: str, place: str, value: bytes) -> bytes:
    """Returns a value sealed for a subject and a place, with the subject's key; makes that where there is none."""
    new(tx, [subject])
    return box.seal(_of(tx)[subject], subject, place, value)


def open_sealed(tx: Connection, subject: str, place: str, sealed: bytes) -> bytes:
    """Returns what was sealed. Raises Unreadable where the key is gone, or opens something else."""
    fetch(tx, [subject])
    key = _of(tx).get(subject)
    if key is None:
        raise Unreadable("its key is gone")
    return box.open_sealed(key, subject, place, sealed)


def write(tx: Connection, subject: str, place: str, words: str) -> bytes:
    """Returns words sealed."""
    return seal(tx, subject, place, words.encode())


def read(tx: Connection, subject: str, place: str, sealed: bytes | None) -> str | None:
    """Returns words that were sealed; None where there are none, or nobody can read them any more."""
    found = read_bytes(tx, subject, place, sealed)
    return None if found is None else found.decode()


def read_bytes(tx: Connection, subject: str, place: str, sealed: bytes | None) -> bytes | None:
    """Returns bytes that were sealed, or None likewise."""
    if sealed is None:
        return None
    try:
        return open_sealed(tx, subject, place, sealed)
    except Unreadable:
        return None


def owner(tx: Connection, kind: str, value: str, holds: Callable[[str], bool]) -> str | None:
    """Returns whose a word is, by a kind of words each of which is one subject's. holds: whether their row says so."""
    found = vault_of(tx.engine).owner(kind, value)
    return found if found is not None and holds(found) else None


def take(tx: Connection, kind: str, value: str, subject: str, holds: Callable[[str], bool]) -> str:
    """Gives a word to a subject, unless another's row has it; returns whose it is.

    holds: as owner takes it. Nobody else takes it before this unit of work is over; where that fails, it is nobody's.
    """
    if tx.dialect.name == "postgresql":
        lock = int.from_bytes(hashlib.sha256(f"{kind} {value}".encode()).digest()[:8], "big", signed=True)
        tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock})")
    known = owner(tx, kind, value, holds)
    if known is None:
        vault_of(tx.engine).name(kind, {value: subject})
    return known or subject


def name(tx: Connection, kind: str, whose: Mapping[str, str]) -> None:
    """Tells the vault whose words are, value to subject, as their rows have it: where it did not know, or lost it."""
    vault_of(tx.engine).name(kind, whose)


def destroy(db: Database, subjects: Collection[str]) -> int:
    """Ends the keys of subjects whose rows are gone, and have been committed; returns how many."""
    return vault_of(db.engine).destroy(list(subjects)) if subjects else 0


def sweep(db: Database, kind: str, known: Callable[[Connection, Sequence[str]], Collection[str]]) -> int:
    """Ends keys of a kind (``per``) that no row has: of units that failed, or died before destroy. Returns how many.

    known: which of some subjects there are. Nothing is swept while there are none of them at all, and MOST at a time.
    """
    vault, gone, after, alive = vault_of(db.engine), [], "", False
    while some := vault.older(kind, clock.now() - AFTER, after, MOST):
        with db.read() as tx:
            there = set(known(tx, some))
        alive, after = alive or bool(there), some[-1]
        gone += [subject for subject in some if subject not in there]
    return destroy(db, gone[:MOST]) if alive else 0


def _of(tx: Connection) -> dict[str, bytes]:
    return _fetched.setdefault(tx, {})
