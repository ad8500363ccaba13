"""Folding, keeping and asking the index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.search.models import found_texts

MANY = 1000  # beyond this many hits order by relevance is costly and says little: by name then
WORDS = 8  # of a question that are looked at
# The outward part of a full postcode typed into the search: only its district is ever looked up.
POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][a-z0-9]?) ?[0-9][a-z]{2}\b")

_PUT_ASK = sa.select(found_texts.c.text).where(found_texts.c.id == sa.bindparam("key"))
_PUT = sa.insert(found_texts)
_CHANGE = (
    sa.update(found_texts)
    .where(found_texts.c.id == sa.bindparam("key"))
    .values(name_key=sa.bindparam("name"), text=sa.bindparam("words"))
)
_REMOVE = sa.delete(found_texts).where(found_texts.c.id == sa.bindparam("key"))
_SQLITE = (
    "id IN (SELECT f.id FROM found_texts_fts x JOIN found_texts f ON f.rowid = x.rowid WHERE found_texts_fts MATCH :q)"
)
_POSTGRES = "to_tsvector('simple', text) @@ to_tsquery('simple', :q)"


@dataclass(frozen=True)
class Hit:
    """Something found: a branch or a group by its id."""

    kind: str
    id: str


def fold(text: str) -> str:
    """Returns lower-case words of letters and digits, accents off, one space between: fold(fold(t)) == fold(t)."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char)).replace("'", "").replace("’", "")
    return " ".join(re.findall(r"[^\W_]+", plain))


def put(tx: Connection, *, kind: str, key: str, name: str | None, texts: Iterable[str | None]) -> None:
    """Keeps what a thing is found by. name: for the order; texts: everything else, None where withdrawn."""
    row = {"key": key, "name": fold(name or "")[:80], "words": fold(" ".join(text for text in [name, *texts] if text))}
    if tx.scalar(_PUT_ASK, {"key": key}) is not None:
        tx.execute(_CHANGE, row)
    else:
        tx.execute(_PUT, {"id": key, "kind": kind, "name_key": row["name"], "text": row["words"]})


def remove(tx: Connection, key: str) -> None:
    """Forgets a thing."""
    tx.execute(_REMOVE, {"key": key})


def find(tx: Connection, question: str, *, kind: str | None = None, after: str = "", limit: int = 50) -> list[Hit]:
    """Returns what carries every word of a question, by name. after: the cursor of the last hit of the page before.

    An empty question finds nothing. limit: 1 to 100.
    """
    words = fold(POSTCODE.sub(r"\1", fold(question))).split()[:WORDS]
    if not words:
        return []
    if tx.dialect.name == "sqlite":
        match, query = _SQLITE, " ".join(f'"{word}"*' for word in words)
    else:
        match, query = _POSTGRES, " & ".join(f"'{word}':*" for word in words)
    asked = sa.select(found_texts.c.kind, found_texts.c.id).where(sa.text(match).bindparams(q=query))
    if kind is not None:
        asked = asked.where(found_texts.c.kind == kind)
    if after:
        name, _, key = after.rpartition(" ")
        asked = asked.where(sa.tuple_(found_texts.c.name_key, found_texts.c.id) > sa.tuple_(name, key))
    asked = asked.order_by(found_texts.c.name_key, found_texts.c.id).limit(max(1, min(limit, 100)))
    return [Hit(row.kind, row.id) for row in tx.execute(asked)]


def cursor(tx: Connection, hit: Hit) -> str:
    """Returns the place after a hit, for find's ``after``."""
    name = tx.scalar(sa.select(found_texts.c.name_key).where(found_texts.c.id == hit.id))
    return f"{name} {hit.id}"
