"""append and replay: the only two ways into the public tables, both through the one apply of an entry's type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import canonical, clock
from hub.db import put, seconds
from hub.errors import Refusal, RuleViolation, Verdict, insist, no
from hub.ledger import linter, models, pens, timekeeping
from hub.ledger.entries import TYPES, Entry, Said, data_of, format_entry, parse_entry, read_record, type_of
from hub.ledger.openings import Opening, matching, parse_opening, seal_words

NO_WORDS: Mapping[str, str] = {}
LOCK = 7401  # of PostgreSQL's advisory locks: one appender at a time

_LAST_BEAT = sa.select(models.beats.c.at).scalar_subquery()
_SEEN = (
    sa.select(models.entries.c.index, models.entries.c.at, _LAST_BEAT).order_by(models.entries.c.index.desc()).limit(1)
)
_NEWEST = sa.select(models.entries.c.index, models.entries.c.at).order_by(models.entries.c.index.desc()).limit(1)
_BYTES = sa.select(models.entries.c.bytes).where(models.entries.c.index == sa.bindparam("wanted"))
_DISCLOSURES = sa.select(models.openings.c.disclosure).where(models.openings.c.index == sa.bindparam("wanted"))
_STORE = sa.insert(models.entries)
_STORE_OPENING = sa.insert(models.openings)


def append(
    tx: Connection, record: Any, *, by: int | None, words: Mapping[str, str] = NO_WORDS, at: dt.datetime | None = None
) -> Entry:
    """Writes one entry into the caller's unit of work and applies it; returns it with its index.

    record: a room's record; by: the warrant; words: what a person typed, by opening name; at: defaults to now. Where
    a holder must sign, the unit's pen does.
    Raises RuleViolation ledger.* when the linter, the clock or the warrant refuses: the caller's unit is rolled back.
    """
    spec = type_of(type(record))
    insist(linter.words_verdict(spec, words))
    pens.prepare(tx, by, record)
    opened = seal_words(words)
    index, last, beat = _next_index(tx)
    entry = Entry(
        spec.name,
        clock.minute(at or clock.now()),
        by,
        data_of(record),
        tuple(opening.digest for opening in opened),
        index=index,
    )
    entry = pens.sign(tx, entry, record)
    raw = _lint(entry)
    insist(timekeeping.verdict(entry.at, last, beat))
    insist(warrant_verdict(tx, entry, record))
    store(tx, entry, raw, opened)
    apply(tx, entry, record, matching(entry.sd, opened))
    return entry


def append_all(tx: Connection, records: Sequence[Any], read: Any) -> list[Entry]:
    """Writes entries of the clock of one type together, as one append after another would write them; returns them.

    records: of one type that registered ``applies_all``; read: what that is handed, read in this unit after ``hold``.
    Raises RuleViolation ledger.* as append does: all or none.
    """
    if not records:
        return []
    spec = type_of(type(records[0]))
    if spec.apply_all is None or spec.openings:
        raise RuntimeError(f"{spec.name} is appended one by one")
    index, last, beat = _next_index(tx)
    at = clock.minute(clock.now())
    entries = [Entry(spec.name, at, None, data_of(record), index=place) for place, record in enumerate(records, index)]
    insist(timekeeping.verdict(at, last, beat))
    rows = [
        {"index": entry.index, "type": entry.type, "at": seconds(at), "by": None, "bytes": _lint(entry)}
        for entry in entries
    ]
    put(tx, _STORE, rows)
    insist(spec.apply_all(tx, list(zip(entries, records, strict=True)), read))
    return entries


def store(tx: Connection, entry: Entry, raw: bytes, opened: Iterable[Opening]) -> None:
    """Keeps an entry's bytes and openings, without applying it."""
    at = seconds(entry.at)
    put(tx, _STORE, [{"index": entry.index, "type": entry.type, "at": at, "by": entry.by, "bytes": raw}])
    for opening in opened:
        row = {"index": entry.index, "name": opening.name, "disclosure": opening.disclosure}
        put(tx, _STORE_OPENING, [row])


def warrant_verdict(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Asks the entry's type whether its warrant holds, and whether who must sign did, from public state alone."""
    spec = TYPES.get(entry.type)
    if spec is None or spec.warrant is None:
        return no("ledger.unknown_type", "This kind of entry is not known here.")
    if entry.by is not None and entry.by >= entry.index:
        return no("ledger.warrant_ahead", "A warrant stands before what rests on it.")
    verdict = spec.warrant(tx, entry, record)
    return pens.verdict(tx, entry, record) if verdict else verdict


def judged(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Asks the same of an entry that somebody else wrote: what its warrant looks for may not be there at all."""
    try:
        return warrant_verdict(tx, entry, record)
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence)


def apply(tx: Connection, entry: Entry, record: Any, said: Mapping[str, str]) -> None:
    """Calls the one apply of the entry's type, with None for every opening that is missing or withdrawn."""
    spec = TYPES[entry.type]
    if spec.apply is None:
        raise RuntimeError(f"nothing applies {entry.type}")
    words: Said = {name: said.get(name) for name in spec.openings}
    spec.apply(tx, entry, record, words)
    pens.note(tx, entry)


@dataclass(frozen=True)
class Ignored:
    """An entry that changes nothing, and why: unknown here, badly formed, or without a valid warrant."""

    index: int
    verdict: Verdict


def replay(tx: Connection, lines: Iterable[tuple[bytes, Iterable[str]]], start: int = 0) -> Iterator[Ignored]:
    """Folds entries with their disclosures into an empty database; yields those that change nothing.

    start: how many entries the database holds already. Raises canonical.NotCanonical where bytes are no entry at all.
    """
    newest = tx.execute(_NEWEST).first()
    last = None if newest is None else newest[1]
    for index, (raw, disclosures) in enumerate(lines, start):
        entry = parse_entry(raw, index)
        opened = readable(entry, disclosures) if entry.sd else []
        verdict = linter.verdict(entry, raw)
        if verdict.ok:
            verdict = timekeeping.verdict(entry.at, last, None)
        record = None
        if verdict.ok:
            record = read_record(TYPES[entry.type], entry.data)
            verdict = judged(tx, entry, record)
        store(tx, entry, raw, opened)
        last = entry.at if last is None else max(last, entry.at)
        if verdict.ok:
            apply(tx, entry, record, matching(entry.sd, opened))
        else:
            yield Ignored(index, verdict)


def readable(entry: Entry, disclosures: Iterable[str]) -> list[Opening]:
    """Returns the openings that are the entry's own words; a foreign or broken disclosure is as good as none.

    Of two that bear one name the smaller digest counts, so that the order of a file decides nothing.
    """
    spec = TYPES.get(entry.type)
    found: dict[str, Opening] = {}
    for disclosure in disclosures:
        try:
            opening = parse_opening(disclosure)
        except ValueError:
            continue
        known = spec is None or opening.name in spec.openings
        if known and opening.digest in entry.sd and linter.is_word(opening.name) and linter.is_word(opening.value):
            before = found.get(opening.name)
            if before is None or opening.digest < before.digest:
                found[opening.name] = opening
    return list(found.values())


_VERSION = sa.select(
    sa.select(sa.func.coalesce(sa.func.max(models.entries.c.index), -1) + 1).scalar_subquery(),
    sa.select(sa.func.count()).select_from(models.withdrawals).scalar_subquery(),
)


def version(tx: Connection) -> tuple[int, int]:
    """Returns how far public state is: entries, and words withdrawn since. Equal versions, equal public tables."""
    row = tx.execute(_VERSION).one()
    return int(row[0]), int(row[1])


def size(tx: Connection) -> int:
    """Returns how many entries there are."""
    newest = tx.execute(_NEWEST).first()
    return 0 if newest is None else int(newest[0]) + 1


def get(tx: Connection, index: int) -> Entry | None:
    """Returns the entry at an index, or None."""
    found = bytes_of(tx, index)
    return None if found is None else parse_entry(found, index)


def bytes_of(tx: Connection, index: int) -> bytes | None:
    """Returns the bytes of the entry at an index, or None."""
    found = tx.scalar(_BYTES, {"wanted": index})
    return None if found is None else bytes(found)


def words_of(tx: Connection, entry: Entry) -> Said:
    """Returns what was typed with an entry; None for a word that was withdrawn."""
    rows = tx.scalars(_DISCLOSURES, {"wanted": entry.index})
    said = matching(entry.sd, [parse_opening(row) for row in rows])
    spec = TYPES.get(entry.type)
    return {name: said.get(name) for name in (spec.openings if spec else said)}


def _lint(entry: Entry) -> bytes:
    try:
        raw = format_entry(entry)
    except canonical.NotCanonical as problem:
        raise RuleViolation("ledger.not_canonical", f"{entry.type}: {problem}.") from problem
    insist(linter.verdict(entry, raw))
    return raw


def hold(tx: Connection) -> None:
    """Lets no other unit of work append until this one ends: whoever decides by what stands there reads after this.

    append does so by itself; SQLite's BEGIN IMMEDIATE says the same for every unit that writes.
    """
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")


def _next_index(tx: Connection) -> tuple[int, dt.datetime | None, dt.datetime | None]:
    """Returns the next index, and what it is held against: when the newest entry was, and the clock's last beat."""
    hold(tx)
    seen = tx.execute(_SEEN).first()
    return (0, None, None) if seen is None else (seen[0] + 1, seen[1], seen[2])
