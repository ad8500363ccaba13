"""Small invented lists, and what a store holds, for tests of imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.matcher.desk import Desk
from hub.matcher.models import metadata

HEADER = ("Membership No", "Postcode", "Email", "Branch", "Status")
SETTINGS: dict[str, Any] = {"source": "test", "id_pattern": "[0-9]{7}", "id_pad_to": 7}


def row(
    number: int, *, area: str = "York", status: str = "Current", mail: str | None = None, unit: str = "AA"
) -> list[str]:
    """An invented member of an area: number, a postcode of their own, a mailbox of their own."""
    mail = f"m{number}@example.org" if mail is None else mail
    return [f"{number:07}", f"YO7{number % 10} {number // 10 % 10}{unit}", mail, area, status]


def write_list(path: Path, rows: Iterable[list[str]], header: Iterable[str] = HEADER) -> Path:
    """Writes rows as a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def everything(desk: Desk, *without: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a store, but those named."""
    with desk.db.read() as tx:
        return {
            name: sorted((tuple(row) for row in tx.execute(sa.select(table))), key=repr)
            for name, table in metadata.tables.items()
            if name not in without
        }
