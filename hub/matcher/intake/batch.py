"""One import from its files to its facts: read, tidy, stage, settle, compare; then stop, keep waiting or apply.

A refused row holds its member as they were; a partial file removes nobody. The hub learns counts and the file's hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from hub import ids
from hub.errors import Unsafe
from hub.matcher.desk import Desk
from hub.matcher.intake import history, tidy, waiting
from hub.matcher.intake.apply import Batch, apply
from hub.matcher.intake.columns import recognise
from hub.matcher.intake.difference import Difference, compare
from hub.matcher.intake.lock import one_at_a_time
from hub.matcher.intake.reading import Table, Unreadable, read
from hub.matcher.intake.rows import Areas, RefusedMember, Staged, Taker, is_blank
from hub.matcher.intake.rules import Rules
from hub.matcher.intake.staging import Tallies, prepare, put, settle_all
from hub.matcher.intake.stops import Allowed, Facts, Stop, further_stops, stops
from hub.matcher.tellings import publish

CHUNK = 10_000
FILE_BITS = 40  # of a staged row's line: the line in its file


@dataclass
class Reading:
    """What the files hold, whatever was imported before. refused: line -> reason, of every row that is not used."""

    rules: Rules
    tables: list[Table]
    columns: dict[str, int]
    areas: Areas
    lines: int = 0
    blank: int = 0
    filtered: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    tallies: Tallies = field(default_factory=Tallies)

    @property
    def sha256(self) -> str:
        """Of the file; of several parts, of their hashes in order of their value."""
        hashes = sorted(table.sha256 for table in self.tables)
        return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()

    @property
    def says_who(self) -> bool:
        """Whether anything in the files tells who is a member (D13)."""
        return "status" in self.columns or bool(self.rules.tag_filter and "tags" in self.columns)

    @property
    def rows(self) -> int:
        """Rows read: a blank line is none (D1)."""
        return self.lines - self.blank

    @property
    def used(self) -> int:
        """Rows that count."""
        return sum(self.tallies.used.values())


@dataclass(frozen=True)
class Outcome:
    """What came of an import. state: ``examined`` (a dry run), ``stopped``, ``waiting`` or ``applied``."""

    reading: Reading
    difference: Difference
    stops: list[Stop]
    further: list[Stop]
    batch: Batch
    state: str
    members: dict[str, Any] | None = None

    @property
    def must_stop(self) -> bool:
        """Whether a reason holds that nobody passed."""
        return any(not stop.is_passed for stop in (*self.stops, *self.further))


def take_in(
    desk: Desk,
    files: tuple[Path, ...],
    source: str,
    rules: Rules,
    *,
    full: bool,
    is_real: bool,
    allowed: Allowed = Allowed(),  # noqa: B008  # frozen
    operator: str = "",
    on_row: Callable[[int], None] | None = None,
    members: Callable[[Connection], dict[str, Any]] | None = None,
) -> Outcome:
    """Reads files and compares them with the roster; if is_real, applies them, or keeps them for a second operator.

    operator: who passes stops; needed only for that. on_row: told how many bytes were read, now and then.
    members: what else to count of the staged rows. Raises Unreadable, lock.Busy, Unsafe.
    """
    areas = Areas(areas_known(desk))
    with one_at_a_time(desk.settings.folder), one_connection(desk) as tx:
        reading = open_files(files, rules, areas)
        with tx.begin():
            stage(tx, desk, reading, on_row)
        tx.execution_options(folkmoot_writes=is_real)
        with tx.begin():
            batch = _batch(reading, source, "full" if full else "partial")
            outcome = decide(tx, reading, batch, allowed)
            counted = members(tx) if members else None
            state = _carry_out(tx, outcome, allowed, operator) if is_real else outcome.state
    publish(desk.db, desk.settings)
    return Outcome(reading, outcome.difference, outcome.stops, outcome.further, batch, state, counted)


def open_files(files: tuple[Path, ...], rules: Rules, areas: Areas) -> Reading:
    """Opens the parts of one export. Raises Unreadable where they differ in their columns, or name no member number."""
    tables = [read(path, rules.sheet) for path in files]
    if len({frozenset(table.header) for table in tables}) > 1:
        raise Unreadable("The files have different columns: they are no parts of one export.")
    try:
        columns = recognise(tables[0].header, rules.columns)
    except ValueError as problem:
        raise Unreadable(str(problem)) from problem
    if "member_id" not in columns:
        raise Unreadable("No column is known as member_id. Name it under [columns] in a settings file.")
    return Reading(rules, tables, columns, areas)


def stage(tx: Connection, desk: Desk, reading: Reading, on_row: Callable[[int], None] | None = None) -> None:
    """Stages every row of the files, and settles those with one number."""
    prepare(tx)
    for place, table in enumerate(reading.tables):
        positions = {name: table.header.index(reading.tables[0].header[at]) for name, at in reading.columns.items()}
        taker = Taker(reading.rules, positions, reading.areas, desk.keys)
        _stage_one(tx, reading, table, taker, place << FILE_BITS, on_row)
    reading.tallies = settle_all(tx, of_memberships=reading.rules.one_row_per == "membership")
    reading.refused.update(dict.fromkeys(reading.tallies.conflicts, "conflict"))


def _stage_one(
    tx: Connection, reading: Reading, table: Table, taker: Taker, start: int, on_row: Callable[[int], None] | None
) -> None:
    rows: list[Staged] = []
    take, says_who, filtered, lines = taker.take, reading.says_who, 0, 0
    for line, cells in table.rows():
        lines += 1
        try:
            found = take(start + line, cells) if says_who else None
        except tidy.Refused as refusal:
            found = refusal.held if isinstance(refusal, RefusedMember) else None
            if refusal.reason == "missing_id" and is_blank(cells):
                reading.blank += 1
                continue
            reading.refused[start + line] = refusal.reason
            if found is None:
                continue
        if found is None:
            is_empty = is_blank(cells)
            reading.blank += is_empty
            filtered += not is_empty
            continue
        rows.append(found)
        if len(rows) >= CHUNK:
            put(tx, rows)
            rows.clear()
            if on_row:
                on_row(table.position())
    put(tx, rows)
    reading.filtered += filtered
    reading.lines += lines


def decide(tx: Connection, reading: Reading, batch: Batch, allowed: Allowed) -> Outcome:
    """Compares what is staged, and says whether it stops; writes nothing."""
    difference = compare(tx, batch.source, full=batch.full)
    facts = facts_of(tx, batch, reading.rows, len(reading.refused), says_who=reading.says_who)
    found, further = stops(difference, facts, allowed), further_stops(difference, facts, allowed)
    must = any(not stop.is_passed for stop in (*found, *further))
    return Outcome(reading, difference, found, further, batch, "stopped" if must else "examined")


def facts_of(tx: Connection, batch: Batch, rows: int, rejected: int, *, says_who: bool) -> Facts:
    """Gathers what the stops look at."""
    before = history.headers_of(tx, batch.source)
    return Facts(
        rows=rows,
        rejected=rejected,
        full=batch.full,
        says_who=says_who,
        headers_changed=before is not None and before != json.loads(batch.headers),
        is_repeated=history.was_applied(tx, batch.sha256, batch.mode),
        windows=history.windows(tx),
    )


def _carry_out(tx: Connection, outcome: Outcome, allowed: Allowed, operator: str) -> str:
    """Applies, or keeps what passes a stop for a second operator (D22). Raises Unsafe where nobody stands for it."""
    if outcome.state == "stopped":
        return "stopped"
    if outcome.stops or outcome.further:
        if not operator:
            raise Unsafe("A stop is passed by two operators. Say who you are: --operator NAME.")
        read = outcome.reading
        waiting.keep(tx, outcome.batch, allowed, operator, rows=read.rows, rejected=len(read.refused))
        return "waiting"
    apply(tx, outcome.batch, outcome.difference)
    return "applied"


def areas_known(desk: Desk) -> list[dict[str, Any]]:
    """Returns the hub's public list of areas. Raises Unsafe before there is one."""
    try:
        found: list[dict[str, Any]] = json.loads(desk.settings.areas.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Unsafe("The hub has written no list of areas yet. Run: hub area import FILE") from problem
    return found


@contextmanager
def one_connection(desk: Desk) -> Iterator[Connection]:
    """Gives one connection for several units of work: what is staged lives as long as it does."""
    with desk.db.engine.connect() as tx:
        tx.execution_options(folkmoot_writes=False)
        try:
            yield tx
        finally:
            tx.detach()  # temporary tables and cache sizes go with it


def _batch(reading: Reading, source: str, mode: str) -> Batch:
    headers = history.format_headers(header for table in reading.tables for header in table.header)
    return Batch(ids.new("imp"), source, reading.sha256, mode, headers, reading.rules)
