"""Whether the machine's clock can be believed: what is recorded at a wrong time cannot be taken back.

A clock *behind* the newest entry stops appending. One that runs *ahead* would end every wait at once, and leave an
entry so far in the future that nothing could follow it. So the worker *beats*: each minute it notes what it sees of the
clock. Nothing is recorded more than 48 hours past the last beat or entry, and no process follows a clock that has
moved 48 hours more than the machine has run. Whoever runs the hub looks, and says that the clock is right.

What this cannot do: hold whoever runs the machine, who can say so of any clock. Witnesses will: GO-17.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.db import Database
from hub.errors import YES, Verdict, no
from hub.ledger.models import beats, entries

MOST = dt.timedelta(hours=48)
BEAT = dt.timedelta(minutes=1)
BEHIND = no("ledger.clock_behind", "The clock stands before the last entry; nothing is recorded until it is right.")
AHEAD = no(
    "ledger.clock_ahead",
    "The clock stands more than 48 hours after the last that this hub saw of it; nothing is recorded, and no wait "
    "ends, until whoever runs the hub has looked.",
)
_BEAT = sa.select(beats.c.at, beats.c.confirmed_at)
_NEWEST = sa.select(entries.c.at).order_by(entries.c.index.desc()).limit(1)


def verdict(now: dt.datetime, newest: dt.datetime | None, beat: dt.datetime | None) -> Verdict:
    """Says whether a clock can be believed, by the newest entry and the last beat. Without a beat, ahead is unknown."""
    if newest is not None and clock.minute(now) < newest:
        return BEHIND
    if beat is not None and now - max(beat, newest or beat) > MOST:
        return AHEAD
    return YES


def ask(tx: Connection) -> Verdict:
    """Says the same of the clock of now."""
    beat = tx.execute(_BEAT).first()
    return verdict(clock.now(), tx.scalar(_NEWEST), None if beat is None else beat.at)


def confirm(tx: Connection) -> None:
    """Notes that whoever runs the hub says that its clock is right."""
    _write(tx, {"at": clock.now(), "confirmed_at": clock.now()})


@dataclass
class Keeper:
    """Follows the clock for one process. began, ran: what the clock, and the machine's running time, were then."""

    began: dt.datetime = field(default_factory=clock.now)
    ran: float = field(default_factory=lambda: clock.elapsed())

    def look(self, db: Database) -> Verdict:
        """Says whether the clock can be believed now; where it can, beats."""
        now = clock.now()
        with db.read() as tx:
            beat, newest = tx.execute(_BEAT).first(), tx.scalar(_NEWEST)
        said = None if beat is None else beat.confirmed_at
        if said is not None and said > self.began and abs(now - said) <= MOST:
            self.began, self.ran = now, clock.elapsed()
        found = verdict(now, newest, None if beat is None else beat.at)
        if found and self.drift(now) > MOST:
            found = AHEAD
        if found and (beat is None or now - beat.at >= BEAT):
            with db.write() as tx:
                _write(tx, {"at": now})
        return found

    def drift(self, now: dt.datetime) -> dt.timedelta:
        """Returns by how much the clock has moved on more than the machine has run."""
        return (now - self.began) - dt.timedelta(seconds=clock.elapsed() - self.ran)


def _write(tx: Connection, values: dict[str, dt.datetime]) -> None:
    if not tx.execute(sa.update(beats).where(beats.c.id == 1).values(values)).rowcount:
        tx.execute(sa.insert(beats), {"id": 1, **values})
