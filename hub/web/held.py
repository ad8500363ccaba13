"""Everything that is held about whoever reads it, field by field; the same as one file (PR-08)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from hub import clock, inventory, sealing
from hub.db import metadata
from hub.inventory import Field, Line, Value
from hub.inventory.own import MASKED, hidden_in
from hub.inventory.words import CLASSES, PURPOSES, SEEN, SOURCES
from hub.web import me
from hub.web.context import Answer, Asked
from hub.web.handshake import kept
from hub.web.held_words import label
from hub.web.pages import page
from hub.web.texts import _
from hub.web.words import machine, moment

CODES = ("link", "holder", "key", "secret", "sealed", "place")
SHOWN = 5  # rows of one kind on the page, the newest; the file has them all


@dataclass(frozen=True)
class Told:
    """One field of one row, as the page has it. is_code: what no person reads; note: where it differs from its kind."""

    name: str
    value: str
    is_code: bool
    note: str


@dataclass(frozen=True)
class Kind:
    """Rows of one kind. source, seen: of most fields; rows: the newest few; many: how many there are."""

    what: str
    why: str
    basis: str
    kept: str
    source: str
    seen: str
    rows: tuple[tuple[Told, ...], ...]
    many: int


def show(asked: Asked) -> Answer:
    """GET /me/held."""
    held = inventory.held(asked.tx, metadata, me.person_of(asked), sealing.read_bytes)
    done = inventory.done(asked.tx, metadata, me.person_of(asked))
    lines = inventory.private("hub")
    return page(
        asked,
        "me/held.html",
        kinds=[_kind(line, held[line.table]) for line in sorted(lines.values(), key=_order) if line.table in held],
        done=[_kind(lines[table], rows, hidden_in(lines[table])) for table, rows in done.items()],
        nothing=[line for line in lines.values() if line.of and line.table not in held],
        elsewhere=[_kind(line, ()) for line in _of_the_list()],
    )


def correct(asked: Asked) -> Answer:
    """GET /me/correct: who puts what right, and where."""
    return page(asked, "me/correct.html", kept=kept(asked))


def export(asked: Asked) -> Answer:
    """GET /me/export: everything that is held, as one file; and what each of it is for."""
    held = inventory.held(asked.tx, metadata, me.person_of(asked), sealing.read_bytes)
    done = inventory.done(asked.tx, metadata, me.person_of(asked))
    told = {
        "written_at": machine(clock.now()),
        "in_short": me.in_short(asked),
        "held": held,
        "done_to_others": done,
        "about": {table: _about(inventory.private("hub")[table]) for table in {**held, **done}},
        "held_by_the_list": {line.table: _about(line, _class_of) for line in _of_the_list()},
    }
    body = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True).encode("utf-8")
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Answer(body=body + b"\n", media="application/json", headers=headers)


def _order(line: Line) -> tuple[int, str]:
    return list(PURPOSES).index(line.why), line.what


def _of_the_list() -> list[Line]:
    return [line for line in inventory.private("matcher").values() if line.of]


def _class_of(_line: Line, field: Field) -> str:
    return CLASSES[field.is_a]


def _about(line: Line, name: Callable[[Line, Field], str] = label) -> dict[str, object]:
    sentence, basis = PURPOSES[line.why]
    fields = {
        field.name: {"what": name(line, field), "from": SOURCES[field.source], "seen_by": SEEN[field.seen]}
        for field in line.fields.values()
    }
    return {"what": line.what, "why": sentence, "basis": basis, "kept": line.kept, "fields": fields}


def _kind(line: Line, rows: Iterable[Mapping[str, Value]], hidden: Collection[str] | None = None) -> Kind:
    """Returns rows as the page has them. hidden: columns that are not shown, where not by their class alone."""
    every = tuple(rows)
    masked = {name for name, field in line.fields.items() if field.is_a in MASKED} if hidden is None else hidden
    told = tuple(_row(line, row, masked) for row in every[-SHOWN:][::-1])
    return Kind(line.what, *PURPOSES[line.why], line.kept, SOURCES[line.source], SEEN[line.seen], told, len(every))


def _row(line: Line, row: Mapping[str, Value], hidden: Collection[str]) -> tuple[Told, ...]:
    return tuple(
        Told(
            label(line, field),
            instead(field) if field.name in hidden else written(row[field.name], field.is_a),
            field.is_a in CODES,
            _note(line, field),
        )
        for field in line.fields.values()
        if row[field.name] is not None or field.name in hidden
    )


def instead(field: Field) -> str:
    """Returns what stands in place of a field that is not shown."""
    return _("kept, and shown to nobody") if field.is_a == "secret" else _("somebody else’s: not shown")


def _note(line: Line, field: Field) -> str:
    """Returns where a field comes from and who sees it, as far as that is not said of its kind."""
    source = _("From %s.") % SOURCES[field.source] if field.source != line.source else ""
    seen = _("Seen by %s.") % SEEN[field.seen] if field.seen != line.seen else ""
    return f"{source} {seen}".strip()


def written(value: Value, is_a: str) -> str:
    """Writes a value for people. is_a: the class of its column."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if is_a == "when" and isinstance(value, str) and "T" in value:
        return moment(dt.datetime.fromisoformat(value))
    return str(value)
