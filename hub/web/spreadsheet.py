"""Everything that is held about whoever asks, as a table for people: one line for each field (PR-08, PR-21)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from hub import inventory, sealing
from hub.db import metadata
from hub.inventory import Line, Value
from hub.inventory.own import MASKED, hidden_in
from hub.inventory.words import PURPOSES, SEEN, SOURCES
from hub.web import held, me
from hub.web.context import Answer, Asked
from hub.web.held_words import label
from hub.web.texts import _

COLUMNS = (_("What"), _("Row"), _("Field"), _("Value"), _("From"), _("Seen by"), _("Why"), _("Kept"))
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def show(asked: Asked) -> Answer:
    """GET /me/export.csv: the same as the file of /me/export, readable in any spreadsheet."""
    person, lines = me.person_of(asked), inventory.private("hub")
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for table, rows in inventory.held(asked.tx, metadata, person, sealing.read_bytes).items():
        masked = {name for name, field in lines[table].fields.items() if field.is_a in MASKED}
        writer.writerows(_cells(lines[table], rows, masked, ""))
    for table, rows in inventory.done(asked.tx, metadata, person).items():
        writer.writerows(_cells(lines[table], rows, hidden_in(lines[table]), _(" (what you did)")))
    headers = {"Content-Disposition": 'attachment; filename="my-data.csv"'}
    return Answer(body=file.getvalue().encode("utf-8-sig", "replace"), media="text/csv; charset=utf-8", headers=headers)


def harmless(cell: str) -> str:
    """Returns a cell that no spreadsheet works out."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def _cells(line: Line, rows: Sequence[Mapping[str, Value]], masked: set[str], more: str) -> Iterator[list[str]]:
    for number, row in enumerate(rows, 1):
        for field in line.fields.values():
            value = held.instead(field) if field.name in masked else held.written(row[field.name], field.is_a)
            cells = (line.what + more, str(number), label(line, field), value, SOURCES[field.source])
            yield [harmless(cell) for cell in (*cells, SEEN[field.seen], PURPOSES[line.why][0], line.kept)]
