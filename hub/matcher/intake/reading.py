"""Reading a roster file: bytes to rows of cells. Encoding by a fixed ladder, never by guessing statistics.

A file is streamed, never held: a million rows take no more memory than ten.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TextIO

LARGEST_CELL, MOST_COLUMNS = 20_000, 500
DELIMITERS = ",;\t|"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK, LONGEST_LINE = 1 << 20, 1 << 20


class Unreadable(ValueError):
    """A file that is no table we can read; the sentence says what to do."""


class Table(Protocol):
    """A header and rows. facts: how the file is written; blank: rows without a word, counted while reading."""

    path: Path
    header: tuple[str, ...]
    facts: dict[str, Any]
    sha256: str
    size: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yields (line, cells) of every row after the header, blank ones too."""

    def position(self) -> int:
        """Returns how many bytes of the file were read, for a progress bar; 0 where nobody knows."""


@dataclass
class TextTable:
    """A file of separated values."""

    path: Path
    header: tuple[str, ...]
    encoding: str
    delimiter: str
    sha256: str
    size: int
    facts: dict[str, Any] = field(default_factory=dict)
    open_file: TextIO | None = None

    def position(self) -> int:
        """Returns how many bytes of the file were read."""
        return self.open_file.buffer.tell() if self.open_file else 0

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yields (line, cells). Raises Unreadable where a line is none, or the file changed since it was opened."""
        with self.path.open(encoding=self.encoding, newline="") as self.open_file:
            reader = csv.reader(_lines(self.open_file), delimiter=self.delimiter)
            try:
                next(reader)
                for cells in reader:
                    yield reader.line_num, cells
            except csv.Error as problem:
                raise Unreadable(f"Line {reader.line_num} cannot be read: {problem}.") from problem
            except UnicodeDecodeError as problem:
                raise Unreadable("The file changed while it was read. Start again.") from problem
        self.open_file = None
        if self.path.stat().st_size != self.size:
            raise Unreadable("The file changed while it was read. Start again.")


def read_text(path: Path, size: int) -> TextTable:
    """Opens a file of separated values. size: its bytes. Raises Unreadable."""
    encoding, bom, sha256 = _encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        first = list(itertools.islice(_lines(file), 20))
    if not first:
        raise Unreadable("The file is empty: it has no line of headers.")
    headers = {mark: _header(first, mark) for mark in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda mark: len(headers[mark]))
    header = headers[delimiter]
    if not 2 <= len(header) <= MOST_COLUMNS:
        raise Unreadable("The first line does not name columns. The file must begin with one line of headers.")
    facts = {
        "format": "csv", "encoding": encoding.removesuffix("-sig").replace("cp1252", "windows-1252"), "bom": bom,
        "delimiter": delimiter, "line_ends": "CRLF" if first[0].endswith("\r\n") else "LF",
        "all_quoted": len(first) > 1 and all(line.strip().startswith('"') for line in first[:2]),
    }  # fmt: skip
    return TextTable(path, header, encoding, delimiter, sha256, size, facts)


def _lines(file: TextIO) -> Iterator[str]:
    """Yields the lines of a file. A line without an end is refused before it fills the memory."""
    for line in iter(partial(file.readline, LONGEST_LINE), ""):
        if len(line) == LONGEST_LINE:
            raise Unreadable(f"The file has a line of more than {LONGEST_LINE:,} characters.")
        yield line


def _header(lines: list[str], delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader(lines, delimiter=delimiter), []))
    except csv.Error:
        return ()


def _encoding_of(path: Path) -> tuple[str, bool, str]:
    """Returns (encoding, whether a mark says so, SHA-256): a mark, else strict UTF-8, else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
    tried = [marked] if marked else ["utf-8", "cp1252"]
    readers = {name: codecs.getincrementaldecoder(name)() for name in tried}
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in itertools.chain(iter(lambda: file.read(CHUNK), b""), [b""]):
            digest.update(block)
            for name in list(readers):
                try:
                    if "\x00" in readers[name].decode(block, final=not block):
                        raise Unreadable("The file holds NUL bytes: export it again as CSV in UTF-8.")
                except UnicodeDecodeError:
                    del readers[name]
    found = next((name for name in tried if name in readers), None)
    if found is None:
        raise Unreadable("The file is neither UTF-8 nor Windows-1252. Export it again as UTF-8.")
    return found, marked is not None, digest.hexdigest()
