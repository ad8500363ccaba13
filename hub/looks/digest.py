"""One letter a day to whoever was looked at: how often, and where to read the rest. Never by whom, or why."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, outbox
from hub.db import Database
from hub.looks import delaying
from hub.looks.models import looks

LETTER, TOGETHER = "looked_at", 1000  # looks that are read at once; whoever they are at is told in one unit of work
_A_DAY = dt.timedelta(days=1)
_c = looks.c


def tell(db: Database) -> int:
    """Writes to whoever was looked at on a day that is over and was not told of it; returns how many letters.

    Nobody gets two on one day. What a worker that stood still left untold is one letter, too.
    """
    today, many = dt.datetime.combine(clock.today(), dt.time(), tzinfo=dt.UTC), 0
    untold = sa.select(_c.at, _c.id, _c.person).where(_c.told_at.is_(None), _c.at < today)
    with db.read() as tx:
        page = untold.where(delaying.told(tx)).order_by(_c.at, _c.id).limit(TOGETHER)
    asked = page
    while True:
        with db.read() as tx:
            rows = tx.execute(asked).all()
        if not rows:
            return many
        with db.write() as tx:
            many += _tell_some(tx, {row.person for row in rows}, today)
        last = rows[-1]
        asked = page.where(_c.at >= last.at, sa.or_(_c.at > last.at, _c.id > last.id))


def _tell_some(tx: Connection, people: set[str], today: dt.datetime) -> int:
    told = sa.select(_c.person).where(_c.person.in_(people), _c.told_at >= today, _c.told_at < today + _A_DAY)
    owed = people - set(tx.scalars(told))
    # The rows themselves say who is told: of two workers at once, the second finds none left.
    mark = sa.update(looks).where(_c.person.in_(owed), _c.told_at.is_(None), _c.at < today, delaying.told(tx))
    found = Counter(tx.scalars(mark.values(told_at=clock.now()).returning(_c.person))) if owed else Counter[str]()
    for many in sorted(set(found.values())):
        persons = sorted(person for person, times in found.items() if times == many)
        outbox.put_all(tx, persons=persons, template=LETTER, many=str(many))
    return len(found)
