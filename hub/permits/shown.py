"""Who holds which office where, as the pages of powers show it, for programs: /powers.json.

    {"at":"2026-11-21T20:00:00Z","offices":[{"entry":...,"grant":...,"holder":...,"name":...,"place":...,
    "rests_until":...,"role":...,"scope":...,"since":...,"until":...},...],"size":N}

It is read from the rows that the pages are read from, at the moment somebody asks. Whoever has the record folds its
first ``size`` entries, asks who holds what at ``at``, and comes to the same: a row that was edited shows.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.charter import queries as charter
from hub.ledger import writer
from hub.permits import queries
from hub.permits.actor import Grant
from hub.permits.live import rests_until
from hub.permits.models import holders

Office = dict[str, Any]

_NAMES = sa.select(holders.c.id, holders.c.shown)


@dataclass(frozen=True)
class Shown:
    """Which offices are shown. size: entries on which it rests; at: the moment that counts as now there."""

    size: int
    at: dt.datetime
    offices: list[Office]


def shown(tx: Connection, at: dt.datetime | None = None) -> Shown:
    """Returns every office whose term runs, oldest first. at: by default the moment that counts as now here."""
    moment = at or charter.effective(tx).at.replace(microsecond=0)
    names = {row.id: row.shown for row in tx.execute(_NAMES)}
    held = queries.standing_everywhere(tx, moment)
    return Shown(writer.size(tx), moment, [_office(one, names.get(one.holder), moment) for one in held])


def format_shown(said: Shown) -> bytes:
    """Writes /powers.json. parse_shown(format_shown(s)) == s."""
    body = {"size": said.size, "at": _said(said.at), "offices": said.offices}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def parse_shown(raw: bytes) -> Shown:
    """Reads /powers.json. Raises ValueError for any other shape."""
    try:
        body = json.loads(raw)
        at = dt.datetime.strptime(body["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
        said = Shown(body["size"], at, body["offices"])
        is_one = type(said.size) is int and all(isinstance(one["grant"], str) for one in said.offices)
    except (RecursionError, KeyError, TypeError, AttributeError) as problem:
        raise ValueError("no list of offices") from problem
    if not is_one or not isinstance(said.offices, list):
        raise ValueError("no list of offices")
    return said


def differences(theirs: Shown, ours: Shown) -> list[str]:
    """Says in which offices what is shown differs from what the record gives.

    A name that either side lacks is not compared: its words may have been taken back since the other was made.
    """
    mine = {one["grant"]: one for one in ours.offices}
    found = []
    for one in theirs.offices:
        known = mine.pop(one["grant"], None)
        if known is None:
            found.append(f"{_told(one)}, which the record does not give or gives once")
            continue
        gone = {"name"} if known["name"] is None or one.get("name") is None else set()
        wrong = sorted(name for name in (known.keys() | one.keys()) - gone if one.get(name) != known.get(name))
        found += [f"{_told(one)}, whose {' and '.join(wrong)} the record gives otherwise"] if wrong else []
    return found + [f"nothing of {_told(one)}, which the record gives" for one in mine.values()]


def _office(grant: Grant, name: str | None, at: dt.datetime) -> Office:
    return {
        "grant": grant.id, "entry": grant.entry, "holder": grant.holder, "name": name, "role": grant.role,
        "scope": grant.scope.kind, "place": grant.scope.id, "since": _said(grant.starts), "until": _said(grant.until),
        "rests_until": _said(rests_until(grant, at)),
    }  # fmt: skip


def _told(one: Office) -> str:
    return f"the office {one['grant']} ({one.get('role')} of {one.get('place')})"


def _said(at: dt.datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
