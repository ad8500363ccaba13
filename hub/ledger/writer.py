"""append and replay: the only two ways into the public tables, both through the one apply of an entry's type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.errors import RuleViolation, Verdict, insist, no
from hub.ledger import entries as kinds_of_entries
from hub.ledger import linter, models
from hub.ledger.entries import Entry, Said
from hub.ledger.openings import Opening, matching, parse_opening, seal_words

NO_WORDS: Mapping[str, str] = {}


def append(
    tx: Connection, record: Any, *, by: int | None, words: Mapping[str, str] = NO_WORDS, at: dt.datetime | None = None
) -> Entry:
    """Writes one entry into the caller's unit of work and applies it; returns it with its index.

    record: a room's record; by: the warrant; words: what a person typed, by opening name; at: defaults to now.
    Raises RuleViolation ledger.* when the linter, the clock or the warrant refuses: the caller's unit is rolled back.
    """
    spec = kinds_of_entries.type_of(type(record))
    opened = seal_words(words)
    index, last = _next_index(tx)
    entry = Entry(
        spec.name,
        clock.minute(at or clock.now()),
        by,
        kinds_of_entries.data_of(record),
        tuple(sorted(opening.digest for opening in opened)),
        index=index,
    )
    if last is not None and entry.at < last:
        raise RuleViolation(
            "ledger.clock_behind", "The clock stands before the last entry; nothing is recorded until it is right."
        )
    insist(linter.verdict(entry, words))
    raw = kinds_of_entries.format_entry(entry)
    warrant = warrant_verdict(tx, entry)
    if not warrant:
        raise RuleViolation(warrant.code, warrant.sentence, warrant.source)
    store(tx, entry, raw, opened)
    apply(tx, entry, matching(entry.sd, opened))
    return entry


def store(tx: Connection, entry: Entry, raw: bytes, opened: Iterable[Opening]) -> None:
    """Keeps an entry's bytes and openings, without applying it."""
    tx.execute(
        sa.insert(models.entries),
        {
            "index": entry.index,
            "type": entry.type,
            "at": entry.at,
            "by": entry.by,
            "bytes": raw,
        },
    )
    rows = [{"index": entry.index, "name": opening.name, "disclosure": opening.disclosure} for opening in opened]
    if rows:
        tx.execute(sa.insert(models.openings), rows)


def warrant_verdict(tx: Connection, entry: Entry) -> Verdict:
    """Asks the entry's type whether its warrant holds, from public state alone."""
    spec = kinds_of_entries.TYPES.get(entry.type)
    if spec is None or spec.warrant is None:
        return no("ledger.unknown_type", "This kind of entry is not known here.")
    if entry.by is not None and entry.by >= entry.index:
        return no("ledger.warrant_ahead", "A warrant stands before what rests on it.")
    return spec.warrant(tx, entry, kinds_of_entries.read_record(spec, entry.data))


def apply(tx: Connection, entry: Entry, said: Mapping[str, str]) -> None:
    """Calls the one apply of the entry's type, with None for every opening that is missing or withdrawn."""
    spec = kinds_of_entries.TYPES[entry.type]
    assert spec.apply is not None, entry.type
    words: Said = {name: said.get(name) for name in spec.openings}
    spec.apply(tx, entry, kinds_of_entries.read_record(spec, entry.data), words)


@dataclass(frozen=True)
class Ignored:
    """An entry that changes nothing, and why: unknown here, badly formed, or without a valid warrant."""

    index: int
    verdict: Verdict


def replay(tx: Connection, lines: Iterable[tuple[bytes, Iterable[str]]]) -> Iterator[Ignored]:
    """Folds entries with their disclosures into an empty database; yields those that change nothing.

    Raises canonical.NotCanonical where bytes are no entry at all.
    """
    for index, (raw, disclosures) in enumerate(lines):
        entry = kinds_of_entries.parse_entry(raw, index)
        opened = readable(entry, disclosures)
        store(tx, entry, raw, opened)
        verdict = linter.verdict(entry, matching(entry.sd, opened))
        if verdict:
            verdict = warrant_verdict(tx, entry)
        if verdict:
            apply(tx, entry, matching(entry.sd, opened))
        else:
            yield Ignored(index, verdict)


def readable(entry: Entry, disclosures: Iterable[str]) -> list[Opening]:
    """Returns the openings that are the entry's own words; a foreign or broken disclosure is as good as none."""
    found = []
    for disclosure in disclosures:
        try:
            opening = parse_opening(disclosure)
        except ValueError:
            continue
        if opening.digest in entry.sd:
            found.append(opening)
    return found


def size(tx: Connection) -> int:
    """Returns how many entries there are."""
    last = tx.scalar(sa.select(sa.func.max(models.entries.c.index)))
    return 0 if last is None else int(last) + 1


def effective_size(tx: Connection) -> int:
    """Returns the size up to which entries give power: the log's own until a charter with a quorum is in force."""
    return size(tx)


def get(tx: Connection, index: int) -> Entry | None:
    """Returns the entry at an index, or None."""
    raw = tx.scalar(sa.select(models.entries.c.bytes).where(models.entries.c.index == index))
    return None if raw is None else kinds_of_entries.parse_entry(raw, index)


def words_of(tx: Connection, entry: Entry) -> Said:
    """Returns what was typed with an entry; None for a word that was withdrawn."""
    rows = tx.scalars(sa.select(models.openings.c.disclosure).where(models.openings.c.index == entry.index))
    said = matching(entry.sd, [parse_opening(row) for row in rows])
    spec = kinds_of_entries.TYPES.get(entry.type)
    return {name: said.get(name) for name in (spec.openings if spec else said)}


def _next_index(tx: Connection) -> tuple[int, dt.datetime | None]:
    if tx.dialect.name == "postgresql":
        # One appender at a time, until its unit of work ends; SQLite's BEGIN IMMEDIATE says the same.
        tx.exec_driver_sql("SELECT pg_advisory_xact_lock(7401)")
    newest = tx.execute(
        sa.select(models.entries.c.index, models.entries.c.at).order_by(models.entries.c.index.desc()).limit(1)
    ).first()
    return (0, None) if newest is None else (newest[0] + 1, newest[1])


__all__ = ["Ignored", "append", "apply", "effective_size", "get", "replay", "size", "store", "words_of"]
