"""Letters with a code, for members who asked and whose contact the roster does not hold. Nothing of a file is kept.

The office gives its own file with names and addresses. For each row whose member asked, one page is printed with a
10-character code; the store keeps the code's keyed hash for its days, and forgets that a letter was asked for.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.envelope import LETTER_LENGTH
from hub.matcher.compare import is_current
from hub.matcher.desk import Desk, new_code
from hub.matcher.intake import tidy
from hub.matcher.intake.columns import fold_header, recognise
from hub.matcher.intake.files import read
from hub.matcher.intake.reading import Unreadable
from hub.matcher.intake.rules import Rules
from hub.matcher.models import codes, roster_entries
from hub.places import templates_folder

# What an address is made of, in the order of an envelope; read here only, for printing.
ENVELOPE = (
    ("name",), ("first name", "forename", "given name"), ("last name", "surname", "family name"),
    ("address", "address 1", "address line 1", "street", "street address"), ("address 2", "address line 2"),
    ("city", "town", "post town"), ("county",),
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """One page. lines: of the envelope; code: in two halves, as it is typed."""

    lines: tuple[str, ...]
    code: str


def print_letters(desk: Desk, path: Path, rules: Rules, out: Path) -> int:
    """Prints a letter for each member of a file who asked for one; returns how many.

    out: the HTML file to write, readable by its owner only; it must not exist. Raises Unreadable, FileExistsError.
    """
    table = read(path, rules.sheet)
    try:
        columns = recognise(table.header, rules.columns)
    except ValueError as problem:
        raise Unreadable(str(problem)) from problem
    if "member_id" not in columns:
        raise Unreadable("No column is known as member_id. Name it under [columns] in a settings file.")
    places = _envelope(table.header, columns.get("postcode"))
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file, desk.db.write() as tx:
        found = [
            Letter(tuple(cells[place].strip() for place in places if place < len(cells) and cells[place].strip()), code)
            for cells, code in _asked(tx, desk, table.rows(), columns["member_id"], rules)
        ]
        file.write(_page(desk, found))
    return len(found)


def _asked(
    tx: Connection, desk: Desk, rows: Iterator[tuple[int, list[str]]], column: int, rules: Rules
) -> Iterator[tuple[list[str], str]]:
    numbers = tidy.Numbers(re.compile(rules.id_pattern), rules.id_pad_to, rules.id_case)
    for _line, cells in rows:
        try:
            number, _ = numbers.read(cells[column])
        except (tidy.Refused, IndexError):
            continue
        digest = desk.keys.number_digest(rules.country, number)
        row = tx.execute(sa.select(roster_entries).where(roster_entries.c.id_digest == digest)).first()
        if row is None or row.letter_asked_at is None or not is_current(row):
            continue
        code = new_code(LETTER_LENGTH)
        _keep_code(tx, desk, row.ref, code)
        yield cells, f"{code[:5]} {code[5:]}"


def _keep_code(tx: Connection, desk: Desk, ref: str, code: str) -> None:
    # A newer letter takes the place of one that is still on its way.
    tx.execute(sa.delete(codes).where(codes.c.ref == ref, codes.c.kind == "letter"))
    row = {
        "hash": desk.keys.code_hash(code),
        "ref": ref,
        "kind": "letter",
        "made_at": clock.now(),
        "until_at": clock.now() + dt.timedelta(days=desk.settings.letter_days),
        "tries": 0,
    }
    tx.execute(sa.insert(codes), row)
    tx.execute(sa.update(roster_entries).where(roster_entries.c.ref == ref).values(letter_asked_at=None))


def _envelope(header: tuple[str, ...], postcode: int | None) -> list[int]:
    folded = [fold_header(column) for column in header]
    places = [folded.index(name) for names in ENVELOPE for name in names if name in folded]
    return [*places, *([postcode] if postcode is not None else [])]


def _page(desk: Desk, letters: list[Letter]) -> str:
    loader = jinja2.FileSystemLoader(templates_folder())
    pages = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=True)
    settings = desk.settings
    return pages.get_template("letters/_posted.html").render(
        letters=letters, url=settings.hub_url, days=settings.letter_days
    )
