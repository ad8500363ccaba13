"""The list of rows that were not used, for the office to mend: a file of their own, readable by its owner only.

A cell that a spreadsheet would work out is written with an apostrophe before it.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from hub.matcher.intake.columns import NAMES
from hub.matcher.intake.parts import FILE_BITS, Reading

REASONS = {
    "missing_id": "no member number",
    "damaged_id": "damaged number (a spreadsheet lost its digits)",
    "bad_id": "number of another shape",
    "bad_postcode": "postcode of no known shape",
    "unknown_status": "unknown status",
    "conflict": "contradicts another row with this number",
    "formula_without_value": "formula without a stored value",
    "error_value": "error value of a spreadsheet",
}
# Which of our columns the reason is about.
ABOUT = {"bad_postcode": "postcode", "unknown_status": "status"}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_report(path: Path, reading: Reading) -> None:
    """Writes a CSV of file, line, reason, number and the cell at fault. Raises OSError.

    An earlier report of the same name is replaced; a link is not followed.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        os.fchmod(descriptor, 0o600)
        writer = csv.writer(file)
        writer.writerow(["File", "Line", "Reason", "Member number", "Cell"])
        writer.writerows([harmless(cell) for cell in row] for row in _refused(reading))


def harmless(cell: str) -> str:
    """Returns a cell that no spreadsheet works out."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def _refused(reading: Reading) -> Iterator[list[str]]:
    for place, table in enumerate(reading.tables):
        positions = {name: at for name, at in reading.columns.items() if name in NAMES}
        for line, cells in table.rows():
            reason = reading.refused.get((place << FILE_BITS) + line)
            if reason is None:
                continue
            about = positions.get(ABOUT.get(reason, "member_id"), 0)
            yield [
                table.path.name,
                str(line),
                REASONS[reason],
                _cell(cells, positions["member_id"]),
                _cell(cells, about),
            ]


def _cell(cells: list[str], position: int) -> str:
    return str(cells[position]) if position < len(cells) else ""
