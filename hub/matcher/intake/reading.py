"""Reading a roster file: bytes to rows by header name. Encoding by a fixed ladder, never by guessing statistics."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST_CELL = 20_000
DELIMITERS = ",;\t|"


class Unreadable(ValueError):
    """A file that is no table we can read; the sentence says what to do."""


@dataclass(frozen=True)
class Table:
    """A file's header and rows. lines: row number in the file, from 2, with its cells."""

    header: tuple[str, ...]
    encoding: str
    bom: bool
    delimiter: str
    text: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yields (line, cells) of every row that is not blank."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter)
        try:
            next(reader)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
        except csv.Error as problem:
            raise Unreadable(f"Line {reader.line_num} cannot be read: {problem}.") from problem


def read(path: Path) -> Table:
    """Reads a CSV file. Raises Unreadable for what is none."""
    csv.field_size_limit(LARGEST_CELL)
    raw = path.read_bytes()
    if b"\x00" in raw:
        raise Unreadable("The file holds NUL bytes: export it again as CSV in UTF-8.")
    text, encoding, bom = _decode(raw)
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error as problem:
        raise Unreadable(f"The first line cannot be read: {problem}.") from problem
    if len(header) < 2 or len(header) > 500:
        raise Unreadable("The first line does not name columns. The file must begin with one line of headers.")
    return Table(tuple(cell.strip() for cell in header), encoding, bom, delimiter, text)


def _decode(raw: bytes) -> tuple[str, str, bool]:
    if raw.startswith(b"\xef\xbb\xbf"):
        raw, bom = raw[3:], True
    else:
        bom = False
    try:
        return raw.decode("utf-8"), "utf-8", bom
    except UnicodeDecodeError:
        try:
            return raw.decode("cp1252"), "windows-1252", bom
        except UnicodeDecodeError as problem:
            raise Unreadable("The file is neither UTF-8 nor Windows-1252. Export it again as UTF-8.") from problem
