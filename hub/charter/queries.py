"""Reads: the charter in force, the chain to it, and up to which size entries give power."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.charter.models import charters, seals
from hub.charter.rules import Signed, walk
from hub.ledger.models import entries

A_DAY = dt.timedelta(days=1)
# Of one chain: the newest, where an heir has begun one of its own after that of the hub which it continues.
_FIRST = sa.select(sa.func.max(charters.c.entry)).where(charters.c.version == 1).scalar_subquery()
_CHAIN = sa.select(charters.c.version, charters.c.signed).where(charters.c.entry >= _FIRST).order_by(charters.c.entry)
_EARLIER = sa.select(charters.c.version, charters.c.signed).where(charters.c.entry < _FIRST).order_by(charters.c.entry)
_BEGINNINGS = (
    sa.select(entries.c.bytes).where(entries.c.type.in_(["hub.founded", "hub.forked"])).order_by(entries.c.index)
)
# A charter is adopted only where it names the key that signs this log: those of before a fork name the old hub's.
_BEGUN = (
    sa.select(sa.func.coalesce(sa.func.max(entries.c.index), 0)).where(entries.c.type == "hub.forked").scalar_subquery()
)
_OURS = sa.select(charters).where(charters.c.entry > _BEGUN)
_FIRST_QUORUM = sa.select(sa.func.min(charters.c.entry)).where(charters.c.has_quorum, charters.c.entry > _BEGUN)
_EFFECTIVE = sa.select(
    sa.select(sa.func.coalesce(sa.func.max(entries.c.index), -1) + 1).scalar_subquery().label("size"),
    sa.select(entries.c.at).order_by(entries.c.index.desc()).limit(1).scalar_subquery().label("newest"),
    _OURS.with_only_columns(charters.c.has_quorum)
    .order_by(charters.c.entry.desc())
    .limit(1)
    .scalar_subquery()
    .label("has_quorum"),
    _FIRST_QUORUM.scalar_subquery().label("since"),
    sa.select(seals.c.size).order_by(seals.c.size.desc()).limit(1).scalar_subquery().label("sealed"),
    sa.select(seals.c.at).order_by(seals.c.size.desc()).limit(1).scalar_subquery().label("witnessed"),
)


@dataclass(frozen=True)
class Seal:
    """The last published checkpoint. witnesses: the names of those who signed it; at: when, as they say."""

    size: int
    at: dt.datetime
    witnesses: tuple[str, ...]


class Effective(NamedTuple):
    """Up to where, and until when, the record gives power. size: entries; at: the moment by which terms count."""

    size: int
    at: dt.datetime


def effective(tx: Connection) -> Effective:
    """Returns what gives power now: the whole record until a charter with a quorum is in force, by the hub's clock.

    From then on it is the size that the quorum has signed, and never less than what stood there before that charter: a
    witness that does not answer at once takes nobody's office. A term that the record or its witnesses have outlived
    does not come back with a clock that is put back. Source: DESIGN decision 6, LG-04, GO-17.
    """
    row = tx.execute(_EFFECTIVE).one()
    size = row.size if not row.has_quorum else min(row.size, max(row.since, row.sealed or 0))
    witnessed = row.witnessed if row.has_quorum else None
    return Effective(int(size), max(at for at in (clock.now(), row.newest, witnessed) if at is not None))


def effective_size(tx: Connection) -> int:
    """Returns the size up to which entries give power."""
    return effective(tx).size


def waits_by(tx: Connection, now: dt.datetime) -> dt.datetime:
    """Returns the moment by which waits are over: the hub's, but no more than a day past what witnesses saw last.

    Without a charter with a quorum it is the hub's own clock alone. An honest hub has its record witnessed every day.
    Source: GO-17, both ends of a wait count by the witnesses' time; LG-04, the others stay visibly pending.
    """
    row = tx.execute(_EFFECTIVE).one()
    return min(now, row.witnessed + A_DAY) if row.has_quorum and row.witnessed is not None else now


def newest(tx: Connection) -> Signed | None:
    """Returns the newest charter, or None: its trustees sign the next. Each was checked when it was adopted."""
    chain = chain_of(tx)
    return chain[-1] if chain else None


def in_force(tx: Connection) -> Signed | None:
    """Returns the newest charter that names this log, or None: an heir has none until its trustees sign the next."""
    is_ours = tx.execute(_OURS.with_only_columns(charters.c.version).limit(1)).first() is not None
    return newest(tx) if is_ours else None


def chain_of(tx: Connection) -> tuple[Signed, ...]:
    """Returns every charter of the newest chain, from its first on."""
    return _walked(tuple(row.signed for row in tx.execute(_CHAIN)))


def ever_adopted(tx: Connection) -> list[Signed]:
    """Returns every charter of every chain in the record."""
    return [*(signed for chain in earlier_chains(tx) for signed in chain), *chain_of(tx)]


def adopted(tx: Connection) -> list[tuple[int, Signed]]:
    """Returns every charter of every chain with the entry that adopted it, in their order."""
    entries_ = tx.scalars(sa.select(charters.c.entry).order_by(charters.c.entry))
    return list(zip(map(int, entries_), ever_adopted(tx), strict=True))


def earlier_chains(tx: Connection) -> tuple[tuple[Signed, ...], ...]:
    """Returns the chains that an heir's own came after, the oldest first: of hubs that this record continues."""
    found: list[list[str]] = []
    for row in tx.execute(_EARLIER):
        found += [[]] if row.version == 1 else []
        found[-1].append(row.signed)
    return tuple(_walked(tuple(notes)) for notes in found)


def notes_of(tx: Connection) -> list[tuple[int, bytes]]:
    """Returns the version and note of every charter of the newest chain, in order."""
    return [(int(version), str(note).encode()) for version, note in tx.execute(_CHAIN)]


def seal_of(tx: Connection) -> Seal | None:
    """Returns what is known of the last published checkpoint, or None."""
    row = tx.execute(sa.select(seals).order_by(seals.c.size.desc()).limit(1)).first()
    return None if row is None else Seal(row.size, row.at, tuple(filter(None, row.witnesses.split("\n"))))


def beginnings(tx: Connection) -> Iterator[bytes]:
    """Yields the entries by which this hub, and those it continues, began: the first entry, and every fork's."""
    return (bytes(raw) for raw in tx.scalars(_BEGINNINGS))


@functools.lru_cache(maxsize=4)
def _walked(notes: tuple[str, ...]) -> tuple[Signed, ...]:
    return tuple(walk([note.encode() for note in notes]))
