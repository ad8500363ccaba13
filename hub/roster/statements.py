"""Taking what the matcher states: files, each in a unit of work of its own, removed once it is kept.

A statement of counts becomes an entry. A line of the member feed joins a person's old row and new, or goes to whoever
follows the feed: what it may do to standing and power is not decided here. A file that cannot be read is set aside, and
the next is taken.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import audit, ledger, outbox
from hub.db import Database
from hub.ledger.entries import type_of
from hub.ledger.models import entries
from hub.people import actions as people
from hub.people import queries
from hub.roster.entries import MatcherCounted, OperatorsCounted, RosterImported, RosterUndone

log = logging.getLogger("folkmoot.roster")
Follow = Callable[[Connection, str, Mapping[str, Any]], None]
"""Follows one line of the feed about a person: {change: ended | ending | restored | moved, why, area}."""
LATELY = 200  # entries of one type


def take(db: Database, folder: Path, *, follow: Follow) -> int:
    """Takes every statement in a folder, oldest first; returns how many. follow: what a line about somebody does."""
    taken = 0
    for path in sorted(folder.glob("*.json")):
        try:
            fact = json.loads(path.read_text(encoding="ascii"))
            with db.write() as tx:
                _take_one(tx, fact, follow)
        except (ValueError, KeyError, TypeError) as problem:
            log.error("a statement of the matcher cannot be read (%s); it is set aside", type(problem).__name__)
            path.rename(path.with_suffix(".unread"))
            continue
        path.unlink()
        taken += 1
    return taken


def _take_one(tx: Connection, fact: Mapping[str, Any], follow: Follow) -> None:
    kind = fact["kind"]
    if kind == "counted":
        _append_once(tx, MatcherCounted(fact["day"], fact["evaluations"], fact["sent"]), "day", fact["day"])
    elif kind == "imported":
        fields = {name: fact[name] for name in RosterImported.__dataclass_fields__}
        _append_once(tx, RosterImported(**fields), "batch", fact["batch"])
    elif kind == "undone":
        _append_once(tx, RosterUndone(fact["batch"], fact["current_after"]), "batch", fact["batch"])
    elif kind == "operators":
        _append_unless_last(tx, OperatorsCounted(fact["day"], fact["count"]))
    elif kind == "feed":
        for line in fact["lines"]:
            _take_line(tx, line, follow)
    else:
        raise ValueError(kind)


def _take_line(tx: Connection, line: Mapping[str, Any], follow: Follow) -> None:
    """Takes one line of the member feed: {entry_ref, change, why, area, former}; change as above, joined
    or unreachable.

    Rows that nobody has redeemed are nobody here.
    """
    if line["change"] == "joined":
        people.join_entries(tx, former=line["former"], entry_ref=line["entry_ref"])
        return
    person = queries.person_of_entry(tx, line["entry_ref"])
    if person is not None and line["change"] == "unreachable":
        audit.note(tx, person=person, what="contact.unverified", by="roster", why="mail there may reach somebody else")
        outbox.put(tx, person=person, template="contact_unverified")
    elif person is not None:
        follow(tx, person, line)


def _append_once(tx: Connection, record: Any, field: str, value: str) -> None:
    """Appends unless the same statement was taken before: we may have died between keeping and removing it."""
    name = type_of(type(record)).name
    # A statement comes twice only when we died over it: soon after the first time.
    lately = sa.select(entries.c.bytes).where(entries.c.type == name).order_by(entries.c.index.desc()).limit(LATELY)
    for raw in tx.scalars(lately):
        if json.loads(bytes(raw))["data"].get(field) == value:
            return
    ledger.append(tx, record, by=None)


def _append_unless_last(tx: Connection, record: OperatorsCounted) -> None:
    """Appends unless the last statement of this kind said the same count."""
    name = type_of(type(record)).name
    last = sa.select(entries.c.bytes).where(entries.c.type == name).order_by(entries.c.index.desc()).limit(1)
    raw = tx.scalar(last)
    if raw is None or json.loads(bytes(raw))["data"]["count"] != record.count:
        ledger.append(tx, record, by=None)
