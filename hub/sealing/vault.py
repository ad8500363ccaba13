"""Where keys lie: a store of their own, or memory where the hub's own store is in memory. Each verb is kept at once.

No unit of work of the hub's spans both: a key is there before the row that it seals, and goes after it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Protocol

from sqlalchemy.engine import Connection

from hub import chance, clock
from hub.db import Database, seconds

SIZE = 32  # bytes of a key
OWN = "vault"  # the subject of the key by which names are found
KEPT = dt.timedelta(days=92)  # for which it is known whose key was destroyed: longer than any copy lives
_TOGETHER = 500  # values in one statement


class Vault(Protocol):
    """What every vault does. subjects: opaque names; kind, value: of what and as which word somebody is found."""

    def fetch(self, subjects: Sequence[str]) -> dict[str, bytes]:
        """Returns the keys that there are, by subject."""

    def make(self, subjects: Sequence[str]) -> dict[str, bytes]:
        """Returns the key of each, making those that there are not."""

    def destroy(self, subjects: Sequence[str]) -> int:
        """Ends keys, and with them all that they sealed, and their names; returns how many keys there were."""

    def erased(self) -> list[str]:
        """Returns subjects whose key was destroyed within three months, or longer ago while nobody called forget."""

    def forget(self) -> int:
        """Forgets whose key was destroyed three months ago; returns how many."""

    def older(self, kind: str, than: dt.datetime, after: str, most: int) -> list[str]:
        """Returns subjects whose name begins with kind and an underscore, in order, made before a moment."""

    def owner(self, kind: str, value: str) -> str | None:
        """Returns whose a word was said to be last; whether it still is, their row says."""

    def name(self, kind: str, whose: Mapping[str, str]) -> None:
        """Notes whose words are: value to subject."""


class Memory:
    """A vault that ends with its process."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[bytes, dt.datetime]] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.gone: dict[str, dt.datetime] = {}

    def copy(self) -> Memory:
        """Returns another with the same keys."""
        return deepcopy(self)

    def fetch(self, subjects: Sequence[str]) -> dict[str, bytes]:
        """As Vault says."""
        return {subject: self.keys[subject][0] for subject in subjects if subject in self.keys}

    def make(self, subjects: Sequence[str]) -> dict[str, bytes]:
        """As Vault says."""
        return {subject: self.keys.setdefault(subject, (chance.octets(SIZE), clock.now()))[0] for subject in subjects}

    def destroy(self, subjects: Sequence[str]) -> int:
        """As Vault says."""
        self.names = {name: whose for name, whose in self.names.items() if whose not in subjects}
        self.gone |= dict.fromkeys(subjects, clock.now())
        return sum(self.keys.pop(subject, None) is not None for subject in subjects)

    def erased(self) -> list[str]:
        """As Vault says."""
        return sorted(self.gone)

    def forget(self) -> int:
        """As Vault says."""
        old = [subject for subject, at in self.gone.items() if at < clock.now() - KEPT]
        return sum(self.gone.pop(subject) is not None for subject in old)

    def older(self, kind: str, than: dt.datetime, after: str, most: int) -> list[str]:
        """As Vault says."""
        found = sorted(one for one, (_key, at) in self.keys.items() if one.startswith(f"{kind}_") and at < than)
        return [subject for subject in found if subject > after][:most]

    def owner(self, kind: str, value: str) -> str | None:
        """As Vault says."""
        return self.names.get((kind, value))

    def name(self, kind: str, whose: Mapping[str, str]) -> None:
        """As Vault says."""
        self.names |= {(kind, value): subject for value, subject in whose.items()}


class Stored:
    """A vault in a store of its own: one file of SQLite, or a database of PostgreSQL."""

    def __init__(self, db: Database) -> None:
        self.db, self.own = db, b""
        mark = "?" if db.is_sqlite else "%s"
        self.many = "IN ({})" if db.is_sqlite else "= ANY(%s)"
        row = f"VALUES ({mark}, {mark}, {mark}) ON CONFLICT"
        self.insert = f"INSERT INTO keys (subject, key, made_at) {row} DO NOTHING"
        self.upsert = (
            f"INSERT INTO names (kind, digest, subject) {row} (kind, digest) DO UPDATE SET subject = excluded.subject"
        )
        self.ended = f"INSERT INTO erased (subject, at) VALUES ({mark}, {mark}) ON CONFLICT DO NOTHING"  # noqa: S608
        self.past = f"DELETE FROM erased WHERE at < {mark}"  # noqa: S608
        self.whose = f"SELECT subject FROM names WHERE kind = {mark} AND digest = {mark}"  # noqa: S608  # of our own
        self.page = (
            f"SELECT subject FROM keys WHERE subject > {mark} AND subject < {mark} AND made_at < {mark}"  # noqa: S608
            f" ORDER BY subject LIMIT {mark}"
        )

    def fetch(self, subjects: Sequence[str]) -> dict[str, bytes]:
        """As Vault says."""
        with self.db.read() as tx:
            return self._found(tx, subjects)

    def make(self, subjects: Sequence[str]) -> dict[str, bytes]:
        """As Vault says."""
        at = seconds(clock.now())
        with self.db.write() as tx:
            for subject in sorted(subjects):
                tx.exec_driver_sql(self.insert, (subject, chance.octets(SIZE), at))
        return self.fetch(subjects)

    def destroy(self, subjects: Sequence[str]) -> int:
        """As Vault says; on SQLite their bytes leave the file and its journal, on PostgreSQL the table's free room."""
        gone, at = 0, seconds(clock.now())
        with self.db.write() as tx:
            for subject in subjects:
                tx.exec_driver_sql(self.ended, (subject, at))
            for some in _parts(subjects):
                tx.exec_driver_sql(f"DELETE FROM names WHERE subject {self._among(some)}", self._given(some))  # noqa: S608
                gone += tx.exec_driver_sql(
                    f"DELETE FROM keys WHERE subject {self._among(some)}",  # noqa: S608
                    self._given(some),
                ).rowcount
        self.db.scour("keys", "names")
        return gone

    def erased(self) -> list[str]:
        """As Vault says."""
        with self.db.read() as tx:
            return list(tx.exec_driver_sql("SELECT subject FROM erased ORDER BY subject").scalars())

    def forget(self) -> int:
        """As Vault says."""
        with self.db.write() as tx:
            return tx.exec_driver_sql(self.past, (seconds(clock.now() - KEPT),)).rowcount

    def older(self, kind: str, than: dt.datetime, after: str, most: int) -> list[str]:
        """As Vault says."""
        given = (max(after, f"{kind}_"), f"{kind}`", seconds(than), most)  # ` comes after _
        with self.db.read() as tx:
            return list(tx.exec_driver_sql(self.page, given).scalars())

    def owner(self, kind: str, value: str) -> str | None:
        """As Vault says."""
        given = (kind, self._digest(kind, value))
        with self.db.read() as tx:
            return tx.exec_driver_sql(self.whose, given).scalar()

    def name(self, kind: str, whose: Mapping[str, str]) -> None:
        """As Vault says."""
        given = [(kind, self._digest(kind, value), subject) for value, subject in whose.items()]
        with self.db.write() as tx:
            for one in sorted(given):
                tx.exec_driver_sql(self.upsert, one)

    def _digest(self, kind: str, value: str) -> bytes:
        self.own = self.own or self.make([OWN])[OWN]
        return hmac.digest(self.own, f"{kind} {value}".encode(), hashlib.sha256)

    def _found(self, tx: Connection, subjects: Sequence[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for some in _parts(subjects):
            asked = f"SELECT subject, key FROM keys WHERE subject {self._among(some)}"  # noqa: S608  # of our own
            found |= {subject: bytes(key) for subject, key in tx.exec_driver_sql(asked, self._given(some))}
        return found

    def _among(self, some: Sequence[str]) -> str:
        return self.many.format(", ".join("?" * len(some)))

    def _given(self, some: Sequence[str]) -> tuple[object, ...]:
        return tuple(some) if self.db.is_sqlite else (list(some),)


def _parts(subjects: Sequence[str]) -> Iterator[Sequence[str]]:
    for place in range(0, len(subjects), _TOGETHER):
        yield subjects[place : place + _TOGETHER]
