"""Reading a workbook: its first visible sheet with a header we know, cell by cell, as stored.

A formula is worth the value stored beside it. A number's format gives back the zeros that it shows. A workbook is a
zip file from outside: its sizes are looked at before anything is unpacked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hub.matcher.intake.columns import recognise
from hub.matcher.intake.reading import LARGEST_CELL, MOST_COLUMNS, Unreadable
from hub.matcher.intake.tidy import DIGITS_KEPT, Cell

MOST_PARTS, MOST_BYTES, MOST_STRINGS, STEEPEST = 2_000, 1 << 30, 256 << 20, 400
# What openpyxl and the parsers below it raise for files that are no workbook.
BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, KeyError, ValueError, TypeError, IndexError,
    EOFError, AttributeError, OSError, NotImplementedError, RecursionError, OverflowError,
)  # fmt: skip


@dataclass
class SheetTable:
    """One sheet. has_formulas: whether cells must be read twice, once for the stored value."""

    path: Path
    header: tuple[str, ...]
    sheet: str
    has_formulas: bool
    sha256: str
    size: int
    facts: dict[str, Any] = field(default_factory=dict)

    def position(self) -> int:
        """Nobody knows: a workbook is unpacked while it is read."""
        return 0

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yields (line, cells). Raises Unreadable for a sheet that cannot be read to its end."""
        try:
            rows = self._rows()
            next(rows)
            yield from rows
        except BROKEN as problem:
            raise Unreadable(f"The sheet {self.sheet} cannot be read: {type(problem).__name__}.") from problem

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        values = _cells(self.path, self.sheet, stored=True)
        formulas: Iterator[Any] = _cells(self.path, self.sheet, stored=False) if self.has_formulas else iter(())
        for line, (row, twin) in enumerate(zip_longest(values, formulas, fillvalue=()), 1):
            if len(row) > MOST_COLUMNS and any(cell.value is not None for cell in row[MOST_COLUMNS:]):
                raise Unreadable(f"Line {line} has more than {MOST_COLUMNS} columns.")
            pairs = zip_longest(row[:MOST_COLUMNS], twin[:MOST_COLUMNS])
            yield line, [_text(cell, beside) for cell, beside in pairs if cell is not None]


def read_workbook(path: Path, sheet: str | None) -> SheetTable:
    """Opens a workbook. sheet: its name, or None for the first visible one whose header we know. Raises Unreadable."""
    try:
        formulas = _look_inside(path)
        book = load_workbook(path, read_only=True, data_only=True)
        visible = [made.title for made in book.worksheets if made.sheet_state == "visible"]
        hidden = [made.title for made in book.worksheets if made.sheet_state != "visible"]
        book.close()
        headers = {name: _header(path, name) for name in visible}
        chosen = sheet or next((name for name in visible if "member_id" in recognise(headers[name], {})), None)
        chosen = chosen or next((name for name in visible if headers[name]), None)
        if chosen is None or chosen not in headers:
            raise Unreadable(f"No visible sheet of the workbook {'is called ' + sheet if sheet else 'has a header'}.")
    except BROKEN as problem:
        if isinstance(problem, Unreadable):
            raise
        raise Unreadable("The workbook cannot be read. Save it again as .xlsx, or as CSV in UTF-8.") from problem
    others = [name for name in visible if name != chosen] + [f"{name} (hidden)" for name in hidden]
    facts = {"format": "xlsx", "sheet": chosen, "other_sheets": sorted(others)}
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return SheetTable(path, headers[chosen], chosen, formulas, sha256, path.stat().st_size, facts)


def _look_inside(path: Path) -> bool:
    """Tells whether a sheet holds formulas. Raises Unreadable for a file that would unpack to more than we take."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        total = sum(part.file_size for part in parts)
        strings = max((part.file_size for part in parts if "sharedStrings" in part.filename), default=0)
        steep = any(part.file_size > STEEPEST * max(part.compress_size, 1 << 12) for part in parts)
        if len(parts) > MOST_PARTS or total > MOST_BYTES or strings > MOST_STRINGS or steep:
            raise Unreadable("The workbook unpacks to more than a list of members can be. Save it as CSV in UTF-8.")
        found = False
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                found |= _scan(packed, part) and "worksheets/" in part.filename
    return found


def _scan(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Tells whether a part has formulas. Raises Unreadable for one that declares entities of its own."""
    found, last = False, b""
    with packed.open(part) as file:
        while block := file.read(1 << 20):
            seen = last + block
            # In whatever encoding: no spreadsheet writes one, and entities can multiply.
            if b"<!DOCTYPE" in seen or b"<\x00!\x00D" in seen or b"\x00<\x00!\x00D" in seen:
                raise Unreadable("The workbook holds an XML declaration that no spreadsheet writes.")
            found |= b"<f>" in seen or b"<f " in seen
            last = block[-16:]
    return found


def _cells(path: Path, sheet: str, *, stored: bool) -> Iterator[Any]:
    book = load_workbook(path, read_only=True, data_only=stored)
    try:
        made = book[sheet]
        made.reset_dimensions()
        yield from made.iter_rows()
    finally:
        book.close()


def _header(path: Path, sheet: str) -> tuple[str, ...]:
    rows = _cells(path, sheet, stored=True)
    first = next(rows, ())
    rows.close()  # type: ignore[attr-defined]  # a generator
    texts = [str(cell.value).strip() if cell.value is not None else "" for cell in first[:MOST_COLUMNS]]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _text(cell: Any, beside: Any) -> str:
    """Returns a cell as text, with what is known of it. beside: the same cell, read as formulas."""
    value = cell.value
    if value is None:
        return Cell("", fault="formula_without_value") if beside is not None and beside.value is not None else ""
    if cell.data_type == "e":
        return Cell(str(value), fault="error_value")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()[:10]
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format or "")
    text = str(value)
    if len(text) > LARGEST_CELL:
        raise Unreadable(f"A cell has more than {LARGEST_CELL:,} characters.")
    return text


def _number(value: int | float, shape: str) -> str:
    if isinstance(value, float):
        if abs(value) >= 10**DIGITS_KEPT or value != value:
            return Cell(repr(value), is_number=True)
        if value != int(value):
            return Cell(repr(value), is_number=True)
        value = int(value)
    digits = str(value)
    zeros = len(shape) if re.fullmatch(r"0+", shape) else 0
    return Cell(digits.zfill(zeros), by_format=len(digits) < zeros, is_number=True)
