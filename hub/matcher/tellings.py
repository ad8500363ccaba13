"""What the hub is to be told: written in the unit of work that it is about, stated as files afterwards.

If we die between stating and forgetting, it is stated again: the hub takes either once.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import chance, clock
from hub.db import Database
from hub.matcher.models import tellings
from hub.matcher.settings import MatcherSettings

# A statement of the feed is one unit of work at the hub: so many lines, and no more.
MOST_LINES = 500


def tell(tx: Connection, fact: Mapping[str, object]) -> None:
    """Writes a fact to be stated."""
    tx.execute(sa.insert(tellings), {"fact": dict(fact)})


def tell_feed(tx: Connection, lines: Sequence[Mapping[str, object]]) -> None:
    """Writes lines of the member feed to be stated."""
    for start in range(0, len(lines), MOST_LINES):
        tell(tx, {"kind": "feed", "lines": list(lines[start : start + MOST_LINES])})


def publish(db: Database, settings: MatcherSettings) -> int:
    """States what was told, oldest first; returns how many."""
    with db.write() as tx:
        rows = tx.execute(sa.select(tellings).order_by(tellings.c.id).limit(MOST_LINES)).all()
        for row in rows:
            state(settings, row.fact)
        tx.execute(sa.delete(tellings).where(tellings.c.id.in_([row.id for row in rows])))
    return len(rows)


def state(settings: MatcherSettings, fact: Mapping[str, object]) -> None:
    """Leaves a statement for the hub: a file, complete before it has its name."""
    settings.statements.mkdir(parents=True, exist_ok=True)
    name = f"{clock.now().strftime('%Y%m%dT%H%M%S%f')}-{next(_count):06}-{chance.octets(4).hex()}"
    draft = settings.statements / f".{name}"
    draft.write_text(json.dumps(fact, ensure_ascii=True, sort_keys=True), encoding="ascii")
    draft.rename(settings.statements / f"{name}.json")


# Two statements of one moment keep their order.
_count = itertools.count()
