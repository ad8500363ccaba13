"""Opening a roster file, whatever kind it is. A kind is told by the first bytes, never by a name."""

from __future__ import annotations

import csv
from pathlib import Path

from hub.matcher.intake.reading import LARGEST_CELL, Table, Unreadable, read_text

LARGEST_FILE = 4 << 30


def read(path: Path, sheet: str | None = None) -> Table:
    """Opens a file of separated values or a workbook. Raises Unreadable for what is neither."""
    csv.field_size_limit(LARGEST_CELL)
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise Unreadable("The file is larger than 4 GiB. Give it in parts: all of them at once are one import.")
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PK\x03\x04":
        from hub.matcher.intake.workbook import read_workbook  # slow to load, and most lists are plain text

        return read_workbook(path, sheet)
    if start == b"\xd0\xcf\x11\xe0":
        raise Unreadable("This is a workbook of the old kind (.xls). Save it as .xlsx or as CSV in UTF-8.")
    return read_text(path, size)
