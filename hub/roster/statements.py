"""Taking what the matcher states: files, each in a unit of work of its own, removed once it is kept.

A statement of counts becomes an entry. A line of the member feed ends, moves or joins standing. A file that cannot be
read is set aside, and the next is taken.
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
from hub.permits.actions import lapse_grants
from hub.roster.entries import MatcherCounted, OperatorsCounted, RosterImported, RosterUndone

log = logging.getLogger("folkmoot.roster")
Ended = Callable[..., None]
LATELY = 200  # entries of one type


def take(db: Database, folder: Path, *, also_end: Ended) -> int:
    """Takes every statement in a folder, oldest first; returns how many.

    also_end(tx, person=): what rooms above do when a membership ends (groups end theirs).
    """
    taken = 0
    for path in sorted(folder.glob("*.json")):
        try:
            fact = json.loads(path.read_text(encoding="ascii"))
            with db.write() as tx:
                _take_one(tx, fact, also_end)
        except (ValueError, KeyError, TypeError) as problem:
            log.error("a statement of the matcher cannot be read (%s); it is set aside", type(problem).__name__)
            path.rename(path.with_suffix(".unread"))
            continue
        path.unlink()
        taken += 1
    return taken


def _take_one(tx: Connection, fact: Mapping[str, Any], also_end: Ended) -> None:
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
            follow(tx, line, also_end=also_end)
    else:
        raise ValueError(kind)


def follow(tx: Connection, line: Mapping[str, Any], *, also_end: Ended) -> None:
    """Follows one line of the member feed: {entry_ref, change: ended | moved | joined | unreachable, area, former}.

    ended: sessions, standing, offices and memberships end in this commit (HS-27). A lapse has waited its days before it
    is stated; a suspension or an expulsion without a case is never stated at all.
    """
    if line["change"] == "joined":
        people.join_entries(tx, former=line["former"], entry_ref=line["entry_ref"])
        return
    person = queries.person_of_entry(tx, line["entry_ref"])
    if person is None:
        return
    if line["change"] == "ended" and queries.standing_of(tx, person) is not None:
        lapse_grants(tx, person=person)
        also_end(tx, person=person)
        people.end_standing(tx, person=person)
        audit.note(tx, person=person, what="standing.ended", by="roster", why="the roster says so")
        outbox.put(tx, person=person, template="membership_ended")
    elif line["change"] == "unreachable":
        audit.note(tx, person=person, what="contact.unverified", by="roster", why="mail there may reach somebody else")
        outbox.put(tx, person=person, template="contact_unverified")
    elif line["change"] == "moved":
        people.move_standing(tx, person=person, area=line["area"])
        audit.note(tx, person=person, what="standing.moved", by="roster", why="the roster says so")


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
