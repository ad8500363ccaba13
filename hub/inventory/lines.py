"""Reading the inventory: for each table, what it is for, how long it is kept, and of each column what it is."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from hub.inventory.words import CLASSES, PURPOSES, SEEN, SOURCES

Store = Literal["hub", "matcher", "vault"]


@dataclass(frozen=True)
class Field:
    """One column. is_a, source, seen: words of words.py."""

    name: str
    is_a: str
    source: str
    seen: str


@dataclass(frozen=True)
class Line:
    """One table. of: the column that says whose row it is, or None; days, after: when forgetting.py deletes it.

    through: the table a row of which that column names, and whose person it is. also: the column that names somebody
    else who stands in the row, by their person or their name in the record: what they did is theirs, too.
    stays: why it outlives an erasing.
    source, seen: of most of its columns. kept: until when, in words; job: "module:function" that deletes it otherwise,
    or None: about nobody, and kept. sealed: columns that are sealed (hub/sealing), each with what was sealed: words,
    json or bytes. sealed_for: the column that names whose key it is, the person's unless a line says otherwise.
    """

    table: str
    what: str
    of: str | None
    through: str | None
    also: str | None
    stays: str | None
    why: str
    kept: str
    days: int | None
    after: str | None
    job: str | None
    source: str
    seen: str
    fields: Mapping[str, Field]
    sealed: Mapping[str, str]
    sealed_for: str | None


@functools.cache
def private(store: Store) -> Mapping[str, Line]:
    """Returns the lines of a store's private and derived tables, by table. Raises ValueError for a word of no list."""
    return {name: _line(name, told) for name, told in _read(f"{store}.toml").items()}


@functools.cache
def public() -> Mapping[str, Line]:
    """Returns the lines of the public record's tables, by table."""
    every = {
        "what": "The public record",
        "why": "record",
        "kept": "as long as anybody keeps a copy",
        "from": "office",
        "seen": "everybody",
    }
    return {name: _line(name, {**every, **told}) for name, told in _read("public.toml").items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("hub.inventory").joinpath(name).read_text(encoding="utf-8"))


def _line(name: str, told: dict[str, Any]) -> Line:
    sources, seers = _others(told.get("but_from", {})), _others(told.get("but_seen", {}))
    fields = {
        column: Field(
            column,
            _known(CLASSES, word, name),
            _known(SOURCES, sources.pop(column, told["from"]), name),
            _known(SEEN, seers.pop(column, told["seen"]), name),
        )
        for word, columns in told["fields"].items()
        for column in columns.split()
    }
    if sources or seers:
        raise ValueError(f"{name}: no such column: {sorted({**sources, **seers})}")
    sealed = {column: form for form, columns in told.get("sealed", {}).items() for column in columns.split()}
    if sealed.keys() - fields.keys() or set(sealed.values()) - {"words", "json", "bytes"}:
        raise ValueError(f"{name}: sealed as words, json or bytes are columns of its own, not {sealed}")
    why = _known(PURPOSES, told["why"], name)
    return Line(
        table=name, what=told["what"], of=told.get("of"), through=told.get("through"), also=told.get("also"),
        stays=told.get("stays"), why=why, kept=told["kept"], days=told.get("days"), after=told.get("after"),
        job=told.get("job"), source=told["from"], seen=told["seen"], fields=fields, sealed=sealed,
        sealed_for=told.get("sealed_for", told.get("of")),
    )  # fmt: skip


def _others(told: Mapping[str, str]) -> dict[str, str]:
    return {column: word for word, columns in told.items() for column in columns.split()}


def _known(words: Mapping[str, Any], word: str, table: str) -> str:
    if word not in words:
        raise ValueError(f"{table}: {word} is in no list of words.py")
    return word
