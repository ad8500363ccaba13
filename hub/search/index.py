"""Keeping and asking the index.

Three ways to answer, the same order by name in each; which one is taken costs time only, never a hit:
ranked   up to a thousand hits: those whose name carries every word come first
walked   where every second thing is a hit: along the names, until the page is full
sorted   all others: every hit is looked at, none of their texts
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.search.models import found_texts as t
from hub.search.words import Word, asked_for, fold

MANY = 1000  # beyond this many hits order by relevance says little: by name then
WINDOW, DENSE = 400, 200  # of so many names in a row so many hits: going along the names is quicker than sorting

# Few among many: their kind is a word of the index, and so is looked up instead of picked out. Nobody types it.
RARE_KINDS = {"branch": "kindbranch"}

_PUT = sa.text(
    "INSERT INTO found_texts (id, kind, place, name_key, own, text) VALUES (:id, :kind, :place, :name_key, :own, :text)"
    " ON CONFLICT (id) DO UPDATE SET place = excluded.place, name_key = excluded.name_key, own = excluded.own,"
    " text = excluded.text"
    # What is the same already is not written again.
    " WHERE (found_texts.place, found_texts.name_key, found_texts.own, found_texts.text)"
    " <> (excluded.place, excluded.name_key, excluded.own, excluded.text)"
)
_REMOVE = sa.delete(t).where(t.c.id == sa.bindparam("key"))
_OF_PLACE = sa.update(t).where(t.c.place == sa.bindparam("of")).values(text=t.c.own + sa.bindparam("words"))
_HITS = {
    # CROSS JOIN: SQLite keeps to this order, hits first.
    "sqlite": "found_texts_fts x CROSS JOIN found_texts f ON f.rowid = x.rowid WHERE found_texts_fts MATCH :query",
    "postgresql": "found_texts f WHERE f.words @@ CAST(:query AS tsquery)",
}
# Ahead of its use the planner takes this for a table: it neither guesses how many there are, nor walks.
_FENCE = {"sqlite": "", "postgresql": " OFFSET 0"}
_INSTR = {"sqlite": "instr", "postgresql": "strpos"}


@dataclass(frozen=True)
class Hit:
    """Something found: a branch or a group by its id. place: the cursor of whatever follows it."""

    kind: str
    id: str
    place: str


@dataclass(frozen=True)
class _Asked:
    """One question to one kind of database. after: (rank, name, id) of the last hit of the page before."""

    words: Sequence[Word]
    kind: str | None
    dialect: str
    after: tuple[int, str, str]
    limit: int

    @property
    def hits(self) -> str:
        """The hits, as what follows FROM."""
        return _HITS[self.dialect] + (" AND f.kind = :kind" if self.kind and self.kind not in RARE_KINDS else "")

    @property
    def params(self) -> dict[str, Any]:
        """Everything the statements may bind."""
        sqlite, mark = self.dialect == "sqlite", RARE_KINDS.get(self.kind or "")
        query = [word.sqlite if sqlite else word.postgres for word in self.words]
        query += [f'"{mark}"' if sqlite else f"'{mark}'"] if mark else []
        rank, name, key = self.after
        found = {f"word_{place}": word.bounded for place, word in enumerate(self.words)}
        joined = (" " if sqlite else " & ").join(query)
        return found | {
            "query": joined, "kind": self.kind, "rank": rank, "name": name, "id": key, "limit": self.limit,
        }  # fmt: skip

    def carries(self, text: str) -> str:
        """Says in SQL that a column's text carries every word."""
        instr = _INSTR[self.dialect]
        return " AND ".join(f"{instr}(' ' || {text} || ' ', :word_{place}) > 0" for place in range(len(self.words)))


def put(
    tx: Connection,
    *,
    kind: str,
    key: str,
    name: str | None,
    texts: Iterable[str | None],
    place: str = "",
    place_texts: Iterable[str] = (),
) -> None:
    """Keeps what a thing is found by. name: for the order; texts: its own, None where withdrawn.

    place: a name for where it lies, whose own words (place_texts) can change under it.
    """
    own = fold(" ".join(text for text in [name, *texts, RARE_KINDS.get(kind)] if text))
    row = {"id": key, "kind": kind, "place": place, "name_key": fold(name or "")[:80], "own": own}
    tx.execute(_PUT, {**row, "text": own + _behind(place_texts)})


def put_place(tx: Connection, *, place: str, texts: Iterable[str]) -> None:
    """Gives a place other words: everything that lies there is found by them from now on."""
    tx.execute(_OF_PLACE, {"of": place, "words": _behind(texts)})


def remove(tx: Connection, key: str) -> None:
    """Forgets a thing."""
    tx.execute(_REMOVE, {"key": key})


def scrub(tx: Connection) -> None:
    """Takes words that are no longer found out of the index's pages too. For words withdrawn: slow, and rare."""
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("INSERT INTO found_texts_fts(found_texts_fts) VALUES ('optimize')")


def find(tx: Connection, question: str, *, kind: str | None = None, after: str = "", limit: int = 50) -> list[Hit]:
    """Returns what carries every word of a question. after: the ``place`` of the last hit of the page before.

    Up to MANY hits, those that carry it in their name come first, all by name. An empty question finds nothing.
    limit: 1 to 100.
    """
    words = asked_for(question)
    if not words:
        return []
    asked = _Asked(words, kind, tx.dialect.name, _parse_place(after), max(1, min(limit, 100)))
    if not _are_many(tx, asked):
        return _ranked(tx, asked)
    return _walked(tx, asked) if _is_dense(tx, asked) else _sorted(tx, asked)


def _are_many(tx: Connection, asked: _Asked) -> bool:
    # S608: only our own words are put together; what was typed is bound.
    some = f"SELECT count(*) FROM (SELECT 1 FROM {asked.hits} LIMIT {MANY + 1}) AS few"  # noqa: S608
    return bool((tx.scalar(sa.text(some), asked.params) or 0) > MANY)


def _is_dense(tx: Connection, asked: _Asked) -> bool:
    names = f"SELECT text FROM found_texts WHERE (name_key, id) > (:name, :id) ORDER BY name_key, id LIMIT {WINDOW}"  # noqa: S608
    found = tx.scalar(sa.text(f"SELECT count(*) FROM ({names}) AS few WHERE {asked.carries('text')}"), asked.params)  # noqa: S608
    return bool((found or 0) >= DENSE)


def _ranked(tx: Connection, asked: _Asked) -> list[Hit]:
    rank = f"CASE WHEN {asked.carries('f.name_key')} THEN 0 ELSE 1 END"
    hits = f"SELECT f.kind, f.id, f.name_key, {rank} AS rank FROM {asked.hits}{_FENCE[asked.dialect]}"  # noqa: S608
    page = "(rank, name_key, id) > (:rank, :name, :id) ORDER BY rank, name_key, id LIMIT :limit"
    return _read(tx, asked, f"SELECT kind, id, name_key, rank FROM ({hits}) hit WHERE {page}")  # noqa: S608


def _walked(tx: Connection, asked: _Asked) -> list[Hit]:
    one_kind = " AND kind = :kind" if asked.kind else ""
    page = "(name_key, id) > (:name, :id) ORDER BY name_key, id LIMIT :limit"
    hits = f"{asked.carries('text')}{one_kind} AND {page}"
    return _read(tx, asked, f"SELECT kind, id, name_key, 0 FROM found_texts WHERE {hits}")  # noqa: S608


def _sorted(tx: Connection, asked: _Asked) -> list[Hit]:
    hits = f"SELECT f.kind, f.id, f.name_key FROM {asked.hits}{_FENCE[asked.dialect]}"  # noqa: S608
    page = "(name_key, id) > (:name, :id) ORDER BY name_key, id LIMIT :limit"
    return _read(tx, asked, f"SELECT kind, id, name_key, 0 FROM ({hits}) hit WHERE {page}")  # noqa: S608


def _read(tx: Connection, asked: _Asked, statement: str) -> list[Hit]:
    rows = tx.execute(sa.text(statement), asked.params)
    return [Hit(kind, key, f"{rank} {name} {key}") for kind, key, name, rank in rows]


def _parse_place(place: str) -> tuple[int, str, str]:
    """Reads a hit's place; before the first for anything else. Law: _parse_place(hit.place) == (rank, name, id)."""
    rank, _, rest = place.partition(" ")
    name, _, key = rest.rpartition(" ")
    return (int(rank), name, key) if rank in ("0", "1") and "\x00" not in rest else (0, "", "")


def _behind(texts: Iterable[str]) -> str:
    words = fold(" ".join(texts))
    return f" {words}" if words else ""
