"""The parts of one export: opened together, read row by row, staged. What they hold, whatever was imported before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import Connection

from hub.matcher.desk import Desk
from hub.matcher.intake import tidy
from hub.matcher.intake.columns import recognise
from hub.matcher.intake.files import read
from hub.matcher.intake.reading import Table, Unreadable
from hub.matcher.intake.rows import Areas, RefusedMember, Staged, Taker, is_blank
from hub.matcher.intake.rules import Rules
from hub.matcher.intake.staging import Tallies, prepare, put, settle_all

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
