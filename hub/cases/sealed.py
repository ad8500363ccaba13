"""What was said in cases: written here, and read through ``read`` alone, by whom ``queries`` lets. Never in the record.

Each case has a key of its own (hub/sealing), which ends with what was said. The record has commit(salt, body): whoever
has both can show what was laid before whom; whoever has not learns nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import canonical, clock, ids, sealing
from hub.cases.models import case_items, case_papers


@dataclass(frozen=True)
class Paper:
    """Words in a case, with what the record's hash is made of."""

    id: str
    act: str
    kind: str
    person: str
    salt: str
    body: dict[str, Any]
    at: dt.datetime


@dataclass(frozen=True)
class Evidence:
    """An item with its provenance; body as rules.Item has it. shown: whether the other side has it."""

    id: str
    act: str
    side: str
    person: str
    salt: str
    body: dict[str, Any]
    sha256: str
    shown: bool
    at: dt.datetime


@dataclass(frozen=True)
class File:
    """All that lies in a case's file, or an appeal's, in the order in which it came."""

    papers: tuple[Paper, ...]
    items: tuple[Evidence, ...]

    def of_kind(self, kind: str) -> list[Paper]:
        """Its papers of a kind."""
        return [paper for paper in self.papers if paper.kind == kind]


def salt() -> str:
    """Returns a fresh salt: 32 bytes in hexadecimal, the same again where an act is made twice to be signed."""
    return ids.draw("case", 32).hex()


def commit(salted: str, body: Any) -> str:
    """Returns SHA-256(salt | canonical JSON) in hexadecimal. Source: governance.md 8.2."""
    return hashlib.sha256(bytes.fromhex(salted) + canonical.dumps(body)).hexdigest()


def put_paper(tx: Connection, *, act: str, kind: str, person: str, body: dict[str, Any]) -> str:
    """Keeps words; returns the hash for the record."""
    salted = salt()
    name = commit(salted, body)
    row = {"id": name, "act": act, "kind": kind, "person": person, "salt": salted, "at": clock.now()}
    tx.execute(sa.insert(case_papers), {**row, "body": shut(tx, act, case_papers, body)})
    return name


def put_item(tx: Connection, *, act: str, side: str, person: str, body: dict[str, Any]) -> str:
    """Keeps an item; returns the hash under which it is disclosed."""
    salted = salt()
    name = commit(salted, body)
    content = body["file"] or hashlib.sha256(body["text"].encode()).hexdigest()
    row = {"id": name, "act": act, "side": side, "person": person, "salt": salted, "sha256": content, "shown": 0}
    tx.execute(sa.insert(case_items), {**row, "body": shut(tx, act, case_items, body), "at": clock.now()})
    return name


def take_off(tx: Connection, *, act: str, side: str, item: str) -> bool:
    """Removes an item that nobody else has seen yet; tells whether there was one."""
    mine = sa.delete(case_items).where(case_items.c.id == item, case_items.c.act == act, case_items.c.side == side)
    return tx.execute(mine.where(case_items.c.shown == 0)).rowcount > 0


def show(tx: Connection, items: list[str]) -> None:
    """Notes that items lie before the other side now."""
    tx.execute(sa.update(case_items).where(case_items.c.id.in_(items)).values(shown=1))


def read(tx: Connection, act: str) -> File:
    """Returns what lies in a file. The one place where sealed words are read."""
    papers = sa.select(case_papers).where(case_papers.c.act == act).order_by(case_papers.c.at, case_papers.c.id)
    items = sa.select(case_items).where(case_items.c.act == act).order_by(case_items.c.at, case_items.c.id)
    return File(
        tuple(Paper(**row) for row in _opened(tx, act, case_papers, papers)),
        tuple(Evidence(**{**row, "shown": bool(row["shown"])}) for row in _opened(tx, act, case_items, items)),
    )


def shut(tx: Connection, subject: str, table: sa.Table, body: Any) -> bytes:
    """Returns what was said, sealed. subject: the case, or who complains where it waits for room to become one."""
    return sealing.seal(tx, subject, f"{table.name}.body", canonical.dumps(body))


def opened(tx: Connection, subject: str, table: sa.Table, shut_in: bytes) -> dict[str, Any] | None:
    """Returns what was said, or None once its key is gone."""
    found = sealing.read_bytes(tx, subject, f"{table.name}.body", shut_in)
    said: dict[str, Any] | None = None if found is None else json.loads(found)
    return said


def _opened(tx: Connection, act: str, table: sa.Table, rows: sa.Select[Any]) -> Iterator[dict[str, Any]]:
    for row in tx.execute(rows).mappings():
        body = opened(tx, act, table, row["body"])
        if body is not None:
            yield {**row, "body": body}
